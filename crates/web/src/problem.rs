//! Every refusal of the API, as RFC 9457 problem details. "Forbidden" and "not found" are one answer from one path (design §1.4).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use wardbook_app::{AppError, looking::PURPOSE_HEADER};
use wardbook_domain::field::{FieldError, Invalid};

/// A problem (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Which kind: `/problems/invalid`, `/problems/not-found`...
    pub(crate) r#type: String,
    /// In a few words.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldProblem>,
    /// Seconds to wait, sent as `Retry-After`.
    #[serde(skip)]
    pub(crate) retry_after: Option<u64>,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// Its name.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) problem: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, kind: &str, title: &str) -> Self {
        Self {
            r#type: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: None,
            errors: vec![],
            retry_after: None,
        }
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", "Please sign in")
            .detail("Send an API token as `Authorization: Bearer ...`; `wardbook token create` makes one.")
    }

    fn nothing_there() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found").detail("It does not exist, or it is not for you.")
    }

    fn busy(seconds: u64) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too busy").detail("Please send the same request again.");
        problem.retry_after = Some(seconds.max(1));
        problem
    }

    fn invalid(Invalid(errors): Invalid) -> Self {
        let not_json = errors.iter().any(|error| error.field == "body");
        let status = if not_json { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut problem = Self::new(status, "invalid", "Some fields are wrong");
        problem.errors = errors.into_iter().map(|FieldError { field, problem }| FieldProblem { field, problem }).collect();
        problem
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(invalid) => Self::invalid(invalid),
            AppError::NotFound | AppError::Forbidden => Self::nothing_there(),
            AppError::State(text) => Self::new(StatusCode::CONFLICT, "state", "Not possible as things stand").detail(text),
            AppError::OtherBody => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key", "This Idempotency-Key was used before")
                .detail("It came with another request. Send a new key with a new request, and the same key only with the same one."),
            AppError::Stale => Self::new(StatusCode::PRECONDITION_FAILED, "stale", "The record has changed")
                .detail("Someone changed it after you were shown it. Look again, then decide."),
            AppError::Busy(wait) => Self::busy(wait.as_secs()),
            AppError::Unavailable(_) => {
                log(&error);
                Self::busy(2)
            }
            AppError::LookFirst(first) => {
                let codes: Vec<String> = first.purposes.into_iter().map(|(code, _)| code).collect();
                Self::new(StatusCode::BAD_REQUEST, "purpose-required", "A purpose is needed")
                    .detail(format!("Send the header {PURPOSE_HEADER} with one of: {}.", codes.join(", ")))
            }
            AppError::Sealed(why) => {
                let status = if why.is_gone() { StatusCode::GONE } else { StatusCode::INTERNAL_SERVER_ERROR };
                Self::new(status, "sealed", "The record is sealed").detail(why.label())
            }
            AppError::Internal(_) => {
                log(&error);
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here")
                    .detail("It has been logged. Nothing that was acknowledged is lost.")
            }
        }
    }
}

/// Logs an error with its chain of causes; causes hold ids and SQL states, never content.
pub(crate) fn log(error: &(dyn std::error::Error + 'static)) {
    let mut chain = vec![];
    let mut cause = error.source();
    while let Some(next) = cause {
        chain.push(next.to_string());
        cause = next.source();
    }
    tracing::error!(%error, ?chain, "web.request.failed");
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The answer for a path that exists under another method.
pub(crate) async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This path takes another method")
}

/// The answer for paths that do not exist.
pub(crate) async fn not_found() -> Problem {
    Problem::nothing_there()
}
