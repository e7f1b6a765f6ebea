//! The rules of Wardbook: what a report, a case and a person are, who receives what, who may know what, and when a clock runs out.
//!
//! Pure: no async, no SQL, no wall clock, no randomness. State is folded by `evolve`, which cannot fail; commands are judged by
//! `decide`, which returns events or names the field that is wrong. Tests cite the clause ids of the trust policies (`P0-LLC-2`)
//! and of the law table (`BRE-3`).
//!
//! To extend: a new event is a block in its aggregate's `events.rs`; a new rule of law is a function here with its clause id.
#![forbid(unsafe_code)]

mod redacted;
mod words;

pub mod alert;
pub mod calendar;
pub mod canonical;
pub mod case;
pub mod clock;
pub mod cube;
pub mod directory;
pub mod duty;
pub mod equipment;
pub mod event;
pub mod evidence;
pub mod field;
pub mod ids;
pub mod need_to_know;
pub mod notice;
pub mod overview;
pub mod password;
pub mod profile;
pub mod profile_check;
pub mod profile_explain;
pub mod reading;
pub mod record;
pub mod report;
pub mod routing;
pub mod search;
pub mod settings;
pub mod silence;
pub mod term;
pub mod today;
pub mod trace;
pub mod written;

pub use clock::Instant;
pub use duty::{Address, Duty, Scope};
pub use event::{EventType, FieldGroup, Payload};
pub use field::{FieldError, Invalid};
pub use ids::{AccessId, ActionId, BlobId, CaseId, PersonId, QuestionId, RecordId, ReportId};
pub use record::RecordClass;
