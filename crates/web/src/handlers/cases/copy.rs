//! A copy of a case on paper, from what its page shows: the whole record, or what goes into a child's safeguarding record. The act that makes
//! it has a number, a purpose and a line in the timeline before the file leaves.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use wardbook_app::AppError;
use wardbook_app::shown::{CaseShown, CopyShown};
use wardbook_domain::case::CopyKind;
use wardbook_domain::clock::day_of;
use wardbook_domain::directory::Directory;
use wardbook_pdf::{CopyEntry, CopySection, NAME_CHARS_MAX, RecordCopy, TRUST_CHARS_MAX};

use super::super::paper::short;
use super::super::words;
use super::{facts, kind_label, state, work};
use crate::Web;
use crate::pages::summary::{Section, SummaryRow};

/// The copy that was just made, as a file. Whoever repeats a command gets the last one of this kind that they made.
pub(crate) async fn file(web: &Web, shown: &CaseShown, kind: CopyKind, by: &str) -> Result<Response, AppError> {
    let mine = |copy: &&CopyShown| copy.kind == kind.as_str() && copy.by == by;
    let made = shown.copies.iter().rev().find(mine).ok_or(AppError::NotFound)?;
    let directory = web.directory().await?;
    let copy = on_paper(web, &directory, shown, kind, made);
    let name = format!("{}-copy-{}.pdf", shown.reference, made.number);
    let body = web.papers.copy(copy).await.map_err(|error| AppError::Internal(Box::new(error)))?;
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

fn on_paper(web: &Web, directory: &Directory, shown: &CaseShown, kind: CopyKind, made: &CopyShown) -> RecordCopy {
    let whole = kind == CopyKind::Record;
    let about = Section { heading: "The case".to_owned(), rows: about(web, directory, shown) };
    let parts = if whole { work::sections(directory, shown) } else { work::summarised(directory, shown) };
    let timeline = shown.timeline.iter().filter(|_| whole).map(|entry| CopyEntry {
        what: entry.what.clone(),
        when: format!("{}, {}", words::when(entry.at), entry.by.as_deref().unwrap_or("Wardbook")),
        text: entry.text.clone().unwrap_or_default(),
    });
    let day = day_of(made.at);
    RecordCopy {
        // A long name is no reason to have no copy, whose number is written down by now.
        trust: short(web.trust_name(), TRUST_CHARS_MAX),
        title: if whole { kind_label(shown) } else { made.kind_label.clone() },
        reference: shown.reference.clone(),
        marking: made.marking_label.clone(),
        number: made.number,
        by: short(&made.by, NAME_CHARS_MAX),
        at: made.at.in_london_short(),
        day: (day.year(), day.month().unsigned_abs(), day.day().unsigned_abs()),
        purpose: short(&made.purpose_label, NAME_CHARS_MAX),
        sections: std::iter::once(about).chain(files(shown)).chain(parts).map(section).collect(),
        timeline: timeline.collect(),
    }
}

fn about(web: &Web, directory: &Directory, shown: &CaseShown) -> Vec<SummaryRow> {
    let mut rows =
        vec![SummaryRow::new("Kind", vec![kind_label(shown)]), SummaryRow::new("Where it stands", vec![state(&shown.state).text])];
    rows.extend(facts(web, directory, shown));
    rows
}

/// Files are named on paper, with what proves each later; their content is not printed.
fn files(shown: &CaseShown) -> Option<Section> {
    let row = |file: &wardbook_app::evidence::EvidenceShown| SummaryRow::new(file.name.clone(), vec![format!("SHA-256 {}", file.sha256)]);
    let rows: Vec<SummaryRow> = shown.evidence.iter().map(row).collect();
    (!rows.is_empty()).then(|| Section { heading: "Files".to_owned(), rows })
}

fn section(section: Section) -> CopySection {
    let filled = section.rows.into_iter().filter(|row| row.values.iter().any(|value| !value.trim().is_empty()));
    CopySection { heading: section.heading, rows: filled.map(|row| (row.key, row.values)).collect() }
}
