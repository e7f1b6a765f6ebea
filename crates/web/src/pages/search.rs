//! Searching: the form, and what was found.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, FormErrors};
use super::summary::StateTag;

/// `GET /search` and `/search/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "search.html")]
pub struct Search {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// What was typed.
    pub typed: Typed,
    /// Types of reports and kinds of cases.
    pub kinds: Vec<Choice>,
    /// For which purpose; empty where none is asked.
    pub purposes: Vec<Choice>,
    /// What was found; none before anything was searched for.
    pub found: Option<Found>,
}

/// What the form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// A name or an id.
    pub person: String,
    /// A reference.
    pub reference: String,
    /// Words.
    pub words: String,
    /// A type or kind, by code.
    pub kind: String,
    /// Day, month, year of the first day.
    pub from: [String; 3],
    /// Of the last one.
    pub to: [String; 3],
    /// The purpose's code.
    pub purpose: String,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The records, newest first.
    pub rows: Vec<FoundRow>,
    /// How far this page looked, in a sentence; none where it looked through everything.
    pub bound: Option<String>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// Where it opens.
    pub href: String,
    /// `Report`, `Case` or `Your report`.
    pub record: String,
    /// What it is about, in words.
    pub what: String,
    /// Its reference.
    pub reference: String,
    /// The paper's own reference.
    pub source_reference: Option<String>,
    /// Name of the school.
    pub school: String,
    /// When it was told or opened, in words.
    pub since: String,
    /// Where it stands.
    pub state: Option<StateTag>,
}

impl Typed {
    /// The fields of a day, on any of which its error may stand.
    pub fn day_fields(&self, start: &str) -> Vec<String> {
        ["date", "day", "month", "year"].iter().map(|part| format!("{start}_{part}")).collect()
    }
}

impl Search {
    /// The heading.
    pub fn heading(&self) -> String {
        match &self.found {
            None => "Search".to_owned(),
            Some(found) if found.rows.is_empty() => "Nothing found".to_owned(),
            Some(_) => "Found".to_owned(),
        }
    }
}
