//! Files: which record a file belongs to, for whoever has the file's id alone.

use wardbook_domain::{RecordId, case::CaseEvent, event::AnyEvent, report::ReportEvent};

use crate::{At, Change, Holder, Row, View};

/// The register of files of reports; a row is the report's and its holder the file.
pub(crate) const OF_REPORT: &str = "of_report";
/// The register of files of cases.
pub(crate) const OF_CASE: &str = "of_case";

pub(crate) struct Files;

impl View for Files {
    fn name(&self) -> &'static str {
        crate::FILE
    }

    fn version(&self) -> u32 {
        1
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let row = |register, file: RecordId| {
            vec![Change::Put(Row { register, class: None, holder: Holder::Record(file), since: at.recorded_at, due: None })]
        };
        match event {
            AnyEvent::Report(ReportEvent::EvidenceAdded(added)) => row(OF_REPORT, added.evidence),
            AnyEvent::Case(CaseEvent::EvidenceAdded(added)) => row(OF_CASE, added.evidence),
            _ => vec![],
        }
    }
}
