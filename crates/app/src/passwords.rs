//! Passwords: Argon2id with its cost set here, equal in debug and release; the rules are the profile's ([`wardbook_domain::password`]).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use wardbook_domain::password::{PasswordRules, variants};

use crate::{AppError, Entropy};

/// 19 MiB, two passes, one lane: the OWASP floor for Argon2id.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the cost is within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A hash that no password has: checked for accounts that do not exist, so that their answer takes as long.
pub(crate) const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$d2FyZGJvb2stbm9ib2R5$hEDlwqh8Vp4Hqk5c3rJ1m0dHGgVwzS3aV4zX2dFz7lE";

/// Whether a new password is an earlier one, or like one: its variants against each hash that is kept. Bounded, as every comparison costs a
/// hash: some seconds at the most that a profile can ask for.
pub(crate) async fn was_used(rules: &PasswordRules, new: &str, last: Option<&str>, history: &[String]) -> Result<bool, AppError> {
    let like = if rules.unlike_earlier { variants(new) } else { vec![new.to_owned()] };
    let earlier = last.into_iter().chain(history.iter().rev().take(rules.history).map(String::as_str));
    for hash in earlier {
        for variant in &like {
            if verify(variant.clone(), hash.to_owned()).await? {
                return Ok(true);
            }
        }
    }
    Ok(false)
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

    #[tokio::test]
    async fn p2_auth_1_what_was_used_before_is_known_by_its_hash_alone() {
        let entropy = Entropy::new(<rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(8));
        let (older, last) = (hash("older words 1".into(), &entropy).await.unwrap(), hash("Last words 2".into(), &entropy).await.unwrap());
        let rules = PasswordRules::default();
        let history = [older];
        let used = async |new: &str, rules: &PasswordRules| was_used(rules, new, Some(last.as_str()), &history).await.unwrap();
        for (new, expected) in [
            ("Last words 2", true),
            ("last words 2", true),
            ("Last words 3", true),
            ("older words 1", true),
            ("older words 2", true),
            ("quite other words", false),
        ] {
            assert_eq!(used(new, &rules).await, expected, "{new}");
        }
        assert!(!used("Last words 3", &PasswordRules { unlike_earlier: false, ..rules.clone() }).await);
        assert!(!used("older words 1", &PasswordRules { history: 0, ..rules }).await);
    }
}
