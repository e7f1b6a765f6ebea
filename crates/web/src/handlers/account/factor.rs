//! `/account/factor` and `/account/confirm`: the second factor, and a code of it once more.

use axum::http::StatusCode;
use axum::response::Response;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use wardbook_app::AppError;
use wardbook_app::accounts::Must;

use super::super::answer::{Answer, Stop, page, see_other, too_many_attempts};
use super::super::visitor::{Asked, Here, Posted, Unfinished, Visitor as _, own_path};
use super::TYPED_MAX;
use crate::pages::account::{ConfirmCode, RecoveryCodes, SetFactor};
use crate::pages::forms::FormErrors;

const WRONG_CODE: &str = "That code is not right: enter the six digits that the app shows now";
/// Of the picture, in pixels.
const PICTURE_SIZE: u32 = 240;

/// `GET /account/factor`. Who has a second factor already proves it before they set up another.
pub(crate) async fn show(Unfinished(here): Unfinished, Asked(query): Asked) -> Answer {
    let next = own_path(query.get("next").unwrap_or_default()).to_owned();
    prove_first(&here)?;
    set_page(&here, StatusCode::OK, FormErrors::default(), next).await
}

/// `POST /account/factor`: the recovery codes are shown this once.
pub(crate) async fn set(Posted(Unfinished(here), fields): Posted<Unfinished>) -> Answer {
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    prove_first(&here)?;
    if let Err(wait) = here.web.limits.prove(here.session()) {
        return Ok(too_many_attempts(here.chrome(), wait));
    }
    let code = fields.one("code");
    let fits = code.len() <= TYPED_MAX;
    let codes = if fits { here.web.confirm_factor(here.session(), &code).await.map_err(|error| here.refuse(error))? } else { None };
    if let Some(codes) = codes {
        return Ok(page(StatusCode::OK, &RecoveryCodes { chrome: here.chrome(), codes, next }));
    }
    let mut errors = FormErrors::default();
    errors.add("code", WRONG_CODE);
    set_page(&here, StatusCode::UNPROCESSABLE_ENTITY, errors, next).await
}

/// A password that is due comes first, and a second factor is not replaced by whoever finds a screen open.
fn prove_first(here: &Here) -> Result<(), Stop> {
    if here.standing.must == Some(Must::ChangePassword) {
        return Err(see_other("/account/password").into());
    }
    if here.standing.has_factor { here.prove("/account/factor") } else { Ok(()) }
}

async fn set_page(here: &Here, status: StatusCode, errors: FormErrors, next: String) -> Answer {
    let key = here.web.factor_key(here.session()).await.map_err(|error| here.refuse(error))?;
    let picture = picture(&key.uri).map_err(|error| here.refuse(error))?;
    let groups = key.key.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    let needed = here.standing.must == Some(Must::SetFactor);
    let next = if next == "/" { String::new() } else { next };
    Ok(page(status, &SetFactor { chrome: here.chrome(), errors, picture, key: groups, needed, next }))
}

/// The key as an inline picture, made here and loaded from nowhere.
pub(crate) fn picture(uri: &str) -> Result<String, AppError> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M)
        .map_err(|_| AppError::State("this trust's name is too long for the picture".into()))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(PICTURE_SIZE, PICTURE_SIZE).build();
    let start = svg.find("<svg").unwrap_or_default();
    Ok(svg[start..].replacen("<svg", "<svg role=\"img\" aria-label=\"A picture for your authenticator app to scan\"", 1))
}

/// `GET /account/confirm`.
pub(crate) async fn show_confirm(here: Here, Asked(query): Asked) -> Answer {
    let next = own_path(query.get("next").unwrap_or_default()).to_owned();
    if !here.standing.has_factor {
        here.prove(&next)?;
    }
    Ok(confirm_page(&here, StatusCode::OK, FormErrors::default(), next))
}

/// `POST /account/confirm`.
pub(crate) async fn confirm(Posted(here, fields): Posted<Here>) -> Answer {
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    if let Err(wait) = here.web.limits.prove(here.session()) {
        return Ok(too_many_attempts(here.chrome(), wait));
    }
    let code = fields.one("code");
    let fits = code.len() <= TYPED_MAX;
    if fits && here.web.step_up(here.session(), &code).await.map_err(|error| here.refuse(error))? {
        return Ok(see_other(&next));
    }
    let mut errors = FormErrors::default();
    errors.add("code", WRONG_CODE);
    Ok(confirm_page(&here, StatusCode::UNPROCESSABLE_ENTITY, errors, next))
}

fn confirm_page(here: &Here, status: StatusCode, errors: FormErrors, next: String) -> Response {
    let next = if next == "/" { String::new() } else { next };
    page(status, &ConfirmCode { chrome: here.chrome(), errors, next })
}
