//! The directory: schools, people with their duties, pupils. Each is a stream of its own; this module folds them into one picture
//! that routing and name matching use.
//!
//! * `rows.rs`: what the lists say; `events.rs`: what happens to an entry; `access.rs`: who holds which duty when; `names.rs`: names.
//!
//! To extend: an event in `events.rs` with its arm in [`Directory::apply`]; what depends on the day is settled in [`Directory::settle`].

mod access;
pub mod arrange;
mod events;
mod names;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

pub use access::{Arrangements, Asked, Beside, Cover, Glass, Holding};
pub use events::{
    CodeAsked, CodeFor, CodeReleased, CoverArranged, CoverEnded, DirectoryEvent, DutyAsked, DutyEnded, DutyGranted, DutyGrantedV1,
    GlassBroken, GlassClosed, GlassReviewed, PersonEnrolled, PersonRecorded, PupilRecorded, RequestRefused, SchoolRecorded,
};
use names::Name;
pub use names::{could_be_one, is_one};
pub(crate) use rows::check_date;
pub use rows::{PupilRow, Row, SchoolRow, StaffRow, check_email};

use crate::redacted::redacted;
use crate::{
    Address, Duty, Instant, PersonId,
    clock::day_of,
    report::{Part, StaffNamed},
};

/// A person as the directory knows them now.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// E-mail, in lower case.
    pub email: Option<String>,
    /// The staff list's row.
    pub staff: Option<StaffRow>,
    /// Duties held today.
    pub duties: BTreeSet<Address>,
    /// Every duty that was granted and not ended, with its dates.
    pub holdings: BTreeMap<Address, Holding>,
    /// Duties held once: whoever receives after them must learn what they had read.
    pub former: BTreeSet<Address>,
}

impl Person {
    /// Those of the duties that the list of schools gave.
    pub fn listed(&self) -> impl Iterator<Item = &Address> {
        self.holdings.iter().filter(|(_, holding)| holding.from_list).map(|(address, _)| address)
    }
}

redacted!(Person);

/// Schools and people as they stand. Pupils, assets and loans are pictures of their own: nothing is routed by an entry of theirs.
#[derive(Clone, Default)]
pub struct Directory {
    /// Schools by code.
    pub schools: BTreeMap<String, SchoolRow>,
    /// People by id.
    pub people: BTreeMap<PersonId, Person>,
    /// Covers, openings by break-glass, and what waits for a second person.
    pub access: Arrangements,
    /// The instant for which duties were settled.
    now: Option<Instant>,
    /// When they change next by their dates alone.
    next_change: Option<Instant>,
    by_staff_id: BTreeMap<String, PersonId>,
    by_email: BTreeMap<String, PersonId>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({} schools, {} people)", self.schools.len(), self.people.len())
    }
}

impl Directory {
    /// Takes in one event of a directory stream. Duties follow with [`Directory::settle`]; before the first one, dates count for nothing.
    pub fn apply(&mut self, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::School(school) => {
                self.schools.insert(school.row.code.clone(), school.row.clone());
            }
            DirectoryEvent::Person(recorded) => self.apply_person(recorded),
            DirectoryEvent::Pupil(_) | DirectoryEvent::Asset(_) | DirectoryEvent::Loan(_) | DirectoryEvent::Enrolled(_) => {}
            DirectoryEvent::DutyGranted(granted) => {
                granted.request.iter().for_each(|request| drop(self.access.asked.remove(request)));
                if let Some(person) = self.people.get_mut(&granted.person) {
                    person.holdings.insert(granted.address.clone(), granted.as_ref().into());
                    if granted.starts_on.is_none() {
                        person.duties.insert(granted.address.clone());
                    }
                }
                self.settle_again();
            }
            DirectoryEvent::DutyEnded(ended) => {
                if let Some(person) = self.people.get_mut(&ended.person) {
                    person.holdings.remove(&ended.address);
                    person.duties.remove(&ended.address);
                    person.former.insert(ended.address.clone());
                }
            }
            DirectoryEvent::DutyAsked(asked) => {
                self.access.asked.insert(asked.request, Asked::Duty(asked.as_ref().clone()));
            }
            DirectoryEvent::CodeAsked(asked) => {
                self.access.asked.insert(asked.request, Asked::Code(asked.as_ref().clone()));
            }
            DirectoryEvent::CodeReleased(released) => drop(self.access.asked.remove(&released.request)),
            DirectoryEvent::RequestRefused(refused) => drop(self.access.asked.remove(&refused.request)),
            DirectoryEvent::CoverArranged(arranged) => {
                self.access.covers.insert(arranged.cover, Cover { arranged: arranged.as_ref().clone(), ended: false });
                self.settle_again();
            }
            DirectoryEvent::CoverEnded(ended) => {
                self.access.covers.entry(ended.cover).and_modify(|cover| cover.ended = true);
            }
            DirectoryEvent::GlassBroken(broken) => {
                self.access.glasses.insert(broken.glass, Glass { broken: broken.as_ref().clone(), closed: false, reviewed: None });
            }
            DirectoryEvent::GlassClosed(closed) => {
                self.access.glasses.entry(closed.glass).and_modify(|glass| glass.closed = true);
            }
            DirectoryEvent::GlassReviewed(reviewed) => {
                let review = reviewed.as_ref().clone();
                self.access.glasses.entry(reviewed.glass).and_modify(|glass| glass.reviewed = Some(review));
            }
        }
    }

    fn apply_person(&mut self, recorded: &PersonRecorded) {
        let email = recorded.email.as_ref().map(|email| email.to_lowercase());
        if let Some(old) = self.people.get(&recorded.person).and_then(|person| person.email.clone()) {
            self.by_email.remove(&old);
        }
        if let Some(email) = &email {
            // Two entries with one e-mail stay two until a person links them; the first keeps the address.
            self.by_email.entry(email.clone()).or_insert(recorded.person);
        }
        if let Some(staff) = &recorded.staff {
            self.by_staff_id.insert(staff.staff_id.clone(), recorded.person);
        }
        let held = self.people.remove(&recorded.person).map(|person| (person.duties, person.holdings, person.former));
        let (duties, holdings, former) = held.unwrap_or_default();
        let (name, staff) = (recorded.name.clone(), recorded.staff.clone());
        self.people.insert(recorded.person, Person { name, email, staff, duties, holdings, former });
    }

    /// Settles who holds which duty at `now`; whether that changed anything. A duty whose last day is over is a former one.
    pub fn settle(&mut self, now: Instant) -> bool {
        let (mut changed, mut next, day) = (false, self.access.next_change(now), day_of(now));
        for person in self.people.values_mut() {
            let (held, change) = access::held(&person.holdings, now);
            let held: BTreeSet<Address> = held.into_iter().collect();
            next = next.into_iter().chain(change).min();
            if held != person.duties {
                let over = |address: &&Address| person.holdings.get(*address).is_some_and(|holding| holding.is_over(day));
                let over: Vec<Address> = person.duties.difference(&held).filter(over).cloned().collect();
                person.former.extend(over);
                person.duties = held;
                changed = true;
            }
        }
        (self.now, self.next_change) = (Some(now), next);
        changed
    }

    /// Whether a date or a cover that begins or ends by `now` has not been settled yet.
    pub fn is_due(&self, now: Instant) -> bool {
        self.now.is_none() || self.next_change.is_some_and(|at| at <= now)
    }

    /// Whether a duty or a cover began or ended by its date after `since` and by `now`.
    pub fn changes_between(&self, since: Instant, now: Instant) -> bool {
        let holdings = self.people.values().flat_map(|person| person.holdings.values()).filter_map(|holding| holding.next_change(since));
        holdings.chain(self.access.next_change(since)).any(|at| at <= now)
    }

    fn settle_again(&mut self) {
        if let Some(now) = self.now {
            self.settle(now);
        }
    }

    /// What a person may open at `now`: the duties they hold, those that they cover, and those that they opened by break-glass, with how
    /// they came to the ones that they do not hold.
    pub fn opens(&self, person: PersonId, now: Instant) -> (BTreeSet<Address>, Vec<(Address, Beside)>) {
        let held = self.people.get(&person).map(|known| known.duties.clone()).unwrap_or_default();
        let beside: Vec<_> = self.access.beside(person, now).into_iter().filter(|(address, _)| !held.contains(address)).collect();
        (held.into_iter().chain(beside.iter().map(|(address, _)| address.clone())).collect(), beside)
    }

    /// Whether somebody held a duty once and holds none now: they have left, and nothing opens for them.
    pub fn has_left(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|known| known.duties.is_empty() && !known.former.is_empty())
    }

    /// The people who do this duty at `now`: its holders who are not absent, and who covers for those who are, unless they have left
    /// themselves. What somebody opened by break-glass is no duty of theirs.
    pub fn present(&self, address: &Address, now: Instant) -> Vec<PersonId> {
        let covers = || self.access.covers_at(now).filter(|cover| address.is_covered_by(&cover.arranged.address));
        let absent = |person: &PersonId| covers().any(|cover| cover.arranged.person == *person);
        let holders = self.holders(address).into_iter().filter(|person| !absent(person));
        holders.chain(covers().map(|cover| cover.arranged.covered_by).filter(|person| !self.has_left(*person))).collect()
    }

    /// A person's name as it is now; empty for nobody of the directory.
    pub fn name_of(&self, person: PersonId) -> String {
        self.people.get(&person).map(|known| known.name.clone()).unwrap_or_default()
    }

    /// The person with this staff id.
    pub fn by_staff_id(&self, staff_id: &str) -> Option<PersonId> {
        self.by_staff_id.get(staff_id).copied()
    }

    /// The person with this e-mail, in any case.
    pub fn by_email(&self, email: &str) -> Option<PersonId> {
        self.by_email.get(&email.to_lowercase()).copied()
    }

    /// The person whom somebody means by a staff id, an e-mail or the 32 hex digits of an id.
    pub fn find(&self, given: &str) -> Option<PersonId> {
        let given = given.trim();
        let by_id = PersonId::parse(given).filter(|person| self.people.contains_key(person));
        by_id.or_else(|| self.by_staff_id(given)).or_else(|| self.by_email(given))
    }

    /// Whether everybody whom a report is about is known to be no employee: by the staff list, or by a duty that no employee holds for the
    /// school.
    pub fn are_no_employees(&self, named: &[StaffNamed]) -> bool {
        let other = |known: &Person| {
            let engaged = known.staff.as_ref().and_then(|staff| staff.engagement.as_deref());
            engaged.is_some_and(|engaged| engaged != "employee")
                || known
                    .duties
                    .iter()
                    .any(|held| matches!(held.duty, Duty::Governor | Duty::Chair | Duty::ChairOfTrustees | Duty::FilteringTrustee))
        };
        let mut subjects = named.iter().filter(|named| named.part == Part::Subject).peekable();
        let person = |named: &StaffNamed| self.by_staff_id(named.staff_id.as_deref()?).and_then(|id| self.people.get(&id));
        subjects.peek().is_some() && subjects.all(|named| person(named).is_some_and(other))
    }

    /// The people who hold a duty that covers this address.
    pub fn holders(&self, address: &Address) -> Vec<PersonId> {
        let covers = |person: &&PersonId| self.people[*person].duties.iter().any(|held| address.is_covered_by(held));
        self.people.keys().filter(covers).copied().collect()
    }

    /// The people who once held a duty that covers this address, and hold it no more.
    pub fn former_holders(&self, address: &Address) -> Vec<PersonId> {
        let covers = |list: &BTreeSet<Address>| list.iter().any(|held| address.is_covered_by(held));
        let former = |person: &&PersonId| covers(&self.people[*person].former) && !covers(&self.people[*person].duties);
        self.people.keys().filter(former).copied().collect()
    }

    /// The duties that a school's row grants, to those of its people who are known by now and do not hold them yet.
    pub fn grants_due(&self, school: &SchoolRow) -> Vec<(PersonId, Address)> {
        [(Duty::Headteacher, &school.head_staff_id), (Duty::Dsl, &school.dsl_staff_id), (Duty::DeputyHead, &school.deputy_staff_id)]
            .into_iter()
            .filter_map(|(duty, staff_id)| Some((self.by_staff_id(staff_id.as_deref()?)?, Address::of(duty, &school.code))))
            .filter(|(person, address)| !self.people[person].holdings.contains_key(address))
            .collect()
    }

    /// The duties that the list of schools gave to somebody whom it does not name any more.
    pub fn ends_due(&self, school: &SchoolRow) -> Vec<(PersonId, Address)> {
        let named =
            [(Duty::Headteacher, &school.head_staff_id), (Duty::Dsl, &school.dsl_staff_id), (Duty::DeputyHead, &school.deputy_staff_id)];
        let holder = |address: &Address| {
            let row = named.iter().find(|(duty, _)| *duty == address.duty);
            row.and_then(|(_, staff_id)| self.by_staff_id(staff_id.as_deref()?))
        };
        let of_school = |address: &&Address| address.school.as_deref() == Some(school.code.as_str());
        let listed = self.people.iter().flat_map(|(id, person)| person.listed().filter(of_school).map(move |address| (*id, address)));
        listed.filter(|(person, address)| holder(address) != Some(*person)).map(|(person, address)| (person, address.clone())).collect()
    }

    /// Entries that are, or may be, the same human being: the same e-mail, or the same whole name.
    pub fn twins(&self, person: PersonId) -> Vec<PersonId> {
        let Some(known) = self.people.get(&person) else { return vec![] };
        let name = Name::of(&known.name).parts;
        let same = |other: &Person| (known.email.is_some() && other.email == known.email) || Name::of(&other.name).parts == name;
        self.people.iter().filter(|(id, other)| **id != person && same(other)).map(|(id, _)| *id).collect()
    }

    /// The people whose name could be the one given: until a person settles it, each is treated as the one (design §6).
    pub fn could_be(&self, given: &str) -> Vec<PersonId> {
        let given = Name::of(given);
        let everyone: Vec<(PersonId, Name)> = self.people.iter().map(|(id, person)| (*id, Name::of(&person.name))).collect();
        let initials = given.initials(&everyone);
        everyone.iter().filter(|(_, name)| name.could_be(&given, &initials)).map(|(id, _)| *id).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests;
