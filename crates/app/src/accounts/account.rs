//! An account: password, second factor, what its person has to be told. It changes only as it was read, so that of two requests with
//! one code one goes on.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardbook_domain::{Instant, PersonId, directory::CodeFor, password::HISTORY_MAX};
use wardbook_vault::{blind, keyed_digest};

use super::{NEVER, factor::Factors};
use crate::{App, AppError, directory::TRIES, state::Kind};

/// As kept; a field that came later has a default.
#[derive(Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) person: PersonId,
    pub(super) password: Option<String>,
    /// Earlier hashes, newest last.
    pub(super) history: Vec<String>,
    /// When the password was chosen; not known of those that are older than this field.
    #[serde(default)]
    pub(super) password_at: Option<Instant>,
    /// The second factor.
    #[serde(default)]
    pub(super) factors: Option<Factors>,
    /// Whether its person has signed in with a second factor: what set-up waits for.
    #[serde(default)]
    pub(super) proven: bool,
    /// What its person has not confirmed to have read.
    #[serde(default)]
    pub(super) notices: Vec<Notice>,
    /// Until when a trust lead has looked at the changes of access.
    #[serde(default)]
    pub(super) changes_seen: Option<Instant>,
}

/// What a person is told about their own account until they confirm to have read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What was done with a one-time code.
    pub code_for: CodeFor,
    /// When.
    pub at: Instant,
    /// At whose request; none at the machine itself, before set-up had ended.
    pub asked_by: Option<PersonId>,
    /// Who released the code.
    pub released_by: Option<PersonId>,
}

impl Account {
    pub(super) fn new(email: &str, person: PersonId) -> Self {
        Self {
            email: email.trim().to_lowercase(),
            person,
            password: None,
            history: vec![],
            password_at: None,
            factors: None,
            proven: false,
            notices: vec![],
            changes_seen: None,
        }
    }

    /// Takes a new password's hash; the one before becomes history.
    pub(super) fn take_password(&mut self, hash: String, at: Instant) {
        self.history.extend(self.password.replace(hash));
        let keep_from = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..keep_from);
        self.password_at = Some(at);
    }
}

impl App {
    pub(super) async fn account(&self, id: &[u8; 16]) -> Result<Option<Account>, AppError> {
        Ok(self.kept::<Account>(Kind::Account, id).await?.map(|(account, _)| account))
    }

    /// Makes an account where there is none.
    pub(super) async fn make_account(&self, email: &str, person: PersonId) -> Result<[u8; 16], AppError> {
        let id = self.account_id(email);
        if self.account(&id).await?.is_none() {
            self.keep(Kind::Account, &id, &self.account_owner(person), &Account::new(email, person), NEVER).await?;
        }
        Ok(id)
    }

    /// Changes an account as it stands. `change` may be asked again, where somebody else changed it meanwhile.
    pub(super) async fn change_account<T>(
        &self,
        id: &[u8; 16],
        mut change: impl FnMut(&mut Account) -> Result<T, AppError> + Send,
    ) -> Result<T, AppError> {
        for _ in 0..TRIES {
            let (mut account, _, mark) = self.kept_marked::<Account>(Kind::Account, id).await?.ok_or(AppError::NotFound)?;
            let answer = change(&mut account)?;
            let owner = self.account_owner(account.person);
            if self.replace_kept(Kind::Account, id, &mark, &owner, &account, NEVER).await? {
                return Ok(answer);
            }
        }
        Err(AppError::Busy(Duration::from_secs(1)))
    }

    /// The accounts of a person: nearly always one, under the e-mail that they had when it was made.
    pub(super) async fn accounts_of(&self, person: PersonId) -> Result<Vec<([u8; 16], Account)>, AppError> {
        let kept = self.kept_of_owner::<Account>(Kind::Account, &self.account_owner(person), 10).await?;
        let mut all: Vec<([u8; 16], Account)> =
            kept.into_iter().filter_map(|(id, account, _)| Some((<[u8; 16]>::try_from(id).ok()?, account))).collect();
        // Rows of before owners were people are found by the e-mail.
        let email = self.directory().await?.people.get(&person).and_then(|known| known.email.clone());
        if let Some(id) = email.map(|email| self.account_id(&email))
            && !all.iter().any(|(known, _)| *known == id)
            && let Some(account) = self.account(&id).await?
            && account.person == person
        {
            all.push((id, account));
        }
        Ok(all)
    }

    pub(super) fn account_id(&self, email: &str) -> [u8; 16] {
        blind(&self.keys.sign_in, &[b"account", email.trim().to_lowercase().as_bytes()])
    }

    /// By whom an account's row is found: a blind value, so that the table does not lead to the person's stream.
    fn account_owner(&self, person: PersonId) -> [u8; 16] {
        blind(&self.keys.sign_in, &[b"person", person.as_bytes()])
    }

    /// Secrets are kept by digest only: what is read out of the table cannot be used.
    pub(crate) fn secret_id(&self, kind: &str, secret: &str) -> [u8; 32] {
        keyed_digest(&self.keys.sign_in, &[kind.as_bytes(), secret.as_bytes()])
    }
}
