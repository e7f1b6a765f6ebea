//! The built binary from outside: what it prints, how it exits, what it leaves behind.
//!
//! * `thread.rs`: from `init` to `verify`, embedded and on PostgreSQL; `refusals.rs`: bad input and its exit code.
//! * `identity.rs`: passphrases and key files; `serving.rs`: sockets, TLS, metrics; `tampering.rs`: a book that was altered.
//! * `mapping.rs`: imports through a column mapping; `profile.rs`: profiles checked and explained.
//! * `matrix.rs`: every command, and who hears what by it.
//! * `telemetry.rs`: what reaches a collector; `demo.rs`: the demo; `trusts.rs`: several trusts in one folder.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "tests")]

mod alerts;
mod demo;
mod identity;
mod mapping;
mod matrix;
mod profile;
mod refusals;
mod serving;
mod support;
mod tampering;
mod telemetry;
mod thread;
mod trusts;
