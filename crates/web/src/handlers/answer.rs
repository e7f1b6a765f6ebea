//! How a handler answers: a page, a way on, or a refusal as a page. "Forbidden" and "not found" are one page from one path.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use wardbook_app::AppError;
use wardbook_domain::field::{FieldError, Invalid};

use crate::pages::Chrome;
use crate::pages::message::Message;
use crate::problem::log;

/// What a handler gives back.
pub(crate) type Answer = Result<Response, Stop>;

/// An answer that ends a handler early; boxed, as it is the rare one.
#[derive(Debug)]
pub(crate) struct Stop(Box<Response>);

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "web.page.not_rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The way on after a form, or to sign in: 303, so that a reload sends nothing again.
pub(crate) fn see_other(path: &str) -> Response {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// A page that asks to wait.
pub(crate) fn later(status: StatusCode, seconds: u64, template: &impl Template) -> Response {
    let mut response = page(status, template);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// 429 after too many attempts.
pub(crate) fn too_many_attempts(chrome: Chrome, wait: Duration) -> Response {
    let seconds = seconds_of(wait);
    later(StatusCode::TOO_MANY_REQUESTS, seconds, &Message::too_many_attempts(chrome, seconds.div_ceil(60)))
}

/// 429 for a browser that others' attempts at an account may hold up.
pub(crate) fn held_up(chrome: Chrome, wait: Duration) -> Response {
    let seconds = seconds_of(wait);
    later(StatusCode::TOO_MANY_REQUESTS, seconds, &Message::held_up(chrome, seconds.div_ceil(60)))
}

/// Rounded up: whoever waits so long must not be refused again.
fn seconds_of(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The page for an error; `href` leads to what changed meanwhile.
pub(crate) fn refusal(chrome: Chrome, error: AppError, href: &str) -> Stop {
    let response = match error {
        AppError::NotFound | AppError::Forbidden => page(StatusCode::NOT_FOUND, &Message::cannot_show(chrome)),
        AppError::Stale => page(StatusCode::PRECONDITION_FAILED, &Message::changed_meanwhile(chrome, href)),
        AppError::Busy(wait) => later(StatusCode::SERVICE_UNAVAILABLE, wait.as_secs(), &Message::unavailable(chrome)),
        AppError::Unavailable(_) => {
            log(&error);
            later(StatusCode::SERVICE_UNAVAILABLE, 2, &Message::unavailable(chrome))
        }
        AppError::State(text) => told(StatusCode::CONFLICT, chrome, "Not possible as things stand", vec![sentence(&text)]),
        AppError::OtherBody => told(
            StatusCode::UNPROCESSABLE_ENTITY,
            chrome,
            "This form was sent before",
            vec!["It was sent with other answers, which were recorded. What you sent now was not.".to_owned()],
        ),
        // Where it is asked for is the visitor's to say: see `Here::refuse_at`.
        AppError::LookFirst(_) => see_other(href),
        AppError::Sealed(why) => {
            let status = if why.is_gone() { StatusCode::GONE } else { StatusCode::INTERNAL_SERVER_ERROR };
            told(status, chrome, "This record is sealed", vec![why.label().to_owned()])
        }
        AppError::Invalid(Invalid(list)) => {
            let wrong = |FieldError { field, problem }| format!("{field}: {problem}.");
            told(StatusCode::UNPROCESSABLE_ENTITY, chrome, "Something that was sent is wrong", list.into_iter().map(wrong).collect())
        }
        AppError::Internal(_) => {
            log(&error);
            page(StatusCode::INTERNAL_SERVER_ERROR, &Message::our_fault(chrome))
        }
    };
    response.into()
}

fn told(status: StatusCode, chrome: Chrome, title: &str, paragraphs: Vec<String>) -> Response {
    let link = Some(("Go to the start page".to_owned(), "/".to_owned()));
    page(status, &Message { chrome, title: title.to_owned(), paragraphs, link })
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    format!("{}.", capital(text))
}

/// With a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
