//! Who must not see a record beside the person concerned, and from whom a reporter's name is kept.

use crate::redacted::redacted;
use crate::{
    AccessId, Address, Duty, Instant, PersonId, RecordClass,
    directory::Directory,
    event::event,
    field::{Checks, Invalid},
    report::Refused,
    routing::{Subjects, is_reached},
    words::words,
};

/// Standing aside from a record, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandAside {
    /// Who has a conflict of interest: staff id, e-mail, or 32 hex digits; the caller stands aside themself, where it is missing.
    #[serde(default)]
    pub person: Option<String>,
    /// Why.
    pub reason: String,
}

/// The end of it, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndAside {
    /// Who stood aside: staff id, e-mail, or 32 hex digits.
    pub person: String,
    /// Why it is over.
    pub reason: String,
}

redacted!(StandAside, EndAside);

/// Who is to stand aside, and on whose word.
pub fn stand_aside(
    aside: &[PersonId],
    ask: &StandAside,
    by: PersonId,
    directory: &Directory,
) -> Result<(PersonId, String, AsideBecause), Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    let person = ask.person.as_deref().map_or(Some(by), |given| directory.find(given));
    if person.is_none() {
        checks.fail("person", "is nobody of the directory");
    }
    checks.done()?;
    let person = person.ok_or_else(|| Invalid::one("person", "is nobody of the directory"))?;
    if aside.contains(&person) {
        return Err(Refused::State("they stand aside already"));
    }
    let name = directory.name_of(person);
    Ok((person, name, if person == by { AsideBecause::Recused } else { AsideBecause::Conflict }))
}

/// Who no longer stands aside. Who does cannot ask for it, as the record does not exist for them.
pub fn end_aside(aside: &[PersonId], ask: &EndAside, directory: &Directory) -> Result<PersonId, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    checks.done()?;
    let person = directory.find(&ask.person).filter(|person| aside.contains(person));
    person.ok_or_else(|| Invalid::one("person", "does not stand aside").into())
}

/// Who is independent of the trust's staff and so alone may know who made a protected disclosure (OTH-5): the chair of governors, else the
/// chair of trustees, who is not concerned by it.
pub fn independent_member(school: &str, subjects: &Subjects, directory: &Directory) -> Address {
    let chair = Address::of(Duty::Chair, school);
    if is_reached(&chair, subjects, directory) { chair } else { Address::trust_wide(Duty::ChairOfTrustees) }
}

words! {
    /// Why somebody stands aside from a record.
    pub enum AsideBecause {
        Recused = "recused", "They stood aside themself";
        Conflict = "conflict", "A conflict of interest was declared";
    }
}

event! {
    /// A person stands aside from a report: from then on it does not exist for them.
    pub struct StoodAside = "report.stood_aside" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// Who stands aside.
            person: PersonId,
            /// Their name as it was then.
            name: String,
            /// On whose word.
            because: AsideBecause,
            /// Why.
            reason: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            said_at: Instant,
        }
    }
}

event! {
    /// A person no longer stands aside from a report.
    pub struct AsideEnded = "report.aside_ended" v 1 {
        record {
            /// Who stood aside.
            person: PersonId,
            /// Why it is over.
            reason: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            said_at: Instant,
        }
    }
}

event! {
    /// The holder of its duty is absent and the cover may not know this report: the next of the chain reads it meanwhile.
    pub struct CoverPassed = "report.cover_passed" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The cover that may not know it.
            cover: AccessId,
            /// Who reads it meanwhile.
            to: Address,
            /// Since when it waits.
            since: Instant,
            /// When its clock runs out.
            due_at: Option<Instant>,
        }
    }
}

event! {
    /// Whoever decides about the breach clock is absent and the cover may not know this report: the next of that chain has its first facts and
    /// decides meanwhile.
    pub struct ClockPassed = "report.clock_passed" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The cover that may not know it.
            cover: AccessId,
            /// Who decides meanwhile.
            to: Address,
            /// Since when it waits.
            since: Instant,
            /// When the clock runs out.
            due_at: Option<Instant>,
        }
    }
}

event! {
    /// The absence is over, or the cover may know it: the next of the chain no longer reads it for that reason.
    pub struct CoverReturned = "report.cover_returned" v 1 {
        record {
            /// The cover.
            cover: AccessId,
        }
    }
}

event! {
    /// A protected disclosure (OTH-5): the reporter's identity is for the independent member of the chain alone.
    pub struct DisclosureProtected = "report.disclosure_protected" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The independent member.
            independent: Address,
            /// Why.
            reason: String,
            /// When.
            said_at: Instant,
        }
    }
}
