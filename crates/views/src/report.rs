//! Reports: who may open which, and who filed which.

use wardbook_domain::{event::AnyEvent, need_to_know, report::ReportEvent};

use crate::{At, Change, Holder, Row, View, queue::excluded};

/// The register of reports by the addresses that may open them.
pub(crate) const READABLE: &str = "readable";
/// The register of a person's own reports.
pub(crate) const OWN: &str = "own";

pub(crate) struct Reports;

impl View for Reports {
    fn name(&self) -> &'static str {
        crate::REPORT
    }

    fn version(&self) -> u32 {
        1
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let filed = match event {
            AnyEvent::Report(ReportEvent::Filed(filed)) => filed,
            // Whom an assessment finds it to be about loses the report at once.
            AnyEvent::Report(ReportEvent::Assessed(found)) => {
                return excluded(found.class, &found.subjects, &found.possible_subjects, at.recorded_at);
            }
            _ => return vec![],
        };
        let (class, since) = (filed.class, filed.reported_at.as_micros());
        let put = |register, holder| Change::Put(Row { register, class: Some(class), holder, since, due: None });
        let readers = need_to_know::readers(class, &filed.school, &filed.route.owner, filed.route.second.as_ref()).into_iter();
        readers
            .map(|address| put(READABLE, Holder::Address(address)))
            .chain(filed.reporter_person.map(|person| put(OWN, Holder::Person(person))))
            .chain(excluded(class, &filed.route.subjects, &filed.route.possible_subjects, since))
            .collect()
    }
}
