//! Benchmarks: Wardbook's append beside bare INSERTs and message-db, on one server, in one run.
//!
//! Starts a PostgreSQL cluster of its own with fsync on and goes round by round through every measure, so that
//! whatever else the machine does falls on all of them alike. `ops/bench.sh` builds and runs it; `docs/benchmarks.md`
//! says what the figures mean.
//!
//! * `book.rs`, `note.rs`: Wardbook, everything real; `bare.rs`: INSERTs; `message_db.rs`: the other message store.
//! * `load.rs`: callers side by side; `report.rs`: medians, ratios, the table; `clock.rs`: clocks and randomness.
//!
//! To add a measure: a variant of [`Measure`], its arm in [`Bench::run`], its line in the report.

#![forbid(unsafe_code)]

mod bare;
mod book;
mod clock;
mod load;
mod message_db;
mod note;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use wardbook_testkit::{TempDir, TestPg, sqlite_url, temp_dir};

use bare::Bare;
use book::Book;
use load::Slice;
use message_db::MessageDb;
use report::Report;

/// Callers at once in the larger kind of each measure.
const CALLERS: usize = 64;

/// Measures Wardbook's append beside bare INSERTs and message-db, on one server in one run.
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
    /// Only these, to look at one of them; several go with commas between
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Measure::ALL)]
    only: Vec<Measure>,
}

/// What has a turn in every round, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measure {
    BareOne,
    WardbookOne,
    BareMany,
    WardbookMany,
    MessageDbOne,
    MessageDbMany,
    SqliteOne,
    SqliteMany,
}

impl Measure {
    const ALL: [Self; 8] = [
        Self::BareOne,
        Self::WardbookOne,
        Self::BareMany,
        Self::WardbookMany,
        Self::MessageDbOne,
        Self::MessageDbMany,
        Self::SqliteOne,
        Self::SqliteMany,
    ];
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
    sealed_len: usize,
    // Last: dropped after what uses them.
    _folder: TempDir,
    _server: TestPg,
}

impl Bench {
    async fn set_up(options: &Options) -> Result<Self> {
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
        Ok(Self {
            admin: PgConnection::connect(&server.admin_url()).await?,
            bare_one: Bare::one(&bare, sealed_len).await?,
            bare_many: Bare::many(&bare, sealed_len).await?,
            postgres,
            sqlite,
            message_db,
            sealed_len,
            _folder: folder,
            _server: server,
        })
    }

    /// Gives a measure its turn; `None` when it is left out.
    async fn run(&mut self, measure: Measure, length: Duration) -> Result<Option<Slice>> {
        // Otherwise one measure would write out the pages that another has left behind.
        self.admin.execute("CHECKPOINT").await?;
        let slice = match (measure, &mut self.message_db) {
            (Measure::BareOne, _) => self.bare_one.run(length).await?,
            (Measure::BareMany, _) => self.bare_many.run(length).await?,
            (Measure::WardbookOne, _) => self.postgres.run(1, length).await?,
            (Measure::WardbookMany, _) => self.postgres.run(CALLERS, length).await?,
            (Measure::SqliteOne, _) => self.sqlite.run(1, length).await?,
            (Measure::SqliteMany, _) => self.sqlite.run(CALLERS, length).await?,
            (Measure::MessageDbOne, Some(other)) => other.run(1, length).await?,
            (Measure::MessageDbMany, Some(other)) => other.run(CALLERS, length).await?,
            (Measure::MessageDbOne | Measure::MessageDbMany, None) => return Ok(None),
        };
        Ok(Some(slice))
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

async fn measure(options: &Options) -> Result<Report> {
    let mut bench = Bench::set_up(options).await.context("setting up")?;
    let length = Duration::from_millis(options.slice_ms);
    let mut report = Report::new(bench.settings().await?, bench.sealed_len);
    // A first turn that does not count: caches, prepared statements, a writer that knows the head.
    for &measure in &options.only {
        bench.run(measure, length / 4).await.with_context(|| format!("{measure:?}"))?;
    }
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for &measure in &options.only {
            if let Some(slice) = bench.run(measure, length).await.with_context(|| format!("{measure:?}"))? {
                report.add(measure, slice);
            }
        }
    }
    bench.postgres.check().await.context("the book on PostgreSQL")?;
    bench.sqlite.check().await.context("the book on SQLite")?;
    Ok(report)
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let report = measure(&options).await?;
    print!("{report}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Options, measure};
    use clap::Parser as _;

    /// That it runs, and that both books hold and verify what was acknowledged; how fast is nobody's business here.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_short_run_goes_through() {
        let options = Options::parse_from(["bench", "--rounds", "1", "--slice-ms", "40"]);
        let text = measure(&options).await.unwrap().to_string();
        assert!(text.contains("| Wardbook, PostgreSQL | 64 |"), "{text}");
        assert!(!text.contains("| message-db"), "it was not asked for: {text}");
    }
}
