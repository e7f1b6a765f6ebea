//! Monitoring alerts: which wait and which are decided, for whoever may open them.

use wardbook_domain::{
    Address, RecordClass,
    alert::{AlertAbout, AlertEvent, is_grave, is_history},
    event::AnyEvent,
    need_to_know,
    report::RouteTaken,
};

use crate::{
    At, Change, Holder, Row, View,
    queue::{COVERED, ESCALATED, URGENT, excluded, pressing, put, routed_anew},
};

/// The register of alerts about which nobody has decided, by the addresses that may open them.
pub(crate) const WAITING: &str = "waiting";
/// The register of those that are decided, the latest decision first.
pub(crate) const DECIDED: &str = "decided";
/// The register of those that wait and are, or may turn out to be, about an adult: a change of people or duties may move them.
pub(crate) const MOVABLE: &str = "movable";
/// The register of those that wait and go on where nobody decides about them in time, since they came in.
pub(crate) const PENDING: &str = "pending";

pub(crate) struct Alerts;

impl View for Alerts {
    fn name(&self) -> &'static str {
        crate::ALERT
    }

    fn version(&self) -> u32 {
        2
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let AnyEvent::Alert(event) = event else { return vec![] };
        match event {
            AlertEvent::Received(received) => {
                let since = received.occurred_at.as_micros();
                let service = |register, since| Row { register, class: Some(received.class), holder: Holder::Service, since, due: None };
                let movable = (received.about != AlertAbout::Pupil).then(|| service(MOVABLE, since));
                let pending = (!is_history(received)).then(|| service(PENDING, received.received_at.as_micros()));
                // Before the rows whose place it decides.
                let grave = is_grave(received).then(|| service(URGENT, since));
                let marks = grave.into_iter().chain(movable).chain(pending).map(Change::Put);
                marks.chain(waiting(received.class, &received.school, &received.route, since)).collect()
            }
            AlertEvent::Rerouted(moved) => {
                let again = waiting(moved.class, &moved.school, &moved.route, moved.occurred_at.as_micros());
                routed_anew(&[WAITING]).into_iter().chain(again).collect()
            }
            AlertEvent::CoverPassed(passed) => vec![pressing(COVERED, passed.class, &passed.to, passed.occurred_at.as_micros(), None)],
            AlertEvent::CoverReturned(_) => vec![Change::DropRegister(COVERED)],
            AlertEvent::Escalated(gone) => vec![pressing(ESCALATED, gone.class, &gone.to, gone.occurred_at.as_micros(), None)],
            AlertEvent::Dismissed(said) => decided(said.class, &said.school, &said.owner, at),
            AlertEvent::Raised(said) => decided(said.class, &said.school, &said.owner, at),
        }
    }
}

fn waiting(class: RecordClass, school: &str, route: &RouteTaken, since: i64) -> impl Iterator<Item = Change> {
    let rows = need_to_know::readers(class, school, &route.owner, &[]).into_iter();
    let rows = rows.map(move |address| pressing(WAITING, class, &address, since, None));
    rows.chain(excluded(class, &route.subjects, &route.possible_subjects, since))
}

fn decided(class: RecordClass, school: &str, owner: &Address, at: &At) -> Vec<Change> {
    // Lists go upwards by this instant, and what was decided last is looked for first.
    let latest_first = -at.recorded_at;
    let rows = need_to_know::readers(class, school, owner, &[]).into_iter();
    let rows = rows.map(|address| put(DECIDED, class, &address, latest_first, None));
    [WAITING, COVERED, ESCALATED, URGENT, MOVABLE, PENDING, DECIDED].map(Change::DropRegister).into_iter().chain(rows).collect()
}
