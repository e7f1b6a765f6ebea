//! Lists: one statement a page, which reads as many rows as it shows, however many stand behind it.
//!
//! A reader's rows are ranges of an index, one for each register and holder that could be theirs, each in the order of the list
//! (`0202_views_order.sql`). The statement takes the first rows of every range, leaving out what the person may not know as it goes, and
//! merges them: a record stands where the first of its rows stands. What cannot wait is few and sorts before all else, so it is found
//! from its own registers and merged whole.

use std::fmt::Write as _;

use wardbook_domain::RecordClass;
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder, QueryError,
    alert::{DECIDED, WAITING},
    breach::{BOARD, OLD_PAPERS},
    case::NAMED,
    queue::{ASIDE, ASKED, CLOCK, COVERED, ESCALATED, EXCLUDED, FACTS, IMAGE, IN_HAND, OWED, URGENT},
    report::{INDEPENDENT, OWN, READABLE},
    sql::{Arg, Row, fetch},
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
    /// Of what is owed, what may stand in a calendar: nothing about an adult's conduct, and nothing of human resources.
    Dates,
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
    /// Monitoring alerts about which nobody has decided.
    Alerts,
    /// Monitoring alerts that are decided, the latest decision first.
    DecidedAlerts,
}

impl Wanted {
    /// The view and its registers.
    const fn place(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Owed => (crate::QUEUE, &[OWED, CLOCK, FACTS, IMAGE, COVERED, ESCALATED, IN_HAND, ASKED]),
            Self::Dates => (crate::QUEUE, &[OWED, CLOCK, COVERED]),
            Self::Reports => (crate::REPORT, &[READABLE, COVERED, INDEPENDENT]),
            Self::OwnReports => (crate::REPORT, &[OWN]),
            Self::Cases => (crate::CASE, &[READABLE, COVERED, NAMED, ESCALATED, IN_HAND]),
            Self::Board => (crate::BREACH, &[BOARD]),
            Self::BoardOfOldPapers => (crate::BREACH, &[OLD_PAPERS]),
            Self::Alerts => (crate::ALERT, &[WAITING]),
            Self::DecidedAlerts => (crate::ALERT, &[DECIDED]),
        }
    }

    /// Whether records of this class are on the list.
    fn lists(self, class: RecordClass) -> bool {
        self != Self::Dates || !matches!(class, RecordClass::Conduct | RecordClass::Hr)
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
    after: After,
}

impl Listed {
    /// The sort key, for the next page.
    pub const fn after(&self) -> After {
        self.after
    }
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
        let named = if matches!(wanted, Wanted::Cases | Wanted::Owed) { me.as_slice() } else { &[] };
        // A row's holder is blind under the key of its class: what is not listed is never looked for.
        let listed = || RecordClass::ALL.iter().filter(|class| wanted.lists(**class));
        let at = |address: &wardbook_domain::Address| Holder::Address(address.clone());
        let held = reading.addresses.iter().flat_map(|address| listed().map(move |class| blinds.holder(view, Some(*class), &at(address))));
        held.chain(named.iter().copied()).collect()
    };
    if holders.is_empty() {
        return Ok(vec![]);
    }
    // A person's own words stay theirs when the record is about them: nothing is excluded there.
    let excluded =
        if wanted == Wanted::OwnReports { [[0; 16]; 2] } else { [EXCLUDED, ASIDE].map(|register| blinds.register(view, register)) };
    let pressing = [IMAGE, URGENT, OWED, COVERED].map(|register| blinds.register(crate::QUEUE, register));
    let registers: Vec<[u8; 16]> = registers.iter().map(|register| blinds.register(view, register)).collect();
    let mut args = vec![Arg::Bytes(trust.as_bytes()), Arg::Text(view), Arg::Int(i64::from(limit))];
    args.extend(excluded.iter().chain(&pressing).map(|value| Arg::Bytes(value)));
    let of_registers = numbered(&mut args, &registers);
    let of_holders = numbered(&mut args, &holders);
    let of_me = numbered(&mut args, &me);
    let only = reading.only.as_ref().map(|stream| numbered(&mut args, std::slice::from_ref(stream)));
    if let Some(start) = &after {
        args.extend([Arg::Int(start.due), Arg::Int(start.since), Arg::Bytes(&start.stream)]);
    }
    let start = args.len().saturating_sub(2)..=args.len();
    let sql = Text { postgres: matches!(db, Database::Postgres(_)), only, start: after.map(|_| start) };
    let rows = fetch(db, sql.with(&of_registers, &of_holders, &of_me), &args).await.map_err(QueryError::Database)?;
    rows.iter().map(listed).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// Adds values to the arguments; their placeholders.
fn numbered<'a>(args: &mut Vec<Arg<'a>>, values: &'a [[u8; 16]]) -> Vec<String> {
    let first = args.len() + 1;
    args.extend(values.iter().map(|value| Arg::Bytes(value)));
    (first..first + values.len()).map(|n| format!("${n}")).collect()
}

fn listed(row: &Row) -> Result<Listed, sqlx::Error> {
    let stream = row.id(0)?;
    let after = After { due: row.int(4)?, since: row.int(5)?, stream };
    let due = Some(row.int(2)?).filter(|due| *due != i64::MAX);
    Ok(Listed { stream: StreamId::from_bytes(stream), since: row.int(1)?, due, urgent: row.int(3)? != 0, after })
}

/// What the statement depends on, apart from how many registers and holders there are.
struct Text {
    postgres: bool,
    /// The placeholder of the only stream.
    only: Option<Vec<String>>,
    /// The numbers of the placeholders of where the last page ended.
    start: Option<std::ops::RangeInclusive<usize>>,
}

impl Text {
    fn with(&self, registers: &[String], holders: &[String], me: &[String]) -> String {
        // PostgreSQL takes a bare placeholder in VALUES for text.
        let cast = if self.postgres { "::bytea" } else { "" };
        let values = |list: &[String]| list.iter().map(|one| format!("({one}{cast})")).collect::<Vec<_>>().join(", ");
        let only = self.only.iter().flatten().fold(String::new(), |mut sql, stream| {
            let _ = write!(sql, " AND r.stream_id = {stream}");
            sql
        });
        let start = self.start.clone().map(|numbers| numbers.map(|n| format!("${n}")).collect::<Vec<_>>().join(", "));
        let (after_urgent, after) =
            start.map_or_else(Default::default, |start| (AFTER_URGENT.replace("{start}", &start), AFTER.replace("{start}", &start)));
        let ranges = if self.postgres { RANGES_POSTGRES } else { RANGES_SQLITE };
        LIST.replace("{ranges}", ranges)
            .replace("{first}", FIRST)
            .replace("{only}", &only)
            .replace("{after_urgent}", &after_urgent)
            .replace("{after}", &after)
            .replace("{by_stream}", if self.postgres { "" } else { " INDEXED BY view_rows_by_stream" })
            .replace("{register_values}", &values(registers))
            .replace("{holder_values}", &values(holders))
            .replace("{registers}", &registers.join(", "))
            .replace("{holders}", &holders.join(", "))
            .replace("{me}", &me.join(", "))
    }
}

// The few rows of one stream are looked at one by one. SQLite, which knows nothing of how many rows there are, would rather seek each
// register and holder (hence IS TRUE), or read all rows of the view (hence INDEXED BY).
//
// What cannot wait sorts before every due instant, the longest waiting first: its key is its instant, moved far into the past.
const LIST: &str = "-- views.list
WITH live(generation) AS (SELECT generation FROM view_checkpoints WHERE trust_id = $1 AND view = $2 AND live = 1),
registers(register) AS (VALUES {register_values}),
holders(holder) AS (VALUES {holder_values}),
hidden(stream_id) AS MATERIALIZED (
  SELECT x.stream_id FROM view_rows x
  WHERE x.trust_id = $1 AND x.generation = (SELECT generation FROM live) AND x.register IN ($4, $5) AND x.holder IN ({me})
),
pressing(stream_id) AS (
  SELECT r.stream_id FROM view_rows r
  WHERE r.trust_id = $1 AND r.generation = (SELECT generation FROM live) AND r.register = $6 AND r.holder IN ({holders}){only}
  UNION
  SELECT r.stream_id FROM view_rows u CROSS JOIN view_rows r{by_stream}
  WHERE u.trust_id = $1 AND u.generation = (SELECT generation FROM live) AND u.register = $7
    AND r.trust_id = $1 AND r.generation = (SELECT generation FROM live) AND r.stream_id = u.stream_id
    AND (r.register IN ($8, $9) AND r.holder IN ({holders})) IS TRUE{only}
),
urgent(stream_id, since) AS MATERIALIZED (
  SELECT r.stream_id, MIN(r.since) FROM pressing p CROSS JOIN view_rows r{by_stream}
  WHERE r.trust_id = $1 AND r.generation = (SELECT generation FROM live) AND r.stream_id = p.stream_id
    AND (r.register IN ({registers}) AND r.holder IN ({holders})) IS TRUE AND r.stream_id NOT IN (SELECT stream_id FROM hidden)
  GROUP BY r.stream_id
),
ranges(stream_id, due, since) AS ({ranges}),
page(stream_id, urgent, due, since) AS (
  SELECT stream_id, CAST(1 AS BIGINT), since - 4611686018427387904, since FROM urgent{after_urgent}
  UNION ALL
  SELECT stream_id, CAST(0 AS BIGINT), due, since FROM (
    SELECT stream_id, due, since, ROW_NUMBER() OVER (PARTITION BY stream_id ORDER BY due, since) AS place FROM ranges
  ) AS placed WHERE place = 1
  ORDER BY 3, 4, 1 LIMIT $3
)
SELECT p.stream_id, MIN(r.since), MIN(COALESCE(r.due, 9223372036854775807)), p.urgent, p.due, p.since
FROM page p CROSS JOIN view_rows r{by_stream}
WHERE r.trust_id = $1 AND r.generation = (SELECT generation FROM live) AND r.stream_id = p.stream_id
  AND (r.register IN ({registers}) AND r.holder IN ({holders})) IS TRUE
GROUP BY p.stream_id, p.urgent, p.due, p.since
ORDER BY p.due, p.since, p.stream_id";

// The first rows of each range: each engine has its own way to ask for some rows of each.
const RANGES_POSTGRES: &str = "
  SELECT c.stream_id, c.due, c.since FROM registers g CROSS JOIN holders h
  CROSS JOIN LATERAL (SELECT r.stream_id, COALESCE(r.due, 9223372036854775807) AS due, r.since FROM view_rows r{first}) AS c
";
const RANGES_SQLITE: &str = "
  SELECT f.stream_id, COALESCE(f.due, 9223372036854775807), f.since FROM registers g CROSS JOIN holders h CROSS JOIN view_rows f
  WHERE f.trust_id = $1 AND f.generation = (SELECT generation FROM live) AND f.register = g.register AND f.holder = h.holder
    AND f.stream_id IN (SELECT r.stream_id FROM view_rows r{first})
";
const FIRST: &str = "
    WHERE r.trust_id = $1 AND r.generation = (SELECT generation FROM live) AND r.register = g.register AND r.holder = h.holder{only}
      AND r.stream_id NOT IN (SELECT stream_id FROM hidden) AND r.stream_id NOT IN (SELECT stream_id FROM urgent){after}
    ORDER BY COALESCE(r.due, 9223372036854775807), r.since, r.stream_id LIMIT $3";

// After a page's end: what stands there with an earlier row was on a page before.
const AFTER_URGENT: &str = "
  WHERE (since - 4611686018427387904, since, stream_id) > ({start})";
const AFTER: &str = "
      AND (COALESCE(r.due, 9223372036854775807), r.since, r.stream_id) > ({start})
      AND NOT EXISTS (SELECT 1 FROM view_rows s{by_stream} WHERE s.trust_id = $1 AND s.generation = (SELECT generation FROM live)
        AND s.stream_id = r.stream_id AND (s.register IN ({registers}) AND s.holder IN ({holders})) IS TRUE
        AND (COALESCE(s.due, 9223372036854775807), s.since, s.stream_id) <= ({start}))";
