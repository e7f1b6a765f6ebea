//! Blob v1: an attachment, sealed in chunks of 64 KiB, bound to its trust and id, with a tag that commits to its key.
//!
//! `0x01 | key id 16 | nonce prefix 19 | commitment tag 32 | chunks`, each chunk its ciphertext and 16 bytes of cipher's tag.
//!
//! The chunks are the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015): the nonce of a chunk is
//! `prefix | u32 number | u8 last`, so a chunk that is left out, repeated, exchanged or added does not open, and neither does
//! a stream that ends early. Both keys are derived from the record key and the prefix, which is drawn anew for every blob: no
//! key seals two blobs, and the record key itself seals nothing here.
//!
//! What is sealed is `u64 length | content | zeros` up to a class of [`Eighths::BLOB`], so that the size tells only the class.
//! Blobs are at most [`BLOB_MAX`], so they are sealed and opened in memory, and nothing is given out before all of it has held.
//!
//! To extend: another format is another version byte, and a branch on it in [`parse`].

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::aead::{self, NONCE, OVERHEAD};
use crate::commit::{Commitment, commit_item};
use crate::encode::{Reader, put_lp, tag};
use crate::group::{OpenError, SealError};
use crate::pad::Eighths;
use crate::secret::{KeyId, RecordKey, Secret32, random};

/// The largest content of a blob: 25 MiB.
pub const BLOB_MAX: usize = 25 << 20;
/// The largest blob as stored.
pub const BLOB_SEALED_MAX: usize = sealed_size(Eighths::BLOB.largest);
/// The name under which a blob's content is committed to.
pub const BLOB_ITEM: &str = "content";

const VERSION: u8 = 0x01;
const PREFIX: usize = 19;
const TAG: usize = 32;
/// What stands before the chunks.
pub(crate) const HEADER: usize = 1 + 16 + PREFIX + TAG;
/// Plaintext of every chunk but the last, which may be shorter and is never empty.
pub(crate) const CHUNK: usize = 64 << 10;
/// Length prefix inside the padding.
const LENGTH: usize = 8;

/// Whose blob it is, and so the only place where it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobPlace {
    /// The trust.
    pub trust: [u8; 16],
    /// The blob's id within the trust.
    pub blob: [u8; 16],
}

impl BlobPlace {
    fn aad(&self, key: KeyId) -> Vec<u8> {
        let mut aad = Vec::with_capacity(65);
        put_lp(&mut aad, &[VERSION]);
        put_lp(&mut aad, &self.trust);
        put_lp(&mut aad, &self.blob);
        put_lp(&mut aad, &key.0);
        aad
    }
}

/// A sealed attachment, and what the event that names it has to seal. `Debug` shows the padded size only.
#[derive(Clone)]
pub struct SealedBlob {
    /// The blob as stored.
    pub bytes: Vec<u8>,
    /// The padded size: what anyone who sees the stored size can tell.
    pub padded: u64,
    /// Commitment to the content, as [`commit_item`] makes it for an item named [`BLOB_ITEM`].
    pub commitment: Commitment,
    /// Its salt. Seal it in the naming event: it proves the content, and without it the commitment tells nothing.
    pub salt: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for SealedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedBlob({} bytes padded, redacted)", self.padded)
    }
}

/// Encryption key and commitment key of one blob, and the context of all its chunks.
struct Keys {
    encryption: Secret32,
    commitment: Secret32,
    aad: Vec<u8>,
    prefix: [u8; PREFIX],
}

impl Keys {
    fn derive(place: &BlobPlace, key: &RecordKey, prefix: [u8; PREFIX]) -> Self {
        let mut okm = Zeroizing::new([0_u8; 64]);
        Hkdf::<Sha256>::new(Some(&prefix), key.secret().expose())
            .expand(&tag("wardbook/blob/v1"), okm.as_mut_slice())
            .expect("64 bytes are two blocks of the 255 that HKDF gives");
        let half = |range| Secret32::from_slice(&okm[range]).expect("half of 64 bytes");
        Self { encryption: half(0..32), commitment: half(32..64), aad: place.aad(key.id()), prefix }
    }

    fn mac(&self) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.commitment.expose()).expect("HMAC takes a key of any length");
        mac.update(&self.aad);
        mac
    }

    fn nonce(&self, number: usize, last: bool) -> [u8; NONCE] {
        let number = u32::try_from(number).expect("the largest blob has 416 chunks");
        let mut nonce = [0; NONCE];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..NONCE - 1].copy_from_slice(&number.to_be_bytes());
        nonce[NONCE - 1] = last.into();
        nonce
    }
}

const fn sealed_size(padded: usize) -> usize {
    HEADER + padded + padded.div_ceil(CHUNK) * OVERHEAD
}

/// The padded size of a blob of this stored size; `None` when sealing makes no such size.
fn padded_size(stored: usize) -> Option<usize> {
    let chunks = stored.checked_sub(HEADER)?;
    let padded = chunks.checked_sub(chunks.div_ceil(CHUNK + OVERHEAD) * OVERHEAD)?;
    (Eighths::BLOB.is_class(padded) && sealed_size(padded) == stored).then_some(padded)
}

/// The padded size for a content of this length; `None` above [`BLOB_MAX`].
pub(crate) fn class_for(content: usize) -> Option<usize> {
    if content > BLOB_MAX { None } else { Eighths::BLOB.class_for(LENGTH + content) }
}

/// Seals an attachment under its own stream's record key.
///
/// # Errors
/// [`SealError::BlobTooLarge`].
pub fn seal_blob<R: CryptoRng + ?Sized>(place: &BlobPlace, key: &RecordKey, content: &[u8], rng: &mut R) -> Result<SealedBlob, SealError> {
    let padded = class_for(content.len()).ok_or(SealError::BlobTooLarge(content.len()))?;
    let keys = Keys::derive(place, key, random(rng));
    let salt = Zeroizing::new(random(rng));
    let bytes = seal(&keys, key.id(), [&(content.len() as u64).to_be_bytes(), content], padded);
    let commitment = commit_item(&salt, BLOB_ITEM, content);
    Ok(SealedBlob { bytes, padded: padded as u64, commitment, salt })
}

/// Seals two parts, one after the other, with zeros up to `padded` bytes. The buffer is sized once and every chunk is encrypted
/// where it stands, so that no copy of the plaintext is left behind.
fn seal(keys: &Keys, key: KeyId, [mut head, mut body]: [&[u8]; 2], padded: usize) -> Vec<u8> {
    assert!(head.len() + body.len() <= padded, "the class was chosen to hold both");
    let mut bytes = Vec::with_capacity(sealed_size(padded));
    bytes.push(VERSION);
    bytes.extend_from_slice(&key.0);
    bytes.extend_from_slice(&keys.prefix);
    bytes.extend_from_slice(&keys.mac().finalize().into_bytes());
    let mut left = padded;
    for number in 0..padded.div_ceil(CHUNK) {
        let (start, size) = (bytes.len(), left.min(CHUNK));
        bytes.extend_from_slice(take(&mut head, size));
        bytes.extend_from_slice(take(&mut body, start + size - bytes.len()));
        bytes.resize(start + size, 0);
        left -= size;
        let tag = aead::seal_slice(&keys.encryption, &keys.nonce(number, left == 0), &keys.aad, &mut bytes[start..]);
        bytes.extend_from_slice(&tag);
    }
    bytes
}

/// Up to `most` bytes off the front.
fn take<'a>(from: &mut &'a [u8], most: usize) -> &'a [u8] {
    let (head, rest) = from.split_at(most.min(from.len()));
    *from = rest;
    head
}

struct Parts<'a> {
    key: KeyId,
    prefix: [u8; PREFIX],
    tag: &'a [u8],
    chunks: &'a [u8],
    padded: usize,
}

fn parse(blob: &[u8]) -> Result<Parts<'_>, OpenError> {
    let mut reader = Reader::new(blob);
    let version = reader.u8().ok_or(OpenError::Malformed("empty"))?;
    if version != VERSION {
        return Err(OpenError::WrongVersion(version));
    }
    let padded = padded_size(blob.len()).ok_or(OpenError::Malformed("no such size"))?;
    let parts =
        (|| Some(Parts { key: KeyId(reader.array()?), prefix: reader.array()?, tag: reader.take(TAG)?, chunks: reader.rest(), padded }))();
    Ok(parts.expect("the size was checked"))
}

/// The id of the key that sealed a blob, from its clear header. Whatever has one is shaped like a blob.
///
/// # Errors
/// [`OpenError::WrongVersion`] and [`OpenError::Malformed`].
pub fn blob_key_id(blob: &[u8]) -> Result<KeyId, OpenError> {
    parse(blob).map(|parts| parts.key)
}

/// Opens a blob to its content: all of it, or nothing. Check it against the commitment in the naming event, where that is at
/// hand: [`commit_item`] with [`BLOB_ITEM`].
///
/// # Errors
/// [`OpenError`], with the same meanings as for an envelope.
pub fn open_blob(place: &BlobPlace, key: &RecordKey, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let parts = parse(blob)?;
    if parts.key != key.id() {
        return Err(OpenError::KeyMismatch { sealed_under: parts.key, given: key.id() });
    }
    let keys = Keys::derive(place, key, parts.prefix);
    let tag_holds = keys.mac().verify_slice(parts.tag).is_ok();
    let mut padded = Zeroizing::new(Vec::with_capacity(parts.padded));
    let last = parts.padded.div_ceil(CHUNK) - 1;
    for (number, chunk) in parts.chunks.chunks(CHUNK + OVERHEAD).enumerate() {
        let opened = open_chunk(&keys, &mut padded, (number, number == last), chunk);
        match (tag_holds, opened) {
            (true, true) => {}
            (false, false) if number == 0 => return Err(OpenError::WrongPlace),
            _ => return Err(OpenError::Altered),
        }
    }
    unpad(&mut padded).ok_or(OpenError::Malformed("padding"))?;
    Ok(padded)
}

/// Appends the plaintext of a chunk; whether it opened.
fn open_chunk(keys: &Keys, padded: &mut Vec<u8>, (number, last): (usize, bool), chunk: &[u8]) -> bool {
    let (text, tag) = chunk.split_last_chunk::<OVERHEAD>().expect("the size was checked: no chunk is empty");
    let start = padded.len();
    padded.extend_from_slice(text);
    aead::open_slice(&keys.encryption, &keys.nonce(number, last), &keys.aad, &mut padded[start..], tag)
}

/// Leaves the content alone in its buffer; `None` unless size, length and zeros are exactly what padding would make.
fn unpad(padded: &mut Vec<u8>) -> Option<()> {
    let mut reader = Reader::new(padded);
    let length = usize::try_from(reader.u64()?).ok()?;
    let class = class_for(length)?;
    reader.take(length)?;
    let zeros = reader.rest().iter().fold(0, |sum, byte| sum | byte) == 0;
    if class != padded.len() || !zeros {
        return None;
    }
    padded.copy_within(LENGTH..LENGTH + length, 0);
    padded.truncate(length);
    Some(())
}

/// A blob whose plaintext padding would never make: for tests that want it refused, here and by the second reader.
#[cfg(test)]
pub(crate) fn seal_raw(place: &BlobPlace, key: &RecordKey, prefix: [u8; PREFIX], plaintext: &[u8]) -> Vec<u8> {
    seal(&Keys::derive(place, key, prefix), key.id(), [plaintext, &[]], plaintext.len())
}
