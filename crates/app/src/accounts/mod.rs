//! Accounts: who may sign in, and as whom.
//!
//! An account belongs to the host and leads to a person in each trust that they agreed to. Signing in reads the account only; what a
//! person may do is each directory's to say, asked at every request. No trust sets anything of an account by itself: its codes open it
//! alone, and a password chosen with one shuts the other trusts until they give codes of their own.
//!
//! * `account.rs`: an account and how it changes; `joining.rs`: a second trust for it; `caller.rs`: a person who is signed in, with their duties.
//! * `sign_in.rs`: password, then code; `site.rs`: where somebody says they are; `factor.rs`: the second factor; `sessions.rs`: sessions; `trusts.rs`: one of
//!   them in several trusts; `tokens.rs`: API tokens.
//! * `codes.rs`: one-time codes; `requests.rs`: what an administrator asks and a second person releases.
//! * `failures.rs`: failed attempts, an event for an account and minute; `set_up.rs`: when set-up ends; `changes.rs`: who was given what.
//!
//! To add something that an account keeps: a field of `Account` with `#[serde(default)]`, as rows of today are read for ever.

mod account;
mod caller;
mod changes;
mod codes;
mod factor;
pub(crate) mod failures;
mod joining;
mod requests;
mod sessions;
pub(crate) mod set_up;
mod sign_in;
mod site;
mod tokens;
mod trusts;

use serde::{Deserialize, Serialize};
use wardbook_domain::{Duty, Instant};

pub use account::Notice;
pub use caller::Caller;
pub(crate) use changes::Changes;
pub use changes::{Change, Changed};
pub use factor::FactorKey;
pub use requests::{Added, AskedFor, Days, Waiting, WaitingFor};
pub use sessions::{Must, SessionShown, Standing};
pub use sign_in::{SignIn, SignedIn};
pub use site::ELSEWHERE;
pub use tokens::TokenShown;

/// At most so many sessions or tokens of one account at once.
const HELD_MAX: i64 = 50;
/// An account does not expire; this is the end of time for its row.
const NEVER: Instant = Instant::from_micros(i64::MAX);
/// Letters and digits that nobody misreads.
const CODE_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A person to be given an account.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// E-mail.
    pub email: String,
    /// Name.
    pub name: String,
    /// Duty.
    pub duty: Duty,
    /// School, for a duty held at one.
    #[serde(default)]
    pub school: Option<String>,
}

/// A secret that is shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct ShownOnce {
    /// The code or token.
    pub secret: String,
    /// Until when it can be used.
    pub expires_at: Instant,
    /// Whether the account belongs to a person who was in the directory already.
    pub known_person: bool,
}

impl std::fmt::Debug for ShownOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShownOnce(redacted)")
    }
}

/// A secret as people read it out: five letters, a hyphen, five letters.
fn in_fives(secret: &str) -> String {
    secret.as_bytes().chunks(5).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// A secret as somebody typed it: without hyphens and spaces, in capitals.
fn as_typed(secret: &str) -> String {
    secret.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

fn letters<const N: usize>(bytes: [u8; N]) -> String {
    bytes.iter().map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)])).collect()
}
