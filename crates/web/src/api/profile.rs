//! `/api/v1/profile/proposals`: a profile is proposed, and confirmed by a second person where it moves a receiver.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use wardbook_app::{cases::parse_id, import::parse_named, profiles::ProposalShown};

use super::{Sent, access::Reason};
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
};

/// The proposals that wait for a second person.
#[utoipa::path(get, path = "/api/v1/profile/proposals", tag = "profile",
    responses((status = 200, body = Vec<ProposalShown>), (status = 401, body = Problem), (status = 404, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn proposals(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<Vec<ProposalShown>>, Problem> {
    Ok(Json(web.proposals(&caller).await?))
}

/// A profile as proposed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Propose {
    /// The profile's TOML text.
    profile: String,
    /// Why.
    reason: String,
}

/// Proposes a profile: in force at once where it moves no receiver.
#[utoipa::path(post, path = "/api/v1/profile/proposals", tag = "profile", request_body = Propose, params(("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 201, body = ProposalShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn propose(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<ProposalShown>), Problem> {
    let ask: Propose = parse_named(&body)?;
    let shown = web.propose_profile(&caller, &ask.profile, &ask.reason, headers.conditions()).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Confirms a proposal, as its second person.
#[utoipa::path(post, path = "/api/v1/profile/proposals/{id}/confirm", tag = "profile",
    params(("id" = String, Path, description = "32 hex digits"), ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn confirm(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    web.confirm_profile(&caller, parse_id(&id)?, headers.conditions()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turns a proposal down, or takes one's own back.
#[utoipa::path(post, path = "/api/v1/profile/proposals/{id}/refuse", tag = "profile", request_body = Reason,
    params(("id" = String, Path, description = "32 hex digits"), ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn refuse(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<StatusCode, Problem> {
    let ask: Reason = parse_named(&body)?;
    web.refuse_profile(&caller, parse_id(&id)?, &ask.reason, headers.conditions()).await?;
    Ok(StatusCode::NO_CONTENT)
}
