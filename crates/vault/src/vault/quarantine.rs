//! Quarantine: a record key is wrapped anew for the recovery identity alone and so leaves the service's reach. Nothing is destroyed:
//! `k` of the `n` people who hold recovery shares bring it back together.
//!
//! Copies of the key store from before still hold the key for the service; so do, on PostgreSQL, pages and log until they are written
//! over (see `docs/threat-model.md`).

use std::fmt;

use super::{KeyError, Vault, lock};
use crate::agefile;
use crate::identity::RecoveryIdentity;
use crate::secret::{KeyId, RecordKey};
use crate::store::{KeyStore, RecordRow, StoreError};

/// A key in quarantine, as stored: an age file that the recovery identity alone opens.
#[derive(Clone, PartialEq, Eq)]
pub struct QuarantinedKey {
    /// The key.
    pub id: KeyId,
    /// Since when, in microseconds since the Unix epoch.
    pub at: i64,
    /// The age file.
    pub file: Vec<u8>,
}

impl fmt::Debug for QuarantinedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QuarantinedKey({}, {})", self.id, self.at)
    }
}

impl QuarantinedKey {
    /// Opens it; `None` when it is not for this identity, or not of this key.
    pub fn open(&self, recovery: &RecoveryIdentity) -> Option<RecordKey> {
        let (name, key) = agefile::open(&self.file, recovery.as_age())?;
        (name == self.id.to_string()).then(|| RecordKey::from_parts(self.id, key))
    }
}

impl Vault {
    /// Puts a key into quarantine; gives since when it is there: the first instant, when it was before. Other processes may hold the
    /// key in memory for up to a minute.
    ///
    /// # Errors
    /// [`KeyError::Destroyed`], [`KeyError::Missing`], [`KeyError::Unwrap`], [`KeyError::Store`].
    pub async fn quarantine(&self, id: KeyId, now: i64) -> Result<i64, KeyError> {
        let (store, trust) = (&self.inner.store, &self.inner.trust);
        if let Some(RecordRow::Wrapped(wrapped)) = store.load_record(trust, id).await? {
            let (key, _) = self.unwrap_key(id, &wrapped).ok_or(KeyError::Unwrap)?;
            let file = agefile::seal(&id.to_string(), key.secret(), [&self.inner.recipients.recovery]);
            let done = store.quarantine(trust, id, (&wrapped, &file), now).await;
            // Also after an error: the store may have done it before the connection broke.
            lock(&self.inner.records).forget(&id);
            done?;
        }
        // Read back, also after a first try that broke off, or one of another process: what counts is what is stored.
        match store.load_record(trust, id).await? {
            Some(RecordRow::Quarantined { at, .. }) => {
                lock(&self.inner.records).forget(&id);
                store.scrub().await?;
                Ok(at)
            }
            Some(RecordRow::Destroyed { at }) => Err(KeyError::Destroyed { at }),
            Some(RecordRow::Wrapped(_)) => Err(KeyError::Unwrap),
            None => Err(KeyError::Missing),
        }
    }
}

impl KeyStore {
    /// A key in quarantine, for whoever holds the recovery identity; `None` where this one is not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn quarantined(&self, trust: [u8; 16], id: KeyId) -> Result<Option<QuarantinedKey>, StoreError> {
        Ok(match self.load_record(&trust, id).await? {
            Some(RecordRow::Quarantined { at, file }) => Some(QuarantinedKey { id, at, file }),
            _ => None,
        })
    }
}
