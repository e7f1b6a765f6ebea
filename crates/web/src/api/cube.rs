//! `/api/v1/cube`: the published figures of closed terms.

use axum::{Json, extract::State, http::StatusCode};
use wardbook_app::{cube::Figures, import::parse_named};
use wardbook_domain::cube::Publish;

use super::Sent;
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
};

/// Every publication: school by type for each closed term, small numbers hidden (`null`).
///
/// For governors, the board and those who publish; that they were taken is on record.
#[utoipa::path(get, path = "/api/v1/cube", tag = "cube",
    responses((status = 200, body = Figures), (status = 401, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<Figures>, Problem> {
    Ok(Json(web.figures_to_take(&caller).await?))
}

/// Publishes a closed term, with a reason: for the trust lead and the data protection officer.
///
/// A term is published once; a correction names the number that it corrects and says what was wrong.
#[utoipa::path(post, path = "/api/v1/cube", tag = "cube", request_body = Publish,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 201, body = Figures), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn publish(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Figures>), Problem> {
    let ask: Publish = parse_named(&body)?;
    Ok((StatusCode::CREATED, Json(web.publish_figures(&caller, &ask, headers.conditions()).await?)))
}
