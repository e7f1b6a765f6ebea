//! Accounts: who may sign in, and as whom. Codes, passwords, sessions, tokens.
//!
//! Signing in reads the account only; what a person may do is the directory's to say, asked at every request.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    Address, Duty, Instant, PersonId, Scope,
    directory::{Beside, check_email},
    field::{Checks, Invalid},
    need_to_know::Viewer,
};
use wardbook_vault::{blind, keyed_digest};

use crate::{
    App, AppError,
    looking::{Looking, Looks},
    passwords,
    state::Kind,
};

const CODE_SECONDS: i64 = 72 * 3600;
const TOKEN_SECONDS: i64 = 365 * 86_400;
const SESSION_SECONDS_MAX: i64 = 12 * 3600;
const SESSION_IDLE_SECONDS: i64 = 3600;
/// An account does not expire; this is the end of time for its row.
const NEVER: Instant = Instant::from_micros(i64::MAX);
/// At most so many sessions or tokens of one account at once.
const HELD_MAX: i64 = 50;
/// Letters and digits that nobody misreads.
const CODE_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

#[derive(Serialize, Deserialize)]
struct Account {
    email: String,
    person: PersonId,
    password: Option<String>,
    /// Earlier hashes, newest last.
    history: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) account: [u8; 16],
    person: PersonId,
    /// When an idle session ends at the latest.
    until: Instant,
    /// What was answered before a record was shown.
    #[serde(default)]
    pub(crate) looks: Looks,
}

/// A person who is signed in, with the duties they hold now.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their role in words, where the staff list has one.
    pub role: Option<String>,
    /// Their staff id.
    pub staff_id: Option<String>,
    /// What they may open: the duties they hold, those that they cover, and those that they opened by break-glass.
    pub duties: BTreeSet<Address>,
    /// How they came to those of the duties that they do not hold.
    pub beside: Vec<(Address, Beside)>,
    /// The school of their staff entry.
    pub school: Option<String>,
    pub(crate) account: [u8; 16],
    pub(crate) looking: Looking,
}

impl Caller {
    pub(crate) fn viewer(&self) -> Viewer<'_> {
        Viewer { person: self.person, duties: &self.duties }
    }

    /// Whether they hold this duty anywhere.
    pub fn has(&self, duty: Duty) -> bool {
        self.duties.iter().any(|held| held.duty == duty)
    }

    /// The principal of their commands.
    pub(crate) fn principal(&self) -> &[u8] {
        self.person.as_bytes()
    }
}

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

impl App {
    /// Gives a person an account and a duty, and a one-time code with which they choose their own password.
    pub async fn add_user(&self, user: &NewUser) -> Result<ShownOnce, AppError> {
        let address = self.check_user(user).await?;
        let directory = self.directory().await?;
        let known = directory.by_email(&user.email);
        if let Some(person) = known
            && !directory.people[&person].name.eq_ignore_ascii_case(user.name.trim())
        {
            return Err(Invalid::one("name", "is not the name that the directory has for this e-mail; please use that name").into());
        }
        let (person, entered) = match known {
            Some(person) => (person, None),
            None => self.enter_person(user.name.trim(), &user.email).await?,
        };
        let holds = known.is_some_and(|person| directory.people[&person].duties.contains(&address));
        let granted = if holds { None } else { self.grant(person, address, "given with the account", false).await? };
        self.shown_by_views(granted.or(entered)).await;
        self.reroute_open().await?;
        let id = self.account_id(&user.email);
        if self.kept::<Account>(Kind::Account, &id).await?.is_none() {
            let account = Account { email: user.email.to_lowercase(), person, password: None, history: vec![] };
            self.keep(Kind::Account, &id, &id, &account, NEVER).await?;
        }
        let mut code = self.new_code(&id).await?;
        code.known_person = known.is_some();
        Ok(code)
    }

    async fn check_user(&self, user: &NewUser) -> Result<Address, AppError> {
        let mut checks = Checks::default();
        check_email(&mut checks, &user.email);
        checks.text("name", &user.name, 200);
        match (user.duty.scope(), &user.school) {
            (Scope::School, None) => checks.fail("school", format!("is needed: {} is a duty at one school", user.duty)),
            (Scope::Trust, Some(_)) => checks.fail("school", format!("does not go with {}, a duty for the whole trust", user.duty)),
            (_, Some(school)) if !self.directory().await?.schools.contains_key(school) => {
                checks.fail("school", "is not a school of this trust; import the schools first");
            }
            _ => {}
        }
        checks.done()?;
        Ok(Address { duty: user.duty, school: user.school.clone() })
    }

    async fn new_code(&self, account: &[u8; 16]) -> Result<ShownOnce, AppError> {
        // A new code ends the earlier ones: the person uses the last one they were given.
        self.drop_owned(Kind::Code, account).await?;
        let letters: [u8; 20] = self.entropy.bytes();
        let code: String = letters.iter().map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)])).collect();
        let expires_at = self.machine.now().plus_seconds(CODE_SECONDS);
        self.keep(Kind::Code, &self.secret_id("code", &code), account, account, expires_at).await?;
        let secret = code.as_bytes().chunks(5).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
        Ok(ShownOnce { secret, expires_at, known_person: false })
    }

    /// Uses a one-time code to choose a password. Every session of the account ends.
    pub async fn enrol(&self, code: &str, password: &str) -> Result<(), AppError> {
        let code: String = code.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let id = self.secret_id("code", &code);
        let unknown = || Invalid::one("code", "is not valid any more; please ask for a new one");
        let (account_id, _) = self.kept::<[u8; 16]>(Kind::Code, &id).await?.ok_or_else(unknown)?;
        let (mut account, _) = self.kept::<Account>(Kind::Account, &account_id).await?.ok_or_else(unknown)?;
        passwords::check_new(password, &account.email)?;
        for old in account.password.iter().chain(&account.history) {
            if passwords::verify(password.to_owned(), old.clone()).await? {
                return Err(Invalid::one("password", "was used before; please choose another").into());
            }
        }
        // Taken first: of two requests with one code only one goes on.
        if !self.drop_kept(Kind::Code, &id).await? {
            return Err(unknown().into());
        }
        account.history.extend(account.password.take());
        let keep_from = account.history.len().saturating_sub(5);
        account.history.drain(..keep_from);
        account.password = Some(passwords::hash(password.to_owned(), &self.entropy).await?);
        self.keep(Kind::Account, &account_id, &account_id, &account, NEVER).await?;
        self.drop_owned(Kind::Session, &account_id).await?;
        Ok(())
    }

    /// Signs in; the session's token, or none. No answer and no delay tells whether there is an account.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Option<String>, AppError> {
        let id = self.account_id(email);
        let account = self.kept::<Account>(Kind::Account, &id).await?.map(|(account, _)| account);
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let right = passwords::verify(password.to_owned(), hash.clone().unwrap_or_else(|| passwords::NOBODY.to_owned())).await?;
        match account {
            Some(account) if right && hash.is_some() => self.open_session(id, account.person).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn open_session(&self, account: [u8; 16], person: PersonId) -> Result<String, AppError> {
        if self.count_owned(Kind::Session, &account).await? >= HELD_MAX {
            self.drop_owned(Kind::Session, &account).await?;
        }
        let token = hex::encode(self.entropy.bytes::<32>());
        let now = self.machine.now();
        let holder = Holder { account, person, until: now.plus_seconds(SESSION_SECONDS_MAX), looks: Looks::default() };
        let id = self.secret_id("session", &token);
        self.keep(Kind::Session, &id, &account, &holder, now.plus_seconds(SESSION_IDLE_SECONDS)).await?;
        Ok(token)
    }

    /// The person behind a session's token, whose idle time starts again.
    pub async fn by_session(&self, token: &str) -> Result<Option<Caller>, AppError> {
        let id = self.secret_id("session", token);
        let Some((holder, expires_at)) = self.kept::<Holder>(Kind::Session, &id).await? else {
            return Ok(None);
        };
        let longer = self.machine.now().plus_seconds(SESSION_IDLE_SECONDS).min(holder.until);
        // Written at most once a minute: a page of many requests is one use.
        if longer > expires_at.plus_seconds(60) {
            self.keep(Kind::Session, &id, &holder.account, &holder, longer).await?;
        }
        let caller = self.caller(&holder).await?;
        Ok(caller.map(|caller| Caller { looking: Looking::Page(holder.looks), ..caller }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        self.drop_kept(Kind::Session, &self.secret_id("session", token)).await.map(|_| ())
    }

    /// Makes an API token for an account.
    pub async fn create_token(&self, email: &str) -> Result<ShownOnce, AppError> {
        let id = self.account_id(email);
        let none = || Invalid::one("user", "has no account; add it with `wardbook user add`");
        let (account, _) = self.kept::<Account>(Kind::Account, &id).await?.ok_or_else(none)?;
        if self.count_owned(Kind::Token, &id).await? >= HELD_MAX {
            return Err(Invalid::one("user", format!("has {HELD_MAX} tokens already")).into());
        }
        let secret = format!("wb_{}", hex::encode(self.entropy.bytes::<32>()));
        let expires_at = self.machine.now().plus_seconds(TOKEN_SECONDS);
        let holder = Holder { account: id, person: account.person, until: expires_at, looks: Looks::default() };
        self.keep(Kind::Token, &self.secret_id("token", &secret), &id, &holder, expires_at).await?;
        Ok(ShownOnce { secret, expires_at, known_person: true })
    }

    /// The person behind an API token.
    pub async fn by_token(&self, token: &str) -> Result<Option<Caller>, AppError> {
        match self.kept::<Holder>(Kind::Token, &self.secret_id("token", token)).await? {
            Some((holder, _)) => self.caller(&holder).await,
            None => Ok(None),
        }
    }

    async fn caller(&self, holder: &Holder) -> Result<Option<Caller>, AppError> {
        let directory = self.directory().await?;
        let (duties, beside) = directory.opens(holder.person, self.clock.now());
        Ok(directory.people.get(&holder.person).map(|person| Caller {
            person: holder.person,
            name: person.name.clone(),
            role: person.staff.as_ref().and_then(|staff| staff.role.clone()),
            staff_id: person.staff.as_ref().map(|staff| staff.staff_id.clone()),
            school: person.staff.as_ref().map(|staff| staff.school.clone()),
            duties,
            beside,
            account: holder.account,
            looking: Looking::Api(None),
        }))
    }

    /// The value that proves a form was made for this visitor: a session's token, or the cookie of a visitor not signed in.
    pub fn form_token(&self, visitor: &str) -> String {
        hex::encode(keyed_digest(&self.keys.form, &[visitor.as_bytes()]))
    }

    fn account_id(&self, email: &str) -> [u8; 16] {
        blind(&self.keys.sign_in, &[b"account", email.trim().to_lowercase().as_bytes()])
    }

    /// Secrets are kept by digest only: what is read out of the table cannot be used.
    pub(crate) fn secret_id(&self, kind: &str, secret: &str) -> [u8; 32] {
        keyed_digest(&self.keys.sign_in, &[kind.as_bytes(), secret.as_bytes()])
    }
}
