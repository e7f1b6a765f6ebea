//! What need-to-know costs a page of the queue: its query, with duties and exclusions, beside a bare query of as many rows; and what a
//! whole page costs with much and with little behind it.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use wardbook_app::accounts::NewUser;
use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};
use wardbook_app::{App, Caller};
use wardbook_domain::Duty;
use wardbook_ledger::Database;
use wardbook_testkit::{TestPg, sqlite_url, temp_dir};
use wardbook_views::sql::{Arg, execute, fetch};

use crate::clock::now;
use crate::filing::trust;

/// Rows of a page.
const PAGE: u32 = 50;
/// Schools of the trust.
const SCHOOLS: usize = 20;
/// Every so-manieth report is about the reader, and so not in their queue.
const HIDDEN_EVERY: usize = 20;
/// Imports at a time, while the queues are filled.
const IMPORTS: usize = 32;
/// The most that need-to-know may add at the median.
const AIM: Duration = Duration::from_millis(1);

/// The medians of one reader on one engine.
struct Line {
    engine: &'static str,
    reader: &'static str,
    behind: usize,
    bare: Duration,
    knowing: Duration,
}

/// The medians of whole pages on one engine.
struct Pages {
    engine: &'static str,
    few: (usize, Duration),
    many: (usize, Duration),
}

/// What was measured, as tables.
pub(crate) struct Knowing(Vec<Line>, Vec<Pages>);

/// Measures on both engines: queues with so many records behind a page, each query asked so often.
pub(crate) async fn measure(records: usize, asks: usize) -> Result<Knowing> {
    let (server, folder) = (TestPg::own(true), temp_dir());
    let mut measured = Knowing(vec![], vec![]);
    for (engine, url) in [("PostgreSQL", server.fresh_database().await), ("SQLite", sqlite_url(folder.path(), "queue.db"))] {
        on(engine, &url, &folder.path().join(engine), (records, asks), &mut measured).await.with_context(|| engine.to_owned())?;
    }
    Ok(measured)
}

async fn on(engine: &'static str, url: &str, folder: &Path, (records, asks): (usize, usize), measured: &mut Knowing) -> Result<()> {
    let app = trust::create(url, folder).await?;
    app.start();
    let schools = trust::populate(&app, SCHOOLS).await?;
    let codes: Vec<&str> = schools.iter().map(|school| school.code.as_str()).collect();
    let [first, others @ .., last] = codes.as_slice() else { anyhow::bail!("schools were made") };
    let head = caller(&app, "Head", first, Duty::Headteacher, Some(first)).await?;
    let other_head = caller(&app, "Head", last, Duty::Headteacher, Some(last)).await?;
    // An IT lead of the whole trust has the first facts of every school's losses.
    let it_lead = caller(&app, "Teacher", last, Duty::ItLead, None).await?;
    let trust_lead = caller(&app, "Lead", first, Duty::TrustLead, None).await?;
    fill(&app, &trust_lead, &[first], (&format!("{first}-001"), records)).await?;
    fill(&app, &trust_lead, others, (&format!("{last}-003"), records)).await?;
    fill(&app, &trust_lead, &[last], (&format!("{last}-001"), PAGE as usize)).await?;
    app.wait_for_views().await?;
    let db = Database::connect(url).await?;
    if let Database::Postgres(_) = &db {
        // As autovacuum leaves it in time: what was written a moment ago has no statistics, and any plan is luck.
        execute(&db, "VACUUM (ANALYZE) view_rows".to_owned(), &[]).await?;
    }
    let ranges = ranges(&db).await?;
    // The IT lead's is the largest, the head's has as many as were made.
    let (largest, most) = ranges.first().context("the queue has rows")?;
    ensure!(ranges.iter().any(|(_, rows)| *rows == records), "no queue has {records} rows");
    for (reader, caller, behind) in [("head of one school", &head, records), ("IT lead of 20 schools", &it_lead, *most)] {
        let (bare, knowing) = queries(&app, &db, largest, caller, asks).await?;
        // An engine takes minutes to fill: what is known is said at once.
        eprintln!("{engine}, {reader}: bare {bare:?}, with need-to-know {knowing:?}");
        measured.0.push(Line { engine, reader, behind, bare, knowing });
    }
    let (few, many) = pages(&app, &other_head, &head, asks / 4 + 1).await?;
    eprintln!("{engine}, whole pages: {few:?} with {PAGE} behind, {many:?} with {records}");
    measured.1.push(Pages { engine, few: (PAGE as usize, few), many: (records, many) });
    app.shutdown().await;
    Ok(())
}

/// The two take turns, so that whatever else the machine does falls on both; a first tenth does not count.
async fn queries(app: &App, db: &Database, largest: &[[u8; 16]; 3], reader: &Caller, asks: usize) -> Result<(Duration, Duration)> {
    let (mut bare, mut knowing) = (vec![], vec![]);
    for ask in 0..asks + asks / 10 {
        let start = now();
        let rows = bare_page(db, app, largest).await?;
        let between = now();
        let listed = app.queue_rows(reader, PAGE).await?;
        let end = now();
        ensure!(rows > PAGE as usize && listed == PAGE as usize, "{rows} and {listed} rows on a page");
        if ask >= asks / 10 {
            bare.push(between - start);
            knowing.push(end - between);
        }
    }
    Ok((median(bare), median(knowing)))
}

/// Whole pages of two readers, with what stands at their head, opened and traced.
async fn pages(app: &App, few: &Caller, many: &Caller, asks: usize) -> Result<(Duration, Duration)> {
    let (mut of_few, mut of_many) = (vec![], vec![]);
    for ask in 0..asks + asks / 10 {
        for (reader, times) in [(few, &mut of_few), (many, &mut of_many)] {
            let start = now();
            let (owed, _) = app.owed(reader).await?;
            let page = app.queue(reader, None, Some(PAGE)).await?;
            let end = now();
            ensure!(owed >= PAGE as usize && page.items.len() == PAGE as usize, "{owed} owed, {} on a page", page.items.len());
            if ask >= asks / 10 {
                times.push(end - start);
            }
        }
    }
    Ok((median(of_few), median(of_many)))
}

/// Gives a person of a school's a duty, at a school or for the trust; who calls with their token.
async fn caller(app: &App, name: &str, code: &str, duty: Duty, school: Option<&str>) -> Result<Caller> {
    let email = format!("{name}.{code}@example.org").to_lowercase();
    let user = NewUser { email, name: format!("{name} {code}"), duty, school: school.map(str::to_owned) };
    app.add_user(&user).await?;
    let token = app.create_token(&user.email).await?.secret;
    app.by_token(&token).await?.context("the token is good")
}

/// So many are about the reader, beside this many that are not.
const fn hidden(records: usize) -> usize {
    (records * HIDDEN_EVERY).div_ceil(HIDDEN_EVERY - 1) - records
}

/// Reports of equipment that was lost, in each of the schools in turn: so many beside those that are about somebody.
async fn fill(app: &App, lead: &Caller, schools: &[&str], (somebody, records): (&str, usize)) -> Result<()> {
    let row = |number: usize| {
        let about = json!([{ "staff_id": somebody, "name": "as listed", "part": "subject" }]);
        let staff = if number.is_multiple_of(HIDDEN_EVERY) { about } else { json!([]) };
        let school = schools[number % schools.len()];
        let form = json!({ "reference": format!("{school}/{somebody}/{number}"), "school": school, "types": ["loss_of_equipment"],
            "danger": "no", "what_happened": "A tablet was not returned.", "staff": staff, "reported_at": "2026-10-01T09:00Z" });
        let fields: Map<String, Value> = if let Value::Object(fields) = form { fields } else { Map::new() };
        ImportRow { line: number as u64 + 1, fields }
    };
    let rows: Vec<ImportRow> = (0..records + hidden(records)).map(row).collect();
    // Several at once, so that they are committed together.
    let part = rows.len().div_ceil(IMPORTS);
    let import = async |rows: &[ImportRow]| {
        for chunk in rows.chunks(200) {
            let imported = app.import(ImportBatch::new(ImportKind::Reports, chunk.to_vec()), Some(lead)).await?;
            ensure!(imported.refused.is_empty(), "rows were refused: {:?}", imported.refused);
        }
        Ok(())
    };
    futures::future::try_join_all(rows.chunks(part.max(1)).map(import)).await.map(drop)
}

/// Generation, register and holder of the rows of the queue, with how many they are, the most first.
async fn ranges(db: &Database) -> Result<Vec<([[u8; 16]; 3], usize)>> {
    let sql = "-- bench.ranges
SELECT r.generation, r.register, r.holder, count(*) FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'queue' AND c.live = 1
GROUP BY r.generation, r.register, r.holder ORDER BY count(*) DESC";
    let rows = fetch(db, sql.to_owned(), &[]).await?;
    rows.iter().map(|row| Ok(([row.id(0)?, row.id(1)?, row.id(2)?], usize::try_from(row.int(3)?)?))).collect()
}

/// A page of one register and holder, without need-to-know.
async fn bare_page(db: &Database, app: &App, [generation, register, holder]: &[[u8; 16]; 3]) -> Result<usize> {
    let sql = "-- bench.bare
SELECT stream_id, place, since, due FROM view_rows
WHERE trust_id = $1 AND generation = $2 AND register = $3 AND holder = $4
ORDER BY place, since, stream_id LIMIT $5";
    let trust = app.trust();
    let args =
        [Arg::Bytes(trust.as_bytes()), Arg::Bytes(generation), Arg::Bytes(register), Arg::Bytes(holder), Arg::Int(i64::from(PAGE) + 1)];
    Ok(fetch(db, sql.to_owned(), &args).await?.len())
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

impl fmt::Display for Knowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = |time: &Duration| format!("{} µs", time.as_micros());
        writeln!(
            f,
            "\n| a queue page of {PAGE} rows | of the | records behind it | bare query | with need-to-know | difference | aim | |"
        )?;
        writeln!(f, "|---|---|---:|---:|---:|---:|---|---|")?;
        for Line { engine, reader, behind, bare, knowing } in &self.0 {
            let more = knowing.saturating_sub(*bare);
            let met = if more <= AIM { "met" } else { "**missed**" };
            let (bare, knowing, more) = (micros(bare), micros(knowing), micros(&more));
            writeln!(f, "| {engine} | {reader} | {behind} | {bare} | {knowing} | {more} | at most 1 ms | {met} |")?;
        }
        writeln!(f, "\n| a whole queue page | open items | time | open items | time | ratio |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|")?;
        for Pages { engine, few, many } in &self.1 {
            let ratio = many.1.as_secs_f64() / few.1.as_secs_f64();
            writeln!(f, "| {engine} | {} | {} | {} | {} | {ratio:.2} |", few.0, micros(&few.1), many.0, micros(&many.1))?;
        }
        Ok(())
    }
}
