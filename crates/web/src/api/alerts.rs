//! `/api/v1/alerts`: what monitoring products saw, and what people make of it (FIL-1, P0-FM-1).

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wardbook_app::{
    AppError,
    alerts::{AlertsDecided, AlertsShown},
    import::{ImportBatch, ImportKind, ImportRow, Refusal, parse_named},
};
use wardbook_domain::alert::DecideAlerts;

use super::Sent;
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
};

/// The query of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertsQuery {
    /// `yes`: those that are decided, the latest decision first.
    decided: Option<String>,
    /// Of decided ones: the `next` of the page before.
    cursor: Option<String>,
}

impl FromRequestParts<Web> for AlertsQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, web).await;
        query.map(|Query(query)| query).map_err(|_| super::wrong("query", "takes decided and cursor, each once"))
    }
}

/// The monitoring alerts that the caller may open: those that wait in groups of repeats, the gravest first, or those that are decided.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(AlertsQuery),
    responses((status = 200, body = AlertsShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn list(State(web): State<Web>, Bearer(caller): Bearer, query: AlertsQuery) -> Result<Json<AlertsShown>, Problem> {
    match query.decided.as_deref() {
        None | Some("no") if query.cursor.is_some() => Err(super::wrong("cursor", "is for decided alerts")),
        None | Some("no") => Ok(Json(web.alerts(&caller).await?)),
        Some("yes") => Ok(Json(web.decided_alerts(&caller, query.cursor.as_deref()).await?)),
        Some(_) => Err(super::wrong("decided", "is yes or no")),
    }
}

/// Alerts as a product sends them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAlerts {
    /// The product, by the name that it has in the trust's profile.
    source: String,
    /// The alerts, at most 1000: the product's own columns, or Wardbook's names for them.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
}

/// What became of them. New, known and disposed ones are all accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakenIn {
    /// How many were accepted.
    accepted: u64,
    /// What is wrong with the others.
    refused: Vec<RowRefused>,
}

/// A row that was refused, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowRefused {
    /// Which row, from 1.
    row: u64,
    /// The field.
    field: String,
    /// Why.
    problem: String,
}

/// Takes in alerts of a monitoring product. Sent again they change nothing; one that is known with other content is refused.
#[utoipa::path(post, path = "/api/v1/alerts", tag = "alerts", request_body = NewAlerts,
    responses((status = 200, body = TakenIn), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn take_in(State(web): State<Web>, Bearer(caller): Bearer, Sent(body): Sent) -> Result<Json<TakenIn>, Problem> {
    if !web.may_bring_in(Some(&caller)) {
        return Err(AppError::Forbidden.into());
    }
    let NewAlerts { source, rows } = parse_named(&body)?;
    let rows = (1..).zip(rows).map(|(line, fields)| ImportRow { line, fields }).collect();
    let done = web.import(ImportBatch { source, ..ImportBatch::new(ImportKind::Alerts, rows) }, Some(&caller)).await?;
    let refused = done.refused.into_iter().map(|Refusal { line, field, problem }| RowRefused { row: line, field, problem });
    Ok(Json(TakenIn { accepted: done.accepted, refused: refused.collect() }))
}

/// Dismisses alerts with one reason, or raises them as one report, which goes the way of every report.
#[utoipa::path(post, path = "/api/v1/alerts/decide", tag = "alerts", request_body = DecideAlerts,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = AlertsDecided), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn decide(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Sent(body): Sent,
) -> Result<Json<AlertsDecided>, Problem> {
    let ask: DecideAlerts = parse_named(&body)?;
    Ok(Json(web.decide_alerts(&caller, &ask, headers.conditions()).await?))
}
