//! How a command ends when it is not done: bad input (exit 2) or a failure (exit 1), as an RFC 9457 problem like the API's own.
//!
//! To say something new: [`Failure::input`] where the person must change what they gave, [`Failure::failed`] where not.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};
use wardbook_app::{AppError, setup::SetupError};
use wardbook_domain::field::Invalid;
use wardbook_ledger::DatabaseError;
use wardbook_vault::IdentityError;

/// A problem as the API says it (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    /// Which kind.
    pub(crate) r#type: String,
    /// In a few words.
    pub(crate) title: String,
    /// The HTTP status that goes with it.
    pub(crate) status: u16,
    /// What is wrong here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldProblem>,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FieldProblem {
    /// Its name.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.errors.iter().map(|error| format!("{}: {}", error.field, error.problem));
        let parts: Vec<String> = self.detail.iter().cloned().chain(fields).collect();
        if parts.is_empty() { f.write_str(&self.title) } else { f.write_str(&parts.join("; ")) }
    }
}

/// Why a command is not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The person must change what they gave: exit 2.
    Input(Problem),
    /// Something did not work, or a check failed: exit 1.
    Failed(Problem),
}

impl Failure {
    /// Bad input, in one sentence.
    pub(crate) fn input(detail: impl Into<String>) -> Self {
        Self::Input(problem("input", "The input is wrong", 422, Some(detail.into()), vec![]))
    }

    /// Bad input in one field, option or key.
    pub(crate) fn field(field: impl Into<String>, what: impl Into<String>) -> Self {
        Self::fields(vec![FieldProblem { field: field.into(), problem: what.into() }])
    }

    /// Bad input in several fields.
    pub(crate) fn fields(errors: Vec<FieldProblem>) -> Self {
        Self::Input(problem("invalid", "Some fields are wrong", 422, None, errors))
    }

    /// Something did not work.
    pub(crate) fn failed(detail: impl Into<String>) -> Self {
        Self::Failed(problem("failed", "The command failed", 500, Some(detail.into()), vec![]))
    }

    /// Something did not work: what was being done, and the chain of causes.
    pub(crate) fn caused(doing: impl fmt::Display, cause: &dyn Error) -> Self {
        Self::failed(format!("{doing}: {}", chain(cause)))
    }

    /// What the server answered instead of success.
    pub(crate) fn answered(problem: Problem) -> Self {
        match problem.status {
            // As things stand, stale, too many: the same command may be right later.
            409 | 412 | 429 => Self::Failed(problem),
            400..=499 => Self::Input(problem),
            _ => Self::Failed(problem),
        }
    }

    /// The process's exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Failed(_) => 1,
        }
    }

    /// The problem.
    pub(crate) fn problem(&self) -> &Problem {
        match self {
            Self::Input(problem) | Self::Failed(problem) => problem,
        }
    }

    /// The same failure with more to say at its end, for example what is left behind.
    pub(crate) fn and(mut self, more: &str) -> Self {
        let (Self::Input(problem) | Self::Failed(problem)) = &mut self;
        let before = problem.detail.take();
        problem.detail = Some(before.map_or_else(|| more.to_owned(), |text| format!("{text}; {more}")));
        self
    }
}

fn problem(kind: &str, title: &str, status: u16, detail: Option<String>, errors: Vec<FieldProblem>) -> Problem {
    Problem { r#type: format!("/problems/{kind}"), title: title.to_owned(), status, detail, errors }
}

/// An error with its causes in one line. A cause that its outer error has said already is not said twice.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    // One line, whatever a library puts into its errors.
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<Invalid> for Failure {
    fn from(Invalid(errors): Invalid) -> Self {
        Self::fields(errors.into_iter().map(|error| FieldProblem { field: error.field, problem: error.problem }).collect())
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(invalid) => invalid.into(),
            AppError::NotFound | AppError::Forbidden => Self::input("not found: it does not exist, or it is not for you"),
            other => Self::failed(chain(&other)),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::App(error) => error.into(),
            SetupError::Database(DatabaseError::Url) | SetupError::SameCluster | SetupError::Profile(_) | SetupError::NoTrust => {
                Self::input(chain(&error))
            }
            other => Self::failed(chain(&other)),
        }
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Io { .. } => Self::failed(chain(&error)),
            other => Self::input(chain(&other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] Inner);
    #[derive(Debug, thiserror::Error)]
    #[error("inner\n  says")]
    struct Inner;

    #[test]
    fn a_chain_is_one_line_and_says_nothing_twice() {
        assert_eq!(chain(&Outer(Inner)), "outer: inner says");
        assert_eq!(chain(&SetupError::Profile(wardbook_domain::profile::ProfileError::Wrong("x".into()))), "the profile is wrong: x");
    }

    #[test]
    fn the_answers_status_chooses_the_exit_code() {
        let answered = |status| Failure::answered(problem("x", "x", status, None, vec![])).exit_code();
        assert_eq!([400, 401, 404, 409, 412, 422, 429, 500, 503].map(answered), [2, 2, 2, 1, 1, 2, 1, 1, 1]);
    }
}
