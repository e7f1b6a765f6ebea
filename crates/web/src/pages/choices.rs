//! The closed questions: what a form sends and what the page says, once for forms, check pages and records.
//!
//! Values are those of the import format, so that a page and a row of paper name a thing alike.

use super::forms::Choice;

/// Field `about`: asked before the story, so that the report never passes the person concerned.
pub const ABOUT: &[Choice] = &[
    Choice::new("headteacher", "The headteacher"),
    Choice::new("dsl", "The designated safeguarding lead (DSL)"),
    Choice::new("another", "Another adult who works or helps here").hint("Staff, supply, contractors, volunteers, visitors").reveals(),
    Choice::new("myself", "Me").hint("You may record something about yourself that could be misread"),
    Choice::new("nobody", "Nobody in particular").hint("For example lost equipment, something a pupil did, or a system that failed"),
];

/// Field `types`, one or more (P0-FORM-2).
pub const TYPES: &[Choice] = &[
    Choice::new("loss_of_equipment", "Equipment is lost"),
    Choice::new("loss_of_data", "Data is lost, or went to the wrong person"),
    Choice::new("theft_of_equipment", "Equipment was stolen"),
    Choice::new("theft_of_data", "Data was stolen"),
    Choice::new("unauthorised_access", "Somebody got into an account, system or file without permission"),
    Choice::new("misuse_of_ict", "School equipment or systems were misused"),
    Choice::new("online_safety_concern", "An online safety concern")
        .hint("For example upsetting content, grooming, bullying, contact from a stranger"),
    Choice::new("child_on_child_abuse_online", "Child-on-child abuse online")
        .hint("For example cyberbullying, sexual harassment, sharing nudes or semi-nudes"),
    Choice::new("harmful_challenge_or_hoax", "A harmful online challenge or hoax"),
    Choice::new("breach_of_aup", "The acceptable use policy was broken"),
    Choice::new("low_level_concern", "A low-level concern about an adult")
        .hint("However small, even a nagging doubt, that an adult may have acted against the code of conduct"),
    Choice::new("filtering_or_monitoring_failure", "Filtering or monitoring failed")
        .hint("Something got through that should not have, or nobody was told"),
    Choice::new("other", "Something else").reveals(),
];

/// Field `when`.
pub const WHEN: &[Choice] = &[
    Choice::new("now", "It has just happened"),
    Choice::new("earlier", "It happened earlier").hint("You can leave the time empty").reveals(),
    Choice::new("unknown", "I do not know when it happened"),
];

/// Fields `pupils_involved`, `staff_involved` and `already_reported`: yes shows what else is asked.
pub const YES_REVEALS_NO: &[Choice] = &[Choice::new("yes", "Yes").reveals(), Choice::new("no", "No")];

/// Field `staff_part`, once for each person.
pub const STAFF_PARTS: &[Choice] = &[
    Choice::new("subject", "The concern is about them"),
    Choice::new("witness", "They saw or heard it"),
    Choice::new("other", "Involved in another way"),
];

/// Field `danger`.
pub const DANGER: &[Choice] = &[Choice::new("yes", "Yes"), Choice::new("unsure", "I am not sure"), Choice::new("no", "No")];

/// Field `image`, asked before anything could be taken in (IMG-1, P1-NUDE-1).
pub const IMAGE: &[Choice] = &[Choice::new("yes", "Yes"), Choice::new("unsure", "I am not sure"), Choice::new("no", "No")];

/// Field `own`, one or more: to whom somebody reported it on their own duty (OTH-3, OTH-4).
pub const OWN_REPORTS: &[Choice] = &[
    Choice::new("police", "The police").reveals(),
    Choice::new("social_care", "Children’s social care").reveals(),
    Choice::new("other", "Somebody else outside the school").reveals(),
];

/// Field `channel`: how a report reached the person who types it in.
pub const CHANNELS: &[Choice] =
    &[Choice::new("paper", "On paper"), Choice::new("phone", "By telephone"), Choice::new("in_person", "In person")];

/// Field `behalf_unnamed`.
pub const UNNAMED: &[Choice] = &[Choice::new("yes", "They do not want to be named")];

/// Field `exports` of a new token.
pub const EXPORTS: &[Choice] = &[Choice::new("yes", "Take copies of records away, and put files into quarantine")
    .hint("Each is written into its record, with your name")];

/// Field `found_earlier`.
pub const FOUND_EARLIER: &[Choice] =
    &[Choice::new("yes", "Somebody at the school knew of it before this report").hint("The time allowed by law starts then").reveals()];

/// Field `data_affected`, one or more (P0-FORM-6).
pub const DATA: &[Choice] = &[
    Choice::new("pupil_personal_data", "Pupils’ personal data"),
    Choice::new("staff_personal_data", "Staff’s personal data"),
    Choice::new("parent_carer_data", "Parents’ or carers’ data"),
    Choice::new("sensitive_or_confidential_data", "Sensitive or confidential data")
        .hint("For example health, safeguarding, special educational needs, references"),
    Choice::new("financial_data", "Financial data"),
    Choice::new("other", "Other data"),
    Choice::new("no_data", "No data is involved").exclusive(),
];

/// Field `dpo_told` (P0-FORM-6).
pub const DPO_TOLD: &[Choice] = &[
    Choice::new("yes", "Yes"),
    Choice::new("no", "No"),
    Choice::new("not_applicable", "Not applicable").hint("No personal data is involved"),
];

/// Field `assessment`, one or more (P0-FORM-9).
pub const ASSESSMENT: &[Choice] = &[
    Choice::new("safeguarding_concern", "Safeguarding concern").hint("Refer under the safeguarding procedures"),
    Choice::new("low_level_concern", "Low-level concern").hint("Record and monitor"),
    Choice::new("data_breach", "Data breach").hint("Report to the data protection officer"),
    Choice::new("disciplinary_matter", "Disciplinary matter"),
    Choice::new("training_need", "Training need identified"),
    Choice::new("policy_review", "Policy review needed"),
    Choice::new("other", "Other").reveals(),
];

/// Field `settle_nobody`.
pub const NO_ADULT: &[Choice] = &[Choice::new("yes", "It is about no adult")];

/// Field `protected`: a protected disclosure (OTH-5).
pub const PROTECTED: &[Choice] =
    &[Choice::new("yes", "I report wrongdoing in the public interest: keep my name from those who deal with it")
        .hint("Most people leave this empty. It is for whistleblowing, in law a protected disclosure: only the chair of governors or of trustees will see who you are.")];

/// Field `named_for`: what somebody named on a case does there.
pub const NAMED_FOR: &[Choice] = &[Choice::new("investigation", "Investigates it"), Choice::new("help", "Helps its owner")];

/// A plain question.
pub const YES_NO: &[Choice] = &[Choice::new("yes", "Yes"), Choice::new("no", "No")];

/// Field `outcome`: how a case ends.
pub const OUTCOMES: &[Choice] = &[
    Choice::new("action_taken", "Action taken, nothing more to do"),
    Choice::new("no_further_action", "No further action needed"),
    Choice::new("referred", "Referred to someone outside").hint("For example the local authority, the police, children’s services"),
    Choice::new("unfounded", "Looked into, nothing in it"),
    Choice::new("duplicate", "The same as another case"),
];

/// The words of a value, or the value itself for one that the table does not know (an older record, a trust's own type).
pub fn text<'a>(table: &'a [Choice], value: &'a str) -> &'a str {
    table.iter().find(|choice| choice.is(value)).map_or(value, |choice| choice.text.as_ref())
}

/// Whether the table has this value; a form that sends another is refused.
pub fn knows(table: &[Choice], value: &str) -> bool {
    table.iter().any(|choice| choice.is(value))
}

#[cfg(test)]
mod tests {
    use wardbook_domain::case::Outcome;
    use wardbook_domain::report::{
        AboutWhom, AssessmentCategory, Channel, Danger, DataAffected, DpoTold, ImageAnswer, OwnReportTo, Part, ReportType,
    };

    use super::*;

    fn same(table: &[Choice], codes: &[&str]) {
        let mut ours: Vec<&str> = table.iter().map(|choice| choice.value.as_ref()).collect();
        let mut theirs = codes.to_vec();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs);
    }

    macro_rules! same_as {
        ($table:expr, $words:ty) => {
            same($table, &<$words>::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>());
        };
    }

    #[test]
    fn every_value_is_a_word_of_the_domain_and_none_is_missing() {
        same_as!(ABOUT, AboutWhom);
        same_as!(TYPES, ReportType);
        same_as!(STAFF_PARTS, Part);
        same_as!(DANGER, Danger);
        same_as!(DATA, DataAffected);
        same_as!(DPO_TOLD, DpoTold);
        same_as!(ASSESSMENT, AssessmentCategory);
        same_as!(OUTCOMES, Outcome);
        same_as!(IMAGE, ImageAnswer);
        same_as!(OWN_REPORTS, OwnReportTo);
        // What is filed here is online; everything else is typed in.
        let typed: Vec<_> = Channel::ALL.iter().filter(|channel| **channel != Channel::Online).map(|channel| channel.as_str()).collect();
        same(CHANNELS, &typed);
    }

    #[test]
    fn an_unknown_value_is_shown_as_it_is_and_refused_from_a_form() {
        assert_eq!(text(DANGER, "unsure"), "I am not sure");
        assert_eq!(text(DANGER, "older_word"), "older_word");
        assert!(knows(DANGER, "yes") && !knows(DANGER, "older_word"));
    }
}
