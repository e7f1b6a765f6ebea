//! A report as its receiver sees it: the form by sections, its state, and the next act.

use askama::Template;

use super::Chrome;
use super::due::Due;
use super::forms::{Choice, CommandToken, FormErrors};
use super::moment::Moment;
use super::summary::{Section, StateTag};

/// `GET /reports/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "report.html")]
pub struct Report {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of the form that was sent.
    pub errors: FormErrors,
    /// Id in the path; the forms post to `/reports/{id}/...`.
    pub id: String,
    /// The report's reference.
    pub reference: String,
    /// What is reported, in the words of its types, joined: `Equipment is lost`.
    pub kind: String,
    /// Where it stands.
    pub state: StateTag,
    /// The protective marking (P0-MARK-1); none on the reporter's own copy.
    pub marking: Option<String>,
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
    /// `POST /reports/{id}/settle`, where this reader may say whom it is about.
    pub settle: Option<SettleForm>,
    /// The cases it became that this reader may open.
    pub cases: Vec<CaseLink>,
    /// Questions to whoever reported it that wait for an answer.
    pub questions: Vec<QuestionForm>,
    /// In whose hands it is, and until when it is put off.
    pub in_hand: Vec<String>,
    /// Acts with a page of their own.
    pub acts: Vec<super::cases::ActLink>,
    /// Who has looked at it; none in the reporter's own copy.
    pub reads: Option<String>,
}

/// A question, and the fields of `POST /reports/{id}/answer`: `command`, `seen`, `question`, `answer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionForm {
    /// Its id.
    pub id: String,
    /// The question.
    pub text: String,
    /// When it was asked, in words.
    pub asked: String,
    /// Hidden fields, where the reader is who is asked.
    pub token: Option<CommandToken>,
}

/// A case that a report became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLink {
    /// Its path.
    pub href: String,
    /// Its kind in words.
    pub kind: String,
}

/// Fields of `POST /reports/{id}/assess`: `command`, `seen`, `assessment` (several), `assessment_other`, `reason`,
/// `action_to_be_taken`, `follow_up`, the moment `review_` (a day), `told` (several) with the fields of [`ToldRow`], `shared`, `subjects`,
/// `declaration`.
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
    /// Follow-up actions (P0-FORM-10).
    pub follow_up: String,
    /// When it is looked at again (P0-FORM-10).
    pub review: Moment,
    /// Who has been told, by code (P0-FORM-11).
    pub told: Vec<String>,
    /// The told list with what was typed for each.
    pub told_rows: Vec<ToldRow>,
    /// What the owners of cases of another class may know.
    pub shared: String,
    /// Adults whom it turns out to be about, a line each.
    pub subjects: String,
    /// The name typed in place of a signature (P0-FORM-12).
    pub declaration: String,
}

/// An entry of the told list: fields `told_{code}_how`, `told_{code}_reference` and a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRow {
    /// Code and words.
    pub option: Choice,
    /// When, as typed.
    pub at: Moment,
    /// How and by whom.
    pub how: String,
    /// The reference.
    pub reference: String,
}

/// Fields of `POST /reports/{id}/settle`: `command`, `seen`, `settle_names` (a line each), `settle_nobody` (`yes`), `settle_reason`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettleForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// The names given that nobody has settled.
    pub open_names: Vec<String>,
    /// As typed.
    pub names: String,
    /// `yes` where it is about no adult.
    pub nobody: Vec<String>,
    /// Why.
    pub reason: String,
}

impl AssessForm {
    /// The told list as options.
    pub fn told_options(&self) -> Vec<Choice> {
        self.told_rows.iter().map(|row| row.option.clone()).collect()
    }

    /// The fields of an entry of the told list.
    pub fn told_row(&self, code: impl AsRef<str>) -> Option<&ToldRow> {
        self.told_rows.iter().find(|row| row.option.is(code.as_ref()))
    }
}

impl SettleForm {
    /// Whether the form stands open: somebody must say whom it is about, or what was sent was wrong.
    pub fn open(&self, errors: &FormErrors) -> bool {
        !self.open_names.is_empty() || errors.has_any(&["settle_names", "settle_reason"])
    }
}
