//! The pages as a browser without scripts sees them, over the real router and a real book.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod demo;

mod access;
mod alerts;
mod behalf;
mod breaches;
mod case_files;
mod codes;
mod danger;
mod drafts;
mod evidence;
mod factor;
mod filing;
mod forms;
mod hands;
mod kinds;
mod looking;
mod notices;
mod paper;
mod part_b;
mod reads;
mod records;
mod search;
mod sessions;
mod signing_in;
mod today;
mod trusts;
mod work;
