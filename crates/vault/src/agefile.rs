//! Keys in age files: those of a trust's key set, for the service and the recovery identity and nobody else; and a quarantined record
//! key, for the recovery identity alone.

use std::fmt;
use std::io::{Read, Write};
use std::str::FromStr;

use age::x25519;
use zeroize::Zeroizing;

use crate::encode::Reader;
use crate::identity::IdentityError;
use crate::secret::Secret32;

const VERSION: u8 = 0x01;
/// Names are padded to this, so that a file's size does not tell its name.
const NAME: usize = 32;
const PAYLOAD: usize = 1 + 1 + NAME + 32;

/// The public half of an age X25519 identity: `age1...`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(x25519::Recipient);

impl Recipient {
    pub(crate) fn new(recipient: x25519::Recipient) -> Self {
        Self(recipient)
    }

    /// As the `age` crate takes it, for bundles and backups.
    pub fn as_age(&self) -> &dyn age::Recipient {
        &self.0
    }
}

impl FromStr for Recipient {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        text.parse().map(Self).map_err(|_| IdentityError::NotARecipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

/// `0x01 | u8 length, name, zeros to 32 | key 32`.
pub(crate) fn payload(name: &str, key: &Secret32) -> Zeroizing<Vec<u8>> {
    assert!(name.len() <= NAME, "names of key files are short constants");
    let mut out = Zeroizing::new(Vec::with_capacity(PAYLOAD));
    out.push(VERSION);
    out.push(u8::try_from(name.len()).expect("at most 32"));
    out.extend_from_slice(name.as_bytes());
    out.resize(2 + NAME, 0);
    out.extend_from_slice(key.expose());
    out
}

/// The name and key of a payload; `None` unless it is exactly what [`payload`] makes.
pub(crate) fn parse_payload(bytes: &[u8]) -> Option<(String, Secret32)> {
    let mut reader = Reader::new(bytes);
    if bytes.len() != PAYLOAD || reader.u8()? != VERSION {
        return None;
    }
    let length = usize::from(reader.u8()?);
    let (name, padding) = reader.take(NAME)?.split_at_checked(length)?;
    if padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some((std::str::from_utf8(name).ok()?.to_owned(), Secret32::from_slice(reader.rest())?))
}

/// Seals a named key for exactly these recipients, as a binary age file.
pub(crate) fn seal<const N: usize>(name: &str, key: &Secret32, recipients: [&Recipient; N]) -> Vec<u8> {
    let recipients = recipients.into_iter().map(Recipient::as_age);
    let encryptor = age::Encryptor::with_recipients(recipients).expect("X25519 recipients go together");
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).expect("a Vec takes every write");
    writer.write_all(&payload(name, key)).expect("a Vec takes every write");
    writer.finish().expect("a Vec takes every write");
    file
}

/// Opens a named key with an identity; `None` when the file is not for it, altered, or holds something else.
pub(crate) fn open(file: &[u8], identity: &dyn age::Identity) -> Option<(String, Secret32)> {
    let decryptor = age::Decryptor::new_buffered(file).ok()?;
    let reader = decryptor.decrypt(std::iter::once(identity)).ok()?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(PAYLOAD + 1));
    // One byte more than a payload shows a longer one without reading it all.
    reader.take(PAYLOAD as u64 + 1).read_to_end(&mut plaintext).ok()?;
    parse_payload(&plaintext)
}
