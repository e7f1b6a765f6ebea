//! The data folder: what lies where in it, and the lock by which one process at a time works on it.
//!
//! The lock covers the folder (local socket, notes) and every embedded database outside it. Several servers of one PostgreSQL trust
//! each have a folder of their own.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use wardbook_ledger::TrustId;

use crate::failure::Failure;
use crate::settings::Settings;

/// The longest path of a Unix socket that every system takes.
const SOCKET_PATH_MAX: usize = 103;

/// A data folder, and which of its trusts is meant.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    dir: PathBuf,
    /// The trust by name or id, where it was named.
    named: Option<String>,
}

impl Place {
    /// The folder at `path`, absolute from now on.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        let absolute = std::path::absolute(path).map_err(|error| Failure::caused(format!("the folder {}", path.display()), &error))?;
        if absolute.to_str().is_none() {
            return Err(Failure::field("data", "the folder's path is not UTF-8"));
        }
        Ok(Self { dir: absolute, named: None })
    }

    /// The same where a trust was named.
    pub(crate) fn meaning(self, named: Option<String>) -> Self {
        Self { named, ..self }
    }

    /// The trust as it was named.
    pub(crate) fn named(&self) -> Option<&str> {
        self.named.as_deref()
    }

    /// Where the notes of a trust that was added to the folder lie, and the key that verifies them.
    pub(crate) fn added(&self, trust: TrustId) -> Self {
        Self { dir: self.trusts().join(trust.to_string()), named: None }
    }

    /// The folder of those that were added.
    pub(crate) fn trusts(&self) -> PathBuf {
        self.dir.join("trusts")
    }

    /// The folder itself.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The settings; their file is written last by `init`, so that its being there says that a trust is.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.join("wardbook.toml")
    }

    /// The embedded book.
    pub(crate) fn book(&self) -> PathBuf {
        self.dir.join("book.db")
    }

    /// The folder of keys, apart from the book so that a backup can leave it out.
    pub(crate) fn keys_dir(&self) -> PathBuf {
        self.dir.join("keys")
    }

    /// The embedded key store.
    pub(crate) fn key_store(&self) -> PathBuf {
        self.keys_dir().join("keys.db")
    }

    /// The service identity under a passphrase.
    pub(crate) fn identity_age(&self) -> PathBuf {
        self.keys_dir().join("service.age")
    }

    /// The service identity in the open, readable by its owner.
    pub(crate) fn identity_plain(&self) -> PathBuf {
        self.keys_dir().join("service.identity")
    }

    /// The signed notes.
    pub(crate) fn notes(&self) -> PathBuf {
        self.dir.join("notes")
    }

    /// The sealed attachments of a trust whose book is embedded.
    pub(crate) fn blobs(&self) -> PathBuf {
        self.dir.join("blobs")
    }

    /// The key that verifies the notes.
    pub(crate) fn verifier_key(&self) -> PathBuf {
        self.dir.join("checkpoint.vkey")
    }

    /// The local socket of a running server.
    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.join("wardbook.sock")
    }

    /// Refuses a folder too deep for a local socket, before anything is opened.
    pub(crate) fn check_socket_path(&self) -> Result<(), Failure> {
        if self.socket().as_os_str().len() > SOCKET_PATH_MAX {
            let text = format!("the folder's path is too long for a local socket ({SOCKET_PATH_MAX} bytes at most): use a shorter one");
            return Err(Failure::field("data", text));
        }
        Ok(())
    }
}

/// The URL of an SQLite file. The characters that mean something in a URL are escaped.
pub(crate) fn sqlite_url(path: &Path) -> String {
    let text = path.to_str().expect("a place's path is UTF-8 (checked when it is made)");
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '%' | '?' | '#' => format!("%{:02X}", u32::from(c)),
            other => other.to_string(),
        })
        .collect();
    format!("sqlite://{escaped}")
}

/// Makes a folder that only its owner may enter; whether it was made now.
pub(crate) fn make_private_dir(path: &Path) -> Result<bool, Failure> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(Failure::caused(format!("the folder {} cannot be made", path.display()), &error)),
    }
}

/// Held while a process works on a trust; let go when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _files: Vec<File>,
}

impl Lock {
    /// Takes the lock; none where another process holds it.
    pub(crate) fn take(place: &Place, settings: &Settings) -> Result<Option<Self>, Failure> {
        let mut files = Vec::new();
        for path in lock_files(place, settings) {
            let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
            let file = open.map_err(|error| Failure::caused(format!("the lock {} cannot be made", path.display()), &error))?;
            match file.try_lock() {
                Ok(()) => files.push(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    return Err(Failure::caused(format!("the lock {} cannot be taken", path.display()), &error));
                }
            }
        }
        Ok(Some(Self { _files: files }))
    }
}

/// The folder's own lock, then one beside each embedded database that lies elsewhere: two folders may name one file.
fn lock_files(place: &Place, settings: &Settings) -> Vec<PathBuf> {
    let mut files = vec![place.dir().join("wardbook.lock")];
    for url in [&settings.database.url, &settings.keys.url].into_iter().flatten() {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let path = Path::new(path.split('?').next().unwrap_or(path));
            if !path.starts_with(place.dir()) {
                let mut name = path.as_os_str().to_owned();
                name.push(".lock");
                files.push(name.into());
            }
        }
    }
    files
}
