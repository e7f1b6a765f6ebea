//! The machine's clocks and randomness: the one place where they are read.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use wardbook_ledger::Clock;

/// The stopwatch.
#[expect(clippy::disallowed_methods, reason = "measuring time is what this program is for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The wall clock, in microseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "this is where the clock comes from")]
pub(crate) fn wall_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    i64::try_from(since.as_micros()).expect("far from the end of time")
}

/// A clock that says `start` now and runs at the pace of the wall clock.
pub(crate) fn micros_from(start: i64) -> impl Fn() -> i64 + Send + Sync + 'static {
    let made = wall_micros();
    move || start + (wall_micros() - made)
}

/// The wall clock as the ledger takes it.
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now_micros(&self) -> i64 {
        wall_micros()
    }
}

/// The operating system's randomness, as the application uses it.
pub(crate) fn system_rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// One source for all callers behind one lock, as the application has it.
pub(crate) struct Entropy(Mutex<UnwrapErr<SysRng>>);

impl Entropy {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(system_rng()))
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut UnwrapErr<SysRng>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
