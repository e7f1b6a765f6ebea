//! The parts of an upload, read in their order: words first, the file last, so that nothing of a file is read before it may be; the
//! file itself is handed on as it comes.
//!
//! To add a part: a call of [`Upload::text`] before the file, by the handler that needs it; or a field of [`Given`].

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::StatusCode;
use wardbook_app::evidence::{AddError, Incoming, Unread};
use wardbook_domain::evidence::{FILE_BYTES_MAX, Given};

/// The largest body of an upload: the file, and its other parts.
pub(crate) const UPLOAD_BYTES_MAX: usize = FILE_BYTES_MAX + (1 << 20);
/// How long an upload may take as a whole.
pub(crate) const UPLOAD_WAIT: Duration = Duration::from_mins(20);
/// The largest part in words.
const TEXT_BYTES_MAX: usize = 4096;

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

impl From<Unread> for Wrong {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => Self::TooLarge,
            Unread::Broken => Self::Broken,
        }
    }
}

/// Why nothing was taken in: what was sent is wrong, or the use case refused it.
pub(crate) enum Failed {
    /// What was sent.
    Wrong(Wrong),
    /// The use case.
    App(wardbook_app::AppError),
}

impl From<Wrong> for Failed {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<AddError> for Failed {
    fn from(error: AddError) -> Self {
        match error {
            AddError::App(error) => Self::App(error),
            AddError::Unread(unread) => Self::Wrong(unread.into()),
        }
    }
}

/// A file whose content is still to come.
pub(crate) struct File<'a> {
    /// Its name as given; empty where there is none.
    pub(crate) name: String,
    /// Its content.
    pub(crate) content: Part<'a>,
}

/// The content of a part, piece by piece; what was looked at already comes first.
pub(crate) struct Part<'a> {
    field: Field<'a>,
    first: Option<Bytes>,
}

impl Part<'_> {
    /// Whether there is nothing in it: a browser sends such a part where no file was chosen.
    pub(crate) async fn is_empty(&mut self) -> Result<bool, Wrong> {
        while self.first.as_ref().is_none_or(Bytes::is_empty) {
            self.first = self.field.chunk().await?;
            if self.first.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Incoming for Part<'_> {
    type Piece = Bytes;

    async fn next(&mut self) -> Result<Option<Bytes>, Unread> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        self.field.chunk().await.map_err(|error| match Wrong::from(error) {
            Wrong::TooLarge => Unread::TooLarge,
            _ => Unread::Broken,
        })
    }
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

    /// The next part, whatever it is.
    pub(crate) async fn next(&mut self) -> Result<Field<'_>, Wrong> {
        self.0.next_field().await?.ok_or(Wrong::Expected("file"))
    }
}

/// Takes a part that says something of the file; gives back the file itself. Each may come once, in any order before the file. (Called in
/// a loop where the upload is at hand: a part keeps it for itself, so that no function can look for the file and hand it on.)
pub(crate) async fn said<'a>(part: Field<'a>, given: &mut Given) -> Result<Option<File<'a>>, Wrong> {
    let answer = match part.name() {
        Some("what") if given.what.is_none() => (&mut given.what, "what"),
        Some("given_by") if given.given_by.is_none() => (&mut given.given_by, "given_by"),
        Some("how") if given.how.is_none() => (&mut given.how, "how"),
        Some("file") => {
            let name = part.file_name().unwrap_or_default().to_owned();
            return Ok(Some(File { name, content: Part { field: part, first: None } }));
        }
        _ => return Err(Wrong::Expected("file")),
    };
    *answer.0 = Some(words(part, answer.1).await?);
    Ok(None)
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
