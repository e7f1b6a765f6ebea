//! An event as it is read back.

use crate::tree::Hash;
use crate::{Envelope, SealedEvent, StreamId, TrustId, leaf};

/// One event of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Place in the trust's order, from 0 without gap; the index of its leaf in the tree.
    pub position: u64,
    /// Its stream.
    pub stream: StreamId,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at: i64,
    /// Its leaf hash as stored; [`StoredEvent::leaf`] computes it.
    pub leaf_hash: Hash,
    /// Its sealed groups and the root over its items.
    pub sealed: SealedEvent,
}

impl StoredEvent {
    /// Its sealed groups, in stored order.
    pub fn envelopes(&self) -> &[Envelope] {
        self.sealed.envelopes()
    }

    /// The leaf bytes of this event, for a proof.
    pub fn leaf(&self, trust: TrustId) -> Vec<u8> {
        leaf::leaf_bytes(trust, self.stream, self.version, self.recorded_at, &self.sealed)
    }
}

/// Why the book could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database did not answer; reading again is safe.
    #[error("the book cannot be read at the moment")]
    Unavailable(#[source] sqlx::Error),
    /// The database holds what the ledger did not write. Needs a person and `verify`.
    #[error("the book is damaged: {what}")]
    Corrupt {
        /// What is wrong, without content.
        what: String,
    },
    /// The trust has no head row: [`Ledger::create_trust`](crate::Ledger::create_trust) was never called.
    #[error("this database holds no book of trust {0}")]
    NoTrust(TrustId),
    /// No such event, or no tree of that size, to prove something about.
    #[error("there is nothing to prove at that position or size")]
    NoProof,
}

impl ReadError {
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}

/// A value of the wrong form is damage; everything else is the way to the database.
impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, .. } => Self::corrupt(format!("column {index} has a value of another form")),
            other => Self::Unavailable(other),
        }
    }
}
