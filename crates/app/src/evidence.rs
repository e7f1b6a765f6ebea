//! Files of reports and cases: taken in after the question about images, kept sealed apart, given out whole or shown where that is safe
//! (EVI-3); put into quarantine; and what happens in place of a file where an image could show a child without clothes (IMG-1,
//! P1-NUDE-1).
//!
//! * `under.rs`: the record that a file belongs to; who may know a file is who may know that.
//! * `take.rs`: a content on its way in, judged and sealed as it comes; `add.rs`: the events that name it; `keep.rs`: blobs and the sweep.
//! * `give.rs`: a content on its way out; `preview.rs`: what may be shown of it; `mail.rs`: what a mail says.
//! * `quarantine.rs`, `image.rs`: what a safeguarding lead does.
//!
//! The blob is kept under the id of the evidence stream, so that a blob is named by an event where that stream has one; its key is not
//! the stream's, so that what was written down about a file stays readable when its content is in quarantine. To add a way in beside the
//! upload (mail, a scanner): a caller of [`App::take_in`] and [`App::add_evidence`] that asks the question first.

mod add;
mod give;
mod image;
mod keep;
mod mail;
mod preview;
mod quarantine;
mod shown;
mod take;
mod under;

pub use give::{Content, FileAbout};
pub use preview::Previewed;
pub use shown::{EvidenceShown, GuidanceLine, ImageNamed, MessageShown, QuarantinedShown};
pub use take::{AddError, Incoming, NewFile, Taken, Unread};
pub use under::Under;

use wardbook_domain::evidence::FILE_BYTES_MAX;

/// What a deployment says about files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilesPolicy {
    /// The largest file that is taken in, in bytes.
    pub bytes_max: usize,
    /// For how many days copies of the key store are kept, where some are made: what a quarantine says of itself.
    pub key_backups_days: Option<u16>,
}

impl Default for FilesPolicy {
    fn default() -> Self {
        Self { bytes_max: FILE_BYTES_MAX, key_backups_days: None }
    }
}

impl FilesPolicy {
    /// What is said of a file above the limit, wherever that is noticed.
    pub fn too_large(self) -> String {
        format!("is larger than {}, which is the most that is taken in", self.limit())
    }

    /// The limit in words.
    pub fn limit(self) -> String {
        format!("{} MB", self.bytes_max >> 20)
    }
}

/// Whether a record takes files, and from whom it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePlace {
    /// Whether it takes one more.
    pub welcome: Welcome,
    /// Whether the caller reads the record; else they have their own words only.
    pub is_reader: bool,
}

/// Whether a record takes one more file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// It does.
    Yes,
    /// An image was named in it: none is taken in.
    Image,
    /// It has as many as it may have.
    Full,
}

/// What is said where a record has as many files as it may have.
pub const FULL: &str = "there are as many files here as there may be";

/// How a file comes in.
const METHOD: &str = "upload";
