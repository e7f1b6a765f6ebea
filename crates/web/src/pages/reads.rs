//! Who has looked at what.

use askama::Template;

use super::Chrome;

/// `GET /reads`, `/reports/{id}/reads`, `/cases/{id}/reads`, `/people/{id}/reads`.
#[derive(Debug, Clone, Template)]
#[template(path = "reads.html")]
pub struct ReadsPage {
    /// Around the page.
    pub chrome: Chrome,
    /// The heading.
    pub heading: String,
    /// What stands here, and what does not.
    pub about: String,
    /// Words and path of the way back, where the page belongs to another one.
    pub back: Option<(String, String)>,
    /// Other lists: their words and paths.
    pub others: Vec<(String, String)>,
    /// Whether these are sign-ins, which have no record and no purpose.
    pub sign_ins: bool,
    /// Whether only unusual looks are shown.
    pub unusual: bool,
    /// The path that shows the other of the two: all, or the unusual ones.
    pub filter: String,
    /// The looks, newest first.
    pub rows: Vec<ReadRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    /// When, in England.
    pub when: String,
    /// The same for machines.
    pub at: String,
    /// Who; `Not shown` where it is not to be told.
    pub who: String,
    /// Their looks, where the reader of the page may see them.
    pub who_href: Option<String>,
    /// In which duty, in this trust's words.
    pub duty: String,
    /// What happened: `Looked at the report`, `Signed in`.
    pub what: String,
    /// The record: its reference, or its class in words.
    pub record: String,
    /// Where the record opens.
    pub record_href: Option<String>,
    /// For which purpose.
    pub purpose: String,
    /// What is out of the ordinary about it, in words.
    pub unusual: Vec<String>,
}
