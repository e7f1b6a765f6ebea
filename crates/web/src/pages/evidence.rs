//! Files of a report: the question that comes first, the upload, the list on the report, and what to do about an image.

use askama::Template;
use wardbook_domain::report::image_guidance::{self, Line};

use super::Chrome;
use super::forms::{CommandToken, FormErrors};

/// `GET /reports/{id}/evidence`: the question about images (IMG-1), before anything is chosen.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_question.html")]
pub struct AskImage {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form.
    pub errors: FormErrors,
    /// Id of the report in the path.
    pub id: String,
    /// The report's reference.
    pub reference: String,
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
    /// Id of the report in the path.
    pub id: String,
    /// The report's reference.
    pub reference: String,
    /// Id of the command, so that a second press is the same.
    pub command: String,
    /// What the file is, as typed so far.
    pub what: String,
}

/// What to do about an image: after it was named, and where a file is refused because one was.
#[derive(Debug, Clone, Template)]
#[template(path = "evidence_named.html")]
pub struct ImageGuidance {
    /// Around the page.
    pub chrome: Chrome,
    /// The report's reference.
    pub reference: String,
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
    /// Where it is downloaded.
    pub href: String,
    /// Who added it and when, in words.
    pub by: String,
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
