//! The database the book lives in, and its migrations.
//!
//! [`Database`] is open to other crates: views and sessions keep their tables beside the book, each with migrations
//! of its own. To add tables: a `Migration` with a version nobody uses, one SQL text per engine, and a call of
//! [`Database::migrate`]. A migration is never edited once released; its checksum is checked at every start.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{Migration as SqlxMigration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor as _, PgPool, SqlSafeStr as _, SqlitePool};

/// One step of a schema, in the words of both engines.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Order and identity; the book has 0101 to 0199.
    pub version: i64,
    /// What it makes, in one word.
    pub name: &'static str,
    /// Its SQL for SQLite.
    pub sqlite: &'static str,
    /// Its SQL for PostgreSQL.
    pub postgres: &'static str,
}

/// The book's own tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 101,
    name: "book",
    sqlite: include_str!("../../../migrations/sqlite/0101_book.sql"),
    postgres: include_str!("../../../migrations/postgres/0101_book.sql"),
}];

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseOptions {
    /// PostgreSQL: connections of this process, 10. A ledger holds one of them while it writes.
    pub connections: u32,
    /// SQLite: connections for reading, 4. There is always one for writing.
    pub readers: u32,
    /// How long to wait for a free connection, 10 s.
    pub acquire_timeout: Duration,
    /// How long a statement waits for a lock, 10 s: a session left open by hand must not stop the book for good.
    pub lock_timeout: Duration,
    /// Nothing can be written through these connections.
    pub read_only: bool,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            connections: 10,
            readers: 4,
            acquire_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(10),
            read_only: false,
        }
    }
}

/// The database cannot be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is neither `sqlite:///absolute/path` nor `postgres://…`.
    #[error("a database is named sqlite:///absolute/path or postgres://…")]
    Url,
    /// The file or the server cannot be opened.
    #[error("the database cannot be opened")]
    Open(#[source] sqlx::Error),
    /// The SQLite file cannot be made with the right permissions.
    #[error("the database file cannot be made")]
    File(#[source] std::io::Error),
    /// A migration failed, or one that was applied has been edited since.
    #[error("the database cannot be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// Pools of connections to one database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Database {
    /// An SQLite file in WAL mode.
    Sqlite {
        /// One connection: writers of this process wait here, not for the file's lock. Begin with `BEGIN IMMEDIATE`.
        writer: SqlitePool,
        /// Several connections that cannot write.
        reader: SqlitePool,
    },
    /// A PostgreSQL database.
    Postgres(PgPool),
}

impl Database {
    /// Opens the database at `url` with the default options.
    pub async fn connect(url: &str) -> Result<Self, DatabaseError> {
        Self::connect_with(url, DatabaseOptions::default()).await
    }

    /// Opens the database at `url` so that nothing can be written: all that `verify` needs.
    pub async fn connect_read_only(url: &str) -> Result<Self, DatabaseError> {
        let options = DatabaseOptions { read_only: true, ..DatabaseOptions::default() };
        Self::connect_with(url, options).await
    }

    /// Opens the database at `url`: `sqlite:///absolute/path` (the file is made, readable by its owner only) or
    /// `postgres://…`.
    pub async fn connect_with(url: &str, options: DatabaseOptions) -> Result<Self, DatabaseError> {
        if url.starts_with("sqlite:///") {
            connect_sqlite(url, options).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            connect_postgres(url, options).await
        } else {
            Err(DatabaseError::Url)
        }
    }

    /// Applies those of `migrations` that are missing, in the order of their versions. Twice changes nothing, and
    /// versions of others in the same database are left alone.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<(), DatabaseError> {
        let texts = migrations.iter().map(|one| {
            let sql = match self {
                Self::Sqlite { .. } => one.sqlite,
                Self::Postgres(_) => one.postgres,
            };
            let (name, kind) = (one.name.into(), MigrationType::Simple);
            SqlxMigration::new(one.version, name, kind, sql.into_sql_str(), false)
        });
        let mut migrator = Migrator::with_migrations(texts.collect());
        migrator.set_ignore_missing(true);
        match self {
            Self::Sqlite { writer, .. } => migrator.run(writer).await,
            Self::Postgres(pool) => migrator.run(pool).await,
        }
        .map_err(DatabaseError::Migrate)
    }

    /// Closes every connection once it is back in its pool.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader } => {
                reader.close().await;
                // Last, so that it can fold the WAL into the file.
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

async fn connect_sqlite(url: &str, options: DatabaseOptions) -> Result<Database, DatabaseError> {
    let base = SqliteConnectOptions::from_str(url).map_err(DatabaseError::Open)?;
    if !options.read_only {
        // SQLite gives its WAL the permissions of the file; by itself it would make it readable to all.
        let mut file = OpenOptions::new();
        file.write(true).create(true).truncate(false).mode(0o600);
        file.open(base.get_filename()).map_err(DatabaseError::File)?;
    }
    let base = base
        .busy_timeout(options.lock_timeout)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-16384")
        .pragma("trusted_schema", "OFF");
    let reading = base.clone().read_only(options.read_only);
    let reading = reading.pragma("query_only", "ON");
    let writing =
        if options.read_only { reading.clone() } else { base.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full) };
    let pool = |size| {
        SqlitePoolOptions::new()
            .max_connections(size)
            .acquire_timeout(options.acquire_timeout)
            // Nothing between here and the file can cut a connection off.
            .test_before_acquire(false)
    };
    let opened = async {
        Ok::<_, sqlx::Error>(Database::Sqlite {
            writer: pool(1).connect_with(writing).await?,
            reader: pool(options.readers).connect_with(reading).await?,
        })
    };
    opened.await.map_err(DatabaseError::Open)
}

async fn connect_postgres(url: &str, options: DatabaseOptions) -> Result<Database, DatabaseError> {
    let server = PgConnectOptions::from_str(url).map_err(DatabaseError::Open)?;
    let wait = options.lock_timeout.as_millis();
    let read_only = if options.read_only { "on" } else { "off" };
    // Our statements touch few rows, by an index: compiling one takes longer than any of them, and a page out of order costs little on any
    // disk of today.
    let setup = format!(
        "-- database.connection.set_up\n\
         SET lock_timeout = {wait}; SET default_transaction_read_only = {read_only}; SET jit = off; SET random_page_cost = 1.1"
    );
    let pool = PgPoolOptions::new().max_connections(options.connections).acquire_timeout(options.acquire_timeout).after_connect(
        move |connection, _| {
            let setup = sqlx::AssertSqlSafe(setup.clone());
            Box::pin(async move { connection.execute(setup).await.map(|_| ()) })
        },
    );
    let pool = pool.connect_with(server).await;
    Ok(Database::Postgres(pool.map_err(DatabaseError::Open)?))
}
