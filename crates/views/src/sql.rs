//! One way to run one SQL text on either engine: arguments in, rows out, and transactions.
//!
//! Both engines take `$1`. Texts made at run time hold only numbers of placeholders and names of our own tables.

use sqlx::{
    Arguments as _, AssertSqlSafe, Row as _,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};
use wardbook_ledger::Database;

/// An argument of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Arg<'a> {
    /// Bytes (`BLOB`, `bytea`).
    Bytes(&'a [u8]),
    /// A whole number.
    Int(i64),
    /// A whole number or NULL.
    OptInt(Option<i64>),
    /// Text; never anything of a matter.
    Text(&'a str),
}

/// A row of an answer; columns by index. A column of another type is an error of the statement.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

macro_rules! column {
    ($(#[$meta:meta])* $name:ident -> $kind:ty) => {
        $(#[$meta])*
        pub fn $name(&self, index: usize) -> Result<$kind, sqlx::Error> {
            match self { Self::Sqlite(row) => row.try_get(index), Self::Postgres(row) => row.try_get(index) }
        }
    };
}

impl Row {
    column!(/// Bytes.
        bytes -> Vec<u8>);
    column!(/// Bytes or NULL.
        opt_bytes -> Option<Vec<u8>>);
    column!(/// A whole number.
        int -> i64);
    column!(/// A whole number or NULL.
        opt_int -> Option<i64>);
    column!(/// Text.
        text -> String);

    /// Sixteen bytes: an id or a blind value.
    pub fn id(&self, index: usize) -> Result<[u8; 16], sqlx::Error> {
        let bytes = self.bytes(index)?;
        bytes.try_into().map_err(|_| sqlx::Error::Decode("an id is not 16 bytes long".into()))
    }

    /// Sixteen bytes or NULL.
    pub fn opt_id(&self, index: usize) -> Result<Option<[u8; 16]>, sqlx::Error> {
        self.opt_bytes(index)?.map(|_| self.id(index)).transpose()
    }
}

fn sqlite_arguments(args: &[Arg<'_>]) -> Result<SqliteArguments, sqlx::Error> {
    let mut out = SqliteArguments::default();
    for arg in args {
        match arg {
            Arg::Bytes(bytes) => out.add(bytes.to_vec()),
            Arg::Int(int) => out.add(*int),
            Arg::OptInt(int) => out.add(*int),
            Arg::Text(text) => out.add((*text).to_owned()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(out)
}

fn postgres_arguments(args: &[Arg<'_>]) -> Result<PgArguments, sqlx::Error> {
    let mut out = PgArguments::default();
    for arg in args {
        match arg {
            Arg::Bytes(bytes) => out.add(*bytes),
            Arg::Int(int) => out.add(*int),
            Arg::OptInt(int) => out.add(*int),
            Arg::Text(text) => out.add(*text),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(out)
}

/// Reads rows outside a transaction.
pub async fn fetch(db: &Database, sql: String, args: &[Arg<'_>]) -> Result<Vec<Row>, sqlx::Error> {
    match db {
        Database::Sqlite { reader, .. } => {
            let rows = sqlx::query_with(AssertSqlSafe(sql), sqlite_arguments(args)?).fetch_all(reader).await?;
            Ok(rows.into_iter().map(Row::Sqlite).collect())
        }
        Database::Postgres(pool) => {
            let rows = sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(args)?).fetch_all(pool).await?;
            Ok(rows.into_iter().map(Row::Postgres).collect())
        }
    }
}

/// Runs one statement in a transaction of its own; the number of rows it touched.
pub async fn execute(db: &Database, sql: String, args: &[Arg<'_>]) -> Result<u64, sqlx::Error> {
    match db {
        Database::Sqlite { writer, .. } => {
            Ok(sqlx::query_with(AssertSqlSafe(sql), sqlite_arguments(args)?).execute(writer).await?.rows_affected())
        }
        Database::Postgres(pool) => {
            Ok(sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(args)?).execute(pool).await?.rows_affected())
        }
    }
}

/// A transaction; dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite: begun IMMEDIATE, so it never has to upgrade a read lock.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// On PostgreSQL: READ COMMITTED.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    /// Begins to write.
    pub async fn begin(db: &Database) -> Result<Self, sqlx::Error> {
        match db {
            Database::Sqlite { writer, .. } => Ok(Self::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)),
            Database::Postgres(pool) => Ok(Self::Postgres(pool.begin().await?)),
        }
    }

    /// What locks the rows that a SELECT reads: nothing on SQLite, where the transaction holds the whole file.
    pub const fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// Reads rows.
    pub async fn fetch(&mut self, sql: String, args: &[Arg<'_>]) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Self::Sqlite(tx) => {
                let rows = sqlx::query_with(AssertSqlSafe(sql), sqlite_arguments(args)?).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(tx) => {
                let rows = sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(args)?).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Runs a statement; the number of rows it touched.
    pub async fn execute(&mut self, sql: String, args: &[Arg<'_>]) -> Result<u64, sqlx::Error> {
        match self {
            Self::Sqlite(tx) => Ok(sqlx::query_with(AssertSqlSafe(sql), sqlite_arguments(args)?).execute(&mut **tx).await?.rows_affected()),
            Self::Postgres(tx) => {
                Ok(sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(args)?).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Commits.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// `FROM … WHERE …` of the rows `r` of a view's live generation, for more conditions to follow; `$1` is the trust, and `view` a literal or a
/// placeholder. SQLite takes tables that are joined so in the order in which they stand. Left to choose, it reads every row of the trust, of
/// every view, and asks of each whether its generation is live: the tests of `plans.rs` look at what it does.
pub(crate) fn live(view: &str) -> String {
    format!(
        "FROM view_checkpoints c CROSS JOIN view_rows r
WHERE c.trust_id = $1 AND c.view = {view} AND c.live = 1 AND r.trust_id = $1 AND r.generation = c.generation"
    )
}

/// `$from, $from+1, …`: placeholders for a list of `count` arguments.
pub fn placeholders(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}
