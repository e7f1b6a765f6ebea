//! Key material and its names. Everything secret here is zeroised on drop and says nothing in `Debug`.

use std::fmt;

use rand::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A 32-byte secret. `Debug` is redacted, equality is constant-time, memory is wiped on drop.
#[derive(Clone)]
pub struct Secret32(Zeroizing<[u8; 32]>);

impl Secret32 {
    /// Takes 32 secret bytes. The caller wipes whatever copy it still holds.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Draws a fresh secret.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut secret = Self(Zeroizing::new([0; 32]));
        rng.fill_bytes(secret.0.as_mut_slice());
        secret
    }

    /// Reads a secret out of a slice; `None` unless it is 32 bytes long.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self(Zeroizing::new([0; 32]));
        if bytes.len() != 32 {
            return None;
        }
        secret.0.copy_from_slice(bytes);
        Some(secret)
    }

    /// The bytes, for a cryptographic primitive to use in place; never store or print them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Secret32 {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Secret32 {}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(redacted)")
    }
}

/// The public name of a record key: 16 random bytes, shown in the clear in every envelope sealed under it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    pub(crate) fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(random(rng))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// The key of one record (one group of duties within a stream): destroy it, and what it sealed is gone.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordKey {
    id: KeyId,
    key: Secret32,
}

impl RecordKey {
    /// Draws a key and its id. Only [`crate::Vault::new_record_key`] makes keys that will be found again; this one is
    /// for its use, for vectors and for tests.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self { id: KeyId::generate(rng), key: Secret32::generate(rng) }
    }

    /// Puts together a key whose parts come from elsewhere (an unwrapped row, a test vector).
    pub fn from_parts(id: KeyId, key: Secret32) -> Self {
        Self { id, key }
    }

    /// The public name of this key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn secret(&self) -> &Secret32 {
        &self.key
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({}, redacted)", self.id)
    }
}

/// `N` random bytes for something public: an id, a nonce, a salt.
pub(crate) fn random<const N: usize, R: CryptoRng + ?Sized>(rng: &mut R) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
