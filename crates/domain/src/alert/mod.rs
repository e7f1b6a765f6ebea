//! Monitoring alerts: what a filtering or monitoring product saw, and what a DSL made of it (FIL-1, P0-FM-1).
//!
//! An alert is a stream of the class safeguarding. It waits until a named person dismisses it or raises it: a raised one becomes a report,
//! which goes the way of every report. A dismissal that was a mistake is corrected by raising it later.
//!
//! * `row.rs`: what a product sends; `group.rs`: repeats; `decide.rs`: dismissing and raising; `escalate.rs`: by when one is decided about,
//!   and to whom it goes on where nobody does; whom one is about and who receives it is with the other routes (`routing/alerts.rs`), how a product's columns are read is a trust's rule (`profile/alerts.rs`).
//!
//! To extend: an event in `events.rs` with its arm in [`Alert::evolve`].

mod decide;
mod escalate;
mod events;
mod group;
mod row;

pub use decide::{AlertDecision, DecideAlerts, dismiss, may_decide, raise, report_of};
pub use escalate::{HISTORY_DAYS, due_at, escalate, is_grave, is_history};
pub use events::{
    AlertAbout, AlertCoverPassed, AlertCoverReturned, AlertDismissed, AlertEscalated, AlertEvent, AlertRaised, AlertReceived, AlertRerouted,
};
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
    /// Who reads it during an absence, by the cover that may not.
    pub covers: Vec<AlertCoverPassed>,
    /// To whom it went on as it was late, in order.
    pub escalated: Vec<AlertEscalated>,
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
                Some(Self { received: *received, route, covers: vec![], escalated: vec![], decided: None })
            }
            (Some(alert), event) => Some(alert.with(event)),
            (None, _) => None,
        }
    }

    fn with(mut self, event: AlertEvent) -> Self {
        match event {
            AlertEvent::Received(_) => {}
            AlertEvent::Rerouted(rerouted) => self.route = rerouted.route,
            AlertEvent::CoverPassed(passed) => self.covers.push(*passed),
            AlertEvent::CoverReturned(returned) => self.covers.retain(|passed| passed.cover != returned.cover),
            AlertEvent::Escalated(gone) => self.escalated.push(*gone),
            AlertEvent::Dismissed(dismissed) => self.decided = Some(Decided::Dismissed(*dismissed)),
            AlertEvent::Raised(raised) => self.decided = Some(Decided::Raised(*raised)),
        }
        self
    }

    /// Who reads it along with its owner: during an absence, or because it was late.
    pub fn second_readers(&self) -> Vec<Address> {
        let covers = self.covers.iter().map(|passed| &passed.to);
        covers.chain(self.escalated.iter().map(|gone| &gone.to)).cloned().collect()
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
