//! `/api/v1/assets`: what a device is, by its tag or serial (P3-ASSET-1).

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
use serde::Serialize;
use utoipa::ToSchema;
use wardbook_app::assets::AssetShown;
use wardbook_domain::clock::Date;

use crate::{Web, auth::Bearer, problem::Problem};

/// The query of a look-up.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetQuery {
    /// The tag or the serial; capitals, blanks and hyphens make no difference.
    tag: String,
    /// The day of the loss: what stood in the register then; now, where none is given.
    on: Option<String>,
}

impl FromRequestParts<Web> for AssetQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, web).await;
        query.map(|Query(query)| query).map_err(|_| super::wrong("query", "takes tag, and on where a day is meant, each once"))
    }
}

/// The assets found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// Those of the caller's schools; more than one where two lists have one tag.
    items: Vec<AssetShown>,
}

/// The assets of the caller's schools with this tag or serial, with encryption, holder and loan on the day: for whoever opens records.
#[utoipa::path(get, path = "/api/v1/assets", tag = "assets", params(AssetQuery),
    responses((status = 200, body = Found), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn find(State(web): State<Web>, Bearer(caller): Bearer, query: AssetQuery) -> Result<Json<Found>, Problem> {
    if query.tag.trim().is_empty() {
        return Err(super::wrong("tag", "is empty; please fill it in"));
    }
    let on: Option<Date> =
        query.on.as_deref().map(str::parse).transpose().map_err(|_| super::wrong("on", "is not a date like 2026-10-30"))?;
    Ok(Json(Found { items: web.assets(&caller, &query.tag, on).await? }))
}
