//! Where secrets come from: files, systemd credentials, the environment, or a person who is asked. Never from the settings.
//!
//! A passphrase is looked for in this order: `--passphrase-file`, `[keys] passphrase_file`, the systemd credential
//! `wardbook-passphrase`, `WARDBOOK_PASSPHRASE`. The identity: `[keys] identity`, the systemd credential `wardbook-identity`,
//! `keys/service.age`, `keys/service.identity`.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use wardbook_vault::{IdentityError, IdentitySource, ServiceIdentity};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::place::Place;
use crate::settings::{Keys, Settings};

/// The passphrase in the environment.
pub(crate) const PASSPHRASE_VARIABLE: &str = "WARDBOOK_PASSPHRASE";
/// A passphrase is a line; more is another file.
const SECRET_BYTES_MAX: u64 = 4096;

/// A passphrase, and whether it came from the environment.
#[derive(Debug)]
pub(crate) struct Passphrase {
    /// The passphrase.
    pub(crate) text: SecretString,
    /// It stood in the environment, where every process of the user can read it.
    pub(crate) from_environment: bool,
}

/// Whether a person may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// At the terminal, if there is one.
    IfAttended,
    /// Not at all.
    Never,
}

/// The passphrase, where one is given without asking.
pub(crate) fn given_passphrase(keys: &Keys) -> Result<Option<Passphrase>, Failure> {
    let credential = credential("wardbook-passphrase");
    if let Some(path) = &keys.passphrase_file {
        return Ok(Some(Passphrase { text: read_secret(path, 0o077)?, from_environment: false }));
    }
    if let Some(path) = credential {
        return Ok(Some(Passphrase { text: read_secret(&path, 0o037)?, from_environment: false }));
    }
    match std::env::var(PASSPHRASE_VARIABLE) {
        Ok(text) if !text.is_empty() => Ok(Some(Passphrase { text: text.into(), from_environment: true })),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::field(PASSPHRASE_VARIABLE, "is not UTF-8")),
    }
}

/// A secret's file: one line, readable by nobody for whom a bit of `forbidden` is set.
pub(crate) fn read_secret(path: &Path, forbidden: u32) -> Result<SecretString, Failure> {
    let failed = |error: std::io::Error| Failure::input(format!("the file {} cannot be read: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.mode() & 0o777;
    if mode & forbidden != 0 {
        return Err(Failure::input(format!("{} can be read by others (mode {mode:04o}); it must be 0600", path.display())));
    }
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(SECRET_BYTES_MAX).unwrap_or(4096)));
    file.take(SECRET_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.contains('\n') {
        return Err(Failure::input(format!("{} does not hold one line with a secret", path.display())));
    }
    Ok(SecretString::from(line))
}

/// A file that systemd hands over (`LoadCredential=`).
fn credential(name: &str) -> Option<PathBuf> {
    let path = Path::new(&std::env::var_os("CREDENTIALS_DIRECTORY")?).join(name);
    path.is_file().then_some(path)
}

/// Asks at the terminal; none where nobody is there.
pub(crate) fn ask(prompt: &str) -> Result<Option<SecretString>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let text = rpassword::prompt_password(prompt).map_err(|error| Failure::caused("the terminal", &error))?;
    Ok(Some(text.into()))
}

/// The service identity, and whether its passphrase came from the environment. Slow on purpose (scrypt): not for an async thread.
pub(crate) fn service_identity(place: &Place, settings: &Settings, asking: Ask) -> Result<(ServiceIdentity, bool), Failure> {
    let found = given_passphrase(&settings.keys)?;
    let (path, is_credential) = identity_file(place, settings);
    let load = |passphrase: Option<&SecretString>| {
        let source =
            if is_credential { IdentitySource::Credential { path: &path } } else { IdentitySource::File { path: &path, passphrase } };
        ServiceIdentity::load(&source)
    };
    let from_environment = found.as_ref().is_some_and(|found| found.from_environment);
    match load(found.as_ref().map(|found| &found.text)) {
        Err(IdentityError::PassphraseNeeded) if asking == Ask::IfAttended => {
            let Some(asked) = ask("Passphrase of the service identity: ")? else { return Err(IdentityError::PassphraseNeeded.into()) };
            Ok((load(Some(&asked))?, false))
        }
        loaded => Ok((loaded?, from_environment)),
    }
}

fn identity_file(place: &Place, settings: &Settings) -> (PathBuf, bool) {
    if let Some(path) = &settings.keys.identity {
        return (path.clone(), false);
    }
    if let Some(path) = credential("wardbook-identity") {
        return (path, true);
    }
    let age = place.identity_age();
    if age.exists() { (age, false) } else { (place.identity_plain(), false) }
}
