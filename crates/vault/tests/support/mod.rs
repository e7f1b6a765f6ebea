//! What the key store tests share: a hand-set clock, seeded randomness, raw access behind the vault's back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use wardbook_vault::{KeyStore, RecoveryIdentity, ServiceIdentity, Surroundings, Vault};

pub(crate) const TRUST: [u8; 16] = [0x54; 16];

pub(crate) fn rng() -> StdRng {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    StdRng::seed_from_u64(NEXT.fetch_add(1, Ordering::Relaxed) << 20 | u64::from(std::process::id()))
}

#[derive(Clone, Default)]
pub(crate) struct HandClock(Arc<AtomicI64>);

impl HandClock {
    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

/// One store, one trust, its identities.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) store: KeyStore,
    pub(crate) service: ServiceIdentity,
    pub(crate) recovery: RecoveryIdentity,
    pub(crate) clock: HandClock,
    pub(crate) raw: Raw,
}

impl World {
    pub(crate) async fn new(url: String) -> Self {
        let store = KeyStore::connect(&url).await.unwrap();
        let raw = Raw::connect(&url).await;
        let service = ServiceIdentity::generate(&mut rng());
        let recovery = RecoveryIdentity::generate(&mut rng());
        Self { url, store, service, recovery, clock: HandClock::default(), raw }
    }

    pub(crate) fn surroundings(&self, batch: usize) -> Surroundings {
        let clock = self.clock.clone();
        let clock = Arc::new(move || clock.0.load(Ordering::SeqCst));
        Surroundings { batch, ..Surroundings::new(clock, Box::new(rng())) }
    }

    pub(crate) async fn create(&self, batch: usize) -> Vault {
        let recovery = self.recovery.recipient();
        Vault::create(&self.store, TRUST, &self.service, &recovery, self.surroundings(batch)).await.unwrap()
    }

    /// As another process would: its own connections.
    pub(crate) async fn open_elsewhere(&self, batch: usize) -> Vault {
        let store = KeyStore::connect(&self.url).await.unwrap();
        Vault::open(&store, TRUST, &self.service, self.surroundings(batch)).await.unwrap()
    }
}

/// SQL of the tests' own, on either engine.
pub(crate) enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Raw {
    async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite") {
            Self::Sqlite(SqlitePool::connect(url).await.unwrap())
        } else {
            Self::Postgres(PgPool::connect(url).await.unwrap())
        }
    }

    /// A bytes literal.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", hex::encode(bytes)),
            Self::Postgres(_) => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    /// Runs a statement and gives the rows it touched.
    pub(crate) async fn run(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
            Self::Postgres(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
        }
    }

    /// Reads pairs of bytes.
    pub(crate) async fn pairs(&self, sql: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        }
    }
}
