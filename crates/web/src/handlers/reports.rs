//! `/reports/{id}`: a report and the acts that are open on it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::shown::ReportShown;
use wardbook_domain::report::{AdultNamed, Assess, AssessmentCategory};

use super::answer::{Answer, Stop, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::fields::Fields;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::forms::FormErrors;
use crate::pages::report::{AssessForm, Report};
use crate::pages::summary::{StateTag, TagColour};

/// `GET /reports/{id}`.
pub(crate) async fn show(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    draw(&here, &id, StatusCode::OK, command::done(&query), None).await
}

/// `POST /reports/{id}/receive`.
pub(crate) async fn receive(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    here.web.receive(&here.caller, number, command.conditions()).await.map_err(|error| here.refuse_at(error, &href))?;
    Ok(see_other(&format!("{href}?done=received")))
}

/// `POST /reports/{id}/assess`.
pub(crate) async fn assess(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let (ask, mut errors) = asked(&fields);
    if !errors.any() {
        match here.web.assess(&here.caller, number, &ask, command.conditions()).await {
            Ok(_) => return Ok(see_other(&format!("{href}?done=assessed"))),
            Err(AppError::Invalid(invalid)) => errors = page_errors(invalid, PLACES),
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    draw(&here, &id, StatusCode::UNPROCESSABLE_ENTITY, None, Some((typed(&fields), errors))).await
}

/// Where the use case's fields stand on the page, and how a sentence about them begins.
const PLACES: &[(&str, &str, &str)] = &[
    ("categories", "assessment", "the assessment"),
    ("reason", "reason", "the reason"),
    ("action", "action_to_be_taken", "the action"),
    ("shared", "shared", "what others may know"),
    ("subjects", "subjects", "the names"),
];

fn typed(fields: &Fields) -> AssessForm {
    AssessForm {
        assessment: fields.all("assessment"),
        assessment_other: fields.one("assessment_other"),
        reason: fields.one("reason"),
        action_to_be_taken: fields.one("action_to_be_taken"),
        shared: fields.one("shared"),
        subjects: fields.one("subjects"),
        ..AssessForm::default()
    }
}

/// The assessment as asked for, with what only the page can tell is wrong.
fn asked(fields: &Fields) -> (Assess, FormErrors) {
    let form = typed(fields);
    let mut errors = FormErrors::default();
    let categories: Vec<_> = form.assessment.iter().filter_map(|code| AssessmentCategory::parse(code)).collect();
    if form.assessment.is_empty() {
        errors.add("assessment", "Tick at least one");
    } else if categories.len() < form.assessment.len() {
        errors.add("assessment", "Tick what is on the list");
    }
    let other = form.assessment_other.trim();
    let is_other = categories.contains(&AssessmentCategory::Other);
    if is_other && other.is_empty() {
        errors.add("assessment_other", "Say what it is");
    }
    if form.reason.trim().is_empty() {
        errors.add("reason", "Say why you assess it so");
    }
    // The book has no field of its own for what "other" is: it stands with the reason.
    let reason = if is_other { format!("Other: {other}\n\n{}", form.reason) } else { form.reason };
    let action = (!form.action_to_be_taken.trim().is_empty()).then_some(form.action_to_be_taken);
    let shared = (!form.shared.trim().is_empty()).then_some(form.shared);
    let names = form.subjects.lines().map(str::trim).filter(|name| !name.is_empty());
    let subjects = names.map(|name| AdultNamed { staff_id: None, name: name.to_owned() }).collect();
    (
        Assess {
            categories,
            reason,
            action,
            shared,
            subjects,
            other: None,
            told: vec![],
            follow_up: None,
            review_on: None,
            declaration: None,
        },
        errors,
    )
}

pub(super) async fn draw(
    here: &Here,
    id: &str,
    status: StatusCode,
    banner: Option<String>,
    again: Option<(AssessForm, FormErrors)>,
) -> Answer {
    let number = parse_id(id).map_err(|error| here.refuse(error))?;
    let shown = here.web.report(&here.caller, number, "report").await.map_err(|error| here.refuse(error))?;
    render(here, &shown, status, banner, again).await
}

async fn render(
    here: &Here,
    shown: &ReportShown,
    status: StatusCode,
    banner: Option<String>,
    again: Option<(AssessForm, FormErrors)>,
) -> Answer {
    let refuse = |error| here.refuse(error);
    let directory = here.web.directory().await.map_err(refuse)?;
    let seen = here.web.etag(&here.caller, shown).map_err(refuse)?;
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let (form, errors) = again.unwrap_or_default();
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let report = Report {
        chrome,
        errors,
        id: shown.id.clone(),
        reference: shown.reference.clone(),
        kind: words::kind(&shown.types),
        state: state(shown),
        due: words::due(&here.web, shown.due_at),
        sections: words::report_sections(&here.web, &directory, shown),
        files: super::evidence::part(here, shown, &seen),
        receive: may("receive").then(|| token(here, &seen)),
        assess: may("assess").then(|| AssessForm { token: token(here, &seen), ..form }),
        case_href: case_href(here, shown).await?,
    };
    Ok::<Response, Stop>(page(status, &report))
}

fn state(shown: &ReportShown) -> StateTag {
    match shown.state.as_deref() {
        Some("filed") => StateTag::new("Waiting to be received", TagColour::Blue),
        Some("received") => StateTag::new("Received", TagColour::Yellow),
        Some(_) => StateTag::new("Assessed", TagColour::Green),
        None => StateTag::new("Your copy", TagColour::Grey),
    }
}

/// The first of the cases it became that this reader may open; one that they may not is not in the page.
async fn case_href(here: &Here, shown: &ReportShown) -> Result<Option<String>, Stop> {
    for category in shown.assessment.iter().flat_map(|assessed| &assessed.categories) {
        let case = parse_id(&category.case).map_err(|error| here.refuse(error))?;
        if here.web.may_open_case(&here.caller, case).await.map_err(|error| here.refuse(error))? {
            return Ok(Some(format!("/cases/{}", category.case)));
        }
    }
    Ok(None)
}
