//! The events of the streams of assets and loans.

use super::rows::{AssetRow, LoanRow};
use crate::event::event;

event! {
    /// An asset was entered, or its entry corrected.
    pub struct AssetRecorded = "asset.recorded" v 1 {
        record {
            /// The row.
            row: AssetRow,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

event! {
    /// A loan was entered, or its entry corrected: it was checked, or the asset came back.
    pub struct LoanRecorded = "loan.recorded" v 1 {
        record {
            /// The row.
            row: LoanRow,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}
