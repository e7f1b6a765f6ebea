//! `/account/sessions` and `/account/tokens`: what of a person's own lets somebody in, and how to end it.

use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_domain::Instant;
use wardbook_domain::field::Invalid;

use super::super::answer::{Answer, capital, page, see_other};
use super::super::visitor::{Here, Posted, Visitor as _};
use crate::pages::account::{NewToken, SecretOnce, SessionRow, Sessions, TokenRow, Tokens};
use crate::pages::forms::FormErrors;

/// `GET /account/sessions`.
pub(crate) async fn sessions(here: Here) -> Answer {
    let sessions = here.web.sessions(&here.caller, here.session()).await.map_err(|error| here.refuse(error))?;
    let rows = sessions.into_iter().map(|session| SessionRow {
        id: session.id,
        begun: session.begun.in_london_short(),
        used: session.used.in_london_short(),
        this_one: session.this_one,
    });
    Ok(page(StatusCode::OK, &Sessions { chrome: here.chrome(), rows: rows.collect() }))
}

/// `POST /account/sessions/end`.
pub(crate) async fn end_session(Posted(here, fields): Posted<Here>) -> Answer {
    match here.web.end_session(&here.caller, &fields.one("session")).await {
        // It may have ended by itself.
        Ok(()) | Err(AppError::NotFound) => Ok(see_other("/account/sessions")),
        Err(error) => Err(here.refuse(error)),
    }
}

/// `GET /account/tokens`.
pub(crate) async fn tokens(here: Here) -> Answer {
    let tokens = here.web.tokens(&here.caller).await.map_err(|error| here.refuse(error))?;
    let rows = tokens.into_iter().map(|token| TokenRow {
        id: token.id,
        label: token.label,
        made: token.made_at.map(Instant::in_london_short).unwrap_or_default(),
        until: token.expires_at.in_london_short(),
        exports: token.exports,
    });
    Ok(page(StatusCode::OK, &Tokens { chrome: here.chrome(), rows: rows.collect() }))
}

/// `GET /account/tokens/new`: needs a code of the last minutes.
pub(crate) async fn new_token(here: Here) -> Answer {
    here.prove("/account/tokens/new")?;
    Ok(page(StatusCode::OK, &NewToken { chrome: here.chrome(), errors: FormErrors::default(), label: String::new(), exports: vec![] }))
}

/// `POST /account/tokens/new`: the token is shown this once.
pub(crate) async fn make_token(Posted(here, fields): Posted<Here>) -> Answer {
    here.prove("/account/tokens/new")?;
    let label = fields.one("label");
    let exports = fields.all("exports");
    match here.web.make_token(&here.standing, &label, !exports.is_empty()).await {
        Ok(token) => Ok(page(
            StatusCode::OK,
            &SecretOnce {
                chrome: here.chrome(),
                title: "Your token".to_owned(),
                secret: token.secret,
                paragraphs: vec![
                    format!("It works until {}, and is shown this once: copy it now.", token.expires_at.in_london_short()),
                    "Whoever has it can do what you can do. Keep it as you keep your password.".to_owned(),
                ],
                link: ("Back to your tokens".to_owned(), "/account/tokens".to_owned()),
            },
        )),
        Err(AppError::Invalid(Invalid(list))) => {
            let mut errors = FormErrors::default();
            for error in list {
                errors.add("label", capital(&format!("this {}", error.problem)));
            }
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &NewToken { chrome: here.chrome(), errors, label, exports }))
        }
        Err(error) => Err(here.refuse(error)),
    }
}

/// `POST /account/tokens/end`.
pub(crate) async fn end_token(Posted(here, fields): Posted<Here>) -> Answer {
    match here.web.end_token(&here.caller, &fields.one("token")).await {
        Ok(()) | Err(AppError::NotFound) => Ok(see_other("/account/tokens")),
        Err(error) => Err(here.refuse(error)),
    }
}
