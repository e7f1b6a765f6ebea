//! A book to test: an empty database of its own, a trust, a clock that can be set, and openers of replicas.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use sqlx::AssertSqlSafe;
use wardbook_ledger::{
    Append, Clock, CommandRef, Database, Envelope, Ledger, Limits, MIGRATIONS, SealedEvent, StoredEvent, StreamId, TrustId, Write,
};
use wardbook_testkit::{TempDir, TestPg, sqlite_url, temp_dir};

pub(crate) const MAC_KEY: [u8; 32] = [0x4d; 32];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Ticks by one microsecond each time it is read, so that events of one batch, and no others, share their time.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_micros(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

pub(crate) struct Book {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    pub(crate) trust: TrustId,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) dir: TempDir,
}

impl Book {
    pub(crate) async fn new(engine: Engine) -> Self {
        let dir = temp_dir();
        let url = match engine {
            Engine::Sqlite => sqlite_url(dir.path(), "book.db"),
            Engine::Postgres => TestPg::shared().fresh_database().await,
        };
        let clock = Arc::new(TestClock(AtomicI64::new(1_700_000_000_000_000)));
        let book = Self { engine, url, trust: TrustId::from_bytes([0x77; 16]), clock, dir };
        let db = book.database().await;
        db.migrate(MIGRATIONS).await.unwrap();
        book.open_in(db, Limits::default()).create_trust().await.unwrap();
        book
    }

    pub(crate) async fn database(&self) -> Database {
        Database::connect(&self.url).await.unwrap()
    }

    /// A replica: its own connections and its own writer.
    pub(crate) async fn open(&self) -> Ledger {
        self.open_with(Limits::default()).await
    }

    pub(crate) async fn open_with(&self, limits: Limits) -> Ledger {
        self.open_in(self.database().await, limits)
    }

    fn open_in(&self, db: Database, limits: Limits) -> Ledger {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Ledger::open(db, self.trust, MAC_KEY, clock, limits)
    }

    /// A connection of someone who is not a ledger.
    pub(crate) async fn stranger(&self) -> Stranger {
        Stranger { engine: self.engine, db: self.database().await }
    }
}

/// Somebody else with access to the database.
pub(crate) struct Stranger {
    pub(crate) engine: Engine,
    pub(crate) db: Database,
}

impl Stranger {
    /// Runs SQL and returns the number of rows it changed.
    pub(crate) async fn run(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.db {
            Database::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.unwrap().rows_affected(),
            Database::Postgres(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
        }
    }

    /// Runs SQL that must change something: a tampering that misses would prove nothing.
    pub(crate) async fn tamper(&self, sql: &str) {
        assert!(self.run(sql).await > 0, "{sql}");
    }

    /// Bytes as a literal.
    pub(crate) fn blob(&self, bytes: &[u8]) -> String {
        match self.engine {
            Engine::Sqlite => format!("x'{}'", hex::encode(bytes)),
            Engine::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    /// Begins a transaction, runs SQL in it and leaves it open.
    pub(crate) async fn begin(&self, sql: &str) -> Held {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.db {
            Database::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
                sqlx::query(sql).execute(&mut *tx).await.unwrap();
                Held::Sqlite(tx)
            }
            Database::Postgres(pool) => {
                let mut tx = pool.begin().await.unwrap();
                sqlx::query(sql).execute(&mut *tx).await.unwrap();
                Held::Postgres(tx)
            }
        }
    }

    /// Keeps every writer of the trust waiting until released.
    pub(crate) async fn hold_head(&self) -> Held {
        match self.engine {
            Engine::Sqlite => self.begin("SELECT * FROM heads").await,
            Engine::Postgres => self.begin("SELECT * FROM heads FOR UPDATE").await,
        }
    }
}

/// An open transaction of a stranger.
pub(crate) enum Held {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Held {
    pub(crate) async fn roll_back(self) {
        match self {
            Self::Sqlite(tx) => tx.rollback().await.unwrap(),
            Self::Postgres(tx) => tx.rollback().await.unwrap(),
        }
    }
}

pub(crate) fn stream(n: u64) -> StreamId {
    let mut bytes = [0x5e; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    StreamId::from_bytes(bytes)
}

/// An event unlike any other of this process: its item root starts with a number of its own.
pub(crate) fn event() -> SealedEvent {
    sized_event(512)
}

pub(crate) fn sized_event(class: usize) -> SealedEvent {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let mut item_root = [0x1e; 32];
    item_root[..8].copy_from_slice(&number);
    let mut bytes = vec![0xc1; 89 + class];
    bytes[0] = 1;
    bytes[1..9].copy_from_slice(&number);
    SealedEvent::new(vec![Envelope::parse(bytes).unwrap()], item_root).unwrap()
}

pub(crate) fn write(n: u64, expected: u64) -> Write {
    Write { stream: stream(n), expected, events: vec![event()] }
}

/// One event for stream `n`.
pub(crate) fn one(n: u64, expected: u64) -> Append {
    Append { writes: vec![write(n, expected)], ..Append::default() }
}

/// One event for stream `n` under command `key`.
pub(crate) fn command(key: u8, n: u64, expected: u64) -> Append {
    Append { command: Some(CommandRef { key: [key; 32], digest: [0xd1; 32] }), ..one(n, expected) }
}

/// The whole book, in pages.
pub(crate) async fn everything(ledger: &Ledger) -> Vec<StoredEvent> {
    let mut all = Vec::new();
    loop {
        let page = ledger.read(all.len() as u64, 500).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Puts appends in the queue now, in order, and returns the future of their answers.
pub(crate) fn queued<T: Send + 'static>(
    appends: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> impl Future<Output = Vec<T>> {
    let mut all = Box::pin(futures::future::join_all(appends));
    // An append takes its place in the queue the first time it is polled.
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let ready = pin!(&mut all).poll(&mut context);
    assert!(ready.is_pending(), "the head is held, so nothing can be answered");
    all
}

/// Waits for something another task or process does.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while !check().await {
        assert!(tokio::time::Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}
