//! The parts of an upload, read in their order: words first, the file last, so that nothing of a file is read before it may be.
//!
//! To add a part: a call of [`Upload::text`] before the file, by the handler that needs it.

use std::time::Duration;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::StatusCode;
use wardbook_domain::evidence::FILE_BYTES_MAX;
use zeroize::Zeroizing;

/// The largest body of an upload: the file, and its other parts.
pub(crate) const UPLOAD_BYTES_MAX: usize = FILE_BYTES_MAX + (1 << 20);
/// How long an upload may take as a whole.
pub(crate) const UPLOAD_WAIT: Duration = Duration::from_mins(10);
/// The largest part in words.
const TEXT_BYTES_MAX: usize = 4096;
/// What is made room for before a file comes.
const FILE_BYTES_EXPECTED: usize = 1 << 20;

/// What is wrong with an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// This part was expected here.
    Expected(&'static str),
    /// This part is longer than it may be, or is no text.
    Text(&'static str),
    /// The file is larger than is taken in.
    TooLarge,
    /// It broke off before its end, or is not in parts.
    Broken,
    /// It took too long.
    TooSlow,
}

impl From<MultipartError> for Wrong {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Broken }
    }
}

/// A file as it came.
pub(crate) struct File {
    /// What it is, in the giver's words.
    pub(crate) what: Option<String>,
    /// Its name as given; empty where there is none.
    pub(crate) name: String,
    /// Its content.
    pub(crate) content: Zeroizing<Vec<u8>>,
}

/// An upload that is being read.
pub(crate) struct Upload(Multipart);

impl Upload {
    pub(crate) const fn new(parts: Multipart) -> Self {
        Self(parts)
    }

    /// The next part, which is this one, in words.
    pub(crate) async fn text(&mut self, name: &'static str) -> Result<String, Wrong> {
        match self.0.next_field().await? {
            Some(part) if part.name() == Some(name) => words(part, name).await,
            _ => Err(Wrong::Expected(name)),
        }
    }

    /// What is left: `what` in words, where it is there, and then the file.
    pub(crate) async fn file(&mut self) -> Result<File, Wrong> {
        let mut what = None;
        loop {
            let Some(part) = self.0.next_field().await? else { return Err(Wrong::Expected("file")) };
            match part.name() {
                Some("what") if what.is_none() => what = Some(words(part, "what").await?),
                Some("file") => {
                    let name = part.file_name().unwrap_or_default().to_owned();
                    return Ok(File { what, name, content: content(part).await? });
                }
                _ => return Err(Wrong::Expected("file")),
            }
        }
    }
}

async fn words(mut part: Field<'_>, name: &'static str) -> Result<String, Wrong> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        if bytes.len() + chunk.len() > TEXT_BYTES_MAX {
            return Err(Wrong::Text(name));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Wrong::Text(name))
}

async fn content(mut part: Field<'_>) -> Result<Zeroizing<Vec<u8>>, Wrong> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES_EXPECTED));
    while let Some(chunk) = part.chunk().await? {
        if bytes.len() + chunk.len() > FILE_BYTES_MAX {
            return Err(Wrong::TooLarge);
        }
        if bytes.capacity() - bytes.len() < chunk.len() {
            // Grown by hand: what a vector leaves behind when it moves is not wiped.
            let mut larger = Zeroizing::new(Vec::with_capacity((bytes.capacity() * 2).min(FILE_BYTES_MAX)));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
