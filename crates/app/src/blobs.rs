//! The blob store: sealed attachments, kept and synced before the event that names them is written (design §3).
//!
//! Two places behind one type: a folder, and tables for deployments whose servers share no folder. Both keep sealed bytes only,
//! by trust and id, with the instant they were kept; the bytes under an id never change. They come and go as streams
//! ([`BlobWriter`], [`BlobReader`]), which block and so belong on a thread of their own: no server holds a large one whole. What no
//! event names a day later is removed by the sweep, which asks for pages of [`BlobStore::list_older_than`], looks each id up in the
//! book and calls [`BlobStore::remove`]. So an event may name a blob only within a day; a later attempt renews it.
//!
//! To add a place: a variant with its arms here and in `stream.rs`, and a module in the contract suite of `blobs/tests.rs`.

mod folder;
mod stream;
mod table;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use wardbook_domain::{BlobId, Instant};
use wardbook_ledger::{Database, TrustId};
use wardbook_vault::OpenError;

use crate::{AppError, Entropy};

pub use stream::{BlobReader, BlobWriter};

/// Ids in one answer of [`BlobStore::list_older_than`].
pub const LIST_MAX: usize = 1000;

/// Which of the two places a deployment uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobsAt {
    /// A folder, which holds one of its own for each trust.
    Folder(PathBuf),
    /// The table in the book's database.
    Table,
}

/// Where a trust's blobs are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub enum BlobStore {
    /// The trust's folder, one file a blob: see [`BlobStore::folder`].
    Folder(PathBuf),
    /// The rows of the trust in the tables `blobs` and `blob_parts` (migrations 0302, 0303).
    Table(Database, TrustId),
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// Not shaped like a sealed blob: nothing else is ever kept.
    #[error("these bytes are no sealed attachment")]
    NotSealed(#[source] OpenError),
    /// Other bytes are kept under this id.
    #[error("another attachment has this id")]
    Taken,
    /// The folder cannot be read or written.
    #[error("the folder of attachments cannot be used")]
    Folder(#[source] io::Error),
    /// A blob cannot be read or written to its end.
    #[error("an attachment cannot be read or written to its end")]
    Stream(#[source] io::Error),
    /// The table cannot be read or written.
    #[error("the table of attachments cannot be used")]
    Table(#[source] sqlx::Error),
}

impl From<BlobError> for AppError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotSealed(_) | BlobError::Taken => Self::internal(error),
            BlobError::Folder(_) | BlobError::Stream(_) | BlobError::Table(_) => Self::unavailable(error),
        }
    }
}

impl BlobStore {
    /// A trust's blobs in a folder of its own under `base`, made when first needed. It holds `ab/cd/<id in hex>` for an id that
    /// begins with `abcd`, and `tmp/` for files that are being written. Files are 0600, folders 0700.
    pub fn folder(base: &Path, trust: TrustId) -> Self {
        Self::Folder(base.join(trust.to_string()))
    }

    /// A trust's blobs in the table of a database.
    pub fn table(db: Database, trust: TrustId) -> Self {
        Self::Table(db, trust)
    }

    /// Begins to keep a blob. Blocks.
    pub fn write(&self, id: BlobId, now: Instant, entropy: &Entropy) -> Result<BlobWriter, BlobError> {
        match self {
            Self::Folder(path) => Ok(BlobWriter::folder(folder::Writer::new(path, id, system_time(now)).map_err(BlobError::Folder)?)),
            Self::Table(db, trust) => Ok(BlobWriter::table(table::Writer::new(db.clone(), *trust, id, entropy.bytes(), now))),
        }
    }

    /// Begins to read a blob. Blocks.
    pub fn read(&self, id: BlobId) -> Result<Option<BlobReader>, BlobError> {
        match self {
            Self::Folder(path) => Ok(folder::open(path, id).map_err(BlobError::Folder)?.map(BlobReader::folder)),
            Self::Table(db, trust) => Ok(table::Reader::open(db, *trust, id).map_err(BlobError::Table)?.map(BlobReader::table)),
        }
    }

    /// Keeps a blob from the sweep for another day; whether it is there.
    pub async fn renew(&self, id: BlobId, now: Instant) -> Result<bool, BlobError> {
        match self {
            Self::Folder(path) => {
                let path = path.clone();
                blocking(move || folder::renew(&path, id, system_time(now))).await
            }
            Self::Table(db, trust) => table::renew(db, *trust, id, now).await,
        }
    }

    /// Removes a blob; whether it was there. Without its key it was unreadable before: this gives back the room.
    pub async fn remove(&self, id: BlobId) -> Result<bool, BlobError> {
        match self {
            Self::Folder(path) => {
                let path = path.clone();
                blocking(move || folder::remove(&path, id)).await
            }
            Self::Table(db, trust) => table::remove(db, *trust, id).await,
        }
    }

    /// The blobs that were kept, or renewed, before an instant: up to [`LIST_MAX`] of them, by rising id, from the one after `after` on.
    /// Nothing more is to come when the answer is empty.
    pub async fn list_older_than(&self, before: Instant, after: Option<BlobId>) -> Result<Vec<BlobId>, BlobError> {
        self.page(before, after, LIST_MAX).await
    }

    async fn page(&self, before: Instant, after: Option<BlobId>, most: usize) -> Result<Vec<BlobId>, BlobError> {
        match self {
            Self::Folder(path) => {
                let path = path.clone();
                blocking(move || folder::list(&path, system_time(before), after, most)).await
            }
            Self::Table(db, trust) => table::list(db, *trust, before, after, most).await,
        }
    }

    /// Removes what writes that were cut off before an instant have left behind; how many pieces.
    pub async fn remove_leftovers(&self, before: Instant) -> Result<u64, BlobError> {
        match self {
            Self::Folder(path) => {
                let path = path.clone();
                blocking(move || folder::remove_leftovers(&path, system_time(before))).await
            }
            Self::Table(db, trust) => table::remove_leftovers(db, *trust, before).await,
        }
    }
}

/// Files are written and synced off the threads that serve requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|stopped| Err(io::Error::other(stopped))).map_err(BlobError::Folder)
}

fn system_time(at: Instant) -> SystemTime {
    let span = Duration::from_micros(at.as_micros().unsigned_abs());
    if at.as_micros() < 0 { SystemTime::UNIX_EPOCH - span } else { SystemTime::UNIX_EPOCH + span }
}
