//! The pages as a browser without scripts sees them, over the real router and a real book.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod demo;

mod breaches;
mod evidence;
mod filing;
mod forms;
mod paper;
mod records;
mod signing_in;
