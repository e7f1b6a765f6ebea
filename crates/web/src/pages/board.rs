//! The published figures: what governors and the board read, and how they are published.

use askama::Template;

use super::Chrome;
use super::charts::Chart;
use super::forms::{Choice, CommandToken, FormErrors};

/// `GET /board`.
#[derive(Debug, Clone, Template)]
#[template(path = "board.html")]
pub struct Board {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// What a hidden number means.
    pub hidden: String,
    /// Reports of each term that is published.
    pub chart: Chart,
    /// What stands, the newest term first.
    pub terms: Vec<TermTable>,
    /// Earlier publications that were corrected since, in words.
    pub corrected: Vec<String>,
    /// The form, for those who publish.
    pub publish: Option<PublishForm>,
}

/// The figures of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermTable {
    /// Its code, for ids.
    pub code: String,
    /// The term in words.
    pub heading: String,
    /// Who published it when, as which number.
    pub published: String,
    /// Why, or what was wrong.
    pub reason: String,
    /// The schools, a column each.
    pub schools: Vec<String>,
    /// The types that occur, a row each: words, numbers by school, and the total.
    pub rows: Vec<TermRow>,
    /// The last row.
    pub totals: TermRow,
    /// Conduct and allegations, of the whole trust.
    pub conduct: String,
}

/// A row of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermRow {
    /// Its words.
    pub label: String,
    /// By school; a hidden number is a letter.
    pub counts: Vec<String>,
    /// Of all schools.
    pub total: String,
}

/// What publishes a term.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishForm {
    /// Which command it is.
    pub token: CommandToken,
    /// Terms to publish, and publications to correct.
    pub options: Vec<Choice>,
    /// The chosen one.
    pub what: String,
    /// Why.
    pub reason: String,
}
