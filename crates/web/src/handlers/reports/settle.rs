//! `POST /reports/{id}/settle`: a person finds whom a report is about.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_domain::directory::Directory;
use wardbook_domain::field::Invalid;
use wardbook_domain::report::{AdultNamed, Settle};

use super::{Typed, draw};
use crate::handlers::answer::{Answer, capital, see_other};
use crate::handlers::command::Command;
use crate::handlers::visitor::{Here, Posted};
use crate::pages::forms::FormErrors;
use crate::pages::report::SettleForm;

/// `POST /reports/{id}/settle`. What was settled may take the report from whoever settled it; it then goes on without them.
pub(crate) async fn settle(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let form = SettleForm {
        names: fields.one("settle_names"),
        reason: fields.one("settle_reason"),
        nobody: fields.all("settle_nobody"),
        ..SettleForm::default()
    };
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let (ask, mut errors) = asked(&form, &directory);
    if !errors.any() {
        match here.web.settle_subjects(&here.caller, number, &ask, command.conditions()).await {
            Ok(Some(_)) => return Ok(see_other(&format!("{href}?done=settled"))),
            Ok(None) => return Ok(see_other("/queue?done=settled-away")),
            Err(AppError::Invalid(invalid)) => errors = at_fields(invalid, &ask),
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    draw(&here, &id, StatusCode::UNPROCESSABLE_ENTITY, None, Typed { settle: form, errors, ..Typed::default() }).await
}

fn asked(form: &SettleForm, directory: &Directory) -> (Settle, FormErrors) {
    let mut errors = FormErrors::default();
    let lines = form.names.lines().map(str::trim).filter(|line| !line.is_empty());
    // A line may be an id of the staff list, where a name alone fits several people.
    let adult = |line: &str| AdultNamed { staff_id: directory.by_staff_id(line).map(|_| line.to_owned()), name: line.to_owned() };
    let subjects: Vec<_> = lines.map(adult).collect();
    match (subjects.is_empty(), form.nobody.is_empty()) {
        (true, true) => errors.add("settle_names", "Give a name, or tick that it is about no adult"),
        (false, false) => errors.add("settle_names", "Give names or tick that it is about no adult, not both"),
        _ => {}
    }
    if form.reason.trim().is_empty() {
        errors.add("settle_reason", "Say why");
    }
    (Settle { subjects, reason: form.reason.clone() }, errors)
}

/// What the use case found wrong, with the name that was typed.
fn at_fields(Invalid(list): Invalid, ask: &Settle) -> FormErrors {
    let mut errors = FormErrors::default();
    for error in list {
        let index = error.field.strip_prefix("subjects[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        match index.and_then(|index| ask.subjects.get(index)) {
            Some(adult) => errors.add("settle_names", format!("“{}” {}", adult.name, error.problem)),
            None if error.field == "reason" => errors.add("settle_reason", capital(&format!("the reason {}", error.problem))),
            None => errors.add("settle_names", capital(&format!("this list {}", error.problem))),
        }
    }
    errors
}
