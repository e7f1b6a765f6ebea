//! `/account/trusts`: the trusts in which somebody works, and a code by which another becomes one of them. On a host of one trust there is
//! no such page.

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_app::AppError;
use wardbook_domain::field::Invalid;

use super::super::answer::{Answer, Stop, capital, page, see_other, too_many_attempts};
use super::super::visitor::{Here, Posted, Visitor as _, forget_session};
use super::TYPED_MAX;
use crate::pages::account::{TrustRow, Trusts};
use crate::pages::forms::FormErrors;

/// `GET /account/trusts`.
pub(crate) async fn show(here: Here) -> Answer {
    there_are_several(&here)?;
    Ok(trusts_page(&here, StatusCode::OK, FormErrors::default(), String::new()))
}

fn there_are_several(here: &Here) -> Result<(), Stop> {
    if here.web.is_alone() { Err(here.refuse(AppError::NotFound)) } else { Ok(()) }
}

fn trusts_page(here: &Here, status: StatusCode, errors: FormErrors, code: String) -> Response {
    let row = |place: &super::super::everywhere::Place<'_>| TrustRow {
        number: place.number,
        name: place.web.trust_name().to_owned(),
        here: place.web.trust() == here.web.trust(),
    };
    page(status, &Trusts { chrome: here.chrome(), errors, rows: here.everywhere().iter().map(row).collect(), code })
}

/// `POST /account/trusts`: works in another one from now on.
pub(crate) async fn choose(Posted(here, fields): Posted<Here>) -> Answer {
    there_are_several(&here)?;
    let places = here.everywhere();
    let place = fields.one("trust").parse::<usize>().ok().and_then(|number| places.get(number));
    let place = place.ok_or_else(|| here.refuse(AppError::NotFound))?;
    place.web.work_here(here.session()).await.map_err(|error| here.refuse(error))?;
    Ok(see_other("/"))
}

/// `POST /account/trusts/join`: uses a code of another trust. Who does signs in anew, for all of them.
pub(crate) async fn join(Posted(here, fields): Posted<Here>) -> Answer {
    there_are_several(&here)?;
    if let Err(wait) = here.web.limits.prove(here.session()) {
        return Ok(too_many_attempts(here.chrome(), wait));
    }
    let code = fields.one("code");
    let mut errors = FormErrors::default();
    if code.trim().is_empty() || code.len() > TYPED_MAX {
        errors.add("code", "Enter the one-time code that you were given");
        return Ok(trusts_page(&here, StatusCode::UNPROCESSABLE_ENTITY, errors, String::new()));
    }
    match here.web.join(here.session(), &code).await {
        Ok(()) => Ok(forget_session(see_other("/sign-in?done=joined"), &here.web.options)),
        Err(AppError::Invalid(Invalid(list))) => {
            for error in list {
                errors.add("code", capital(&format!("the {} {}", error.field, error.problem)));
            }
            Ok(trusts_page(&here, StatusCode::UNPROCESSABLE_ENTITY, errors, code))
        }
        Err(error) => Err(here.refuse(error)),
    }
}
