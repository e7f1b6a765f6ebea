//! Signing in and out, choosing a password, the start page, and what Wardbook keeps.

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_app::AppError;
use wardbook_domain::Duty;
use wardbook_domain::field::Invalid;

use super::answer::{Answer, capital, page, refusal, see_other, too_many_attempts};
use super::visitor::{Asked, Here, Posted, Stranger, Visitor as _, forget_session, own_path};
use crate::pages::account::{Enrol, SignIn, WhatWeKeep};
use crate::pages::forms::FormErrors;

/// Longer than any e-mail or password: refused before a hash is paid for.
const TYPED_MAX: usize = 1_000;
const WRONG_PAIR: &str = "Check your email address and password";

/// `GET /`: the page of a person's daily work.
pub(crate) async fn home(here: Here) -> Response {
    let only_reports = here.caller.duties.iter().all(|held| held.duty == Duty::Reporter);
    see_other(if only_reports { "/file" } else { "/queue" })
}

/// `GET /what-we-keep`.
pub(crate) async fn what_we_keep(here: Option<Here>, stranger: Stranger) -> Response {
    let chrome = here.map_or_else(|| stranger.chrome(), |here| here.chrome());
    stranger.remember_for_the_strip(page(StatusCode::OK, &WhatWeKeep { chrome }))
}

/// `GET /sign-in`.
pub(crate) async fn show_sign_in(stranger: Stranger, here: Option<Here>, Asked(query): Asked) -> Response {
    let next = own_path(query.get("next").unwrap_or_default());
    if here.is_some() {
        return see_other(next);
    }
    let mut chrome = stranger.chrome();
    chrome.banner = (query.get("done") == Some("enrolled")).then(|| "Your password is saved. Sign in with it".to_owned());
    let next = if next == "/" { String::new() } else { next.to_owned() };
    stranger.remember(page(StatusCode::OK, &SignIn { chrome, errors: FormErrors::default(), email: String::new(), next }))
}

/// `POST /sign-in`. A wrong password and an unknown account are one answer.
pub(crate) async fn sign_in(Posted(stranger, fields): Posted<Stranger>) -> Answer {
    let (email, password) = (fields.one("email").trim().to_owned(), fields.one("password"));
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    if let Err(wait) = stranger.web.limits.sign_in(&email, &stranger.visitor, stranger.is_known_to(&email)) {
        return Ok(too_many_attempts(stranger.chrome(), wait));
    }
    let refuse = |error| refusal(stranger.chrome(), error, "/sign-in");
    let fits = !email.is_empty() && email.len() <= TYPED_MAX && !password.is_empty() && password.len() <= TYPED_MAX;
    let session = if fits { stranger.web.sign_in(&email, &password).await.map_err(refuse)? } else { None };
    let Some(session) = session else {
        let mut errors = FormErrors::default();
        errors.add("email", WRONG_PAIR);
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &SignIn { chrome: stranger.chrome(), errors, email, next }));
    };
    if let Some(old) = &stranger.session {
        stranger.web.sign_out(old).await.map_err(refuse)?;
    }
    Ok(stranger.signed_in(see_other(&next), &session, &email))
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(Posted(here, _): Posted<Here>) -> Answer {
    here.web.sign_out(here.session()).await.map_err(|error| here.refuse(error))?;
    Ok(forget_session(see_other("/sign-in"), &here.web.options))
}

/// `GET /enrol`.
pub(crate) async fn show_enrol(stranger: Stranger) -> Response {
    stranger.remember(enrol_page(&stranger, StatusCode::OK, FormErrors::default(), String::new()))
}

/// `POST /enrol`: uses a one-time code.
pub(crate) async fn enrol(Posted(stranger, fields): Posted<Stranger>) -> Answer {
    if let Err(wait) = stranger.web.limits.enrol(&stranger.visitor) {
        return Ok(too_many_attempts(stranger.chrome(), wait));
    }
    let (code, password) = (fields.one("code"), fields.one("password"));
    let mut errors = FormErrors::default();
    if code.trim().is_empty() || code.len() > TYPED_MAX {
        errors.add("code", "Enter the one-time code that you were given");
    }
    if password.is_empty() {
        errors.add("password", "Enter a new password");
    } else if password != fields.one("password_again") {
        errors.add("password_again", "The two passwords are not the same");
    }
    if !errors.any() {
        match stranger.web.enrol(&code, &password).await {
            Ok(()) => return Ok(see_other("/sign-in?done=enrolled")),
            Err(AppError::Invalid(Invalid(list))) => {
                for error in list {
                    errors.add(error.field.clone(), capital(&format!("the {} {}", error.field, error.problem)));
                }
            }
            Err(error) => return Err(refusal(stranger.chrome(), error, "/enrol")),
        }
    }
    Ok(enrol_page(&stranger, StatusCode::UNPROCESSABLE_ENTITY, errors, code))
}

fn enrol_page(stranger: &Stranger, status: StatusCode, errors: FormErrors, code: String) -> Response {
    let password_rules = [
        "Use at least 12 characters; three random words make a good password",
        "Leave out the name in your email address",
        "Choose one that you have not used here before",
    ];
    let password_rules = password_rules.map(str::to_owned).to_vec();
    page(status, &Enrol { chrome: stranger.chrome(), errors, code, password_rules })
}
