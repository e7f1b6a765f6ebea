//! Filing a report: the paper form, a question a page, in a fixed order, and the receipt at the end.
//!
//! Each page posts to `/file/{draft}/{step}` and nothing typed is lost on error: the handler puts what came into the same struct
//! again. A question is a variant of [`Question`], a template in `templates/file/` and a struct here.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, FormErrors};
use super::summary::Section;

/// The questions in the order they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Which school; asked only where the reporter may file for several.
    School,
    /// Who it is about; before the story, so that the report never passes the person concerned.
    About,
    /// What kind of thing.
    Kind,
    /// When.
    When,
    /// The story.
    What,
    /// Where.
    Where,
    /// Pupils involved.
    Pupils,
    /// Staff involved.
    Staff,
    /// Could a child be hurt or in danger.
    Danger,
    /// Already reported, and what was done at once.
    Told,
    /// Data affected.
    Data,
}

impl Question {
    /// All questions, in order.
    pub const ALL: [Self; 11] = [
        Self::School,
        Self::About,
        Self::Kind,
        Self::When,
        Self::What,
        Self::Where,
        Self::Pupils,
        Self::Staff,
        Self::Danger,
        Self::Told,
        Self::Data,
    ];

    /// The step in the path.
    pub fn slug(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::About => "about",
            Self::Kind => "kind",
            Self::When => "when",
            Self::What => "what",
            Self::Where => "where",
            Self::Pupils => "pupils",
            Self::Staff => "staff",
            Self::Danger => "danger",
            Self::Told => "told",
            Self::Data => "data",
        }
    }

    /// The question of a step in a path; `None` for `check` and for anything unknown.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.slug() == slug)
    }

    /// The first question for a reporter with one school or several.
    pub fn first(several_schools: bool) -> Self {
        if several_schools { Self::School } else { Self::About }
    }

    /// The question after this one; `None` leads to the check page.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// The question before this one; `None` for the first.
    pub fn previous(self, several_schools: bool) -> Option<Self> {
        if self == Self::first(several_schools) {
            return None;
        }
        (self as usize).checked_sub(1).map(|index| Self::ALL[index])
    }
}

/// Where the reporter is: what every question page needs to find its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where the form posts: `/file/{draft}/{step}`, with `?change=1` when the reporter came from the check page.
    pub action: String,
    /// Where Back leads; `None` on the first question.
    pub back: Option<String>,
    /// `Question 3 of 11`; empty when the reporter came from the check page.
    pub progress: String,
}

impl Step {
    /// The step of a draft. `changing`: the reporter came from the check page and goes back there.
    pub fn new(draft: &str, question: Question, several_schools: bool, changing: bool) -> Self {
        let path = format!("/file/{draft}/{}", question.slug());
        if changing {
            return Self { action: format!("{path}?change=1"), back: Some(format!("/file/{draft}/check")), progress: String::new() };
        }
        let skipped = usize::from(!several_schools);
        let number = question as usize + 1 - skipped.min(question as usize);
        Self {
            action: path,
            back: question.previous(several_schools).map(|before| format!("/file/{draft}/{}", before.slug())),
            progress: format!("Question {number} of {}", Question::ALL.len() - skipped),
        }
    }
}

/// Step `school`. Field `school`: a code of `schools`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/school.html")]
pub struct FileSchool {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `school`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The schools this reporter may file for: code and name.
    pub schools: Vec<Choice>,
    /// The chosen code; empty for none yet.
    pub school: String,
}

/// Step `about`. Fields: `about` ([`super::choices::ABOUT`]), `about_name` (with `another`).
#[derive(Debug, Clone, Template)]
#[template(path = "file/about.html")]
pub struct FileAbout {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `about`, `about_name`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub about: String,
    /// The other adult's name.
    pub about_name: String,
}

/// Step `kind`. Fields: `types` (several of [`super::choices::TYPES`]), `other_type` (with `other`).
#[derive(Debug, Clone, Template)]
#[template(path = "file/kind.html")]
pub struct FileKind {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `types`, `other_type`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The ticked values.
    pub types: Vec<String>,
    /// What `other` is.
    pub other_type: String,
}

/// Date and time as typed; kept as text so that a mistake comes back as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateTimeParts {
    /// Day of the month.
    pub day: String,
    /// Month, 1 to 12.
    pub month: String,
    /// Year, four digits.
    pub year: String,
    /// Hour, 0 to 23.
    pub hour: String,
    /// Minute.
    pub minute: String,
}

/// Step `when`. Fields: `when` ([`super::choices::WHEN`]); with `earlier`: `day`, `month`, `year`, `hour`, `minute` (time of England).
///
/// Errors of the whole date or time stand on `date` and `time`; the part to mend is marked by an error on it (`day`, ...).
#[derive(Debug, Clone, Template)]
#[template(path = "file/when.html")]
pub struct FileWhen {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `when`, `date`, `time`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub when: String,
    /// The date and time as typed.
    pub at: DateTimeParts,
    /// An example date for the hint, in the past: `27 3 2026`.
    pub example: String,
    /// The two readings of a time that happened twice, as the clocks went back that night (field `which`); empty where it is plain.
    pub readings: Vec<Choice>,
    /// The chosen reading; empty for none yet.
    pub which: String,
}

/// Step `what`. Field: `what_happened`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/what.html")]
pub struct FileWhat {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `what_happened`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The story as typed.
    pub what_happened: String,
}

/// Step `where`. Field: `location`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/where.html")]
pub struct FileWhere {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `location`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The place as typed.
    pub location: String,
}

/// Step `pupils`. Fields: `pupils_involved` (`yes`/`no`), `pupils` (with `yes`; a line a pupil, name and year group).
#[derive(Debug, Clone, Template)]
#[template(path = "file/pupils.html")]
pub struct FilePupils {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `pupils_involved`, `pupils`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub pupils_involved: String,
    /// The pupils as typed.
    pub pupils: String,
}

/// A member of staff and their part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffRow {
    /// The name as typed.
    pub name: String,
    /// A value of [`super::choices::STAFF_PARTS`]; empty for none yet, which is an error beside a name.
    pub part: String,
}

/// Step `staff`. Fields: `staff_involved` (`yes`/`no`); with `yes`, once a person and in step with each other: `staff_name`,
/// `staff_part` ([`super::choices::STAFF_PARTS`]). The button "Add another person" sends `add=person`: keep what was typed, show one row
/// more. Rows without a name are left out.
#[derive(Debug, Clone, Template)]
#[template(path = "file/staff.html")]
pub struct FileStaff {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `staff_involved`, and on `staff_name_1`, `staff_part_1`, ... for the rows from the top.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub staff_involved: String,
    /// The rows to show; give at least one.
    pub people: Vec<StaffRow>,
    /// Whether another row may be added (the handler bounds them).
    pub can_add: bool,
}

/// Step `danger`. Field: `danger` ([`super::choices::DANGER`]).
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

/// Step `told`. Fields: `already_reported` (`yes`/`no`), `reported_to` (with `yes`), `immediate_action` (may be empty).
#[derive(Debug, Clone, Template)]
#[template(path = "file/told.html")]
pub struct FileTold {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the three fields.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub already_reported: String,
    /// Whom.
    pub reported_to: String,
    /// What was done at once.
    pub immediate_action: String,
}

/// Step `data`. Fields: `data_affected` (several of [`super::choices::DATA`]), `individuals_affected` (a whole number, may be empty),
/// `dpo_told` ([`super::choices::DPO_TOLD`]).
#[derive(Debug, Clone, Template)]
#[template(path = "file/data.html")]
pub struct FileData {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the three fields.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The ticked values.
    pub data_affected: Vec<String>,
    /// The number as typed.
    pub individuals_affected: String,
    /// The chosen value; empty for none yet.
    pub dpo_told: String,
}

/// Step `check`. Posts to `/file/{draft}/submit` with hidden fields only.
#[derive(Debug, Clone, Template)]
#[template(path = "file/check.html")]
pub struct FileCheck {
    /// Around the page.
    pub chrome: Chrome,
    /// Questions still unanswered, `field` being the path of the question.
    pub errors: FormErrors,
    /// Id of the draft.
    pub draft: String,
    /// The answers, with Change links.
    pub sections: Vec<Section>,
}

/// `GET /receipts/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/receipt.html")]
pub struct Receipt {
    /// Around the page.
    pub chrome: Chrome,
    /// The receipt number.
    pub number: String,
    /// Path of the question that comes before a file.
    pub evidence_href: String,
    /// When it was filed, in words (see [`super::due::when_text`]).
    pub filed: String,
    /// Name of the school.
    pub school: String,
    /// Who acts next, by duty and never by name: `the designated safeguarding lead`.
    pub goes_to: String,
    /// What happens next, a sentence each.
    pub next: Vec<String>,
    /// Whether the reporter answered yes or unsure to danger, so that the page says again whom to call.
    pub danger: bool,
}

impl FileWhen {
    /// The hint under the date.
    pub fn example_hint(&self) -> String {
        format!("For example {}", self.example)
    }
}

impl FileStaff {
    /// Id of an input of the row `number` (from 1): `staff_name_1`. Errors stand on it.
    pub fn row_id(field: &str, number: &usize) -> String {
        format!("{field}_{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_questions_lead_through_and_back() {
        for several in [true, false] {
            let mut question = Question::first(several);
            assert_eq!(question.previous(several), None);
            while let Some(next) = question.next() {
                assert_eq!(next.previous(several), Some(question));
                assert_eq!(Question::from_slug(next.slug()), Some(next));
                question = next;
            }
            assert_eq!(question, Question::Data);
        }
        assert_eq!(Question::from_slug("check"), None);
    }

    #[test]
    fn a_step_counts_only_the_questions_that_are_asked() {
        let step = Step::new("d1", Question::About, false, false);
        assert_eq!((step.progress.as_str(), step.back), ("Question 1 of 10", None));
        let step = Step::new("d1", Question::Data, true, false);
        assert_eq!(step.progress, "Question 11 of 11");
        assert_eq!(step.back.as_deref(), Some("/file/d1/told"));
        let step = Step::new("d1", Question::Kind, true, true);
        assert_eq!(step.action, "/file/d1/kind?change=1");
        assert_eq!(step.back.as_deref(), Some("/file/d1/check"));
    }
}
