//! The second factor: a code of an authenticator app (RFC 6238), or one of ten recovery codes. Each works once.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Secret, Totp};
use wardbook_domain::{Instant, trace::Factor};
use zeroize::Zeroize;

use super::{as_typed, in_fives, letters, sessions::Session};
use crate::{App, AppError};

/// Seconds that a code stands for.
const STEP_SECONDS: u64 = 30;
/// Recovery codes given at once.
const RECOVERY_CODES: usize = 10;

/// The second factor as an account keeps it.
#[derive(Serialize, Deserialize)]
pub(super) struct Factors {
    secret: SecretBytes,
    /// The time step of the last code that was taken: neither it nor an earlier one is taken again.
    last_step: u64,
    /// Keyed digests of the recovery codes that are left.
    recovery: Vec<String>,
}

/// Twenty bytes, in hexadecimal as kept.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SecretBytes(String);

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl SecretBytes {
    fn totp(&self) -> Result<Totp, AppError> {
        let bytes = hex::decode(&self.0).map_err(AppError::internal)?;
        Builder::new().with_secret(Secret::from(bytes)).build().map_err(|_| AppError::internal("a kept factor is not one"))
    }

    /// The time step for which a code is right at `now`, one step early or late.
    fn step_of(&self, code: &str, now: Instant) -> Result<Option<u64>, AppError> {
        let seconds = u64::try_from(now.as_micros() / 1_000_000).unwrap_or(0);
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        Ok(self.totp()?.check(&digits, seconds).filter(|step| step.abs_diff(seconds / STEP_SECONDS) <= 1))
    }
}

/// What an authenticator app is given.
#[derive(Clone)]
pub struct FactorKey {
    /// `otpauth://...`, for the picture.
    pub uri: String,
    /// The key alone in base 32, for typing.
    pub key: String,
}

impl std::fmt::Debug for FactorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FactorKey(redacted)")
    }
}

impl Factors {
    /// Takes a code of the app, once.
    pub(super) fn take_code(&mut self, code: &str, now: Instant) -> Result<bool, AppError> {
        let step = self.secret.step_of(code, now)?.filter(|step| *step > self.last_step);
        self.last_step = step.unwrap_or(self.last_step);
        Ok(step.is_some())
    }

    fn place_of(&self, digest: &str) -> Option<usize> {
        self.recovery.iter().position(|kept| kept.as_bytes().ct_eq(digest.as_bytes()).into())
    }

    /// Whether a recovery code is among those that are left.
    pub(super) fn has_recovery(&self, digest: &str) -> bool {
        self.place_of(digest).is_some()
    }

    /// Takes a recovery code, once.
    pub(super) fn take_recovery(&mut self, digest: &str) -> bool {
        self.place_of(digest).map(|place| self.recovery.remove(place)).is_some()
    }

    /// Recovery codes that are left.
    pub(super) fn recovery_left(&self) -> usize {
        self.recovery.len()
    }
}

impl App {
    /// Takes a code of the app or a recovery code, whichever was typed.
    pub(super) fn take_factor(&self, factors: &mut Factors, code: &str, now: Instant) -> Result<Option<Factor>, AppError> {
        // Both are always tried, so that the time says nothing about which it might have been.
        let digest = self.recovery_digest(code);
        let (by_app, by_paper) = (factors.take_code(code, now)?, factors.take_recovery(&digest));
        Ok(if by_app { Some(Factor::Totp) } else { by_paper.then_some(Factor::Recovery) })
    }

    pub(super) fn recovery_digest(&self, code: &str) -> String {
        hex::encode(self.secret_id("recovery", &as_typed(code)))
    }

    /// The key for an authenticator app, the same until it is confirmed or the session ends.
    pub async fn factor_key(&self, session: &str) -> Result<FactorKey, AppError> {
        let fresh = SecretBytes(hex::encode(self.entropy.bytes::<20>()));
        let (secret, account) = self
            .change_session(session, |kept| {
                let secret = kept.pending.get_or_insert_with(|| fresh.clone()).clone();
                Ok((secret, kept.account))
            })
            .await?;
        let account = self.account(&account).await?.ok_or(AppError::NotFound)?;
        let bytes = hex::decode(&secret.0).map_err(AppError::internal)?;
        // The apps' format takes no colon in names. An account of a host of several is no one trust's.
        let issuer = if self.is_alone() { format!("Wardbook {}", self.trust_name()).replace(':', " ") } else { "Wardbook".to_owned() };
        let totp = Builder::new().with_secret(Secret::from(bytes)).with_issuer(Some(issuer)).with_account_name(account.email.clone());
        let totp = totp.build().map_err(|error| AppError::internal(error.to_string()))?;
        let uri = totp.to_url().map_err(|error| AppError::internal(error.to_string()))?;
        Ok(FactorKey { uri, key: totp.secret().to_base32() })
    }

    /// Confirms the key with a code of the app: from now on it is the account's second factor. Ten recovery codes, shown once; none where
    /// the code is wrong. Every other session of the account ends.
    pub async fn confirm_factor(&self, session: &str, code: &str) -> Result<Option<Vec<String>>, AppError> {
        let now = self.machine.now();
        let kept = self.session(session).await?.ok_or(AppError::NotFound)?;
        let Some(secret) = kept.pending else { return Ok(None) };
        let Some(step) = secret.step_of(code, now)? else { return Ok(None) };
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| letters(self.entropy.bytes::<10>())).collect();
        let digests: Vec<String> = codes.iter().map(|code| self.recovery_digest(code)).collect();
        self.change_account(&kept.account, |account| {
            account.factors = Some(Factors { secret: secret.clone(), last_step: step, recovery: digests.clone() });
            Ok(())
        })
        .await?;
        self.change_session(session, |kept: &mut Session| {
            (kept.pending, kept.has_factor, kept.proven_at, kept.factor) = (None, true, Some(now), Factor::Totp);
            Ok(())
        })
        .await?;
        self.end_other_sessions(session, kept.account).await?;
        Ok(Some(codes.iter().map(|code| in_fives(code)).collect()))
    }

    /// Proves once more that it is the person who sits there: for acts that need a code of the last minutes.
    pub async fn step_up(&self, session: &str, code: &str) -> Result<bool, AppError> {
        let now = self.machine.now();
        let account = self.session(session).await?.ok_or(AppError::NotFound)?.account;
        let right = self
            .change_account(&account, |account| match &mut account.factors {
                Some(factors) => factors.take_code(code, now),
                None => Ok(false),
            })
            .await?;
        if right {
            self.change_session(session, |kept| {
                kept.proven_at = Some(now);
                Ok(())
            })
            .await?;
        }
        Ok(right)
    }

    /// How many recovery codes the account of a session has left; none where it has no second factor.
    pub async fn recovery_codes_left(&self, session: &str) -> Result<Option<usize>, AppError> {
        let account = self.session(session).await?.ok_or(AppError::NotFound)?.account;
        Ok(self.account(&account).await?.and_then(|account| account.factors.map(|factors| factors.recovery_left())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's test vectors.
    fn factors() -> Factors {
        Factors { secret: SecretBytes(hex::encode("12345678901234567890")), last_step: 0, recovery: vec!["aa".into(), "bb".into()] }
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_code_of_rfc_6238_is_taken_once_and_no_earlier_one_after_it() {
        let mut known = factors();
        assert!(known.take_code("081 804", at(1_111_111_109)).unwrap(), "the vector's last six digits");
        assert!(!known.take_code("081804", at(1_111_111_109)).unwrap(), "once");
        assert!(known.take_code("050471", at(1_111_111_111)).unwrap(), "the next step");
        assert!(!known.take_code("081804", at(1_111_111_111)).unwrap(), "an earlier one comes too late");
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        for (off, right) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            assert_eq!(factors().take_code("050471", at(1_111_111_120 + off)).unwrap(), right, "{off}");
        }
        for code in ["", "05047", "0504711", "+50471", "abcdef"] {
            assert!(!factors().take_code(code, at(1_111_111_111)).unwrap(), "{code}");
        }
    }

    #[test]
    fn a_recovery_code_works_once() {
        let mut known = factors();
        assert!(known.take_recovery("bb") && !known.take_recovery("bb") && !known.take_recovery(""));
        assert_eq!(known.recovery_left(), 1);
    }
}
