//! What is known of a case: the facts that its matter asks for, with who said so and when. A later answer corrects an earlier one and says why.

use std::collections::BTreeMap;

use super::rules::{FactKind, FactRule, facts_of};
use crate::{
    Instant,
    clock::Date,
    directory::{could_be_one, is_one},
    event::event,
    field::Checks,
    redacted::redacted,
    report::Refused,
};

/// Answers as handed in, by the codes of the facts.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessCase {
    /// The answers: words, a code of the list, `yes`, `no`, `unsure`, a day as `2026-10-30`, or a whole number.
    pub facts: BTreeMap<String, String>,
    /// Why, where an earlier answer is corrected.
    #[serde(default)]
    pub reason: Option<String>,
}

redacted!(AssessCase, Answer);

/// One answer, with the question as it was put.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answer {
    /// The fact's code.
    pub fact: String,
    /// The question as it was then.
    pub question: String,
    /// The answer as kept.
    pub answer: String,
    /// The answer in words.
    pub words: String,
}

event! {
    /// Facts of a case were written down.
    pub struct FactsRecorded = "case.facts_recorded" v 1 {
        record {
            /// The answers.
            answers: Vec<Answer>,
            /// Why, where an earlier answer is corrected.
            reason: Option<String>,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            recorded_at: Instant,
        }
    }
}

/// A fact as it stands.
#[derive(Clone, PartialEq)]
pub struct Fact {
    /// The answer.
    pub answer: Answer,
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: Instant,
}

redacted!(Fact);

/// Writes facts down.
pub fn assess(case: &super::Case, ask: &AssessCase, by: &super::By<'_>) -> Result<FactsRecorded, Refused> {
    let mut checks = Checks::default();
    let rules: Vec<&FactRule> = facts_of(case, by.profile).collect();
    if ask.facts.is_empty() {
        checks.fail("facts", "has no answer in it");
    }
    let (mut answers, mut corrects) = (vec![], false);
    for (code, given) in ask.facts.iter().take(100) {
        let Some(rule) = rules.iter().find(|rule| rule.code == *code) else {
            checks.fail(format!("facts.{code}"), "is not asked of this matter");
            continue;
        };
        let given = given.trim();
        match words(rule, given) {
            Err(problem) => checks.fail(format!("facts.{code}"), problem),
            Ok(words) => {
                let known = case.work.facts.get(code);
                if known.is_none_or(|fact| fact.answer.answer != given) {
                    // What was not settled yet goes on; it is no mistake.
                    corrects |= known.is_some_and(|fact| rule.settles(&fact.answer.answer));
                    let question = rule.question.clone();
                    answers.push(Answer { fact: code.clone(), question, answer: given.to_owned(), words });
                }
            }
        }
    }
    let reason = ask.reason.clone().filter(|reason| !reason.trim().is_empty());
    check_together(case, &answers, reason.is_some(), &mut checks);
    if corrects && reason.is_none() {
        checks.fail("reason", "is needed where an earlier answer is corrected");
    }
    checks.at_most("reason", reason.as_deref().unwrap_or(""), 20_000);
    checks.done()?;
    case.refuse_closed()?;
    if answers.is_empty() {
        return Err(Refused::State("these are the answers that the case has already"));
    }
    Ok(FactsRecorded { answers, reason, by: by.name.to_owned(), recorded_at: by.now })
}

/// What two answers may not say together.
fn check_together(case: &super::Case, answers: &[Answer], says_why: bool, checks: &mut Checks) {
    let after = |code: &str| {
        let new = answers.iter().find(|answer| answer.fact == code).map(|answer| answer.answer.as_str());
        new.or_else(|| case.fact(code))
    };
    // SRC-2: what could be an indecent image of a child is never deleted by a school.
    if after("suspected_image") == Some("yes") && after("search_result") == Some("deleted") {
        checks.fail(
            "facts.search_result",
            "cannot be \"deleted\" where it could be an indecent image of a child: secure the device for the police",
        );
    }
    check_people(case, answers, says_why, checks);
}

/// EVI-1: separate people where practicable. Names are compared as people are known: the same name is refused; one that could be the same
/// needs a reason, in which somebody says that it is another.
fn check_people(case: &super::Case, answers: &[Answer], says_why: bool, checks: &mut Checks) {
    let new = |code: &str| answers.iter().find(|answer| answer.fact == code).map(|answer| answer.answer.as_str());
    let (investigator, decider) = (new("investigator"), new("decider"));
    let known = |code: &str| case.fact(code).map(str::to_owned);
    let mut compare = |field: &str, name: Option<&str>, other: Option<&str>, who: &str| {
        let Some((name, other)) = name.zip(other) else { return };
        if is_one(name, other) {
            checks.fail(field, format!("is {who}: name somebody else"));
        } else if could_be_one(name, other) && !says_why {
            checks.fail(field, format!("could be {who}: where it is another person, say so in the reason"));
        }
    };
    compare("facts.decider", decider, investigator.map(str::to_owned).or_else(|| known("investigator")).as_deref(), "who investigates");
    // Where the decider was known before.
    compare("facts.investigator", investigator.filter(|_| decider.is_none()), known("decider").as_deref(), "who decides");
    for subject in case.named_subjects() {
        compare("facts.investigator", investigator, Some(subject), "the person whom the matter is about");
        compare("facts.decider", decider, Some(subject), "the person whom the matter is about");
    }
}

/// An answer in words, or what is wrong with it.
fn words(rule: &FactRule, given: &str) -> Result<String, String> {
    let choice = |list: &[(&str, &str)]| {
        let found = list.iter().find(|(code, _)| *code == given).map(|(_, label)| (*label).to_owned());
        found.ok_or_else(|| format!("is one of {}", list.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")))
    };
    let bounded = |max: usize| {
        let mut checks = Checks::default();
        checks.text("answer", given, max);
        checks.done().map(|()| given.to_owned()).map_err(|invalid| invalid.0[0].problem.clone())
    };
    match rule.kind {
        FactKind::Text => bounded(20_000),
        FactKind::Asset => bounded(100),
        FactKind::YesNo => choice(&[("yes", "Yes"), ("no", "No")]),
        FactKind::YesNoUnsure => choice(&[("yes", "Yes"), ("no", "No"), ("unsure", "Not sure")]),
        FactKind::Choice => choice(&rule.choices.iter().map(|one| (one.code.as_str(), one.label.as_str())).collect::<Vec<_>>()),
        FactKind::Day => {
            given.parse::<Date>().map(crate::clock::day_in_words).map_err(|_| "is not a day, for example 2026-10-30".to_owned())
        }
        FactKind::Number => given.parse::<u32>().map(|number| number.to_string()).map_err(|_| "is not a whole number".to_owned()),
    }
}

/// A fact that is asked of a case as it stands.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The rule.
    pub rule: &'a FactRule,
    /// What is known.
    pub known: Option<&'a Fact>,
}

/// The facts that are asked of a case by now, in order.
pub fn asked<'a>(case: &'a super::Case, profile: &'a crate::profile::Profile) -> impl Iterator<Item = Asked<'a>> {
    let holds = |rule: &&FactRule| rule.when.as_ref().is_none_or(|when| when.holds(case.fact(&when.fact)));
    facts_of(case, profile).filter(holds).map(|rule| Asked { rule, known: case.work.facts.get(&rule.code) })
}

/// The tag or serial number of the equipment that a case is about, where it was given (P0-ASSET-1).
pub fn equipment<'a>(case: &'a super::Case, profile: &crate::profile::Profile) -> Option<&'a str> {
    let rule = asked(case, profile).find(|asked| asked.rule.kind == FactKind::Asset)?;
    case.work.facts.get(&rule.rule.code).map(|fact| fact.answer.answer.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{By, Case, CaseKind, Matter, What, tests};
    use crate::report::{Part, StaffNamed};

    fn of(matter: Matter, kind: CaseKind) -> Case {
        let mut case = tests::open(kind);
        case.work.matter = Some(matter);
        case
    }

    fn ask(facts: &[(&str, &str)], reason: Option<&str>) -> AssessCase {
        let facts = facts.iter().map(|(code, answer)| ((*code).to_owned(), (*answer).to_owned())).collect();
        AssessCase { facts, reason: reason.map(str::to_owned) }
    }

    fn with(case: Case, by: &By<'_>, facts: &[(&str, &str)]) -> Case {
        let event = assess(&case, &ask(facts, Some("r")), by).unwrap();
        Case::evolve(Some(case), event.into()).unwrap()
    }

    #[test]
    fn answers_are_checked_by_their_kind_and_named_where_they_are_wrong() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = of(Matter::Loss, CaseKind::Other);
        let wrong =
            assess(&case, &ask(&[("encrypted", "perhaps"), ("value_pounds", "-1"), ("asset", " "), ("risk", "contact")], None), &by);
        let Err(Refused::Invalid(invalid)) = wrong else { panic!("refused") };
        let fields: Vec<&str> = invalid.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["facts.asset", "facts.encrypted", "facts.risk", "facts.value_pounds"]);
        let case = with(case, &by, &[("encrypted", "yes"), ("asset", "AT-0042")]);
        assert_eq!((case.fact("encrypted"), case.fact("asset")), (Some("yes"), Some("AT-0042")));
        assert_eq!(case.work.facts["encrypted"].answer.words, "Yes");
    }

    #[test]
    fn a_corrected_answer_says_why_and_an_equal_one_changes_nothing() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = with(of(Matter::Loss, CaseKind::Other), &by, &[("stolen", "unsure")]);
        assert!(matches!(assess(&case, &ask(&[("stolen", "unsure")], None), &by), Err(Refused::State(_))));
        assert!(matches!(assess(&case, &ask(&[("stolen", "yes")], None), &by), Err(Refused::Invalid(_))));
        assert_eq!(with(case, &by, &[("stolen", "yes")]).fact("stolen"), Some("yes"));
    }

    #[test]
    fn src_2_what_could_be_an_image_of_a_child_is_never_deleted() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = with(of(Matter::DeviceSearch, CaseKind::Safeguarding), &by, &[("suspected_image", "yes")]);
        assert!(matches!(assess(&case, &ask(&[("search_result", "deleted")], None), &by), Err(Refused::Invalid(_))));
        assert!(assess(&case, &ask(&[("search_result", "police")], None), &by).is_ok());
    }

    #[test]
    fn src_2_an_image_that_a_search_could_have_found_is_an_image_from_then_on() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let image = ("suspected_image", "yes");
        for (matter, kind, named) in [
            (Matter::DeviceSearch, CaseKind::Other, image),
            (Matter::DeviceSearch, CaseKind::Safeguarding, image),
            (Matter::ChildOnChild, CaseKind::Safeguarding, ("kind_of_abuse", "images")),
        ] {
            let before = of(matter, kind);
            let open = |case: &Case| {
                let open = crate::case::open_ends(case, &profile).into_iter();
                open.filter(|open| !open.can_wait).map(|open| (open.what, open.due_at)).collect::<Vec<_>>()
            };
            let hours = |code: &str, hours: i64| (What::Step(code.into()), Some(by.now.plus_seconds(hours * 3_600)));
            assert!(crate::case::files::may_take_file(&before, false).is_ok());
            assert!(!open(&before).contains(&hours("image_referral", 1)));
            let after = with(before, &by, &[named]);
            assert!(crate::case::files::may_take_file(&after, false).is_err(), "{matter}: no upload");
            assert!(open(&after).contains(&hours("image_referral", 1)), "{matter}: {:?}", open(&after));
            assert!(asked(&after, &profile).any(|asked| asked.rule.code == "where_the_device_is"), "{matter}");
            let dsl_is_told = open(&after).contains(&hours("search_image_dsl", 1));
            assert_eq!(dsl_is_told, matter == Matter::DeviceSearch && after.route().owner.duty != crate::Duty::Dsl, "{matter} {kind}");
            let wrong = ask(&[(named.0, if matter == Matter::DeviceSearch { "no" } else { "other" })], Some("Nothing was there."));
            let corrected = Case::evolve(Some(after), assess(&of(matter, kind), &wrong, &by).map(Into::into).unwrap());
            assert!(crate::case::files::may_take_file(&corrected.unwrap(), false).is_ok(), "a mistake is corrected with a reason");
        }
    }

    #[test]
    fn evi_1_who_investigates_does_not_decide() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = with(of(Matter::Disciplinary, CaseKind::Disciplinary), &by, &[("investigator", "Bea Ashworth")]);
        for same in ["bea  ashworth", "Mrs Bea Ashworth", "Mrs B. Ashworth", "BA", "Bea Ashwort"] {
            assert!(matches!(assess(&case, &ask(&[("decider", same)], None), &by), Err(Refused::Invalid(_))), "{same}");
        }
        let why = Some("Bee Ashworth is the chair of another trust.");
        assert!(assess(&case, &ask(&[("decider", "Bee Ashworth")], why), &by).is_ok(), "a person says that it is another");
        assert!(matches!(assess(&case, &ask(&[("decider", "Bea Ashworth")], why), &by), Err(Refused::Invalid(_))), "the same is the same");
        let decided = with(of(Matter::Disciplinary, CaseKind::Disciplinary), &by, &[("decider", "Uma Jones")]);
        assert!(
            matches!(assess(&decided, &ask(&[("investigator", "U Jones")], None), &by), Err(Refused::Invalid(_))),
            "whichever comes last"
        );
        let mut as_before = case.clone();
        let earlier = as_before.work.facts["investigator"].clone();
        as_before.work.facts.insert("decider".into(), earlier);
        assert!(assess(&as_before, &ask(&[("suspended", "no")], None), &by).is_ok(), "what was written down before stops no other answer");
        for other in ["Uma Jones", "Tom Ashworth"] {
            assert!(assess(&case, &ask(&[("decider", other)], None), &by).is_ok(), "{other}");
        }
    }

    #[test]
    fn evi_1_the_person_concerned_neither_investigates_nor_decides() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = of(Matter::Disciplinary, CaseKind::Disciplinary);
        case.opened.staff = vec![StaffNamed { staff_id: None, name: "Tariq Patel".into(), part: Part::Subject }];
        for fact in ["investigator", "decider"] {
            assert!(matches!(assess(&case, &ask(&[(fact, "Mr T Patel")], None), &by), Err(Refused::Invalid(_))), "{fact}");
            assert!(assess(&case, &ask(&[(fact, "Uma Jones")], None), &by).is_ok(), "{fact}");
        }
    }

    #[test]
    fn img_2_a_record_of_looking_is_asked_only_where_somebody_looked() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = of(Matter::Image, CaseKind::Safeguarding);
        let is_asked = |case: &Case| asked(case, &profile).any(|asked| asked.rule.code == "looked_who");
        assert!(!is_asked(&case));
        assert!(!is_asked(&with(case.clone(), &by, &[("anyone_looked", "no")])));
        assert!(is_asked(&with(case, &by, &[("anyone_looked", "yes")])));
    }
}
