//! `/reports/{id}/act/{verb}`: handing a report over, putting it off, a copy of it on paper.

use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::import::parse_named;
use wardbook_app::shown::{AddressShown, ReportShown};

use super::super::access;
use super::super::answer::{Answer, Stop, see_other};
use super::super::command::Command;
use super::super::reports::copy;
use super::super::visitor::{Here, Posted};
use super::super::words;
use super::{Form, body, draw, forms, wrong};
use crate::pages::acts::ActOn;
use crate::pages::forms::{Choice, FormErrors};

/// `GET /reports/{id}/act/{verb}`.
pub(crate) async fn show(here: Here, Path((id, verb)): Path<(String, String)>) -> Answer {
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let report = here.web.report(&here.caller, number, "report").await.map_err(|error| here.refuse(error))?;
    let form = form(&here, &report, &verb).await?;
    prove(&here, &id, &form)?;
    draw_report(&here, &report, form, StatusCode::OK, FormErrors::default())
}

/// `POST /reports/{id}/act/{verb}`.
pub(crate) async fn act(Path((id, verb)): Path<(String, String)>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let report = here.web.report_to_act_on(&here.caller, number).await.map_err(|error| here.refuse(error))?;
    let mut form = form(&here, &report, &verb).await?;
    prove(&here, &id, &form)?;
    let (body, mut errors) = body(&mut form, &fields);
    if !errors.any() {
        match Box::pin(send(&here, number, &verb, body, &command)).await {
            Ok(shown) if verb == forms::PRINT => {
                return copy::file(&here.web, &shown, &here.caller.name).await.map_err(|error| here.refuse(error));
            }
            Ok(_) => return Ok(see_other(&format!("{href}?done=act"))),
            Err(AppError::Invalid(invalid)) => errors = wrong(invalid, &form),
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    let report = here.web.report(&here.caller, number, "report").await.map_err(|error| here.refuse(error))?;
    draw_report(&here, &report, form, StatusCode::UNPROCESSABLE_ENTITY, errors)
}

/// Sends the form as the API would be sent it.
async fn send(here: &Here, id: [u8; 16], verb: &str, body: Map<String, Value>, command: &Command) -> Result<ReportShown, AppError> {
    let (web, caller, conditions) = (&here.web, &here.caller, command.conditions());
    match verb {
        "hand-over" => web.hand_report_over(caller, id, &parse_named(&bytes(handed_to(body)))?, conditions).await,
        "snooze" => web.snooze_report(caller, id, &parse_named(&bytes(body))?, conditions).await,
        forms::PRINT => web.print_report(caller, id, &parse_named(&bytes(body))?, conditions).await,
        _ => Err(AppError::NotFound),
    }
}

fn bytes(body: Map<String, Value>) -> Vec<u8> {
    Value::Object(body).to_string().into_bytes()
}

/// The page has duty and school in one answer; none stays an empty one, so that all that is wrong is said at once.
fn handed_to(mut body: Map<String, Value>) -> Map<String, Value> {
    let to = body.get("duty").and_then(Value::as_str).and_then(access::place);
    body.insert("duty".to_owned(), to.as_ref().map_or("", |to| to.duty.as_str()).into());
    body.extend(to.and_then(|to| to.school).map(|school| ("school".to_owned(), school.into())));
    body
}

async fn form(here: &Here, report: &ReportShown, verb: &str) -> Result<Form, Stop> {
    // What may not be done now has no page, as what is not there has none.
    if !report.may.iter().any(|may| may == verb) {
        return Err(here.refuse(AppError::NotFound));
    }
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let choice = |to: &AddressShown| Some(Choice::owned(access::value(&to.address()?), words::address(&here.web, &directory, to)));
    let to = report.hand_to.iter().filter_map(choice).collect();
    forms::of_report(verb, report, to, &here.web.profile()).ok_or_else(|| here.refuse(AppError::NotFound))
}

fn prove(here: &Here, id: &str, form: &Form) -> Result<(), Stop> {
    if form.verb == forms::PRINT { here.prove(&format!("/reports/{id}/act/{}", forms::PRINT)) } else { Ok(()) }
}

fn draw_report(here: &Here, report: &ReportShown, form: Form, status: StatusCode, errors: FormErrors) -> Answer {
    let seen = here.web.etag(&here.caller, report).map_err(|error| here.refuse(error))?;
    let on = (ActOn::Report, format!("/reports/{}", report.id), report.reference.clone());
    Ok(draw(here, on, &seen, form, (status, errors)))
}
