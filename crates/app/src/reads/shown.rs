//! A look as people see it.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Duty, Instant, RecordClass, RecordId,
    reading::{self, Mark},
    trace::{Shown, SignInFailed, SignedIn},
};

use crate::shown::reference;

/// A look at a record, or a sign-in. What the caller may not know of is missing: of a record that is closed to them the data protection
/// officer and the auditor have the instant, the duty and the class in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadShown {
    /// `look`, `sign_in` or `sign_in_failed`.
    pub kind: String,
    /// When; of failed sign-ins the minute.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// In which duty; none at one's own papers.
    pub duty: Option<String>,
    /// The record's class in words: `a conduct record`.
    pub class: Option<String>,
    /// Who, 32 hex digits; of sign-ins on the list of everybody's alone, and there none where no account was meant.
    pub reader: Option<String>,
    /// Who, by name.
    pub reader_name: Option<String>,
    /// The purpose's code.
    pub purpose: Option<String>,
    /// The purpose in words.
    pub purpose_label: Option<String>,
    /// The page or route.
    pub page: Option<String>,
    /// The report, case or alert, 32 hex digits.
    pub record: Option<String>,
    /// `report`, `case` or `alert`.
    pub record_kind: Option<String>,
    /// What people quote.
    pub reference: Option<String>,
    /// Of a sign-in: what proved it beside the password, or what was wrong, in words.
    pub detail: Option<String>,
    /// Of failed sign-ins: how often.
    pub attempts: Option<u32>,
    /// Of a sign-in, where the profile has it asked: the school at which they said that they were, by name, or `elsewhere`. Failed ones
    /// of one minute may have several.
    pub sites: Vec<String>,
    /// What is out of the ordinary: `old_record`, `many_records`, `out_of_hours`.
    pub unusual: Vec<String>,
}

/// A look that is told whole.
pub(super) struct Whole<'a> {
    pub(super) at: Instant,
    pub(super) shown: &'a Shown,
    pub(super) reader: String,
    pub(super) purpose: String,
    pub(super) record: RecordId,
    pub(super) part: &'static str,
    pub(super) class: Option<RecordClass>,
}

impl ReadShown {
    fn at(kind: &str, at: Instant) -> Self {
        Self {
            kind: kind.to_owned(),
            at,
            duty: None,
            class: None,
            reader: None,
            reader_name: None,
            purpose: None,
            purpose_label: None,
            page: None,
            record: None,
            record_kind: None,
            reference: None,
            detail: None,
            attempts: None,
            sites: vec![],
            unusual: vec![],
        }
    }

    pub(super) fn class_only(at: Instant, duty: Option<Duty>, class: RecordClass, out_of_hours: bool) -> Self {
        Self {
            duty: duty.map(|duty| duty.to_string()),
            class: Some(reading::in_words(class).to_owned()),
            unusual: out_of_hours.then(|| Mark::OutOfHours.to_string()).into_iter().collect(),
            ..Self::at("look", at)
        }
    }

    pub(super) fn page(at: Instant, shown: &Shown, reader: String, purpose: String, out_of_hours: bool) -> Self {
        Self {
            duty: shown.reading_as.map(|duty| duty.to_string()),
            reader: Some(shown.reader.to_string()),
            reader_name: Some(reader),
            purpose: Some(shown.purpose.clone()),
            purpose_label: Some(purpose),
            page: Some(shown.page.clone()),
            unusual: out_of_hours.then(|| Mark::OutOfHours.to_string()).into_iter().collect(),
            ..Self::at("look", at)
        }
    }

    pub(super) fn whole(whole: Whole<'_>, marks: &[Mark]) -> Self {
        let Whole { at, shown, reader, purpose, record, part, class } = whole;
        Self {
            duty: shown.reading_as.map(|duty| duty.to_string()),
            class: class.map(|class| reading::in_words(class).to_owned()),
            reader: Some(shown.reader.to_string()),
            reader_name: Some(reader),
            purpose: Some(shown.purpose.clone()),
            purpose_label: Some(purpose),
            page: Some(shown.page.clone()),
            record: Some(record.to_string()),
            record_kind: Some(part.to_owned()),
            reference: Some(reference(record.as_bytes())),
            unusual: marks.iter().map(ToString::to_string).collect(),
            ..Self::at("look", at)
        }
    }

    pub(super) fn signed_in(at: Instant, signed_in: &SignedIn, sites: Vec<String>) -> Self {
        Self { detail: Some(signed_in.factor.label().to_owned()), sites, ..Self::at("sign_in", at) }
    }

    pub(super) fn sign_in_failed(failed: &SignInFailed, sites: Vec<String>) -> Self {
        let detail = Some(failed.wrong.label().to_owned());
        Self { detail, attempts: Some(failed.attempts), sites, ..Self::at("sign_in_failed", failed.minute) }
    }
}
