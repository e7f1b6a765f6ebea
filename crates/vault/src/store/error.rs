//! What can go wrong in the key store, by what a caller can do about it.

use std::io;
use std::path::PathBuf;

/// A failure of the key store. Its text names no URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error("the key store's URL must start with sqlite:// or postgres://")]
    Url(#[source] Option<sqlx::Error>),
    /// The SQLite file cannot be made or looked at.
    #[error("cannot make or read the key store file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// Others on the machine can read the SQLite file.
    #[error("the key store file {} can be read by others (mode {mode:04o}); it must be 0600", path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The tables cannot be brought up to this release.
    #[error("the key store's tables cannot be brought up to date")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// The role may not ask which cluster it is on.
    #[error(
        "the key store's role may not read the cluster's identity; \
         let it: GRANT EXECUTE ON FUNCTION pg_control_system() TO the role"
    )]
    NotPermitted(#[source] sqlx::Error),
    /// The database is away, busy or asked to be tried again: the same call may succeed later.
    #[error("the key store is not available at the moment")]
    Unavailable(#[source] sqlx::Error),
    /// Anything else the database says.
    #[error("the key store failed")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let away = match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(database) => database.code().is_some_and(|code| is_passing(&code)),
            _ => false,
        };
        if away { Self::Unavailable(error) } else { Self::Database(error) }
    }
}

/// SQLSTATEs of lost connections, shutdown, full servers, serialization and deadlock; SQLite's busy and locked, with
/// their extended codes.
fn is_passing(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6),
        _ => code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03" | "53300" | "40001" | "40P01"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_passing;

    #[test]
    fn passing_codes() {
        // SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED; connection failure; serialization failure.
        for code in ["5", "517", "6", "08006", "40001", "57P01"] {
            assert!(is_passing(code), "{code}");
        }
        // SQLITE_CONSTRAINT_UNIQUE, unique_violation, undefined_table, SQLITE_CORRUPT.
        for code in ["2067", "23505", "42P01", "11"] {
            assert!(!is_passing(code), "{code}");
        }
    }
}
