//! Wrapped record keys: sealed under the audience's key, then under the trust's outer key, which hides the audience.
//!
//! All wrapped keys are 129 bytes and show nothing; without the outer key not even which of them share an audience.

use rand::CryptoRng;

use crate::aead::{self, NONCE};
use crate::encode::{Reader, tag};
use crate::secret::{KeyId, RecordKey, Secret32, random};

const VERSION: u8 = 0x01;

fn outer_aad(trust: &[u8; 16], key: KeyId) -> Vec<u8> {
    [tag("wardbook/wrap/outer/v1").as_slice(), trust, &key.0].concat()
}

fn inner_aad(trust: &[u8; 16], audience_key: &[u8; 16], key: KeyId) -> Vec<u8> {
    [tag("wardbook/wrap/inner/v1").as_slice(), trust, audience_key, &key.0].concat()
}

/// Wraps a record key for an audience.
pub(crate) fn wrap<R: CryptoRng + ?Sized>(
    trust: &[u8; 16],
    outer: &Secret32,
    audience: (&[u8; 16], &Secret32),
    key: &RecordKey,
    rng: &mut R,
) -> Vec<u8> {
    let (audience_id, audience_key) = audience;
    let inner_nonce: [u8; NONCE] = random(rng);
    let aad = inner_aad(trust, audience_id, key.id());
    let inner = aead::seal(audience_key, &inner_nonce, &aad, key.secret().expose());
    let plaintext = [audience_id.as_slice(), &inner_nonce, &inner].concat();
    let outer_nonce: [u8; NONCE] = random(rng);
    let sealed = aead::seal(outer, &outer_nonce, &outer_aad(trust, key.id()), &plaintext);
    [[VERSION].as_slice(), &outer_nonce, &sealed].concat()
}

/// A record key with its outer wrap off: the audience is known, the key not yet.
pub(crate) struct Inner {
    pub(crate) audience_key: [u8; 16],
    nonce: [u8; NONCE],
    sealed: Vec<u8>,
}

/// Takes the outer wrap off; `None` when the row is not what was stored for this trust and key id.
pub(crate) fn open_outer(trust: &[u8; 16], outer: &Secret32, key: KeyId, wrapped: &[u8]) -> Option<Inner> {
    let mut reader = Reader::new(wrapped);
    if reader.u8()? != VERSION {
        return None;
    }
    let nonce = reader.array()?;
    let plaintext = aead::open(outer, &nonce, &outer_aad(trust, key), reader.rest())?;
    let mut reader = Reader::new(&plaintext);
    Some(Inner { audience_key: reader.array()?, nonce: reader.array()?, sealed: reader.rest().to_vec() })
}

impl Inner {
    /// Takes the inner wrap off with the key of that audience.
    pub(crate) fn open(&self, trust: &[u8; 16], audience_key: &Secret32, key: KeyId) -> Option<RecordKey> {
        let aad = inner_aad(trust, &self.audience_key, key);
        let secret = aead::open(audience_key, &self.nonce, &aad, &self.sealed)?;
        Some(RecordKey::from_parts(key, Secret32::from_slice(&secret)?))
    }
}
