//! What the use cases need from outside: the clock and randomness.

use std::sync::{Arc, Mutex, PoisonError};

use rand::CryptoRng;
use wardbook_domain::Instant;

/// Tells the time: the book's, or the machine's. They are one but in a demonstration, whose book has a clock of its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// From a function that gives microseconds since the Unix epoch.
    pub fn new(now_micros: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_micros))
    }

    /// Now.
    pub fn now(&self) -> Instant {
        Instant::from_micros((self.0)())
    }

    /// Now, as the vault wants it.
    pub(crate) fn micros(&self) -> Arc<dyn Fn() -> i64 + Send + Sync> {
        Arc::clone(&self.0)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl wardbook_ledger::Clock for Clock {
    fn now_micros(&self) -> i64 {
        (self.0)()
    }
}

/// Randomness for ids, codes, tokens, salts and nonces. Cheap to clone; clones share one source.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<Box<dyn CryptoRng + Send>>>);

impl Entropy {
    /// From a source that is fit for keys.
    pub fn new(source: impl CryptoRng + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(source))))
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// Lends the source.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut (dyn CryptoRng + Send)) -> T) -> T {
        // A panic elsewhere leaves a source of randomness as good as it was.
        work(&mut **self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}
