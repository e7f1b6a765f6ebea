//! XChaCha20-Poly1305, the one cipher of every format, with buffers that are wiped.

use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::secret::Secret32;

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 24;
/// Bytes that sealing adds.
pub(crate) const OVERHEAD: usize = 16;

fn cipher(key: &Secret32) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

/// Turns the plaintext in `buffer` into ciphertext and tag, in place. The buffer should have [`OVERHEAD`] bytes of room.
pub(crate) fn seal_in_place(key: &Secret32, nonce: &[u8; NONCE], aad: &[u8], buffer: &mut Vec<u8>) {
    cipher(key).encrypt_in_place(&XNonce::from(*nonce), aad, buffer).expect("a Vec grows, and the length is far below the cipher's limit");
}

/// Seals a copy of `plaintext`.
pub(crate) fn seal(key: &Secret32, nonce: &[u8; NONCE], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    cipher(key).encrypt(&XNonce::from(*nonce), Payload { msg: plaintext, aad }).expect("the length is far below the cipher's limit")
}

/// Opens; `None` when the key, nonce, context or any bit is not what was sealed.
pub(crate) fn open(key: &Secret32, nonce: &[u8; NONCE], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).ok().map(Zeroizing::new)
}

/// Turns a slice of a larger buffer into ciphertext, in place; gives the tag.
pub(crate) fn seal_slice(key: &Secret32, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8]) -> [u8; OVERHEAD] {
    let sealed = cipher(key).encrypt_inout_detached(&XNonce::from(*nonce), aad, text.into());
    sealed.expect("the length is far below the cipher's limit").into()
}

/// Turns a slice of ciphertext into plaintext, in place; `false`, and nothing is turned, when the tag does not hold.
pub(crate) fn open_slice(key: &Secret32, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8], tag: &[u8; OVERHEAD]) -> bool {
    cipher(key).decrypt_inout_detached(&XNonce::from(*nonce), aad, text.into(), &Tag::from(*tag)).is_ok()
}
