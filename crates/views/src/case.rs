//! Cases: who may open which.

use wardbook_domain::{
    Address, RecordClass,
    case::{Case, CaseEvent},
    clock::ico_notice_due,
    event::AnyEvent,
    need_to_know,
    report::RouteTaken,
};

use crate::{
    At, Change, Holder, Row, View,
    queue::{COVERED, ESCALATED, IN_HAND, excluded, micros, no_longer_aside, put, routed_anew, stands_aside},
    report::READABLE,
};

/// The register of cases by the people who are named on them.
pub(crate) const NAMED: &str = "named";

pub(crate) struct Cases;

impl View for Cases {
    fn name(&self) -> &'static str {
        crate::CASE
    }

    fn version(&self) -> u32 {
        4
    }

    fn changes(&self, event: &AnyEvent, _at: &At) -> Vec<Change> {
        let AnyEvent::Case(event) = event else { return vec![] };
        match event {
            CaseEvent::Opened(opened) => {
                let due = Case::evolve(None, event.clone()).and_then(|case| case.due_at());
                known(opened.class, &opened.school, &opened.route, opened.opened_at.as_micros(), micros(due))
            }
            CaseEvent::Rerouted(event) => {
                let standing = &event.standing;
                let again = known(standing.class, &standing.school, &event.route, standing.since.as_micros(), micros(standing.due_at));
                routed_anew(&[READABLE]).into_iter().chain(again).collect()
            }
            CaseEvent::ClockMoved(moved) => vec![Change::SetDue(READABLE, micros(Some(ico_notice_due(moved.corrected_aware_at))))],
            CaseEvent::Closed(_) | CaseEvent::Merged(_) => vec![Change::SetDue(READABLE, None)],
            CaseEvent::DueMoved(moved) => vec![Change::SetDue(READABLE, micros(moved.due_at))],
            CaseEvent::HandedOver(handed) => vec![
                Change::DropRegister(IN_HAND),
                Change::Put(Row {
                    register: IN_HAND,
                    class: Some(handed.class),
                    holder: Holder::Person(handed.person),
                    since: handed.handed_over_at.as_micros(),
                    due: micros(handed.due_at),
                }),
            ],
            CaseEvent::Escalated(gone) => {
                vec![put(ESCALATED, gone.class, &gone.to, gone.escalated_at.as_micros(), Some(gone.was_due.as_micros()))]
            }
            CaseEvent::StoodAside(aside) => vec![stands_aside(aside.class, aside.person, aside.said_at)],
            CaseEvent::AsideEnded(ended) => no_longer_aside(ended.person),
            CaseEvent::CoverPassed(passed) => vec![put(COVERED, passed.class, &passed.to, passed.since.as_micros(), micros(passed.due_at))],
            CaseEvent::CoverReturned(_) => vec![Change::DropRegister(COVERED)],
            CaseEvent::PersonNamed(named) => vec![Change::Put(Row {
                register: NAMED,
                class: Some(named.class),
                holder: Holder::Person(named.person),
                since: named.named_at.as_micros(),
                due: None,
            })],
            CaseEvent::PersonRemoved(removed) => {
                RecordClass::ALL.iter().map(|class| Change::DropOne(NAMED, *class, Holder::Person(removed.person))).collect()
            }
            _ => vec![],
        }
    }
}

fn known(class: RecordClass, school: &str, route: &RouteTaken, since: i64, due: Option<i64>) -> Vec<Change> {
    let seconds: Vec<Address> = route.second.iter().cloned().collect();
    let readers = need_to_know::readers(class, school, &route.owner, &seconds).into_iter();
    readers
        .map(|address| put(READABLE, class, &address, since, due))
        .chain(excluded(class, &route.subjects, &route.possible_subjects, since))
        .collect()
}
