//! The ranges of the index that make up a reader's list, and the statement that reads them.
//!
//! Of each range as many rows are read as a page has, in the order of the list, and the page is put together here: whatever stands behind it
//! is not looked at. A range holds a record once, and so the first records of all are among the first rows of each. What is hidden from the
//! reader is looked up once and left out as the rows are read. Whether a record was on an earlier page is asked of its other rows, as one
//! aggregate: engines would turn anything else into a join with all rows of the view.
//!
//! The text is short and is the same for every reader of as many duties: an engine plans it once.

use std::collections::BTreeSet;

use wardbook_ledger::Database;

use crate::{
    list::After,
    sql::{Arg, Row, fetch},
    write::URGENT_BEFORE,
};

/// What could be a reader's.
pub(crate) struct Asked {
    pub(crate) trust: [u8; 16],
    pub(crate) view: &'static str,
    /// Registers of what is sent to a duty, with the duties.
    pub(crate) sent: (Vec<[u8; 16]>, Vec<[u8; 16]>),
    /// Registers of what is a person's, with the person.
    pub(crate) named: (Vec<[u8; 16]>, Vec<[u8; 16]>),
    /// The registers of those from whom a record is hidden.
    pub(crate) hiding: Vec<[u8; 16]>,
    /// The reader, as records of each class know them.
    pub(crate) me: Vec<[u8; 16]>,
    /// Only this stream.
    pub(crate) only: Option<[u8; 16]>,
}

impl Asked {
    /// Up to `limit` rows in the order of the list, each the first of its record: stream, place, since, due.
    pub(crate) async fn page(&self, db: &Database, after: Option<After>, limit: u32) -> Result<Vec<Row>, sqlx::Error> {
        let Some(Statement { sql, text }) = self.rows(Engine::of(db), after.as_ref(), limit) else { return Ok(vec![]) };
        let mut page: Vec<(After, Row)> = vec![];
        for row in fetch(db, format!("-- views.list\n{sql}"), &text.args).await? {
            page.push((After { place: row.int(1)?, since: row.int(2)?, stream: row.id(0)? }, row));
        }
        page.sort_by_key(|(at, _)| (at.place, at.since, at.stream));
        let mut seen = BTreeSet::new();
        page.retain(|(at, _)| seen.insert(at.stream));
        page.truncate(limit as usize);
        Ok(page.into_iter().map(|(_, row)| row).collect())
    }

    /// How many records there are, of the first `at_most`, and how many of these were due before `now`.
    pub(crate) async fn count(&self, db: &Database, now: i64, at_most: u32) -> Result<(usize, usize), sqlx::Error> {
        let Some(Statement { sql, text }) = self.counted(Engine::of(db), now, at_most) else { return Ok((0, 0)) };
        let rows = fetch(db, format!("-- views.owed\n{sql}"), &text.args).await?;
        let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let count = |index| row.int(index).map(|count| usize::try_from(count).unwrap_or(0));
        Ok((count(0)?, count(1)?))
    }

    /// The number of records among the first `at_most`, and of those among them that were due before `now`.
    pub(crate) fn counted(&self, engine: Engine, now: i64, at_most: u32) -> Option<Statement<'_>> {
        let Statement { sql, mut text } = self.rows(engine, None, at_most)?;
        let now = text.arg(Arg::Int(now));
        let sql = format!(
            "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(late), 0) AS BIGINT) FROM (
  SELECT CASE WHEN MIN(due) < {now} THEN 1 ELSE 0 END AS late FROM (
{sql}) AS rows_of_each GROUP BY stream_id ORDER BY MIN(place), stream_id LIMIT {at_most}) AS first_records"
        );
        Some(Statement { sql, text })
    }

    /// The first rows of each range, as they are at one moment; none where no row could be the reader's.
    pub(crate) fn rows<'a>(&'a self, engine: Engine, after: Option<&'a After>, limit: u32) -> Option<Statement<'a>> {
        let mut text = Text::new(&self.trust, engine);
        let view = text.arg(Arg::Text(self.view));
        let mine = Mine::new(self, &mut text)?;
        let hidden = self.not_hidden(&mut text, &view);
        let later = after.map_or_else(String::new, |after| later(&mut text, &mine, after));
        let first = self.first_rows(&mut text, &format!("{hidden}{later}"), limit);
        let rows = match engine {
            Engine::Postgres => format!("JOIN LATERAL (\n{first}) AS p ON TRUE"),
            // A part of FROM sees no other there, but a list does.
            Engine::Sqlite => format!(
                "CROSS JOIN view_rows p ON p.trust_id = $1 AND p.generation = c.generation AND p.register = g.register AND p.holder = g.holder
  AND p.stream_id IN (\n{first})"
            ),
        };
        let Mine { with, registers, holders } = mine;
        // Of what has its turn by its due instant, the first row is due first; what cannot wait may have another that is due. Tables that are
        // joined by CROSS JOIN are taken in the order in which they stand (`sql::live`).
        let sql = format!(
            "WITH {with}
SELECT p.stream_id, p.place, p.since, CASE WHEN p.place >= {URGENT_BEFORE} THEN p.due ELSE (
    SELECT MIN(CASE WHEN d.register IN ({registers}) AND d.holder IN ({holders}) THEN d.due END) FROM view_rows d
    WHERE d.trust_id = $1 AND d.generation = p.generation AND d.stream_id = p.stream_id) END AS due
FROM view_checkpoints c CROSS JOIN ranges g {rows}
WHERE c.trust_id = $1 AND c.view = {view} AND c.live = 1"
        );
        Some(Statement { sql, text })
    }

    /// The first rows of range `g` for which this holds too.
    fn first_rows<'a>(&'a self, text: &mut Text<'a>, holds: &str, limit: u32) -> String {
        let only = self.is_only("r", text);
        let columns = if text.engine == Engine::Sqlite { "r.stream_id" } else { "r.generation, r.stream_id, r.place, r.since, r.due" };
        // The limit stands in the text: PostgreSQL would plan for a tenth of all rows if it had to guess.
        format!(
            "  SELECT {columns} FROM view_rows r
  WHERE r.trust_id = $1 AND r.generation = c.generation AND r.register = g.register AND r.holder = g.holder{only}{holds}
  ORDER BY r.place, r.since, r.stream_id LIMIT {limit}"
        )
    }

    /// That no row hides the record of row `r` from the reader. The rows that hide something from them are few, and are the same for each `r`.
    fn not_hidden<'a>(&'a self, text: &mut Text<'a>, view: &str) -> String {
        if self.hiding.is_empty() {
            return String::new();
        }
        let (registers, me) = (text.each(&self.hiding), text.each(&self.me));
        let only = self.is_only("x", text);
        let live = format!(
            "x.trust_id = $1
      AND x.generation = (SELECT l.generation FROM view_checkpoints l WHERE l.trust_id = $1 AND l.view = {view} AND l.live = 1){only}"
        );
        let hidden = match text.engine {
            Engine::Sqlite => {
                let (registers, me) = (registers.join(", "), me.join(", "));
                format!("SELECT x.stream_id FROM view_rows x WHERE {live} AND x.register IN ({registers}) AND x.holder IN ({me})")
            }
            // Without statistics it reads a whole view for such lists, and with them it plans them anew each time. Asked of one register and
            // holder, in the order of an index and, by OFFSET, apart from all else, it takes the index whatever it knows.
            Engine::Postgres => {
                let (registers, me) = (text.values(&registers), text.values(&me));
                format!(
                    "SELECT y.stream_id FROM ({registers}) AS h (register) CROSS JOIN ({me}) AS m (holder) CROSS JOIN LATERAL (
      SELECT x.stream_id FROM view_rows x WHERE {live} AND x.register = h.register AND x.holder = m.holder
      ORDER BY x.place, x.since, x.stream_id OFFSET 0) AS y"
                )
            }
        };
        format!("\n    AND r.stream_id NOT IN ({hidden})")
    }

    /// That a row is of the only stream that is asked for.
    fn is_only<'a>(&'a self, row: &str, text: &mut Text<'a>) -> String {
        self.only.as_ref().map_or_else(String::new, |stream| format!(" AND {row}.stream_id = {}", text.bytes(stream)))
    }
}

/// That row `r` stands after a page's end, and no other row of its record before it: that record has been shown. PostgreSQL takes what equals
/// something for rare, and would sort a whole range to find it; what differs from something it takes for common, as such rows are.
fn later<'a>(text: &mut Text<'a>, Mine { registers, holders, .. }: &Mine, after: &'a After) -> String {
    let end = format!("({}, {}, {})", text.arg(Arg::Int(after.place)), text.arg(Arg::Int(after.since)), text.bytes(&after.stream));
    format!(
        "
    AND (r.place, r.since, r.stream_id) > {end}
    AND COALESCE((SELECT MAX(CASE WHEN (s.place, s.since, s.stream_id) <= {end} AND s.register IN ({registers}) AND s.holder IN ({holders})
      THEN 1 ELSE 0 END) FROM view_rows s WHERE s.trust_id = $1 AND s.generation = r.generation AND s.stream_id = r.stream_id), 0) <> 1"
    )
}

/// Which engine a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    const fn of(db: &Database) -> Self {
        match db {
            Database::Sqlite { .. } => Self::Sqlite,
            Database::Postgres(_) => Self::Postgres,
        }
    }
}

/// A statement without its name.
pub(crate) struct Statement<'a> {
    sql: String,
    text: Text<'a>,
}

#[cfg(test)]
impl Statement<'_> {
    /// How the engine reads it, with this word before it.
    pub(crate) async fn plan(&self, db: &Database, explain: &str) -> Result<Vec<Row>, sqlx::Error> {
        fetch(db, format!("{explain} {}", self.sql), &self.text.args).await
    }
}

/// The ranges of a statement.
struct Mine {
    /// `ranges (register, holder)` and what it is made of.
    with: String,
    /// The registers and holders of all ranges. Nothing is in a register of duties for a person, nor the other way round.
    registers: String,
    holders: String,
}

impl Mine {
    /// None where there are none.
    fn new<'a>(asked: &'a Asked, text: &mut Text<'a>) -> Option<Self> {
        let (mut with, mut ranges, mut all) = (vec![], vec![], (vec![], vec![]));
        for (name, (registers, holders)) in [("sent", &asked.sent), ("named", &asked.named)] {
            if registers.is_empty() || holders.is_empty() {
                continue;
            }
            let (registers, holders) = (text.each(registers), text.each(holders));
            with.push(format!("{name}_registers (register) AS ({})", text.values(&registers)));
            with.push(format!("{name}_holders (holder) AS ({})", text.values(&holders)));
            ranges.push(format!("SELECT register, holder FROM {name}_registers CROSS JOIN {name}_holders"));
            all.0.extend(registers);
            all.1.extend(holders);
        }
        if ranges.is_empty() {
            return None;
        }
        with.push(format!("ranges (register, holder) AS ({})", ranges.join(" UNION ALL ")));
        Some(Self { with: with.join(",\n"), registers: all.0.join(", "), holders: all.1.join(", ") })
    }
}

/// The arguments of a statement, each with its placeholder; the first is the trust.
struct Text<'a> {
    args: Vec<Arg<'a>>,
    engine: Engine,
}

impl<'a> Text<'a> {
    fn new(trust: &'a [u8; 16], engine: Engine) -> Self {
        Self { args: vec![Arg::Bytes(trust)], engine }
    }

    fn arg(&mut self, arg: Arg<'a>) -> String {
        self.args.push(arg);
        format!("${}", self.args.len())
    }

    fn bytes(&mut self, bytes: &'a [u8; 16]) -> String {
        self.arg(Arg::Bytes(bytes))
    }

    fn each(&mut self, values: &'a [[u8; 16]]) -> Vec<String> {
        values.iter().map(|value| self.bytes(value)).collect()
    }

    /// A table of one column, of arguments. PostgreSQL takes a bare `$2` in VALUES for text.
    fn values(&self, args: &[String]) -> String {
        let bytea = if self.engine == Engine::Postgres { "::bytea" } else { "" };
        let rows: Vec<String> = args.iter().map(|arg| format!("({arg}{bytea})")).collect();
        format!("VALUES {}", rows.join(", "))
    }
}
