//! Reading the live rows, lists apart (`list.rs`). What a person may not know is left out in the statement, never after it.

use wardbook_domain::RecordClass;
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder,
    alert::MOVABLE,
    directory::Part,
    file::{OF_CASE, OF_REPORT},
    queue::{ASIDE, CLOCK, EXCLUDED, FACTS, IMAGE, OWED, URGENT},
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
    let own = [OWN, TYPED].map(|register| blinds.register(crate::REPORT, register));
    let Hides { hidden, holders } = hides(blinds, person);
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

/// The record that a file belongs to, where it is not hidden from this person: a hidden one costs what none costs.
pub async fn record_of_file(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    person: wardbook_domain::PersonId,
    file: [u8; 16],
) -> Result<Option<FileIn>, QueryError> {
    let registers = [OF_REPORT, OF_CASE].map(|register| blinds.register(crate::FILE, register));
    let holder = blinds.holder(crate::FILE, None, &Holder::Record(wardbook_domain::RecordId::from_bytes(file)));
    let Hides { hidden, holders } = hides(blinds, person);
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Bytes(&registers[0]), Arg::Bytes(&registers[1]), Arg::Bytes(&holder)];
    args.extend(hidden.iter().chain(&holders).map(|value| Arg::Bytes(value)));
    let sql =
        RECORD_OF_FILE.replace("{hidden}", &placeholders(5, hidden.len())).replace("{me}", &placeholders(5 + hidden.len(), holders.len()));
    let rows = fetch(db, sql, &args).await.map_err(QueryError::Database)?;
    let found = rows.first().map(|row| Ok((row.id(0)?, row.id(1)?))).transpose().map_err(QueryError::Database)?;
    Ok(found.map(|(register, record)| if register == registers[0] { FileIn::Report(record) } else { FileIn::Case(record) }))
}

const RECORD_OF_FILE: &str = "-- views.record_of_file
SELECT r.register, r.stream_id FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'file' AND c.live = 1
WHERE r.trust_id = $1 AND r.register IN ($2, $3) AND r.holder = $4
  AND NOT EXISTS (SELECT 1 FROM view_rows x JOIN view_checkpoints d ON d.trust_id = x.trust_id AND d.generation = x.generation
    AND d.live = 1 WHERE x.trust_id = $1 AND x.stream_id = r.stream_id AND x.register IN ({hidden}) AND x.holder IN ({me}))";

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
    let me = Holder::Person(person);
    let hidden = RECORD_VIEWS.iter().flat_map(|view| [EXCLUDED, ASIDE].map(|register| blinds.register(view, register)));
    let mut args: Vec<[u8; 16]> = hidden.collect();
    let registers = args.len();
    let classes = |view: &'static str| RecordClass::ALL.iter().map(move |class| (view, *class));
    args.extend(RECORD_VIEWS.iter().flat_map(|view| classes(view)).map(|(view, class)| blinds.holder(view, Some(class), &me)));
    let sql = format!(
        "EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.live = 1
  WHERE r.trust_id = $1 AND r.stream_id = {column} AND r.register IN ({}) AND r.holder IN ({}))",
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

/// Cases and reports that became due after `from` and by `now`, whoever owes them, and reports that cannot wait: for finding what goes on to
/// the next of a chain. In the order of their ids, after `after`. Nothing of it is shown.
pub async fn late_streams(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    (from, now): (i64, i64),
    after: Option<StreamId>,
    limit: u32,
) -> Result<Vec<StreamId>, QueryError> {
    let (owed, urgent) = (blinds.register(crate::QUEUE, OWED), blinds.register(crate::QUEUE, URGENT));
    let sql = "-- views.late_streams
SELECT DISTINCT r.stream_id FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'queue' AND c.live = 1
WHERE r.trust_id = $1 AND (r.register = $2 AND r.due > $3 AND r.due <= $4 OR r.register = $5) AND r.stream_id > $6
ORDER BY r.stream_id LIMIT $7";
    let after = after.map_or([0; 16], |after| *after.as_bytes());
    let args = [
        Arg::Bytes(trust.as_bytes()),
        Arg::Bytes(&owed),
        Arg::Int(from),
        Arg::Int(now),
        Arg::Bytes(&urgent),
        Arg::Bytes(&after),
        Arg::Int(i64::from(limit)),
    ];
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
