//! `/api/v1/queue`: what is owed.

use axum::{Json, extract::State};
use wardbook_app::{
    Page,
    beside::Beside,
    queue::{BeforeYouGo, QueueItem},
    today::Today,
};

use super::PageQuery;
use crate::{Web, auth::Bearer, problem::Problem};

/// A page of the queue.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct QueuePage {
    /// The records.
    items: Vec<QueueItem>,
    /// Where the next page starts.
    next: Option<String>,
    /// What waits beside records; on the first page alone.
    beside: Vec<Beside>,
}

/// What is owed by the caller's duties, most urgent first, and what waits for them beside records.
#[utoipa::path(get, path = "/api/v1/queue", tag = "queue", params(PageQuery),
    responses((status = 200, body = QueuePage), (status = 401, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer, query: PageQuery) -> Result<Json<QueuePage>, Problem> {
    let Page { items, next } = web.queue(&caller, query.cursor.as_deref(), query.limit()?).await?;
    let beside = if query.cursor.is_none() { web.waiting_beside(&caller).await? } else { vec![] };
    Ok(Json(QueuePage { items, next, beside }))
}

/// What is late already, or falls due before the next working day begins at 08:00.
#[utoipa::path(get, path = "/api/v1/before-you-go", tag = "queue",
    responses((status = 200, body = BeforeYouGo), (status = 401, body = Problem), (status = 409, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn before_you_go(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<BeforeYouGo>, Problem> {
    Ok(Json(web.before_you_go(&caller).await?))
}

/// A headteacher's first screen: what only they can do, what is late and whose, what changed since they last looked, who covers them.
#[utoipa::path(get, path = "/api/v1/today", tag = "queue",
    responses((status = 200, body = Today), (status = 401, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn today(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<Today>, Problem> {
    Ok(Json(web.today(&caller).await?))
}
