//! What may be done to a case.

use super::{
    Case,
    events::{CaseKind, ClockMoved, Closed, Corrected, Noted, Outcome},
};
use crate::redacted::redacted;
use crate::{
    Instant,
    field::{Checks, Invalid},
    report::{Correct, MoveClock, Refused},
};

/// A note as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The note.
    pub text: String,
}

/// A closing as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
}

redacted!(Note, Close);

/// Adds a note; also to a closed case, where what is learned later belongs.
pub fn note(_case: &Case, note: &Note, by: &str, now: Instant) -> Result<Noted, Refused> {
    let mut checks = Checks::default();
    checks.text("text", &note.text, 20_000);
    checks.done()?;
    Ok(Noted { text: note.text.clone(), by: by.to_owned(), noted_at: now })
}

/// Closes an open case with outcome and reason.
pub fn close(case: &Case, close: &Close, by: &str, now: Instant) -> Result<Closed, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &close.reason, 20_000);
    checks.done()?;
    if !case.is_open() {
        return Err(Refused::State("this case has been closed already"));
    }
    Ok(Closed { outcome: close.outcome, reason: close.reason.clone(), by: by.to_owned(), closed_at: now })
}

/// The fields of a case that may be corrected.
pub const CORRECTABLE: &[&str] = &["summary"];

/// Corrects a field (design §1.1).
pub fn correct(case: &Case, correct: &Correct, by: &str, now: Instant) -> Result<Corrected, Refused> {
    correct.check(CORRECTABLE)?;
    if case.summary() == correct.text {
        return Err(Invalid::one("text", "is what the record says already").into());
    }
    let Correct { field, text, reason } = correct.clone();
    Ok(Corrected { field, text, reason, by: by.to_owned(), corrected_at: now })
}

/// Corrects the earliest staff knowledge of an open breach (BRE-3).
pub fn move_clock(case: &Case, happened: Option<Instant>, ask: &MoveClock, by: &str, now: Instant) -> Result<ClockMoved, Refused> {
    ask.check(case.aware_at(), happened, now)?;
    if case.opened.kind != CaseKind::DataBreach || !case.is_open() {
        return Err(Refused::State("this case has no clock that could be moved"));
    }
    Ok(ClockMoved { corrected_aware_at: ask.aware_at, reason: ask.reason.clone(), by: by.to_owned(), moved_at: now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case::CaseEvent, routing::tests::opened};

    fn open() -> Case {
        Case::evolve(None, CaseEvent::from(opened())).unwrap()
    }

    #[test]
    fn closing_needs_a_reason_and_happens_once() {
        let now = Instant::from_micros(7);
        let ask = |reason: &str| Close { outcome: Outcome::ActionTaken, reason: reason.into() };
        assert!(matches!(close(&open(), &ask(" "), "x", now), Err(Refused::Invalid(_))));
        let closed = Case::evolve(Some(open()), close(&open(), &ask("done"), "x", now).unwrap().into()).unwrap();
        assert!(!closed.is_open());
        assert!(matches!(close(&closed, &ask("again"), "x", now), Err(Refused::State(_))));
        assert!(note(&closed, &Note { text: "learned later".into() }, "x", now).is_ok());
    }

    #[test]
    fn a_correction_shows_the_new_text_and_keeps_the_old() {
        let ask = Correct { field: "summary".into(), text: "Two laptops".into(), reason: "miscounted".into() };
        let event = correct(&open(), &ask, "x", Instant::from_micros(1)).unwrap();
        let case = Case::evolve(Some(open()), event.into()).unwrap();
        assert_eq!(case.summary(), "Two laptops");
        assert_eq!(case.opened.summary, "A laptop was left on the train.");
        assert!(correct(&case, &ask, "x", Instant::from_micros(2)).is_err());
    }

    #[test]
    fn bre_2_an_open_breach_has_a_clock_and_a_closed_one_has_none() {
        let mut case = open();
        assert_eq!(case.due_at(), None);
        case.opened.kind = crate::case::CaseKind::DataBreach;
        assert_eq!(case.due_at(), Some(case.opened.aware_at.plus_seconds(259_200)));
        let (now, aware_at) = (Instant::from_micros(9_000_000), Instant::from_micros(5_000_000));
        let ask = |reason: &str, aware_at| MoveClock { aware_at, reason: reason.into() };
        assert!(
            matches!(move_clock(&case, None, &ask(" ", aware_at), "x", now), Err(Refused::Invalid(_))),
            "BRE-3: moving it needs a reason"
        );
        assert!(matches!(move_clock(&case, None, &ask("r", now.plus_seconds(9000)), "x", now), Err(Refused::Invalid(_))), "the future");
        let happened = Some(aware_at.plus_seconds(1));
        assert!(matches!(move_clock(&case, happened, &ask("r", aware_at), "x", now), Err(Refused::Invalid(_))), "before it happened");
        let moved = move_clock(&case, None, &ask("found in the log", aware_at), "x", now).unwrap();
        let case = Case::evolve(Some(case), moved.into()).unwrap();
        assert_eq!(case.due_at(), Some(aware_at.plus_seconds(259_200)));
        assert_eq!(case.opened.aware_at, Instant::from_micros(0), "TIM-4: what stood there stays");
    }
}
