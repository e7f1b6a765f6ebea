//! `/demo/window/{n}`: what somebody's queue shows now, to watch beside the pages of others.
//!
//! A window acts for its person, through a session of theirs, so what it shows leaves their trace as their own page would. Looking
//! again asks first for counts that show nothing, then for the tag of what would be shown; only rows that differ are shown and traced.
//! Without scripts the whole page comes anew each time, and so does its trace.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use wardbook_app::{AppError, Caller, watch::Glance};

use super::super::answer::{Answer, page};
use super::super::queue::row;
use super::super::visitor::Visitor as _;
use super::{Anyone, demo, person_at};
use crate::Web;
use crate::demo::{Mark, Watched};
use crate::headers::Framing;
use crate::pages::demo::{SideBySide, Window, WindowRows};

/// The time of the demonstration, for the strip of a window that is not loaded anew.
const NOW: HeaderName = HeaderName::from_static("wardbook-now");
/// Rows of a window.
const ROWS: u32 = 50;

/// `GET /demo/window/{person}`.
pub(super) async fn show(State(web): State<Web>, anyone: Anyone, Path(person): Path<String>) -> Answer {
    let person = person_at(&demo(&web), &person).ok_or_else(|| anyone.nothing())?;
    let refuse = |error| anyone.refuse(error);
    let caller = caller(&web, person.number).await.map_err(refuse)?;
    let (rows, tag) = look(&web, person.number, &caller, None).await.map_err(refuse)?.ok_or_else(|| anyone.nothing())?;
    let strip = anyone.chrome().demo.ok_or_else(|| anyone.nothing())?;
    Ok(framed(page(StatusCode::OK, &Window { strip, person, rows, tag }), Framing::Held))
}

/// `GET /demo/window/{person}/rows`: the part that changes, or that it has not.
pub(super) async fn rows(State(web): State<Web>, anyone: Anyone, Path(person): Path<String>, headers: HeaderMap) -> Answer {
    let person = person_at(&demo(&web), &person).ok_or_else(|| anyone.nothing())?;
    let refuse = |error| anyone.refuse(error);
    let caller = caller(&web, person.number).await.map_err(refuse)?;
    let seen = headers.get(header::IF_NONE_MATCH).and_then(|seen| seen.to_str().ok());
    let mut answer = match look(&web, person.number, &caller, seen).await.map_err(refuse)? {
        Some((rows, tag)) => with_tag(page(StatusCode::OK, &rows), &tag),
        None => with_tag(StatusCode::NOT_MODIFIED.into_response(), seen.unwrap_or_default()),
    };
    if let Ok(now) = HeaderValue::from_str(&web.clock().now().to_string()) {
        answer.headers_mut().insert(NOW, now);
    }
    Ok(answer)
}

/// `GET /demo/side-by-side/{left}/{right}`.
pub(super) async fn side_by_side(State(web): State<Web>, anyone: Anyone, Path((left, right)): Path<(String, String)>) -> Answer {
    let demo = demo(&web);
    let windows = [&left, &right].map(|number| person_at(&demo, number));
    let [Some(left), Some(right)] = windows else { return Err(anyone.nothing()) };
    let answer = page(StatusCode::OK, &SideBySide { chrome: anyone.chrome(), windows: [left, right] });
    Ok(framed(anyone.remember(answer), Framing::Holds))
}

/// What is to be shown with its tag; none where that has been seen.
async fn look(web: &Web, number: usize, caller: &Caller, seen: Option<&str>) -> Result<Option<(WindowRows, String)>, AppError> {
    let demo = demo(web);
    // Before the rows are read: what comes in meanwhile is looked at again the next time.
    let (size, jumps) = (web.head_size().await?, demo.stage().jumps());
    web.wait_for_views().await?;
    let owed = web.owed(caller).await?;
    let known = demo.watched(number).unwrap_or_default();
    let same = |mark: &Mark| mark.size == size && mark.owed == owed && mark.jumps == jumps && seen == Some(mark.tag.as_str());
    if known.mark.as_ref().is_some_and(same) {
        return Ok(None);
    }
    let glance = web.queue_unless_seen(caller, ROWS, jumps, seen).await?;
    let tag = glance.as_ref().map_or(seen.unwrap_or_default(), |glance| glance.tag.as_str()).to_owned();
    demo.remember(number, Watched { mark: Some(Mark { size, owed, jumps, tag }), ..known });
    match glance {
        Some(glance) => Ok(Some(in_words(web, glance).await?)),
        None => Ok(None),
    }
}

async fn in_words(web: &Web, glance: Glance) -> Result<(WindowRows, String), AppError> {
    let directory = web.directory().await?;
    let rows = glance.page.items.iter().map(|item| row(web, &directory, item)).collect();
    Ok((WindowRows { owed: glance.owed.0, overdue: glance.owed.1, rows }, glance.tag))
}

/// The person of a window, by a session of theirs that is opened once and again when it has ended.
async fn caller(web: &Web, number: usize) -> Result<Caller, AppError> {
    let demo = demo(web);
    let mut known = demo.watched(number).unwrap_or_default();
    if !known.session.is_empty()
        && let Some(caller) = web.by_session(&known.session).await?
    {
        return Ok(caller);
    }
    let person = demo.people().get(number).ok_or(AppError::NotFound)?;
    known.session = web.sign_in_for_demonstration(&person.email, demo.password()).await?.ok_or(AppError::NotFound)?;
    let caller = web.by_session(&known.session).await?.ok_or(AppError::NotFound)?;
    demo.remember(number, known);
    Ok(caller)
}

fn framed(mut response: Response, framing: Framing) -> Response {
    response.extensions_mut().insert(framing);
    response
}

fn with_tag(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
