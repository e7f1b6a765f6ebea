//! Named 32-byte secrets (blind index keys, MAC keys, state keys), made once per trust under the settings audience.
//!
//! `id = HMAC-SHA256(HKDF(settings key, salt = trust, info = tag("wardbook/secret-id/v1")), lp(name))`, first 16
//! bytes; `sealed = 0x01 | nonce 24 | XChaCha20-Poly1305(settings key, aad = tag("wardbook/secret/v1") | trust | id,
//! u8 length, name, zeros to 64 | secret 32)`. Neither id nor size tells the name.

use hkdf::Hkdf;
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{KeyError, Vault, lock};
use crate::aead::{self, NONCE};
use crate::audience::Audience;
use crate::blind::blind;
use crate::encode::{Reader, tag};
use crate::secret::{Secret32, random};

const VERSION: u8 = 0x01;
const NAME: usize = 64;
const STATE: &str = "state/";

impl Vault {
    /// The secret of that name, made at the first asking; two who ask at once get the same one.
    ///
    /// # Errors
    /// [`KeyError::Name`] (also for a state key's name), [`KeyError::Unwrap`], [`KeyError::Store`].
    pub async fn secret(&self, name: &str) -> Result<Secret32, KeyError> {
        if name.starts_with(STATE) {
            return Err(KeyError::Name);
        }
        self.named(name).await
    }

    /// The key of a class of state in an epoch; what an epoch is (a day, a week) is the class's own matter.
    ///
    /// # Errors
    /// As [`Self::secret`].
    pub async fn state_key(&self, class: &str, epoch: u64) -> Result<Secret32, KeyError> {
        if class.is_empty() || class.contains('/') {
            return Err(KeyError::Name);
        }
        self.named(&format!("{STATE}{class}/{epoch}")).await
    }

    /// Deletes the state keys of a class before an epoch, and says how many; what they sealed is gone. Other processes
    /// may hold them in memory for up to a minute.
    ///
    /// # Errors
    /// [`KeyError::Unwrap`] when a stored secret does not open, [`KeyError::Store`].
    pub async fn forget_state_keys(&self, class: &str, before_epoch: u64) -> Result<u64, KeyError> {
        let store = &self.inner.store;
        let trust = &self.inner.trust;
        let prefix = format!("{STATE}{class}/");
        let mut forgotten = 0;
        for (id, sealed) in store.list_secrets(trust).await? {
            let (name, _) = self.open_secret(&id, &sealed).ok_or(KeyError::Unwrap)?;
            let epoch = name.strip_prefix(&prefix).and_then(|epoch| epoch.parse::<u64>().ok());
            if epoch.is_some_and(|epoch| epoch < before_epoch) {
                forgotten += u64::from(store.delete_secret(trust, &id).await?);
            }
        }
        lock(&self.inner.secrets).clear();
        store.scrub().await?;
        Ok(forgotten)
    }

    async fn named(&self, name: &str) -> Result<Secret32, KeyError> {
        if name.is_empty() || name.len() > NAME {
            return Err(KeyError::Name);
        }
        let id = secret_id(&self.inner.trust, self.settings_key(), name);
        let now = self.now();
        let generation = {
            let mut cache = lock(&self.inner.secrets);
            if let Some(secret) = cache.get(&id, now) {
                return Ok(secret);
            }
            cache.generation()
        };
        let store = &self.inner.store;
        let trust = &self.inner.trust;
        let sealed = if let Some(sealed) = store.load_secret(trust, &id).await? {
            sealed
        } else {
            let fresh = {
                let mut rng = lock(&self.inner.rng);
                let secret = Secret32::generate(&mut **rng);
                seal_secret(trust, self.settings_key(), &id, name, &secret, &mut **rng)
            };
            store.insert_secret(trust, &id, &fresh).await?;
            // Read back: whoever came first has made it.
            store.load_secret(trust, &id).await?.ok_or(KeyError::Missing)?
        };
        let (stored, secret) = self.open_secret(&id, &sealed).ok_or(KeyError::Unwrap)?;
        if stored != name {
            return Err(KeyError::Unwrap);
        }
        lock(&self.inner.secrets).put(id, secret.clone(), now, generation);
        Ok(secret)
    }

    fn settings_key(&self) -> &Secret32 {
        self.inner.keys.audience(Audience::Settings).1
    }

    fn open_secret(&self, id: &[u8], sealed: &[u8]) -> Option<(String, Secret32)> {
        open_secret(&self.inner.trust, self.settings_key(), id, sealed)
    }
}

fn secret_aad(trust: &[u8; 16], id: &[u8]) -> Vec<u8> {
    [tag("wardbook/secret/v1").as_slice(), trust, id].concat()
}

pub(crate) fn secret_id(trust: &[u8; 16], settings: &Secret32, name: &str) -> [u8; 16] {
    let mut key = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(Some(trust), settings.expose())
        .expand(&tag("wardbook/secret-id/v1"), key.as_mut_slice())
        .expect("32 bytes are one block of the 255 that HKDF gives");
    blind(&Secret32::new(*key), &[name.as_bytes()])
}

pub(crate) fn seal_secret<R: CryptoRng + ?Sized>(
    trust: &[u8; 16],
    settings: &Secret32,
    id: &[u8; 16],
    name: &str,
    secret: &Secret32,
    rng: &mut R,
) -> Vec<u8> {
    let mut plaintext = Zeroizing::new(Vec::with_capacity(1 + NAME + 32));
    plaintext.push(u8::try_from(name.len()).expect("at most 64"));
    plaintext.extend_from_slice(name.as_bytes());
    plaintext.resize(1 + NAME, 0);
    plaintext.extend_from_slice(secret.expose());
    let nonce: [u8; NONCE] = random(rng);
    let sealed = aead::seal(settings, &nonce, &secret_aad(trust, id), &plaintext);
    [[VERSION].as_slice(), &nonce, &sealed].concat()
}

pub(crate) fn open_secret(trust: &[u8; 16], settings: &Secret32, id: &[u8], sealed: &[u8]) -> Option<(String, Secret32)> {
    let mut reader = Reader::new(sealed);
    if reader.u8()? != VERSION {
        return None;
    }
    let nonce = reader.array()?;
    let plaintext = aead::open(settings, &nonce, &secret_aad(trust, id), reader.rest())?;
    let mut reader = Reader::new(&plaintext);
    let length = usize::from(reader.u8()?);
    let (name, padding) = reader.take(NAME)?.split_at_checked(length)?;
    if padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some((std::str::from_utf8(name).ok()?.to_owned(), Secret32::from_slice(reader.rest())?))
}
