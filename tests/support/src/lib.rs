//! What tests of every crate share: throw-away PostgreSQL clusters, temporary directories, an authenticator app.
//!
//! * [`TestPg::shared`]: one cluster for the whole test process, without fsync, for everything that only needs SQL.
//!   [`TestPg::fresh_database`] gives each test a database of its own.
//! * [`TestPg::own`]: a private cluster that a test may restart, kill or read the files of.
//! * [`Authenticator`]: the codes of everybody's second factor.
//! * [`smtp::Smtp`]: a mail server that keeps what it is sent.
//! * [`temp_dir`], [`sqlite_url`]: a directory that goes away with its guard, and a database file in it.
//!
//! A cluster is stopped and its files are removed when the process that started it ends, however it ends: a small
//! shell watches a pipe that closes with the process. To use a running server instead, set `WARDBOOK_TEST_PG` to the
//! URL of a role that may create databases (they are left behind: the server should be a throw-away one).

#![forbid(unsafe_code)]

mod authenticator;
mod cluster;
mod dirs;
mod pg;
pub mod smtp;

pub use authenticator::{Authenticator, code_at};
pub use dirs::{TempDir, sqlite_url, temp_dir};
pub use pg::TestPg;
