//! Before a record is shown, and in place of it: the question about the screen and the purpose, and the page that covers an idle one.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, FormErrors};

/// `GET/POST /look`. Fields: `next` (hidden), `private` (hidden, where the screen is asked about), `purpose`. It says nothing of the record.
#[derive(Debug, Clone, Template)]
#[template(path = "look.html")]
pub struct Look {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of what was sent.
    pub errors: FormErrors,
    /// The path of the page that is asked for.
    pub next: String,
    /// Whether the screen is asked about.
    pub screen: bool,
    /// The purposes to choose from; empty where none is asked.
    pub purposes: Vec<Choice>,
    /// The purpose chosen.
    pub purpose: String,
    /// The way out that shows nothing.
    pub not_now: String,
}

/// `GET /covered`: what an idle page turns into without JavaScript.
#[derive(Debug, Clone, Template)]
#[template(path = "covered.html")]
pub struct Covered {
    /// Around the page.
    pub chrome: Chrome,
    /// The page that was covered.
    pub next: String,
}
