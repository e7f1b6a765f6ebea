//! Writing a batch on SQLite: one `BEGIN IMMEDIATE` transaction, so the versions read in it are the last ones.
//! (A deferred transaction that reads and then writes is refused without waiting when another one got in between.)
//!
//! SQLite has no arrays: statements over several rows are generated for a few fixed numbers of rows, so that each
//! is prepared once.

use std::collections::HashMap;
use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};

use super::{Failure, READ_HEAD, RawCommand, RawHead, head_row, signed, stored_command};
use crate::batch::{EventRow, HeadRow, Plan, State, decide};
use crate::command::{CommandRecord, StoredCommand};
use crate::writer::Work;
use crate::{StreamId, TrustId};

const UPDATE_HEAD: &str = "-- ledger.head.update
UPDATE heads SET size = $2, frontier = $3, root = $4, recorded_at = $5 WHERE trust_id = $1 AND size = $6";
const INSERT_COMMAND: &str = "-- ledger.command.insert
INSERT INTO commands (trust_id, key, digest, recorded_at, outcome, mac) VALUES ($1, $2, $3, $4, $5, $6)";

/// Rows per generated statement, largest first.
const CHUNKS: [usize; 3] = [64, 8, 1];

/// Decides and writes one batch; durable when this returns.
pub(crate) async fn commit(writer: &SqlitePool, work: &Work<'_>) -> Result<Plan, Failure> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let state = State {
        head: lock_head(&mut tx, work.trust).await?,
        versions: versions(&mut tx, work).await?,
        commands: commands(&mut tx, work).await?,
    };
    let plan = decide(work.trust, work.mac_key, state, work.appends(), work.now);
    if plan.changes_nothing() {
        tx.rollback().await?;
        return Ok(plan);
    }
    let mut rows = &plan.events[..];
    while !rows.is_empty() {
        let (chunk, rest) = rows.split_at(chunk_size(rows.len()));
        insert_events(&mut tx, work.trust, plan.recorded_at, chunk).await?;
        rows = rest;
    }
    for command in &plan.commands {
        insert_command(&mut tx, work.trust, command).await?;
    }
    update_head(&mut tx, work.trust, &plan).await?;
    tx.commit().await?;
    Ok(plan)
}

/// The largest chunk that is full.
fn chunk_size(rows: usize) -> usize {
    let full = CHUNKS.into_iter().find(|&chunk| chunk <= rows);
    full.unwrap_or(rows)
}

/// The smallest chunk that holds them all, up to the largest: the rest is filled up by repeating the last.
fn padded<T: Copy>(mut items: Vec<T>) -> Vec<T> {
    let size = CHUNKS.into_iter().rfind(|&chunk| chunk >= items.len());
    if let (Some(&last), Some(size)) = (items.last(), size) {
        items.resize(size, last);
    }
    items
}

async fn lock_head(tx: &mut SqliteConnection, trust: TrustId) -> Result<HeadRow, Failure> {
    let raw: Option<RawHead> = sqlx::query_as(READ_HEAD).bind(&trust.as_bytes()[..]).fetch_optional(tx).await?;
    let raw = raw.ok_or(Failure::Corrupt("the trust has no head row"))?;
    head_row(raw).ok_or(Failure::Corrupt("the head row was changed"))
}

async fn versions(tx: &mut SqliteConnection, work: &Work<'_>) -> Result<HashMap<StreamId, u64>, Failure> {
    let mut found = HashMap::new();
    for chunk in work.streams().chunks(CHUNKS[0]) {
        let chunk = padded(chunk.to_vec());
        let sql = format!(
            "-- ledger.versions.read\nSELECT s.column1, (SELECT coalesce(max(version), 0) FROM events \
             WHERE trust_id = $1 AND stream_id = s.column1) FROM (VALUES {}) AS s",
            groups(chunk.len(), 2, 1, "")
        );
        let mut query = sqlx::query_as::<_, (Vec<u8>, i64)>(AssertSqlSafe(sql)).bind(&work.trust.as_bytes()[..]);
        for stream in &chunk {
            query = query.bind(&stream.as_bytes()[..]);
        }
        for (stream, version) in query.fetch_all(&mut *tx).await? {
            let entry = || {
                let stream = StreamId::from_bytes(stream.try_into().ok()?);
                Some((stream, u64::try_from(version).ok()?))
            };
            found.extend([entry().ok_or(Failure::Corrupt("a version below zero"))?]);
        }
    }
    Ok(found)
}

async fn commands(tx: &mut SqliteConnection, work: &Work<'_>) -> Result<HashMap<[u8; 32], Option<CommandRecord>>, Failure> {
    let mut found = HashMap::new();
    for chunk in work.command_keys().chunks(CHUNKS[0]) {
        let chunk = padded(chunk.to_vec());
        let sql = format!(
            "-- ledger.commands.read\nSELECT key, digest, recorded_at, outcome, mac FROM commands \
             WHERE trust_id = $1 AND key IN (VALUES {})",
            groups(chunk.len(), 2, 1, "")
        );
        let mut query = sqlx::query_as::<_, RawCommand>(AssertSqlSafe(sql)).bind(&work.trust.as_bytes()[..]);
        for key in &chunk {
            query = query.bind(&key[..]);
        }
        for raw in query.fetch_all(&mut *tx).await? {
            let stored = stored_command(raw).ok_or(Failure::Corrupt("a command record"))?;
            found.insert(stored.key, stored.open(work.trust, work.mac_key));
        }
    }
    Ok(found)
}

async fn insert_events(tx: &mut SqliteConnection, trust: TrustId, recorded_at: i64, rows: &[EventRow]) -> Result<(), Failure> {
    let sql = format!(
        "-- ledger.events.insert\nINSERT INTO events (trust_id, recorded_at, position, stream_id, version, \
         item_root, leaf_hash, sealed) VALUES {}",
        groups(rows.len(), 3, 6, "$1, $2, ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(&trust.as_bytes()[..]).bind(recorded_at);
    for row in rows {
        query = query
            .bind(signed(row.position))
            .bind(&row.stream.as_bytes()[..])
            .bind(signed(row.version))
            .bind(&row.item_root[..])
            .bind(&row.leaf_hash[..])
            .bind(&row.sealed[..]);
    }
    query.execute(tx).await?;
    Ok(())
}

async fn insert_command(tx: &mut SqliteConnection, trust: TrustId, command: &StoredCommand) -> Result<(), Failure> {
    sqlx::query(INSERT_COMMAND)
        .bind(&trust.as_bytes()[..])
        .bind(&command.key[..])
        .bind(&command.digest[..])
        .bind(command.recorded_at)
        .bind(&command.outcome[..])
        .bind(&command.mac[..])
        .execute(tx)
        .await?;
    Ok(())
}

async fn update_head(tx: &mut SqliteConnection, trust: TrustId, plan: &Plan) -> Result<(), Failure> {
    let done = sqlx::query(UPDATE_HEAD)
        .bind(&trust.as_bytes()[..])
        .bind(signed(plan.after.size()))
        .bind(plan.after.frontier.to_bytes())
        .bind(&plan.after.root[..])
        .bind(plan.after.recorded_at)
        .bind(signed(plan.before.size()))
        .execute(tx)
        .await?;
    match done.rows_affected() {
        1 => Ok(()),
        _ => Err(Failure::Corrupt("the head row moved under its lock")),
    }
}

/// `($n, …), ($m, …)`: `rows` groups of `columns` parameters numbered from `first`, each after `constant`.
fn groups(rows: usize, first: usize, columns: usize, constant: &str) -> String {
    let mut sql = String::new();
    for row in 0..rows {
        let open = if row == 0 { "(" } else { ", (" };
        sql.push_str(open);
        sql.push_str(constant);
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            let number = first + row * columns + column;
            write!(sql, "{comma}${number}").expect("a String takes any text");
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::{chunk_size, groups, padded};

    #[test]
    fn rows_are_cut_into_full_chunks_and_keys_are_filled_up() {
        assert_eq!([1, 7, 8, 63, 64, 500].map(chunk_size), [1, 1, 8, 8, 64, 64]);
        assert_eq!(padded(vec![1]), [1]);
        assert_eq!(padded(vec![1, 2]), [1, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!(padded((0..9).collect()).len(), 64);
        assert_eq!(groups(2, 3, 2, "$1, "), "($1, $3, $4), ($1, $5, $6)");
    }
}
