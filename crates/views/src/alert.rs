//! Monitoring alerts: which wait and which are decided, for whoever may open them.

use wardbook_domain::{
    Address, RecordClass,
    alert::{AlertAbout, AlertEvent},
    event::AnyEvent,
    need_to_know,
    report::RouteTaken,
};

use crate::{
    At, Change, Holder, Row, View,
    queue::{excluded, put, routed_anew},
};

/// The register of alerts about which nobody has decided, by the addresses that may open them.
pub(crate) const WAITING: &str = "waiting";
/// The register of those that are decided, the latest decision first.
pub(crate) const DECIDED: &str = "decided";
/// The register of those that wait and are, or may turn out to be, about an adult: a change of people or duties may move them.
pub(crate) const MOVABLE: &str = "movable";

pub(crate) struct Alerts;

impl View for Alerts {
    fn name(&self) -> &'static str {
        crate::ALERT
    }

    fn version(&self) -> u32 {
        1
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let AnyEvent::Alert(event) = event else { return vec![] };
        match event {
            AlertEvent::Received(received) => {
                let since = received.occurred_at.as_micros();
                let movable = Row { register: MOVABLE, class: Some(received.class), holder: Holder::Service, since, due: None };
                let movable = (received.about != AlertAbout::Pupil).then_some(Change::Put(movable));
                waiting(received.class, &received.school, &received.route, since).chain(movable).collect()
            }
            AlertEvent::Rerouted(moved) => {
                let again = waiting(moved.class, &moved.school, &moved.route, moved.occurred_at.as_micros());
                routed_anew(&[WAITING]).into_iter().chain(again).collect()
            }
            AlertEvent::Dismissed(said) => decided(said.class, &said.school, &said.owner, at),
            AlertEvent::Raised(said) => decided(said.class, &said.school, &said.owner, at),
        }
    }
}

fn waiting(class: RecordClass, school: &str, route: &RouteTaken, since: i64) -> impl Iterator<Item = Change> {
    let rows = need_to_know::readers(class, school, &route.owner, &[]).into_iter();
    let rows = rows.map(move |address| put(WAITING, class, &address, since, None));
    rows.chain(excluded(class, &route.subjects, &route.possible_subjects, since))
}

fn decided(class: RecordClass, school: &str, owner: &Address, at: &At) -> Vec<Change> {
    // Lists go upwards by this instant, and what was decided last is looked for first.
    let latest_first = -at.recorded_at;
    let rows = need_to_know::readers(class, school, owner, &[]).into_iter();
    let rows = rows.map(|address| put(DECIDED, class, &address, latest_first, None));
    [WAITING, MOVABLE, DECIDED].map(Change::DropRegister).into_iter().chain(rows).collect()
}
