//! The service identity's file: what is written, and each way of it not being what it should.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use secrecy::SecretString;

use super::rng;
use crate::*;

fn load(path: &Path, passphrase: Option<&str>) -> Result<ServiceIdentity, IdentityError> {
    let passphrase = passphrase.map(SecretString::from);
    ServiceIdentity::load(&IdentitySource::File { path, passphrase: passphrase.as_ref() })
}

fn write(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn plain_file_is_0600_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.key");
    let identity = ServiceIdentity::generate(&mut rng(1));
    identity.save_plain(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(load(&path, None).unwrap().recipient(), identity.recipient());
    // A passphrase that is not needed does no harm.
    assert_eq!(load(&path, Some("x")).unwrap().recipient(), identity.recipient());
    // The stock parser reads the same key from the same file.
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).unwrap();
    let stock: age::x25519::Identity = line.parse().unwrap();
    assert_eq!(stock.to_public().to_string(), identity.recipient().to_string());
}

#[test]
fn never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.key");
    let first = ServiceIdentity::generate(&mut rng(2));
    first.save_plain(&path).unwrap();
    let error = ServiceIdentity::generate(&mut rng(3)).save_plain(&path).unwrap_err();
    assert!(matches!(error, IdentityError::Exists(_)));
    assert_eq!(load(&path, None).unwrap().recipient(), first.recipient());
}

#[test]
fn missing_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = load(&folder.path().join("none"), None).unwrap_err();
    assert!(matches!(error, IdentityError::MissingFile(_)));
}

#[test]
fn too_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.key");
    ServiceIdentity::generate(&mut rng(4)).save_plain(&path).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o660, 0o644] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = load(&path, None).unwrap_err();
        assert!(matches!(error, IdentityError::TooOpen { mode: found, .. } if found == mode), "{error:?}");
    }
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(load(&path, None).is_ok());
}

#[test]
fn a_systemd_credential_may_show_group_read_but_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.key");
    ServiceIdentity::generate(&mut rng(5)).save_plain(&path).unwrap();
    for (mode, good) in [(0o400, true), (0o440, true), (0o444, false), (0o460, false)] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let loaded = ServiceIdentity::load(&IdentitySource::Credential { path: &path });
        assert_eq!(loaded.is_ok(), good, "{mode:o}");
    }
}

#[test]
fn not_an_identity() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one");
    ServiceIdentity::generate(&mut rng(9)).save_plain(&one).unwrap();
    let key = fs::read_to_string(&one).unwrap();
    let two = format!("{key}\n{key}\n");
    let large = vec![b'x'; 20_000];
    let texts: [&[u8]; 6] = [b"", b"# only a comment\n", b"AGE-SECRET-KEY-1QQQQ\n", two.as_bytes(), &[0xff; 64], &large];
    for (i, text) in texts.into_iter().enumerate() {
        let path = folder.path().join(i.to_string());
        write(&path, text);
        assert!(matches!(load(&path, None).unwrap_err(), IdentityError::NotAnIdentity), "{i}");
    }
}

/// The real cost, in debug builds too: a second or so.
#[test]
fn passphrase_file_has_work_18_and_each_error_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.age");
    let identity = ServiceIdentity::generate(&mut rng(6));
    identity.save_passphrase(&path, &SecretString::from("correct horse")).unwrap();
    let bytes = fs::read(&path).unwrap();
    let header = String::from_utf8_lossy(&bytes);
    let stanza: Vec<&str> = header.lines().nth(1).unwrap().split(' ').collect();
    assert_eq!((stanza[0], stanza[1], stanza[3]), ("->", "scrypt", "18"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    assert_eq!(load(&path, Some("correct horse")).unwrap().recipient(), identity.recipient());
    assert!(matches!(load(&path, Some("wrong")).unwrap_err(), IdentityError::WrongPassphrase));
    assert!(matches!(load(&path, None).unwrap_err(), IdentityError::PassphraseNeeded));
}

/// A file that asks for hours of work is refused before any work is done.
#[test]
fn too_costly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costly.age");
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("p"));
    recipient.set_work_factor(2);
    let file = age::encrypt(&recipient, b"x").unwrap();
    let at = file.windows(3).position(|window| window == b" 2\n").unwrap();
    let costly = [&file[..at], b" 30\n".as_slice(), &file[at + 3..]].concat();
    write(&path, &costly);
    let error = load(&path, Some("p")).unwrap_err();
    // The header's MAC cannot be checked before the key is known, so the work is what is looked at first.
    assert!(matches!(error, IdentityError::TooCostly(30)), "{error:?}");
}

#[test]
fn a_passphrase_file_with_something_else_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.age");
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("p"));
    recipient.set_work_factor(2);
    write(&path, &age::encrypt(&recipient, b"a shopping list").unwrap());
    assert!(matches!(load(&path, Some("p")).unwrap_err(), IdentityError::NotAnIdentity));
    let path = folder.path().join("recipient.age");
    let to = ServiceIdentity::generate(&mut rng(7)).recipient().to_string().parse::<age::x25519::Recipient>().unwrap();
    write(&path, &age::encrypt(&to, b"x").unwrap());
    assert!(matches!(load(&path, Some("p")).unwrap_err(), IdentityError::NotAnIdentity));
}

#[test]
fn recipients_parse_and_refuse() {
    let recipient = ServiceIdentity::generate(&mut rng(8)).recipient();
    assert_eq!(recipient.to_string().parse::<Recipient>().unwrap(), recipient);
    assert!(matches!("age1nonsense".parse::<Recipient>().unwrap_err(), IdentityError::NotARecipient));
}

#[test]
fn debug_says_nothing() {
    let identity = ServiceIdentity::from_secret(Secret32::new([7; 32]));
    let recovery = RecoveryIdentity::from_secret(Secret32::new([7; 32]));
    for text in [format!("{identity:?}"), format!("{recovery:?}")] {
        assert!(!text.contains("SECRET") && !text.contains("0707") && !text.contains("[7"), "{text}");
    }
}
