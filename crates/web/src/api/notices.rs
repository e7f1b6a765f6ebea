//! `/api/v1/notices`: messages that did not arrive, for an administrator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use wardbook_app::{cases::parse_id, notices::NoticeShown};

use crate::{Web, auth::Bearer, problem::Problem};

/// The notices that could not be handed over by e-mail, the newest first: for whom and why, not of what.
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices",
    responses((status = 200, body = Vec<NoticeShown>), (status = 401, body = Problem), (status = 404, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn list(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<Vec<NoticeShown>>, Problem> {
    Ok(Json(web.undelivered(&caller).await?))
}

/// Sends one of them again, under the id that it had.
#[utoipa::path(post, path = "/api/v1/notices/{id}/again", tag = "notices",
    params(("id" = String, Path, description = "32 hex digits")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn again(State(web): State<Web>, Bearer(caller): Bearer, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    web.send_again(&caller, parse_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
