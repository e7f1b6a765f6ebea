//! API tokens: bearer secrets made by people who signed in with their second factor. Those that the command made for anybody are good only
//! until set-up has ended: kept for later, they would be an administrator's way to read as somebody else.

use serde::{Deserialize, Serialize};
use wardbook_domain::{Instant, PersonId, field::Invalid};

use super::{Caller, HELD_MAX, ShownOnce, Standing};
use crate::{App, AppError, state::Kind};

const TOKEN_SECONDS: i64 = 365 * 86_400;
const LABEL_MAX: usize = 100;

#[derive(Serialize, Deserialize)]
struct Holder {
    account: [u8; 16],
    /// Its trust; none of tokens of before there could be several.
    #[serde(default)]
    trust: Option<[u8; 16]>,
    person: PersonId,
    until: Instant,
    #[serde(default)]
    made_at: Option<Instant>,
    #[serde(default)]
    label: String,
    /// Whether copies of records may leave, and files go into quarantine, by it; not of those that were made before this was asked.
    #[serde(default)]
    exports: bool,
    /// Whether the command made it, and not its owner.
    #[serde(default)]
    by_command: bool,
}

/// A token of one's own, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenShown {
    /// By which it is ended: a digest, of no use as a token.
    pub id: String,
    /// What it is for, in its owner's words.
    pub label: String,
    /// When it was made.
    pub made_at: Option<Instant>,
    /// Until when it can be used.
    pub expires_at: Instant,
    /// Whether copies of records may leave by it.
    pub exports: bool,
}

impl App {
    /// Makes an API token for an account: for the command alone, until set-up has ended.
    pub async fn create_token(&self, email: &str) -> Result<ShownOnce, AppError> {
        self.refuse_after_setup("user", "makes their own tokens now, signed in, at /account/tokens: set-up has ended").await?;
        let id = self.account_id(email);
        let none = || Invalid::one("user", "has no account; add it with `wardbook user add`");
        let account = self.account(&id).await?.ok_or_else(none)?;
        let person = account.link(self).ok_or_else(none)?.person;
        self.put_token((id, person), "Made by `wardbook token create`", true, true).await
    }

    /// Makes an API token for its owner, who has just proved who they are: that is the proof for every copy that leaves by it.
    pub async fn make_token(&self, standing: &Standing, label: &str, exports: bool) -> Result<ShownOnce, AppError> {
        if !standing.stepped_up() {
            return Err(AppError::Forbidden);
        }
        let mut checks = wardbook_domain::field::Checks::default();
        checks.text("label", label, LABEL_MAX);
        checks.done()?;
        self.put_token((standing.caller.account, standing.caller.person), label.trim(), exports, false).await
    }

    async fn put_token(
        &self,
        (account, person): ([u8; 16], PersonId),
        label: &str,
        exports: bool,
        by_command: bool,
    ) -> Result<ShownOnce, AppError> {
        if self.count_owned(Kind::Token, &account).await? >= HELD_MAX {
            return Err(Invalid::one("user", format!("has {HELD_MAX} tokens already")).into());
        }
        let secret = format!("wb_{}", hex::encode(self.entropy.bytes::<32>()));
        let made_at = self.machine.now();
        let expires_at = made_at.plus_seconds(TOKEN_SECONDS);
        let holder = Holder {
            account,
            trust: Some(*self.trust.as_bytes()),
            person,
            until: expires_at,
            made_at: Some(made_at),
            label: label.to_owned(),
            exports,
            by_command,
        };
        self.keep(Kind::Token, &self.secret_id("token", &secret), &account, &holder, expires_at).await?;
        Ok(ShownOnce { secret, expires_at, known_person: true })
    }

    /// The trust of an API token.
    pub async fn trust_of_token(&self, token: &str) -> Result<Option<App>, AppError> {
        let holder = self.kept::<Holder>(Kind::Token, &self.secret_id("token", token)).await?;
        Ok(holder.and_then(|(holder, _)| self.beside(&holder.trust.unwrap_or_else(|| self.host.first()))))
    }

    /// The person behind an API token of this trust; nobody behind one that the command made, once set-up has ended.
    pub async fn by_token(&self, token: &str) -> Result<Option<Caller>, AppError> {
        match self.kept::<Holder>(Kind::Token, &self.secret_id("token", token)).await? {
            Some((holder, _)) if holder.by_command && self.setup_ended().await? => Ok(None),
            Some((holder, _)) if self.is_of(&holder) => {
                let caller = self.caller(holder.account, holder.person).await?;
                Ok(caller.map(|caller| Caller { exports: holder.exports, ..caller }))
            }
            _ => Ok(None),
        }
    }

    fn is_of(&self, holder: &Holder) -> bool {
        holder.trust.unwrap_or_else(|| self.host.first()) == *self.trust.as_bytes()
    }

    /// A person's own tokens of this trust, the newest first.
    pub async fn tokens(&self, caller: &Caller) -> Result<Vec<TokenShown>, AppError> {
        let kept = self.kept_of_owner::<Holder>(Kind::Token, &caller.account, HELD_MAX).await?;
        let ended = self.setup_ended().await?;
        let good = |holder: &Holder| self.is_of(holder) && !(ended && holder.by_command);
        let shown = kept.into_iter().filter(|(_, holder, _)| good(holder)).map(|(id, holder, expires_at)| TokenShown {
            id: hex::encode(id),
            label: holder.label,
            made_at: holder.made_at,
            exports: holder.exports,
            expires_at,
        });
        Ok(shown.collect())
    }

    /// Ends every token of an account for this trust.
    pub(super) async fn end_tokens(&self, account: &[u8; 16]) -> Result<(), AppError> {
        for (id, holder, _) in self.kept_of_owner::<Holder>(Kind::Token, account, HELD_MAX).await? {
            if self.is_of(&holder) {
                self.drop_kept(Kind::Token, &id).await?;
            }
        }
        Ok(())
    }

    /// Ends one of a person's own tokens; no such token and another's are one answer.
    pub async fn end_token(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        let id = hex::decode(id).map_err(|_| AppError::NotFound)?;
        let own =
            self.kept::<Holder>(Kind::Token, &id).await?.is_some_and(|(holder, _)| holder.account == caller.account && self.is_of(&holder));
        if !own {
            return Err(AppError::NotFound);
        }
        self.drop_kept(Kind::Token, &id).await.map(|_| ())
    }
}
