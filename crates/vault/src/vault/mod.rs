//! One trust's keys, unlocked by the service identity.
//!
//! * `keyset.rs`: the outer key and the audience keys, sealed for service and recovery.
//! * `records.rs`: record keys: made ahead, found, destroyed; `quarantine.rs`: put out of the service's reach.
//! * `secrets.rs`: named secrets and the keys of state outside the book.
//! * `cache.rs`: what stays in memory, and for how long.

mod cache;
pub(crate) mod keyset;
mod quarantine;
mod records;
pub(crate) mod secrets;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hmac::Mac;
use rand::CryptoRng;

use crate::agefile::Recipient;
use crate::audience::Audience;
use crate::identity::ServiceIdentity;
use crate::secret::{KeyId, RecordKey, Secret32};
use crate::store::{KeyStore, StoreError, TrustRow};
use cache::Cache;
use keyset::{KeySet, set_mac};
pub use quarantine::QuarantinedKey;

/// The wall clock, handed in: microseconds since the Unix epoch.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Record keys made ahead per audience.
const BATCH: usize = 32;
/// Above this a refill of all audiences would not be one statement.
const BATCH_MAX: usize = 256;
const CACHE_ENTRIES: usize = 4096;
const SECRET_ENTRIES: usize = 256;

/// What a vault needs from outside: the clock, randomness, and two sizes.
pub struct Surroundings {
    /// The wall clock.
    pub clock: Clock,
    /// Randomness for keys, ids and nonces. (The `age` files draw theirs from the operating system.)
    pub rng: Box<dyn CryptoRng + Send>,
    /// Record keys to make ahead per audience, 1 to 256.
    pub batch: usize,
    /// Opened record keys to keep in memory at most.
    pub cache_entries_max: usize,
}

impl Surroundings {
    /// With the usual sizes: 32 keys ahead, 4,096 kept.
    pub fn new(clock: Clock, rng: Box<dyn CryptoRng + Send>) -> Self {
        Self { clock, rng, batch: BATCH, cache_entries_max: CACHE_ENTRIES }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").field("batch", &self.batch).finish_non_exhaustive()
    }
}

/// Who opens a trust's keys, its backups and nothing else: the service and recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipients {
    /// The service identity's public half.
    pub service: Recipient,
    /// The recovery identity's public half.
    pub recovery: Recipient,
}

/// Why a trust's vault cannot be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The trust has keys already; making new ones would lose the old.
    #[error("the key store holds keys of this trust already")]
    AlreadyThere,
    /// The store has no keys of this trust.
    #[error("the key store holds no keys of this trust")]
    UnknownTrust,
    /// The trust's keys are sealed for another service identity.
    #[error("the keys of this trust are sealed for another service identity")]
    OtherIdentity,
    /// The key set is incomplete, altered, or was not made by a holder of the service identity.
    #[error("the trust's key set is not as the service identity made it")]
    KeySet,
    /// The store failed.
    #[error("cannot read or write the trust's keys")]
    Store(#[from] StoreError),
}

/// Why a key is not given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Disposed of: the record it sealed is gone, as decided.
    #[error("the key was destroyed")]
    Destroyed {
        /// When, in microseconds since the Unix epoch.
        at: i64,
    },
    /// In quarantine: the recovery identity alone opens it.
    #[error("the key is in quarantine")]
    Quarantined {
        /// Since when, in microseconds since the Unix epoch.
        at: i64,
    },
    /// Neither key nor tombstone: a loss, which has raised an alert.
    #[error("the key is missing without a tombstone")]
    Missing,
    /// The row does not open: tampered with, or wrapped under a key this vault does not have.
    #[error("the stored key does not open")]
    Unwrap,
    /// A secret's name must have 1 to 64 bytes, and only state keys start with `state/`.
    #[error("this is not a name for a secret")]
    Name,
    /// The store failed.
    #[error("cannot read or write keys")]
    Store(#[from] StoreError),
}

/// One trust's keys. Cloning is cheap; clones share keys made ahead and the cache.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    store: KeyStore,
    trust: [u8; 16],
    keys: KeySet,
    recipients: Recipients,
    clock: Clock,
    batch: usize,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
    /// Keys made ahead, durable and unused, by [`Audience::index`].
    ahead: Mutex<[Vec<RecordKey>; Audience::ALL.len()]>,
    /// Held while keys are being made ahead, so that callers who run dry together make one batch.
    making: tokio::sync::Mutex<()>,
    records: Mutex<Cache<KeyId, (RecordKey, Audience)>>,
    secrets: Mutex<Cache<[u8; 16], Secret32>>,
}

impl Vault {
    /// Makes a new trust's key set for the two recipients, all or nothing, and opens it.
    ///
    /// # Errors
    /// [`VaultError::AlreadyThere`], [`VaultError::Store`].
    pub async fn create(
        store: &KeyStore,
        trust: [u8; 16],
        service: &ServiceIdentity,
        recovery: &Recipient,
        mut surroundings: Surroundings,
    ) -> Result<Self, VaultError> {
        let recipients = Recipients { service: service.recipient(), recovery: recovery.clone() };
        let set = KeySet::make(&recipients, &mut *surroundings.rng);
        let set_mac = set_mac(&trust, &recipients, &set, service).finalize().into_bytes().to_vec();
        let row = TrustRow { service: recipients.service.to_string(), recovery: recipients.recovery.to_string(), set_mac };
        if !store.insert_trust(&trust, &row, &set).await? {
            return Err(VaultError::AlreadyThere);
        }
        Self::open(store, trust, service, surroundings).await
    }

    /// Opens a trust's keys.
    ///
    /// # Errors
    /// [`VaultError`], each case its own.
    pub async fn open(
        store: &KeyStore,
        trust: [u8; 16],
        service: &ServiceIdentity,
        surroundings: Surroundings,
    ) -> Result<Self, VaultError> {
        let (row, set) = store.load_trust(&trust).await?.ok_or(VaultError::UnknownTrust)?;
        let (keys, recipients) = KeySet::open(&trust, &row, &set, service)?;
        let inner = Inner {
            store: store.clone(),
            trust,
            keys,
            recipients,
            clock: surroundings.clock,
            batch: surroundings.batch.clamp(1, BATCH_MAX),
            rng: Mutex::new(surroundings.rng),
            ahead: Mutex::new([const { Vec::new() }; Audience::ALL.len()]),
            making: tokio::sync::Mutex::new(()),
            records: Mutex::new(Cache::new(surroundings.cache_entries_max)),
            secrets: Mutex::new(Cache::new(SECRET_ENTRIES)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The trust whose keys these are.
    pub fn trust(&self) -> [u8; 16] {
        self.inner.trust
    }

    /// Who opens this trust's keys and backups.
    pub fn age_recipients(&self) -> &Recipients {
        &self.inner.recipients
    }

    fn now(&self) -> i64 {
        (self.inner.clock)()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({}, redacted)", hex::encode(self.inner.trust))
    }
}

/// None of the guarded sections can leave its data half changed, so a panic elsewhere does not spoil it.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
