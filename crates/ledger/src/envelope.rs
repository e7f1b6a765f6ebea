//! Sealed bytes: the only content the book accepts.
//!
//! The form is checked here, the secret is not: opening is the vault's. A new envelope version is a new arm in
//! [`Envelope::parse`], never a change of this one: the stored bytes are in the leaf hash.

use std::collections::BTreeSet;
use std::fmt;

use crate::bytes::{Reader, put_prefixed};

const VERSION: u8 = 1;
const KEY_ID: std::ops::Range<usize> = 1..17;
/// Version byte, key id, nonce, authentication tag of the cipher, key-commitment tag.
const OVERHEAD: usize = 1 + 16 + 24 + 16 + 32;
/// Size classes of the padded plaintext: 512 · 2^k bytes for k in 0..=11, so 512 bytes to 1 MiB.
const CLASS_MIN: usize = 512;
const CLASS_MAX: usize = 512 << 11;

/// The most envelopes (groups of fields) one event may hold.
pub const ENVELOPES_MAX: usize = 8;

/// One sealed group of fields, as stored: version byte 1, key id (16), nonce (24), ciphertext (size class + 16),
/// key-commitment tag (32).
///
/// [`Envelope::parse`] is the only way to make one, so a sentence or a serialised struct cannot pass for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope(Vec<u8>);

/// The bytes do not have the form of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEnvelope {
    /// The first byte is not a version this release knows.
    #[error("unknown envelope version")]
    Version,
    /// The length fits no size class: cut short, padded wrongly, or not sealed at all.
    #[error("the length of {length} bytes fits no size class")]
    Length {
        /// Bytes given.
        length: usize,
    },
}

impl Envelope {
    /// Takes bytes that have the form of an envelope of 512 B to 1 MiB of padded content.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, NotAnEnvelope> {
        let length = bytes.len();
        let class = length.wrapping_sub(OVERHEAD);
        if !(CLASS_MIN..=CLASS_MAX).contains(&class) || !class.is_power_of_two() {
            return Err(NotAnEnvelope::Length { length });
        }
        if bytes[0] != VERSION {
            return Err(NotAnEnvelope::Version);
        }
        Ok(Self(bytes))
    }

    /// The id of the record key it is sealed under.
    pub fn key_id(&self) -> [u8; 16] {
        self.0[KEY_ID].try_into().expect("parse left at least 601 bytes")
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Key id and length; ciphertext in a log helps nobody.
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key_id = hex::encode(self.key_id());
        write!(f, "Envelope({key_id}, {} bytes)", self.0.len())
    }
}

/// One event ready to be appended: its sealed groups and the one root over its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEvent {
    envelopes: Vec<Envelope>,
    item_root: [u8; 32],
}

/// The envelopes do not make an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// None, or more than [`ENVELOPES_MAX`].
    #[error("an event has 1 to {ENVELOPES_MAX} envelopes, not {0}")]
    Count(usize),
    /// Two groups under one key are one group.
    #[error("two envelopes of an event have one key id")]
    SameKey,
}

impl SealedEvent {
    /// An event of 1 to [`ENVELOPES_MAX`] envelopes with distinct key ids; `item_root` commits to its items.
    pub fn new(envelopes: Vec<Envelope>, item_root: [u8; 32]) -> Result<Self, NotAnEvent> {
        if !(1..=ENVELOPES_MAX).contains(&envelopes.len()) {
            return Err(NotAnEvent::Count(envelopes.len()));
        }
        let keys: BTreeSet<[u8; 16]> = envelopes.iter().map(Envelope::key_id).collect();
        if keys.len() != envelopes.len() {
            return Err(NotAnEvent::SameKey);
        }
        Ok(Self { envelopes, item_root })
    }

    /// Its sealed groups, in stored order.
    pub fn envelopes(&self) -> &[Envelope] {
        &self.envelopes
    }

    /// The root over its items.
    pub fn item_root(&self) -> &[u8; 32] {
        &self.item_root
    }

    /// Bytes of its envelopes together.
    pub fn sealed_len(&self) -> usize {
        self.envelopes.iter().map(|one| one.0.len()).sum()
    }

    /// The `sealed` column: u8 n | n × (u32 length | envelope).
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + self.sealed_len() + 4 * self.envelopes.len());
        out.push(u8::try_from(self.envelopes.len()).expect("at most ENVELOPES_MAX"));
        for envelope in &self.envelopes {
            put_prefixed(&mut out, &envelope.0);
        }
        out
    }

    /// Reads the `sealed` column back; `None` when it was not written by [`SealedEvent::encode`].
    pub(crate) fn decode(sealed: &[u8], item_root: [u8; 32]) -> Option<Self> {
        let mut reader = Reader::new(sealed);
        let count = reader.u8()?;
        let envelopes = (0..count).map(|_| Envelope::parse(reader.prefixed()?.to_vec()).ok()).collect::<Option<Vec<_>>>()?;
        reader.end()?;
        Self::new(envelopes, item_root).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Envelope, NotAnEnvelope, NotAnEvent, SealedEvent};

    fn envelope(key: u8, class: usize) -> Envelope {
        let mut bytes = vec![key; 89 + class];
        bytes[0] = 1;
        Envelope::parse(bytes).unwrap()
    }

    #[test]
    fn every_size_class_and_no_other_length_is_an_envelope() {
        for k in 0..=11 {
            assert_eq!(envelope(7, 512 << k).as_bytes().len(), 89 + (512_usize << k));
        }
        for length in [0, 1, 88, 89, 600, 602, 89 + 1536, 89 + (512 << 12)] {
            let refused = Envelope::parse(vec![1; length]);
            assert_eq!(refused, Err(NotAnEnvelope::Length { length }));
        }
        assert_eq!(Envelope::parse(vec![2; 601]), Err(NotAnEnvelope::Version), "a later version");
    }

    #[test]
    fn an_event_reads_back_and_has_distinct_keys() {
        let event = SealedEvent::new(vec![envelope(1, 512), envelope(2, 1024)], [9; 32]).unwrap();
        let stored = event.encode();
        assert_eq!(SealedEvent::decode(&stored, [9; 32]), Some(event));
        assert_eq!(SealedEvent::decode(&stored[..stored.len() - 1], [9; 32]), None);
        assert_eq!(SealedEvent::decode(&[&stored[..], &[0]].concat(), [9; 32]), None);
        let twice = SealedEvent::new(vec![envelope(1, 512), envelope(1, 512)], [9; 32]);
        assert_eq!(twice, Err(NotAnEvent::SameKey));
        assert_eq!(SealedEvent::new(Vec::new(), [9; 32]), Err(NotAnEvent::Count(0)));
    }
}
