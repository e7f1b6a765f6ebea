//! The key store: a small database of wrapped keys, on SQLite or PostgreSQL, that shares nothing with the book.
//!
//! It holds only what is sealed; the database learns ids, tombstones and how many keys there are. To add a table:
//! a migration for both engines, its queries in `rows.rs`, a line in `docs/format.md`.

mod error;
mod rows;

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor, SqlSafeStr};

pub use error::StoreError;
pub(crate) use rows::{RecordRow, TrustRow};

/// Connections a process may hold: keys are cached and made in batches, so a few serve many requests.
const CONNECTIONS_MAX: u32 = 4;
const WAIT_MAX: Duration = Duration::from_secs(10);

/// A connected key store. Cloning is cheap and shares the connections.
#[derive(Clone, Debug)]
pub struct KeyStore {
    pub(crate) pool: Pool,
}

#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one body on whichever engine it is; the SQL is the same on both.
macro_rules! on {
    ($store:expr, $pool:ident => $body:expr) => {
        match &$store.pool {
            $crate::store::Pool::Sqlite($pool) => $body,
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}
use on;

impl KeyStore {
    /// Connects and brings the tables up to date.
    ///
    /// `sqlite:///path` makes the file, 0600, when it is missing; `postgres://...` is a cluster that the book does not
    /// use (compare [`Self::system_identifier`]).
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::TooOpen`] when others can read an existing file.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let store = if url.starts_with("sqlite:") {
            Self::connect_sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::connect_postgres(url).await?
        } else {
            return Err(StoreError::Url(None));
        };
        let migrated = match &store.pool {
            Pool::Sqlite(pool) => migrator(SQLITE).run(pool).await,
            Pool::Postgres(pool) => migrator(POSTGRES).run(pool).await,
        };
        migrated.map_err(|error| StoreError::Migrate(Box::new(error)))?;
        Ok(store)
    }

    async fn connect_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url).map_err(|error| StoreError::Url(Some(error)))?;
        private_file(options.get_filename())?;
        let options = options
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(WAIT_MAX)
            .pragma("secure_delete", "ON")
            // Nothing of a key may be spilled to a temporary file.
            .pragma("temp_store", "MEMORY");
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(WAIT_MAX);
        Ok(Self { pool: Pool::Sqlite(pool.connect_with(options).await?) })
    }

    async fn connect_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(|error| StoreError::Url(Some(error)))?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(WAIT_MAX);
        let pool = pool.after_connect(|connection, _| {
            Box::pin(async move {
                // A role or database may have it off; what we are told is durable must be. Stronger settings stay.
                connection
                    .execute(
                        "-- key_store.durable_commit\n\
                         SELECT set_config('synchronous_commit', 'on', false) \
                         WHERE current_setting('synchronous_commit') IN ('off', 'local')",
                    )
                    .await?;
                Ok(())
            })
        });
        Ok(Self { pool: Pool::Postgres(pool.connect_with(options.application_name("wardbook-keys")).await?) })
    }

    /// Which PostgreSQL cluster the keys are in, to compare with the book's; `None` on SQLite.
    ///
    /// # Errors
    /// [`StoreError::NotPermitted`] says which GRANT is missing.
    pub async fn system_identifier(&self) -> Result<Option<i64>, StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(None) };
        let found = sqlx::query_scalar(
            "-- key_store.system_identifier\n\
             SELECT system_identifier FROM pg_control_system()",
        )
        .fetch_one(pool)
        .await;
        found.map(Some).map_err(|error| {
            let refused = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
            if refused.as_deref() == Some("42501") { StoreError::NotPermitted(error) } else { error.into() }
        })
    }

    /// Closes the connections; what is under way ends first.
    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }

    /// After a key was destroyed: SQLite's log may still hold the page with it, so move the log into the file (where
    /// `secure_delete` has wiped it) and empty it. PostgreSQL has no such call; re-wrapping answers for its log.
    pub(crate) async fn scrub(&self) -> Result<(), StoreError> {
        let Pool::Sqlite(pool) = &self.pool else { return Ok(()) };
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("-- key_store.scrub\nPRAGMA wal_checkpoint(TRUNCATE)").fetch_one(pool).await?;
        if busy != 0 {
            tracing::warn!(
                "vault.store.scrub: a reader keeps the log of the key store from being emptied; the next destruction or close will"
            );
        }
        Ok(())
    }
}

/// Makes the file, readable by its owner only, before SQLite sees it; its `-wal` and `-shm` take the same mode. The
/// folder is synced: a key store whose name is lost with the power takes the book with it.
fn private_file(path: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::File { path: path.to_owned(), source };
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => {
            let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let folder = File::open(folder.unwrap_or(Path::new(".")));
            folder.and_then(|folder| folder.sync_all()).map_err(failed)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mode = path.metadata().map_err(failed)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 { Err(StoreError::TooOpen { path: path.to_owned(), mode }) } else { Ok(()) }
        }
        Err(error) => Err(failed(error)),
    }
}

const SQLITE: [&str; 2] = [
    include_str!("../../../../migrations/keys/sqlite/0001_keys.sql"),
    include_str!("../../../../migrations/keys/sqlite/0002_quarantine.sql"),
];
const POSTGRES: [&str; 2] = [
    include_str!("../../../../migrations/keys/postgres/0001_keys.sql"),
    include_str!("../../../../migrations/keys/postgres/0002_quarantine.sql"),
];

fn migrator([keys, quarantine]: [&'static str; 2]) -> Migrator {
    let simple = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations(vec![simple(1, "keys", keys), simple(2, "quarantine", quarantine)]);
    migrator.dangerous_set_table_name("key_migrations");
    migrator
}
