//! Asking the view of reads: which access streams to open, newest first.

use wardbook_domain::{PersonId, RecordId};
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder, QueryError,
    reads::{MONTH, OPENED, READER, RECORD},
    sql::{Arg, fetch},
};

/// Whose or which reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Looks at a record.
    Record(RecordId),
    /// What a person looked at.
    Reader(PersonId),
    /// What a person looked at of a record.
    ReaderAndRecord(PersonId, RecordId),
    /// What was looked at in a month.
    Month((i16, i8)),
}

/// An access stream with such reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessStream {
    /// The stream.
    pub stream: StreamId,
    /// The version of the last such event.
    pub version: u64,
    /// Its position.
    pub position: u64,
}

/// The access streams with such reads, the one that was written last first.
pub async fn access_streams(db: &Database, trust: TrustId, blinds: &Blinds, of: Of) -> Result<Vec<AccessStream>, QueryError> {
    let (register, holder, reader) = match of {
        Of::Record(record) => (RECORD, Holder::Record(record), None),
        Of::Reader(person) => (READER, Holder::Person(person), None),
        Of::ReaderAndRecord(person, record) => (RECORD, Holder::Record(record), Some(person)),
        Of::Month(month) => (MONTH, Holder::Month(month), None),
    };
    let [register, of_reader] = [register, READER].map(|register| blinds.register(crate::READS, register));
    let holder = blinds.holder(crate::READS, None, &holder);
    let reader = reader.map(|person| blinds.holder(crate::READS, None, &Holder::Person(person)));
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Bytes(&holder)];
    if let Some(reader) = &reader {
        args.extend([Arg::Bytes(&of_reader), Arg::Bytes(reader)]);
    }
    let sql = format!("-- views.access_streams{SELECT}{}\nORDER BY r.position DESC, r.stream_id", if reader.is_some() { ALSO } else { "" });
    let rows = fetch(db, sql, &args).await.map_err(QueryError::Database)?;
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    let stream = |row: &crate::sql::Row| {
        Ok(AccessStream { stream: StreamId::from_bytes(row.id(0)?), version: number(row.int(1)?), position: number(row.int(2)?) })
    };
    rows.iter().map(stream).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

const SELECT: &str = "
SELECT r.stream_id, r.version, r.position FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'reads' AND c.live = 1
WHERE r.trust_id = $1 AND r.register = $2 AND r.holder = $3";

const ALSO: &str = "
AND EXISTS (SELECT 1 FROM view_rows x WHERE x.trust_id = r.trust_id AND x.generation = r.generation
  AND x.register = $4 AND x.holder = $5 AND x.stream_id = r.stream_id)";

/// When a person first opened a record, in microseconds; none where they never did.
pub async fn first_opened(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    person: PersonId,
    record: RecordId,
) -> Result<Option<i64>, QueryError> {
    let [register, of_reader] = [OPENED, READER].map(|register| blinds.register(crate::READS, register));
    let [holder, reader] = [Holder::Record(record), Holder::Person(person)].map(|holder| blinds.holder(crate::READS, None, &holder));
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Bytes(&holder), Arg::Bytes(&of_reader), Arg::Bytes(&reader)];
    let select = SELECT.replace("r.stream_id, r.version, r.position", "MIN(r.since)");
    let rows = fetch(db, format!("-- views.first_opened{select}{ALSO}"), &args).await.map_err(QueryError::Database)?;
    rows.first().map_or(Ok(None), |row| row.opt_int(0)).map_err(QueryError::Database)
}

/// The instant of the first look of anybody, in microseconds: where going back through the months may end.
pub async fn months_read(db: &Database, trust: TrustId, blinds: &Blinds) -> Result<Option<i64>, QueryError> {
    let register = blinds.register(crate::READS, MONTH);
    let sql = "-- views.months_read
SELECT MIN(r.since) FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'reads' AND c.live = 1
WHERE r.trust_id = $1 AND r.register = $2";
    let rows = fetch(db, sql.to_owned(), &[Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register)]).await.map_err(QueryError::Database)?;
    rows.first().map_or(Ok(None), |row| row.opt_int(0)).map_err(QueryError::Database)
}
