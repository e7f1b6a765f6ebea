//! Cases: the list, and one case with its timeline and the acts that are open on it.

use askama::Template;

use super::Chrome;
use super::due::Due;
use super::forms::{Choice, CommandToken, FormErrors};
use super::summary::{Section, StateTag, SummaryRow};

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
    /// The protective marking (P0-MARK-1).
    pub marking: String,
    /// What is owed next, where a clock runs.
    pub due: Option<Due>,
    /// In whose hands it is, and until when it is put off; empty for neither.
    pub in_hand: Vec<String>,
    /// What is to be done, the most pressing first.
    pub to_do: Vec<ToDo>,
    /// What is known at a glance: school, opened, owner, outcome.
    pub facts: Vec<SummaryRow>,
    /// What was done: facts, steps, actions, who was told, questions, people, decisions, links.
    pub work: Vec<Section>,
    /// Other cases that it is linked to.
    pub links: Vec<OtherCase>,
    /// What else may be done now.
    pub acts: Vec<ActLink>,
    /// Path of the report behind it, where this reader may open that.
    pub report_href: Option<String>,
    /// Its files.
    pub files: super::evidence::CaseFiles,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// `POST /cases/{id}/act/print` for a child's safeguarding record, where there is such a copy and this reader may make it.
    pub summary: Option<SummaryForm>,
    /// `POST /cases/{id}/note`, where this reader may note.
    pub note: Option<NoteForm>,
    /// `POST /cases/{id}/close`, where this reader may close it.
    pub close: Option<CloseForm>,
    /// `POST /cases/{id}/correct`, where this reader may correct it.
    pub correct: Option<CorrectForm>,
}

/// The button that makes the summary for a child's safeguarding record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryForm {
    /// The command.
    pub token: CommandToken,
    /// The code of its purpose.
    pub purpose: String,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDo {
    /// What, in words.
    pub words: String,
    /// By when.
    pub due: Option<Due>,
    /// The clause that asks for it; empty where a person planned it.
    pub clause: String,
    /// Where it is done; none where this reader may not.
    pub href: Option<String>,
    /// Words of the link.
    pub action: String,
    /// Where it is said that it is not needed, or changed, with the words of that link.
    pub other: Option<(String, String)>,
}

/// Another case that this reader may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCase {
    /// How this one stands to it.
    pub label: String,
    /// Its path.
    pub href: String,
    /// Its reference.
    pub reference: String,
    /// Why they are linked.
    pub reason: String,
}

/// An act that has a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActLink {
    /// Its path.
    pub href: String,
    /// Its words.
    pub text: String,
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
