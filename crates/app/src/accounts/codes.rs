//! One-time codes: with one, a person chooses their own password, and after a recovery their own second factor. Nobody sets another's.

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    PersonId,
    directory::{CodeFor, PersonEnrolled},
    field::Invalid,
    settings::opens_records,
    trace::Failed,
};

use wardbook_vault::blind;

use super::{Notice, ShownOnce, account::LinkState, as_typed, in_fives, letters};
use crate::{App, AppError, book::Act, state::Kind};

const CODE_SECONDS: i64 = 72 * 3600;

/// As kept, under the digest of the code.
#[derive(Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) account: [u8; 16],
    /// The trust that gave it; none of codes of before there could be several.
    #[serde(default)]
    pub(super) trust: Option<[u8; 16]>,
    pub(super) purpose: CodeFor,
    pub(super) asked_by: Option<PersonId>,
    pub(super) released_by: Option<PersonId>,
}

/// What a row may hold: before codes had a purpose it was the account alone. Such a row lives 72 hours at most.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Now(Code),
    Before([u8; 16]),
}

impl From<Kept> for Code {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Now(code) => code,
            Kept::Before(account) => Self { account, trust: None, purpose: CodeFor::Enrolment, asked_by: None, released_by: None },
        }
    }
}

impl App {
    /// When a code that is released now can be used at the latest.
    pub(super) fn code_until(&self) -> wardbook_domain::Instant {
        self.machine.now().plus_seconds(CODE_SECONDS)
    }

    /// Makes a code. It ends this trust's earlier ones: the person uses the last one they were given.
    pub(super) async fn new_code(
        &self,
        account: [u8; 16],
        purpose: CodeFor,
        by: (Option<PersonId>, Option<PersonId>),
    ) -> Result<ShownOnce, AppError> {
        let (asked_by, released_by) = by;
        let code = Code { account, trust: Some(*self.trust.as_bytes()), purpose, asked_by, released_by };
        let owner = blind(&self.keys.sign_in, &[b"code", self.trust.as_bytes(), &account]);
        self.drop_owned(Kind::Code, &owner).await?;
        let secret = letters(self.entropy.bytes::<20>());
        let expires_at = self.code_until();
        self.keep(Kind::Code, &self.secret_id("code", &secret), &owner, &code, expires_at).await?;
        Ok(ShownOnce { secret: in_fives(&secret), expires_at, known_person: true })
    }

    /// A code as it was typed, by its row's id, with the trust that gave it.
    pub(super) async fn code(&self, typed: &str) -> Result<Option<([u8; 32], Code, App)>, AppError> {
        let id = self.secret_id("code", &as_typed(typed));
        let Some((kept, _)) = self.kept::<Kept>(Kind::Code, &id).await? else { return Ok(None) };
        let code = Code::from(kept);
        let Some(trust) = self.beside(&code.trust.unwrap_or_else(|| self.host.first())) else { return Ok(None) };
        Ok(trust.is_good(&code).await?.then_some((id, code, trust)))
    }

    /// Whether a code may still be used. What the command alone gave for somebody who opens records is good until set-up has ended: whoever
    /// kept it would otherwise choose that person's password, and nobody has released it.
    async fn is_good(&self, code: &Code) -> Result<bool, AppError> {
        if code.released_by.is_some() || !self.setup_ended().await? {
            return Ok(true);
        }
        let account = self.account(&code.account).await?;
        let Some(person) = account.as_ref().and_then(|account| account.link(self)).map(|link| link.person) else { return Ok(false) };
        Ok(self.directory().await?.people.get(&person).is_some_and(|known| !opens_records(&known.duties)))
    }

    /// What is said of a code that cannot be used, whyever: that somebody signs in here for another trust is for themself to know.
    pub(super) fn no_code(&self) -> AppError {
        let elsewhere = "; if you sign in to Wardbook already, sign in and use it at “Your trusts”";
        let words = if self.is_alone() { "" } else { elsewhere };
        Invalid::one("code", format!("is not valid any more; please ask for a new one{words}")).into()
    }

    /// Uses a one-time code to choose a password. Every session of the account ends; after a recovery its second factor and its tokens
    /// are gone too. A trust to which the person has not agreed sets no password of theirs: they use its code by [`App::join`].
    pub async fn enrol(&self, code: &str, password: &str) -> Result<(), AppError> {
        let Some((id, code, trust)) = self.code(code).await? else {
            self.failed(None, Failed::Code, None).await?;
            return Err(self.no_code());
        };
        let account = self.account(&code.account).await?.ok_or_else(|| self.no_code())?;
        let person = match account.link(&trust) {
            Some(link) if account.password.is_none() || link.state != LinkState::Asked => link.person,
            _ => {
                self.failed(None, Failed::Code, None).await?;
                return Err(self.no_code());
            }
        };
        let hash = self.hash_new(&account, password).await?;
        // Taken first: of two requests with one code only one goes on.
        if !self.drop_kept(Kind::Code, &id).await? {
            return Err(self.no_code());
        }
        trust.record_enrolled(person, code.purpose).await?;
        let notice = trust.code_notice(&code, false);
        let now = self.machine.now();
        self.change_account(&code.account, |account| {
            // Somebody who chose one meanwhile is not to lose it to a trust that they have not agreed to.
            if account.password.is_some() && account.link(&trust).is_none_or(|link| link.state == LinkState::Asked) {
                return Err(self.no_code());
            }
            account.take_password_by_code(hash.clone(), now, *trust.trust.as_bytes());
            if code.purpose == CodeFor::Recovery {
                account.factors = None;
            }
            account.link_mut(&trust).ok_or(AppError::NotFound)?.notices.push(notice.clone());
            Ok(())
        })
        .await?;
        self.end_sessions(&code.account).await?;
        if code.purpose == CodeFor::Recovery {
            self.drop_owned(Kind::Token, &code.account).await?;
        }
        Ok(())
    }

    /// What the person is told of a code that was used.
    pub(super) fn code_notice(&self, code: &Code, joined: bool) -> Notice {
        let (asked_by, released_by) = (code.asked_by, code.released_by);
        Notice { code_for: code.purpose, at: self.clock.now(), asked_by, released_by, joined }
    }

    pub(super) async fn record_enrolled(&self, person: PersonId, code_for: CodeFor) -> Result<(), AppError> {
        let command = self.command(person.as_bytes(), "enrol", None, b"");
        let act = Act { actor: Some(person), duty: None, command };
        self.append_directory(&act, *person.as_bytes(), &PersonEnrolled { person, code_for }.into()).await.map(|_| ())
    }
}
