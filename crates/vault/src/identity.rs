//! The two age identities over a trust's keys: the service's, kept in a file, and recovery's, kept on paper.
//!
//! Both are raw X25519 secrets of ours, spelled as age spells them, so that the stock `age` opens the same files.
//! Loading a passphrase file takes about a second and 256 MiB by design: call it off the async threads.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use age::x25519;
use bech32::{Bech32, Hrp};
use rand::CryptoRng;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::agefile::Recipient;
use crate::secret::Secret32;

/// log2 of scrypt's N: written by [`ServiceIdentity::save_passphrase`], and the most that loading will spend. Fixed,
/// and not measured, so that debug and release builds, slow and fast machines protect equally.
const SCRYPT_LOG_N: u8 = 18;
const AGE_MAGIC: &[u8] = b"age-encryption.org/v1";
/// An identity file is a few hundred bytes; more is something else.
const FILE_MAX: u64 = 16 * 1024;

/// What is wrong with an identity or its file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// No such file.
    #[error("there is no identity file at {}", .0.display())]
    MissingFile(PathBuf),
    /// The file is there, the passphrase is not the one.
    #[error("the passphrase does not open the identity file")]
    WrongPassphrase,
    /// The file is passphrase-protected and none was given.
    #[error("the identity file is protected by a passphrase, and none was given")]
    PassphraseNeeded,
    /// Others on the machine can read the file.
    #[error("{} can be read by others (mode {mode:04o}); it must be 0600", path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Neither a plain identity nor a passphrase file with one in it.
    #[error("this is not an identity file")]
    NotAnIdentity,
    /// Not an `age1...` X25519 recipient.
    #[error("this is not an age X25519 recipient")]
    NotARecipient,
    /// The file asks for more scrypt work than we ever write.
    #[error("the identity file asks for scrypt work 2^{0}, above the limit of 2^{SCRYPT_LOG_N}")]
    TooCostly(u8),
    /// A file of that name exists already; an identity is never overwritten.
    #[error("{} exists already; an identity is never overwritten", .0.display())]
    Exists(PathBuf),
    /// The file system said no.
    #[error("cannot read or write the identity file {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// Where the service identity is found.
#[derive(Debug)]
pub enum IdentitySource<'a> {
    /// A file: plain (then only its owner may read it) or protected by a passphrase.
    File {
        /// The file.
        path: &'a Path,
        /// The passphrase, when there is one.
        passphrase: Option<&'a SecretString>,
    },
    /// A plain identity that systemd hands over in `$CREDENTIALS_DIRECTORY`. It is guarded by the folder and an access
    /// list, whose mask shows as group read; everybody else must still be shut out.
    Credential {
        /// The file.
        path: &'a Path,
    },
}

/// Secret and age form of an X25519 identity.
#[derive(Clone)]
struct Keypair {
    secret: Secret32,
    age: x25519::Identity,
}

impl Keypair {
    fn new(secret: Secret32) -> Self {
        let hrp = Hrp::parse("age-secret-key-").expect("a valid prefix");
        let spelled = bech32::encode_upper::<Bech32>(hrp, secret.expose()).expect("32 bytes are within the limit");
        let spelled = Zeroizing::new(spelled);
        let age = spelled.parse().expect("spelled as age spells it");
        Self { secret, age }
    }

    /// From the text of an identity file: comments, blank lines and one `AGE-SECRET-KEY-1...`.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let line = lines.next()?;
        if lines.next().is_some() {
            return None;
        }
        let (hrp, bytes) = bech32::decode(line).ok()?;
        let bytes = Zeroizing::new(bytes);
        let keypair = Self::new(Secret32::from_slice(&bytes)?);
        // Our decoder also takes the later bech32m checksum; what counts is that age reads the very same line.
        let same = line.parse::<x25519::Identity>().ok()?.to_public() == keypair.age.to_public();
        (hrp.to_lowercase() == "age-secret-key-" && same).then_some(keypair)
    }

    fn recipient(&self) -> Recipient {
        Recipient::new(self.age.to_public())
    }

    fn file_text(&self) -> Zeroizing<String> {
        let secret = self.age.to_string();
        let public = self.age.to_public();
        Zeroizing::new(format!("# Wardbook service identity\n# public key: {public}\n{}\n", secret.expose_secret()))
    }
}

/// The identity under which a server opens its trusts' keys. `Debug` is redacted.
#[derive(Clone)]
pub struct ServiceIdentity(Keypair);

impl ServiceIdentity {
    /// Makes a new identity.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(Keypair::new(Secret32::generate(rng)))
    }

    /// An identity whose secret comes from elsewhere (recovery, vectors).
    pub fn from_secret(secret: Secret32) -> Self {
        Self(Keypair::new(secret))
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        self.0.recipient()
    }

    /// As the `age` crate takes it, to open backups.
    pub fn as_age(&self) -> &dyn age::Identity {
        &self.0.age
    }

    pub(crate) fn secret(&self) -> &Secret32 {
        &self.0.secret
    }

    /// Writes a plain identity file, readable by its owner only, synced. Never overwrites.
    ///
    /// # Errors
    /// [`IdentityError::Exists`], [`IdentityError::Io`].
    pub fn save_plain(&self, path: &Path) -> Result<(), IdentityError> {
        write_new(path, self.0.file_text().as_bytes())
    }

    /// Writes an identity file under a passphrase (age, scrypt with N = 2^18), synced. Never overwrites.
    ///
    /// # Errors
    /// [`IdentityError::Exists`], [`IdentityError::Io`].
    pub fn save_passphrase(&self, path: &Path, passphrase: &SecretString) -> Result<(), IdentityError> {
        let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
        recipient.set_work_factor(SCRYPT_LOG_N);
        let file = age::encrypt(&recipient, self.0.file_text().as_bytes()).expect("a passphrase alone always goes");
        write_new(path, &file)
    }

    /// Loads an identity.
    ///
    /// # Errors
    /// [`IdentityError`], each case its own.
    pub fn load(source: &IdentitySource<'_>) -> Result<Self, IdentityError> {
        let (path, passphrase, forbidden) = match source {
            IdentitySource::File { path, passphrase } => (*path, *passphrase, 0o077),
            IdentitySource::Credential { path } => (*path, None, 0o037),
        };
        let (bytes, mode) = read(path)?;
        let text = if bytes.starts_with(AGE_MAGIC) {
            decrypt(&bytes, passphrase.ok_or(IdentityError::PassphraseNeeded)?)?
        } else if mode & forbidden != 0 {
            return Err(IdentityError::TooOpen { path: path.to_owned(), mode });
        } else {
            bytes
        };
        let text = std::str::from_utf8(&text).map_err(|_| IdentityError::NotAnIdentity)?;
        Keypair::parse(text).map(Self).ok_or(IdentityError::NotAnIdentity)
    }
}

impl fmt::Debug for ServiceIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceIdentity({}, redacted)", self.recipient())
    }
}

/// The identity that opens a trust's keys when the service identity is lost. Lives in memory between being made and
/// being split, and between being combined and being used; it is never written. `Debug` is redacted.
#[derive(Clone)]
pub struct RecoveryIdentity(Keypair);

impl RecoveryIdentity {
    /// Makes a new identity; split it ([`crate::shares::split`]) or lose it.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(Keypair::new(Secret32::generate(rng)))
    }

    /// An identity from its secret.
    pub fn from_secret(secret: Secret32) -> Self {
        Self(Keypair::new(secret))
    }

    /// The public half, recorded with the trust's keys.
    pub fn recipient(&self) -> Recipient {
        self.0.recipient()
    }

    /// As the `age` crate takes it.
    pub fn as_age(&self) -> &dyn age::Identity {
        &self.0.age
    }

    pub(crate) fn secret(&self) -> &Secret32 {
        &self.0.secret
    }
}

impl fmt::Debug for RecoveryIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryIdentity({}, redacted)", self.recipient())
    }
}

fn decrypt(file: &[u8], passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, IdentityError> {
    let mut identity = age::scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(SCRYPT_LOG_N);
    let decryptor = age::Decryptor::new_buffered(file).map_err(|_| IdentityError::NotAnIdentity)?;
    if !decryptor.is_scrypt() {
        return Err(IdentityError::NotAnIdentity);
    }
    let identity: &dyn age::Identity = &identity;
    let reader = decryptor.decrypt(std::iter::once(identity)).map_err(|error| match error {
        age::DecryptError::ExcessiveWork { required, .. } => IdentityError::TooCostly(required),
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => IdentityError::WrongPassphrase,
        _ => IdentityError::NotAnIdentity,
    })?;
    let mut text = Zeroizing::new(Vec::with_capacity(file.len()));
    reader.take(FILE_MAX).read_to_end(&mut text).map_err(|_| IdentityError::NotAnIdentity)?;
    Ok(text)
}

/// The file's bytes and permission bits, both of the one opened file.
fn read(path: &Path) -> Result<(Zeroizing<Vec<u8>>, u32), IdentityError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => IdentityError::MissingFile(path.to_owned()),
        _ => IdentityError::Io { path: path.to_owned(), source },
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() || metadata.len() > FILE_MAX {
        return Err(IdentityError::NotAnIdentity);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(FILE_MAX).read_to_end(&mut bytes).map_err(failed)?;
    Ok((bytes, metadata.permissions().mode() & 0o777))
}

/// Writes a new 0600 file and syncs it and its folder: an identity that is lost with the power takes the book with it.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), IdentityError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => IdentityError::Exists(path.to_owned()),
        _ => IdentityError::Io { path: path.to_owned(), source },
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}
