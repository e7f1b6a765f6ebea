//! Cases: the list, and one case with its timeline and the acts that are open on it.

use askama::Template;

use super::Chrome;
use super::due::Due;
use super::forms::{Choice, CommandToken, FormErrors};
use super::summary::{StateTag, SummaryRow};

/// `GET /cases`.
#[derive(Debug, Clone, Template)]
#[template(path = "cases.html")]
pub struct Cases {
    /// Around the page.
    pub chrome: Chrome,
    /// The cases of this page, newest first.
    pub rows: Vec<CaseRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One case in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Where it opens.
    pub href: String,
    /// The case's reference.
    pub reference: String,
    /// Its kind in words.
    pub kind: String,
    /// Name of the school.
    pub school: String,
    /// Where it stands.
    pub state: StateTag,
    /// When it was opened, in words.
    pub opened: String,
    /// What is owed next, where a clock runs.
    pub due: Option<Due>,
}

/// `GET /cases/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "case.html")]
pub struct Case {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of whichever form was sent.
    pub errors: FormErrors,
    /// Id in the path; the forms post to `/cases/{id}/...`.
    pub id: String,
    /// The case's reference.
    pub reference: String,
    /// Its kind in words.
    pub kind: String,
    /// Where it stands.
    pub state: StateTag,
    /// What is owed next, where a clock runs.
    pub due: Option<Due>,
    /// What is known at a glance: school, opened, owner, outcome.
    pub facts: Vec<SummaryRow>,
    /// Path of the report behind it, where this reader may open that.
    pub report_href: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// `POST /cases/{id}/note`, where this reader may note.
    pub note: Option<NoteForm>,
    /// `POST /cases/{id}/close`, where this reader may close it.
    pub close: Option<CloseForm>,
    /// `POST /cases/{id}/correct`, where this reader may correct it.
    pub correct: Option<CorrectForm>,
}

/// One event of a case, as this reader may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// What happened: `Report received`.
    pub what: String,
    /// Who did it, by name or duty.
    pub who: String,
    /// RFC 3339 instant, for machines.
    pub at: String,
    /// The instant in words (see [`super::due::when_text`]).
    pub when: String,
    /// What was written; line breaks are kept. Empty for nothing.
    pub text: String,
}

/// Fields of `POST /cases/{id}/note`: `command`, `seen`, `note`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// The note as typed so far.
    pub note: String,
}

/// Fields of `POST /cases/{id}/close`: `command`, `seen`, `outcome`, `close_reason`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloseForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// The outcomes that this kind of case may have (all: [`super::choices::OUTCOMES`]).
    pub outcomes: Vec<Choice>,
    /// The chosen one; empty for none yet.
    pub outcome: String,
    /// Why.
    pub close_reason: String,
}

/// Fields of `POST /cases/{id}/correct`: `command`, `seen`, `field`, `new_text`, `correct_reason`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorrectForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// The fields that may be corrected; of one alone the form does not ask.
    pub fields: Vec<Choice>,
    /// The chosen one; empty for none yet.
    pub field: String,
    /// What it should say.
    pub new_text: String,
    /// Why.
    pub correct_reason: String,
}

impl Case {
    /// Whether the close form has an error, so that it stands open.
    pub fn close_has_error(&self) -> bool {
        self.errors.has_any(&["outcome", "close_reason"])
    }

    /// Whether the correct form has an error, so that it stands open.
    pub fn correct_has_error(&self) -> bool {
        self.errors.has_any(&["field", "new_text", "correct_reason"])
    }
}
