//! A person's own account, the start page, and what Wardbook keeps.
//!
//! * `sign_in.rs`: signing in and out, in two steps; `password.rs`: choosing and changing a password; `factor.rs`: the second factor and
//!   a code once more; `held.rs`: one's own sessions and tokens; `calendar.rs`: one's own feed of due instants; `trusts.rs`: the trusts in which
//!   somebody works.
//!
//! To add a page: a handler in the file of its subject, its line in `handlers/mod.rs`.

pub(crate) mod calendar;
pub(crate) mod factor;
pub(crate) mod held;
pub(crate) mod password;
pub(crate) mod sign_in;
pub(crate) mod trusts;

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_domain::Duty;

use super::answer::{Answer, page, see_other};
use super::people::address_in_words;
use super::visitor::{Here, Posted, Stranger, Visitor as _};
use crate::pages::account::{Account, WhatWeKeep};

/// Longer than any e-mail, password or code: refused before a hash is paid for.
const TYPED_MAX: usize = 1_000;

/// `GET /`: the page of a person's daily work, in whichever of their trusts it is.
pub(crate) async fn home(here: Here) -> Response {
    if wardbook_domain::today::is_for(&here.caller.duties) {
        return see_other("/today");
    }
    let mut duties = here.everywhere().into_iter().flat_map(|place| &place.caller.duties);
    let only_reports = duties.all(|held| held.duty == Duty::Reporter);
    see_other(if only_reports { "/file" } else { "/queue" })
}

/// `GET /what-we-keep`.
pub(crate) async fn what_we_keep(here: Option<Here>, stranger: Stranger) -> Response {
    let chrome = here.map_or_else(|| stranger.chrome(), |here| here.chrome());
    stranger.remember_for_the_strip(page(StatusCode::OK, &WhatWeKeep { chrome }))
}

/// `GET /account`.
pub(crate) async fn show(here: Here) -> Answer {
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let profile = here.web.profile();
    let duties = here.caller.duties.iter().map(|held| address_in_words(&profile, &directory, held)).collect();
    let recovery_left = here.web.recovery_codes_left(here.session()).await.map_err(|error| here.refuse(error))?;
    Ok(page(StatusCode::OK, &Account { chrome: here.chrome(), duties, recovery_left, trusts: !here.web.is_alone() }))
}

/// `POST /account/read`: a person confirms to have read what they were told about their account.
pub(crate) async fn read(Posted(here, _): Posted<Here>) -> Answer {
    here.web.notices_read(here.session()).await.map_err(|error| here.refuse(error))?;
    Ok(see_other("/"))
}
