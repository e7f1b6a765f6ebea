//! One-time codes: with one, a person chooses their own password, and after a recovery their own second factor. Nobody sets another's.

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    PersonId,
    directory::{CodeFor, PersonEnrolled},
    field::Invalid,
    trace::Failed,
};

use super::{Notice, ShownOnce, as_typed, in_fives, letters};
use crate::{App, AppError, book::Act, state::Kind};

const CODE_SECONDS: i64 = 72 * 3600;

/// As kept, under the digest of the code.
#[derive(Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) account: [u8; 16],
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
            Kept::Before(account) => Self { account, purpose: CodeFor::Enrolment, asked_by: None, released_by: None },
        }
    }
}

impl App {
    /// When a code that is released now can be used at the latest.
    pub(super) fn code_until(&self) -> wardbook_domain::Instant {
        self.machine.now().plus_seconds(CODE_SECONDS)
    }

    /// Makes a code. It ends the earlier ones: the person uses the last one they were given.
    pub(super) async fn new_code(&self, code: &Code) -> Result<ShownOnce, AppError> {
        self.drop_owned(Kind::Code, &code.account).await?;
        let secret = letters(self.entropy.bytes::<20>());
        let expires_at = self.code_until();
        self.keep(Kind::Code, &self.secret_id("code", &secret), &code.account, code, expires_at).await?;
        Ok(ShownOnce { secret: in_fives(&secret), expires_at, known_person: true })
    }

    /// Uses a one-time code to choose a password. Every session of the account ends; after a recovery its second factor and its tokens
    /// are gone too.
    pub async fn enrol(&self, code: &str, password: &str) -> Result<(), AppError> {
        let id = self.secret_id("code", &as_typed(code));
        let unknown = || Invalid::one("code", "is not valid any more; please ask for a new one");
        let Some((kept, _)) = self.kept::<Kept>(Kind::Code, &id).await? else {
            self.failed(None, Failed::Code);
            return Err(unknown().into());
        };
        let code = Code::from(kept);
        let account = self.account(&code.account).await?.ok_or_else(unknown)?;
        let hash = self.hash_new(&account, password).await?;
        // Taken first: of two requests with one code only one goes on.
        if !self.drop_kept(Kind::Code, &id).await? {
            return Err(unknown().into());
        }
        self.record_enrolled(account.person, code.purpose).await?;
        let notice = Notice { code_for: code.purpose, at: self.clock.now(), asked_by: code.asked_by, released_by: code.released_by };
        let now = self.machine.now();
        self.change_account(&code.account, |account| {
            account.take_password(hash.clone(), now);
            if code.purpose == CodeFor::Recovery {
                account.factors = None;
            }
            account.notices.push(notice.clone());
            Ok(())
        })
        .await?;
        self.end_sessions(&code.account).await?;
        if code.purpose == CodeFor::Recovery {
            self.drop_owned(Kind::Token, &code.account).await?;
        }
        Ok(())
    }

    async fn record_enrolled(&self, person: PersonId, code_for: CodeFor) -> Result<(), AppError> {
        let command = self.command(person.as_bytes(), "enrol", None, b"");
        let act = Act { actor: Some(person), duty: None, command };
        self.append_directory(&act, *person.as_bytes(), &PersonEnrolled { person, code_for }.into()).await.map(|_| ())
    }
}
