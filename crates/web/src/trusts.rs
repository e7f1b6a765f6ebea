//! Several trusts behind one address: the routes of each, complete, and which of them a request is for. One trust alone is asked as it is.
//!
//! An API token is of one trust. A page is asked of the trust in which its person works; where that one has no such thing, of the others
//! that their session opens, each by itself, and from then on they work in the one that has it. So paths stay as they are, and the id in
//! a path, which is of one trust only, says which. The token of a form is of one trust as well: in another the form does nothing.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Router, middleware};
use tower::ServiceExt as _;
use wardbook_app::{App, AppError};
use wardbook_domain::field::Invalid;

use crate::handlers::visitor::{is_form, session_of};
use crate::problem::Problem;
use crate::{BODY_BYTES_MAX, Web, auth, headers};

/// By which a command says which trust it means: its name or its id, written as in a form.
pub const TRUST_HEADER: &str = "wardbook-trust";

/// A trust and its routes.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) web: Web,
    pub(crate) routes: Router,
}

impl Door {
    async fn ask(&self, request: Request) -> Response {
        let Ok(response) = self.routes.clone().oneshot(request).await;
        response
    }
}

/// Pages and API of these trusts, the first of which answers whoever is nobody yet.
pub(crate) fn outside(doors: Vec<Door>) -> Router {
    if let [only] = doors.as_slice() {
        return only.routes.clone();
    }
    let doors: Arc<[Door]> = doors.into();
    let routes = Router::new().fallback(move |request: Request| {
        let doors = Arc::clone(&doors);
        async move { ask(&doors, request).await.unwrap_or_else(|error| Problem::from(error).into_response()) }
    });
    // What no trust answered is to carry them too.
    routes.layer(middleware::from_fn(headers::secure))
}

async fn ask(doors: &[Door], request: Request) -> Result<Response, AppError> {
    let (parts, body) = request.into_parts();
    let order = order(doors, &parts).await?;
    if let [only] = order.as_slice() {
        return Ok(only.ask(Request::from_parts(parts, body)).await);
    }
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Ok(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "That is too long").into_response());
    };
    ask_in_order(&order, &parts, &body).await
}

/// Asks one trust after the other until one has what is asked for; where none has it, the first one's answer stands.
async fn ask_in_order(order: &[&Door], parts: &Parts, body: &Bytes) -> Result<Response, AppError> {
    let mut none_has_it = None;
    for (place, door) in order.iter().enumerate() {
        let response = door.ask(Request::from_parts(parts.clone(), Body::from(body.clone()))).await;
        let no = if parts.method == Method::POST { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
        if response.status() != no {
            if place > 0
                && let Some(session) = session_of(&parts.headers, &door.web.options)
            {
                match door.web.work_here(&session).await {
                    Ok(()) | Err(AppError::NotFound) => {} // what was asked may have ended the session
                    Err(error) => return Err(error),
                }
            }
            return Ok(response);
        }
        none_has_it.get_or_insert(response);
    }
    none_has_it.ok_or(AppError::NotFound)
}

/// The trusts that are asked, in order; at least one.
async fn order<'a>(doors: &'a [Door], parts: &Parts) -> Result<Vec<&'a Door>, AppError> {
    let first = &doors[0];
    let door_of = |trust: &App| doors.iter().find(|door| door.web.trust() == trust.trust());
    let path = parts.uri.path();
    if path.starts_with("/assets/") || path.starts_with("/health/") {
        return Ok(vec![first]);
    }
    if let Some(token) = auth::bearer(&parts.headers) {
        let of = first.web.trust_of_token(token).await?;
        return Ok(vec![of.as_ref().and_then(door_of).unwrap_or(first)]);
    }
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let opened = match session_of(&parts.headers, &first.web.options) {
        Some(session) => first.web.trusts_of_session(&session).await?,
        None => vec![],
    };
    let mut order: Vec<&Door> = opened.iter().filter_map(door_of).collect();
    if order.is_empty() {
        // What is there for everybody may be any trust's; what strangers send is the host's.
        order.extend(if reads { doors } else { &doors[..1] });
    }
    if !reads && !is_form(&parts.headers) {
        // A file on its way is not held in memory: it goes to where its page was.
        order.truncate(1);
    }
    Ok(order)
}

/// The commands of these trusts: which is meant is named, unless there is one only or a token says so.
pub(crate) fn inside(doors: Vec<Door>) -> Router {
    let doors: Arc<[Door]> = doors.into();
    Router::new().fallback(move |request: Request| {
        let doors = Arc::clone(&doors);
        async move {
            match named(&doors, request.headers(), request.uri().path()).await {
                Ok(door) => door.ask(request).await,
                Err(error) => Problem::from(error).into_response(),
            }
        }
    })
}

async fn named<'a>(doors: &'a [Door], headers: &HeaderMap, path: &str) -> Result<&'a Door, AppError> {
    let names = || doors.iter().map(|door| door.web.trust_name()).collect::<Vec<_>>().join(", ");
    if let Some(value) = headers.get(TRUST_HEADER) {
        let name = form_urlencoded::parse(value.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default();
        let is_meant = |door: &&Door| door.web.trust_name().eq_ignore_ascii_case(&name) || door.web.trust().to_string() == name;
        let unknown = || Invalid::one("trust", format!("is none of this host's: {}", names()));
        return Ok(doors.iter().find(is_meant).ok_or_else(unknown)?);
    }
    if doors.len() == 1 || path.starts_with("/health/") {
        return Ok(&doors[0]);
    }
    if let Some(token) = auth::bearer(headers) {
        let of = doors[0].web.trust_of_token(token).await?;
        return Ok(of.and_then(|of| doors.iter().find(|door| door.web.trust() == of.trust())).unwrap_or(&doors[0]));
    }
    Err(Invalid::one("trust", format!("is to be named with --trust, as this host has several: {}", names())).into())
}
