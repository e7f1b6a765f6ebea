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
//! Blobs are at most [`BLOB_MAX`] and pass through a buffer of one chunk: `seal.rs` takes the content as it comes and seals the first
//! chunk, which begins with the length, last; `open.rs` hands it on as it opens. Whoever gives a content out opens the blob twice: once
//! to learn that all of it holds, once to give it out.
//!
//! To extend: another format is another version byte, and a branch on it in [`Header::parse`].

mod open;
mod seal;

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::aead::{self, NONCE, OVERHEAD};
use crate::commit::Commitment;
use crate::encode::{Reader, put_lp, tag};
use crate::group::OpenError;
use crate::pad::Eighths;
use crate::secret::{KeyId, RecordKey, Secret32};

pub use open::{BlobReadError, open_blob, open_blob_from};
pub use seal::{BlobSealer, SealedHead, seal_blob};

/// The largest content of a blob: 500 MiB.
pub const BLOB_MAX: usize = 500 << 20;
/// The largest blob as stored.
pub const BLOB_SEALED_MAX: usize = sealed_size(Eighths::BLOB.largest);
/// Bytes of the beginning of a blob, header and first chunk, where more follows; where none does it is shorter.
pub const BLOB_HEAD_MAX: usize = BLOB_HEADER + CHUNK + OVERHEAD;
/// The name under which a blob's content is committed to.
pub const BLOB_ITEM: &str = "content";

const VERSION: u8 = 0x01;
const PREFIX: usize = 19;
const TAG: usize = 32;
/// Bytes before the chunks of a blob.
pub const BLOB_HEADER: usize = 1 + 16 + PREFIX + TAG;
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
        let number = u32::try_from(number).expect("the largest blob has 8,192 chunks");
        let mut nonce = [0; NONCE];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..NONCE - 1].copy_from_slice(&number.to_be_bytes());
        nonce[NONCE - 1] = last.into();
        nonce
    }
}

const fn sealed_size(padded: usize) -> usize {
    BLOB_HEADER + padded + padded.div_ceil(CHUNK) * OVERHEAD
}

/// The padded size of a blob of this stored size; `None` when sealing makes no such size.
fn padded_size(stored: usize) -> Option<usize> {
    let chunks = stored.checked_sub(BLOB_HEADER)?;
    let padded = chunks.checked_sub(chunks.div_ceil(CHUNK + OVERHEAD) * OVERHEAD)?;
    (Eighths::BLOB.is_class(padded) && sealed_size(padded) == stored).then_some(padded)
}

/// The padded size for a content of this length; `None` above [`BLOB_MAX`].
pub(crate) fn class_for(content: usize) -> Option<usize> {
    if content > BLOB_MAX { None } else { Eighths::BLOB.class_for(LENGTH + content) }
}

/// What stands before the chunks, of a blob of a size that sealing makes.
struct Header {
    key: KeyId,
    prefix: [u8; PREFIX],
    tag: [u8; TAG],
    padded: usize,
}

impl Header {
    /// From the first bytes of a blob, [`BLOB_HEADER`] or more where there are so many, and its size as stored.
    fn parse(start: &[u8], stored: usize) -> Result<Self, OpenError> {
        let mut reader = Reader::new(start);
        let version = reader.u8().ok_or(OpenError::Malformed("empty"))?;
        if version != VERSION {
            return Err(OpenError::WrongVersion(version));
        }
        let size = padded_size(stored).ok_or(OpenError::Malformed("no such size"))?;
        let header = (|| Some(Self { key: KeyId(reader.array()?), prefix: reader.array()?, tag: reader.array()?, padded: size }))();
        header.ok_or(OpenError::Malformed("no such size"))
    }
}

/// The id of the key that sealed a blob, from its first [`BLOB_HEADER`] bytes and its size as stored. Whatever has one is shaped like a
/// blob.
///
/// # Errors
/// [`OpenError::WrongVersion`] and [`OpenError::Malformed`].
pub fn blob_key_id(start: &[u8], stored: usize) -> Result<KeyId, OpenError> {
    Header::parse(start, stored).map(|header| header.key)
}

/// The bytes before the chunks.
fn header(keys: &Keys, key: KeyId) -> Vec<u8> {
    [[VERSION].as_slice(), &key.0, &keys.prefix, &keys.mac().finalize().into_bytes()].concat()
}

/// Turns the plaintext of a chunk into what is stored of it, in place.
fn seal_chunk(keys: &Keys, (number, last): (usize, bool), chunk: &mut Vec<u8>) {
    let tag = aead::seal_slice(&keys.encryption, &keys.nonce(number, last), &keys.aad, chunk);
    chunk.extend_from_slice(&tag);
}

/// A blob whose plaintext padding would never make: for tests that want it refused, here and by the second reader.
#[cfg(test)]
pub(crate) fn seal_raw(place: &BlobPlace, key: &RecordKey, prefix: [u8; PREFIX], plaintext: &[u8]) -> Vec<u8> {
    let keys = Keys::derive(place, key, prefix);
    let mut bytes = header(&keys, key.id());
    let last = plaintext.len().div_ceil(CHUNK).saturating_sub(1);
    for (number, chunk) in plaintext.chunks(CHUNK).enumerate() {
        let mut chunk = chunk.to_vec();
        seal_chunk(&keys, (number, number == last), &mut chunk);
        bytes.extend(chunk);
    }
    bytes
}
