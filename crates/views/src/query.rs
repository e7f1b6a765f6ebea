//! Reading the live rows, lists apart (`list.rs`). What a person may not know is left out in the statement, never after it.

use wardbook_domain::RecordClass;
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder,
    alert::MOVABLE,
    directory::Part,
    queue::{ASIDE, CLOCK, EXCLUDED, FACTS, IMAGE, OWED},
    report::{OWN, READABLE, TYPED},
    sql::{Arg, fetch, placeholders},
};

/// The list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The database does not answer.
    #[error("the views cannot be read")]
    Database(#[source] sqlx::Error),
}

/// What there is of a record for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// No such record, or it is hidden from them.
    Nothing,
    /// It is hidden from them, but for their own words as they filed them.
    OwnWords,
    /// It is there; need-to-know says what they may have of it.
    There,
}

/// What there is of a record for this person. One statement with one row, whatever there is, before anything of a record is read: so a
/// record that is hidden costs what none costs, and own words cost the same whatever became of them.
pub async fn exists_for(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    person: wardbook_domain::PersonId,
    stream: [u8; 16],
) -> Result<Existence, QueryError> {
    let me = Holder::Person(person);
    let of_views = |views: &[&str], registers: &[&str]| -> Vec<[u8; 16]> {
        views.iter().flat_map(|view| registers.iter().map(|register| blinds.register(view, register))).collect()
    };
    let hidden = of_views(&RECORD_VIEWS, &[EXCLUDED, ASIDE]);
    let own = of_views(&[crate::REPORT], &[OWN, TYPED]);
    let classes = |view: &&'static str| RecordClass::ALL.iter().map(|class| blinds.holder(view, Some(*class), &me)).collect::<Vec<_>>();
    let holders: Vec<[u8; 16]> = RECORD_VIEWS.iter().flat_map(classes).collect();
    let (of_own, of_me) = (3 + hidden.len(), 3 + hidden.len() + own.len());
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Bytes(&stream)];
    args.extend(hidden.iter().chain(&own).chain(&holders).map(|value| Arg::Bytes(value)));
    let sql = EXISTS
        .replace("{hidden}", &placeholders(3, hidden.len()))
        .replace("{own}", &placeholders(of_own, own.len()))
        .replace("{me}", &placeholders(of_me, holders.len()));
    let rows = fetch(db, sql, &args).await.map_err(QueryError::Database)?;
    let row = rows.first().ok_or(QueryError::Database(sqlx::Error::RowNotFound))?;
    Ok(match row.int(0).map_err(QueryError::Database)? {
        0 => Existence::Nothing,
        1 => Existence::OwnWords,
        _ => Existence::There,
    })
}

/// The views that keep rows of records.
const RECORD_VIEWS: [&str; 5] = [crate::QUEUE, crate::REPORT, crate::CASE, crate::BREACH, crate::ALERT];

const EXISTS: &str = "-- views.exists_for
SELECT CAST(CASE
  WHEN NOT EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation
    AND c.live = 1 WHERE r.trust_id = $1 AND r.stream_id = $2) THEN 0
  WHEN NOT EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation
    AND c.live = 1 WHERE r.trust_id = $1 AND r.stream_id = $2 AND r.register IN ({hidden}) AND r.holder IN ({me})) THEN 2
  WHEN EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation
    AND c.live = 1 WHERE r.trust_id = $1 AND r.stream_id = $2 AND r.register IN ({own}) AND r.holder IN ({me})) THEN 1
  ELSE 0 END AS BIGINT)";

/// The streams of the directory that changed at or after a position, with the position of their last change.
pub async fn changed_since(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    part: Part,
    position: u64,
) -> Result<Vec<(StreamId, u64)>, QueryError> {
    let register = blinds.register(crate::DIRECTORY, part.register());
    let holder = blinds.holder(crate::DIRECTORY, None, &Holder::Service);
    let from = i64::try_from(position).unwrap_or(i64::MAX);
    let sql = "-- views.changed_since
SELECT r.stream_id, r.position FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'directory' AND c.live = 1
WHERE r.trust_id = $1 AND r.register = $2 AND r.holder = $3 AND r.position >= $4
ORDER BY r.position";
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Bytes(&holder), Arg::Int(from)];
    let rows = fetch(db, sql.to_owned(), &args).await.map_err(QueryError::Database)?;
    let entry = |row: &crate::sql::Row| Ok((StreamId::from_bytes(row.id(0)?), u64::try_from(row.int(1)?).unwrap_or(0)));
    rows.iter().map(entry).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// Cases and reports whose due instant is past, whoever owes them: for finding what goes on to the next of a chain. Nothing of it is shown.
pub async fn late_streams(db: &Database, trust: TrustId, blinds: &Blinds, now: i64, limit: u32) -> Result<Vec<StreamId>, QueryError> {
    let register = blinds.register(crate::QUEUE, OWED);
    let sql = "-- views.late_streams
SELECT DISTINCT r.stream_id FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'queue' AND c.live = 1
WHERE r.trust_id = $1 AND r.register = $2 AND r.due <= $3
ORDER BY r.stream_id LIMIT $4";
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Int(now), Arg::Int(i64::from(limit))];
    let rows = fetch(db, sql.to_owned(), &args).await.map_err(QueryError::Database)?;
    rows.iter().map(|row| Ok(StreamId::from_bytes(row.id(0)?))).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// Every record for which something is owed, whoever owes it, and every alert that may have to go elsewhere: for finding those that a
/// change of duties moves. Nothing of it is shown.
pub async fn open_streams(db: &Database, trust: TrustId, blinds: &Blinds) -> Result<Vec<StreamId>, QueryError> {
    let mut streams = streams_in(db, trust, blinds, crate::QUEUE, &[OWED, CLOCK, FACTS, IMAGE]).await?;
    streams.extend(streams_in(db, trust, blinds, crate::ALERT, &[MOVABLE]).await?);
    Ok(streams)
}

async fn streams_in(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    view: &'static str,
    registers: &[&str],
) -> Result<Vec<StreamId>, QueryError> {
    let registers: Vec<[u8; 16]> = registers.iter().map(|register| blinds.register(view, register)).collect();
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Text(view)];
    args.extend(registers.iter().map(|value| Arg::Bytes(value)));
    let sql = format!(
        "-- views.open_streams
SELECT DISTINCT r.stream_id FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = $2 AND c.live = 1
WHERE r.trust_id = $1 AND r.register IN ({})
ORDER BY r.stream_id",
        placeholders(3, registers.len())
    );
    let rows = fetch(db, sql, &args).await.map_err(QueryError::Database)?;
    rows.iter().map(|row| Ok(StreamId::from_bytes(row.id(0)?))).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// Every report that was told at or after an instant, and some that were told before it, whoever may read them: for figures of the whole
/// trust. Nothing of it is shown as a list.
pub async fn reports_since(db: &Database, trust: TrustId, blinds: &Blinds, from: i64) -> Result<Vec<StreamId>, QueryError> {
    let register = blinds.register(crate::REPORT, READABLE);
    let sql = "-- views.reports_since
SELECT DISTINCT r.stream_id FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'report' AND c.live = 1
WHERE r.trust_id = $1 AND r.register = $2 AND r.since >= $3
ORDER BY r.stream_id";
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Int(from)];
    let rows = fetch(db, sql.to_owned(), &args).await.map_err(QueryError::Database)?;
    rows.iter().map(|row| Ok(StreamId::from_bytes(row.id(0)?))).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}
