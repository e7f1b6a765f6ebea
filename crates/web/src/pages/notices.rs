//! Messages that did not arrive.

use askama::Template;

use super::Chrome;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// By which it is sent again.
    pub id: String,
    /// For whom.
    pub person: String,
    /// When it fell due, in words.
    pub due: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why it did not arrive.
    pub fault: String,
    /// Whether it is no longer tried by itself.
    pub given_up: bool,
}

/// `GET /notices`, for administrators; `POST /notices/{id}/again`.
#[derive(Debug, Clone, Template)]
#[template(path = "notices.html")]
pub struct Notices {
    /// Around the page.
    pub chrome: Chrome,
    /// The newest first.
    pub rows: Vec<NoticeRow>,
}
