//! Writing a batch on PostgreSQL.
//!
//! **The lock path**, for any batch: READ COMMITTED; the head row is locked in a statement of its own, so every
//! statement after it has a snapshot that holds all that was committed by earlier holders of the lock.
//!
//! **The short path**, as long as this writer alone moves the head: one statement compares the head with what this
//! writer last wrote and sets it, and the inserts hang on that update. It is decided as if every stream were at the
//! version that the first append to name it expects, and no command known; the same statement checks that this is so.
//! If it is not, somebody in the batch loses or repeats: versions and then command records are read (in this order: a
//! copy that lost its race must find the record, not its own events in the way), and the statement is run with what
//! they tell; if the head is still the remembered one when it is set, nothing has been appended between.
//!
//! Why that is sound under READ COMMITTED, where a statement keeps the snapshot of its start but an update waits for,
//! and then looks again at, the newest version of its row:
//! * Nobody moved the head since: the snapshot holds every event up to it, so versions read with it, or since this
//!   writer's last commit, are the last ones, and the inserts happen.
//! * Somebody moved it before the start: the snapshot has another size, no row matches, nothing is inserted.
//! * Somebody moves it while this statement waits: the row is looked at again, the size no longer matches, nothing is
//!   inserted, although the snapshot is old.
//! * Somebody records a command without events meanwhile: the size still matches, and an old snapshot does not show
//!   the record; then the primary key of `commands` refuses ours and the statement is undone.
//!
//! After a miss or a refusal the lock path gives the exact answer.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection, PgPool, Postgres};
use tokio::time::Instant;

use super::{Failure, RawCommand, RawHead, head_row, signed, stored_command};
use crate::append::Append;
use crate::batch::{HeadRow, Plan, State, decide};
use crate::command::CommandRecord;
use crate::writer::Work;
use crate::{StreamId, TrustId};

const BEGIN: &str = "-- ledger.batch.begin
BEGIN ISOLATION LEVEL READ COMMITTED";
const LOCK_HEAD: &str = "-- ledger.head.lock
SELECT size, frontier, root, recorded_at FROM heads WHERE trust_id = $1 FOR UPDATE";
const READ_VERSIONS: &str = "-- ledger.versions.read
SELECT s.id, coalesce((SELECT max(e.version) FROM events e WHERE e.trust_id = $1 AND e.stream_id = s.id), 0)
FROM unnest($2::bytea[]) AS s (id)";
// One look into the index a key. With `key = ANY(…)`, a plan made while the table was small reads all of a trust's
// records for every batch.
const READ_COMMANDS: &str = "-- ledger.commands.read
SELECT c.key, c.digest, c.recorded_at, c.outcome, c.mac
FROM unnest($2::bytea[]) AS k (key), LATERAL (
    SELECT * FROM commands WHERE trust_id = $1 AND commands.key = k.key LIMIT 1) AS c";

/// The inserts both paths hang on the update of the head: parameters $1 to $17.
macro_rules! inserts {
    () => {
        "RETURNING trust_id
), new_events AS (
    INSERT INTO events (trust_id, position, stream_id, version, recorded_at, item_root, leaf_hash, sealed)
    SELECT h.trust_id, e.position, e.stream_id, e.version, $7, e.item_root, e.leaf_hash, e.sealed
    FROM moved_head h, unnest($8::bigint[], $9::bytea[], $10::bigint[], $11::bytea[], $12::bytea[], $13::bytea[])
        AS e (position, stream_id, version, item_root, leaf_hash, sealed)
), new_commands AS (
    INSERT INTO commands (trust_id, key, digest, recorded_at, outcome, mac)
    SELECT h.trust_id, c.key, c.digest, $7, c.outcome, c.mac
    FROM moved_head h, unnest($14::bytea[], $15::bytea[], $16::bytea[], $17::bytea[]) AS c (key, digest, outcome, mac)
)
SELECT count(*) FROM moved_head"
    };
}

const WRITE_LOCKED: &str = concat!(
    "-- ledger.batch.write
WITH moved_head AS (
    UPDATE heads SET size = $2, frontier = $3, root = $4, recorded_at = $5 WHERE trust_id = $1 AND size = $6
    ",
    inserts!()
);
// The bound on the version below changes no answer; without it the index page is read to its first version.
const WRITE_IF_UNMOVED: &str = concat!(
    "-- ledger.unmoved.write
WITH moved_head AS (
    UPDATE heads SET size = $2, frontier = $3, root = $4, recorded_at = $5
    WHERE trust_id = $1 AND size = $6 AND root = $18
    AND NOT EXISTS (
        SELECT 1 FROM unnest($19::bytea[], $20::bigint[]) AS w (stream_id, version)
        WHERE w.version <> coalesce(
            (SELECT max(e.version) FROM events e
            WHERE e.trust_id = $1 AND e.stream_id = w.stream_id AND e.version >= w.version), 0))
    AND NOT EXISTS (
        SELECT 1 FROM unnest($21::bytea[]) AS k (key)
        WHERE (SELECT c.recorded_at FROM commands c WHERE c.trust_id = $1 AND c.key = k.key) IS NOT NULL)
    ",
    inserts!()
);

/// A connection that has been idle for longer may have been cut off by something in between.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// At most 2^this batches go by before the short path is tried again.
const MISSES_MAX: u32 = 6;

/// A connection that never goes back to its pool: after a failure, or when the wait for an answer was given up, nobody
/// knows what it is still doing.
struct Own(Option<PoolConnection<Postgres>>);

impl Own {
    fn get(&mut self) -> &mut PgConnection {
        self.0.as_mut().expect("taken on drop only")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}

/// A writer's own connection and what it remembers of the head.
pub(crate) struct PgWriter {
    pool: PgPool,
    connection: Option<(Own, Instant)>,
    /// As of this writer's last commit; another replica may have moved on.
    remembered: Option<HeadRow>,
    /// Short paths in a row that did not apply.
    missed: u32,
    /// Batches to go before the short path is tried again.
    rest: u32,
}

impl PgWriter {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, connection: None, remembered: None, missed: 0, rest: 0 }
    }

    /// After any failure: the connection is closed, not returned, and nothing is remembered.
    pub(crate) fn forget(&mut self) {
        self.remembered = None;
        self.connection = None;
    }

    /// Decides and writes one batch; durable when this returns.
    pub(crate) async fn commit(&mut self, work: &Work<'_>) -> Result<Plan, Failure> {
        let mut connection = self.connect().await?;
        self.rest = self.rest.saturating_sub(1);
        let short = match self.remembered.take().filter(|_| self.rest == 0) {
            Some(head) => self.short_path(connection.get(), work, head).await?,
            None => None,
        };
        let plan = match short {
            Some(plan) => plan,
            None => lock_path(connection.get(), work).await?,
        };
        self.remembered = Some(plan.after.clone());
        self.connection = Some((connection, Instant::now()));
        Ok(plan)
    }

    /// `None`: the short path did not apply, nothing was written, and the lock path knows why.
    async fn short_path(&mut self, connection: &mut PgConnection, work: &Work<'_>, head: HeadRow) -> Result<Option<Plan>, Failure> {
        let plan = match as_expected(connection, work, head.clone()).await? {
            Some(plan) => Some(plan),
            None => as_committed(connection, work, head).await?,
        };
        self.missed = if plan.is_some() { 0 } else { (self.missed + 1).min(MISSES_MAX) };
        // Where another replica is as busy, trying first costs more than it saves: ever longer without.
        self.rest = if plan.is_some() { 0 } else { 1 << self.missed };
        Ok(plan)
    }

    async fn connect(&mut self) -> Result<Own, Failure> {
        if let Some((mut connection, used)) = self.connection.take()
            && (used.elapsed() < TRUSTED_IDLE || connection.get().ping().await.is_ok())
        {
            return Ok(connection);
        }
        Ok(Own(Some(self.pool.acquire().await?)))
    }
}

/// Decided as if everything were as the callers expect; the statement checks that it is.
async fn as_expected(connection: &mut PgConnection, work: &Work<'_>, head: HeadRow) -> Result<Option<Plan>, Failure> {
    let mut versions = HashMap::new();
    for (stream, version) in work.appends().flat_map(Append::expectations) {
        // Those that come later are measured against those before them.
        versions.entry(stream).or_insert(version);
    }
    let assumed =
        Assumed { versions: versions.iter().map(|(&stream, &version)| (stream, version)).collect(), unknown: work.command_keys() };
    let state = State { head, versions, commands: HashMap::new() };
    let plan = decide(work.trust, work.mac_key, state, work.appends(), work.now);
    write_if_unmoved(connection, work.trust, plan, &assumed).await
}

/// Decided from what is committed now; the statement checks that the head has not moved.
async fn as_committed(connection: &mut PgConnection, work: &Work<'_>, head: HeadRow) -> Result<Option<Plan>, Failure> {
    let versions = versions(connection, work).await?;
    let commands = commands(connection, work).await?;
    let plan = decide(work.trust, work.mac_key, State { head, versions, commands }, work.appends(), work.now);
    if plan.changes_nothing() {
        return Ok(Some(plan));
    }
    write_if_unmoved(connection, work.trust, plan, &Assumed::default()).await
}

/// What a plan rests on besides the head.
#[derive(Default)]
struct Assumed {
    /// Streams at these versions.
    versions: Vec<(StreamId, u64)>,
    /// Command keys without a record.
    unknown: Vec<[u8; 32]>,
}

async fn write_if_unmoved(connection: &mut PgConnection, trust: TrustId, plan: Plan, assumed: &Assumed) -> Result<Option<Plan>, Failure> {
    let statement = bind_plan(WRITE_IF_UNMOVED, trust, &plan)
        .bind(&plan.before.root[..])
        .bind(column(&assumed.versions, |(stream, _)| &stream.as_bytes()[..]))
        .bind(column(&assumed.versions, |&(_, version)| signed(version)))
        .bind(column(&assumed.unknown, |key| &key[..]));
    match statement.fetch_one(connection).await {
        Ok(1) => Ok(Some(plan)),
        Ok(_) => Ok(None),
        Err(error) => match error.as_database_error() {
            Some(refused) if refused.is_unique_violation() => Ok(None),
            _ => Err(error.into()),
        },
    }
}

async fn lock_path(connection: &mut PgConnection, work: &Work<'_>) -> Result<Plan, Failure> {
    let mut tx = connection.begin_with(BEGIN).await?;
    let raw: Option<RawHead> = sqlx::query_as(LOCK_HEAD).bind(&work.trust.as_bytes()[..]).fetch_optional(&mut *tx).await?;
    let raw = raw.ok_or(Failure::Corrupt("the trust has no head row"))?;
    let state = State {
        head: head_row(raw).ok_or(Failure::Corrupt("the head row was changed"))?,
        versions: versions(&mut tx, work).await?,
        commands: commands(&mut tx, work).await?,
    };
    let plan = decide(work.trust, work.mac_key, state, work.appends(), work.now);
    if plan.changes_nothing() {
        tx.rollback().await?;
        return Ok(plan);
    }
    let written = bind_plan(WRITE_LOCKED, work.trust, &plan).fetch_one(&mut *tx).await?;
    if written != 1 {
        return Err(Failure::Corrupt("the head row moved under its lock"));
    }
    tx.commit().await?;
    Ok(plan)
}

async fn versions(tx: &mut PgConnection, work: &Work<'_>) -> Result<HashMap<StreamId, u64>, Failure> {
    let streams = work.streams();
    let ids: Vec<&[u8]> = streams.iter().map(|one| &one.as_bytes()[..]).collect();
    let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(READ_VERSIONS).bind(&work.trust.as_bytes()[..]).bind(ids).fetch_all(tx).await?;
    let entry = |(stream, version): (Vec<u8>, i64)| {
        let stream = StreamId::from_bytes(stream.try_into().ok()?);
        Some((stream, u64::try_from(version).ok()?))
    };
    let found: Option<_> = rows.into_iter().map(entry).collect();
    found.ok_or(Failure::Corrupt("a version below zero"))
}

async fn commands(tx: &mut PgConnection, work: &Work<'_>) -> Result<HashMap<[u8; 32], Option<CommandRecord>>, Failure> {
    let keys = work.command_keys();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let rows: Vec<RawCommand> = sqlx::query_as(READ_COMMANDS).bind(&work.trust.as_bytes()[..]).bind(keys).fetch_all(tx).await?;
    let entry = |raw| {
        let stored = stored_command(raw)?;
        Some((stored.key, stored.open(work.trust, work.mac_key)))
    };
    let found: Option<_> = rows.into_iter().map(entry).collect();
    found.ok_or(Failure::Corrupt("a command record has another form"))
}

type Writing<'a> = sqlx::query::QueryScalar<'a, Postgres, i64, sqlx::postgres::PgArguments>;

/// Parameters $1 to $17 of a statement that moves the head and inserts.
fn bind_plan<'a>(sql: &'static str, trust: TrustId, plan: &'a Plan) -> Writing<'a> {
    let (events, commands) = (&plan.events, &plan.commands);
    sqlx::query_scalar(sql)
        .bind(trust.as_bytes().to_vec())
        .bind(signed(plan.after.size()))
        .bind(plan.after.frontier.to_bytes())
        .bind(&plan.after.root[..])
        .bind(plan.after.recorded_at)
        .bind(signed(plan.before.size()))
        .bind(plan.recorded_at)
        .bind(column(events, |row| signed(row.position)))
        .bind(column(events, |row| &row.stream.as_bytes()[..]))
        .bind(column(events, |row| signed(row.version)))
        .bind(column(events, |row| &row.item_root[..]))
        .bind(column(events, |row| &row.leaf_hash[..]))
        .bind(column(events, |row| &row.sealed[..]))
        .bind(column(commands, |row| &row.key[..]))
        .bind(column(commands, |row| &row.digest[..]))
        .bind(column(commands, |row| &row.outcome[..]))
        .bind(column(commands, |row| &row.mac[..]))
}

fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
