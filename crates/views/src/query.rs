//! Reading the live rows, lists apart (`list.rs`). What a person may not know is left out in the statement, never after it.

use wardbook_domain::RecordClass;
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder,
    alert::{MOVABLE, PENDING},
    directory::Part,
    file::{OF_CASE, OF_REPORT},
    queue::{ASIDE, CLOCK, CLOCK_COVERED, EXCLUDED, FACTS, IMAGE, OWED, URGENT},
    report::{OWN, READABLE, TYPED},
    sql::{Arg, fetch, live, placeholders},
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
    let own = [OWN, TYPED].map(|register| blinds.register(crate::REPORT, register));
    let Hides { hidden, holders } = hides(blinds, person);
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Bytes(&stream)];
    args.extend(hidden.iter().chain(&own).chain(&holders).map(|value| Arg::Bytes(value)));
    let rows = fetch(db, exists_sql(hidden.len(), own.len(), holders.len()), &args).await.map_err(QueryError::Database)?;
    let row = rows.first().ok_or(QueryError::Database(sqlx::Error::RowNotFound))?;
    Ok(match row.int(0).map_err(QueryError::Database)? {
        0 => Existence::Nothing,
        1 => Existence::OwnWords,
        _ => Existence::There,
    })
}

/// The registers that hide a record, and a person's blind values in them.
struct Hides {
    hidden: Vec<[u8; 16]>,
    holders: Vec<[u8; 16]>,
}

fn hides(blinds: &Blinds, person: wardbook_domain::PersonId) -> Hides {
    let me = Holder::Person(person);
    let registers = |view: &&'static str| [EXCLUDED, ASIDE].map(|register| blinds.register(view, register));
    let classes = |view: &&'static str| RecordClass::ALL.iter().map(|class| blinds.holder(view, Some(*class), &me)).collect::<Vec<_>>();
    Hides { hidden: RECORD_VIEWS.iter().flat_map(registers).collect(), holders: RECORD_VIEWS.iter().flat_map(classes).collect() }
}

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileIn {
    /// In this report.
    Report([u8; 16]),
    /// In this case.
    Case([u8; 16]),
}

/// The records that have a file, the last to which it went before all others, where they are not hidden from this person: a hidden one
/// costs what none costs.
pub async fn records_of_file(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    person: wardbook_domain::PersonId,
    file: [u8; 16],
) -> Result<Vec<FileIn>, QueryError> {
    let registers = [OF_REPORT, OF_CASE].map(|register| blinds.register(crate::FILE, register));
    let holder = blinds.holder(crate::FILE, None, &Holder::Record(wardbook_domain::RecordId::from_bytes(file)));
    let Hides { hidden, holders } = hides(blinds, person);
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Bytes(&registers[0]), Arg::Bytes(&registers[1]), Arg::Bytes(&holder)];
    args.extend(hidden.iter().chain(&holders).map(|value| Arg::Bytes(value)));
    let rows = fetch(db, records_of_file_sql(hidden.len(), holders.len()), &args).await.map_err(QueryError::Database)?;
    let found = |(register, record)| if register == registers[0] { FileIn::Report(record) } else { FileIn::Case(record) };
    let rows = rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?))).collect::<Result<Vec<_>, sqlx::Error>>();
    Ok(rows.map_err(QueryError::Database)?.into_iter().map(found).collect())
}

pub(crate) fn records_of_file_sql(hidden: usize, holders: usize) -> String {
    format!(
        "-- views.records_of_file
SELECT r.register, r.stream_id {} AND r.register IN ($2, $3) AND r.holder = $4
  AND NOT EXISTS (SELECT 1 FROM view_checkpoints d CROSS JOIN view_rows x WHERE d.trust_id = $1 AND d.live = 1 AND x.trust_id = $1
    AND x.generation = d.generation AND x.stream_id = r.stream_id AND x.register IN ({}) AND x.holder IN ({}))
ORDER BY r.since DESC, r.stream_id",
        live("'file'"),
        placeholders(5, hidden),
        placeholders(5 + hidden, holders)
    )
}

/// The views that keep rows of records.
const RECORD_VIEWS: [&str; 5] = [crate::QUEUE, crate::REPORT, crate::CASE, crate::BREACH, crate::ALERT];

/// So many registers that hide, registers of a person's own, and blind values of the person, in this order after trust and stream.
pub(crate) fn exists_sql(hidden: usize, own: usize, me: usize) -> String {
    let (hidden, own, me) = (placeholders(3, hidden), placeholders(3 + hidden, own), placeholders(3 + hidden + own, me));
    let rows = row_of_any_view("$2");
    format!(
        "-- views.exists_for
SELECT CAST(CASE
  WHEN NOT EXISTS ({rows}) THEN 0
  WHEN NOT EXISTS ({rows} AND r.register IN ({hidden}) AND r.holder IN ({me})) THEN 2
  WHEN EXISTS ({rows} AND r.register IN ({own}) AND r.holder IN ({me})) THEN 1
  ELSE 0 END AS BIGINT)"
    )
}

/// The live rows of a stream in any view, for more conditions to follow; in the order of tables that [`live`] explains.
fn row_of_any_view(stream: &str) -> String {
    format!(
        "SELECT 1 FROM view_checkpoints c CROSS JOIN view_rows r WHERE c.trust_id = $1 AND c.live = 1
    AND r.trust_id = $1 AND r.generation = c.generation AND r.stream_id = {stream}"
    )
}

/// A condition of a statement with its arguments.
#[derive(Debug)]
pub struct Condition {
    /// The condition.
    pub sql: String,
    /// The values of its placeholders, in their order.
    pub args: Vec<[u8; 16]>,
}

/// Whether the record in `column` is hidden from a person, for statements of other tables, so that they too leave out what is hidden and
/// not after it. `$1` is the trust there, and placeholders are counted from `from`. No record is hidden from nobody.
pub fn hidden_from(blinds: &Blinds, person: wardbook_domain::PersonId, column: &'static str, from: usize) -> Condition {
    let Hides { hidden, holders } = hides(blinds, person);
    let registers = hidden.len();
    let args = [hidden, holders].concat();
    let sql = format!(
        "EXISTS ({} AND r.register IN ({}) AND r.holder IN ({}))",
        row_of_any_view(column),
        placeholders(from, registers),
        placeholders(from + registers, args.len() - registers)
    );
    Condition { sql, args }
}

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
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Bytes(&holder), Arg::Int(from)];
    // Each request asks this, and hardly ever has anything changed.
    let last = fetch(db, last_changed_sql(), &args[..3]).await.map_err(QueryError::Database)?;
    let last = last.first().map(|row| row.int(0)).transpose().map_err(QueryError::Database)?;
    if last.is_none_or(|last| last < from) {
        return Ok(vec![]);
    }
    let rows = fetch(db, changed_since_sql(), &args).await.map_err(QueryError::Database)?;
    let entry = |row: &crate::sql::Row| Ok((StreamId::from_bytes(row.id(0)?), u64::try_from(row.int(1)?).unwrap_or(0)));
    rows.iter().map(entry).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// Where the last change of a part of the directory stands: the last entry of one index, of one table alone, and without a bound, for which
/// PostgreSQL would plan it anew each time.
pub(crate) fn last_changed_sql() -> String {
    "-- views.last_changed
SELECT r.position FROM view_rows r
WHERE r.trust_id = $1 AND r.register = $2 AND r.holder = $3
  AND r.generation = (SELECT generation FROM view_checkpoints WHERE trust_id = $1 AND view = 'directory' AND live = 1)
ORDER BY r.position DESC LIMIT 1"
        .to_owned()
}

pub(crate) fn changed_since_sql() -> String {
    let live = live("'directory'");
    format!(
        "-- views.changed_since
SELECT r.stream_id, r.position {live} AND r.register = $2 AND r.holder = $3 AND r.position >= $4
ORDER BY r.position"
    )
}

/// Cases and reports that became due after `from` and by `now`, whoever owes them, or of which the clock of the law ran out (one that was put
/// off is owed by another instant), and reports that cannot wait: for finding what goes on to
/// the next of a chain. In the order of their ids, after `after`. Nothing of it is shown.
pub async fn late_streams(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    (from, now): (i64, i64),
    after: Option<StreamId>,
    limit: u32,
) -> Result<Vec<StreamId>, QueryError> {
    let [owed, clock, urgent] = [OWED, CLOCK, URGENT].map(|register| blinds.register(crate::QUEUE, register));
    let after = after.map_or([0; 16], |after| *after.as_bytes());
    let args = [
        Arg::Bytes(trust.as_bytes()),
        Arg::Bytes(&owed),
        Arg::Int(from),
        Arg::Int(now),
        Arg::Bytes(&urgent),
        Arg::Bytes(&after),
        Arg::Int(i64::from(limit)),
        Arg::Bytes(&clock),
    ];
    streams(db, late_streams_sql(), &args).await
}

pub(crate) fn late_streams_sql() -> String {
    let live = live("'queue'");
    format!(
        "-- views.late_streams
SELECT r.stream_id {live} AND r.register IN ($2, $8) AND r.due > $3 AND r.due <= $4 AND r.stream_id > $6
UNION SELECT r.stream_id {live} AND r.register = $5 AND r.stream_id > $6
ORDER BY stream_id LIMIT $7"
    )
}

/// Up to `limit` alerts that wait and came in after `from` and until `until`, in the order of their streams after one.
pub async fn pending_alerts(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    (from, until): (i64, i64),
    after: Option<StreamId>,
    limit: u32,
) -> Result<Vec<StreamId>, QueryError> {
    let pending = blinds.register(crate::ALERT, PENDING);
    let after = after.map_or([0; 16], |after| *after.as_bytes());
    let (limit, from, until) = (Arg::Int(i64::from(limit)), Arg::Int(from), Arg::Int(until));
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&pending), from, until, Arg::Bytes(&after), limit];
    streams(db, pending_alerts_sql(), &args).await
}

pub(crate) fn pending_alerts_sql() -> String {
    let live = live("'alert'");
    format!(
        "-- views.pending_alerts
SELECT r.stream_id {live} AND r.register = $2 AND r.since > $3 AND r.since <= $4 AND r.stream_id > $5
ORDER BY r.stream_id LIMIT $6"
    )
}

/// The streams that a statement finds.
async fn streams(db: &Database, sql: String, args: &[Arg<'_>]) -> Result<Vec<StreamId>, QueryError> {
    let rows = fetch(db, sql, args).await.map_err(QueryError::Database)?;
    rows.iter().map(|row| Ok(StreamId::from_bytes(row.id(0)?))).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// Every record for which something is owed, whoever owes it, and every alert that may have to go elsewhere: for finding those that a
/// change of duties moves. Nothing of it is shown.
pub async fn open_streams(db: &Database, trust: TrustId, blinds: &Blinds) -> Result<Vec<StreamId>, QueryError> {
    let mut streams = streams_in(db, trust, blinds, crate::QUEUE, &[OWED, CLOCK, FACTS, IMAGE]).await?;
    streams.extend(streams_in(db, trust, blinds, crate::ALERT, &[MOVABLE]).await?);
    streams.extend(streams_in(db, trust, blinds, crate::BREACH, &[CLOCK_COVERED]).await?);
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
    streams(db, open_streams_sql(registers.len()), &args).await
}

pub(crate) fn open_streams_sql(registers: usize) -> String {
    let (live, registers) = (live("$2"), placeholders(3, registers));
    format!("-- views.open_streams\nSELECT DISTINCT r.stream_id {live} AND r.register IN ({registers})\nORDER BY r.stream_id")
}

/// Every report that was told at or after an instant, and some that were told before it, whoever may read them: for figures of the whole
/// trust. Nothing of it is shown as a list.
pub async fn reports_since(db: &Database, trust: TrustId, blinds: &Blinds, from: i64) -> Result<Vec<StreamId>, QueryError> {
    let register = blinds.register(crate::REPORT, READABLE);
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Int(from)];
    streams(db, reports_since_sql(), &args).await
}

pub(crate) fn reports_since_sql() -> String {
    let live = live("'report'");
    format!("-- views.reports_since\nSELECT DISTINCT r.stream_id {live} AND r.register = $2 AND r.since >= $3\nORDER BY r.stream_id")
}
