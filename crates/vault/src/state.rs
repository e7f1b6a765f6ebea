//! Sealing of state outside the book (drafts, sessions, command records, outbox): short-lived, under a state key.
//!
//! `0x01 | nonce 24 | XChaCha20-Poly1305(key, aad = tag("wardbook/state/v1") | lp(context), padded)`, padded to the
//! classes `256 · 2^k` up to 1 MiB. Keys come from [`crate::Vault::state_key`], one per class of state and epoch;
//! forgetting a key ends whatever it sealed, in backups too.

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::aead::{self, OVERHEAD};
use crate::encode::{Reader, put_lp, tag};
use crate::pad::Classes;
use crate::secret::{Secret32, random};

const VERSION: u8 = 0x01;

/// Why state is not sealed or does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Above the largest class.
    #[error("{0} bytes of state are above the largest class of 1 MiB")]
    TooLarge(usize),
    /// Not a version this release reads, or not shaped like sealed state.
    #[error("the sealed state is malformed")]
    Malformed,
    /// Another key, another context, or altered.
    #[error("the sealed state was not sealed under this key for this context, or was altered")]
    NotOpened,
}

fn context(aad: &[u8]) -> Vec<u8> {
    let mut out = tag("wardbook/state/v1");
    put_lp(&mut out, aad);
    out
}

/// Seals state under a key for a context (`aad`: table, row id, whatever it must not be moved from).
///
/// # Errors
/// [`StateError::TooLarge`].
pub fn seal_state<R: CryptoRng + ?Sized>(key: &Secret32, aad: &[u8], plaintext: &[u8], rng: &mut R) -> Result<Vec<u8>, StateError> {
    let nonce = random(rng);
    let start = Classes::STATE.start(plaintext.len(), OVERHEAD);
    let mut padded = start.ok_or(StateError::TooLarge(plaintext.len()))?;
    padded.extend_from_slice(plaintext);
    Classes::STATE.finish(&mut padded);
    aead::seal_in_place(key, &nonce, &context(aad), &mut padded);
    Ok([[VERSION].as_slice(), &nonce, &padded].concat())
}

/// Opens what [`seal_state`] made.
///
/// # Errors
/// [`StateError::Malformed`], [`StateError::NotOpened`].
pub fn open_state(key: &Secret32, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StateError> {
    let mut reader = Reader::new(sealed);
    if reader.u8() != Some(VERSION) {
        return Err(StateError::Malformed);
    }
    let nonce = reader.array().ok_or(StateError::Malformed)?;
    let padded = aead::open(key, &nonce, &context(aad), reader.rest()).ok_or(StateError::NotOpened)?;
    let content = Classes::STATE.unpad(&padded).ok_or(StateError::Malformed)?;
    Ok(Zeroizing::new(content.to_vec()))
}
