//! Assets and loans: what a school owns, who answers for it, and who has it (P0-ASSET-1, P3-ASSET-1, P1-LOAN-1).
//!
//! Each entry is a stream of the directory, which comes from a list. Nothing is routed by one, so they are a picture of their own, which
//! is folded only where somebody asks for it.
//!
//! To extend: a column is a field in `rows.rs` and, for an import through a mapping, its row in the importer's list.

mod events;
mod register;
mod rows;

use crate::Duty;

pub use events::{AssetRecorded, LoanRecorded};
pub use register::{AssetAsOf, Register};
pub use rows::{AssetKind, AssetRow, Classification, Encrypted, LoanRow};

/// Whether somebody with this duty reads the whole list of their schools. Whoever opens records asks for one device by its tag.
pub const fn may_list(duty: Duty) -> bool {
    matches!(duty, Duty::ItLead | Duty::Headteacher)
}
