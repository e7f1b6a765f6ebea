//! `/enrol` and `/account/password`: choosing a password with a one-time code, and changing it.

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_app::AppError;
use wardbook_app::accounts::Must;
use wardbook_domain::field::Invalid;
use wardbook_domain::trace::Failed;

use super::super::answer::{Answer, capital, page, refusal, see_other, too_many_attempts};
use super::super::fields::Fields;
use super::super::visitor::{Asked, Posted, Stranger, Unfinished, Visitor as _, own_path};
use super::TYPED_MAX;
use super::sign_in::turned_away;
use crate::pages::account::{ChangePassword, Enrol};
use crate::pages::forms::FormErrors;

/// `GET /enrol`.
pub(crate) async fn show_enrol(stranger: Stranger) -> Response {
    stranger.remember(enrol_page(&stranger, StatusCode::OK, FormErrors::default(), String::new()))
}

/// `POST /enrol`: uses a one-time code.
pub(crate) async fn enrol(Posted(stranger, fields): Posted<Stranger>) -> Answer {
    if let Err(wait) = stranger.web.limits.enrol(&stranger.visitor) {
        turned_away(&stranger, None, Failed::TooMany, None).await?;
        return Ok(too_many_attempts(stranger.chrome(), wait));
    }
    let code = fields.one("code");
    let mut errors = FormErrors::default();
    if code.trim().is_empty() || code.len() > TYPED_MAX {
        errors.add("code", "Enter the one-time code that you were given");
    }
    let password = chosen(&fields, &mut errors);
    if !errors.any() {
        match stranger.web.enrol(&code, &password).await {
            Ok(()) => return Ok(see_other("/sign-in?done=enrolled")),
            Err(AppError::Invalid(invalid)) => say(invalid, &mut errors),
            Err(error) => return Err(refusal(stranger.chrome(), error, "/enrol")),
        }
    }
    Ok(enrol_page(&stranger, StatusCode::UNPROCESSABLE_ENTITY, errors, code))
}

fn enrol_page(stranger: &Stranger, status: StatusCode, errors: FormErrors, code: String) -> Response {
    let password_rules = stranger.web.password_rules().in_words();
    page(status, &Enrol { chrome: stranger.chrome(), errors, code, password_rules, trusts: !stranger.web.is_alone() })
}

/// `GET /account/password`.
pub(crate) async fn show(Unfinished(here): Unfinished, Asked(query): Asked) -> Response {
    let next = own_path(query.get("next").unwrap_or_default()).to_owned();
    change_page(&Unfinished(here), StatusCode::OK, FormErrors::default(), next)
}

/// `POST /account/password`: the old one is asked, whoever sits there.
pub(crate) async fn change(Posted(Unfinished(here), fields): Posted<Unfinished>) -> Answer {
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    if let Err(wait) = here.web.limits.prove(here.session()) {
        return Ok(too_many_attempts(here.chrome(), wait));
    }
    let old = fields.one("old");
    let mut errors = FormErrors::default();
    if old.is_empty() || old.len() > TYPED_MAX {
        errors.add("old", "Enter the password that you have now");
    }
    let password = chosen(&fields, &mut errors);
    if !errors.any() {
        match here.web.change_password(here.session(), &old, &password).await {
            Ok(Some(())) => return Ok(see_other(&next)),
            Ok(None) => errors.add("old", "This is not the password that you have now"),
            Err(AppError::Invalid(invalid)) => say(invalid, &mut errors),
            Err(error) => return Err(here.refuse_at(error, "/account/password")),
        }
    }
    Ok(change_page(&Unfinished(here), StatusCode::UNPROCESSABLE_ENTITY, errors, next))
}

fn change_page(here: &Unfinished, status: StatusCode, errors: FormErrors, next: String) -> Response {
    let password_rules = here.0.web.password_rules().in_words();
    let due = here.0.standing.must == Some(Must::ChangePassword);
    let next = if next == "/" { String::new() } else { next };
    page(status, &ChangePassword { chrome: here.chrome(), errors, password_rules, due, next })
}

/// The new password, typed twice.
fn chosen(fields: &Fields, errors: &mut FormErrors) -> String {
    let password = fields.one("password");
    if password.is_empty() {
        errors.add("password", "Enter a new password");
    } else if password != fields.one("password_again") {
        errors.add("password_again", "The two passwords are not the same");
    }
    password
}

/// What the rules say, at the fields of the page.
fn say(Invalid(list): Invalid, errors: &mut FormErrors) {
    for error in list {
        errors.add(error.field.clone(), capital(&format!("the {} {}", error.field, error.problem)));
    }
}
