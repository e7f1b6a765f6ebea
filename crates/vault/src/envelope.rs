//! Envelope v1: one sealed group, bound to its trust, stream and version, with a tag that commits to its key.
//!
//! `0x01 | key id 16 | nonce 24 | ciphertext (class + 16) | commitment tag 32`. The cipher alone does not commit to a
//! key: someone who holds two keys could make one ciphertext that opens under both, to different texts. The tag, a MAC
//! of the context under a key derived beside the encryption key, closes that, and tells a moved envelope from an
//! altered one.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::aead::{self, NONCE, OVERHEAD};
use crate::encode::{Reader, put_lp, tag};
use crate::group::OpenError;
use crate::pad::Classes;
use crate::secret::{KeyId, RecordKey, Secret32};

pub(crate) const VERSION: u8 = 0x01;
const KEY_ID: usize = 16;
const TAG: usize = 32;
/// What an envelope adds to its class.
pub(crate) const ENVELOPE_OVERHEAD: usize = 1 + KEY_ID + NONCE + OVERHEAD + TAG;

/// Where an event stands, and so the only place where its envelopes open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The trust.
    pub trust: [u8; 16],
    /// The stream within the trust.
    pub stream: [u8; 16],
    /// The event's version within the stream.
    pub version: u64,
}

impl Place {
    fn aad(&self, key: KeyId) -> Vec<u8> {
        let mut aad = Vec::with_capacity(77);
        put_lp(&mut aad, &[VERSION]);
        put_lp(&mut aad, &self.trust);
        put_lp(&mut aad, &self.stream);
        put_lp(&mut aad, &self.version.to_be_bytes());
        put_lp(&mut aad, &key.0);
        aad
    }
}

/// Encryption key and commitment key of one envelope.
fn derive(key: &Secret32, nonce: &[u8; NONCE]) -> (Secret32, Secret32) {
    let mut okm = Zeroizing::new([0_u8; 64]);
    Hkdf::<Sha256>::new(Some(nonce), key.expose())
        .expand(&tag("wardbook/envelope/v1"), okm.as_mut_slice())
        .expect("64 bytes are two blocks of the 255 that HKDF gives");
    let half = |range| Secret32::from_slice(&okm[range]).expect("half of 64 bytes");
    (half(0..32), half(32..64))
}

fn mac(commit_key: &Secret32, aad: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(commit_key.expose()).expect("HMAC takes a key of any length");
    mac.update(aad);
    mac
}

/// Seals a padded buffer (made with room for [`OVERHEAD`]) in place and wraps it up as an envelope.
pub(crate) fn seal(place: &Place, key: &RecordKey, nonce: [u8; NONCE], mut padded: Vec<u8>) -> Vec<u8> {
    assert!(Classes::GROUP.is_class(padded.len()), "padding comes first");
    let aad = place.aad(key.id());
    let (encryption, commitment) = derive(key.secret(), &nonce);
    let mut envelope = Vec::with_capacity(padded.len() + ENVELOPE_OVERHEAD);
    aead::seal_in_place(&encryption, &nonce, &aad, &mut padded);
    envelope.push(VERSION);
    envelope.extend_from_slice(&key.id().0);
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&padded);
    envelope.extend_from_slice(&mac(&commitment, &aad).finalize().into_bytes());
    envelope
}

struct Parts<'a> {
    key: KeyId,
    nonce: [u8; NONCE],
    ciphertext: &'a [u8],
    tag: &'a [u8],
}

fn parse(envelope: &[u8]) -> Result<Parts<'_>, OpenError> {
    let mut reader = Reader::new(envelope);
    let version = reader.u8().ok_or(OpenError::Malformed("empty"))?;
    if version != VERSION {
        return Err(OpenError::WrongVersion(version));
    }
    let class = envelope.len().checked_sub(ENVELOPE_OVERHEAD).filter(|class| Classes::GROUP.is_class(*class));
    let class = class.ok_or(OpenError::Malformed("no such size"))?;
    let parts = (|| {
        Some(Parts {
            key: KeyId(reader.array()?),
            nonce: reader.array()?,
            ciphertext: reader.take(class + OVERHEAD)?,
            tag: reader.take(TAG)?,
        })
    })();
    Ok(parts.expect("the size was checked"))
}

/// The id of the key that sealed an envelope, from its clear header.
///
/// # Errors
/// [`OpenError::WrongVersion`] and [`OpenError::Malformed`].
pub fn envelope_key_id(envelope: &[u8]) -> Result<KeyId, OpenError> {
    parse(envelope).map(|parts| parts.key)
}

/// Opens an envelope to its padded plaintext. Tag and cipher are both tried, so that the error can say which fails.
pub(crate) fn open(place: &Place, key: &RecordKey, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let parts = parse(envelope)?;
    if parts.key != key.id() {
        return Err(OpenError::KeyMismatch { sealed_under: parts.key, given: key.id() });
    }
    let aad = place.aad(key.id());
    let (encryption, commitment) = derive(key.secret(), &parts.nonce);
    let tag_holds = mac(&commitment, &aad).verify_slice(parts.tag).is_ok();
    let opened = aead::open(&encryption, &parts.nonce, &aad, parts.ciphertext);
    match (tag_holds, opened) {
        (true, Some(padded)) => Ok(padded),
        (true, None) | (false, Some(_)) => Err(OpenError::Altered),
        (false, None) => Err(OpenError::WrongPlace),
    }
}
