//! Benchmarks: Wardbook's append beside bare INSERTs and message-db, and filing over HTTP, on one server, in one run.
//!
//! Starts a PostgreSQL cluster of its own with fsync on and goes round by round through every measure, so that
//! whatever else the machine does falls on all of them alike. `ops/bench.sh` builds and runs it; `docs/benchmarks.md`
//! says what the figures mean.
//!
//! * `book.rs`, `note.rs`: Wardbook, everything real; `bare.rs`: INSERTs; `message_db.rs`: the other message store.
//! * `filing/`: reports filed over HTTP, from the POST to the queue of who receives them.
//! * `knowing.rs`: what need-to-know costs a page of the queue; `files.rs`: a large file in and out.
//! * `measure.rs`: what there is to measure; `load.rs`: callers side by side; `report.rs`: medians, ratios, the tables; `clock.rs`:
//!   clocks and randomness.
//!
//! To add a measure: a variant of [`Measure`] with its name and callers, its arm in [`Bench::run`].

#![forbid(unsafe_code)]

mod bare;
mod book;
mod clock;
mod files;
mod filing;
mod knowing;
mod load;
mod measure;
mod message_db;
mod note;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use wardbook_testkit::{TempDir, TestPg, sqlite_url, temp_dir};

use bare::Bare;
use book::Book;
use filing::Filing;
use load::Slice;
use measure::{CALLERS, CLIENTS, Chosen, Measure};
use message_db::MessageDb;
use report::Report;

/// Measures Wardbook's append beside bare INSERTs and message-db, and filing over HTTP, on one server in one run.
#[derive(Debug, Parser)]
struct Options {
    /// How often each measure has its turn
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// How long a turn is, in milliseconds
    #[arg(long, default_value_t = 4000)]
    slice_ms: u64,
    /// Bytes of text in a note
    #[arg(long, default_value_t = 120)]
    text_bytes: usize,
    /// Let every commit of the server wait so much longer, in microseconds, as on storage that is slower to sync
    #[arg(long, value_name = "US", default_value_t = 0)]
    sync_delay_us: u32,
    /// The folder of the npm package @eventide/message-db; without it message-db is left out
    #[arg(long, value_name = "DIR")]
    message_db: Option<PathBuf>,
    /// Over HTTP, look for each so-manieth report of a client in the queue of who receives it
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    look_every: u32,
    /// Records behind the page of the queue
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// How often the page of the queue is asked for
    #[arg(long, default_value_t = 400)]
    asks: usize,
    /// Megabytes (of 1,048,576 bytes) of the file that goes in and out
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=500))]
    file_mb: u64,
    /// Only these, to look at one of them; several go with commas between
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Chosen::DEFAULT)]
    only: Vec<Chosen>,
}

/// Everything that is measured, set up once.
struct Bench {
    /// Runs checkpoints, and keeps the cluster busy with nothing else.
    admin: PgConnection,
    bare_one: Bare,
    bare_many: Bare,
    postgres: Book,
    sqlite: Book,
    message_db: Option<MessageDb>,
    /// Only where they are asked for: their trusts take a while to set up.
    http: Option<Filing>,
    http_sqlite: Option<Filing>,
    sealed_len: usize,
    // Last: dropped after what uses them.
    _folder: TempDir,
    _server: TestPg,
}

impl Bench {
    async fn set_up(options: &Options, measures: &[Measure]) -> Result<Self> {
        let server = TestPg::own(true);
        delay_syncs(&server, options.sync_delay_us).await?;
        let folder = temp_dir();
        let text = options.text_bytes;
        let postgres = Book::create(&server.fresh_database().await, folder.path(), "postgres", CALLERS, text).await?;
        let sqlite = Book::create(&sqlite_url(folder.path(), "book.db"), folder.path(), "sqlite", CALLERS, text).await?;
        let sealed_len = postgres.sealed_column_len().await?;
        let bare = server.fresh_database().await;
        let message_db = match &options.message_db {
            Some(package) => Some(MessageDb::create(&server.admin_url(), package, CALLERS, sealed_len).await?),
            None => None,
        };
        let look_every = usize::try_from(options.look_every)?;
        let mut http = None;
        if measures.iter().any(|one| [Measure::HttpOne, Measure::HttpMany].contains(one)) {
            http = Some(Filing::create(&server.fresh_database().await, &folder.path().join("http"), CLIENTS, look_every).await?);
        }
        let mut http_sqlite = None;
        if measures.iter().any(|one| [Measure::HttpSqliteOne, Measure::HttpSqliteMany].contains(one)) {
            let (url, folder) = (sqlite_url(folder.path(), "http.db"), folder.path().join("http-sqlite"));
            http_sqlite = Some(Filing::create(&url, &folder, CLIENTS, look_every).await?);
        }
        Ok(Self {
            admin: PgConnection::connect(&server.admin_url()).await?,
            bare_one: Bare::one(&bare, sealed_len).await?,
            bare_many: Bare::many(&bare, sealed_len).await?,
            postgres,
            sqlite,
            message_db,
            http,
            http_sqlite,
            sealed_len,
            _folder: folder,
            _server: server,
        })
    }

    /// Gives a measure its turn; `None` when it is left out.
    async fn run(&mut self, measure: Measure, length: Duration) -> Result<Option<Slice>> {
        // Otherwise one measure would write out the pages that another has left behind.
        self.admin.execute("CHECKPOINT").await?;
        let callers = measure.callers();
        let slice = match measure {
            Measure::BareOne => self.bare_one.run(length).await?,
            Measure::BareMany => self.bare_many.run(length).await?,
            Measure::WardbookOne | Measure::WardbookMany => self.postgres.run(callers, length).await?,
            Measure::SqliteOne | Measure::SqliteMany => self.sqlite.run(callers, length).await?,
            Measure::MessageDbOne | Measure::MessageDbMany => match &mut self.message_db {
                Some(other) => other.run(callers, length).await?,
                None => return Ok(None),
            },
            Measure::HttpOne | Measure::HttpMany => filed(&mut self.http, callers, length).await?,
            Measure::HttpSqliteOne | Measure::HttpSqliteMany => filed(&mut self.http_sqlite, callers, length).await?,
        };
        Ok(Some(slice))
    }

    /// That every book holds what was acknowledged, and verifies.
    async fn check(self, report: &mut Report) -> Result<()> {
        self.postgres.check().await.context("the book on PostgreSQL")?;
        self.sqlite.check().await.context("the book on SQLite")?;
        for (filing, engine) in [(self.http, "PostgreSQL"), (self.http_sqlite, "SQLite")] {
            if let Some(filing) = filing {
                report.add_filing(filing.finish(engine).await.with_context(|| format!("filing over HTTP, {engine}"))?);
            }
        }
        Ok(())
    }

    /// The settings that decide what a commit costs.
    async fn settings(&mut self) -> Result<Vec<(String, String)>> {
        let sql = "SELECT name, current_setting(name) FROM unnest(ARRAY['server_version', 'fsync', 'synchronous_commit', \
                   'full_page_writes', 'wal_level', 'wal_sync_method', 'commit_delay', 'shared_buffers']) AS s (name)";
        Ok(sqlx::query_as(sql).fetch_all(&mut self.admin).await?)
    }
}

/// PostgreSQL's own delay before a commit is synced, here for every commit and not only beside others.
async fn delay_syncs(server: &TestPg, delay_us: u32) -> Result<()> {
    let mut admin = PgConnection::connect(&server.admin_url()).await?;
    admin.execute(AssertSqlSafe(format!("ALTER SYSTEM SET commit_delay = {delay_us}"))).await?;
    admin.execute("ALTER SYSTEM SET commit_siblings = 0").await?;
    admin.execute("SELECT pg_reload_conf()").await?;
    Ok(())
}

async fn filed(filing: &mut Option<Filing>, clients: usize, length: Duration) -> Result<Slice> {
    filing.as_mut().context("a trust that was asked for is set up")?.run(clients, length).await
}

async fn measure(options: &Options) -> Result<Report> {
    let measures = Chosen::measures(&options.only);
    let mut bench = Bench::set_up(options, &measures).await.context("setting up")?;
    let length = Duration::from_millis(options.slice_ms);
    let mut report = Report::new(bench.settings().await?, bench.sealed_len);
    // A first turn that does not count: caches, prepared statements, a writer that knows the head.
    for &measure in &measures {
        bench.run(measure, length / 4).await.with_context(|| format!("{measure:?}"))?;
    }
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for &measure in &measures {
            if let Some(slice) = bench.run(measure, length).await.with_context(|| format!("{measure:?}"))? {
                report.add(measure, slice);
            }
        }
    }
    bench.check(&mut report).await?;
    Ok(report)
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if !Chosen::measures(&options.only).is_empty() {
        let report = measure(&options).await?;
        print!("{report}");
        let wrong = report.wrong();
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    if options.only.contains(&Chosen::Queue) {
        print!("{}", knowing::measure(options.records, options.asks).await.context("a page of the queue")?);
    }
    if options.only.contains(&Chosen::Files) {
        let files = files::measure(options.file_mb << 20).await.context("a large file")?;
        print!("{files}");
        ensure!(files.wrong().is_empty(), "{}", files.wrong().join("\n"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Options, Report, measure};
    use clap::Parser as _;

    async fn run(only: &str) -> Report {
        let options = ["bench", "--rounds", "1", "--slice-ms", "40", "--look-every", "2", "--only", only];
        measure(&Options::parse_from(options)).await.unwrap()
    }

    /// That it runs, and that both books hold and verify what was acknowledged; how fast is nobody's business here.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_short_run_goes_through() {
        let text = run("append").await.to_string();
        assert!(text.contains("| Wardbook, PostgreSQL | 64 |"), "{text}");
        assert!(!text.contains("| message-db"), "it was not asked for: {text}");
        assert!(!text.contains("HTTP"), "it was not asked for: {text}");
    }

    /// That need-to-know is measured beside a bare query, on both engines.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_short_look_at_a_queue_goes_through() {
        let text = super::knowing::measure(120, 4).await.unwrap().to_string();
        for engine in ["PostgreSQL", "SQLite"] {
            assert!(text.contains(&format!("| {engine} | head of one school | 120 |")), "{text}");
            assert!(text.contains(&format!("| {engine} | IT lead of 20 schools | ")), "{text}");
            assert!(text.contains(&format!("| {engine} | 50 | ")), "{text}");
        }
    }

    /// That a file goes in and out whole, wherever it is kept, at a hundredth of its size; what memory does is asserted where it can be
    /// counted (`tests/system/tests/files.rs`).
    #[tokio::test(flavor = "multi_thread")]
    async fn a_small_file_goes_in_and_out() {
        let text = super::files::measure(5 << 20).await.unwrap().to_string();
        for store in ["a folder", "PostgreSQL"] {
            assert!(text.contains(&format!("| {store} | 5 MB |")), "{text}");
        }
    }

    /// The same of filing over HTTP, on both engines.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_short_run_over_http_fails_no_request() {
        let report = run("http-many,http-sqlite-many").await;
        let text = report.to_string();
        assert_eq!(report.wrong(), Vec::<String>::new());
        for engine in ["PostgreSQL", "SQLite"] {
            assert!(text.contains(&format!("| filing over HTTP, {engine} | 32 |")), "{text}");
            assert!(text.contains(&format!("\n{engine}, first turns included: ")), "{text}");
        }
        assert!(!text.contains("rows/s"), "nothing else was asked for: {text}");
    }
}
