//! One act on a case: a page with its few questions, the same for every act.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, CommandToken, FormErrors};
use super::moment::Moment;

/// `GET /cases/{id}/act/{verb}`.
#[derive(Debug, Clone, Template)]
#[template(path = "case_act.html")]
pub struct Act {
    /// Around the page.
    pub chrome: Chrome,
    /// What is wrong with what was sent.
    pub errors: FormErrors,
    /// The case's id.
    pub id: String,
    /// The case's reference.
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

impl Act {
    /// The case's page.
    pub fn href(&self) -> String {
        format!("/cases/{}", self.id)
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
