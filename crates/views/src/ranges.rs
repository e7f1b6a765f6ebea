//! The ranges of the index that make up a reader's list, and the statements that read them.
//!
//! PostgreSQL merges the ranges row by row, as each is read in the order of the list, and stops when the page is full. SQLite stops so within
//! one range and not when it merges several: there each range is asked for a page of its own, and the pages are merged here. So both read few
//! rows that are not shown. What decides about a row is asked of its record's other rows, as each is read: whether one of them hides the
//! record from the reader, was on an earlier page, or, where records are counted, is the reader's too and comes first. What is asked there is
//! one aggregate, as engines would turn anything else into a join with all rows of the view.

use std::collections::BTreeSet;

use crate::{
    list::After,
    sql::{Arg, Row, Tx},
    write::URGENT_BEFORE,
};

/// Ranges merged in one statement.
pub(crate) const TOGETHER: usize = 64;

/// Register and holder.
type Range = ([u8; 16], [u8; 16]);

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

/// The ranges that have a row of a record that is not hidden from the reader.
pub(crate) struct Ranges {
    asked: Asked,
    generation: [u8; 16],
    found: Vec<Range>,
}

impl Ranges {
    /// Asks which ranges have such a row; none where no range has.
    pub(crate) async fn with_rows(tx: &mut Tx, asked: Asked) -> Result<Option<Self>, sqlx::Error> {
        let of = |(registers, holders): &(Vec<[u8; 16]>, Vec<[u8; 16]>)| -> Vec<Range> {
            registers.iter().flat_map(|register| holders.iter().map(|holder| (*register, *holder))).collect()
        };
        let all = [of(&asked.sent), of(&asked.named)].concat();
        if all.is_empty() {
            return Ok(None);
        }
        let mut text = Text::new(&asked.trust);
        let view = text.arg(Arg::Text(asked.view));
        let hides = text.hides(&asked.hiding, &asked.me);
        // PostgreSQL takes a bare placeholder in VALUES for text.
        let cast = if matches!(tx, Tx::Postgres(_)) { "::bytea" } else { "" };
        let mut value = |value| format!("{}{cast}", text.bytes(value));
        let all: Vec<String> = all.iter().map(|(register, holder)| format!("({}, {})", value(register), value(holder))).collect();
        let (all, only) = (all.join(", "), text.only(asked.only.as_ref()));
        let sql = format!(
            "-- views.ranges
WITH ranges(register, holder) AS (VALUES {all}),
live(generation) AS (SELECT generation FROM view_checkpoints WHERE trust_id = $1 AND view = {view} AND live = 1)
SELECT l.generation, g.register, g.holder FROM live l CROSS JOIN ranges g
WHERE (SELECT 1 FROM view_rows r
  WHERE r.trust_id = $1 AND r.generation = l.generation AND r.register = g.register AND r.holder = g.holder{only} AND {} LIMIT 1) IS NOT NULL",
            no_row_that(&hides, "l.generation")
        );
        let rows = tx.fetch(sql, &text.args).await?;
        let ranges = rows.iter().map(|row| Ok((row.id(1)?, row.id(2)?))).collect::<Result<_, sqlx::Error>>()?;
        let generation = rows.first().map(|row| row.id(0)).transpose()?;
        Ok(generation.map(|generation| Self { asked, generation, found: ranges }))
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) const fn len(&self) -> usize {
        self.found.len()
    }

    /// Up to `limit` rows in the order of the list, each the first of its record: stream, place, since, due. Several rows of a record that are
    /// the reader's are told apart here: a statement that did so would look at each of them, however many stand behind the page.
    pub(crate) async fn page(&self, tx: &mut Tx, after: Option<After>, limit: u32) -> Result<Vec<Row>, sqlx::Error> {
        let mut page: Vec<(After, Row)> = vec![];
        let together = if matches!(tx, Tx::Postgres(_)) { TOGETHER } else { 1 };
        for ranges in self.found.chunks(together) {
            page.extend(self.first_of(tx, ranges, after.as_ref(), limit).await?);
        }
        page.sort_by_key(|(at, _)| (at.place, at.since, at.stream));
        let mut seen = BTreeSet::new();
        page.retain(|(at, _)| seen.insert(at.stream));
        page.truncate(limit as usize);
        Ok(page.into_iter().map(|(_, row)| row).collect())
    }

    /// The first rows of some of the ranges, of at least `limit` records where there are so many.
    async fn first_of(&self, tx: &mut Tx, ranges: &[Range], after: Option<&After>, limit: u32) -> Result<Vec<(After, Row)>, sqlx::Error> {
        // A range has one row of a record at most.
        let mut most = if ranges.len() == 1 { limit } else { limit.saturating_mul(2) };
        loop {
            let mut text = Text::new(&self.asked.trust);
            let sql = format!("-- views.list\n{}", self.first_rows(&mut text, ranges, after, most));
            let rows = tx.fetch(sql, &text.args).await?.into_iter();
            let rows: Vec<(After, Row)> = rows
                .map(|row| Ok((After { place: row.int(1)?, since: row.int(2)?, stream: row.id(0)? }, row)))
                .collect::<Result<_, sqlx::Error>>()?;
            let records: BTreeSet<[u8; 16]> = rows.iter().map(|(at, _)| at.stream).collect();
            if records.len() >= limit as usize || rows.len() < most as usize {
                return Ok(rows);
            }
            most = most.saturating_mul(2);
        }
    }

    /// How many records there are, at most `limit`, and how many of those were due before `now`.
    pub(crate) async fn count(&self, tx: &mut Tx, now: i64, limit: u32) -> Result<(usize, usize), sqlx::Error> {
        let (mut all, mut late) = (0, 0);
        for ranges in self.found.chunks(TOGETHER) {
            let mut text = Text::new(&self.asked.trust);
            let (now, merged) = (text.arg(Arg::Int(now)), self.merged(&mut text, ranges, limit));
            let sql = format!("-- views.owed\nSELECT COUNT(*), COUNT(CASE WHEN due < {now} THEN 1 END) FROM ({merged}) AS counted");
            for row in tx.fetch(sql, &text.args).await? {
                all += usize::try_from(row.int(0)?).unwrap_or(0);
                late += usize::try_from(row.int(1)?).unwrap_or(0);
            }
        }
        let limit = limit as usize;
        Ok((all.min(limit), late.min(limit)))
    }

    /// The statement that merges some of the ranges. Of several rows of a record that are the reader's only the first counts, whichever
    /// range it is in.
    fn merged<'t>(&'t self, text: &mut Text<'t>, ranges: &'t [Range], limit: u32) -> String {
        let comes_first = "(x.place, x.since, x.register, x.holder) < (r.place, r.since, r.register, r.holder)";
        self.statement(text, ranges, Some(comes_first), "", limit)
    }

    /// The statement that gives the first rows of some of the ranges after a page's end. A record that stands before it has been shown.
    fn first_rows<'t>(&'t self, text: &mut Text<'t>, ranges: &'t [Range], after: Option<&'t After>, limit: u32) -> String {
        let Some(after) = after else { return self.statement(text, ranges, None, "", limit) };
        let (place, since, stream) = (text.arg(Arg::Int(after.place)), text.arg(Arg::Int(after.since)), text.bytes(&after.stream));
        let end = format!("({place}, {since}, {stream})");
        let shown = format!("(x.place, x.since, x.stream_id) <= {end}");
        self.statement(text, ranges, Some(&shown), &format!(" AND (r.place, r.since, r.stream_id) > {end}"), limit)
    }

    /// Rows of records that are not hidden, but for those of which one of the reader's rows is as `bars` says.
    fn statement<'t>(&'t self, text: &mut Text<'t>, ranges: &'t [Range], bars: Option<&str>, start: &str, limit: u32) -> String {
        let Asked { sent, named, hiding, me, only, .. } = &self.asked;
        let generation = text.bytes(&self.generation);
        let hides = text.hides(hiding, me);
        // Nothing is in a register of duties for a person, nor the other way round.
        let registers = text.all(sent.0.iter().chain(&named.0));
        let holders = text.all(sent.1.iter().chain(&named.1));
        // What a row is compared with comes first, as it is seldom true.
        let bars = match bars {
            Some(bars) => format!("{hides} OR {bars} AND x.register IN ({registers}) AND x.holder IN ({holders})"),
            None => hides,
        };
        // Of what has its turn by its due instant, the first row is due first; what cannot wait may have another that is due.
        let due = format!(
            "CASE WHEN r.place >= {URGENT_BEFORE} THEN r.due ELSE (
    SELECT MIN(CASE WHEN d.register IN ({registers}) AND d.holder IN ({holders}) THEN d.due END) FROM view_rows d
    WHERE d.trust_id = $1 AND d.generation = {generation} AND d.stream_id = r.stream_id) END"
        );
        let (stands, only) = (no_row_that(&bars, &generation), text.only(only.as_ref()));
        let mut range = |(register, holder): &'t Range| {
            let (register, holder) = (text.bytes(register), text.bytes(holder));
            format!(
                "SELECT * FROM (SELECT r.stream_id, r.place, r.since, {due} AS due FROM view_rows r
  WHERE r.trust_id = $1 AND r.generation = {generation} AND r.register = {register} AND r.holder = {holder}{only}{start}
    AND {stands} ORDER BY r.place, r.since, r.stream_id) AS one"
            )
        };
        let ranges: Vec<String> = ranges.iter().map(&mut range).collect();
        // The limit stands in the text: PostgreSQL would plan for a tenth of all rows if it had to guess.
        format!("{}\nORDER BY 2, 3, 1 LIMIT {limit}", ranges.join("\nUNION ALL "))
    }
}

/// That the record of row `r` has no row `x` of which this holds.
fn no_row_that(holds: &str, generation: &str) -> String {
    format!(
        "(SELECT MAX(CASE WHEN {holds} THEN 1 ELSE 0 END) FROM view_rows x
      WHERE x.trust_id = $1 AND x.generation = {generation} AND x.stream_id = r.stream_id) = 0"
    )
}

/// The arguments of a statement, each with its placeholder; the first is the trust.
struct Text<'a> {
    args: Vec<Arg<'a>>,
}

impl<'a> Text<'a> {
    fn new(trust: &'a [u8; 16]) -> Self {
        Self { args: vec![Arg::Bytes(trust)] }
    }

    fn arg(&mut self, arg: Arg<'a>) -> String {
        self.args.push(arg);
        format!("${}", self.args.len())
    }

    fn bytes(&mut self, bytes: &'a [u8; 16]) -> String {
        self.arg(Arg::Bytes(bytes))
    }

    fn all(&mut self, values: impl IntoIterator<Item = &'a [u8; 16]>) -> String {
        values.into_iter().map(|value| self.bytes(value)).collect::<Vec<_>>().join(", ")
    }

    /// That row `r` is of this stream.
    fn only(&mut self, stream: Option<&'a [u8; 16]>) -> String {
        stream.map_or_else(String::new, |stream| format!(" AND r.stream_id = {}", self.bytes(stream)))
    }

    /// That row `x` hides its record from the reader.
    fn hides(&mut self, hiding: &'a [[u8; 16]], me: &'a [[u8; 16]]) -> String {
        if hiding.is_empty() {
            return "FALSE".to_owned();
        }
        format!("(x.register IN ({}) AND x.holder IN ({}))", self.all(hiding), self.all(me))
    }
}
