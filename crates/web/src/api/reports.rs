//! `/api/v1/reports`: file, read, receive, assess, correct.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use wardbook_app::{Page, cases::parse_id, import::parse_named, queue::QueueItem};
use wardbook_domain::{
    case::Snooze,
    report::{Assess, Correct, EndAside, Form, HandReportOver, MakeReportCopy, Settle, StandAside},
};

use super::{PageQuery, Sent, record};
use crate::{
    Web,
    auth::{Bearer, Headers},
    handlers::reports::copy,
    problem::Problem,
};

/// Files a report.
///
/// The answer is the reporter's own copy. Sent again with the same `Idempotency-Key` and body it is the same report.
#[utoipa::path(post, path = "/api/v1/reports", tag = "reports", request_body = Form,
    responses((status = 201, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")), security(("bearer" = [])))]
pub(crate) async fn file(State(web): State<Web>, Bearer(caller): Bearer, headers: Headers, Sent(body): Sent) -> Result<Response, Problem> {
    let form: Form = parse_named(&body)?;
    let shown = web.file_report(&caller, &form, headers.conditions()).await?;
    let location = format!("/api/v1/reports/{}", shown.id);
    let mut response = record(&web, &caller, StatusCode::CREATED, &shown)?;
    let location = HeaderValue::from_str(&location).expect("a path of hex digits is a header value");
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// The reports that the caller's duties may open.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports", params(PageQuery),
    responses((status = 200, body = Page<QueueItem>), (status = 401, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn list(State(web): State<Web>, Bearer(caller): Bearer, query: PageQuery) -> Result<Json<Page<QueueItem>>, Problem> {
    Ok(Json(web.reports(&caller, query.cursor.as_deref(), query.limit()?).await?))
}

/// A report: whole for its readers, their own words for its reporter.
#[utoipa::path(get, path = "/api/v1/reports/{id}", tag = "reports", params(("id" = String, Path, description = "32 hex digits")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 410, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer, Path(id): Path<String>) -> Result<Response, Problem> {
    let shown = web.report(&caller, parse_id(&id)?, "report").await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Confirms that the report reached its receiver (P0-FORM-8). Done twice it changes nothing.
#[utoipa::path(post, path = "/api/v1/reports/{id}/receive", tag = "reports", params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn receive(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let shown = web.receive(&caller, parse_id(&id)?, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Assesses a report: one case for each category (P0-FORM-9).
///
/// Where it turned out to be about an adult and so is the caller's no more, the answer is 204.
#[utoipa::path(post, path = "/api/v1/reports/{id}/assessment", tag = "reports", request_body = Assess,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn assess(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: Assess = parse_named(&body)?;
    match web.assess(&caller, parse_id(&id)?, &ask, headers.conditions()).await? {
        Some(shown) => record(&web, &caller, StatusCode::OK, &shown),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// Corrects a field; what was filed stays.
#[utoipa::path(post, path = "/api/v1/reports/{id}/correct", tag = "reports", request_body = Correct,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn correct(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: Correct = parse_named(&body)?;
    let shown = web.correct_report(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Hands a report over to another duty that may read it: it stands on their queue too, and its owner stays answerable.
#[utoipa::path(post, path = "/api/v1/reports/{id}/hand-over", tag = "reports", request_body = HandReportOver,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn hand_over(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: HandReportOver = parse_named(&body)?;
    let shown = web.hand_report_over(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Puts a report off that was received, where no child could be in danger.
///
/// It stands on the queue by the instant at which it comes back. Neither a clock of the law nor the day by which it is assessed is put off.
#[utoipa::path(post, path = "/api/v1/reports/{id}/snooze", tag = "reports", request_body = Snooze,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn snooze(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: Snooze = parse_named(&body)?;
    let shown = web.snooze_report(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Makes a copy of a report on paper: a PDF with its marking, purpose, name, time and number on every page.
///
/// Needs a token that may take copies away.
#[utoipa::path(post, path = "/api/v1/reports/{id}/print", tag = "reports", request_body = MakeReportCopy,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, description = "The copy", content((super::cases::Paper = "application/pdf"))), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn print(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: MakeReportCopy = parse_named(&body)?;
    let shown = web.print_report(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    Ok(copy::file(&web, &shown, &caller.name).await?)
}

/// Settles whom a report is about. They, and nobody else, know nothing of it from then on, and it goes to whoever may have it.
///
/// Where the caller is among them the answer is 204: it is no longer theirs to see.
#[utoipa::path(post, path = "/api/v1/reports/{id}/subjects", tag = "reports", request_body = Settle,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 204), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn settle(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: Settle = parse_named(&body)?;
    match web.settle_subjects(&caller, parse_id(&id)?, &ask, headers.conditions()).await? {
        Some(shown) => record(&web, &caller, StatusCode::OK, &shown),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// Stands aside from a report, or says that somebody else has a conflict of interest: from then on it does not exist for them. 204 where
/// it was the caller.
#[utoipa::path(post, path = "/api/v1/reports/{id}/recuse", tag = "reports", request_body = StandAside,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 204), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn aside(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: StandAside = parse_named(&body)?;
    match web.stand_aside(&caller, parse_id(&id)?, &ask, headers.conditions()).await? {
        Some(shown) => record(&web, &caller, StatusCode::OK, &shown),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// Ends that somebody stands aside.
#[utoipa::path(post, path = "/api/v1/reports/{id}/end-recusal", tag = "reports", request_body = EndAside,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn end_aside(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: EndAside = parse_named(&body)?;
    let shown = web.end_aside(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Answers a question that a case asks about the caller's own report.
#[utoipa::path(post, path = "/api/v1/reports/{id}/answer", tag = "reports", request_body = wardbook_domain::case::AnswerQuestion,
    params(("id" = String, Path, description = "32 hex digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn answer(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: wardbook_domain::case::AnswerQuestion = parse_named(&body)?;
    let shown = web.answer_question(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}
