//! Reading, and reading about reading (design §1.5): for which purpose a record is opened, who sees which trace of a look, and which
//! looks are out of the ordinary. No score is attached to a person: a mark belongs to one look, and says which rule it met.
//!
//! To extend: a mark is a word in [`Mark`] with its rule in [`marks`]; who sees what is [`seen`], and nowhere else.

use crate::{
    Duty, Instant, PersonId, RecordClass,
    clock::{Weekday, time_of_day},
    need_to_know::{Access, Known, Viewer, access},
    profile::{
        Profile,
        reading::{BREAK_GLASS, CASE_WORK, Reading, TimeOfDay},
    },
    words::words,
};

/// Pages that list records: being on a list is not being opened.
const LISTS: &[&str] = &[
    "queue",
    BEFORE_YOU_GO,
    TODAY,
    "reports",
    "cases",
    "breaches",
    "breaches of old papers",
    "board",
    "alerts",
    "decided alerts",
    SEARCH,
    READS,
];
/// The page that lists what falls due before its reader comes back.
pub const BEFORE_YOU_GO: &str = "before-you-go";
/// A headteacher's first screen.
pub const TODAY: &str = "today";
/// A record that was put on paper.
pub const COPY: &str = "copy on paper";
/// The page that shows what a search found.
pub const SEARCH: &str = "search";
/// The page that counts what its reader may know; its trace names no record, as it shows the text of none.
pub const OVERVIEW: &str = "overview";
/// The published figures, taken away as a file; of no record either.
pub const FIGURES_TAKEN: &str = "figures taken away";
/// The page that shows who has looked at what.
pub const READS: &str = "reads";

/// Whether a page lists records; every other page opens one.
pub fn is_list(page: &str) -> bool {
    LISTS.contains(&page)
}

/// Whether the reader is asked first whether their screen is private.
pub const fn is_sensitive(class: RecordClass) -> bool {
    matches!(class, RecordClass::Conduct | RecordClass::Safeguarding | RecordClass::Hr)
}

/// What is told of a record's class to somebody who may know no more of it.
pub const fn in_words(class: RecordClass) -> &'static str {
    match class {
        RecordClass::Conduct => "a conduct record",
        RecordClass::Safeguarding => "a safeguarding record",
        RecordClass::Hr => "a human resources record",
        RecordClass::DataProtection => "a data protection record",
        RecordClass::It => "an IT record",
    }
}

// ---- Purpose -----------------------------------------------------------------------------------------------------------------------

/// What is wrong with a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurposeWrong {
    /// One is needed.
    Missing,
    /// It is none of the profile's.
    Unknown,
}

/// The purpose that is recorded with a look. What a person opened by break-glass has that purpose, whatever they say.
pub fn purpose(given: Option<&str>, needed: bool, by_glass: bool, profile: &Profile) -> Result<String, PurposeWrong> {
    match given {
        _ if by_glass => Ok(BREAK_GLASS.to_owned()),
        Some(code) if profile.knows_purpose(code) => Ok(code.to_owned()),
        Some(_) => Err(PurposeWrong::Unknown),
        None if needed => Err(PurposeWrong::Missing),
        None => Ok(CASE_WORK.to_owned()),
    }
}

// ---- Who sees which trace ----------------------------------------------------------------------------------------------------------

/// A look at one record, as its trace has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Who looked.
    pub reader: PersonId,
    /// In which duty; none at their own papers.
    pub reading_as: Option<Duty>,
}

/// How much of a look somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Reader, duty, purpose, page and record.
    Whole,
    /// Their own look at what they wrote: nothing of what became of the record.
    Own,
    /// That somebody in this duty looked at a record of this class then; not who, not which.
    Class,
}

/// What this person may know of this look, if they may know of it at all.
///
/// The person concerned sees no trace of their record in any form; their own copy alone stays theirs, with their looks at it (design
/// §1.4). Who reads their own papers is nobody else's to see: it would tell who wrote them.
pub fn seen(viewer: Viewer<'_>, look: Look, record: &Known<'_>) -> Option<Seen> {
    let own = look.reader == viewer.person;
    let knows = access(viewer, record);
    if look.reading_as.is_none() {
        return (own && knows != Access::Nothing).then_some(Seen::Own);
    }
    if record.is_hidden_from(viewer.person) {
        return None;
    }
    match knows {
        Access::Groups(..) => Some(Seen::Whole),
        Access::OwnWords if own => Some(Seen::Own),
        Access::OwnWords | Access::Nothing => watches(viewer).then_some(Seen::Class),
    }
}

/// Whether somebody with this duty watches over reading itself.
pub const fn is_watcher(duty: Duty) -> bool {
    matches!(duty, Duty::Dpo | Duty::Auditor)
}

/// Whether a person's duty is to watch over reading itself.
fn watches(viewer: Viewer<'_>) -> bool {
    viewer.duties.iter().any(|held| is_watcher(held.duty))
}

// ---- Out of the ordinary -----------------------------------------------------------------------------------------------------------

words! {
    /// What is out of the ordinary about a look.
    pub enum Mark {
        OldRecord = "old_record", "First look at an old record";
        ManyRecords = "many_records", "Many records within an hour";
        OutOfHours = "out_of_hours", "Out of hours";
    }
}

/// What the marks of a look depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// When.
    pub at: Instant,
    /// Whether the record was opened; a line on a list is not.
    pub opened: bool,
    /// Whether it was this person's first look at the record.
    pub first: bool,
    /// Since when the record is there.
    pub record_since: Instant,
    /// How many records this person opened in the hour that ended with this look, this one among them.
    pub opened_in_hour: usize,
}

/// What is out of the ordinary about a look.
pub fn marks(rules: &Reading, look: &Circumstances) -> Vec<Mark> {
    let old = look.record_since.plus_seconds(i64::from(rules.old_after_days) * 86_400) < look.at;
    let many = look.opened_in_hour > usize::try_from(rules.records_an_hour).unwrap_or(usize::MAX);
    let found = [
        (Mark::OldRecord, look.opened && look.first && old),
        (Mark::ManyRecords, look.opened && many),
        (Mark::OutOfHours, is_out_of_hours(rules, look.at)),
    ];
    found.into_iter().filter(|(_, met)| *met).map(|(mark, _)| mark).collect()
}

/// Whether an instant lies at a weekend in England, or outside the hours of the profile.
pub fn is_out_of_hours(rules: &Reading, at: Instant) -> bool {
    let (weekday, hour, minute) = time_of_day(at);
    let time = TimeOfDay::at(hour, minute);
    matches!(weekday, Weekday::Saturday | Weekday::Sunday) || time < rules.day_starts || time >= rules.day_ends
}

#[cfg(test)]
mod tests;
