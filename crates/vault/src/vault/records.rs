//! Record keys: made ahead in batches, found by id, destroyed for good.
//!
//! A batch is durable before its first key is used, so creating a record pays no second commit, and a crash loses only
//! keys that seal nothing. A batch tops up every audience at once, in random order: rows that came together say
//! nothing of which records share an audience.

use rand::seq::SliceRandom;

use super::{KeyError, Vault, lock};
use crate::audience::Audience;
use crate::secret::{KeyId, RecordKey};
use crate::store::{RecordRow, StoreError};
use crate::wrap;

impl Vault {
    /// A fresh record key for an audience, already durable in the key store.
    ///
    /// # Errors
    /// [`KeyError::Store`].
    pub async fn new_record_key(&self, audience: Audience) -> Result<RecordKey, KeyError> {
        loop {
            if let Some(key) = self.take_ahead(audience) {
                let mut cache = lock(&self.inner.records);
                let generation = cache.generation();
                cache.put(key.id(), (key.clone(), audience), self.now(), generation);
                return Ok(key);
            }
            let _making = self.inner.making.lock().await;
            // Whoever held the lock before may have made some.
            if lock(&self.inner.ahead)[audience.index()].is_empty() {
                self.make_ahead().await?;
            }
        }
    }

    /// Takes a key made ahead; starts the next batch early enough that callers rarely wait for one.
    fn take_ahead(&self, audience: Audience) -> Option<RecordKey> {
        let (key, left) = {
            let mut ahead = lock(&self.inner.ahead);
            let pool = &mut ahead[audience.index()];
            (pool.pop()?, pool.len())
        };
        if left < self.inner.batch / 4 {
            let vault = self.clone();
            tokio::spawn(async move {
                let Ok(_making) = vault.inner.making.try_lock() else { return };
                if lock(&vault.inner.ahead)[audience.index()].len() < vault.inner.batch / 4
                    && let Err(error) = vault.make_ahead().await
                {
                    // The next caller who finds no key tries again and gets the error.
                    tracing::warn!(error = &error as &dyn std::error::Error, "vault.keys.make_ahead");
                }
            });
        }
        Some(key)
    }

    /// Tops every audience up to a batch. The caller holds the `making` lock.
    async fn make_ahead(&self) -> Result<(), StoreError> {
        let inner = &self.inner;
        let missing: Vec<(Audience, usize)> = {
            let ahead = lock(&inner.ahead);
            Audience::ALL.map(|audience| (audience, inner.batch.saturating_sub(ahead[audience.index()].len()))).into()
        };
        let (made, rows) = {
            let mut rng = lock(&inner.rng);
            let mut made = Vec::new();
            let mut rows = Vec::new();
            for audience in missing.into_iter().flat_map(|(audience, count)| std::iter::repeat_n(audience, count)) {
                let key = RecordKey::generate(&mut **rng);
                let wrapping = inner.keys.audience(audience);
                rows.push((key.id(), wrap::wrap(&inner.trust, &inner.keys.outer, wrapping, &key, &mut **rng)));
                made.push((audience, key));
            }
            rows.shuffle(&mut **rng);
            (made, rows)
        };
        inner.store.insert_records(&inner.trust, &rows).await?;
        let mut ahead = lock(&inner.ahead);
        for (audience, key) in made {
            ahead[audience.index()].push(key);
        }
        Ok(())
    }

    /// The record key of that id.
    ///
    /// # Errors
    /// [`KeyError::Destroyed`], [`KeyError::Quarantined`], [`KeyError::Missing`] (a loss; it has raised an alert),
    /// [`KeyError::Unwrap`], [`KeyError::Store`].
    pub async fn record_key(&self, id: KeyId) -> Result<RecordKey, KeyError> {
        self.find(id).await.map(|(key, _)| key)
    }

    /// Which audience may open what the key seals.
    ///
    /// # Errors
    /// As [`Self::record_key`].
    pub async fn audience_of(&self, id: KeyId) -> Result<Audience, KeyError> {
        self.find(id).await.map(|(_, audience)| audience)
    }

    async fn find(&self, id: KeyId) -> Result<(RecordKey, Audience), KeyError> {
        let now = self.now();
        let generation = {
            let mut cache = lock(&self.inner.records);
            if let Some(found) = cache.get(&id, now) {
                return Ok(found);
            }
            cache.generation()
        };
        let trust = &self.inner.trust;
        let wrapped = match self.inner.store.load_record(trust, id).await? {
            Some(RecordRow::Wrapped(wrapped)) => wrapped,
            Some(RecordRow::Destroyed { at }) => return Err(KeyError::Destroyed { at }),
            Some(RecordRow::Quarantined { at, .. }) => return Err(KeyError::Quarantined { at }),
            None => {
                tracing::error!(trust = hex::encode(trust), key = %id, "vault.key.lost");
                return Err(KeyError::Missing);
            }
        };
        let found = self.unwrap_key(id, &wrapped).ok_or_else(|| {
            tracing::error!(trust = hex::encode(trust), key = %id, "vault.key.does_not_open");
            KeyError::Unwrap
        })?;
        lock(&self.inner.records).put(id, found.clone(), now, generation);
        Ok(found)
    }

    pub(super) fn unwrap_key(&self, id: KeyId, wrapped: &[u8]) -> Option<(RecordKey, Audience)> {
        let keys = &self.inner.keys;
        let inner = wrap::open_outer(&self.inner.trust, &keys.outer, id, wrapped)?;
        let audience = keys.find(&inner.audience_key)?;
        let key = inner.open(&self.inner.trust, keys.audience(audience).1, id)?;
        Some((key, audience))
    }

    /// Destroys a key for good and leaves a tombstone. Gives the instant of the tombstone: the first one's, when the
    /// key was destroyed before. Other processes may hold the key in memory for up to a minute.
    ///
    /// # Errors
    /// [`KeyError::Missing`] when there is nothing to destroy, [`KeyError::Store`].
    pub async fn destroy(&self, id: KeyId, now: i64) -> Result<i64, KeyError> {
        let destroyed = self.inner.store.tombstone(&self.inner.trust, id, now).await;
        // Also after an error: the store may have done it before the connection broke.
        lock(&self.inner.records).forget(&id);
        if destroyed? {
            self.inner.store.scrub().await?;
            return Ok(now);
        }
        match self.inner.store.load_record(&self.inner.trust, id).await? {
            Some(RecordRow::Destroyed { at }) => {
                // A first try may have broken off between tombstone and scrub.
                self.inner.store.scrub().await?;
                Ok(at)
            }
            // A live row would have been taken by the tombstone.
            Some(RecordRow::Wrapped(_) | RecordRow::Quarantined { .. }) | None => Err(KeyError::Missing),
        }
    }
}
