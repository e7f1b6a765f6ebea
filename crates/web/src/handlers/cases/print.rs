//! `/cases/{id}/print`: a case on paper. The copy is an act on the case: it has a number, a purpose and its line in the timeline before the
//! file leaves.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use wardbook_app::AppError;
use wardbook_app::cases::{CaseAct, parse_id};
use wardbook_app::shown::{CaseShown, CopyShown};
use wardbook_domain::case::{CaseKind, CopyKind, MakeCopy};
use wardbook_domain::clock::day_of;
use wardbook_domain::directory::Directory;
use wardbook_pdf::{CopyEntry, CopySection, RecordCopy};

use super::super::answer::{Answer, page, see_other};
use super::super::command::{Command, page_errors, token};
use super::super::visitor::{Asked, Here, Posted, Visitor as _};
use super::super::words;
use super::{facts, kind_label, work};
use crate::Web;
use crate::pages::cases::PrintCase;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::summary::{Section, SummaryRow};

/// Sections of a case that go into a child's safeguarding record: what is known, done and said, and nothing about how we work.
const SUMMARISED: [&str; 5] = ["What is known", "Actions", "Who was told", "People", "Decisions"];

/// `GET /cases/{id}/print`; `kind` says which copy. A code of the second factor comes first.
pub(crate) async fn show(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    let refuse = |error| here.refuse(error);
    let case = here.web.case_to_act_on(&here.caller, parse_id(&id).map_err(refuse)?).await.map_err(refuse)?;
    may(&here, &case)?;
    let kind = query.get("kind").unwrap_or(CopyKind::Record.as_str()).to_owned();
    here.prove(&format!("/cases/{id}/print?kind={}", CopyKind::parse(&kind).unwrap_or(CopyKind::Record)))?;
    draw(&here, &case, StatusCode::OK, kind, String::new(), FormErrors::default())
}

/// `POST /cases/{id}/print`.
pub(crate) async fn make(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, refuse) = (Command::read(&here, &fields)?, |error| here.refuse(error));
    let number = parse_id(&id).map_err(refuse)?;
    let case = here.web.case_to_act_on(&here.caller, number).await.map_err(refuse)?;
    may(&here, &case)?;
    let (kind, purpose) = (fields.one("kind"), fields.one("purpose"));
    here.prove(&format!("/cases/{id}/print?kind={}", CopyKind::parse(&kind).unwrap_or(CopyKind::Record)))?;
    let mut errors = FormErrors::default();
    match CopyKind::parse(&kind) {
        Some(_) if purpose.is_empty() => errors.add("purpose", "Say what the copy is for"),
        None => errors.add("kind", "Choose what to print"),
        Some(kind) => {
            let ask = CaseAct::Print(MakeCopy { kind, purpose: purpose.clone() });
            match here.web.act_on_case(&here.caller, number, &ask, command.conditions()).await {
                Ok(Some(shown)) => return file(&here.web, &shown, kind, &here.caller.name).await.map_err(refuse),
                Ok(None) => return Ok(see_other("/queue?done=away")),
                Err(AppError::Invalid(invalid)) => {
                    errors = page_errors(invalid, &[("purpose", "purpose", "this"), ("kind", "kind", "this")]);
                }
                Err(error) => return Err(here.refuse_at(error, &format!("/cases/{id}/print"))),
            }
        }
    }
    draw(&here, &case, StatusCode::UNPROCESSABLE_ENTITY, kind, purpose, errors)
}

/// What may not be done has no page.
fn may(here: &Here, case: &CaseShown) -> Result<(), super::super::answer::Stop> {
    if case.may.iter().any(|may| may == "print") { Ok(()) } else { Err(here.refuse(AppError::NotFound)) }
}

/// The kinds of copy that there are of this case.
pub(super) fn kinds(case: &CaseShown) -> Vec<CopyKind> {
    let safeguarding = case.kind == CaseKind::Safeguarding.as_str();
    CopyKind::ALL.iter().copied().filter(|kind| *kind == CopyKind::Record || safeguarding).collect()
}

fn draw(here: &Here, case: &CaseShown, status: StatusCode, kind: String, purpose: String, errors: FormErrors) -> Answer {
    let seen = here.web.etag(&here.caller, case).map_err(|error| here.refuse(error))?;
    let kinds = kinds(case).into_iter().map(|kind| Choice::new(kind.as_str(), kind.label())).collect();
    let print = PrintCase {
        chrome: here.chrome(),
        errors,
        id: case.id.clone(),
        reference: case.reference.clone(),
        marking: case.marking_label.clone(),
        made: case.copies.len(),
        token: token(here, &seen),
        kinds,
        kind,
        purposes: here.web.profile().purposes().into_iter().map(|(code, label)| Choice::owned(code, label)).collect(),
        purpose,
    };
    Ok(page(status, &print))
}

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
    let parts = work::sections(directory, shown).into_iter().filter(|part| whole || SUMMARISED.contains(&part.heading.as_str()));
    let timeline = shown.timeline.iter().filter(|_| whole).map(|entry| CopyEntry {
        what: entry.what.clone(),
        when: format!("{}, {}", words::when(entry.at), entry.by.as_deref().unwrap_or("Wardbook")),
        text: entry.text.clone().unwrap_or_default(),
    });
    let day = day_of(made.at);
    RecordCopy {
        trust: web.trust_name().to_owned(),
        title: if whole { kind_label(shown) } else { made.kind_label.clone() },
        reference: shown.reference.clone(),
        marking: made.marking_label.clone(),
        number: made.number,
        by: made.by.clone(),
        at: made.at.in_london_short(),
        day: (day.year(), day.month().unsigned_abs(), day.day().unsigned_abs()),
        purpose: made.purpose_label.clone(),
        sections: std::iter::once(about).chain(files(shown)).chain(parts).map(section).collect(),
        timeline: timeline.collect(),
    }
}

fn about(web: &Web, directory: &Directory, shown: &CaseShown) -> Vec<SummaryRow> {
    let mut rows = vec![SummaryRow::new("Kind", vec![kind_label(shown)]), SummaryRow::new("Where it stands", vec![shown.state.clone()])];
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
