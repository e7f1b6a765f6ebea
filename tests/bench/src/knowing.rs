//! What need-to-know costs a page of the queue: its query, with duties and exclusions, beside a bare query of as many rows.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};
use wardbook_app::{App, Caller};
use wardbook_domain::Duty;
use wardbook_ledger::Database;
use wardbook_testkit::{TestPg, sqlite_url, temp_dir};
use wardbook_views::sql::{Arg, fetch};

use crate::clock::now;
use crate::filing::trust;

/// Rows of a page.
const PAGE: u32 = 50;
/// Every so-manieth report is about the reader, and so not in their queue.
const HIDDEN_EVERY: usize = 20;
/// The most that need-to-know may add at the median.
const AIM: Duration = Duration::from_millis(1);

/// The medians of one engine.
struct Line {
    engine: &'static str,
    behind: usize,
    bare: Duration,
    knowing: Duration,
}

/// What was measured, as a table.
pub(crate) struct Knowing(Vec<Line>);

/// Measures on both engines: a queue with so many records behind it, each query asked so often.
pub(crate) async fn measure(records: usize, asks: usize) -> Result<Knowing> {
    let (server, folder) = (TestPg::own(true), temp_dir());
    let mut lines = vec![];
    for (engine, url) in [("PostgreSQL", server.fresh_database().await), ("SQLite", sqlite_url(folder.path(), "queue.db"))] {
        lines.push(on(engine, &url, &folder.path().join(engine), records, asks).await.with_context(|| engine.to_owned())?);
    }
    Ok(Knowing(lines))
}

async fn on(engine: &'static str, url: &str, folder: &Path, records: usize, asks: usize) -> Result<Line> {
    let app = trust::create(url, folder).await?;
    app.start();
    let schools = trust::populate(&app, 1).await?;
    let code = &schools.first().context("a school was made")?.code;
    let head = app.by_token(&trust::token(&app, "Head", code, Duty::Headteacher).await?).await?.context("the token is good")?;
    let lead = app.by_token(&trust::token(&app, "Lead", code, Duty::TrustLead).await?).await?.context("the token is good")?;
    fill(&app, &lead, code, records).await?;
    app.wait_for_views().await?;
    let db = Database::connect(url).await?;
    let (generation, register, holder, behind) = largest(&db).await?;
    let (mut bare, mut knowing) = (vec![], vec![]);
    // A first tenth that does not count; the two take turns, so that whatever else the machine does falls on both.
    for ask in 0..asks + asks / 10 {
        let start = now();
        let rows = bare_page(&db, &app, &generation, &register, &holder).await?;
        let between = now();
        let listed = app.queue_rows(&head, PAGE).await?;
        let end = now();
        ensure!(rows > PAGE as usize && listed == PAGE as usize, "{rows} and {listed} rows on a page");
        if ask >= asks / 10 {
            bare.push(between - start);
            knowing.push(end - between);
        }
    }
    app.shutdown().await;
    Ok(Line { engine, behind, bare: median(bare), knowing: median(knowing) })
}

/// Old papers of equipment that was lost; some are about the head.
async fn fill(app: &App, lead: &Caller, school: &str, records: usize) -> Result<()> {
    let row = |number: usize| {
        let about_head = json!([{ "staff_id": format!("{school}-001"), "name": "as listed", "part": "subject" }]);
        let staff = if number.is_multiple_of(HIDDEN_EVERY) { about_head } else { json!([]) };
        let form = json!({ "reference": format!("Q{number}"), "school": school, "types": ["loss_of_equipment"], "danger": "no",
            "what_happened": "A tablet was not returned.", "staff": staff, "reported_at": "2026-10-01T09:00Z" });
        let fields: Map<String, Value> = if let Value::Object(fields) = form { fields } else { Map::new() };
        ImportRow { line: number as u64 + 1, fields }
    };
    let total = (records * HIDDEN_EVERY).div_ceil(HIDDEN_EVERY - 1);
    let rows: Vec<ImportRow> = (0..total).map(row).collect();
    for chunk in rows.chunks(200) {
        let imported = app.import(ImportBatch::new(ImportKind::Reports, chunk.to_vec()), Some(lead)).await?;
        ensure!(imported.refused.is_empty(), "rows were refused: {:?}", imported.refused);
    }
    Ok(())
}

/// The register and holder of the queue with the most rows.
async fn largest(db: &Database) -> Result<([u8; 16], [u8; 16], [u8; 16], usize)> {
    let sql = "-- bench.largest
SELECT r.generation, r.register, r.holder, count(*) FROM view_rows r
JOIN view_checkpoints c ON c.trust_id = r.trust_id AND c.generation = r.generation AND c.view = 'queue' AND c.live = 1
GROUP BY r.generation, r.register, r.holder ORDER BY count(*) DESC LIMIT 1";
    let rows = fetch(db, sql.to_owned(), &[]).await?;
    let row = rows.first().context("the queue has rows")?;
    Ok((row.id(0)?, row.id(1)?, row.id(2)?, usize::try_from(row.int(3)?)?))
}

/// A page of one register and holder, without need-to-know.
async fn bare_page(db: &Database, app: &App, generation: &[u8], register: &[u8], holder: &[u8]) -> Result<usize> {
    let sql = "-- bench.bare
SELECT stream_id, since, COALESCE(due, 9223372036854775807) AS due FROM view_rows
WHERE trust_id = $1 AND generation = $2 AND register = $3 AND holder = $4
ORDER BY due, since, stream_id LIMIT $5";
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
        writeln!(f, "\n| a queue page of {PAGE} rows | records behind it | bare query | with need-to-know | difference | aim | |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---|---|")?;
        for Line { engine, behind, bare, knowing } in &self.0 {
            let more = knowing.saturating_sub(*bare);
            let met = if more <= AIM { "met" } else { "**missed**" };
            let micros = |time: &Duration| format!("{} µs", time.as_micros());
            writeln!(f, "| {engine} | {behind} | {} | {} | {} | at most 1 ms | {met} |", micros(bare), micros(knowing), micros(&more))?;
        }
        Ok(())
    }
}
