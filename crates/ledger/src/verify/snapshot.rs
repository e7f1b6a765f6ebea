//! One unchanging view of the database for the length of a check, on either engine.

use futures::TryStreamExt as _;
use sqlx::{Postgres, Sqlite, Transaction};

use super::walk::Walk;
use crate::command::StoredCommand;
use crate::store::{READ_EVENTS, READ_HEAD, RawCommand, RawHead, signed, stored_command};
use crate::{Database, TrustId};

/// Rows per page.
const PAGE: i64 = 1000;

const STREAM_OUT_OF_ORDER: &str = "-- verify.streams.check
SELECT position, version, number FROM (
    SELECT position, version, row_number() OVER (PARTITION BY stream_id ORDER BY position) AS number
    FROM events WHERE trust_id = $1
) AS numbered WHERE version <> number ORDER BY position LIMIT 1";
/// The root over an event's items covers a fresh random salt of each: two events never share one.
const COPIED_EVENT: &str = "-- verify.copies.check
SELECT position FROM (
    SELECT position, row_number() OVER (PARTITION BY item_root ORDER BY position) AS number
    FROM events WHERE trust_id = $1
) AS numbered WHERE number > 1 ORDER BY position LIMIT 1";
const COMMANDS: &str = "-- verify.commands.read
SELECT key, digest, recorded_at, outcome, mac FROM commands WHERE trust_id = $1";

pub(super) enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! on_snapshot {
    ($snapshot:expr, $executor:ident => $body:expr) => {
        match $snapshot {
            Snapshot::Sqlite(tx) => {
                let $executor = &mut **tx;
                $body
            }
            Snapshot::Postgres(tx) => {
                let $executor = &mut **tx;
                $body
            }
        }
    };
}

impl Snapshot {
    pub(super) async fn open(db: &Database) -> sqlx::Result<Self> {
        Ok(match db {
            Database::Sqlite { reader, .. } => Self::Sqlite(reader.begin_with("BEGIN").await?),
            Database::Postgres(pool) => {
                let begin = "-- verify.begin\nBEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Self::Postgres(pool.begin_with(begin).await?)
            }
        })
    }

    pub(super) async fn head(&mut self, trust: TrustId) -> sqlx::Result<Option<RawHead>> {
        on_snapshot!(self, executor => {
            sqlx::query_as(READ_HEAD).bind(&trust.as_bytes()[..]).fetch_optional(executor).await
        })
    }

    /// Walks one page of events, a row at a time; false when there are no more.
    pub(super) async fn events(&mut self, trust: TrustId, walk: &mut Walk<'_>) -> sqlx::Result<bool> {
        let before = walk.seen();
        on_snapshot!(self, executor => {
            let mut rows = sqlx::query_as(READ_EVENTS)
                .bind(&trust.as_bytes()[..])
                .bind(signed(walk.next()))
                .bind(PAGE)
                .fetch(executor);
            while let Some(raw) = rows.try_next().await? {
                walk.row(raw);
            }
        });
        Ok(walk.seen() > before)
    }

    /// The first event whose version is not its number in the stream: (position, version, number).
    pub(super) async fn stream_out_of_order(&mut self, trust: TrustId) -> sqlx::Result<Option<(i64, i64, i64)>> {
        on_snapshot!(self, executor => {
            sqlx::query_as(STREAM_OUT_OF_ORDER).bind(&trust.as_bytes()[..]).fetch_optional(executor).await
        })
    }

    /// The first event with the items of an earlier one.
    pub(super) async fn copied_event(&mut self, trust: TrustId) -> sqlx::Result<Option<i64>> {
        on_snapshot!(self, executor => {
            sqlx::query_scalar(COPIED_EVENT).bind(&trust.as_bytes()[..]).fetch_optional(executor).await
        })
    }

    /// Hands over every command record; `None` for one of another form.
    pub(super) async fn commands(&mut self, trust: TrustId, check: &mut impl FnMut(Option<StoredCommand>)) -> sqlx::Result<()> {
        on_snapshot!(self, executor => {
            let mut rows = sqlx::query_as::<_, RawCommand>(COMMANDS)
                .bind(&trust.as_bytes()[..])
                .fetch(executor);
            while let Some(raw) = rows.try_next().await? {
                check(stored_command(raw));
            }
        });
        Ok(())
    }
}
