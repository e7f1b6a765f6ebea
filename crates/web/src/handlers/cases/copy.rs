//! A copy of a case on paper, from what its page shows: the whole record, or what goes into a child's safeguarding record.

use axum::response::Response;
use wardbook_app::AppError;
use wardbook_app::shown::{CaseShown, CopyShown};
use wardbook_domain::case::CopyKind;
use wardbook_domain::directory::Directory;

use super::super::copies::Copied;
use super::{facts, kind_label, state, work};
use crate::Web;
use crate::pages::summary::{Section, SummaryRow};

/// The copy that was just made, as a file. Whoever repeats a command gets the last one of this kind that they made.
pub(crate) async fn file(web: &Web, shown: &CaseShown, kind: CopyKind, by: &str) -> Result<Response, AppError> {
    let mine = |copy: &&CopyShown| copy.kind == kind.as_str() && copy.by == by;
    let made = shown.copies.iter().rev().find(mine).ok_or(AppError::NotFound)?;
    let directory = web.directory().await?;
    let whole = kind == CopyKind::Record;
    let about = Section { heading: "The case".to_owned(), rows: about(web, &directory, shown) };
    let parts = if whole { work::sections(&directory, shown) } else { work::summarised(&directory, shown) };
    let sections = std::iter::once(about).chain(files(shown)).chain(parts).collect();
    let title = if whole { kind_label(shown) } else { made.kind_label.clone() };
    let timeline = if whole { shown.timeline.as_slice() } else { &[] };
    Copied { title, reference: &shown.reference, made, sections, timeline }.file(web).await
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
