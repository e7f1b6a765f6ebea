//! In whose hands a case is: taken up, handed over, put off, looked at again.

use crate::{
    Instant, PersonId, RecordClass,
    clock::{Date, day_of},
    directory::Directory,
    event::event,
    field::{Checks, Invalid},
    redacted::redacted,
    report::Refused,
};

/// A hand-over as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// To whom: a person id, a staff id or an e-mail address.
    pub person: String,
    /// Why, and what they need to know.
    pub reason: String,
}

/// Putting off as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Instant,
    /// Why it can wait.
    pub reason: String,
}

/// A review as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// What was found.
    pub finding: String,
    /// The day of the next review; none where there is none.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub next_on: Option<Date>,
}

redacted!(HandOver, Snooze, Review);

event! {
    /// The owner took the case up.
    pub struct TakenUp = "case.received" v 1 {
        record {
            /// Who, by name as it was then.
            by: String,
            /// When.
            received_at: Instant,
        }
    }
}

event! {
    /// The case is in somebody's hands from now on; its owner's duty stays answerable.
    pub struct HandedOver = "case.handed_over" v 1 {
        record {
            /// The case's class.
            class: RecordClass,
            /// To whom.
            person: PersonId,
            /// Their name as it was then.
            name: String,
            /// Who had it in hand before.
            from: Option<PersonId>,
            /// By when its next step is due.
            due_at: Option<Instant>,
            /// Why, and what they need to know.
            reason: String,
            /// Who handed it over, by name as it was then.
            by: String,
            /// When.
            handed_over_at: Instant,
        }
    }
}

event! {
    /// The case was put off: it comes back at this instant, or when a clock of the law wants it earlier.
    pub struct Snoozed = "case.snoozed" v 1 {
        record {
            /// Until when.
            until: Instant,
            /// Why it can wait.
            reason: String,
            /// Who put it off, by name as it was then.
            by: String,
            /// When.
            snoozed_at: Instant,
        }
    }
}

event! {
    /// The case was reviewed.
    pub struct Reviewed = "case.reviewed" v 1 {
        record {
            /// What was found.
            finding: String,
            /// The day of the next review.
            next_on: Option<Date>,
            /// Who reviewed it, by name as it was then.
            by: String,
            /// When.
            reviewed_at: Instant,
        }
    }
}

/// Takes a case up. Done twice it changes nothing.
pub fn receive(case: &super::Case, by: &super::By<'_>) -> Result<TakenUp, Refused> {
    case.refuse_closed()?;
    if case.work.taken_up.is_some() {
        return Err(Refused::State("this case has been taken up already"));
    }
    Ok(TakenUp { by: by.name.to_owned(), received_at: by.now })
}

/// Hands a case over to somebody whom it does not concern. Its owner may take it back; who reads it by a cover or by break-glass, or was
/// named on it, does not take it in hand themself.
pub fn hand_over(case: &super::Case, ask: &HandOver, directory: &Directory, by: &super::By<'_>) -> Result<HandedOver, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    checks.done()?;
    case.refuse_closed()?;
    let person = directory.find(&ask.person).ok_or_else(|| Invalid::one("person", "is nobody of the directory"))?;
    let route = case.route();
    if !by.own.iter().any(|held| route.owner.is_covered_by(held)) {
        by.refuse_themself(person)?;
    }
    if [route.subjects.as_slice(), &route.possible_subjects, &case.aside()].iter().any(|people| people.contains(&person)) {
        return Err(Invalid::one("person", "is concerned by it, or stands aside from it").into());
    }
    let from = case.in_hand();
    if from == Some(person) {
        return Err(Refused::State("they have it in hand already"));
    }
    Ok(HandedOver {
        class: case.opened.class,
        person,
        name: directory.name_of(person),
        from,
        due_at: case.due_at(),
        reason: ask.reason.clone(),
        by: by.name.to_owned(),
        handed_over_at: by.now,
    })
}

/// The furthest that a case can be put off.
const SNOOZE_SECONDS_MAX: i64 = 60 * 86_400;

/// Puts a case off; never past the clock of the law, nor past what is to be done within hours.
pub fn snooze(case: &super::Case, ask: &Snooze, by: &super::By<'_>) -> Result<Snoozed, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    if ask.until <= by.now || ask.until > by.now.plus_seconds(SNOOZE_SECONDS_MAX) {
        checks.fail("until", "is in the past, or more than 60 days away");
    } else if case.legal_due().is_some_and(|due| ask.until > due) {
        checks.fail("until", "is after the clock of the law runs out: that cannot be put off");
    } else if super::cannot_wait(case, by.profile).is_some_and(|due| ask.until > due) {
        checks.fail("until", "is after a step that cannot wait: take it, or set it aside with a reason");
    }
    checks.done()?;
    case.refuse_closed()?;
    Ok(Snoozed { until: ask.until, reason: ask.reason.clone(), by: by.name.to_owned(), snoozed_at: by.now })
}

/// Reviews a case; also a closed one, which is opened again where it is to be looked at once more.
pub fn review(case: &super::Case, ask: &Review, by: &super::By<'_>) -> Result<Reviewed, Refused> {
    let mut checks = Checks::default();
    checks.text("finding", &ask.finding, 20_000);
    if ask.next_on.is_some_and(|day| day <= day_of(by.now)) {
        checks.fail("next_on", "is not after today");
    } else if ask.next_on.is_some() && !case.is_open() {
        checks.fail("next_on", "is for an open case: open it again first");
    }
    checks.done()?;
    Ok(Reviewed { finding: ask.finding.clone(), next_on: ask.next_on, by: by.name.to_owned(), reviewed_at: by.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, tests};

    #[test]
    fn bre_2_the_clock_of_the_law_is_not_put_off() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let breach = tests::open(CaseKind::DataBreach);
        let legal = breach.legal_due().unwrap();
        let ask = |until| Snooze { until, reason: "The supplier answers on Monday.".into() };
        assert!(matches!(snooze(&breach, &ask(legal.plus_seconds(1)), &by), Err(Refused::Invalid(_))));
        // What is to be done within hours comes before it, and waits for nobody either.
        let first = crate::case::cannot_wait(&breach, &profile).unwrap();
        assert!(first < legal && matches!(snooze(&breach, &ask(legal), &by), Err(Refused::Invalid(_))));
        assert!(snooze(&breach, &ask(first), &by).is_ok());
        let other = tests::open(CaseKind::Other);
        assert!(matches!(snooze(&other, &ask(by.now), &by), Err(Refused::Invalid(_))));
        assert!(matches!(snooze(&other, &ask(by.now.plus_seconds(SNOOZE_SECONDS_MAX + 1)), &by), Err(Refused::Invalid(_))));
    }

    #[test]
    fn nobody_lets_themself_in_for_longer_than_their_duty_does() {
        let profile = crate::profile::tests::clpt();
        let (directory, case) = (tests::directory(), tests::open(CaseKind::Other));
        let owner = [case.route().owner.clone()];
        let reads_by_glass = tests::by(&profile);
        let holds_it = super::super::By { own: &owner, ..reads_by_glass };
        let in_hand = HandOver { person: reads_by_glass.person.to_string(), reason: "I know it.".into() };
        assert!(matches!(hand_over(&case, &in_hand, &directory, &reads_by_glass), Err(Refused::Invalid(_))));
        assert!(hand_over(&case, &in_hand, &directory, &holds_it).is_ok(), "its owner takes it back");
        let named = crate::case::NamePerson {
            person: reads_by_glass.person.to_string(),
            named_for: crate::case::NamedFor::Investigation,
            reason: "I know it.".into(),
            until: None,
        };
        for by in [reads_by_glass, holds_it] {
            assert!(matches!(crate::case::name_person(&case, &named, &directory, &by), Err(Refused::Invalid(_))));
        }
    }

    #[test]
    fn a_case_is_handed_to_nobody_whom_it_concerns() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let (directory, mut case) = (tests::directory(), tests::open(CaseKind::Other));
        let (head, deputy) = (PersonId::from_bytes([1; 16]), PersonId::from_bytes([3; 16]));
        case.opened.route.subjects = vec![head];
        let ask = |person: PersonId| HandOver { person: person.to_string(), reason: "On a course.".into() };
        assert!(matches!(hand_over(&case, &ask(head), &directory, &by), Err(Refused::Invalid(_))));
        let handed = hand_over(&case, &ask(deputy), &directory, &by).unwrap();
        let case = Case::evolve(Some(case), handed.into()).unwrap();
        assert_eq!(case.in_hand(), Some(deputy));
        assert!(matches!(hand_over(&case, &ask(deputy), &directory, &by), Err(Refused::State(_))));
    }

    #[test]
    fn a_case_is_taken_up_once() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Other);
        let case = Case::evolve(Some(case.clone()), receive(&case, &by).unwrap().into()).unwrap();
        assert!(matches!(receive(&case, &by), Err(Refused::State(_))));
    }
}
