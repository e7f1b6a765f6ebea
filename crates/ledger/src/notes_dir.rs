//! The folder of signed notes, kept outside the database: what the database's keeper cannot rewrite unseen.
//!
//! One file per size, `<size, 20 digits>.note`, written once and never replaced. Blocking; the files are tiny.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::note::{NoteError, SignedNote};

static CALLS: AtomicU64 = AtomicU64::new(0);

/// The folder cannot be used, or holds something that is not a note.
#[derive(Debug, thiserror::Error)]
pub enum NotesError {
    /// Reading or writing failed.
    #[error("the notes at {path} cannot be used")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A `.note` file is not a signed checkpoint of the size its name says.
    #[error("{path} is not a signed note of that size")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, unless it is the size.
        source: Option<NoteError>,
    },
    /// A note of this size with another text is there already.
    #[error("another note of size {size} is there already")]
    Taken {
        /// Size of both.
        size: u64,
    },
}

/// A folder of signed notes.
#[derive(Debug, Clone)]
pub struct NotesDir {
    path: PathBuf,
}

impl NotesDir {
    /// The folder at `path`, made if it is not there.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, NotesError> {
        let path = path.into();
        fs::create_dir_all(&path).map_err(at(&path))?;
        Ok(Self { path })
    }

    /// The folder at `path`, which need not be there: nothing is written by looking.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The sizes of all notes, ascending. A folder that is not there holds none.
    pub fn sizes(&self) -> Result<Vec<u64>, NotesError> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(at(&self.path))?,
        };
        let mut sizes = Vec::new();
        for entry in entries {
            let name = entry.map_err(at(&self.path))?.file_name();
            sizes.extend(name.to_str().and_then(size_of_name));
        }
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// The note of this size, if there is one.
    pub fn read(&self, size: u64) -> Result<Option<SignedNote>, NotesError> {
        let path = self.file(size);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(at(&path))?,
        };
        match SignedNote::parse(&text) {
            Ok(note) if note.checkpoint.size == size => Ok(Some(note)),
            Ok(_) => Err(NotesError::Damaged { path, source: None }),
            Err(error) => Err(NotesError::Damaged { path, source: Some(error) }),
        }
    }

    /// The note with the greatest size.
    pub fn highest(&self) -> Result<Option<SignedNote>, NotesError> {
        match self.sizes()?.last() {
            Some(&size) => self.read(size),
            None => Ok(None),
        }
    }

    /// Keeps a note durably. The same note again changes nothing; another of its size is refused.
    pub fn keep(&self, note: &SignedNote) -> Result<(), NotesError> {
        let size = note.checkpoint.size;
        // Its own name for every call: two of them may keep the same note at once.
        let (process, call) = (std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed));
        let temporary = self.path.join(format!("{size:020}.{process}.{call}.tmp"));
        let path = self.file(size);
        write_synced(&temporary, note.to_string().as_bytes()).map_err(at(&temporary))?;
        // A link, unlike a rename, never replaces what another process has just written.
        let linked = fs::hard_link(&temporary, &path);
        fs::remove_file(&temporary).map_err(at(&temporary))?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let there = fs::read_to_string(&path).map_err(at(&path))?;
                if there != note.to_string() {
                    return Err(NotesError::Taken { size });
                }
            }
            linked => linked.map_err(at(&path))?,
        }
        let folder = File::open(&self.path).and_then(|folder| folder.sync_all());
        folder.map_err(at(&self.path))
    }

    fn file(&self, size: u64) -> PathBuf {
        self.path.join(format!("{size:020}.note"))
    }
}

fn size_of_name(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".note")?;
    let all_digits = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok())?
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> NotesError {
    let path = path.to_owned();
    move |source| NotesError::Io { path, source }
}
