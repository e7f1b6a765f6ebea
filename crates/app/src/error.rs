//! What can go wrong, as far as a caller can act on it. Causes go to the log by their chain, never to people.

use std::time::Duration;

use wardbook_domain::{event::UnreadableEvent, field::Invalid, report::Refused};
use wardbook_ledger::{AppendError, ReadError};
use wardbook_vault::{KeyError, StateError};
use wardbook_views::{OpenFailure, QueryError};

use crate::looking::LookFirst;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a record stays sealed; each is told in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedWhy {
    /// Its key was destroyed: it was disposed of.
    Disposed,
    /// It is in quarantine: the recovery identity alone opens it.
    Quarantined,
    /// Its key is missing without a tombstone: a loss.
    KeyMissing,
    /// The sealed bytes or the wrapped key were altered.
    Damaged,
}

impl SealedWhy {
    /// Whether somebody decided it so: nobody need be told of a fault.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Disposed | Self::Quarantined)
    }

    /// What a person is told.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Disposed => "This record was disposed of; nothing of it is left.",
            Self::Quarantined => "This file is in quarantine. Nobody can open it here; it was not destroyed.",
            Self::KeyMissing => "This record is sealed and its key is missing. Please tell your administrator: this should not happen.",
            Self::Damaged => {
                "This record is sealed and was altered after it was written. Please tell your administrator: this should not happen."
            }
        }
    }
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Fields that are wrong, by name.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such thing, or not for this caller: one answer from one path (design §1.4).
    #[error("not found")]
    NotFound,
    /// The caller may not do this at all (their duty has no part in it), whatever exists.
    #[error("this needs another duty")]
    Forbidden,
    /// The record's state does not allow it.
    #[error("{0}")]
    State(String),
    /// The same idempotency key came before with another body.
    #[error("this Idempotency-Key was used for another request")]
    OtherBody,
    /// What the caller was shown has changed since.
    #[error("the record has changed since it was shown")]
    Stale,
    /// Too much at once; try again after this time.
    #[error("too busy")]
    Busy(Duration),
    /// A part that is needed does not answer; the same command may be sent again.
    #[error("a part of the service does not answer")]
    Unavailable(#[source] Source),
    /// Something is asked before the record is shown.
    #[error("something is asked before the record is shown")]
    LookFirst(LookFirst),
    /// The record cannot be opened.
    #[error("the record is sealed")]
    Sealed(SealedWhy),
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] Source),
}

impl AppError {
    pub(crate) fn internal(cause: impl Into<Source>) -> Self {
        Self::Internal(cause.into())
    }

    pub(crate) fn unavailable(cause: impl Into<Source>) -> Self {
        Self::Unavailable(cause.into())
    }
}

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(invalid) => Self::Invalid(invalid),
            Refused::State(text) => Self::State(text.to_owned()),
        }
    }
}

impl From<ReadError> for AppError {
    fn from(error: ReadError) -> Self {
        Self::unavailable(error)
    }
}

impl From<QueryError> for AppError {
    fn from(error: QueryError) -> Self {
        Self::unavailable(error)
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        Self::unavailable(error)
    }
}

impl From<KeyError> for AppError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Destroyed { .. } => Self::Sealed(SealedWhy::Disposed),
            KeyError::Quarantined { .. } => Self::Sealed(SealedWhy::Quarantined),
            KeyError::Missing => Self::Sealed(SealedWhy::KeyMissing),
            KeyError::Unwrap => Self::Sealed(SealedWhy::Damaged),
            KeyError::Store(cause) => Self::unavailable(cause),
            other => Self::internal(other),
        }
    }
}

impl From<OpenFailure> for AppError {
    fn from(error: OpenFailure) -> Self {
        match error {
            OpenFailure::Key(key) => key.into(),
            OpenFailure::Damaged(_) => Self::Sealed(SealedWhy::Damaged),
            OpenFailure::Unreadable(cause) => Self::internal(cause),
        }
    }
}

impl From<UnreadableEvent> for AppError {
    fn from(error: UnreadableEvent) -> Self {
        Self::internal(error)
    }
}

impl From<StateError> for AppError {
    fn from(error: StateError) -> Self {
        Self::internal(error)
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        // Its text may quote a value: only where it failed may be kept.
        Self::internal(format!("JSON: {:?} at column {}", error.classify(), error.column()))
    }
}

/// An append that was not made; a conflict is for the use case to judge, the rest is the caller's.
pub(crate) fn append_error(error: AppendError) -> AppError {
    match error {
        AppendError::OtherBody => AppError::OtherBody,
        AppendError::QueueFull { retry_after } => AppError::Busy(retry_after),
        AppendError::Unavailable(_) => AppError::unavailable(error),
        other => AppError::internal(other),
    }
}
