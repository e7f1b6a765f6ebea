//! The directory: which streams make it up. The entries themselves are opened and folded in memory.

use wardbook_domain::{directory::DirectoryEvent, event::AnyEvent};

use crate::{At, Change, Holder, Row, View};

/// The register of schools and people.
const ENTRIES: &str = "entries";
/// The register of pupils.
const PUPILS: &str = "pupils";
/// The register of assets and loans.
const EQUIPMENT: &str = "equipment";

/// A part of the directory: each is read apart, as large lists must not slow what needs people alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Schools and people.
    People,
    /// Pupils.
    Pupils,
    /// Assets and loans.
    Equipment,
}

impl Part {
    pub(crate) const fn register(self) -> &'static str {
        match self {
            Self::People => ENTRIES,
            Self::Pupils => PUPILS,
            Self::Equipment => EQUIPMENT,
        }
    }

    const fn of(event: &DirectoryEvent) -> Self {
        match event {
            DirectoryEvent::Pupil(_) => Self::Pupils,
            DirectoryEvent::Asset(_) | DirectoryEvent::Loan(_) => Self::Equipment,
            _ => Self::People,
        }
    }
}

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
        vec![Change::Put(Row {
            register: Part::of(event).register(),
            class: None,
            holder: Holder::Service,
            since: at.recorded_at,
            due: None,
        })]
    }
}
