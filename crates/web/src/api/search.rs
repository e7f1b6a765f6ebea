//! `/api/v1/search`: what somebody looks for is sent in a body and kept under an id; personal data never stands in a URL.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use wardbook_app::{
    import::parse_named,
    search::{Found, SearchKept},
};
use wardbook_domain::search::Ask;

use super::{PageQuery, Sent};
use crate::{Web, auth::Bearer, problem::Problem};

/// Keeps what the caller looks for, for twelve hours, under an id that is good for them alone.
///
/// Everything that is given must fit. Names and words are compared without case and accents; a purpose is needed where the trust's profile
/// asks for one, and is recorded with the hits that are shown.
#[utoipa::path(post, path = "/api/v1/search", tag = "search", request_body = Ask,
    responses((status = 201, body = SearchKept), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn start(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<SearchKept>), Problem> {
    let ask: Ask = parse_named(&body)?;
    Ok((StatusCode::CREATED, Json(web.start_search(&caller, &ask).await?)))
}

/// What a search finds by now in what the caller may read, newest first.
///
/// One answer looks through at most a thousand records; `bounded` says that it ended there, and `next` goes on. The hits are on record as
/// looks, what was only looked through is not.
#[utoipa::path(get, path = "/api/v1/search/{id}", tag = "search",
    params(("id" = String, Path, description = "32 hex digits"), PageQuery),
    responses((status = 200, body = Found), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    Path(id): Path<String>,
    query: PageQuery,
) -> Result<Json<Found>, Problem> {
    Ok(Json(web.search(&caller, &id, query.cursor.as_deref(), query.limit()?).await?))
}
