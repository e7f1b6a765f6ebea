//! What the tests of cases share: a case of each kind, and acts that are taken as they should be.

use super::{
    AssessCase, By, Case, CaseEvent, CaseKind, Complete, Decide, Plan, SetStepAside, Snooze, Tell, assess, complete, set_step_aside,
};
use crate::{ActionId, Duty, Instant, PersonId, QuestionId, RecordClass, directory::Directory, profile::Profile, routing::tests::opened};

/// Friday 30 October 2026, 16:12.
pub(crate) fn now() -> Instant {
    Instant::parse("2026-10-30T16:12Z").unwrap()
}

/// Somebody who acts on it then.
pub(crate) fn by(profile: &Profile) -> By<'_> {
    let (action, question) = (ActionId::from_bytes([0xac; 16]), QuestionId::from_bytes([0x9e; 16]));
    By { person: PersonId::from_bytes([1; 16]), own: &[], name: "Uma Jones", now: now(), profile, action, question }
}

/// An open case of a kind, opened on that Friday.
pub(crate) fn open(kind: CaseKind) -> Case {
    let mut opened = opened();
    (opened.kind, opened.class) = (kind, kind.class(RecordClass::It));
    (opened.opened_at, opened.aware_at) = (now(), now());
    Case::evolve(None, opened.into()).unwrap()
}

/// The people of one school.
pub(crate) fn directory() -> Directory {
    crate::directory::tests::directory(&[
        crate::directory::tests::person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
        crate::directory::tests::person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
        crate::directory::tests::person(3, "Bea Ashworth", &[(Duty::DeputyHead, Some("SCH01"))]),
        crate::directory::tests::person(4, "Tess Garner", &[(Duty::TrustSafeguardingLead, None)]),
        crate::directory::tests::person(5, "Milo Kemp", &[(Duty::Dpo, None)]),
    ])
}

type Act = Box<dyn Fn(&Case, &By<'_>) -> CaseEvent>;

/// The case after an act that is not refused.
#[expect(clippy::needless_pass_by_value, reason = "made where it is used")]
pub(crate) fn with(case: Case, by: &By<'_>, act: Act) -> Case {
    let event = act(&case, by);
    Case::evolve(Some(case), event).unwrap()
}

pub(crate) fn facts(facts: &[(&str, &str)]) -> Act {
    let facts = facts.iter().map(|(code, answer)| ((*code).to_owned(), (*answer).to_owned())).collect();
    let ask = AssessCase { facts, reason: Some("it became known".into()) };
    Box::new(move |case, by| assess(case, &ask, by).unwrap().into())
}

pub(crate) fn tell_of(whom: &str) -> Tell {
    Tell { whom: whom.into(), name: None, at: None, how: "By telephone".into(), told_by: None, reference: Some("R-1".into()) }
}

pub(crate) fn tell(whom: &str) -> Act {
    let ask = tell_of(whom);
    Box::new(move |case, by| super::tell(case, &ask, by).unwrap().0.into())
}

pub(crate) fn decide(about: &str, decision: &str) -> Act {
    let ask = Decide { about: about.into(), decision: decision.into(), reason: "r".into() };
    Box::new(move |case, by| super::decide(case, &ask, by).unwrap().into())
}

pub(crate) fn plan_of(what: &str) -> Plan {
    Plan {
        action: None,
        what: what.into(),
        owner: "IT lead".into(),
        person: None,
        due_on: Some("2026-11-02".parse().unwrap()),
        reason: None,
    }
}

pub(crate) fn plan(what: &str) -> Act {
    let ask = plan_of(what);
    Box::new(move |case, by| super::plan(case, &ask, by).unwrap().into())
}

pub(crate) fn set_aside(step: &str) -> Act {
    let ask = SetStepAside { step: step.into(), reason: "The record is kept on paper there.".into() };
    Box::new(move |case, by| set_step_aside(case, &ask, by).unwrap().into())
}

pub(crate) fn snooze(until: Instant) -> Act {
    let ask = Snooze { until, reason: "They answer then.".into() };
    Box::new(move |case, by| super::snooze(case, &ask, by).unwrap().into())
}

pub(crate) fn receive() -> Act {
    Box::new(|case, by| super::receive(case, by).unwrap().into())
}

#[test]
fn a_case_that_was_opened_before_matters_were_said_has_the_one_of_its_report() {
    assert_eq!(open(CaseKind::Other).matter(), super::Matter::Loss);
    assert_eq!(open(CaseKind::Disciplinary).matter(), super::Matter::Disciplinary);
}

#[test]
fn acting_on_a_case_takes_it_up_and_ends_that_it_was_put_off() {
    let profile = crate::profile::tests::clpt();
    let by = by(&profile);
    let case = with(open(CaseKind::Other), &by, snooze(by.now.plus_seconds(3600)));
    assert!(case.snoozed_until().is_some() && case.work.acted_at.is_none());
    let case = with(case, &by, plan("Wipe it"));
    assert!(case.snoozed_until().is_none() && case.work.acted_at == Some(by.now));
    let id = case.work.open_actions().next().unwrap().action.to_string();
    let ended = complete(&case, &Complete { action: id, result: "Wiped.".into(), done: true }, &by).unwrap();
    assert_eq!(Case::evolve(Some(case), ended.into()).unwrap().work.open_actions().count(), 0);
}
