//! Notes on a case, and corrections of its clock.

use super::{
    Case,
    events::{CaseKind, ClockMoved, Noted},
};
use crate::redacted::redacted;
use crate::{
    Instant,
    field::Checks,
    report::{MoveClock, Refused},
};

/// A note as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The note.
    pub text: String,
}

redacted!(Note);

/// Adds a note; also to a closed case, where what is learned later belongs.
pub fn note(_case: &Case, note: &Note, by: &str, now: Instant) -> Result<Noted, Refused> {
    let mut checks = Checks::default();
    checks.text("text", &note.text, 20_000);
    checks.done()?;
    Ok(Noted { text: note.text.clone(), by: by.to_owned(), noted_at: now })
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
