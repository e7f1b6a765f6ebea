//! A case: what was opened to deal with a report (P0-FORM-9), noted, corrected and closed with outcome and reason.
//!
//! To extend: a new act is an event in `events.rs`, an arm in [`Case::evolve`] and a function in `decide.rs`.

mod aside;
mod decide;
mod events;

pub use aside::{
    AsideEnded, CoverPassed, CoverReturned, NamePerson, NamedFor, PersonNamed, PersonRemoved, RemovePerson, StoodAside, name_person,
    names_over, remove_person,
};
pub use decide::{CORRECTABLE, Close, Note, close, correct, move_clock, note};
pub use events::{CaseEvent, CaseKind, ClockMoved, Closed, Corrected, Noted, Opened, Outcome, Rerouted};

use crate::Instant;
use crate::redacted::redacted;

/// A case as folded from its events.
#[derive(Clone, PartialEq)]
pub struct Case {
    /// How it was opened.
    pub opened: Opened,
    /// Notes in order.
    pub notes: Vec<Noted>,
    /// How it was closed.
    pub closed: Option<Closed>,
    /// Corrections in order.
    pub corrections: Vec<Corrected>,
    /// Corrections of the earliest staff knowledge, in order.
    pub clock_moves: Vec<ClockMoved>,
    /// Where it is now, where that is not where it was opened.
    pub rerouted: Option<Rerouted>,
    /// Who stands aside.
    pub aside: Vec<StoodAside>,
    /// Who reads it during an absence, by the cover that may not.
    pub covers: Vec<CoverPassed>,
    /// Who is named on it and may read it, whatever duty they hold.
    pub named: Vec<PersonNamed>,
}

redacted!(Case);

impl Case {
    /// A case as opened.
    fn new(opened: Opened) -> Self {
        let (notes, corrections, clock_moves, aside, covers, named) = (vec![], vec![], vec![], vec![], vec![], vec![]);
        Self { opened, notes, closed: None, corrections, clock_moves, rerouted: None, aside, covers, named }
    }

    /// Folds one event; an event that makes no sense here leaves the case as it is.
    #[must_use]
    pub fn evolve(case: Option<Self>, event: CaseEvent) -> Option<Self> {
        match (case, event) {
            (None, CaseEvent::Opened(opened)) => Some(Self::new(*opened)),
            (Some(mut case), CaseEvent::Noted(noted)) => {
                case.notes.push(*noted);
                Some(case)
            }
            (Some(case), CaseEvent::Closed(closed)) => Some(Self { closed: Some(*closed), ..case }),
            (Some(mut case), CaseEvent::Corrected(corrected)) => {
                case.corrections.push(*corrected);
                Some(case)
            }
            (Some(mut case), CaseEvent::ClockMoved(moved)) => {
                case.clock_moves.push(*moved);
                Some(case)
            }
            (Some(case), CaseEvent::Rerouted(rerouted)) => Some(Self { rerouted: Some(*rerouted), ..case }),
            (Some(mut case), event) => {
                case.take_access(event);
                Some(case)
            }
            (None, _) => None,
        }
    }

    /// Folds an event about who may read it.
    fn take_access(&mut self, event: CaseEvent) {
        match event {
            CaseEvent::StoodAside(aside) => {
                self.aside.retain(|known| known.person != aside.person);
                self.aside.push(*aside);
            }
            CaseEvent::AsideEnded(ended) => self.aside.retain(|known| known.person != ended.person),
            CaseEvent::CoverPassed(passed) => self.covers.push(*passed),
            CaseEvent::CoverReturned(returned) => self.covers.retain(|known| known.cover != returned.cover),
            CaseEvent::PersonNamed(named) => {
                self.named.retain(|known| known.person != named.person);
                self.named.push(*named);
            }
            CaseEvent::PersonRemoved(removed) => self.named.retain(|known| known.person != removed.person),
            _ => {}
        }
    }

    /// Who stands aside: it does not exist for them.
    pub fn aside(&self) -> Vec<crate::PersonId> {
        self.aside.iter().map(|aside| aside.person).collect()
    }

    /// Who is named on it.
    pub fn named(&self) -> Vec<crate::PersonId> {
        self.named.iter().map(|named| named.person).collect()
    }

    /// Who is named on it on this day: a last day that is over counts at once, whatever has been written down since.
    pub fn named_on(&self, day: crate::clock::Date) -> Vec<crate::PersonId> {
        let named = self.named.iter().filter(|named| named.until.is_none_or(|last| day <= last));
        named.map(|named| named.person).collect()
    }

    /// Who reads along: a DSL, and the next of the chain during an absence.
    pub fn second_readers(&self) -> Vec<crate::Address> {
        self.route().second.iter().chain(self.covers.iter().map(|passed| &passed.to)).cloned().collect()
    }

    /// Where it is now and why, with the people whom it must not reach.
    pub fn route(&self) -> &crate::report::RouteTaken {
        self.rerouted.as_ref().map_or(&self.opened.route, |rerouted| &rerouted.route)
    }

    /// The earliest staff knowledge as it now stands (BRE-3).
    pub fn aware_at(&self) -> Instant {
        self.clock_moves.last().map_or(self.opened.aware_at, |moved| moved.corrected_aware_at)
    }

    /// Whether the case is still open.
    pub const fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// The summary as it now reads.
    pub fn summary(&self) -> &str {
        self.corrections.iter().rev().find(|c| c.field == "summary").map_or(&self.opened.summary, |c| &c.text)
    }

    /// When the next legal clock of this case runs out: the ICO notice of an open data breach (BRE-2).
    pub fn due_at(&self) -> Option<Instant> {
        (self.is_open() && self.opened.kind == CaseKind::DataBreach).then(|| crate::clock::ico_notice_due(self.aware_at()))
    }
}

/// Whether a case of this class carries the report's story and names. A story about an adult's conduct or a child's safety stays with
/// its own class: the owner of another gets what the assessor wrote for them (design: the DPO never gets a low-level concern's story).
pub const fn carries_story(report: crate::RecordClass, case: crate::RecordClass) -> bool {
    use crate::RecordClass::{DataProtection, It};
    matches!(report, DataProtection | It) || report as u8 == case as u8
}
