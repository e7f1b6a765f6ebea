//! The register of assets: the list of a school with its search, and a card that any page may show of one asset.

use askama::Template;

use super::Chrome;
use super::forms::FormErrors;
use super::summary::{StateTag, SummaryRow};

/// `GET /assets`, and `POST /assets` with the field `tag`: what was searched for stands in no address.
#[derive(Debug, Clone, Template)]
#[template(path = "assets/list.html")]
pub struct Assets {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the search.
    pub errors: FormErrors,
    /// The tag or serial as typed.
    pub tag: String,
    /// What was found; none before anything was searched for.
    pub found: Option<Vec<AssetCard>>,
    /// The list, by school and tag; empty beside a search.
    pub rows: Vec<AssetRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One asset in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRow {
    /// The number on its tag.
    pub number: String,
    /// What it is, with make and serial.
    pub what: String,
    /// Name of the school.
    pub school: String,
    /// Who answers for it.
    pub holder: String,
    /// Whether it is encrypted.
    pub encrypted: StateTag,
    /// Who has it on loan, since when.
    pub loan: String,
    /// When the loan is checked next.
    pub check: String,
    /// Whether that day has passed.
    pub check_overdue: bool,
}

/// One asset as a page shows it: `assets/card.html` draws it, on a case too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetCard {
    /// Number and what it is: `A1000, iPad`.
    pub title: String,
    /// Whether it is encrypted.
    pub encrypted: StateTag,
    /// What the register says of it, and its loan.
    pub rows: Vec<SummaryRow>,
    /// What must be said beside it: the entry was changed since; the check is overdue.
    pub notes: Vec<String>,
}
