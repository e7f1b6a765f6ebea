//! A trust's key set: the outer key and one key per audience, each in an age file, all under one MAC.
//!
//! Anyone may write an age file to a public recipient. Without the MAC a database administrator could put a key of
//! their own into the set and read what is sealed from then on; only a holder of the service identity can make it.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use rand::seq::SliceRandom;
use sha2::{Digest, Sha256};

use super::{Recipients, VaultError};
use crate::agefile::{self, Recipient};
use crate::audience::Audience;
use crate::encode::{put_lp, tag};
use crate::identity::ServiceIdentity;
use crate::secret::{Secret32, random};
use crate::store::TrustRow;

const OUTER: &str = "outer";
const AUDIENCES: usize = Audience::ALL.len();

/// A stored key of the set: random id, age file.
pub(crate) type SealedKey = ([u8; 16], Vec<u8>);

/// The opened set.
pub(crate) struct KeySet {
    pub(crate) outer: Secret32,
    /// By [`Audience::index`].
    audiences: [([u8; 16], Secret32); AUDIENCES],
}

impl KeySet {
    /// Draws a set and seals it for both recipients, in random order.
    pub(crate) fn make<R: CryptoRng + ?Sized>(recipients: &Recipients, rng: &mut R) -> Vec<SealedKey> {
        let names = Audience::ALL.map(Audience::as_str).into_iter().chain([OUTER]);
        let mut set: Vec<SealedKey> = names
            .map(|name| {
                let key = Secret32::generate(rng);
                (random(rng), agefile::seal(name, &key, [&recipients.service, &recipients.recovery]))
            })
            .collect();
        set.shuffle(rng);
        set
    }

    /// Checks the MAC and opens the set.
    pub(crate) fn open(
        trust: &[u8; 16],
        row: &TrustRow,
        set: &[SealedKey],
        service: &ServiceIdentity,
    ) -> Result<(Self, Recipients), VaultError> {
        if row.service != service.recipient().to_string() {
            return Err(VaultError::OtherIdentity);
        }
        let recovery: Recipient = row.recovery.parse().map_err(|_| VaultError::KeySet)?;
        let recipients = Recipients { service: service.recipient(), recovery };
        let mac = set_mac(trust, &recipients, set, service);
        mac.verify_slice(&row.set_mac).map_err(|_| VaultError::KeySet)?;
        let mut outer = None;
        let mut audiences: [Option<([u8; 16], Secret32)>; AUDIENCES] = [const { None }; AUDIENCES];
        for (id, sealed) in set {
            let (name, key) = agefile::open(sealed, service.as_age()).ok_or(VaultError::KeySet)?;
            let before = match Audience::from_name(&name) {
                Some(audience) => audiences[audience.index()].replace((*id, key)).is_some(),
                None if name == OUTER => outer.replace(key).is_some(),
                None => true,
            };
            if before {
                return Err(VaultError::KeySet);
            }
        }
        let outer = outer.ok_or(VaultError::KeySet)?;
        let audiences: Option<Vec<_>> = audiences.into_iter().collect();
        let audiences = audiences.and_then(|all| all.try_into().ok()).ok_or(VaultError::KeySet)?;
        Ok((Self { outer, audiences }, recipients))
    }

    pub(crate) fn audience(&self, audience: Audience) -> (&[u8; 16], &Secret32) {
        let (id, key) = &self.audiences[audience.index()];
        (id, key)
    }

    /// Which audience an audience-key id belongs to.
    pub(crate) fn find(&self, id: &[u8; 16]) -> Option<Audience> {
        Audience::ALL.into_iter().find(|audience| self.audience(*audience).0 == id)
    }
}

/// `HMAC-SHA256(HKDF(service secret, info = tag("wardbook/key-set/v1")), lp(trust) | lp(service) | lp(recovery) |
/// for each key by id: lp(id) | lp(SHA-256(file)))`.
pub(crate) fn set_mac(trust: &[u8; 16], recipients: &Recipients, set: &[SealedKey], service: &ServiceIdentity) -> Hmac<Sha256> {
    let mut key = zeroize::Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(None, service.secret().expose())
        .expand(&tag("wardbook/key-set/v1"), key.as_mut_slice())
        .expect("32 bytes are one block of the 255 that HKDF gives");
    let mut message = Vec::new();
    put_lp(&mut message, trust);
    put_lp(&mut message, recipients.service.to_string().as_bytes());
    put_lp(&mut message, recipients.recovery.to_string().as_bytes());
    let mut by_id: Vec<&SealedKey> = set.iter().collect();
    by_id.sort_unstable();
    for (id, file) in by_id {
        put_lp(&mut message, id);
        put_lp(&mut message, &Sha256::digest(file));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length");
    mac.update(&message);
    mac
}
