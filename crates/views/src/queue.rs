//! The queue: what is owed, by which duty, since when and by when.

use wardbook_domain::{
    Address, PersonId, RecordClass,
    case::{Case, CaseEvent},
    event::AnyEvent,
    report::{Report, ReportEvent, RouteTaken},
};

use crate::{At, Change, Holder, Row, View};

/// The register of what is owed.
pub(crate) const OWED: &str = "owed";
/// The register of people to whom a record does not exist.
pub(crate) const EXCLUDED: &str = "excluded";

pub(crate) struct Queue;

impl View for Queue {
    fn name(&self) -> &'static str {
        crate::QUEUE
    }

    fn version(&self) -> u32 {
        1
    }

    fn changes(&self, event: &AnyEvent, _at: &At) -> Vec<Change> {
        match event {
            AnyEvent::Report(event @ ReportEvent::Filed(filed)) => {
                let due = Report::evolve(None, event.clone()).and_then(|report| report.provisional_ico_due());
                owed(filed.class, &filed.route, filed.reported_at.as_micros(), due.map(wardbook_domain::Instant::as_micros))
            }
            AnyEvent::Case(event @ CaseEvent::Opened(opened)) => {
                let due = Case::evolve(None, event.clone()).and_then(|case| case.due_at());
                owed(opened.class, &opened.route, opened.opened_at.as_micros(), due.map(wardbook_domain::Instant::as_micros))
            }
            AnyEvent::Report(ReportEvent::Assessed(_)) | AnyEvent::Case(CaseEvent::Closed(_)) => vec![Change::Drop],
            _ => vec![],
        }
    }
}

fn owed(class: RecordClass, route: &RouteTaken, since: i64, due: Option<i64>) -> Vec<Change> {
    let addresses = std::iter::once(&route.owner).chain(&route.second);
    let row = |address: &Address| Row { register: OWED, class: Some(class), holder: Holder::Address(address.clone()), since, due };
    addresses.map(|address| Change::Put(row(address))).chain(excluded(class, &route.subjects, &route.possible_subjects, since)).collect()
}

/// A row for everyone to whom the record must not exist.
pub(crate) fn excluded(class: RecordClass, subjects: &[PersonId], possible: &[PersonId], since: i64) -> Vec<Change> {
    let row = |person: &PersonId| Row { register: EXCLUDED, class: Some(class), holder: Holder::Person(*person), since, due: None };
    subjects.iter().chain(possible).map(|person| Change::Put(row(person))).collect()
}
