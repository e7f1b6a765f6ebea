//! Who holds which duty when: grants with dates, covers for absences, openings by break-glass, and what waits for a second person.

use std::collections::BTreeMap;

use super::events::{CodeAsked, CoverArranged, DutyAsked, DutyGranted, GlassBroken, GlassReviewed};
use crate::{
    AccessId, Address, Instant, PersonId,
    clock::{Date, day_of, start_of},
};

/// A duty as granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its first day in England.
    pub starts_on: Option<Date>,
    /// Its last day in England.
    pub ends_on: Option<Date>,
    /// Whether the list of schools gave it.
    pub from_list: bool,
}

impl Holding {
    /// Whether it is held on this day.
    pub fn is_held(&self, day: Date) -> bool {
        self.starts_on.is_none_or(|first| first <= day) && self.ends_on.is_none_or(|last| day <= last)
    }

    /// Whether its last day is over.
    pub fn is_over(&self, day: Date) -> bool {
        self.ends_on.is_some_and(|last| last < day)
    }

    /// When what it gives changes next, after `now`.
    pub(super) fn next_change(&self, now: Instant) -> Option<Instant> {
        let after = self.ends_on.and_then(|last| last.tomorrow().ok());
        self.starts_on.into_iter().chain(after).map(start_of).filter(|at| *at > now).min()
    }
}

impl From<&DutyGranted> for Holding {
    fn from(granted: &DutyGranted) -> Self {
        Self { starts_on: granted.starts_on, ends_on: granted.ends_on, from_list: granted.from_list }
    }
}

/// A cover for an absence.
#[derive(Clone, PartialEq)]
pub struct Cover {
    /// As arranged.
    pub arranged: CoverArranged,
    /// Whether it was ended before its time.
    pub ended: bool,
}

/// An opening by break-glass.
#[derive(Clone, PartialEq)]
pub struct Glass {
    /// As opened.
    pub broken: GlassBroken,
    /// Whether it was ended before its time.
    pub closed: bool,
    /// Its review.
    pub reviewed: Option<GlassReviewed>,
}

/// What waits for a second person.
#[derive(Clone, PartialEq)]
pub enum Asked {
    /// A duty.
    Duty(DutyAsked),
    /// A one-time code.
    Code(CodeAsked),
}

impl Asked {
    /// Whom it is about.
    pub const fn person(&self) -> PersonId {
        match self {
            Self::Duty(asked) => asked.person,
            Self::Code(asked) => asked.person,
        }
    }

    /// Who asked.
    pub const fn asked_by(&self) -> Option<PersonId> {
        match self {
            Self::Duty(asked) => asked.asked_by,
            Self::Code(asked) => asked.asked_by,
        }
    }
}

/// All of it.
#[derive(Clone, Default, PartialEq)]
pub struct Arrangements {
    /// Covers by id.
    pub covers: BTreeMap<AccessId, Cover>,
    /// Openings by id.
    pub glasses: BTreeMap<AccessId, Glass>,
    /// Requests by id, until they are agreed to or turned down.
    pub asked: BTreeMap<AccessId, Asked>,
}

impl Cover {
    /// Whether it is in force.
    pub fn is_in_force(&self, now: Instant) -> bool {
        !self.ended && self.arranged.from <= now && now < self.arranged.until
    }
}

impl Glass {
    /// Whether it is open.
    pub fn is_open(&self, now: Instant) -> bool {
        !self.closed && self.broken.from <= now && now < self.broken.until
    }
}

impl Arrangements {
    /// The covers in force.
    pub fn covers_at(&self, now: Instant) -> impl Iterator<Item = &Cover> {
        self.covers.values().filter(move |cover| cover.is_in_force(now))
    }

    /// What a person may open beside the duties they hold: duties that they cover, and those that they opened by break-glass.
    pub fn beside(&self, person: PersonId, now: Instant) -> Vec<(Address, Beside)> {
        let covers = self.covers_at(now).filter(|cover| cover.arranged.covered_by == person);
        let covers = covers.map(|cover| (cover.arranged.address.clone(), Beside::Cover(cover.arranged.cover)));
        let glasses = self.glasses.values().filter(|glass| glass.broken.person == person && glass.is_open(now));
        covers.chain(glasses.map(|glass| (glass.broken.address.clone(), Beside::Glass(glass.broken.glass)))).collect()
    }

    /// When any of it begins or ends next.
    pub(super) fn next_change(&self, now: Instant) -> Option<Instant> {
        let covers = self.covers.values().filter(|cover| !cover.ended).flat_map(|cover| [cover.arranged.from, cover.arranged.until]);
        covers.filter(|at| *at > now).min()
    }
}

/// How a person comes to a duty that they do not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// They cover for its holder.
    Cover(AccessId),
    /// They broke the glass.
    Glass(AccessId),
}

/// What a set of holdings gives on a day, and when that changes next.
pub(super) fn held(holdings: &BTreeMap<Address, Holding>, now: Instant) -> (Vec<Address>, Option<Instant>) {
    let day = day_of(now);
    let held = holdings.iter().filter(|(_, holding)| holding.is_held(day)).map(|(address, _)| address.clone()).collect();
    (held, holdings.values().filter_map(|holding| holding.next_change(now)).min())
}
