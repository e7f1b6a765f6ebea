//! Pages that tell before they ask: danger, what to do first, first steps for what was ticked.

use askama::Template;

use super::Step;
use crate::pages::Chrome;
use crate::pages::forms::FormErrors;
use crate::pages::moment::Moment;

/// Step `danger`. Field: `danger` ([`crate::pages::choices::DANGER`]).
#[derive(Debug, Clone, Template)]
#[template(path = "file/danger.html")]
pub struct FileDanger {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `danger`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub danger: String,
}

/// A report of one's own to somebody outside, as typed: fields `own_{to}_...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReportRow {
    /// A value of [`crate::pages::choices::OWN_REPORTS`].
    pub to: String,
    /// When, as typed; prefix `own_{to}_`.
    pub at: Moment,
    /// The reference as typed: field `own_{to}_reference`.
    pub reference: String,
}

/// Step `emergency`. Fields: `image` ([`crate::pages::choices::IMAGE`]), `own` (several of [`crate::pages::choices::OWN_REPORTS`]) with
/// the fields of [`OwnReportRow`].
#[derive(Debug, Clone, Template)]
#[template(path = "file/emergency.html")]
pub struct FileEmergency {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the fields.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The trust's word for the DSL.
    pub dsl: String,
    /// Its word for the headteacher.
    pub head: String,
    /// The school, where it is known by now.
    pub school: Option<String>,
    /// Whom to call, and how.
    pub calls: Vec<(String, String)>,
    /// The chosen value; empty for none yet.
    pub image: String,
    /// To whom the reporter has reported it.
    pub own: Vec<String>,
    /// The fields for each.
    pub own_rows: Vec<OwnReportRow>,
}

impl FileEmergency {
    /// The fields of an option.
    pub fn row(&self, to: impl AsRef<str>) -> Option<&OwnReportRow> {
        self.own_rows.iter().find(|row| row.to == to.as_ref())
    }
}

/// Step `advice`. Field: `image` ([`crate::pages::choices::IMAGE`]), where it is asked here.
#[derive(Debug, Clone, Template)]
#[template(path = "file/advice.html")]
pub struct FileAdvice {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `image`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// What to do, in order, and the clause that asks for it.
    pub advice: Vec<(Vec<String>, String)>,
    /// Who will get the report, in sentences. Never a name.
    pub goes_to: Vec<String>,
    /// The chosen value, where it is asked here; empty for none yet.
    pub image: Option<String>,
}

impl FileAdvice {
    /// The heading: steps where there are any.
    pub fn heading(&self) -> &'static str {
        if self.advice.is_empty() { "Before you go on" } else { "First steps" }
    }
}
