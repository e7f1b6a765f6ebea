//! Evidence: one file, with a stream and a key of its own (EVI-3): what was taken in, by whom, when and how, and the blob that holds it.
//!
//! The content is in a sealed blob, written before the event that names it. To extend: an act on a file is an event here.

mod media;

pub use media::{FILE_BYTES_MAX, MediaType, NAME_CHARS_MAX, file_name, media_type};

use crate::{
    Instant, PersonId, RecordClass, ReportId,
    event::{event, stream_events},
};

event! {
    /// A file was taken in.
    pub struct Added = "evidence.added" v 1 {
        record {
            /// The class of the record that it belongs to.
            class: RecordClass,
            /// The report that it belongs to.
            report: ReportId,
            /// The file's name as given.
            name: String,
            /// Its media type, as found in its first bytes.
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
            /// What it is: a scan of the paper, a photograph, a document, in the giver's words.
            what: Option<String>,
            /// Who brought it in.
            collector: PersonId,
            /// Their name as it was then.
            collected_by: String,
            /// When.
            collected_at: Instant,
            /// How it came: `upload`.
            method: String,
        }
    }
}

stream_events! {
    /// Everything that can happen to a file.
    pub enum EvidenceEvent {
        /// Taken in.
        Added(Added),
    }
}
