//! Reading the live rows. What a person may not know is left out in the statement, never after it.

use wardbook_domain::RecordClass;
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder,
    breach::{BOARD, OLD_PAPERS},
    case::NAMED,
    directory::{ENTRIES, PUPILS},
    queue::{ASIDE, CLOCK, COVERED, EXCLUDED, FACTS, IMAGE, OWED, URGENT},
    report::{INDEPENDENT, OWN, READABLE, TYPED},
    sql::{Arg, fetch, placeholders},
};

/// Whose rows are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The addresses of the duties that the reader holds.
    pub addresses: &'a [wardbook_domain::Address],
    /// The reader.
    pub person: wardbook_domain::PersonId,
    /// Only this stream.
    pub only: Option<[u8; 16]>,
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What is owed.
    Owed,
    /// Reports that may be opened.
    Reports,
    /// The reader's own reports.
    OwnReports,
    /// Cases that may be opened.
    Cases,
    /// Breach clocks.
    Board,
    /// Breach clocks of old papers, which run no more.
    BoardOfOldPapers,
}

impl Wanted {
    /// The view and its registers.
    const fn place(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Owed => (crate::QUEUE, &[OWED, CLOCK, FACTS, IMAGE, COVERED]),
            Self::Reports => (crate::REPORT, &[READABLE, COVERED, INDEPENDENT]),
            Self::OwnReports => (crate::REPORT, &[OWN]),
            Self::Cases => (crate::CASE, &[READABLE, COVERED, NAMED]),
            Self::Board => (crate::BREACH, &[BOARD]),
            Self::BoardOfOldPapers => (crate::BREACH, &[OLD_PAPERS]),
        }
    }
}

/// Where the last page ended: the sort key of its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Due instant, or `i64::MAX` where there is none; far before every instant where it is owed now.
    pub due: i64,
    /// Since.
    pub since: i64,
    /// The stream.
    pub stream: [u8; 16],
}

/// A listed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its stream.
    pub stream: StreamId,
    /// Since when, in microseconds.
    pub since: i64,
    /// By when, in microseconds.
    pub due: Option<i64>,
    /// Whether the reader owes it now, before all that has a due instant: an image, or a child who could be in danger.
    pub urgent: bool,
    key: i64,
}

impl Listed {
    /// The sort key, for the next page.
    pub const fn after(&self) -> After {
        After { due: self.key, since: self.since, stream: *self.stream.as_bytes() }
    }
}

/// The list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The database does not answer.
    #[error("the views cannot be read")]
    Database(#[source] sqlx::Error),
}

/// Up to `limit` records, most urgent first, after a page's end.
pub async fn list(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    wanted: Wanted,
    reading: Reading<'_>,
    after: Option<After>,
    limit: u32,
) -> Result<Vec<Listed>, QueryError> {
    let (view, registers) = wanted.place();
    let per_class = |holder: Holder| RecordClass::ALL.iter().map(move |class| blinds.holder(view, Some(*class), &holder));
    let me: Vec<[u8; 16]> = per_class(Holder::Person(reading.person)).collect();
    let holders: Vec<[u8; 16]> = if wanted == Wanted::OwnReports {
        me.clone()
    } else {
        let named = if wanted == Wanted::Cases { me.as_slice() } else { &[] };
        let held = reading.addresses.iter().flat_map(|address| per_class(Holder::Address(address.clone())));
        held.chain(named.iter().copied()).collect()
    };
    if holders.is_empty() {
        return Ok(vec![]);
    }
    // A person's own words stay theirs when the record is about them: nothing is excluded there.
    let excluded =
        if wanted == Wanted::OwnReports { [[0; 16]; 2] } else { [EXCLUDED, ASIDE].map(|register| blinds.register(view, register)) };
    let registers: Vec<[u8; 16]> = registers.iter().map(|register| blinds.register(view, register)).collect();
    let start = after.unwrap_or(After { due: i64::MIN, since: i64::MIN, stream: [0; 16] });
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Text(view), Arg::Bytes(&excluded[0]), Arg::Bytes(&excluded[1])];
    args.extend([Arg::Int(start.due), Arg::Int(start.since), Arg::Bytes(&start.stream), Arg::Int(i64::from(limit))]);
    let pressing = [IMAGE, URGENT, OWED, COVERED].map(|register| blinds.register(crate::QUEUE, register));
    args.extend(pressing.iter().map(|value| Arg::Bytes(value)));
    args.extend(registers.iter().map(|value| Arg::Bytes(value)));
    args.extend(holders.iter().map(|value| Arg::Bytes(value)));
    args.extend(me.iter().map(|value| Arg::Bytes(value)));
    let of_registers = 9 + pressing.len();
    let of_holders = of_registers + registers.len();
    let last = of_holders + holders.len() + me.len();
    args.extend(reading.only.as_ref().map(|stream| Arg::Bytes(stream)));
    let only = if reading.only.is_some() { format!("\n  AND r.stream_id = ${last}") } else { String::new() };
    let sql = LIST
        .replace("{only}", &only)
        .replace("{registers}", &placeholders(of_registers, registers.len()))
        .replace("{holders}", &placeholders(of_holders, holders.len()))
        .replace("{me}", &placeholders(of_holders + holders.len(), me.len()));
    let rows = fetch(db, sql, &args).await.map_err(QueryError::Database)?;
    let listed = |row: &crate::sql::Row| {
        let due = Some(row.int(2)?).filter(|due| *due != i64::MAX);
        Ok(Listed { stream: StreamId::from_bytes(row.id(0)?), since: row.int(1)?, due, urgent: row.int(3)? != 0, key: row.int(4)? })
    };
    rows.iter().map(listed).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

// What cannot wait sorts before every due instant, the longest waiting first: its key is its instant, moved far into the past.
const LIST: &str = "-- views.list
SELECT stream_id, since, due, urgent, CASE WHEN urgent = 1 THEN since - 4611686018427387904 ELSE due END AS sort_key FROM (
  SELECT r.stream_id AS stream_id, MIN(r.since) AS since, MIN(COALESCE(r.due, 9223372036854775807)) AS due,
    MAX(CASE WHEN r.register = $9 THEN CAST(1 AS BIGINT) WHEN r.register IN ($11, $12) AND EXISTS (SELECT 1 FROM view_rows u
      WHERE u.trust_id = r.trust_id AND u.generation = r.generation AND u.register = $10 AND u.stream_id = r.stream_id)
      THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END) AS urgent
  FROM view_rows r
  JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = $2 AND c.live = 1
  WHERE r.trust_id = $1 AND r.register IN ({registers}) AND r.holder IN ({holders}){only}
  AND r.stream_id NOT IN (SELECT x.stream_id FROM view_rows x
    JOIN view_checkpoints y ON y.trust_id = x.trust_id AND y.generation = x.generation AND y.view = $2 AND y.live = 1
    WHERE x.trust_id = $1 AND x.register IN ($3, $4) AND x.holder IN ({me}))
  GROUP BY r.stream_id
) AS listed
WHERE (CASE WHEN urgent = 1 THEN since - 4611686018427387904 ELSE due END, since, stream_id) > ($5, $6, $7)
ORDER BY sort_key, since, stream_id
LIMIT $8";

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
const RECORD_VIEWS: [&str; 4] = [crate::QUEUE, crate::REPORT, crate::CASE, crate::BREACH];

const EXISTS: &str = "-- views.exists_for
SELECT CAST(CASE
  WHEN NOT EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation
    AND c.live = 1 WHERE r.trust_id = $1 AND r.stream_id = $2) THEN 0
  WHEN NOT EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation
    AND c.live = 1 WHERE r.trust_id = $1 AND r.stream_id = $2 AND r.register IN ({hidden}) AND r.holder IN ({me})) THEN 2
  WHEN EXISTS (SELECT 1 FROM view_rows r JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation
    AND c.live = 1 WHERE r.trust_id = $1 AND r.stream_id = $2 AND r.register IN ({own}) AND r.holder IN ({me})) THEN 1
  ELSE 0 END AS BIGINT)";

/// The streams of the directory that changed at or after a position, with the position of their last change; pupils apart.
pub async fn changed_since(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    pupils: bool,
    position: u64,
) -> Result<Vec<(StreamId, u64)>, QueryError> {
    let register = blinds.register(crate::DIRECTORY, if pupils { PUPILS } else { ENTRIES });
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

/// Every record for which something is owed, whoever owes it: for finding those that a change of duties moves. Nothing of it is shown.
pub async fn open_streams(db: &Database, trust: TrustId, blinds: &Blinds) -> Result<Vec<StreamId>, QueryError> {
    let registers: Vec<[u8; 16]> = [OWED, CLOCK, FACTS, IMAGE].iter().map(|register| blinds.register(crate::QUEUE, register)).collect();
    let mut args = vec![Arg::Bytes(trust.as_bytes())];
    args.extend(registers.iter().map(|value| Arg::Bytes(value)));
    let sql = format!(
        "-- views.open_streams
SELECT DISTINCT r.stream_id FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'queue' AND c.live = 1
WHERE r.trust_id = $1 AND r.register IN ({})
ORDER BY r.stream_id",
        placeholders(2, registers.len())
    );
    let rows = fetch(db, sql, &args).await.map_err(QueryError::Database)?;
    rows.iter().map(|row| Ok(StreamId::from_bytes(row.id(0)?))).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}
