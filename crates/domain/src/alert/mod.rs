//! Monitoring alerts: what a filtering or monitoring product saw, and what a DSL made of it (FIL-1, P0-FM-1).
//!
//! An alert is a stream of the class safeguarding. It waits until a named person dismisses it or raises it: a raised one becomes a report,
//! which goes the way of every report. A dismissal that was a mistake is corrected by raising it later.
//!
//! * `row.rs`: what a product sends; `group.rs`: repeats; `decide.rs`: dismissing and raising; whom one is about and who receives it is
//!   with the other routes (`routing/alerts.rs`), how a product's columns are read is a trust's rule (`profile/alerts.rs`).
//!
//! To extend: an event in `events.rs` with its arm in [`Alert::evolve`].

mod decide;
mod events;
mod group;
mod row;

pub use decide::{AlertDecision, DecideAlerts, dismiss, may_decide, raise, report_of};
pub use events::{AlertAbout, AlertDismissed, AlertEvent, AlertRaised, AlertReceived, AlertRerouted};
pub use group::{Group, groups};
pub use row::{AlertField, AlertRow, SEVERITY_MAX};

use crate::{Address, Instant, PersonId, report::RouteTaken};

/// What was decided about an alert.
#[derive(Clone, PartialEq)]
pub enum Decided {
    /// No concern.
    Dismissed(AlertDismissed),
    /// A safeguarding concern: there is a report.
    Raised(AlertRaised),
}

/// An alert as it stands.
#[derive(Clone, PartialEq)]
pub struct Alert {
    /// As it came.
    pub received: AlertReceived,
    /// Where it is now, and whom it is about.
    pub route: RouteTaken,
    /// What was decided last.
    pub decided: Option<Decided>,
}

crate::redacted::redacted!(Alert, Decided);

impl Alert {
    /// Takes in one event; none before it was received.
    pub fn evolve(alert: Option<Self>, event: AlertEvent) -> Option<Self> {
        match (alert, event) {
            (None, AlertEvent::Received(received)) => {
                let route = received.route.clone();
                Some(Self { received: *received, route, decided: None })
            }
            (Some(alert), AlertEvent::Rerouted(rerouted)) => Some(Self { route: rerouted.route, ..alert }),
            (Some(alert), AlertEvent::Dismissed(dismissed)) => Some(Self { decided: Some(Decided::Dismissed(*dismissed)), ..alert }),
            (Some(alert), AlertEvent::Raised(raised)) => Some(Self { decided: Some(Decided::Raised(*raised)), ..alert }),
            (alert, _) => alert,
        }
    }

    /// Whether nobody has decided about it.
    pub const fn waits(&self) -> bool {
        self.decided.is_none()
    }

    /// Who receives it.
    pub const fn owner(&self) -> &Address {
        &self.route.owner
    }

    /// Whether it is, or may be, about this person.
    pub fn may_be_about(&self, person: PersonId) -> bool {
        self.route.subjects.contains(&person) || self.route.possible_subjects.contains(&person)
    }

    /// When it happened.
    pub const fn occurred_at(&self) -> Instant {
        self.received.occurred_at
    }
}

#[cfg(test)]
pub(crate) mod tests;
