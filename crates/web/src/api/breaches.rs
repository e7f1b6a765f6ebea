//! `/api/v1/breaches`: the board of breach clocks, first facts only.

use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use wardbook_app::{Page, breaches::BreachShown, cases::parse_id, import::parse_named};
use wardbook_domain::report::{DecideClock, MoveClock};

use super::{Sent, record};
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
};

/// The query of the board.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct BoardQuery {
    /// `yes`: the clocks of old papers, which run no more.
    old_papers: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Items on a page, 1 to 1000; 50 where none is given.
    limit: Option<String>,
}

impl FromRequestParts<Web> for BoardQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, web).await;
        query.map(|Query(query)| query).map_err(|_| super::wrong("query", "takes old_papers, cursor and limit, each once"))
    }
}

/// The breach clocks on the caller's board, most urgent first: provisional from the moment of filing, then those of cases.
#[utoipa::path(get, path = "/api/v1/breaches", tag = "breaches", params(BoardQuery),
    responses((status = 200, body = Page<BreachShown>), (status = 401, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn list(State(web): State<Web>, Bearer(caller): Bearer, query: BoardQuery) -> Result<Json<Page<BreachShown>>, Problem> {
    let limit = super::limit(query.limit.as_deref())?;
    let old_papers = match query.old_papers.as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(_) => return Err(super::wrong("old_papers", "is yes or no")),
    };
    Ok(Json(web.breaches(&caller, old_papers, query.cursor.as_deref(), limit).await?))
}

/// A breach clock with the first facts.
#[utoipa::path(get, path = "/api/v1/breaches/{id}", tag = "breaches", params(("id" = String, Path, description = "32 hex digits")),
    responses((status = 200, body = BreachShown), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 410, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer, Path(id): Path<String>) -> Result<Response, Problem> {
    let shown = web.breach(&caller, parse_id(&id)?).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Corrects the earliest staff knowledge, with a reason; the clock moves with it and what stood there stays (BRE-3).
#[utoipa::path(post, path = "/api/v1/breaches/{id}/aware", tag = "breaches", request_body = MoveClock,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = BreachShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn aware(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: MoveClock = parse_named(&body)?;
    let shown = web.move_clock(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Confirms or ends a provisional clock, with a reason.
#[utoipa::path(post, path = "/api/v1/breaches/{id}/decision", tag = "breaches", request_body = DecideClock,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = BreachShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn decide(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: DecideClock = parse_named(&body)?;
    let shown = web.decide_clock(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}
