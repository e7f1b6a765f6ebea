//! `/api/v1/covers` and `/api/v1/glass`: absences that somebody covers, and queues opened by break-glass.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use wardbook_app::{
    access::{CoverShown, GlassShown},
    cases::parse_id,
    import::parse_named,
};
use wardbook_domain::directory::arrange::{ArrangeCover, BreakGlass, ReviewGlass};

use super::Sent;
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
};

/// The covers, in force or to come, that concern the caller.
#[utoipa::path(get, path = "/api/v1/covers", tag = "access",
    responses((status = 200, body = Vec<CoverShown>), (status = 401, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn covers(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<Vec<CoverShown>>, Problem> {
    Ok(Json(web.covers(&caller).await?))
}

/// Arranges a cover for an absence: item by item, as far as the cover may know it.
#[utoipa::path(post, path = "/api/v1/covers", tag = "access", request_body = ArrangeCover,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 201, body = CoverShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn arrange(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<CoverShown>), Problem> {
    let ask: ArrangeCover = parse_named(&body)?;
    Ok((StatusCode::CREATED, Json(web.arrange_cover(&caller, &ask, headers.conditions()).await?)))
}

/// Why something ends.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// Why.
    pub(crate) reason: String,
}

/// Ends a cover before its time.
#[utoipa::path(post, path = "/api/v1/covers/{id}/end", tag = "access", request_body = Reason,
    params(("id" = String, Path, description = "32 hex digits"), ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn end_cover(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<StatusCode, Problem> {
    let ask: Reason = parse_named(&body)?;
    web.end_cover(&caller, parse_id(&id)?, &ask.reason, headers.conditions()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The openings by break-glass that the caller made or is to hear of, the latest first.
#[utoipa::path(get, path = "/api/v1/glass", tag = "access",
    responses((status = 200, body = Vec<GlassShown>), (status = 401, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn glasses(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<Vec<GlassShown>>, Problem> {
    Ok(Json(web.glasses(&caller).await?))
}

/// Opens a duty's queue by break-glass: for a short time, told to those who hold it and to the trust lead, reviewed by another.
#[utoipa::path(post, path = "/api/v1/glass", tag = "access", request_body = BreakGlass,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 201, body = GlassShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn break_glass(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<GlassShown>), Problem> {
    let ask: BreakGlass = parse_named(&body)?;
    Ok((StatusCode::CREATED, Json(web.break_glass(&caller, &ask, headers.conditions()).await?)))
}

/// Closes what the caller opened, before its time.
#[utoipa::path(post, path = "/api/v1/glass/{id}/close", tag = "access",
    params(("id" = String, Path, description = "32 hex digits"), ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = GlassShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn close_glass(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
) -> Result<Json<GlassShown>, Problem> {
    Ok(Json(web.close_glass(&caller, parse_id(&id)?, headers.conditions()).await?))
}

/// Reviews what somebody else opened.
#[utoipa::path(post, path = "/api/v1/glass/{id}/review", tag = "access", request_body = ReviewGlass,
    params(("id" = String, Path, description = "32 hex digits"), ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = GlassShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn review_glass(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Json<GlassShown>, Problem> {
    let ask: ReviewGlass = parse_named(&body)?;
    Ok(Json(web.review_glass(&caller, parse_id(&id)?, &ask, headers.conditions()).await?))
}
