//! Passwords: Argon2id with its cost set here, equal in debug and release; the rule of P2-AUTH-1 as the default.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use wardbook_domain::field::Invalid;

use crate::{AppError, Entropy};

/// 19 MiB, two passes, one lane: the OWASP floor for Argon2id.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the cost is within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A hash that no password has: checked for accounts that do not exist, so that their answer takes as long.
pub(crate) const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$d2FyZGJvb2stbm9ib2R5$hEDlwqh8Vp4Hqk5c3rJ1m0dHGgVwzS3aV4zX2dFz7lE";

/// Checks a new password (P2-AUTH-1: at least 12 characters, not like the e-mail; no forced classes, no periodic change).
pub(crate) fn check_new(password: &str, email: &str) -> Result<(), Invalid> {
    if password.chars().count() < 12 {
        return Err(Invalid::one("password", "needs at least 12 characters: three random words make a good one"));
    }
    if password.len() > 1000 {
        return Err(Invalid::one("password", "is longer than 1,000 bytes"));
    }
    let local = email.split('@').next().unwrap_or_default();
    if local.len() > 3 && password.to_lowercase().contains(&local.to_lowercase()) {
        return Err(Invalid::one("password", "has your e-mail name in it; please choose another"));
    }
    Ok(())
}

/// Hashes a password; on a thread of its own, as it is slow on purpose.
pub(crate) async fn hash(password: String, entropy: &Entropy) -> Result<String, AppError> {
    let salt: [u8; 16] = entropy.bytes();
    let work = move || argon2().hash_password_with_salt(password.as_bytes(), &salt).map(|hash: PasswordHash| hash.to_string());
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?.map_err(|error| AppError::internal(error.to_string()))
}

/// Whether the password is the one that was hashed.
pub(crate) async fn verify(password: String, hash: String) -> Result<bool, AppError> {
    let work = move || {
        let parsed = PasswordHash::new(&hash).map_err(|error| error.to_string())?;
        Ok::<_, String>(argon2().verify_password(password.as_bytes(), &parsed).is_ok())
    };
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?.map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_cost_is_written_in_the_hash_and_the_password_is_needed() {
        let entropy = Entropy::new(<rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(7));
        let hashed = hash("three random words".into(), &entropy).await.unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify("three random words".into(), hashed.clone()).await.unwrap());
        assert!(!verify("three random word".into(), hashed).await.unwrap());
        assert!(!verify("anything".into(), NOBODY.into()).await.unwrap());
    }

    #[test]
    fn p2_auth_1_twelve_characters_and_not_the_e_mail() {
        assert!(check_new("elevenchars", "a@b.org").is_err());
        assert!(check_new("twelve chars", "a@b.org").is_ok());
        assert!(check_new("Uma.Jones-2026-x", "uma.jones@example.org").is_err());
    }
}
