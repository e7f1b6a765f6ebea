//! Temporary directories and database files in them.

use std::path::Path;

pub use tempfile::TempDir;

/// A directory of its own, removed with everything in it when the guard is dropped.
pub fn temp_dir() -> TempDir {
    tempfile::Builder::new().prefix("wardbook-").tempdir().expect("tests need a writable temporary directory")
}

/// The URL of the SQLite database file `name` in `dir` (made on first connection): `sqlite:///abs/path/name`.
pub fn sqlite_url(dir: &Path, name: &str) -> String {
    let absolute = dir.canonicalize().expect("the directory of a test database exists");
    format!("sqlite://{}/{name}", absolute.display())
}
