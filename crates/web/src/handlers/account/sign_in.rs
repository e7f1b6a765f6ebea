//! `/sign-in`, `/sign-in/code`, `/sign-in/browser`, `/sign-out`.

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_app::AppError;
use wardbook_app::accounts::{ELSEWHERE, SignIn as Tried};
use wardbook_domain::field::Invalid;
use wardbook_domain::trace::Failed;

use super::super::answer::{Answer, Stop, held_up, page, refusal, see_other, too_many_attempts};
use super::super::visitor::{Asked, Here, Posted, Stranger, Unfinished, Visitor as _, encoded, forget_session, own_path};
use super::TYPED_MAX;
use crate::pages::account::{SignIn, SignInBrowser, SignInCode};
use crate::pages::forms::{Choice, FormErrors};

const WRONG_PAIR: &str = "Check your email address and password";
const WRONG_RECOVERY: &str = "Check your email address and the recovery code; each code works once";
const WRONG_CODE: &str = "Check the code, or sign in again if you have waited for long";

/// `GET /sign-in`.
pub(crate) async fn show(stranger: Stranger, here: Option<Here>, Asked(query): Asked) -> Answer {
    let next = own_path(query.get("next").unwrap_or_default());
    if here.is_some() {
        return Ok(see_other(next));
    }
    let next = if next == "/" { String::new() } else { next.to_owned() };
    let mut form = form(&stranger, FormErrors::default(), String::new(), next).await?;
    form.chrome.banner = match query.get("done") {
        Some("enrolled") => Some("Your password is saved. Sign in with it".to_owned()),
        Some("browser") => Some("This browser is known as yours now. Sign in as always".to_owned()),
        Some("joined") => Some("The code is used. Sign in again, with the password that you have".to_owned()),
        _ => None,
    };
    Ok(stranger.remember(page(StatusCode::OK, &form)))
}

async fn form(stranger: &Stranger, errors: FormErrors, email: String, next: String) -> Result<SignIn, Stop> {
    let schools = stranger.web.sites().await.map_err(|error| refusal(stranger.chrome(), error, "/sign-in"))?;
    let mut sites: Vec<Choice> = schools.into_iter().map(|(value, name)| Choice::owned(value, name)).collect();
    if stranger.web.asks_for_site() {
        sites.push(Choice::owned(ELSEWHERE, "At none of our schools"));
    }
    Ok(SignIn { chrome: stranger.chrome(), errors, email, sites, site: String::new(), next })
}

/// `POST /sign-in`. A wrong password and an unknown account are one answer.
pub(crate) async fn sign_in(Posted(stranger, fields): Posted<Stranger>) -> Answer {
    let (email, password) = (fields.one("email").trim().to_owned(), fields.one("password"));
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    if let Err(wait) = stranger.web.limits.sign_in(&email, &stranger.visitor, stranger.is_known_to(&email)) {
        turned_away(&stranger, Some(&email), Failed::TooMany, fields.get("site")).await?;
        return Ok(held_up(stranger.chrome(), wait));
    }
    let refuse = |error| refusal(stranger.chrome(), error, "/sign-in");
    let fits = !email.is_empty() && email.len() <= TYPED_MAX && !password.is_empty() && password.len() <= TYPED_MAX;
    let tried = if fits {
        stranger.web.sign_in(&email, &password, fields.get("site")).await
    } else {
        turned_away(&stranger, Some(&email), Failed::Password, fields.get("site")).await?;
        Ok(Tried::Wrong)
    };
    let mut errors = FormErrors::default();
    let signed_in = match tried {
        Ok(Tried::Wrong) => {
            errors.add("email", WRONG_PAIR);
            None
        }
        // Only the site can be wrong in a way that is told: it is asked before the password is looked at.
        Err(AppError::Invalid(Invalid(_))) => {
            errors.add("site", "Choose where you are now");
            None
        }
        Err(error) => return Err(refuse(error)),
        Ok(right) => Some(right),
    };
    let Some(signed_in) = signed_in else {
        let mut form = form(&stranger, errors, email, next).await?;
        form.site = fields.one("site");
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    if let Some(old) = &stranger.session {
        stranger.web.sign_out(old).await.map_err(refuse)?;
    }
    Ok(match signed_in {
        Tried::In(session) => stranger.signed_in(see_other(&next), &session, &email),
        Tried::Code(half) => stranger.half_signed_in(see_other(&format!("/sign-in/code?next={}", encoded(&next))), &half),
        Tried::Wrong => unreachable!("a wrong password was answered above"),
    })
}

/// `GET /sign-in/code`: the same page for everybody, whether or not a password was given.
pub(crate) async fn show_code(stranger: Stranger, Asked(query): Asked) -> Response {
    let next = own_path(query.get("next").unwrap_or_default());
    let next = if next == "/" { String::new() } else { next.to_owned() };
    stranger.remember(page(StatusCode::OK, &SignInCode { chrome: stranger.chrome(), errors: FormErrors::default(), next }))
}

/// `POST /sign-in/code`. A wrong code, and none to whom it belongs, are one answer.
pub(crate) async fn give_code(Posted(stranger, fields): Posted<Stranger>) -> Answer {
    let refuse = |error| refusal(stranger.chrome(), error, "/sign-in");
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    // A browser without a session is answered as one whose session is nobody's.
    let half = stranger.session.clone().unwrap_or_else(|| stranger.visitor.clone());
    let email = stranger.web.half_email(&half).await.map_err(refuse)?;
    let known = email.as_ref().is_some_and(|email| stranger.is_known_to(email));
    if let Err(wait) = stranger.web.limits.code(email.as_ref().unwrap_or(&half), &half, known) {
        turned_away(&stranger, email.as_deref(), Failed::TooMany, None).await?;
        return Ok(too_many_attempts(stranger.chrome(), wait));
    }
    let code = fields.one("code");
    let signed_in = if code.len() <= TYPED_MAX {
        stranger.web.give_code(&half, &code).await.map_err(refuse)?
    } else {
        turned_away(&stranger, email.as_deref(), Failed::Factor, None).await?;
        None
    };
    let Some(signed_in) = signed_in else {
        let mut errors = FormErrors::default();
        errors.add("code", WRONG_CODE);
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &SignInCode { chrome: stranger.chrome(), errors, next }));
    };
    Ok(stranger.signed_in(see_other(&next), &signed_in.session, &signed_in.email))
}

/// `GET /sign-in/browser`.
pub(crate) async fn show_browser(stranger: Stranger) -> Response {
    let form = SignInBrowser { chrome: stranger.chrome(), errors: FormErrors::default(), email: String::new() };
    stranger.remember(page(StatusCode::OK, &form))
}

/// `POST /sign-in/browser`. A wrong code, a used one and an unknown account are one answer. Nobody is signed in by it.
pub(crate) async fn know_browser(Posted(stranger, fields): Posted<Stranger>) -> Answer {
    let (email, code) = (fields.one("email").trim().to_owned(), fields.one("code"));
    if let Err(wait) = stranger.web.limits.browser(&stranger.visitor) {
        turned_away(&stranger, Some(&email), Failed::TooMany, None).await?;
        return Ok(too_many_attempts(stranger.chrome(), wait));
    }
    let refuse = |error| refusal(stranger.chrome(), error, "/sign-in/browser");
    let known = if email.len() <= TYPED_MAX && code.len() <= TYPED_MAX {
        stranger.web.know_browser(&email, &code).await.map_err(refuse)?
    } else {
        turned_away(&stranger, Some(&email), Failed::Factor, None).await?;
        false
    };
    if known {
        return Ok(stranger.known(see_other("/sign-in?done=browser"), &email));
    }
    let mut errors = FormErrors::default();
    errors.add("code", WRONG_RECOVERY);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &SignInBrowser { chrome: stranger.chrome(), errors, email }))
}

/// Puts an attempt on the record that the application never saw (P2-AUDIT-1).
pub(super) async fn turned_away(stranger: &Stranger, email: Option<&str>, wrong: Failed, site: Option<&str>) -> Result<(), Stop> {
    let email = email.filter(|email| email.len() <= TYPED_MAX);
    stranger.web.turned_away(email, wrong, site).await.map_err(|error| refusal(stranger.chrome(), error, "/sign-in"))
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(Posted(Unfinished(here), _): Posted<Unfinished>) -> Answer {
    here.web.sign_out(here.session()).await.map_err(|error| here.refuse(error))?;
    Ok(forget_session(see_other("/sign-in"), &here.web.options))
}
