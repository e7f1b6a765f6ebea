//! By when somebody decides about an alert, and to whom it goes on where nobody does: what a product saw of a child waits for nobody's
//! holiday (FIL-1, P0-FM-1).

use super::{Alert, AlertEscalated, AlertReceived, SEVERITY_MAX, may_decide};
use crate::{Address, Duty, Instant, calendar::end_of_working_day, directory::Directory, profile::Profile, routing::Way};

/// What happened longer than so many days before it came in is history: it waits to be decided about, and nobody is called to it.
pub const HISTORY_DAYS: i64 = 7;
const DAY_SECONDS: i64 = 86_400;
const CLAUSE: &str = "FIL-1";

/// Whether the product gave it its gravest severity: a child could be in danger.
pub fn is_grave(received: &AlertReceived) -> bool {
    received.severity == Some(SEVERITY_MAX)
}

/// Whether it came in long after it happened, as an old export does.
pub fn is_history(received: &AlertReceived) -> bool {
    received.occurred_at < received.received_at.plus_seconds(-HISTORY_DAYS * DAY_SECONDS)
}

/// By when it is decided about: as soon as a report is to be received, or acted on where a child could be in danger.
pub fn due_at(received: &AlertReceived, profile: &Profile) -> Instant {
    if is_grave(received) {
        received.received_at.plus_seconds(profile.receiving.danger_seconds())
    } else {
        profile.receiving.receive_by(received.received_at)
    }
}

/// To whom a late alert goes on, where it does: once to each of the chain who does not decide about it yet, a working day apart; the gravest as many
/// minutes apart as one may wait.
pub fn escalate(alert: &Alert, directory: &Directory, profile: &Profile, now: Instant) -> Option<AlertEscalated> {
    let received = &alert.received;
    let was_due = due_at(received, profile);
    if !alert.waits() || is_history(received) || was_due > now {
        return None;
    }
    let next = |last: Instant| {
        if is_grave(received) { last.plus_seconds(profile.receiving.danger_seconds()) } else { end_of_working_day(last, 1).unwrap_or(last) }
    };
    if alert.escalated.last().is_some_and(|last| next(last.escalated_at) > now) {
        return None;
    }
    // A head reads what is about pupils anyway, and is asked to decide about it only then.
    let decide: Vec<Address> =
        Duty::ALL.iter().filter(|duty| may_decide(alert, **duty)).map(|duty| Address::of(*duty, &received.school)).collect();
    let to = Way::of_alert(alert, profile).next(&decide, directory, now)?;
    let (class, occurred_at) = (received.class, received.occurred_at);
    Some(AlertEscalated { class, to, clause: CLAUSE.to_owned(), occurred_at, was_due, escalated_at: now })
}
