//! The statements. What is the same in both engines is here; how a batch is written is in [`sqlite`] and
//! [`postgres`].
//!
//! Each statement starts with a comment that names it, so that server logs and statistics point back here.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::ops::Range;

use futures::TryStreamExt as _;

use crate::batch::HeadRow;
use crate::command::StoredCommand;
use crate::event::{ReadError, StoredEvent};
use crate::tree::{Frontier, Hash};
use crate::{Database, SealedEvent, StreamId, TrustId};

/// Runs the same statement on a connection of either engine: `$executor` has another type in each copy of the body.
macro_rules! on_reader {
    ($db:expr, $executor:ident => $body:expr) => {
        match $db {
            $crate::Database::Sqlite { reader, .. } => {
                let $executor = reader;
                $body
            }
            $crate::Database::Postgres(pool) => {
                let $executor = pool;
                $body
            }
        }
    };
}
macro_rules! on_writer {
    ($db:expr, $executor:ident => $body:expr) => {
        match $db {
            $crate::Database::Sqlite { writer, .. } => {
                let $executor = writer;
                $body
            }
            $crate::Database::Postgres(pool) => {
                let $executor = pool;
                $body
            }
        }
    };
}

pub(crate) const READ_HEAD: &str = "-- ledger.head.read
SELECT size, frontier, root, recorded_at FROM heads WHERE trust_id = $1";
const CREATE_HEAD: &str = "-- ledger.head.create
INSERT INTO heads (trust_id, size, frontier, root, recorded_at) VALUES ($1, 0, $2, $3, $4)
ON CONFLICT (trust_id) DO NOTHING";
pub(crate) const READ_EVENTS: &str = "-- ledger.events.read
SELECT position, stream_id, version, recorded_at, item_root, leaf_hash, sealed
FROM events WHERE trust_id = $1 AND position >= $2 ORDER BY position LIMIT $3";
const READ_STREAM: &str = "-- ledger.stream.read
SELECT position, stream_id, version, recorded_at, item_root, leaf_hash, sealed
FROM events WHERE trust_id = $1 AND stream_id = $2 AND version >= $3 ORDER BY version LIMIT $4";
const READ_STREAM_VERSION: &str = "-- ledger.stream.version
SELECT coalesce(max(version), 0) FROM events WHERE trust_id = $1 AND stream_id = $2";
const READ_LEAVES: &str = "-- ledger.leaves.read
SELECT position, leaf_hash FROM events WHERE trust_id = $1 AND position >= $2 ORDER BY position LIMIT $3";
const READ_COMMAND: &str = "-- ledger.command.read
SELECT key, digest, recorded_at, outcome, mac FROM commands WHERE trust_id = $1 AND key = $2";
const PURGE_COMMANDS: &str = "-- ledger.commands.purge
DELETE FROM commands WHERE trust_id = $1 AND recorded_at < $2";

/// Leaf hashes are 32 bytes: a page of them is small.
const LEAVES_PAGE: u64 = 10_000;

/// position, stream, version, recorded_at, item_root, leaf_hash, sealed.
pub(crate) type RawEvent = (i64, Vec<u8>, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);
/// size, frontier, root, recorded_at.
pub(crate) type RawHead = (i64, Vec<u8>, Vec<u8>, i64);
/// key, digest, recorded_at, outcome, mac.
pub(crate) type RawCommand = (Vec<u8>, Vec<u8>, i64, Vec<u8>, Vec<u8>);

/// How a batch was not written.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine chose this transaction as the one to give way; it may simply be run again.
    GaveWay(sqlx::Error),
    /// The way to the database, or its outcome, is lost.
    Lost(sqlx::Error),
    /// The database holds what the ledger did not write.
    Corrupt(&'static str),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::ColumnDecode { .. }) {
            return Self::Corrupt("a column has a value of another form");
        }
        let Some(database) = error.as_database_error() else {
            return Self::Lost(error);
        };
        match database.code().as_deref() {
            // serialization_failure, deadlock_detected
            Some("40001" | "40P01") => Self::GaveWay(error),
            // Under the head lock nobody else writes: what is in the way was not written by a ledger.
            _ if database.is_unique_violation() => Self::Corrupt("a row is in the way of the next one"),
            _ => Self::Lost(error),
        }
    }
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The head row, with the assertion that its parts belong together.
pub(crate) fn head_row((size, frontier, root, recorded_at): RawHead) -> Option<HeadRow> {
    let frontier = Frontier::from_bytes(u64::try_from(size).ok()?, &frontier).ok()?;
    let root = Hash::try_from(root).ok()?;
    (frontier.root() == root).then_some(HeadRow { frontier, root, recorded_at })
}

pub(crate) fn stored_event(raw: RawEvent) -> Result<StoredEvent, ReadError> {
    let (position, stream, version, recorded_at, item_root, leaf_hash, sealed) = raw;
    let event = || {
        let item_root = item_root.try_into().ok()?;
        Some(StoredEvent {
            position: u64::try_from(position).ok()?,
            stream: StreamId::from_bytes(stream.try_into().ok()?),
            version: u64::try_from(version).ok()?,
            recorded_at,
            leaf_hash: leaf_hash.try_into().ok()?,
            sealed: SealedEvent::decode(&sealed, item_root)?,
        })
    };
    event().ok_or_else(|| ReadError::corrupt(format!("the event at position {position} has another form")))
}

pub(crate) fn stored_command(raw: RawCommand) -> Option<StoredCommand> {
    let (key, digest, recorded_at, outcome, mac) = raw;
    Some(StoredCommand { key: key.try_into().ok()?, digest: digest.try_into().ok()?, recorded_at, outcome, mac: mac.try_into().ok()? })
}

pub(crate) async fn create_head(db: &Database, trust: TrustId, now: i64) -> sqlx::Result<()> {
    let empty = Frontier::new();
    on_writer!(db, executor => {
        sqlx::query(CREATE_HEAD)
            .bind(&trust.as_bytes()[..])
            .bind(empty.to_bytes())
            .bind(empty.root().to_vec())
            .bind(now)
            .execute(executor)
            .await
            .map(|_| ())
    })
}

pub(crate) async fn read_head(db: &Database, trust: TrustId) -> Result<HeadRow, ReadError> {
    let raw: Option<RawHead> = on_reader!(db, executor => {
        sqlx::query_as(READ_HEAD)
            .bind(&trust.as_bytes()[..])
            .fetch_optional(executor)
            .await?
    });
    head_row(raw.ok_or(ReadError::NoTrust(trust))?).ok_or_else(|| ReadError::corrupt("the head row was changed"))
}

/// Takes rows while they fit in `bytes_max`, and always the first.
struct Page {
    events: Vec<StoredEvent>,
    bytes: usize,
    bytes_max: usize,
    /// Whether it had no room for an event that was there.
    full: bool,
}

impl Page {
    fn new(bytes_max: usize) -> Self {
        Self { events: Vec::new(), bytes: 0, bytes_max, full: false }
    }

    /// Whether there is room for more.
    fn push(&mut self, raw: RawEvent) -> Result<bool, ReadError> {
        self.bytes += raw.6.len();
        if self.bytes > self.bytes_max && !self.events.is_empty() {
            self.full = true;
            return Ok(false);
        }
        self.events.push(stored_event(raw)?);
        Ok(true)
    }
}

pub(crate) async fn read_events(
    db: &Database,
    trust: TrustId,
    from: u64,
    limit: usize,
    bytes_max: usize,
) -> Result<Vec<StoredEvent>, ReadError> {
    let mut page = Page::new(bytes_max);
    on_reader!(db, executor => {
        let mut rows = sqlx::query_as(READ_EVENTS)
            .bind(&trust.as_bytes()[..])
            .bind(signed(from))
            .bind(signed(limit as u64))
            .fetch(executor);
        while let Some(raw) = rows.try_next().await? {
            if !page.push(raw)? {
                break;
            }
        }
    });
    Ok(page.events)
}

/// Up to `limit` events of a stream, and whether there are no more.
pub(crate) async fn read_stream(
    db: &Database,
    trust: TrustId,
    stream: StreamId,
    from: u64,
    limit: usize,
    bytes_max: usize,
) -> Result<(Vec<StoredEvent>, bool), ReadError> {
    let mut page = Page::new(bytes_max);
    on_reader!(db, executor => {
        let mut rows = sqlx::query_as(READ_STREAM)
            .bind(&trust.as_bytes()[..])
            .bind(&stream.as_bytes()[..])
            .bind(signed(from))
            .bind(signed(limit as u64))
            .fetch(executor);
        while let Some(raw) = rows.try_next().await? {
            if !page.push(raw)? {
                break;
            }
        }
    });
    let ended = !page.full && page.events.len() < limit;
    Ok((page.events, ended))
}

pub(crate) async fn stream_version(db: &Database, trust: TrustId, stream: StreamId) -> Result<u64, ReadError> {
    let version: i64 = on_reader!(db, executor => {
        sqlx::query_scalar(READ_STREAM_VERSION)
            .bind(&trust.as_bytes()[..])
            .bind(&stream.as_bytes()[..])
            .fetch_one(executor)
            .await?
    });
    u64::try_from(version).map_err(|_| ReadError::corrupt("a version below zero"))
}

/// Hands over the stored leaf hashes of `range` in order; an event that is missing is an error.
pub(crate) async fn each_leaf(db: &Database, trust: TrustId, range: Range<u64>, mut take: impl FnMut(Hash)) -> Result<(), ReadError> {
    let mut next = range.start;
    while next < range.end {
        let limit = LEAVES_PAGE.min(range.end - next);
        let page: Vec<(i64, Vec<u8>)> = on_reader!(db, executor => {
            sqlx::query_as(READ_LEAVES)
                .bind(&trust.as_bytes()[..])
                .bind(signed(next))
                .bind(signed(limit))
                .fetch_all(executor)
                .await?
        });
        for position in next..next + limit {
            let row = usize::try_from(position - next).ok().and_then(|at| page.get(at));
            let leaf = row.filter(|(stored, _)| *stored == signed(position)).and_then(|(_, leaf)| Hash::try_from(&leaf[..]).ok());
            take(leaf.ok_or_else(|| ReadError::corrupt(format!("there is no event at position {position}")))?);
        }
        next += limit;
    }
    Ok(())
}

pub(crate) async fn read_command(db: &Database, trust: TrustId, key: [u8; 32]) -> Result<Option<StoredCommand>, ReadError> {
    let raw: Option<RawCommand> = on_reader!(db, executor => {
        sqlx::query_as(READ_COMMAND)
            .bind(&trust.as_bytes()[..])
            .bind(&key[..])
            .fetch_optional(executor)
            .await?
    });
    raw.map(|raw| stored_command(raw).ok_or_else(|| ReadError::corrupt("a command record has another form"))).transpose()
}

pub(crate) async fn purge_commands(db: &Database, trust: TrustId, before: i64) -> sqlx::Result<u64> {
    on_writer!(db, executor => {
        sqlx::query(PURGE_COMMANDS)
            .bind(&trust.as_bytes()[..])
            .bind(before)
            .execute(executor)
            .await
            .map(|done| done.rows_affected())
    })
}
