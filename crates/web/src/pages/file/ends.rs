//! The beginning and the end of a form: drafts, the check page, the receipt.

use askama::Template;

use crate::pages::Chrome;
use crate::pages::forms::FormErrors;
use crate::pages::summary::Section;

/// A draft in its writer's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Id of the draft.
    pub id: String,
    /// What it is about, in the words of its types and nothing of the story.
    pub kind: String,
    /// When it was begun, in words.
    pub started: String,
    /// When it was last changed, in words.
    pub kept: String,
    /// Path of the first question without an answer.
    pub href: String,
}

/// `GET /file` where there are drafts, or something waits for the writer. Each can be given up: `POST /file/{draft}/delete`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/drafts.html")]
pub struct FileDrafts {
    /// Around the page.
    pub chrome: Chrome,
    /// How much waits on the queue of a writer who receives nothing, and so begins here.
    pub waits: usize,
    /// The drafts; the one that was changed last stands first.
    pub drafts: Vec<DraftRow>,
    /// Path of the first question of a new form.
    pub start: String,
}

/// Step `check`. Posts to `/file/{draft}/submit`: field `declaration`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/check.html")]
pub struct FileCheck {
    /// Around the page.
    pub chrome: Chrome,
    /// Questions still unanswered, `field` being the path of the question; and `declaration`.
    pub errors: FormErrors,
    /// Id of the draft.
    pub draft: String,
    /// Where Back leads.
    pub back: String,
    /// The answers, with Change links.
    pub sections: Vec<Section>,
    /// What is declared.
    pub statement: &'static str,
    /// The name as typed.
    pub declaration: String,
    /// Ticked for a protected disclosure.
    pub protected: Vec<String>,
    /// Whether the questions about data were left out, as a child is in danger.
    pub data_left_out: bool,
}

/// `GET /receipts/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/receipt.html")]
pub struct Receipt {
    /// Around the page.
    pub chrome: Chrome,
    /// Id of the report.
    pub id: String,
    /// The receipt number.
    pub number: String,
    /// When it was filed, in words (see [`crate::pages::due::when_text`]).
    pub filed: String,
    /// Name of the school.
    pub school: String,
    /// Who acts next, by duty and never by name: `the designated safeguarding lead`.
    pub goes_to: String,
    /// Whom to ring, and how, where nobody is there to receive it.
    pub nobody_there: Option<(String, String)>,
    /// Whom to find now where a child could be in danger: who really has it, never whom it is about.
    pub find: Option<String>,
    /// What happens next, a sentence each.
    pub next: Vec<String>,
    /// Whether the reporter answered yes or unsure to danger, so that the page says again whom to call.
    pub danger: bool,
    /// Whether an image could show a child without clothes: what to do about it stands here again.
    pub image: bool,
    /// Where a file may be added: not by whom it is about.
    pub add_file: Option<String>,
    /// Whether the reporter reported themself.
    pub self_referral: bool,
    /// The declaration: words, name, when, and the digest in groups.
    pub signed: Option<SignedView>,
}

/// A declaration as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedView {
    /// The words that were signed under.
    pub statement: String,
    /// The name as typed.
    pub name: String,
    /// When, in words.
    pub when: String,
    /// The digest, in groups of eight hexadecimal digits.
    pub digest: Vec<String>,
}
