//! Older versions of a file's events. They are read for ever, brought up to date where they are read, and never written again.

use super::{Added, FileOf};
use crate::{Instant, PersonId, RecordClass, ReportId, event::event};

event! {
    /// A file was taken in, as it was written when only reports had files.
    pub struct AddedV1 = "evidence.added" v 1 {
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

impl From<AddedV1> for Added {
    fn from(old: AddedV1) -> Self {
        let AddedV1 { class, report, name, media_type, size, sha256, blob, padded, commitment, salt, what, .. } = old;
        Self {
            class,
            belongs_to: FileOf::Report,
            record: report.into(),
            name,
            media_type,
            size,
            sha256,
            blob,
            padded,
            commitment,
            salt,
            what,
            given_by: None,
            how: None,
            collector: old.collector,
            collected_by: old.collected_by,
            collected_at: old.collected_at,
            method: old.method,
        }
    }
}
