//! The question pages.

use askama::Template;

use super::Step;
use crate::pages::Chrome;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::moment::Moment;

/// Step `behalf`. Fields: `channel` ([`crate::pages::choices::CHANNELS`]), `behalf_name`, `behalf_unnamed` (`yes`), `behalf_role`, and the
/// moment `told_` (the time may be left empty). The button "This is my own report after all" sends `mine=yes`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/behalf.html")]
pub struct FileBehalf {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the fields.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The chosen value; empty for none yet.
    pub channel: String,
    /// The reporter's name.
    pub name: String,
    /// `yes` where they do not want to be named.
    pub unnamed: Vec<String>,
    /// The reporter's role.
    pub role: String,
    /// When the school was told.
    pub told: Moment,
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

/// Step `about`. Fields: `about` ([`crate::pages::choices::ABOUT`]), `about_name` (with `another`).
#[derive(Debug, Clone, Template)]
#[template(path = "file/about.html")]
pub struct FileAbout {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `about`, `about_name`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// [`crate::pages::choices::ABOUT`], in words that fit whose report it is.
    pub choices: Vec<Choice>,
    /// The chosen value; empty for none yet.
    pub about: String,
    /// The other adult's name.
    pub about_name: String,
}

/// Types that belong together, under a heading of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindGroup {
    /// The heading.
    pub heading: &'static str,
    /// Boxes of the form, each followed by the types of the trust's profile that count under it.
    pub choices: Vec<Choice>,
}

/// Step `kind`. Fields: `types` (several of the groups'), `other_type` (with `other`).
#[derive(Debug, Clone, Template)]
#[template(path = "file/kind.html")]
pub struct FileKind {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `types`, `other_type`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The thirteen boxes and the profile's types.
    pub groups: Vec<KindGroup>,
    /// The ticked values.
    pub types: Vec<String>,
    /// What `other` is.
    pub other_type: String,
}

/// Step `when`. Fields: `when` (of `choices`); with `earlier` a moment without prefix, whose time may be left empty; where it is asked,
/// `found_earlier` (`yes`) and the moment `found_`.
#[derive(Debug, Clone, Template)]
#[template(path = "file/when.html")]
pub struct FileWhen {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `when` and the moments.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// [`crate::pages::choices::WHEN`], or part of it.
    pub choices: Vec<Choice>,
    /// The chosen value; empty for none yet.
    pub when: String,
    /// When it happened, as typed.
    pub at: Moment,
    /// An example date for the hint, in the past: `27 3 2026`.
    pub example: String,
    /// When somebody found out, where that is asked: ticked values and the moment as typed.
    pub found: Option<(Vec<String>, Moment)>,
}

/// Step `what`. Fields: `what_happened`, `location` (may be empty).
#[derive(Debug, Clone, Template)]
#[template(path = "file/what.html")]
pub struct FileWhat {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `what_happened`, `location`.
    pub errors: FormErrors,
    /// The way through the form.
    pub step: Step,
    /// The story as typed.
    pub what_happened: String,
    /// The place as typed.
    pub location: String,
    /// Whether there could be an image that nobody may describe by showing it.
    pub image: bool,
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
    /// A value of [`crate::pages::choices::STAFF_PARTS`]; empty for none yet, which is an error beside a name.
    pub part: String,
}

/// Step `staff`. Fields: `staff_involved` (`yes`/`no`); with `yes`, once a person and in step with each other: `staff_name`,
/// `staff_part` ([`crate::pages::choices::STAFF_PARTS`]). The button "Add another person" sends `add=person`: keep what was typed, show one row
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

/// Step `data`. Fields: `data_affected` (several of [`crate::pages::choices::DATA`]), `individuals_affected` (a whole number, may be empty),
/// `dpo_told` ([`crate::pages::choices::DPO_TOLD`]).
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
