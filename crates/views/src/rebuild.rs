//! Rebuilding a view: a new generation beside the live one, replayed from the start, then made live in one transaction. Serving never waits.

use std::collections::BTreeSet;

use wardbook_ledger::ReadError;

use crate::{
    Runner, RunnerError,
    runner::Generation,
    sql::{Arg, Tx, live},
};

/// A rebuild cannot go on; the live rows are as they were.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// There is no view of that name.
    #[error("there is no view called {0:?}; the views are queue, report, case, breach, directory and reads")]
    NoSuchView(String),
    /// The runner's trouble.
    #[error("the rebuild stopped")]
    Runner(#[source] RunnerError),
}

impl From<RunnerError> for RebuildError {
    fn from(error: RunnerError) -> Self {
        Self::Runner(error)
    }
}

impl From<sqlx::Error> for RebuildError {
    fn from(error: sqlx::Error) -> Self {
        Self::Runner(RunnerError::Database(error))
    }
}

impl From<ReadError> for RebuildError {
    fn from(error: ReadError) -> Self {
        Self::Runner(RunnerError::Book(error))
    }
}

/// Rebuilds one view into generation `id` (fresh, from the caller's randomness) and makes it live; `progress` hears (done, total) events.
pub async fn rebuild(runner: &Runner, view: &str, id: [u8; 16], mut progress: impl FnMut(u64, u64)) -> Result<(), RebuildError> {
    let view = crate::views().into_iter().find(|known| known.name() == view).ok_or_else(|| RebuildError::NoSuchView(view.to_owned()))?;
    let mut tx = Tx::begin(&runner.db).await?;
    // What an earlier, interrupted rebuild left behind goes first.
    drop_generations(runner, &mut tx, view.name(), false).await?;
    let sql = "-- views.rebuild_begin
INSERT INTO view_checkpoints (trust_id, view, generation, view_version, position, live) VALUES ($1, $2, $3, $4, 0, 0)";
    let version = Arg::Int(i64::from(view.version()));
    tx.execute(sql.to_owned(), &[Arg::Bytes(runner.trust.as_bytes()), Arg::Text(view.name()), Arg::Bytes(&id), version]).await?;
    tx.commit().await?;
    let mut sealed = BTreeSet::new();
    loop {
        let Some(mine) = find(runner, view.name(), id).await? else {
            return Ok(()); // another rebuild of this view took over
        };
        let total = runner.ledger.head().await.map_err(RunnerError::Book)?.size;
        progress(mine.position, total);
        let advanced = runner.advance(std::slice::from_ref(&mine)).await?;
        sealed.extend(advanced.sealed);
        if !advanced.moved && make_live(runner, &mine, &sealed).await? {
            progress(total, total);
            return Ok(());
        }
    }
}

async fn find(runner: &Runner, view: &str, id: [u8; 16]) -> Result<Option<Generation>, RunnerError> {
    let waiting = runner.generations(false).await?;
    Ok(waiting.into_iter().find(|generation| generation.view == view && generation.id == id))
}

/// Flips to the new generation once it is at least as far as the live one; false when it has to catch up first.
async fn make_live(runner: &Runner, mine: &Generation, sealed: &BTreeSet<[u8; 16]>) -> Result<bool, RebuildError> {
    let live = runner.generations(true).await?.into_iter().find(|generation| generation.view == mine.view);
    let mut tx = Tx::begin(&runner.db).await?;
    if let Some(live) = &live
        && (!runner.lock(&mut tx, live).await? || live.position > mine.position)
    {
        return Ok(false);
    }
    if !runner.lock(&mut tx, mine).await? {
        return Ok(false);
    }
    for stream in sealed {
        keep_rows(runner, &mut tx, mine, stream).await?;
    }
    drop_generations(runner, &mut tx, &mine.view, true).await?;
    let sql = "-- views.rebuild_flip
UPDATE view_checkpoints SET live = 1 WHERE trust_id = $1 AND view = $2 AND generation = $3";
    tx.execute(sql.to_owned(), &[Arg::Bytes(runner.trust.as_bytes()), Arg::Text(&mine.view), Arg::Bytes(&mine.id)]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Rows of a stream that cannot be opened stay as they are: the record goes on being listed, as sealed.
async fn keep_rows(runner: &Runner, tx: &mut Tx, mine: &Generation, stream: &[u8; 16]) -> Result<(), sqlx::Error> {
    let sql = keep_rows_sql();
    let args = [Arg::Bytes(runner.trust.as_bytes()), Arg::Text(&mine.view), Arg::Bytes(&mine.id), Arg::Bytes(stream)];
    tx.execute(sql, &args).await.map(|_| ())
}

pub(crate) fn keep_rows_sql() -> String {
    format!(
        "-- views.keep_rows
INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since, due, place)
SELECT r.trust_id, $3, r.register, r.holder, r.stream_id, r.version, r.position, r.since, r.due, r.place
{} AND r.stream_id = $4 ON CONFLICT DO NOTHING",
        live("$2")
    )
}

async fn drop_generations(runner: &Runner, tx: &mut Tx, view: &str, live: bool) -> Result<(), sqlx::Error> {
    let args = [Arg::Bytes(runner.trust.as_bytes()), Arg::Text(view), Arg::Int(i64::from(live))];
    let rows = "-- views.drop_generation_rows
DELETE FROM view_rows WHERE trust_id = $1
AND generation IN (SELECT generation FROM view_checkpoints WHERE trust_id = $1 AND view = $2 AND live = $3)";
    tx.execute(rows.to_owned(), &args).await?;
    let checkpoints = "-- views.drop_generations
DELETE FROM view_checkpoints WHERE trust_id = $1 AND view = $2 AND live = $3";
    tx.execute(checkpoints.to_owned(), &args).await.map(|_| ())
}
