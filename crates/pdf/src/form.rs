//! The blank ICT Concern / Misuse Form (P0-FORM-1 to 12), for the drawer and for the day when nothing else works.
//!
//! Its questions and their order stand in `templates/form.typ`; every list to tick from is handed in, so that paper, pages and the
//! rules never differ. To add a question: there, and its words in `FORM_WORDS` of the tests.

use typst::foundations::{Dict, dict};

use crate::error::PdfError;
use crate::render::render;
use crate::text::{line, lines};
use crate::world::Template;

/// Characters of a trust's name.
pub const TRUST_CHARS_MAX: usize = 120;
/// Characters of a profile's name and of a title.
pub const NAME_CHARS_MAX: usize = 60;
/// Characters of a type's label.
pub const TYPE_CHARS_MAX: usize = 80;
/// Characters of every other label.
pub const LABEL_CHARS_MAX: usize = 50;
/// Types of incident: the thirteen and what a profile adds.
pub const TYPES_MAX: usize = 30;
/// Entries of each other list.
pub const LIST_MAX: usize = 12;

/// What differs from one trust's form to another's. Nothing of it is about a matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlankForm {
    /// The trust's name.
    pub trust: String,
    /// The policy profile with its version, for example `clpt@1`.
    pub profile: String,
    /// This trust's words for three duties.
    pub titles: Titles,
    /// Types of incident (P0-FORM-2), in order.
    pub types: Vec<String>,
    /// Data affected (P0-FORM-6), in order.
    pub data: Vec<String>,
    /// Initial assessments (P0-FORM-9), in order.
    pub assessments: Vec<String>,
    /// To whom it may have been reported (P0-FORM-11), in order.
    pub told: Vec<String>,
}

/// Titles as they follow "the" in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Titles {
    /// The headteacher's, for example `Headteacher`.
    pub head: String,
    /// The designated safeguarding lead's, for example `DSL`.
    pub dsl: String,
    /// The data protection officer's, for example `DPO`.
    pub dpo: String,
}

/// The form as PDF: A4, at most three pages, PDF/A-2a and PDF/UA-1. Equal forms are equal bytes.
pub fn blank_form(form: &BlankForm) -> Result<Vec<u8>, PdfError> {
    render(Template::Form, data(form)?, &format!("wardbook form {}", form.profile))
}

fn data(form: &BlankForm) -> Result<Dict, PdfError> {
    Ok(dict! {
        "trust" => line("trust", &form.trust, TRUST_CHARS_MAX)?,
        "profile" => line("profile", &form.profile, NAME_CHARS_MAX)?,
        "head" => line("title of the headteacher", &form.titles.head, NAME_CHARS_MAX)?,
        "dsl" => line("title of the DSL", &form.titles.dsl, NAME_CHARS_MAX)?,
        "dpo" => line("title of the DPO", &form.titles.dpo, NAME_CHARS_MAX)?,
        "types" => lines("types", &form.types, TYPES_MAX, TYPE_CHARS_MAX)?,
        "data" => lines("data affected", &form.data, LIST_MAX, LABEL_CHARS_MAX)?,
        "assessments" => lines("assessments", &form.assessments, LIST_MAX, LABEL_CHARS_MAX)?,
        "told" => lines("told", &form.told, LIST_MAX, LABEL_CHARS_MAX)?,
    })
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
