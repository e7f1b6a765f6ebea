//! The JSON API, `/api/v1`: one file a subject.

pub(crate) mod access;
pub(crate) mod alerts;
pub(crate) mod assets;
pub(crate) mod breaches;
pub(crate) mod cases;
pub(crate) mod checkpoint;
pub(crate) mod cube;
pub(crate) mod evidence;
pub(crate) mod notices;
pub(crate) mod overview;
pub(crate) mod profile;
pub(crate) mod queue;
pub(crate) mod reads;
pub(crate) mod reports;
pub(crate) mod search;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Query, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use wardbook_app::Caller;

use crate::{Web, problem::Problem, upload::UPLOAD_BYTES_MAX};

pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route("/api/v1/reports", post(reports::file).get(reports::list))
        .route("/api/v1/reports/{id}", get(reports::show))
        .route("/api/v1/reports/{id}/receive", post(reports::receive))
        .route("/api/v1/reports/{id}/assessment", post(reports::assess))
        .route("/api/v1/reports/{id}/correct", post(reports::correct))
        .route("/api/v1/reports/{id}/subjects", post(reports::settle))
        .route("/api/v1/reports/{id}/hand-over", post(reports::hand_over))
        .route("/api/v1/reports/{id}/snooze", post(reports::snooze))
        .route("/api/v1/reports/{id}/print", post(reports::print))
        .route("/api/v1/reports/{id}/answer", post(reports::answer))
        .route("/api/v1/reports/{id}/recuse", post(reports::aside))
        .route("/api/v1/reports/{id}/end-recusal", post(reports::end_aside))
        .route("/api/v1/reports/{id}/evidence", post(evidence::add).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/api/v1/reports/{id}/evidence/{evidence}", get(evidence::show))
        .route("/api/v1/cases/{id}/evidence", post(evidence::add_to_case).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/api/v1/evidence/{id}", get(evidence::show_file))
        .route("/api/v1/evidence/{id}/quarantine", post(evidence::quarantine))
        .route("/api/v1/evidence/{id}/message", post(evidence::confirm_message))
        .route("/api/v1/reports/{id}/image", post(evidence::name_image))
        .route("/api/v1/reports/{id}/image/taken-up", post(evidence::take_up_image))
        .route("/api/v1/breaches", get(breaches::list))
        .route("/api/v1/breaches/{id}", get(breaches::show))
        .route("/api/v1/breaches/{id}/aware", post(breaches::aware))
        .route("/api/v1/breaches/{id}/decision", post(breaches::decide))
        .route("/api/v1/alerts", get(alerts::list).post(alerts::take_in))
        .route("/api/v1/alerts/decide", post(alerts::decide))
        .route("/api/v1/assets", get(assets::find))
        .route("/api/v1/queue", get(queue::show))
        .route("/api/v1/before-you-go", get(queue::before_you_go))
        .route("/api/v1/reads", get(reads::list))
        .route("/api/v1/search", post(search::start))
        .route("/api/v1/search/{id}", get(search::show))
        .route("/api/v1/overview", get(overview::show))
        .route("/api/v1/cube", get(cube::show).post(cube::publish))
        .route("/api/v1/today", get(queue::today))
        .route("/api/v1/cases", get(cases::list))
        .route("/api/v1/cases/{id}", get(cases::show))
        .route("/api/v1/cases/{id}/{action}", post(cases::act))
        .route("/api/v1/covers", get(access::covers).post(access::arrange))
        .route("/api/v1/covers/{id}/end", post(access::end_cover))
        .route("/api/v1/glass", get(access::glasses).post(access::break_glass))
        .route("/api/v1/glass/{id}/close", post(access::close_glass))
        .route("/api/v1/glass/{id}/review", post(access::review_glass))
        .route("/api/v1/profile/proposals", get(profile::proposals).post(profile::propose))
        .route("/api/v1/profile/proposals/{id}/confirm", post(profile::confirm))
        .route("/api/v1/profile/proposals/{id}/refuse", post(profile::refuse))
        .route("/api/v1/notices", get(notices::list))
        .route("/api/v1/notices/{id}/again", post(notices::again))
        .route("/api/v1/checkpoint", get(checkpoint::show))
        .route("/api/openapi.json", get(crate::openapi::serve))
        .method_not_allowed_fallback(crate::problem::wrong_method)
}

/// A record with its ETag.
pub(crate) fn record(web: &Web, caller: &Caller, status: StatusCode, shown: &impl Serialize) -> Result<Response, Problem> {
    let etag = web.etag(caller, shown)?;
    let mut response = (status, Json(shown)).into_response();
    let etag = HeaderValue::from_str(&etag).expect("an ETag is hex digits in quotation marks");
    response.headers_mut().insert(header::ETAG, etag);
    Ok(response)
}

/// The query of a list.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// The `next` of the page before.
    pub(crate) cursor: Option<String>,
    /// Items on a page, 1 to 1000; 50 where none is given.
    pub(crate) limit: Option<String>,
}

impl PageQuery {
    /// The limit as a number.
    pub(crate) fn limit(&self) -> Result<Option<u32>, Problem> {
        limit(self.limit.as_deref())
    }
}

/// The limit of a list as a number.
pub(crate) fn limit(text: Option<&str>) -> Result<Option<u32>, Problem> {
    text.map(str::parse).transpose().map_err(|_| wrong("limit", "is from 1 to 1000"))
}

impl FromRequestParts<Web> for PageQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, web).await;
        query.map(|Query(query)| query).map_err(|_| wrong("query", "takes cursor and limit, each once"))
    }
}

/// The body of a command, as far as the limit goes.
pub(crate) struct Sent(pub(crate) Bytes);

impl FromRequest<Web> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let sent = Bytes::from_request(request, web).await;
        let too_large =
            || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large").detail("At most 1 MiB is taken in.");
        sent.map(Self).map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => wrong("body", "broke off before its end"),
        })
    }
}

pub(crate) fn wrong(field: &str, problem: &str) -> Problem {
    wardbook_app::AppError::Invalid(wardbook_domain::field::Invalid::one(field, problem)).into()
}
