//! The told list of a case: who was told, when, how, by whom, under which reference (P0-FORM-11).

use super::{Planned, rules::steps_of};
use crate::{
    Instant,
    calendar::working_day_after,
    clock::day_of,
    event::event,
    field::Checks,
    redacted::redacted,
    report::{Refused, Told},
};

/// Who was told, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// A code of the told list.
    pub whom: String,
    /// The name of who was told, where there is one.
    #[serde(default)]
    pub name: Option<String>,
    /// When; now, where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// How: by telephone, in person, by e-mail.
    pub how: String,
    /// By whom; whoever writes it down, where it is left out.
    #[serde(default)]
    pub told_by: Option<String>,
    /// The reference that was given.
    #[serde(default)]
    pub reference: Option<String>,
}

redacted!(Tell);

event! {
    /// Somebody was told.
    pub struct ToldOf = "case.told" v 1 {
        record {
            /// Whom, when, how and under which reference.
            told: Told,
            /// Their words on the list as they were then.
            label: String,
            /// The name of who was told.
            name: Option<String>,
            /// Who told them.
            told_by: String,
            /// Who wrote it down, by name as it was then.
            by: String,
            /// When it was written down.
            recorded_at: Instant,
        }
    }
}

/// The entry of the told list for the child's own safeguarding record, in whatever system the trust keeps it.
pub const SAFEGUARDING_RECORD: &str = "safeguarding_record";

/// Writes down who was told. With the first telling of a step, the action that follows from it is planned too.
pub fn tell(case: &super::Case, ask: &Tell, by: &super::By<'_>) -> Result<(ToldOf, Option<Planned>), Refused> {
    let mut checks = Checks::default();
    let list = by.profile.told_list();
    let label = list.iter().find(|(code, _)| *code == ask.whom).map(|(_, label)| label.clone());
    if label.is_none() {
        checks.fail("whom", "is not on the list of whom to tell");
    }
    checks.text("how", &ask.how, 500);
    checks.at_most("name", ask.name.as_deref().unwrap_or(""), 200);
    checks.at_most("told_by", ask.told_by.as_deref().unwrap_or(""), 200);
    checks.at_most("reference", ask.reference.as_deref().unwrap_or(""), 200);
    if ask.whom == SAFEGUARDING_RECORD && ask.reference.as_deref().is_none_or(|text| text.trim().is_empty()) {
        checks.fail("reference", "is needed: without it nobody finds the other record");
    }
    if ask.at.is_some_and(|at| at > by.now) {
        checks.fail("at", "is in the future");
    }
    checks.done()?;
    let told = Told {
        whom: ask.whom.clone(),
        at: Some(ask.at.unwrap_or(by.now)),
        how: Some(ask.how.clone()),
        reference: some(ask.reference.as_ref()),
    };
    let told_by = some(ask.told_by.as_ref()).unwrap_or_else(|| by.name.to_owned());
    let (label, name) = (label.unwrap_or_default(), some(ask.name.as_ref()));
    let follows = follows(case, &ask.whom, by);
    Ok((ToldOf { told, label, name, told_by, by: by.name.to_owned(), recorded_at: by.now }, follows))
}

fn some(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

fn follows(case: &super::Case, whom: &str, by: &super::By<'_>) -> Option<Planned> {
    let first = case.is_open() && !case.work.told.iter().any(|told| told.told.whom == whom);
    let rule = steps_of(case, by.profile).find(|rule| rule.tells().any(|one| one == whom) && rule.then_plan.is_some()).filter(|_| first)?;
    Some(Planned {
        action: by.action,
        what: rule.then_plan.clone()?,
        owner: case.route().owner.duty.label().to_owned(),
        due_on: working_day_after(day_of(by.now), 5).ok(),
        reason: Some(rule.clause.clone()),
        by: by.name.to_owned(),
        planned_at: by.now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, Matter, tests};

    fn ask(whom: &str) -> Tell {
        Tell { whom: whom.into(), name: None, at: None, how: "By telephone".into(), told_by: None, reference: None }
    }

    #[test]
    fn p0_form_11_who_was_told_is_on_the_trust_s_list_and_not_in_the_future() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Other);
        assert!(matches!(tell(&case, &ask("the_press"), &by), Err(Refused::Invalid(_))));
        assert!(matches!(tell(&case, &Tell { at: Some(by.now.plus_seconds(1)), ..ask("police") }, &by), Err(Refused::Invalid(_))));
        let (told, follows) = tell(&case, &ask("police"), &by).unwrap();
        assert_eq!((told.label.as_str(), told.told_by.as_str(), told.told.at), ("Police", by.name, Some(by.now)));
        assert!(follows.is_none());
    }

    #[test]
    fn a_copy_in_the_safeguarding_record_has_its_reference() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Safeguarding);
        assert!(matches!(tell(&case, &ask(SAFEGUARDING_RECORD), &by), Err(Refused::Invalid(_))));
        assert!(tell(&case, &Tell { reference: Some("MC-118".into()), ..ask(SAFEGUARDING_RECORD) }, &by).is_ok());
    }

    #[test]
    fn p1_staff_2_telling_hr_of_misuse_by_staff_opens_the_question_of_the_documents_once() {
        let profile = crate::profile::tests::coastal();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Other);
        case.work.matter = Some(Matter::StaffMisuse);
        let (told, follows) = tell(&case, &ask("hr"), &by).unwrap();
        let case = Case::evolve(Some(case), told.into()).unwrap();
        let case = Case::evolve(Some(case), follows.expect("an action").into()).unwrap();
        assert_eq!(case.work.open_actions().count(), 1);
        assert!(tell(&case, &ask("hr"), &by).unwrap().1.is_none());
    }
}
