//! A copy of a record on paper, from what its page shows: the same sheet for a case and for a report. The act that makes it has a number, a
//! purpose and a line in the timeline before the file leaves.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use wardbook_app::AppError;
use wardbook_app::shown::{CopyShown, TimelineEntry};
use wardbook_domain::clock::day_of;
use wardbook_pdf::{CopyEntry, CopySection, NAME_CHARS_MAX, RecordCopy, TRUST_CHARS_MAX};

use super::paper::short;
use super::words;
use crate::Web;
use crate::pages::summary::Section;

/// What stands on a copy.
pub(super) struct Copied<'a> {
    /// What it is, as its heading.
    pub(super) title: String,
    /// What people quote.
    pub(super) reference: &'a str,
    /// The copy, as it was made.
    pub(super) made: &'a CopyShown,
    /// Questions and answers.
    pub(super) sections: Vec<Section>,
    /// What happened; empty where the copy is a summary.
    pub(super) timeline: &'a [TimelineEntry],
}

impl Copied<'_> {
    /// The copy as a file.
    pub(super) async fn file(self, web: &Web) -> Result<Response, AppError> {
        let name = format!("{}-copy-{}.pdf", self.reference, self.made.number);
        let body = web.papers.copy(self.on_paper(web)).await.map_err(|error| AppError::Internal(Box::new(error)))?;
        let disposition = format!("attachment; filename=\"{name}\"");
        Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
    }

    fn on_paper(self, web: &Web) -> RecordCopy {
        let day = day_of(self.made.at);
        RecordCopy {
            // A long name is no reason to have no copy, whose number is written down by now.
            trust: short(web.trust_name(), TRUST_CHARS_MAX),
            title: self.title,
            reference: self.reference.to_owned(),
            marking: self.made.marking_label.clone(),
            number: self.made.number,
            by: short(&self.made.by, NAME_CHARS_MAX),
            at: self.made.at.in_london_short(),
            day: (day.year(), day.month().unsigned_abs(), day.day().unsigned_abs()),
            purpose: short(&self.made.purpose_label, NAME_CHARS_MAX),
            sections: self.sections.into_iter().map(section).filter(|section| !section.rows.is_empty()).collect(),
            timeline: self.timeline.iter().map(entry).collect(),
        }
    }
}

fn entry(entry: &TimelineEntry) -> CopyEntry {
    CopyEntry {
        what: entry.what.clone(),
        when: format!("{}, {}", words::when(entry.at), entry.by.as_deref().unwrap_or("Wardbook")),
        text: entry.text.clone().unwrap_or_default(),
    }
}

fn section(section: Section) -> CopySection {
    let filled = section.rows.into_iter().filter(|row| row.values.iter().any(|value| !value.trim().is_empty()));
    CopySection { heading: section.heading, rows: filled.map(|row| (row.key, row.values)).collect() }
}
