//! Blobs in a folder. Blocking; everything that must outlast a power cut is synced before it is answered.
//!
//! A file is written under `tmp/`, synced, and then linked to its name, which is one step and replaces nothing. What is cut off
//! before leaves a file in `tmp/`, which is never read, and which [`remove_leftovers`] removes.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wardbook_domain::BlobId;
use wardbook_vault::{BLOB_HEAD_MAX, BLOB_SEALED_MAX};

const TEMPORARY: &str = "tmp";
/// Files of one id that may be in `tmp/` at once: other writers of it, and what they left.
const TEMPORARY_MAX: u32 = 64;
/// The folders that a first blob may have to make, and the one they are made in: `cd`, `ab`, the trust's, the store's, the data's.
const DEPTH: usize = 5;

/// A file that is being written, under a name that nobody reads. Dropped before its end it is removed again.
pub(super) struct Writer {
    folder: PathBuf,
    id: BlobId,
    at: SystemTime,
    temporary: PathBuf,
    file: File,
}

impl Writer {
    pub(super) fn new(folder: &Path, id: BlobId, at: SystemTime) -> io::Result<Self> {
        let temporary = folder.join(TEMPORARY);
        make_folders(&temporary)?;
        let (mut file, temporary) = new_file(&temporary, id)?;
        file.seek(SeekFrom::Start(BLOB_HEAD_MAX as u64))?;
        Ok(Self { folder: folder.to_owned(), id, at, temporary, file })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Writes the beginning, syncs, and gives the file its name, unless that is taken: then `false`.
    pub(super) fn finish(mut self, head: &[u8]) -> io::Result<bool> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(head)?;
        self.file.set_modified(self.at)?;
        self.file.sync_all()?;
        publish(&self.folder, self.id, &self.temporary)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Its own name it has by now, or never will. Not to be found is as good as removed; whatever else stays is a leftover.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Gives the file its name, unless that is taken.
fn publish(folder: &Path, id: BlobId, temporary: &Path) -> io::Result<bool> {
    let path = path_of(folder, id);
    let parent = path.parent().expect("a blob's path has two folders under the trust's");
    make_folders(parent)?;
    let linked = match fs::hard_link(temporary, &path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        linked => linked.map(|()| true)?,
    };
    // Also when it was there already: whoever linked it may not have come to this yet.
    for folder in parent.ancestors().take(DEPTH).filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(linked)
}

/// Whether it is there; it is never made older.
pub(super) fn renew(folder: &Path, id: BlobId, at: SystemTime) -> io::Result<bool> {
    let file = match File::open(path_of(folder, id)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    if file.metadata()?.modified()? < at {
        file.set_modified(at)?;
        file.sync_all()?;
    }
    Ok(true)
}

/// The file and its size; `None` when it is not there. A file that is too long is an error, before it is read.
pub(super) fn open(folder: &Path, id: BlobId) -> io::Result<Option<(File, usize)>> {
    let file = match File::open(path_of(folder, id)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let length = usize::try_from(file.metadata()?.len()).ok().filter(|length| *length <= BLOB_SEALED_MAX);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "a file is larger than any blob"))?;
    Ok(Some((file, length)))
}

/// Whether it was there.
pub(super) fn remove(folder: &Path, id: BlobId) -> io::Result<bool> {
    let path = path_of(folder, id);
    match fs::remove_file(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        removed => removed?,
    }
    File::open(path.parent().expect("a blob's path has two folders under the trust's"))?.sync_all()?;
    Ok(true)
}

/// Ids by rising order, from the one after `after` on.
pub(super) fn list(folder: &Path, before: SystemTime, after: Option<BlobId>, most: usize) -> io::Result<Vec<BlobId>> {
    let from = after.map(|id| id.to_string()).unwrap_or_default();
    let mut found = Vec::new();
    for first in fan(folder, from.get(..2).unwrap_or(""))? {
        let inner = if from.starts_with(&first) { from.get(2..4).unwrap_or("") } else { "" };
        for second in fan(&folder.join(&first), inner)? {
            let begin = [first.as_str(), &second].concat();
            for name in names(&folder.join(&first).join(&second))? {
                let Some(id) = BlobId::parse(&name).filter(|id| id.to_string() == name && name.starts_with(&begin)) else { continue };
                if found.len() == most {
                    return Ok(found);
                }
                if Some(id) > after && is_older(&path_of(folder, id), before)? {
                    found.push(id);
                }
            }
        }
    }
    Ok(found)
}

/// Removes the files in `tmp/` that nobody has written to since.
pub(super) fn remove_leftovers(folder: &Path, before: SystemTime) -> io::Result<u64> {
    let temporary = folder.join(TEMPORARY);
    let mut removed = 0;
    for name in names(&temporary)? {
        let path = temporary.join(name);
        if is_older(&path, before)? {
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done.map(|()| removed += 1)?,
            }
        }
    }
    Ok(removed)
}

fn path_of(folder: &Path, id: BlobId) -> PathBuf {
    let name = id.to_string();
    folder.join(&name[..2]).join(&name[2..4]).join(name)
}

fn make_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A file that was not there. Two servers may write one blob at once, and one that was cut off may have left the first names.
fn new_file(temporary: &Path, id: BlobId) -> io::Result<(File, PathBuf)> {
    let mut number = 0;
    loop {
        let path = temporary.join(format!("{id}.{number}"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < TEMPORARY_MAX => number += 1,
            file => return Ok((file?, path)),
        }
    }
}

/// A file that has gone in the meantime is not older.
fn is_older(path: &Path, before: SystemTime) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        metadata => {
            let metadata = metadata?;
            Ok(metadata.is_file() && metadata.modified()? < before)
        }
    }
}

/// The names in a folder, sorted; those that are not text are nobody's of ours. No folder, no names.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

/// The folders of two hex digits in a folder, sorted, from one on.
fn fan(folder: &Path, from: &str) -> io::Result<Vec<String>> {
    let digits = |name: &str| name.len() == 2 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut found = names(folder)?;
    found.retain(|name| digits(name) && name.as_str() >= from && folder.join(name).is_dir());
    Ok(found)
}
