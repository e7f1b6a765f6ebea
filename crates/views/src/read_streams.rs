//! Asking the view of reads: which access streams to open, newest first.

use wardbook_domain::{PersonId, RecordId};
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder, QueryError,
    reads::{MONTH, OPENED, READER, RECORD, SIGN_INS},
    sql::{Arg, fetch, live},
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
    /// Who signed in in a month, or failed to.
    SignIns((i16, i8)),
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
        Of::SignIns(month) => (SIGN_INS, Holder::Month(month), None),
    };
    let [register, of_reader] = [register, READER].map(|register| blinds.register(crate::READS, register));
    let holder = blinds.holder(crate::READS, None, &holder);
    let reader = reader.map(|person| blinds.holder(crate::READS, None, &Holder::Person(person)));
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register), Arg::Bytes(&holder)];
    if let Some(reader) = &reader {
        args.extend([Arg::Bytes(&of_reader), Arg::Bytes(reader)]);
    }
    let rows = fetch(db, access_streams_sql(reader.is_some()), &args).await.map_err(QueryError::Database)?;
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    let stream = |row: &crate::sql::Row| {
        Ok(AccessStream { stream: StreamId::from_bytes(row.id(0)?), version: number(row.int(1)?), position: number(row.int(2)?) })
    };
    rows.iter().map(stream).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

pub(crate) fn access_streams_sql(of_a_reader: bool) -> String {
    let (live, also) = (live("'reads'"), if of_a_reader { ALSO } else { "" });
    format!(
        "-- views.access_streams
SELECT r.stream_id, r.version, r.position {live} AND r.register = $2 AND r.holder = $3{also}
ORDER BY r.position DESC, r.stream_id"
    )
}

pub(crate) fn first_opened_sql() -> String {
    let live = live("'reads'");
    format!("-- views.first_opened\nSELECT MIN(r.since) {live} AND r.register = $2 AND r.holder = $3{ALSO}")
}

pub(crate) fn months_read_sql() -> String {
    format!("-- views.months_read\nSELECT MIN(r.since) {} AND r.register = $2", live("'reads'"))
}

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
    let rows = fetch(db, first_opened_sql(), &args).await.map_err(QueryError::Database)?;
    rows.first().map_or(Ok(None), |row| row.opt_int(0)).map_err(QueryError::Database)
}

/// The instant of the first look of anybody, or of the first sign-in, in microseconds: where going back through the months may end.
pub async fn months_read(db: &Database, trust: TrustId, blinds: &Blinds, sign_ins: bool) -> Result<Option<i64>, QueryError> {
    let register = blinds.register(crate::READS, if sign_ins { SIGN_INS } else { MONTH });
    let rows = fetch(db, months_read_sql(), &[Arg::Bytes(trust.as_bytes()), Arg::Bytes(&register)]).await.map_err(QueryError::Database)?;
    rows.first().map_or(Ok(None), |row| row.opt_int(0)).map_err(QueryError::Database)
}
