//! What the tree commits to for each event. **Format for ever**: a change is a new leaf version beside this one.
//!
//! Leaf v1, all integers big-endian:
//!
//! ```text
//! u8 16 | "wardbook/leaf/v1"
//! u32 16 | trust id
//! u32 16 | stream id
//! u64 version            the first event of a stream has version 1
//! i64 recorded_at        microseconds since 1970-01-01T00:00:00Z
//! u8 n                   number of envelopes, 1 to 8, in stored order
//! n × ( key id 16 | SHA-256(envelope as stored) 32 )
//! item_root 32
//! ```
//!
//! leaf hash = SHA-256(0x00 | leaf v1). The position is the leaf's index in the tree, so it needs no field.

use sha2::{Digest as _, Sha256};

use crate::bytes::{put_prefixed, put_tag};
use crate::{SealedEvent, StreamId, TrustId};

/// The bytes of leaf v1 for one event.
pub fn leaf_bytes(trust: TrustId, stream: StreamId, version: u64, recorded_at: i64, event: &SealedEvent) -> Vec<u8> {
    let mut out = Vec::with_capacity(110 + 48 * event.envelopes().len());
    put_tag(&mut out, "wardbook/leaf/v1");
    put_prefixed(&mut out, trust.as_bytes());
    put_prefixed(&mut out, stream.as_bytes());
    out.extend_from_slice(&version.to_be_bytes());
    out.extend_from_slice(&recorded_at.to_be_bytes());
    out.push(u8::try_from(event.envelopes().len()).expect("at most ENVELOPES_MAX"));
    for envelope in event.envelopes() {
        out.extend_from_slice(&envelope.key_id());
        out.extend_from_slice(&Sha256::digest(envelope.as_bytes()));
    }
    out.extend_from_slice(event.item_root());
    out
}

/// SHA-256(0x00 | leaf): the RFC 6962 leaf hash of leaf bytes.
pub fn leaf_hash(leaf: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{leaf_bytes, leaf_hash};
    use crate::{Envelope, SealedEvent, StreamId, TrustId};

    /// Written out once by hand from the description above: the format must never move.
    #[test]
    fn leaf_v1_is_frozen() {
        let mut bytes = vec![0x22; 601];
        bytes[0] = 1;
        let event = SealedEvent::new(vec![Envelope::parse(bytes.clone()).unwrap()], [0x33; 32]).unwrap();
        let trust = TrustId::from_bytes([0x44; 16]);
        let stream = StreamId::from_bytes([0x55; 16]);
        let mut expected = b"\x10wardbook/leaf/v1".to_vec();
        expected.extend([0, 0, 0, 16]);
        expected.extend([0x44; 16]);
        expected.extend([0, 0, 0, 16]);
        expected.extend([0x55; 16]);
        expected.extend([0, 0, 0, 0, 0, 0, 0, 7]);
        expected.extend([0, 0, 0, 0, 0, 0, 1, 2]);
        expected.push(1);
        expected.extend([0x22; 16]);
        expected.extend(<[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(&bytes)));
        expected.extend([0x33; 32]);
        let leaf = leaf_bytes(trust, stream, 7, 258, &event);
        assert_eq!(leaf, expected);
        assert_eq!(hex::encode(leaf_hash(&leaf)), "4d3369fb428bd3583c5305afe9c4f1bacb5cfd3066d27d404e5abcad60961ba5");
    }
}
