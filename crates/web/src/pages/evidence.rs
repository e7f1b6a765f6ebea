//! Files of reports and cases: the question that comes first, the upload, the list on the record, one file, what an e-mail says, and
//! what to do about an image.

use askama::Template;
use wardbook_domain::report::image_guidance::{self, Line};

use super::Chrome;
use super::forms::{CommandToken, FormErrors};
use super::summary::SummaryRow;

/// `GET .../{id}/evidence`: the question about images (IMG-1), before anything is chosen.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_question.html")]
pub struct AskImage {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// Path of the record.
    pub path: String,
    /// `report` or `case` with its reference.
    pub caption: String,
    /// Words and path of the way back.
    pub back: (String, String),
    /// Id of the command, so that a second press is the same.
    pub command: String,
    /// The answer so far.
    pub image: String,
    /// Where the device is, as typed so far.
    pub device: String,
}

/// The page after the answer "no": the file itself. It is only ever the answer to the question.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_file.html")]
pub struct SendFile {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// Path of the record.
    pub path: String,
    /// `report` or `case` with its reference.
    pub caption: String,
    /// Id of the command, so that a second press is the same.
    pub command: String,
    /// What the file is, as typed so far.
    pub what: String,
    /// Who gave it, as typed so far.
    pub given_by: String,
    /// How it came, as typed so far.
    pub how: String,
    /// Whether it is asked who gave it and how it came (EVI-3).
    pub source: bool,
    /// The largest file in words.
    pub limit: String,
}

/// What to do about an image: after it was named, and where a file is refused because one was.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_named.html")]
pub struct ImageGuidance {
    /// Around the page.
    pub chrome: Chrome,
    /// `Report` or `Case` with its reference.
    pub caption: String,
    /// Words and path of the way back.
    pub back: (String, String),
    /// The heading.
    pub heading: String,
}

/// The part of a report's page about its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Id of the report in the path.
    pub id: String,
    /// The files, oldest first.
    pub rows: Vec<FileRow>,
    /// Path of the question, where one more may be added.
    pub add: Option<String>,
    /// An image was named: what to do about it.
    pub image: Option<ImagePart>,
}

/// A file in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its name.
    pub name: String,
    /// Path of its own page.
    pub href: String,
    /// What was written down when it was taken in, a line each.
    pub facts: Vec<String>,
    /// Whether it is in quarantine.
    pub quarantined: bool,
}

/// The part of a case's page about its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFiles {
    /// The files, oldest first.
    pub rows: Vec<FileRow>,
    /// Path of the question, after which one more may be added.
    pub add: String,
}

/// `GET .../{id}/evidence/{evidence}/about`.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_about.html")]
pub struct FilePage {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// Of which record it is a file.
    pub caption: String,
    /// Words and path of the way back.
    pub back: (String, String),
    /// Its name.
    pub name: String,
    /// What was written down of it.
    pub facts: Vec<SummaryRow>,
    /// Where it is downloaded; none in quarantine.
    pub download: Option<String>,
    /// Where it is shown, where that is safe.
    pub preview: Option<String>,
    /// For an e-mail of a case: where what it says is confirmed, and whether it was.
    pub message: Option<(String, bool)>,
    /// That it is in quarantine.
    pub quarantined: Option<InQuarantine>,
    /// How it is put into quarantine, for the safeguarding lead.
    pub quarantine: Option<QuarantineForm>,
}

/// What is said of a quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InQuarantine {
    /// Who did it and when, in words.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What is so of copies of its key.
    pub copies: String,
}

/// Fields of `POST .../quarantine`: `command`, `seen`, `quarantine_reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineForm {
    /// Where it is sent.
    pub action: String,
    /// Hidden fields.
    pub token: CommandToken,
    /// Why, as typed so far.
    pub reason: String,
}

/// `GET .../{id}/evidence/{evidence}/preview`: the beginning of a text, or an image.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_preview.html")]
pub struct TextPage {
    /// Around the page.
    pub chrome: Chrome,
    /// Of which record it is a file.
    pub caption: String,
    /// Path of the file's page.
    pub back: String,
    /// Its name.
    pub name: String,
    /// Its beginning, where it is a text.
    pub text: Option<String>,
    /// Whether more follows.
    pub cut: bool,
    /// Path of the image, where it is one.
    pub image: Option<String>,
}

/// `GET /cases/{id}/evidence/{evidence}/message`: what an e-mail seems to say, for a person to confirm.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_message.html")]
pub struct ConfirmMessage {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// The file's name.
    pub caption: String,
    /// Path of the file.
    pub path: String,
    /// Hidden fields.
    pub token: CommandToken,
    /// Whether the program could read it.
    pub found: bool,
    /// Who sent it.
    pub sender: String,
    /// When, as an instant and in words; none where it does not say.
    pub sent: Option<(String, String)>,
    /// Whether that time is wrong.
    pub time_wrong: bool,
    /// To whom, a line each.
    pub recipients: String,
    /// To how many.
    pub recipients_count: String,
    /// What was attached, a line each.
    pub attachments: String,
    /// How many were.
    pub attachments_count: String,
}

/// What stands on the report where an image was named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImagePart {
    /// `POST /reports/{id}/image/taken-up`, for the DSL who must act.
    pub act: Option<CommandToken>,
}

/// The guidance, for templates.
pub const FOR_EVERYBODY: &[Line] = image_guidance::FOR_EVERYBODY;
/// The guidance for the DSL and other readers, for templates.
pub const FOR_READERS: &[Line] = image_guidance::FOR_READERS;
/// When to call at once, for templates.
pub const CALL_AT_ONCE: &[Line] = image_guidance::CALL_AT_ONCE;
/// The question, for templates.
pub const QUESTION: &str = image_guidance::QUESTION;
