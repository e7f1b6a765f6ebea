//! The directory: which streams make it up. The entries themselves are opened and folded in memory.

use wardbook_domain::{directory::DirectoryEvent, event::AnyEvent};

use crate::{At, Change, Holder, Row, View};

/// The register of schools and people.
pub(crate) const ENTRIES: &str = "entries";
/// The register of pupils.
pub(crate) const PUPILS: &str = "pupils";

pub(crate) struct DirectoryEntries;

impl View for DirectoryEntries {
    fn name(&self) -> &'static str {
        crate::DIRECTORY
    }

    fn version(&self) -> u32 {
        1
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let AnyEvent::Directory(event) = event else {
            return vec![];
        };
        let register = if matches!(event, DirectoryEvent::Pupil(_)) { PUPILS } else { ENTRIES };
        vec![Change::Put(Row { register, class: None, holder: Holder::Service, since: at.recorded_at, due: None })]
    }
}
