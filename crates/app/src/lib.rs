//! Use cases: authorise, load, decide, seal, append; every read leaves its trace; every kind of state outside the book.
//!
//! * [`App`] is one trust, opened; [`setup`] makes and opens it.
//! * `host.rs`: what several trusts of one host share, and how a second is opened beside the first.
//! * [`reports`], [`cases`], [`queue`], [`breaches`]: what people do; [`shown`]: what they are shown.
//! * [`receivers`]: where a report will go and whether somebody is there, and names that nobody has settled.
//! * [`accounts`]: codes, passwords, second factors, sessions, tokens, and who may give them; [`drafts`]: forms not yet filed.
//! * [`looking`]: what is asked before a record is shown; [`reads`]: who has looked at what.
//! * [`watch`]: a queue that is looked at again and again; [`flip`]: what a changed byte does to a copy of the book.
//! * [`notices`]: who is told by e-mail that something waits; [`calendar`]: feeds of due instants.
//! * [`import`]: a trust's lists and old papers; [`checkpoint`]: proof; [`state`]: the list of tables outside the book.
//! * [`access`]: covers and break-glass; `aside.rs`: who stands aside, who is named on a case; `absence.rs`: what dates change.
//! * [`search`]: what the reader may read, searched; [`overview`]: the same, counted; [`cube`]: the published figures.
//! * [`alerts`]: what monitoring products saw, and what people make of it.
//! * [`assets`]: assets and loans; `lists.rs`: the large lists of the directory, folded when they are asked for.
//! * [`evidence`]: files and images of a report; [`blobs`]: where sealed attachments are kept.
//!
//! To add a use case: a method on [`App`] in the file of its subject that goes the same way in: authorise, load, decide, seal, append.
#![forbid(unsafe_code)]

mod absence;
pub mod access;
pub mod accounts;
pub mod alerts;
mod aside;
pub mod assets;
pub mod beside;
pub mod blobs;
mod book;
pub mod breaches;
pub mod calendar;
pub mod cases;
pub mod checkpoint;
pub mod cube;
mod cursor;
mod directory;
pub mod drafts;
mod error;
pub mod evidence;
pub mod flip;
mod host;
pub mod import;
mod lists;
mod load;
pub mod looking;
mod newest;
pub mod notices;
pub mod overview;
mod passwords;
pub mod policy;
pub mod profiles;
mod questions;
pub mod queue;
pub mod reads;
pub mod receivers;
pub mod reports;
mod reroute;
pub mod search;
pub mod setup;
pub mod shown;
pub mod state;
mod surroundings;
pub mod today;
mod traces;
pub mod watch;

pub use accounts::Caller;
pub use cursor::Page;
pub use error::{AppError, SealedWhy};
pub use setup::App;
pub use surroundings::{Clock, Entropy};
