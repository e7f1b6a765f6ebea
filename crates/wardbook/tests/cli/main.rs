//! The built binary from outside: what it prints, how it exits, what it leaves behind.
//!
//! * `thread.rs`: from `init` to `verify`, embedded and on PostgreSQL; `refusals.rs`: bad input and its exit code.
//! * `identity.rs`: passphrases and key files; `serving.rs`: sockets, TLS, metrics; `mail.rs`: notices; `tampering.rs`: a book that was altered.
//! * `mapping.rs`: imports through a column mapping; `profile.rs`: profiles checked and explained.
//! * `matrix.rs`: every command, and who may run it; `matrix_duties.rs`: who hears what by it; `administrator.rs`: the one who would read.
//! * `telemetry.rs`: what reaches a collector; `demo.rs`: the demo; `trusts.rs`: several trusts in one folder.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "tests")]

mod administrator;
mod alerts;
mod demo;
mod identity;
mod mail;
mod mapping;
mod matrix;
mod matrix_duties;
mod profile;
mod refusals;
mod serving;
mod support;
mod tampering;
mod telemetry;
mod thread;
mod trusts;
