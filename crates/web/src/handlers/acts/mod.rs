//! `/cases/{id}/act/{verb}`: the page of one act on a case, and the act. What a form sends becomes the body that the API takes, so that both
//! are judged by the same rules. `forms.rs` has the questions of each act; `report.rs` the few acts on a report that go the same way.

mod forms;
pub(crate) mod report;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};
use wardbook_app::AppError;
use wardbook_app::cases::{CaseAct, parse_id};
use wardbook_app::shown::CaseShown;
use wardbook_domain::case::CopyKind;
use wardbook_domain::field::Invalid;

use super::answer::{Answer, page, see_other};
use super::cases::copy;
use super::command::{Command, page_errors, token};
use super::fields::Fields;
use super::moment::{Needs, Said, Typed as At};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use crate::pages::acts::{Act, ActOn, Input, InputKind};
use crate::pages::forms::{Choice, FormErrors};
use forms::Form;

/// `GET /cases/{id}/act/{verb}`; `of` says which step, action, question or copy it is about.
pub(crate) async fn show(here: Here, Path((id, verb)): Path<(String, String)>, Asked(query): Asked) -> Answer {
    let case = here.web.case(&here.caller, parse_id(&id).map_err(|error| here.refuse(error))?).await.map_err(|error| here.refuse(error))?;
    let of = query.get("of").unwrap_or_default();
    let form = form(&here, &case, &verb, of).await?;
    prove(&here, &id, &form, of)?;
    draw_case(&here, &case, form, StatusCode::OK, FormErrors::default())
}

/// `POST /cases/{id}/act/{verb}`.
pub(crate) async fn act(Path((id, verb)): Path<(String, String)>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/cases/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let case = here.web.case_to_act_on(&here.caller, number).await.map_err(|error| here.refuse(error))?;
    let mut form = form(&here, &case, &verb, &fields.one("of")).await?;
    prove(&here, &id, &form, &fields.one("kind"))?;
    let (body, mut errors) = body(&mut form, &fields);
    if !errors.any() {
        let outcome = match CaseAct::read(&verb, Value::Object(body).to_string().as_bytes()) {
            Ok(ask) => {
                here.web.act_on_case(&here.caller, number, &ask, command.conditions()).await.map(|shown| shown.map(|shown| (shown, ask)))
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(Some((shown, CaseAct::Print(made)))) => {
                return copy::file(&here.web, &shown, made.kind, &here.caller.name).await.map_err(|error| here.refuse(error));
            }
            Ok(Some(_)) => return Ok(see_other(&format!("{href}?done=act"))),
            Ok(None) => return Ok(see_other("/queue?done=away")),
            Err(AppError::Invalid(invalid)) => errors = wrong(invalid, &form),
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    let case = here.web.case(&here.caller, number).await.map_err(|error| here.refuse(error))?;
    draw_case(&here, &case, form, StatusCode::UNPROCESSABLE_ENTITY, errors)
}

/// What the use case found wrong, at its places on the page.
fn wrong(Invalid(mut list): Invalid, form: &Form) -> FormErrors {
    // What is open on the case is no input of this form.
    for error in list.iter_mut().filter(|error| ["steps.", "actions.", "questions."].iter().any(|start| error.field.starts_with(start))) {
        "main-content".clone_into(&mut error.field);
    }
    let invalid = Invalid(list);
    let places = form.places();
    let places: Vec<_> = places.iter().map(|(field, at)| (field.as_str(), at.as_str(), "this")).collect();
    page_errors(invalid, &places)
}

async fn form(here: &Here, case: &CaseShown, verb: &str, of: &str) -> Result<Form, super::answer::Stop> {
    // What may not be done now has no page, as what is not there has none.
    if !case.may.iter().any(|may| may == verb) {
        return Err(here.refuse(AppError::NotFound));
    }
    let readers = if verb == "plan" {
        let number = parse_id(&case.id).map_err(|error| here.refuse(error))?;
        here.web.readers_of_case(&here.caller, number).await.map_err(|error| here.refuse(error))?
    } else {
        vec![]
    };
    let readers = readers.into_iter().map(|(person, name)| Choice::owned(person.to_string(), name)).collect();
    forms::of(verb, case, of, readers, &here.web.profile()).ok_or_else(|| here.refuse(AppError::NotFound))
}

/// What leaves on paper needs a code of the second factor first; `kind` is the copy that was wanted.
fn prove(here: &Here, id: &str, form: &Form, kind: &str) -> Result<(), super::answer::Stop> {
    if form.verb != forms::PRINT {
        return Ok(());
    }
    let kind = CopyKind::parse(kind).unwrap_or(CopyKind::Record);
    here.prove(&format!("/cases/{id}/act/{}?of={kind}", forms::PRINT))
}

/// The body of the act, from what the form sent; what was typed stays on the form.
fn body(form: &mut Form, fields: &Fields) -> (Map<String, Value>, FormErrors) {
    let (mut body, mut errors) = (Map::new(), FormErrors::default());
    for input in &mut form.inputs {
        let sent = match &mut input.kind {
            InputKind::Moment(moment) => {
                let prefix = moment.prefix.clone();
                let first = At::read(fields, &prefix, &At::default());
                let at = At::read(fields, &prefix, &At { which: fields.one(&format!("{prefix}which")), ..first });
                at.check(&prefix, Needs::Both, &mut errors);
                *moment = at.moment(&prefix);
                at.said(Needs::Both).and_then(Said::instant).map(|at| at.to_string()).unwrap_or_default()
            }
            _ => fields.one(&input.id),
        };
        if !matches!(input.kind, InputKind::Moment(_)) {
            input.value.clone_from(&sent);
        }
        put(&mut body, input, sent);
    }
    (body, errors)
}

/// Puts an answer where the API has it: `facts.asset` into the object `facts`. What may be left empty is left out then; what may not is judged
/// with all the rest, so that a person hears of everything at once.
fn put(body: &mut Map<String, Value>, input: &Input, sent: String) {
    let id = input.id.as_str();
    if id == "of" || (sent.trim().is_empty() && !input.needed) {
        return;
    }
    let value = match sent.as_str() {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::String(sent),
    };
    match id.split_once('.') {
        Some((outer, inner)) => {
            let object = body.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(object) = object {
                object.insert(inner.to_owned(), value);
            }
        }
        None => {
            body.insert(id.to_owned(), value);
        }
    }
}

fn draw_case(here: &Here, case: &CaseShown, form: Form, status: StatusCode, errors: FormErrors) -> Answer {
    let seen = here.web.etag(&here.caller, case).map_err(|error| here.refuse(error))?;
    let on = (ActOn::Case, format!("/cases/{}", case.id), case.reference.clone());
    Ok(draw(here, on, &seen, form, (status, errors)))
}

fn draw(here: &Here, (on, href, reference): (ActOn, String, String), seen: &str, form: Form, told: (StatusCode, FormErrors)) -> Response {
    let (status, errors) = told;
    let act = Act {
        chrome: here.chrome(),
        errors,
        on,
        href,
        reference,
        verb: form.verb.to_owned(),
        title: form.title,
        intro: form.intro,
        token: token(here, seen),
        inputs: form.inputs,
        button: form.button,
    };
    page(status, &act)
}
