//! Sealing a content as it comes, through a buffer of two chunks.
//!
//! The first chunk begins with the length, which is known at the end: it is kept back, sealed last, and handed over with the header, to
//! be stored before the rest.

use std::fmt;
use std::io::{self, Write};

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{BLOB_ITEM, BLOB_MAX, BlobPlace, CHUNK, Keys, LENGTH, SealedBlob, class_for, header, seal_chunk, sealed_size};
use crate::aead::OVERHEAD;
use crate::commit::{Commitment, ItemCommitment};
use crate::group::SealError;
use crate::secret::{KeyId, RecordKey, random};

/// A content that is being sealed. `Debug` shows nothing of it.
pub struct BlobSealer {
    keys: Keys,
    key: KeyId,
    salt: Zeroizing<[u8; 32]>,
    commitment: ItemCommitment,
    length: usize,
    /// The first chunk in the clear, once it is full and another follows.
    first: Option<Zeroizing<Vec<u8>>>,
    /// The chunk that is being filled, and its number.
    chunk: Zeroizing<Vec<u8>>,
    number: usize,
}

impl fmt::Debug for BlobSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlobSealer(redacted)")
    }
}

/// Header and first chunk, which are stored before what was written out, and what the event that names the blob has to seal.
/// `Debug` shows sizes only.
#[derive(Clone)]
pub struct SealedHead {
    /// The first bytes of the blob.
    pub bytes: Vec<u8>,
    /// The whole blob's size as stored.
    pub stored: u64,
    /// The padded size: what anyone who sees the stored size can tell.
    pub padded: u64,
    /// Commitment to the content, as [`crate::commit::commit_item`] makes it for an item named [`BLOB_ITEM`].
    pub commitment: Commitment,
    /// Its salt. Seal it in the naming event: it proves the content, and without it the commitment tells nothing.
    pub salt: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for SealedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedHead({} bytes padded, redacted)", self.padded)
    }
}

/// Room for a chunk and its tag, so that filling and sealing never move it and leave a copy of the plaintext behind.
fn room() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(CHUNK + OVERHEAD))
}

impl BlobSealer {
    /// Begins a blob under its own stream's record key.
    pub fn new<R: CryptoRng + ?Sized>(place: &BlobPlace, key: &RecordKey, rng: &mut R) -> Self {
        let keys = Keys::derive(place, key, random(rng));
        let salt = Zeroizing::new(random(rng));
        let commitment = ItemCommitment::new(&salt, BLOB_ITEM);
        let mut chunk = room();
        chunk.resize(LENGTH, 0);
        Self { keys, key: key.id(), salt, commitment, length: 0, first: None, chunk, number: 0 }
    }

    /// Takes more of the content in; writes out what can be sealed by now.
    ///
    /// # Errors
    /// What writing gives; [`SealError::BlobTooLarge`] inside one of kind [`io::ErrorKind::FileTooLarge`].
    pub fn push(&mut self, content: &[u8], out: &mut impl Write) -> io::Result<()> {
        self.length += content.len();
        if self.length > BLOB_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, SealError::BlobTooLarge(self.length)));
        }
        self.commitment.update(content);
        self.fill(content, out)
    }

    fn fill(&mut self, mut bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.chunk.len() == CHUNK {
                self.turn(out)?;
            }
            let (now, rest) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            bytes = rest;
        }
        Ok(())
    }

    /// Ends a full chunk that is not the last.
    fn turn(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.number == 0 {
            self.first = Some(std::mem::replace(&mut self.chunk, room()));
        } else {
            seal_chunk(&self.keys, (self.number, false), &mut self.chunk);
            out.write_all(&self.chunk)?;
            self.chunk.clear();
        }
        self.number += 1;
        Ok(())
    }

    /// Ends the content: writes out the rest of the blob, up to its class, and gives its beginning.
    ///
    /// # Errors
    /// What writing gives.
    pub fn finish(mut self, out: &mut impl Write) -> io::Result<SealedHead> {
        let padded = class_for(self.length).expect("the length was checked as it grew");
        let mut left = padded - LENGTH - self.length;
        while left > 0 {
            let zeros = [0; 4096];
            let now = left.min(zeros.len());
            self.fill(&zeros[..now], out)?;
            left -= now;
        }
        let mut bytes = header(&self.keys, self.key);
        let length = (self.length as u64).to_be_bytes();
        let mut first = match self.first.take() {
            Some(first) => {
                seal_chunk(&self.keys, (self.number, true), &mut self.chunk);
                out.write_all(&self.chunk)?;
                first
            }
            None => std::mem::take(&mut self.chunk),
        };
        first[..LENGTH].copy_from_slice(&length);
        seal_chunk(&self.keys, (0, self.number == 0), &mut first);
        bytes.extend_from_slice(&first);
        let commitment = self.commitment.finish();
        Ok(SealedHead { bytes, stored: sealed_size(padded) as u64, padded: padded as u64, commitment, salt: self.salt })
    }
}

/// Seals a whole content in memory, under its own stream's record key.
///
/// # Errors
/// [`SealError::BlobTooLarge`].
pub fn seal_blob<R: CryptoRng + ?Sized>(place: &BlobPlace, key: &RecordKey, content: &[u8], rng: &mut R) -> Result<SealedBlob, SealError> {
    if content.len() > BLOB_MAX {
        return Err(SealError::BlobTooLarge(content.len()));
    }
    let mut sealer = BlobSealer::new(place, key, rng);
    let mut rest = Vec::new();
    let head = sealer.push(content, &mut rest).and_then(|()| sealer.finish(&mut rest));
    let SealedHead { bytes, padded, commitment, salt, .. } = head.expect("a Vec takes every write, and the size was checked");
    Ok(SealedBlob { bytes: [bytes, rest].concat(), padded, commitment, salt })
}
