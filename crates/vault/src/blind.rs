//! Blind indexes and keyed digests: equality that only the holder of a key can test.
//!
//! Both are HMAC-SHA256 over the length-prefixed parts; a blind index is its first 16 bytes. Use a secret of its own
//! ([`crate::Vault::secret`]) for every audience and purpose: under one key, equal parts give equal values.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret32;

/// A blind index: equal under one key exactly when the parts are equal. For views only, never for an event or an id.
pub fn blind(key: &Secret32, parts: &[&[u8]]) -> [u8; 16] {
    let digest = keyed_digest(key, parts);
    *digest.first_chunk().expect("32 bytes hold 16")
}

/// HMAC-SHA256 over `lp(part)` of every part in order.
pub fn keyed_digest(key: &Secret32, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes a key of any length");
    for part in parts {
        let length = u32::try_from(part.len()).expect("nothing digested here reaches 4 GiB");
        mac.update(&length.to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
