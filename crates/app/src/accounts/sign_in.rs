//! Signing in: the password, then a code where the account has a second factor. No answer and no delay tells whether there is an account.

use wardbook_domain::{
    field::Invalid,
    password::PasswordRules,
    trace::{Factor, Failed},
};

use super::{account::Account, sessions::Stage};
use crate::{App, AppError, passwords, state::Kind};

/// What became of a password.
pub enum SignIn {
    /// It was wrong, or there is no such account.
    Wrong,
    /// It was right; a code is asked for, with this token, which is good for nothing else.
    Code(String),
    /// Signed in, with this session's token.
    In(String),
}

/// Signed in with a code.
pub struct SignedIn {
    /// The session's token.
    pub session: String,
    /// The account's e-mail.
    pub email: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(redacted)")
    }
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignedIn(redacted)")
    }
}

impl App {
    /// The first step: the password. `site` is the school at which they say they are, where the profile has it asked.
    pub async fn sign_in(&self, email: &str, password: &str, site: Option<&str>) -> Result<SignIn, AppError> {
        let site = self.site(site).await?;
        let (id, account) = self.checked(email, password, site.as_deref()).await?;
        let Some(account) = account else { return Ok(SignIn::Wrong) };
        if account.factors.is_some() && !self.opened_by(&account).await?.is_empty() {
            return self.begin_half(id, &account, site).await.map(SignIn::Code);
        }
        Ok(self.signed_in(id, &account, Factor::None, site).await?.map_or(SignIn::Wrong, SignIn::In))
    }

    /// Signs somebody of a demonstration in with one click. Their people need no second factor: whoever sits there may be all of them.
    pub async fn sign_in_for_demonstration(&self, email: &str, password: &str) -> Result<Option<String>, AppError> {
        let (id, account) = self.checked(email, password, None).await?;
        match account {
            Some(account) => self.signed_in(id, &account, Factor::Demonstration, None).await,
            None => Ok(None),
        }
    }

    /// The second step: a code of the app, or a recovery code. A token of nobody and a wrong code are one answer.
    pub async fn give_code(&self, half: &str, code: &str) -> Result<Option<SignedIn>, AppError> {
        let now = self.machine.now();
        let Some(kept) = self.any_session(half).await?.filter(|session| session.stage == Stage::Code) else {
            self.failed(None, Failed::Factor, None).await?;
            return Ok(None);
        };
        let taken = self
            .change_account(&kept.account, |account| {
                let factor = account.factors.as_mut().map(|factors| self.take_factor(factors, code, now)).transpose()?.flatten();
                account.proven |= factor.is_some();
                Ok(factor)
            })
            .await?;
        let Some(factor) = taken else {
            self.failed(self.account(&kept.account).await?.as_ref(), Failed::Factor, kept.site.as_deref()).await?;
            return Ok(None);
        };
        // A half session is good for one sign-in.
        if !self.drop_kept(Kind::Session, &self.session_id(half)).await? {
            return Ok(None);
        }
        let account = self.account(&kept.account).await?.ok_or(AppError::NotFound)?;
        let Some(session) = self.signed_in(kept.account, &account, factor, kept.site).await? else { return Ok(None) };
        for trust in self.trusts().iter().filter(|trust| account.opens(trust).is_some()) {
            if let Err(error) = trust.end_setup_when_due().await {
                // The next sign-in tries again.
                tracing::error!(%error, "app.accounts.setup_not_ended");
            }
        }
        Ok(Some(SignedIn { session, email: account.email }))
    }

    /// Takes a recovery code of this account, to show that a browser is its owner's; nobody is signed in by it. A wrong code and an account
    /// that does not exist are one answer.
    pub async fn know_browser(&self, email: &str, code: &str) -> Result<bool, AppError> {
        let id = self.account_id(email);
        let account = self.account(&id).await?;
        let digest = self.recovery_digest(code);
        let has = account.as_ref().and_then(|account| account.factors.as_ref()).is_some_and(|factors| factors.has_recovery(&digest));
        // Only what is taken is written.
        let taken = has
            && self
                .change_account(&id, |account| Ok(account.factors.as_mut().is_some_and(|factors| factors.take_recovery(&digest))))
                .await?;
        if !taken {
            self.failed(account.as_ref(), Failed::Factor, None).await?;
        }
        Ok(taken)
    }

    /// The e-mail for whose account a half session waits, for counting attempts.
    pub async fn half_email(&self, half: &str) -> Result<Option<String>, AppError> {
        let Some(kept) = self.any_session(half).await?.filter(|session| session.stage == Stage::Code) else { return Ok(None) };
        Ok(self.account(&kept.account).await?.map(|account| account.email))
    }

    /// Changes a person's own password; `None` where the old one is wrong. Every other session of theirs ends.
    pub async fn change_password(&self, session: &str, old: &str, new: &str) -> Result<Option<()>, AppError> {
        let id = self.session(session).await?.ok_or(AppError::NotFound)?.account;
        let account = self.account(&id).await?.ok_or(AppError::NotFound)?;
        let hash = account.password.clone().unwrap_or_else(|| passwords::NOBODY.to_owned());
        if !passwords::verify(old.to_owned(), hash.clone()).await? {
            self.failed(Some(&account), Failed::Password, None).await?;
            return Ok(None);
        }
        let fresh = self.hash_new(&account, new).await?;
        let now = self.machine.now();
        self.change_account(&id, |account| {
            // Somebody who changed it meanwhile has changed it.
            if account.password.as_ref() != Some(&hash) {
                return Err(AppError::Stale);
            }
            account.take_password(fresh.clone(), now);
            Ok(())
        })
        .await?;
        self.change_session(session, |session| {
            session.password_due = false;
            Ok(())
        })
        .await?;
        self.end_other_sessions(session, id).await?;
        Ok(Some(()))
    }

    /// What a password must be: an account belongs to the host, so the strictest of its trusts' rules hold for it.
    pub fn password_rules(&self) -> PasswordRules {
        let all = self.trusts().into_iter().map(|trust| trust.profile().passwords.clone());
        all.reduce(|rules, others| rules.strictest(&others)).unwrap_or_default()
    }

    /// Checks a new password by the rules and hashes it.
    pub(super) async fn hash_new(&self, account: &Account, new: &str) -> Result<String, AppError> {
        let rules = &self.password_rules();
        rules.check(new, &account.email)?;
        if passwords::was_used(rules, new, account.password.as_deref(), &account.history).await? {
            return Err(Invalid::one("password", "was used before, or is like an earlier one; please choose another").into());
        }
        passwords::hash(new.to_owned(), &self.entropy).await
    }

    /// The account, where the password is right.
    async fn checked(&self, email: &str, password: &str, site: Option<&str>) -> Result<([u8; 16], Option<Account>), AppError> {
        let id = self.account_id(email);
        let account = self.account(&id).await?;
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let right = passwords::verify(password.to_owned(), hash.clone().unwrap_or_else(|| passwords::NOBODY.to_owned())).await?;
        if right && hash.is_some() {
            return Ok((id, account));
        }
        self.failed(account.as_ref(), Failed::Password, site).await?;
        Ok((id, None))
    }

    /// Begins the session once the sign-in is on the record of every trust that it opens; none where it opens none.
    async fn signed_in(&self, id: [u8; 16], account: &Account, factor: Factor, site: Option<String>) -> Result<Option<String>, AppError> {
        let opened = self.opened_by(account).await?;
        if opened.is_empty() {
            self.failed(Some(account), Failed::Left, site.as_deref()).await?;
            return Ok(None);
        }
        for (trust, link) in opened {
            let person = link.person;
            let event = wardbook_domain::trace::SignedIn { person, factor, site: trust.site_here(site.as_deref()).await? };
            trust.trace_event(event.into(), Some(person), (Some(person), None)).await?;
        }
        self.begin_session(id, account, factor).await.map(Some)
    }
}
