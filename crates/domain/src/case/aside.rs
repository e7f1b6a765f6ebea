//! Who must not see a case beside the person concerned, and who is named on it.

use crate::redacted::redacted;
use crate::{
    AccessId, Address, Instant, PersonId, RecordClass,
    clock::Date,
    directory::Directory,
    event::event,
    field::{Checks, Invalid},
    report::{AsideBecause, Refused},
    words::words,
};

/// Somebody to be named on a case, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamePerson {
    /// Who: staff id, e-mail, or 32 hex digits.
    pub person: String,
    /// What they do there.
    pub named_for: NamedFor,
    /// Why.
    pub reason: String,
    /// Their last day on it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// Somebody to be taken off a case, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovePerson {
    /// Who: staff id, e-mail, or 32 hex digits.
    pub person: String,
    /// Why.
    pub reason: String,
}

redacted!(NamePerson, RemovePerson);

/// At most so many people are named on one case.
const NAMED_MAX: usize = 20;

/// Names somebody on a case: nobody whom it concerns, nobody who stands aside from it, and nobody themself.
pub fn name_person(case: &super::Case, ask: &NamePerson, directory: &Directory, by: &super::By<'_>) -> Result<PersonNamed, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    if ask.until.is_some_and(|last| last < crate::clock::day_of(by.now)) {
        checks.fail("until", "is over already");
    }
    checks.done()?;
    if case.named.len() >= NAMED_MAX {
        return Err(Refused::State("as many people are named on this case as may be"));
    }
    let person = directory.find(&ask.person).ok_or_else(|| Invalid::one("person", "is nobody of the directory"))?;
    by.refuse_themself(person)?;
    let route = case.route();
    if [route.subjects.as_slice(), &route.possible_subjects, &case.aside()].iter().any(|people| people.contains(&person)) {
        return Err(Invalid::one("person", "is concerned by it, or stands aside from it").into());
    }
    Ok(PersonNamed {
        class: case.opened.class,
        person,
        name: directory.name_of(person),
        named_for: ask.named_for,
        reason: ask.reason.clone(),
        until: ask.until,
        by: by.name.to_owned(),
        named_at: by.now,
    })
}

/// Takes somebody off a case; it is closed to them at once.
pub fn remove_person(
    case: &super::Case,
    ask: &RemovePerson,
    directory: &Directory,
    by: &str,
    now: Instant,
) -> Result<PersonRemoved, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    checks.done()?;
    let person = directory.find(&ask.person).filter(|person| case.named().contains(person));
    let person = person.ok_or_else(|| Invalid::one("person", "is not named on it"))?;
    Ok(PersonRemoved { person, reason: ask.reason.clone(), by: Some(by.to_owned()), removed_at: now })
}

/// The names whose last day on the case is over.
pub fn names_over(case: &super::Case, now: Instant) -> Vec<PersonRemoved> {
    let day = crate::clock::day_of(now);
    let over = case.named.iter().filter(|named| named.until.is_some_and(|last| last < day));
    let removed = |named: &PersonNamed| PersonRemoved {
        person: named.person,
        reason: "their last day on it is over".to_owned(),
        by: None,
        removed_at: now,
    };
    over.map(removed).collect()
}

words! {
    /// What somebody named on a case does there.
    pub enum NamedFor {
        Investigation = "investigation", "Investigates it";
        Help = "help", "Helps its owner";
    }
}

event! {
    /// A person stands aside from a case: from then on it does not exist for them.
    pub struct StoodAside = "case.stood_aside" v 1 {
        record {
            /// The case's class.
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
    /// A person no longer stands aside from a case.
    pub struct AsideEnded = "case.aside_ended" v 1 {
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
    /// The holder of its duty is absent and the cover may not know this case: the next of the chain reads it meanwhile.
    pub struct CoverPassed = "case.cover_passed" v 1 {
        record {
            /// The case's class.
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
    /// The absence is over, or the cover may know it: the next of the chain no longer reads it for that reason.
    pub struct CoverReturned = "case.cover_returned" v 1 {
        record {
            /// The cover.
            cover: AccessId,
        }
    }
}

event! {
    /// Somebody was named on a case and may read it, whatever duty they hold.
    pub struct PersonNamed = "case.person_named" v 1 {
        record {
            /// The case's class.
            class: RecordClass,
            /// Who.
            person: PersonId,
            /// Their name as it was then.
            name: String,
            /// What they do there.
            named_for: NamedFor,
            /// Why.
            reason: String,
            /// Their last day on it.
            until: Option<Date>,
            /// Who named them, by name as it was then.
            by: String,
            /// When.
            named_at: Instant,
        }
    }
}

event! {
    /// Somebody is no longer named on a case: it is closed to them at once.
    pub struct PersonRemoved = "case.person_removed" v 1 {
        record {
            /// Who.
            person: PersonId,
            /// Why.
            reason: String,
            /// Who said so, by name as it was then; none where their last day was over.
            by: Option<String>,
            /// When.
            removed_at: Instant,
        }
    }
}
