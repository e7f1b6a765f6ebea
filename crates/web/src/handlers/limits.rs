//! How often somebody may try to sign in or to use a one-time code. In memory only; no address of a visitor is kept anywhere.
//!
//! Three buckets. A browser's attempts at one account are few. Attempts at one account by browsers that never signed in to it are
//! counted together, so that fresh cookies buy no fresh attempts; a browser that did sign in to it carries a proof of that
//! ([`super::visitor`]) and is not held up by strangers' attempts, nor is one that has shown a recovery code of it. All attempts
//! together are bounded by what password hashing may cost, which also bounds how many keys can be remembered; known browsers, and whoever
//! is signed in, are bounded apart, so that a flood of strangers holds none of them up.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};
use wardbook_app::Clock;

/// Attempts of one browser at one account at once; then one a minute.
const PAIR_BURST: NonZeroU32 = NonZeroU32::new(5).expect("5 is not zero");
/// Attempts of all unknown browsers at one account at once; then one a minute.
const ACCOUNT_BURST: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
/// Attempts of all strangers at once, and a second after that; of all known browsers as many.
const ALL_BURST: NonZeroU32 = NonZeroU32::new(100).expect("100 is not zero");
const ALL_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
/// Above so many keys those whose bucket is full again are forgotten.
const KEYS_MAX: usize = 10_000;

type Key = [u8; 32];
type Bucket<K, S> = RateLimiter<K, S, Ticks, NoOpMiddleware<Duration>>;
type Keyed = Bucket<Key, HashMapStateStore<Key>>;

/// The application's clock as the limiter wants it.
#[derive(Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().as_micros()).unwrap_or(0))
    }
}

/// The buckets of one process.
pub(crate) struct Limits {
    ticks: Ticks,
    pair: Keyed,
    account: Keyed,
    strangers: Bucket<NotKeyed, InMemoryState>,
    known: Bucket<NotKeyed, InMemoryState>,
}

impl Limits {
    pub(crate) fn new(clock: Clock) -> Self {
        let ticks = Ticks(clock);
        let keyed = |burst| {
            let quota = Quota::per_minute(NonZeroU32::MIN).allow_burst(burst);
            Keyed::new(quota, HashMapStateStore::default(), ticks.clone())
        };
        let all = || Bucket::new(Quota::per_second(ALL_PER_SECOND).allow_burst(ALL_BURST), InMemoryState::default(), ticks.clone());
        Self { pair: keyed(PAIR_BURST), account: keyed(ACCOUNT_BURST), strangers: all(), known: all(), ticks }
    }

    /// One attempt to sign in; else how long to wait. `known`: this browser has signed in to this account before.
    pub(crate) fn sign_in(&self, email: &str, visitor: &str, known: bool) -> Result<(), Duration> {
        // First, so that a flood leaves no keys behind.
        self.take_any(known)?;
        let email = email.trim().to_lowercase();
        self.take(&self.pair, key(&["sign-in", &email, visitor]))?;
        if known { Ok(()) } else { self.take(&self.account, key(&["sign-in", &email])) }
    }

    /// One attempt at the second step of signing in, with what stands for the right password; else how long to wait. Counted apart from
    /// attempts at passwords: neither uses up the other.
    pub(crate) fn code(&self, email: &str, half: &str, known: bool) -> Result<(), Duration> {
        self.take_any(known)?;
        self.take(&self.pair, key(&["code", half]))?;
        if known { Ok(()) } else { self.take(&self.account, key(&["code", &email.trim().to_lowercase()])) }
    }

    /// One attempt of somebody signed in to prove who they are: a code once more, or their old password.
    pub(crate) fn prove(&self, session: &str) -> Result<(), Duration> {
        self.take_any(true)?;
        self.take(&self.pair, key(&["prove", session]))
    }

    /// One attempt to use a one-time code; else how long to wait. Codes are too long to guess: this bounds the work only.
    pub(crate) fn enrol(&self, visitor: &str) -> Result<(), Duration> {
        self.take_any(false)?;
        self.take(&self.account, key(&["enrol", visitor]))
    }

    /// One attempt of a browser to show by a recovery code whose it is. The codes are too long to guess, so that no attempts of strangers
    /// are counted against an account here: this bounds the work only.
    pub(crate) fn browser(&self, visitor: &str) -> Result<(), Duration> {
        self.take_any(false)?;
        self.take(&self.pair, key(&["browser", visitor]))
    }

    fn take(&self, bucket: &Keyed, key: Key) -> Result<(), Duration> {
        if bucket.len() > KEYS_MAX {
            bucket.retain_recent();
            bucket.shrink_to_fit();
        }
        bucket.check_key(&key).map_err(|refused| refused.wait_time_from(self.ticks.now()))
    }

    fn take_any(&self, known: bool) -> Result<(), Duration> {
        let all = if known { &self.known } else { &self.strangers };
        all.check().map_err(|refused| refused.wait_time_from(self.ticks.now()))
    }
}

/// A digest, so that no e-mail stands in this memory.
fn key(parts: &[&str]) -> Key {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn limits() -> (Limits, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_793_376_720_000_000));
        let shared = Arc::clone(&now);
        (Limits::new(Clock::new(move || shared.load(Ordering::Relaxed))), now)
    }

    fn forward(now: &AtomicI64, seconds: i64) {
        now.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    #[test]
    fn five_at_once_then_one_a_minute_whatever_the_case_of_the_e_mail() {
        let (limits, now) = limits();
        for _ in 0..5 {
            assert_eq!(limits.sign_in("uma@example.org", "v1", true), Ok(()));
        }
        assert_eq!(limits.sign_in(" UMA@example.org", "v1", true), Err(Duration::from_mins(1)));
        forward(&now, 59);
        assert_eq!(limits.sign_in("uma@example.org", "v1", true), Err(Duration::from_secs(1)));
        forward(&now, 1);
        assert_eq!(limits.sign_in("uma@example.org", "v1", true), Ok(()));
    }

    #[test]
    fn fresh_cookies_buy_no_fresh_attempts_and_lock_nobody_out() {
        let (limits, now) = limits();
        let tried = (0..40).filter(|n| limits.sign_in("uma@example.org", &format!("stranger {n}"), false).is_ok()).count();
        assert_eq!(tried, 20);
        assert_eq!(limits.sign_in("uma@example.org", "uma's own browser", true), Ok(()));
        assert_eq!(limits.sign_in("george@example.org", "stranger 1", false), Ok(()));
        forward(&now, 60);
        assert_eq!(limits.sign_in("uma@example.org", "stranger 99", false), Ok(()));
        assert!(limits.sign_in("uma@example.org", "stranger 100", false).is_err());
    }

    #[test]
    fn codes_are_counted_for_the_account_and_apart_from_passwords() {
        let (limits, now) = limits();
        assert_eq!((0..9).filter(|_| limits.code("uma@example.org", "half", true).is_ok()).count(), 5);
        // Whoever knows the password begins again and again: the account's own count holds them.
        assert_eq!((0..40).filter(|n| limits.code("uma@example.org", &format!("half {n}"), false).is_ok()).count(), 20);
        assert_eq!(limits.code("uma@example.org", "uma's own half", true), Ok(()), "and not the colleague");
        forward(&now, 60);
        assert_eq!(limits.sign_in("uma@example.org", "another browser", false), Ok(()), "nor the password step");
        assert_eq!((0..9).filter(|_| limits.prove("session").is_ok()).count(), 5);
    }

    #[test]
    fn all_attempts_together_are_bounded_and_so_is_the_memory() {
        let (limits, now) = limits();
        let tried = (0..500).filter(|n| limits.sign_in(&format!("{n}@example.org"), "v", false).is_ok()).count();
        assert_eq!(tried, 100);
        assert_eq!(limits.sign_in("uma@example.org", "uma's own browser", true), Ok(()), "a flood of strangers holds up no colleague");
        assert_eq!(limits.prove("session"), Ok(()));
        assert!(limits.pair.len() <= 102, "{}", limits.pair.len());
        for n in 0..3 * KEYS_MAX {
            let _ = limits.sign_in(&format!("{n}@example.net"), "v", false);
            forward(&now, 1);
        }
        assert!(limits.pair.len() <= KEYS_MAX + 1 && limits.account.len() <= KEYS_MAX + 1, "{}", limits.pair.len());
    }
}
