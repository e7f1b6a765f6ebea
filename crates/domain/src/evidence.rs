//! Evidence: one file, with a stream and a key of its own (EVI-3): what was taken in, from whom, by whom, when and how, and the blob that
//! holds it; and whether it is in quarantine.
//!
//! The content is in a sealed blob, written before the event that names it. To extend: an act on a file is an event here, beside the one
//! of the record that it belongs to.

mod media;
mod older;
mod preview;
mod quarantine;
mod sniff;
mod words;

pub use media::{FILE_BYTES_MAX, MediaType, NAME_CHARS_MAX, file_name};
pub use older::AddedV1;
pub use preview::{PREVIEW_IMAGE_BYTES_MAX, PREVIEW_TEXT_BYTES, Preview, is_plain_image, preview};
pub use quarantine::{Quarantine, Quarantined, backups_hold, may_quarantine};
pub use sniff::{Sniffer, media_type};
pub use words::{GIVEN_CHARS_MAX, Given};

use crate::{
    Instant, PersonId, RecordClass, RecordId,
    event::{event, stream_events},
};

crate::words::words! {
    /// What kind of record a file belongs to.
    pub enum FileOf {
        Report = "report", "Report";
        Case = "case", "Case";
    }
}

event! {
    /// A file was taken in.
    pub struct Added = "evidence.added" v 2 {
        record {
            /// The class of the record that it belongs to, then.
            class: RecordClass,
            /// What kind of record that is.
            belongs_to: FileOf,
            /// That record.
            record: RecordId,
            /// The file's name as given.
            name: String,
            /// Its media type, as found in its bytes.
            media_type: String,
            /// Its true size in bytes.
            size: u64,
            /// SHA-256 of the content as it came, in hexadecimal digits.
            sha256: String,
            /// The blob, 32 hexadecimal digits.
            blob: String,
            /// The stored size, which tells only a size class.
            padded: u64,
            /// The commitment to the content, in hexadecimal digits.
            commitment: String,
            /// The salt of that commitment, in hexadecimal digits.
            salt: String,
            /// What it is: a scan of the paper, a photograph, a document, in the collector's words.
            what: Option<String>,
            /// Who gave it to the collector, in their words.
            given_by: Option<String>,
            /// How it came to them, in their words.
            how: Option<String>,
            /// Who brought it in.
            collector: PersonId,
            /// Their name as it was then.
            collected_by: String,
            /// When.
            collected_at: Instant,
            /// How it came in: `upload`.
            method: String,
        }
    }
}

stream_events! {
    /// Everything that can happen to a file.
    pub enum EvidenceEvent {
        /// Taken in.
        Added(Added) since AddedV1,
        /// Put out of reach.
        Quarantined(Quarantined),
    }
}
