//! A blob on its way in and out, piece by piece. Everything here blocks: it belongs on a thread that serves no requests.

use std::fs::File;
use std::io::{self, Read, Write};

use wardbook_vault::{BLOB_HEADER, blob_key_id};

use super::{BlobError, folder, table};

/// A blob that is being kept: first everything behind its beginning, as [`Write`], then [`BlobWriter::finish`]. One that is given up
/// is [`BlobWriter::discard`]ed.
pub struct BlobWriter {
    to: To,
    rest: usize,
}

enum To {
    Folder(folder::Writer),
    Table(table::Writer),
}

impl std::fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlobWriter({} bytes so far)", self.rest)
    }
}

impl BlobWriter {
    pub(super) fn folder(to: folder::Writer) -> Self {
        Self { to: To::Folder(to), rest: 0 }
    }

    pub(super) fn table(to: table::Writer) -> Self {
        Self { to: To::Table(to), rest: 0 }
    }

    /// Keeps the blob, with its beginning; it is durable when this returns. One that is kept under this id is never replaced.
    pub fn finish(self, head: &[u8]) -> Result<(), BlobError> {
        if let Err(error) = blob_key_id(&head[..head.len().min(BLOB_HEADER)], head.len() + self.rest) {
            self.discard();
            return Err(BlobError::NotSealed(error));
        }
        let kept = match self.to {
            To::Folder(to) => to.finish(head).map_err(BlobError::Folder)?,
            To::Table(to) => to.finish(head).map_err(BlobError::Table)?,
        };
        if kept { Ok(()) } else { Err(BlobError::Taken) }
    }

    /// Gives it up. What cannot be taken away now is a leftover, which the sweep removes.
    pub fn discard(self) {
        let discarded = match self.to {
            To::Folder(to) => {
                drop(to);
                Ok(())
            }
            To::Table(to) => to.discard(),
        };
        if let Err(error) = discarded {
            tracing::warn!(%error, "app.blobs.discard: left for the sweep");
        }
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Folder(to) => to.write(bytes)?,
            To::Table(to) => to.write(bytes).map_err(io::Error::other)?,
        }
        self.rest += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A blob that is being read, from its beginning.
pub struct BlobReader {
    from: From,
    stored: usize,
}

enum From {
    Folder(File),
    Table(table::Reader),
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlobReader({} bytes)", self.stored)
    }
}

impl BlobReader {
    pub(super) fn folder((file, stored): (File, usize)) -> Self {
        Self { from: From::Folder(file), stored }
    }

    pub(super) fn table(reader: table::Reader) -> Self {
        let stored = reader.stored;
        Self { from: From::Table(reader), stored }
    }

    /// Its size as stored.
    pub const fn stored(&self) -> usize {
        self.stored
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.from {
            From::Folder(file) => file.read(buffer),
            From::Table(reader) => reader.read(buffer).map_err(io::Error::other),
        }
    }
}
