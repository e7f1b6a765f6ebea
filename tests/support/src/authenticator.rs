//! An authenticator app for tests: codes of keys as people type them, each step of time used once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use totp_rs::{Builder, Secret};

const STEP_SECONDS: i64 = 30;

/// The code that an app shows for a key in base 32 at a time in seconds.
pub fn code_at(key: &str, seconds: i64) -> String {
    let key: String = key.chars().filter(|c| !c.is_whitespace()).collect();
    let secret = Secret::try_from_base32(&key).expect("a key of the page is base 32");
    let totp = Builder::new().with_secret(secret).build().expect("a key of the page has 20 bytes");
    totp.generate(u64::try_from(seconds).unwrap_or(0)).to_string()
}

/// Everybody's app, by e-mail.
#[derive(Debug, Default)]
pub struct Authenticator(Mutex<BTreeMap<String, (String, i64)>>);

impl Authenticator {
    /// Takes a key in, in place of an earlier one.
    pub fn scan(&self, email: &str, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(email.to_owned(), (key.to_owned(), i64::MIN));
    }

    /// A code that was not used before: the earliest that is taken at this time. Three are, while a clock stands still.
    pub fn code(&self, email: &str, seconds: i64) -> String {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, last) = keys.get_mut(email).expect("the key was scanned before a code is asked for");
        let step = (seconds / STEP_SECONDS - 1).max(last.saturating_add(1));
        assert!(step <= seconds / STEP_SECONDS + 1, "{email} has used every code of this minute: move the clock");
        *last = step;
        code_at(key, step * STEP_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        let key = "GEZDGNBVGY3TQOJQ GEZDGNBVGY3TQOJQ"; // 12345678901234567890
        assert_eq!((code_at(key, 59), code_at(key, 1_111_111_109)), ("287082".to_owned(), "081804".to_owned()));
        let app = Authenticator::default();
        app.scan("a", key);
        assert_eq!(app.code("a", 1_111_111_111), "081804");
        assert_eq!(app.code("a", 1_111_111_111), "050471");
    }
}
