//! `/cases`: the list, one case with its timeline, and the acts that are open on it. `work.rs` shows what is done and to be done on it,
//! `copy.rs` puts it on paper.

pub(crate) mod copy;
mod work;

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::{CaseAct, parse_id};
use wardbook_app::queue::QueueItem;
use wardbook_app::shown::CaseShown;
use wardbook_domain::case::{CaseKind, Close, CopyKind, Note, Outcome};
use wardbook_domain::directory::Directory;
use wardbook_domain::field::Invalid;
use wardbook_domain::report::Correct;

use super::answer::{Answer, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::fields::Fields;
use super::queue::{ROWS, href};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::Web;
use crate::pages::cases::{Case, CaseRow, Cases, CloseForm, CorrectForm, NoteForm, SummaryForm, TimelineEntry};
use crate::pages::choices::{self, text};
use crate::pages::due::rfc3339;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::summary::{StateTag, SummaryRow, TagColour};

/// `GET /cases`.
pub(crate) async fn list(here: Here, Asked(query): Asked) -> Answer {
    let list = here.web.cases(&here.caller, query.get("cursor"), Some(ROWS)).await.map_err(|error| here.refuse(error))?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let rows = list.items.iter().map(|item| row(&here, &directory, item)).collect();
    let next = list.next.map(|cursor| format!("/cases?cursor={cursor}"));
    Ok(page(StatusCode::OK, &Cases { chrome: here.chrome(), rows, next }))
}

fn row(here: &Here, directory: &Directory, item: &QueueItem) -> CaseRow {
    let sealed = item.sealed.is_some();
    CaseRow {
        // A sealed row does not say what it is; in this list it is a case.
        href: if sealed { format!("/cases/{}", item.id) } else { href(item) },
        reference: item.reference.clone(),
        kind: if sealed { "Sealed record".to_owned() } else { item.what.join(", ") },
        school: words::school_name(directory, &item.school),
        state: state(&item.state),
        opened: words::when(item.since),
        due: words::due(&here.web, item.due_at),
    }
}

fn state(code: &str) -> StateTag {
    match code {
        "open" => StateTag::new("Open", TagColour::Yellow),
        "closed" => StateTag::new("Closed", TagColour::Grey),
        _ => StateTag::new("Sealed", TagColour::Grey),
    }
}

/// What the forms of the page hold when it is shown again.
#[derive(Debug, Default)]
struct Typed {
    note: NoteForm,
    close: CloseForm,
    correct: CorrectForm,
    errors: FormErrors,
}

/// `GET /cases/{id}`.
pub(crate) async fn show(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    draw(&here, &id, StatusCode::OK, command::done(&query), Typed::default()).await
}

/// `POST /cases/{id}/note`.
pub(crate) async fn note(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let text = fields.one("note");
    let mut typed = Typed { note: NoteForm { note: text.clone(), ..NoteForm::default() }, ..Typed::default() };
    if text.trim().is_empty() {
        typed.errors.add("note", "Write the note");
    }
    act(&here, &id, &fields, CaseAct::Note(Note { text }), typed, &[("text", "note", "the note")], "noted").await
}

/// `POST /cases/{id}/close`.
pub(crate) async fn close(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (chosen, reason) = (fields.one("outcome"), fields.one("close_reason"));
    let mut typed =
        Typed { close: CloseForm { outcome: chosen.clone(), close_reason: reason.clone(), ..CloseForm::default() }, ..Typed::default() };
    let outcome = Outcome::parse(&chosen);
    if outcome.is_none() {
        typed.errors.add("outcome", "Choose an outcome");
    }
    if reason.trim().is_empty() {
        typed.errors.add("close_reason", "Say why this is the outcome");
    }
    // Never used where it was not chosen: the error above ends it.
    let close = Close { outcome: outcome.unwrap_or(Outcome::NoFurtherAction), reason };
    act(&here, &id, &fields, CaseAct::Close(close), typed, &[("reason", "close_reason", "the reason")], "closed").await
}

/// `POST /cases/{id}/correct`.
pub(crate) async fn correct(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let ask = Correct { field: fields.one("field"), text: fields.one("new_text"), reason: fields.one("correct_reason") };
    let mut typed = Typed {
        correct: CorrectForm {
            field: ask.field.clone(),
            new_text: ask.text.clone(),
            correct_reason: ask.reason.clone(),
            ..CorrectForm::default()
        },
        ..Typed::default()
    };
    if ask.text.trim().is_empty() {
        typed.errors.add("new_text", "Say what it should say");
    }
    if ask.reason.trim().is_empty() {
        typed.errors.add("correct_reason", "Say why it is corrected");
    }
    let places = [("field", "field", "what is wrong"), ("text", "new_text", "this"), ("reason", "correct_reason", "the reason")];
    act(&here, &id, &fields, CaseAct::Correct(ask), typed, &places, "corrected").await
}

async fn act(here: &Here, id: &str, fields: &Fields, ask: CaseAct, mut typed: Typed, places: &[(&str, &str, &str)], done: &str) -> Answer {
    let (command, href) = (Command::read(here, fields)?, format!("/cases/{id}"));
    let number = parse_id(id).map_err(|error| here.refuse(error))?;
    if !typed.errors.any() {
        match Box::pin(here.web.act_on_case(&here.caller, number, &ask, command.conditions())).await {
            Ok(_) => return Ok(see_other(&format!("{href}?done={done}"))),
            Err(AppError::Invalid(invalid)) => typed.errors = page_errors(at_what_is_open(invalid), places),
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    draw(here, id, StatusCode::UNPROCESSABLE_ENTITY, None, typed).await
}

/// What is open stands in a list of its own on the page: an error about it leads there.
fn at_what_is_open(Invalid(mut list): Invalid) -> Invalid {
    for error in &mut list {
        if ["steps.", "actions.", "questions.", "facts"].iter().any(|start| error.field.starts_with(start)) {
            "next-heading".clone_into(&mut error.field);
        }
    }
    Invalid(list)
}

async fn draw(here: &Here, id: &str, status: StatusCode, banner: Option<String>, typed: Typed) -> Answer {
    let refuse = |error| here.refuse(error);
    let shown = here.web.case(&here.caller, parse_id(id).map_err(refuse)?).await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let seen = here.web.etag(&here.caller, &shown).map_err(refuse)?;
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let token = || token(here, &seen);
    let report = parse_id(&shown.report).map_err(refuse)?;
    let report_href = here.web.may_open_report(&here.caller, report).await.map_err(refuse)?.then(|| format!("/reports/{}", shown.report));
    let Typed { note, close, correct, errors } = typed;
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let case = Case {
        chrome,
        errors,
        id: shown.id.clone(),
        reference: shown.reference.clone(),
        kind: kind_label(&shown),
        state: state(&shown.state),
        marking: shown.marking_label.clone(),
        due: words::due(&here.web, shown.due_at),
        in_hand: work::in_hand(&shown),
        to_do: work::to_do(here, &shown),
        facts: facts(&here.web, &directory, &shown),
        work: work::sections(&directory, &shown),
        links: work::links(&shown),
        acts: work::acts(&shown),
        report_href,
        files: super::evidence::part_of_case(&shown),
        timeline: shown.timeline.iter().map(entry).collect(),
        summary: (may("print") && copies(&shown).contains(&CopyKind::Safeguarding)).then(|| SummaryForm {
            token: token(),
            purpose: here.web.profile().purposes().into_iter().next().map(|(code, _)| code).unwrap_or_default(),
        }),
        note: may("note").then(|| NoteForm { token: token(), ..note }),
        close: may("close").then(|| CloseForm { token: token(), outcomes: choices::OUTCOMES.to_vec(), ..close }),
        correct: may("correct").then(|| CorrectForm {
            token: token(),
            fields: shown.correctable.iter().map(|one| Choice::owned(one.field.clone(), one.label.clone())).collect(),
            ..correct
        }),
    };
    Ok(page(status, &case))
}

/// The copies that there are of it.
pub(super) fn copies(shown: &CaseShown) -> &'static [CopyKind] {
    CaseKind::parse(&shown.kind).map_or(&[], CopyKind::of)
}

fn kind_label(shown: &CaseShown) -> String {
    CaseKind::parse(&shown.kind).map_or_else(|| shown.kind.clone(), |kind| kind.label().to_owned())
}

fn facts(web: &Web, directory: &Directory, shown: &CaseShown) -> Vec<SummaryRow> {
    let mut rows = vec![
        SummaryRow::new("School", vec![words::school_name(directory, &shown.school)]),
        SummaryRow::new("What it deals with", vec![shown.matter_label.clone()]),
        SummaryRow::new("What the matter is", vec![shown.summary.clone()]),
    ];
    let mut add = |key: &str, values: Vec<String>| {
        if !values.is_empty() {
            rows.push(SummaryRow::new(key, values));
        }
    };
    add("Reported as", words::texts(choices::TYPES, &shown.types));
    add("Pupils", words::pupils(&shown.pupils));
    add("Staff", words::staff(&shown.staff));
    add("Reported by", shown.reporter.iter().map(words::reporter).collect());
    add("Action to be taken", shown.action.iter().cloned().collect());
    add("Owner", vec![words::address(web, directory, &shown.owner)]);
    add("Opened", vec![words::when(shown.opened_at)]);
    add("Reference on paper", shown.source_reference.iter().cloned().collect());
    let outcome = shown.outcome.iter().map(|code| text(choices::OUTCOMES, code).to_owned());
    add("Outcome", outcome.chain(shown.outcome_reason.clone()).collect());
    rows
}

fn entry(entry: &wardbook_app::shown::TimelineEntry) -> TimelineEntry {
    TimelineEntry {
        what: entry.what.clone(),
        who: entry.by.clone().unwrap_or_else(|| "Wardbook".to_owned()),
        at: rfc3339(entry.at.as_micros()),
        when: words::when(entry.at),
        text: entry.text.clone().unwrap_or_default(),
    }
}
