//! A headteacher's first screen: what only they can do, what is late and whose, what changed, who covers them, and one button.

use askama::Template;

use super::Chrome;
use super::queue::QueueRow;

/// `GET /today`.
#[derive(Debug, Clone, Template)]
#[template(path = "today.html")]
pub struct Today {
    /// Around the page.
    pub chrome: Chrome,
    /// When they last looked, in words; none at their first time.
    pub since: Option<String>,
    /// What waits for them and nobody else, most urgent first.
    pub only_you: Vec<QueueRow>,
    /// What is late, longest first.
    pub late: Vec<LateRow>,
    /// What others did since then, the last first.
    pub changed: Vec<ChangedRow>,
    /// Who covers them, what and from when until when, in words.
    pub covers: Vec<String>,
    /// How far it was looked through, where that is not everything.
    pub bounded: Option<usize>,
}

/// Something that is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateRow {
    /// The row.
    pub row: QueueRow,
    /// Whose it is, by name; empty where nobody does that duty.
    pub whose: String,
}

/// A record on which others did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// Where it opens.
    pub href: String,
    /// Its reference.
    pub reference: String,
    /// What it is, in words.
    pub about: String,
    /// What was done last.
    pub what: String,
    /// When, in words.
    pub when: String,
    /// How many things were done besides.
    pub more: usize,
}

impl Today {
    /// The one button: where to begin, with its words.
    pub fn begin(&self) -> (&str, String) {
        match self.only_you.first() {
            Some(first) => (&first.href, format!("Begin with: {}", first.owed)),
            None => ("/queue", "Open your queue".to_owned()),
        }
    }
}
