//! What Wardbook promises to people, over HTTP and on both engines, a file a subject. One program, because each program of tests is linked
//! with everything; `cargo test --workspace --test scenarios routes::` runs a subject. What watches the whole process (spans, statements,
//! canaries) has a program of its own beside this one.
#![allow(clippy::unwrap_used, reason = "tests")]

mod access;
mod administrator;
mod alerts;
mod assets;
mod breaches;
mod cases;
mod clauses;
mod clocks;
mod evidence;
mod figures;
mod files;
mod foreign;
mod given;
mod hands;
mod imports;
mod joined;
mod metadata;
mod notices;
mod reads;
mod routes;
mod sealed;
mod search;
mod sign_in;
mod thread;
mod town;
mod traces;
mod trusts;
mod views;
mod watching;
