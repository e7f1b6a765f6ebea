//! `/api/v1/overview`: what the caller may know, counted.

use axum::{Json, extract::State};
use wardbook_app::overview::OverviewShown;

use crate::{Web, auth::Bearer, problem::Problem};

/// What the caller may know, counted: open, late, by type, school and month; schools compared; who has gone quiet.
///
/// For heads and those who answer for the trust. It is theirs alone; governors read the published figures.
#[utoipa::path(get, path = "/api/v1/overview", tag = "overview",
    responses((status = 200, body = OverviewShown), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<OverviewShown>, Problem> {
    Ok(Json(web.overview(&caller).await?))
}
