//! The commands of the command line, on the local socket alone: users, tokens, imports, checkpoints, verification, rebuilds,
//! policy and profiles.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use wardbook_app::{
    AppError,
    accounts::{Added, Days, NewUser, ShownOnce},
    checkpoint::{VerdictShown, VerifyAsk},
    import::{Imported, parse_named},
    policy,
};
use wardbook_domain::{Address, Duty, clock::Date, field::Invalid, profile_explain::Explanation};

use crate::{Web, problem::Problem};

pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route("/local/v1/users", post(add_user))
        .route("/local/v1/users/end-duty", post(end_duty))
        .route("/local/v1/tokens", post(create_token))
        .route("/local/v1/import", post(import))
        .route("/local/v1/checkpoint", post(checkpoint))
        .route("/local/v1/verify", post(verify))
        .route("/local/v1/views/rebuild", post(rebuild))
        .route("/local/v1/policy", get(show_policy))
        .route("/local/v1/profile/check", post(check_profile))
        .route("/local/v1/profile/explain", post(explain_profile))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUserWhy {
    email: String,
    name: String,
    duty: Duty,
    #[serde(default)]
    school: Option<String>,
    /// Why, once set-up has ended.
    #[serde(default)]
    reason: Option<String>,
    /// The first day of the duty.
    #[serde(default)]
    starts_on: Option<Date>,
    /// Its last day.
    #[serde(default)]
    ends_on: Option<Date>,
}

/// Until set-up has ended the command alone gives an account and a code. Afterwards an administrator asks, by their token, and a second
/// person releases: no command makes a code.
async fn add_user(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Result<Json<Added>, Problem> {
    let NewUserWhy { email, name, duty, school, reason, starts_on, ends_on } = parse_named(&body)?;
    let days = Days { starts_on, ends_on };
    let user = NewUser { email, name, duty, school };
    match crate::auth::holder(&headers, &web).await? {
        Some(caller) if web.setup_ended().await? => {
            let reason = reason.unwrap_or_default();
            Ok(Json(Added::Waiting(web.ask_user(&caller, &user, days, &reason).await?)))
        }
        _ => Ok(Json(Added::Code(web.add_user_for(&user, days).await?))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndDuty {
    email: String,
    /// None where all of them end.
    #[serde(default)]
    duty: Option<Duty>,
    #[serde(default)]
    school: Option<String>,
    reason: String,
}

/// Ends a duty: taking away takes one person, who sits at the machine.
async fn end_duty(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Result<Json<Value>, Problem> {
    let ask: EndDuty = parse_named(&body)?;
    let by = crate::auth::holder(&headers, &web).await?;
    let unknown = || AppError::from(Invalid::one("email", "is not the email address of anybody in the directory"));
    let person = web.directory().await?.by_email(&ask.email).ok_or_else(unknown)?;
    let address = ask.duty.map(|duty| Address { duty, school: ask.school });
    web.end_duty_of(by.as_ref(), person, address.as_ref(), &ask.reason).await?;
    Ok(Json(json!({ "ended": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    user: String,
}

async fn create_token(State(web): State<Web>, body: Bytes) -> Result<Json<ShownOnce>, Problem> {
    let ask: NewToken = parse_named(&body)?;
    Ok(Json(web.create_token(&ask.user).await?))
}

async fn import(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Result<Json<Imported>, Problem> {
    let importer = crate::auth::holder(&headers, &web).await?;
    Ok(Json(web.import(parse_named(&body)?, importer.as_ref()).await?))
}

async fn checkpoint(State(web): State<Web>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "note": web.sign_checkpoint().await? })))
}

async fn show_policy(State(web): State<Web>) -> Response {
    let text = format!("{}\n{}", policy::need_to_know_table(), policy::routes_table(&web.profile()));
    ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response()
}

async fn check_profile(State(web): State<Web>, body: Bytes) -> Result<Json<policy::Checked>, Problem> {
    Ok(Json(web.check_profile(&parse_named(&body)?).await?))
}

async fn explain_profile(State(web): State<Web>, body: Bytes) -> Result<Json<Explanation>, Problem> {
    Ok(Json(web.explain_profile(&parse_named(&body)?).await?))
}

async fn verify(State(web): State<Web>, body: Bytes) -> Result<Response, Problem> {
    let ask: VerifyAsk = if body.is_empty() { VerifyAsk::default() } else { parse_named(&body)? };
    Ok(lines(move |line| async move {
        let progress = |done, total| line.try_send(json!({ "done": done, "total": total })).unwrap_or(());
        let verdict = web.verify(&ask, progress).await?;
        let _ = line.send(json!({ "verdict": VerdictShown::from(verdict) })).await;
        Ok(())
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rebuild {
    #[serde(default)]
    view: Option<String>,
}

async fn rebuild(State(web): State<Web>, body: Bytes) -> Result<Response, Problem> {
    let ask: Rebuild = parse_named(&body)?;
    Ok(lines(move |line| async move {
        let progress = |view: &str, done, total| line.try_send(json!({ "view": view, "done": done, "total": total })).unwrap_or(());
        web.rebuild(ask.view.as_deref(), progress).await?;
        let _ = line.send(json!({ "ok": true })).await;
        Ok(())
    }))
}

/// Answers with a line of JSON for each step of a long piece of work; a step that the reader is too slow for is left out.
fn lines<F, W>(work: F) -> Response
where
    F: FnOnce(mpsc::Sender<Value>) -> W + Send + 'static,
    W: Future<Output = Result<(), AppError>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel::<Value>(16);
    tokio::spawn(async move {
        let last = sender.clone();
        if let Err(error) = work(sender).await {
            let _ = last.send(json!({ "problem": Problem::from(error) })).await;
        }
    });
    let stream = futures::stream::unfold(receiver, |mut receiver| async {
        let line = receiver.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(format!("{line}\n")), receiver))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(stream)).into_response()
}
