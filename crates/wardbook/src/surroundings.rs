//! The machine's clock and randomness: the one place where they are read; everything else is handed them.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use wardbook_app::{Clock, Entropy};

/// The wall clock, to the microsecond.
pub(crate) fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock comes from")]
    Clock::new(|| jiff::Timestamp::now().as_microsecond())
}

/// The operating system's randomness, with no state of ours that could be read or copied by a fork.
pub(crate) fn entropy() -> Entropy {
    Entropy::new(UnwrapErr(SysRng))
}

/// The same source, for the vault's own makers of identities and shares.
pub(crate) fn system_rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
