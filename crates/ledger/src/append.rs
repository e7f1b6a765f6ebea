//! What a caller hands over to be written, and what it hears back.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crate::{SealedEvent, StreamId};

/// The most streams one append may write.
pub const WRITES_MAX: usize = 64;
/// The most streams one append may guard without writing.
pub const GUARDS_MAX: usize = 64;
/// The most events one append may hold.
pub const EVENTS_MAX: usize = 256;
/// The most sealed bytes one append may hold.
pub const SEALED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Events for one stream.
#[derive(Debug, Clone)]
pub struct Write {
    /// The stream.
    pub stream: StreamId,
    /// Number of events the stream has, exactly; 0 for a new stream. The first of `events` gets `expected + 1`.
    pub expected: u64,
    /// At least one.
    pub events: Vec<SealedEvent>,
}

/// A stream that is not written and must not have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The stream.
    pub stream: StreamId,
    /// Number of events it has, exactly.
    pub version: u64,
}

/// Which command this append carries out, so that a repeat is recognised. Both are keyed digests made by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandRef {
    /// Of principal and command id: another principal's key is another key.
    pub key: [u8; 32],
    /// Of principal, command id and body: another body has another digest.
    pub digest: [u8; 32],
}

/// One unit of writing: everything happens or nothing does.
///
/// No stream may stand in it twice. Without writes it needs a command (guards alone would change nothing).
#[derive(Debug, Clone, Default)]
pub struct Append {
    /// At most [`WRITES_MAX`] streams, [`EVENTS_MAX`] events and [`SEALED_BYTES_MAX`] in all.
    pub writes: Vec<Write>,
    /// At most [`GUARDS_MAX`].
    pub guards: Vec<Guard>,
    /// Recorded with the outcome, when given.
    pub command: Option<CommandRef>,
}

/// What happened, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Position of the first event written; the others follow without gap. `None` when there was none to write.
    pub first_position: Option<u64>,
    /// Microseconds since 1970-01-01T00:00:00Z; never earlier than any event before.
    pub recorded_at: i64,
    /// The last version of each stream written, in the order of the writes.
    pub versions: Vec<(StreamId, u64)>,
    /// This command had been carried out before; nothing was written now.
    pub repeated: bool,
}

/// Why nothing was written (or, for [`AppendError::Unavailable`], why that is not known).
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// A stream is not at the version given: load it again and decide again.
    #[error("stream {stream} is at version {actual}, not {expected}")]
    Conflict {
        /// The first stream, writes before guards, that is elsewhere.
        stream: StreamId,
        /// The version given.
        expected: u64,
        /// Its version now.
        actual: u64,
    },
    /// The command was carried out before with another body.
    #[error("this command was carried out before with another body")]
    OtherBody,
    /// More is waiting than the queue holds: nothing was taken.
    #[error("the queue of appends is full")]
    QueueFull {
        /// When to try again.
        retry_after: Duration,
    },
    /// The database did not answer. Whether the append happened may be unknown; repeating it under the same command
    /// is safe.
    #[error("the book cannot be written at the moment")]
    Unavailable(#[source] Arc<dyn Error + Send + Sync>),
    /// More than one append may hold; says of what.
    #[error("an append holds at most {max} {what}, not {actual}")]
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// The bound.
        max: usize,
        /// The number given.
        actual: usize,
    },
    /// The append contradicts itself.
    #[error("the append is not valid: {0}")]
    Invalid(&'static str),
    /// The database holds what the ledger did not write. Needs a person and `verify`, not a retry.
    #[error("the book is damaged: {0}")]
    Corrupt(&'static str),
}

impl AppendError {
    pub(crate) fn unavailable(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Arc::new(cause))
    }
}

impl Append {
    /// Number of events in all writes.
    pub fn event_count(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }

    /// Sealed bytes of all events.
    pub fn sealed_len(&self) -> usize {
        let events = self.writes.iter().flat_map(|write| &write.events);
        events.map(SealedEvent::sealed_len).sum()
    }

    /// Streams written and guarded with the version each must have.
    pub(crate) fn expectations(&self) -> impl Iterator<Item = (StreamId, u64)> {
        let writes = self.writes.iter().map(|one| (one.stream, one.expected));
        writes.chain(self.guards.iter().map(|one| (one.stream, one.version)))
    }

    /// Refuses what is out of bounds or says two things at once, before it takes a place in the queue.
    pub(crate) fn check(&self) -> Result<(), AppendError> {
        bounded("writes", WRITES_MAX, self.writes.len())?;
        bounded("guards", GUARDS_MAX, self.guards.len())?;
        bounded("events", EVENTS_MAX, self.event_count())?;
        bounded("sealed bytes", SEALED_BYTES_MAX, self.sealed_len())?;
        if self.writes.iter().any(|write| write.events.is_empty()) {
            return Err(AppendError::Invalid("a write without events"));
        }
        if self.writes.is_empty() && self.command.is_none() {
            return Err(AppendError::Invalid("nothing to record"));
        }
        let streams: BTreeSet<StreamId> = self.expectations().map(|(stream, _)| stream).collect();
        if streams.len() != self.writes.len() + self.guards.len() {
            return Err(AppendError::Invalid("one stream stands in it twice"));
        }
        // Stored as signed integers; no stream comes near.
        let storable = |(_, version): (StreamId, u64)| u32::try_from(version).is_ok();
        if !self.expectations().all(storable) {
            return Err(AppendError::Invalid("no stream has that version"));
        }
        Ok(())
    }
}

fn bounded(what: &'static str, max: usize, actual: usize) -> Result<(), AppendError> {
    if actual > max {
        return Err(AppendError::TooLarge { what, max, actual });
    }
    Ok(())
}
