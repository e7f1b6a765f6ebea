//! Who is asking: the person behind an API token.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use wardbook_app::{AppError, Caller, reports::Conditions};
use wardbook_domain::field::Invalid;

use crate::{Web, problem::Problem};

/// For which purpose a record is opened, where the trust's profile asks for one.
const PURPOSE: &str = "wardbook-purpose";

/// The caller of the API.
pub(crate) struct Bearer(pub(crate) Caller);

impl FromRequestParts<Web> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(Problem::unauthorised)?;
        let caller = web.by_token(token).await?.ok_or_else(Problem::unauthorised)?;
        Ok(Self(caller.with_purpose(text(&parts.headers, PURPOSE)?)))
    }
}

/// The holder of the token that a request carries; none where it carries none. A token that is not valid is refused, not passed over.
pub(crate) async fn holder(headers: &HeaderMap, web: &Web) -> Result<Option<Caller>, Problem> {
    match bearer(headers) {
        Some(token) => web.by_token(token).await?.map(Some).ok_or_else(Problem::unauthorised),
        None => Ok(None),
    }
}

/// The token that a request carries.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The headers that make a command safe to repeat and bound to what was shown.
pub(crate) struct Headers {
    key: Option<String>,
    if_match: Option<String>,
}

impl Headers {
    pub(crate) fn conditions(&self) -> Conditions<'_> {
        Conditions { key: self.key.as_deref(), if_match: self.if_match.as_deref() }
    }
}

impl FromRequestParts<Web> for Headers {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let key = text(&parts.headers, "idempotency-key")?;
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > 200) {
            return Err(wrong("idempotency-key", "has 1 to 200 characters"));
        }
        Ok(Self { key, if_match: text(&parts.headers, "if-match")? })
    }
}

fn text(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let value = headers.get(name).map(|value| value.to_str().map(str::to_owned));
    value.transpose().map_err(|_| wrong(name, "has characters that are not visible ASCII"))
}

fn wrong(field: &str, problem: &str) -> Problem {
    AppError::Invalid(Invalid::one(field, problem)).into()
}
