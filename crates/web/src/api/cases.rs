//! `/api/v1/cases`: list, read, act.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use wardbook_app::{
    Page,
    cases::{CaseAct, parse_id},
    queue::QueueItem,
};

use super::{PageQuery, Sent, record};
use crate::{
    Web,
    auth::{Bearer, Headers},
    handlers::cases::copy,
    problem::Problem,
};

/// A file in PDF.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it stands in the document alone")]
pub(crate) struct Paper(Vec<u8>);

/// The cases that the caller may open, most urgent first.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(PageQuery),
    responses((status = 200, body = Page<QueueItem>), (status = 401, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn list(State(web): State<Web>, Bearer(caller): Bearer, query: PageQuery) -> Result<Json<Page<QueueItem>>, Problem> {
    Ok(Json(web.cases(&caller, query.cursor.as_deref(), query.limit()?).await?))
}

/// A case with its timeline.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path, description = "32 hex digits")),
    responses((status = 200, body = wardbook_app::shown::CaseShown), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 410, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer, Path(id): Path<String>) -> Result<Response, Problem> {
    let shown = web.case(&caller, parse_id(&id)?).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Acts on a case. Bodies: `receive` {}, `assess` (facts, reason), `note` (text), `plan` (what, owner, due_on; action and reason for one that
/// is open), `complete` (action, done, result), `tell` (whom, name, at, how, told_by, reference), `ask` (question), `answer` (question,
/// answer), `decide` (about, decision, reason), `set-aside` (step, reason), `place` (name, part, detail), `link` (case, relation, reason),
/// `merge` (into, reason), `reclassify` (matter, reason, shared), `mark` (marking, reason), `share` (person, named_for, reason, until),
/// `unshare` (person, reason), `recuse` and `end-recusal` (person, reason), `hand-over` (person, reason), `snooze` (until, reason), `review`
/// (finding, next_on), `print` (kind, purpose), `close` (outcome, reason), `reopen` (reason), `correct` (field, text, reason).
///
/// `print` answers with the copy as PDF, and needs a token that may take copies away; all others answer with the case. 204 where it took the case from the caller.
#[utoipa::path(post, path = "/api/v1/cases/{id}/{action}", tag = "cases", request_body = serde_json::Value,
    params(("id" = String, Path, description = "32 hex digits"), ("action" = String, Path, description = "One of the verbs above"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, description = "The case, or the copy",
            content((wardbook_app::shown::CaseShown = "application/json"), (Paper = "application/pdf"))), (status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn act(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path((id, action)): Path<(String, String)>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let ask = CaseAct::read(&action, &body)?;
    match web.act_on_case(&caller, id, &ask, headers.conditions()).await? {
        Some(shown) if let CaseAct::Print(made) = &ask => Ok(copy::file(&web, &shown, made.kind, &caller.name).await?),
        Some(shown) => record(&web, &caller, StatusCode::OK, &shown),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
