//! A report as its receiver sees it: the form by sections, its state, and the next act.

use askama::Template;

use super::Chrome;
use super::due::Due;
use super::forms::{CommandToken, FormErrors};
use super::summary::{Section, StateTag};

/// `GET /reports/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "report.html")]
pub struct Report {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the assess form.
    pub errors: FormErrors,
    /// Id in the path; the forms post to `/reports/{id}/...`.
    pub id: String,
    /// The report's reference.
    pub reference: String,
    /// What is reported, in the words of its types, joined: `Equipment is lost`.
    pub kind: String,
    /// Where it stands.
    pub state: StateTag,
    /// What is owed next, where a clock runs.
    pub due: Option<Due>,
    /// The form as it was filed, by sections.
    pub sections: Vec<Section>,
    /// Its files, and what to do about an image; none in the reporter's own copy.
    pub files: Option<super::evidence::Files>,
    /// `POST /reports/{id}/receive`, where this reader may receive it and nobody has. Only hidden fields.
    pub receive: Option<CommandToken>,
    /// `POST /reports/{id}/assess`, where this reader may assess it and nobody has.
    pub assess: Option<AssessForm>,
    /// Path of the case it became, where this reader may open that.
    pub case_href: Option<String>,
}

/// Fields of `POST /reports/{id}/assess`: `command`, `seen`, `assessment` (several), `assessment_other`, `reason`,
/// `action_to_be_taken`, `shared`, `subjects`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssessForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// Values of [`super::choices::ASSESSMENT`] ticked so far.
    pub assessment: Vec<String>,
    /// What `other` is.
    pub assessment_other: String,
    /// Why.
    pub reason: String,
    /// Action to be taken (P0-FORM-10).
    pub action_to_be_taken: String,
    /// What the owners of cases of another class may know.
    pub shared: String,
    /// Adults whom it turns out to be about, a line each.
    pub subjects: String,
}
