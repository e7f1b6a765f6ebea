//! One act on a case or a report: a page with its few questions, the same for every act.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, CommandToken, FormErrors};
use super::moment::Moment;

/// `GET /cases/{id}/act/{verb}` and `GET /reports/{id}/act/{verb}`.
#[derive(Debug, Clone, Template)]
#[template(path = "act.html")]
pub struct Act {
    /// Around the page.
    pub chrome: Chrome,
    /// What is wrong with what was sent.
    pub errors: FormErrors,
    /// What it is an act on.
    pub on: ActOn,
    /// Its page.
    pub href: String,
    /// Its reference.
    pub reference: String,
    /// The verb, the last part of the path.
    pub verb: String,
    /// The heading.
    pub title: String,
    /// A sentence on what it does; empty for none.
    pub intro: String,
    /// Hidden fields.
    pub token: CommandToken,
    /// The questions.
    pub inputs: Vec<Input>,
    /// Words of the button.
    pub button: String,
}

/// What an act is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActOn {
    /// A case.
    Case,
    /// A report.
    Report,
}

impl ActOn {
    /// What it is called above the heading.
    pub const fn caption(self) -> &'static str {
        match self {
            Self::Case => "Case",
            Self::Report => "Report",
        }
    }

    /// The words of the link back to it.
    pub const fn back(self) -> &'static str {
        match self {
            Self::Case => "Back to the case",
            Self::Report => "Back to the report",
        }
    }

    /// Where the page stands in the navigation.
    pub const fn nav(self) -> &'static str {
        match self {
            Self::Case => "cases",
            Self::Report => "",
        }
    }
}

/// A question of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name and id.
    pub id: String,
    /// The question.
    pub label: String,
    /// More about it; empty for none.
    pub hint: String,
    /// What was typed so far.
    pub value: String,
    /// Whether it must be answered.
    pub needed: bool,
    /// How it is answered.
    pub kind: InputKind,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// A line.
    Line,
    /// Lines.
    Text,
    /// A day.
    Day,
    /// One of a few.
    Radios(Vec<Choice>),
    /// One of many.
    Select(Vec<Choice>),
    /// A date and a time.
    Moment(Moment),
    /// Sent along and not shown.
    Hidden,
}
