//! A copy of a report on paper.

use axum::response::Response;
use wardbook_app::AppError;
use wardbook_app::shown::{EvidenceListed, ReportShown};

use super::super::copies::Copied;
use super::super::words;
use crate::Web;
use crate::pages::summary::{Section, SummaryRow};

/// The copy that was just made, as a file. Whoever repeats a command gets the last one that they made.
pub(crate) async fn file(web: &Web, shown: &ReportShown, by: &str) -> Result<Response, AppError> {
    let made = shown.copies.iter().rev().find(|copy| copy.by == by).ok_or(AppError::NotFound)?;
    let directory = web.directory().await?;
    // What happened to it has its own place at the end.
    let form = ReportShown { timeline: vec![], ..shown.clone() };
    let sections = words::report_sections(web, &directory, &form).into_iter().chain(files(shown)).collect();
    let title = words::kind(&shown.types, &shown.extra_types);
    Copied { title, reference: &shown.reference, made, sections, timeline: &shown.timeline }.file(web).await
}

/// Files are named on paper; their content is not printed.
fn files(shown: &ReportShown) -> Option<Section> {
    let row = |file: &EvidenceListed| SummaryRow::new(file.name.clone(), vec![format!("Added by {}", file.added_by)]);
    let rows: Vec<SummaryRow> = shown.evidence.iter().map(row).collect();
    (!rows.is_empty()).then(|| Section { heading: "Files".to_owned(), rows })
}
