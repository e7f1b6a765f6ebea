//! Reading is an event (design §1.5): one trace a page, in the reader's access stream of the month.

use crate::{
    Duty, PersonId, RecordId,
    event::{event, stream_events},
};

event! {
    /// Sealed text of these records was shown to a person. No address, no device, no query text, no dwell time.
    pub struct Shown = "trace.shown" v 1 {
        record {
            /// Who read.
            reader: PersonId,
            /// In which duty; none where the reader's own papers were shown.
            reading_as: Option<Duty>,
            /// For which purpose.
            purpose: String,
            /// The page or API route, without ids.
            page: String,
            /// The records whose sealed text was shown.
            records: Vec<RecordId>,
        }
    }
}

stream_events! {
    /// Everything that can happen in an access stream.
    pub enum TraceEvent {
        /// Shown to a person.
        Shown(Shown),
    }
}
