//! The directory: schools, people with their duties, pupils. Each is a stream of its own; this module folds them into one picture
//! that routing and name matching use.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    Address, Duty, PersonId,
    event::{event, stream_events},
    field::{Checks, Invalid},
};

/// A row of `schools.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolRow {
    /// The school's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Staff id of the headteacher.
    #[serde(default)]
    pub head_staff_id: Option<String>,
    /// Staff id of the DSL.
    #[serde(default)]
    pub dsl_staff_id: Option<String>,
    /// Staff id of the deputy headteacher.
    #[serde(default)]
    pub deputy_staff_id: Option<String>,
}

/// A row of `staff.csv`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRow {
    /// The id in the staff list.
    pub staff_id: String,
    /// The name.
    pub name: String,
    /// The role in words.
    #[serde(default)]
    pub role: Option<String>,
    /// E-mail, where there is one.
    #[serde(default)]
    pub email: Option<String>,
    /// The school's code.
    pub school: String,
    /// First day, ISO date.
    #[serde(default)]
    pub started_on: Option<String>,
    /// employee, supply, contractor, volunteer...
    #[serde(default)]
    pub engagement: Option<String>,
    /// Employer of supply staff and contractors.
    #[serde(default)]
    pub employer: Option<String>,
    /// How to reach that employer.
    #[serde(default)]
    pub employer_contact: Option<String>,
    /// Staff id of the line manager.
    #[serde(default)]
    pub line_manager_id: Option<String>,
    /// Date of birth, ISO date.
    #[serde(default)]
    pub date_of_birth: Option<String>,
}

/// A row of `pupils.csv`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PupilRow {
    /// The id in the pupil list.
    pub pupil_id: String,
    /// The name in law.
    pub legal_name: String,
    /// The name in use.
    #[serde(default)]
    pub known_name: Option<String>,
    /// Date of birth, ISO date.
    #[serde(default)]
    pub date_of_birth: Option<String>,
    /// For example `Year 3`.
    #[serde(default)]
    pub year_group: Option<String>,
    /// The school's code.
    pub school: String,
    /// First day on roll, ISO date.
    #[serde(default)]
    pub on_roll: Option<String>,
    /// Last day on roll, ISO date.
    #[serde(default)]
    pub off_roll: Option<String>,
    /// The next school.
    #[serde(default)]
    pub next_school: Option<String>,
}

macro_rules! redacted {
    ($($name:ident),+) => { $(impl std::fmt::Debug for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(concat!(stringify!($name), "(redacted)")) }
    })+ };
}
redacted!(StaffRow, PupilRow);

/// What every row of a list can be asked.
pub trait Row {
    /// Checks the row and names the fields that are wrong.
    fn check(&self) -> Result<(), Invalid>;
    /// The list's own id of the entry.
    fn reference(&self) -> &str;
}

impl Row for SchoolRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("code", &self.code, 50);
        checks.text("name", &self.name, 200);
        checks.done()
    }
    fn reference(&self) -> &str {
        &self.code
    }
}

impl Row for StaffRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("staff_id", &self.staff_id, 50);
        checks.text("name", &self.name, 200);
        checks.text("school", &self.school, 50);
        check_date(&mut checks, "started_on", self.started_on.as_deref());
        check_date(&mut checks, "date_of_birth", self.date_of_birth.as_deref());
        if let Some(email) = &self.email {
            check_email(&mut checks, email);
        }
        checks.done()
    }
    fn reference(&self) -> &str {
        &self.staff_id
    }
}

impl Row for PupilRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("pupil_id", &self.pupil_id, 50);
        checks.text("legal_name", &self.legal_name, 200);
        checks.text("school", &self.school, 50);
        for (field, value) in [("date_of_birth", &self.date_of_birth), ("on_roll", &self.on_roll), ("off_roll", &self.off_roll)] {
            check_date(&mut checks, field, value.as_deref());
        }
        checks.done()
    }
    fn reference(&self) -> &str {
        &self.pupil_id
    }
}

fn check_date(checks: &mut Checks, field: &str, value: Option<&str>) {
    if value.is_some_and(|text| text.parse::<jiff::civil::Date>().is_err()) {
        checks.fail(field, "is not a date like 2026-10-30");
    }
}

/// An e-mail address as far as we need it: one `@`, something on both sides, no blanks.
pub fn check_email(checks: &mut Checks, email: &str) {
    let fine = email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@'));
    if !fine || email.chars().any(|c| c.is_whitespace() || c.is_control()) || email.len() > 254 {
        checks.fail("email", "is not an e-mail address");
    }
}

event! {
    /// A school was entered, or its entry corrected.
    pub struct SchoolRecorded = "school.recorded" v 1 {
        record {
            /// The row.
            row: SchoolRow,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

event! {
    /// A person was entered, or their entry corrected.
    pub struct PersonRecorded = "person.recorded" v 1 {
        record {
            /// The person's id (the stream's).
            person: PersonId,
            /// The name.
            name: String,
            /// E-mail, where there is one.
            email: Option<String>,
            /// The staff list's row, for a person who came from it.
            staff: Option<StaffRow>,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

event! {
    /// A pupil was entered, or their entry corrected.
    pub struct PupilRecorded = "pupil.recorded" v 1 {
        record {
            /// The row.
            row: PupilRow,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

event! {
    /// A person was given a duty.
    pub struct DutyGranted = "person.duty_granted" v 1 {
        record {
            /// The person.
            person: PersonId,
            /// The duty and where it is held.
            address: Address,
            /// Why.
            reason: String,
            /// Whether the list of schools gave it; such a duty ends when the list names somebody else.
            from_list: bool,
        }
    }
}

event! {
    /// A duty ended.
    pub struct DutyEnded = "person.duty_ended" v 1 {
        record {
            /// The person.
            person: PersonId,
            /// The duty and where it was held.
            address: Address,
            /// Why.
            reason: String,
        }
    }
}

stream_events! {
    /// Everything that can happen to an entry of the directory.
    pub enum DirectoryEvent {
        /// A school.
        School(SchoolRecorded),
        /// A person.
        Person(PersonRecorded),
        /// A pupil.
        Pupil(PupilRecorded),
        /// A duty given.
        DutyGranted(DutyGranted),
        /// A duty ended.
        DutyEnded(DutyEnded),
    }
}

/// A person as the directory knows them now.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// E-mail, in lower case.
    pub email: Option<String>,
    /// The staff list's row.
    pub staff: Option<StaffRow>,
    /// Duties held.
    pub duties: BTreeSet<Address>,
    /// Those of them that the list of schools gave.
    pub listed: BTreeSet<Address>,
    /// Duties held once: whoever receives after them must learn what they had read.
    pub former: BTreeSet<Address>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(redacted)")
    }
}

/// Schools and people as they stand. Pupils are kept as a count and by id: nothing is routed by a pupil's entry.
#[derive(Clone, Default)]
pub struct Directory {
    /// Schools by code.
    pub schools: BTreeMap<String, SchoolRow>,
    /// People by id.
    pub people: BTreeMap<PersonId, Person>,
    by_staff_id: BTreeMap<String, PersonId>,
    by_email: BTreeMap<String, PersonId>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({} schools, {} people)", self.schools.len(), self.people.len())
    }
}

impl Directory {
    /// Takes in one event of a directory stream.
    pub fn apply(&mut self, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::School(school) => {
                self.schools.insert(school.row.code.clone(), school.row.clone());
            }
            DirectoryEvent::Person(recorded) => self.apply_person(recorded),
            DirectoryEvent::Pupil(_) => {}
            DirectoryEvent::DutyGranted(granted) => {
                if let Some(person) = self.people.get_mut(&granted.person) {
                    person.duties.insert(granted.address.clone());
                    if granted.from_list {
                        person.listed.insert(granted.address.clone());
                    }
                }
            }
            DirectoryEvent::DutyEnded(ended) => {
                if let Some(person) = self.people.get_mut(&ended.person) {
                    person.duties.remove(&ended.address);
                    person.listed.remove(&ended.address);
                    person.former.insert(ended.address.clone());
                }
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
        let held = self.people.remove(&recorded.person).map(|person| (person.duties, person.listed, person.former));
        let (duties, listed, former) = held.unwrap_or_default();
        let (name, staff) = (recorded.name.clone(), recorded.staff.clone());
        self.people.insert(recorded.person, Person { name, email, staff, duties, listed, former });
    }

    /// The person with this staff id.
    pub fn by_staff_id(&self, staff_id: &str) -> Option<PersonId> {
        self.by_staff_id.get(staff_id).copied()
    }

    /// The person with this e-mail, in any case.
    pub fn by_email(&self, email: &str) -> Option<PersonId> {
        self.by_email.get(&email.to_lowercase()).copied()
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
            .filter(|(person, address)| !self.people[person].duties.contains(address))
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
        let listed = self.people.iter().flat_map(|(id, person)| person.listed.iter().filter(of_school).map(move |address| (*id, address)));
        listed.filter(|(person, address)| holder(address) != Some(*person)).map(|(person, address)| (person, address.clone())).collect()
    }

    /// Entries that are, or may be, the same human being: the same e-mail, or the same whole name.
    pub fn twins(&self, person: PersonId) -> Vec<PersonId> {
        let Some(known) = self.people.get(&person) else { return vec![] };
        let name = name_parts(&known.name);
        let same = |other: &Person| (known.email.is_some() && other.email == known.email) || name_parts(&other.name) == name;
        self.people.iter().filter(|(id, other)| **id != person && same(other)).map(|(id, _)| *id).collect()
    }

    /// The people whose name could be the one given: until a person settles it, each is treated as the one (design §6).
    pub fn could_be(&self, given: &str) -> Vec<PersonId> {
        let (given, initials) = (name_parts(given), initials(given));
        let matches = |person: &Person| {
            let parts = name_parts(&person.name);
            // "Mrs J" names everyone with a J where no whole word of a name was given.
            let by_initial = given.is_empty() && parts.iter().any(|part| initials.iter().any(|letter| part.starts_with(*letter)));
            by_initial || parts.iter().any(|part| given.iter().any(|g| alike(g, part)))
        };
        self.people.iter().filter(|(_, person)| matches(person)).map(|(id, _)| *id).collect()
    }
}

/// The parts of a name in lower case without accents: `Zsófia Szabó-Hussain` is `zsofia`, `szabo`, `hussain`.
fn name_parts(name: &str) -> Vec<String> {
    const TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "dr", "sir", "the", "headteacher"];
    name.to_lowercase()
        .chars()
        .map(unaccented)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| part.chars().count() > 1 && !TITLES.contains(part))
        .map(str::to_owned)
        .collect()
}

/// Letters that stand alone in a name: `Mrs J.` has `j`.
fn initials(name: &str) -> Vec<char> {
    let lower: String = name.to_lowercase().chars().map(unaccented).collect();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() == 1);
    words.filter_map(|word| word.chars().next()).filter(|letter| letter.is_alphabetic()).collect()
}

const fn unaccented(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ù'..='ü' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ł' => 'l',
        'š' | 'ś' => 's',
        'ž' | 'ż' | 'ź' => 'z',
        _ => c,
    }
}

/// The same name part, or one slip apart where it is long enough for that to mean anything.
fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < 4 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(x, y)| x == y).count();
    a.len() - front - back <= 1 && b.len() - front - back <= 1
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn person(n: u8, name: &str, duties: &[(Duty, Option<&str>)]) -> Vec<DirectoryEvent> {
        let person = PersonId::from_bytes([n; 16]);
        let recorded = PersonRecorded {
            person,
            name: name.into(),
            email: Some(format!("P{n}@Example.org")),
            staff: Some(StaffRow {
                staff_id: format!("S{n}"),
                name: name.into(),
                role: None,
                email: None,
                school: "SCH01".into(),
                started_on: None,
                engagement: None,
                employer: None,
                employer_contact: None,
                line_manager_id: None,
                date_of_birth: None,
            }),
            source: None,
            row_digest: None,
        };
        let grant = |(duty, school): &(Duty, Option<&str>)| {
            let address = Address { duty: *duty, school: school.map(str::to_owned) };
            DirectoryEvent::from(DutyGranted { person, address, reason: "test".into(), from_list: false })
        };
        std::iter::once(recorded.into()).chain(duties.iter().map(grant)).collect()
    }

    pub(crate) fn directory(people: &[Vec<DirectoryEvent>]) -> Directory {
        let mut directory = Directory::default();
        people.iter().flatten().for_each(|event| directory.apply(event));
        directory
    }

    #[test]
    fn holders_cover_a_school_or_the_whole_trust() {
        let directory = directory(&[
            person(1, "Uma Jones", &[(Duty::ItLead, None)]),
            person(2, "George Xu", &[(Duty::ItLead, Some("SCH01"))]),
            person(3, "Bea Ashworth-Fletcher", &[(Duty::ItLead, Some("SCH02"))]),
        ]);
        let at = |school: &str| directory.holders(&Address::of(Duty::ItLead, school));
        assert_eq!(at("SCH01"), [PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16])]);
        assert_eq!(at("SCH03"), [PersonId::from_bytes([1; 16])]);
        assert_eq!(directory.by_email("p1@example.ORG"), Some(PersonId::from_bytes([1; 16])));
    }

    #[test]
    fn names_that_could_be_meant_are_found_and_others_are_not() {
        let directory = directory(&[person(1, "Zsófia Szabó-Hussain", &[]), person(2, "Jo Ashworth", &[]), person(3, "Uma Jones", &[])]);
        let found = |given: &str| directory.could_be(given).iter().map(|id| id.as_bytes()[0]).collect::<Vec<_>>();
        assert_eq!(found("Miss Hussain"), [1]);
        assert_eq!(found("zsofia"), [1]);
        assert_eq!(found("Mrs Ashwort"), [2], "one slip");
        assert_eq!(found("the headteacher"), Vec::<u8>::new());
        assert_eq!(found("Uma"), [3]);
        assert_eq!(found("Mrs J."), [2, 3], "an initial could be either");
        assert_eq!(found("Mrs Q"), Vec::<u8>::new());
    }

    #[test]
    fn a_school_s_row_grants_what_is_not_held_yet() {
        let mut directory = directory(&[person(1, "Uma Jones", &[]), person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))])]);
        let row = SchoolRow {
            code: "SCH01".into(),
            name: "Oakfield".into(),
            head_staff_id: Some("S1".into()),
            dsl_staff_id: Some("S2".into()),
            deputy_staff_id: Some("S9".into()),
        };
        directory.apply(&SchoolRecorded { row: row.clone(), source: None, row_digest: None }.into());
        let head = Address::of(Duty::Headteacher, "SCH01");
        assert_eq!(directory.grants_due(&row), [(PersonId::from_bytes([1; 16]), head.clone())]);
        assert_eq!(directory.ends_due(&row), []);
        let granted = DutyGranted { person: PersonId::from_bytes([1; 16]), address: head.clone(), reason: "list".into(), from_list: true };
        directory.apply(&granted.into());
        let successor = SchoolRow { head_staff_id: Some("S2".into()), ..row };
        assert_eq!(directory.ends_due(&successor), [(PersonId::from_bytes([1; 16]), head)], "a former head ends to be one");
    }

    #[test]
    fn bad_rows_name_their_fields() {
        let bad = PupilRow {
            pupil_id: String::new(),
            legal_name: "A".into(),
            known_name: None,
            date_of_birth: Some("12/03/2018".into()),
            year_group: None,
            school: "S".into(),
            on_roll: None,
            off_roll: None,
            next_school: None,
        };
        let Invalid(list) = bad.check().unwrap_err();
        assert_eq!(list.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["pupil_id", "date_of_birth"]);
    }
}
