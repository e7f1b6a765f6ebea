//! An account: password, second factor, and the trusts to which it leads. It changes only as it was read, so that of two requests with
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
    /// The trusts to which it leads, the one in which it was made first.
    #[serde(default)]
    pub(super) links: Vec<Link>,
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
    /// The one link of accounts that were kept before there could be several.
    #[serde(flatten, skip_serializing)]
    before: Before,
}

/// A trust to which an account leads.
#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    pub(super) trust: [u8; 16],
    pub(super) person: PersonId,
    pub(super) state: LinkState,
    /// What its person has not confirmed to have read.
    pub(super) notices: Vec<Notice>,
    /// Until when a trust lead has looked at the changes of access.
    pub(super) changes_seen: Option<Instant>,
}

/// How far a trust and the person of an account have agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LinkState {
    /// The trust asks; the person has used no code of it yet. It can set nothing of the account, but a first password.
    Asked,
    /// Whoever signs in is in the trust.
    Open,
    /// The password was set by a code of another trust since: this one opens by a code of its own.
    Shut,
}

#[derive(Default, Deserialize)]
struct Before {
    #[serde(default)]
    person: Option<PersonId>,
    #[serde(default)]
    notices: Vec<Notice>,
    #[serde(default)]
    changes_seen: Option<Instant>,
}

/// A row by which an account is found for its person in a trust that it came to lead to later.
#[derive(Serialize, Deserialize)]
struct Pointer {
    leads_to: [u8; 16],
}

/// What a person's rows may be.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Pointer(Pointer),
    Account(Box<Account>),
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
    /// Whether it was used while signed in, for this trust alone: no password was chosen.
    #[serde(default)]
    pub joined: bool,
}

impl Account {
    fn new(email: &str, trust: [u8; 16], person: PersonId) -> Self {
        Self {
            email: email.trim().to_lowercase(),
            links: vec![Link::asked(trust, person)],
            password: None,
            history: vec![],
            password_at: None,
            factors: None,
            proven: false,
            before: Before::default(),
        }
    }

    /// As it is to be read now: what was kept before an account could lead to several trusts leads to the host's first.
    fn read(mut self, first: [u8; 16]) -> Self {
        let Before { person, notices, changes_seen } = std::mem::take(&mut self.before);
        if let Some(person) = person {
            let state = if self.password.is_some() { LinkState::Open } else { LinkState::Asked };
            self.links.push(Link { trust: first, person, state, notices, changes_seen });
        }
        self
    }

    pub(super) fn link(&self, trust: &App) -> Option<&Link> {
        self.links.iter().find(|link| link.trust == *trust.trust.as_bytes())
    }

    pub(super) fn link_mut(&mut self, trust: &App) -> Option<&mut Link> {
        self.links.iter_mut().find(|link| link.trust == *trust.trust.as_bytes())
    }

    /// Where it leads to in a trust that it opens.
    pub(super) fn opens(&self, trust: &App) -> Option<&Link> {
        self.link(trust).filter(|link| link.state == LinkState::Open)
    }

    /// Takes a new password's hash; the one before becomes history.
    pub(super) fn take_password(&mut self, hash: String, at: Instant) {
        self.history.extend(self.password.replace(hash));
        let keep_from = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..keep_from);
        self.password_at = Some(at);
    }

    /// Takes the password that was chosen with a code of this trust. Nobody but this trust has said who chose it: the others wait for codes
    /// of their own.
    pub(super) fn take_password_by_code(&mut self, hash: String, at: Instant, of: [u8; 16]) {
        self.take_password(hash, at);
        for link in &mut self.links {
            link.state = match link.state {
                _ if link.trust == of => LinkState::Open,
                LinkState::Open => LinkState::Shut,
                other => other,
            };
        }
    }
}

impl Link {
    fn asked(trust: [u8; 16], person: PersonId) -> Self {
        Self { trust, person, state: LinkState::Asked, notices: vec![], changes_seen: None }
    }
}

impl App {
    pub(super) async fn account(&self, id: &[u8; 16]) -> Result<Option<Account>, AppError> {
        Ok(self.kept::<Account>(Kind::Account, id).await?.map(|(account, _)| account.read(self.host.first())))
    }

    /// Makes an account where there is none under this e-mail, and has it lead here.
    pub(super) async fn make_account(&self, email: &str, person: PersonId) -> Result<[u8; 16], AppError> {
        let (id, here) = (self.account_id(email), *self.trust.as_bytes());
        if self.account(&id).await?.is_none() {
            let account = Account::new(email, here, person);
            if self.keep_first(Kind::Account, &id, &self.account_owner(person), &account, NEVER).await? {
                return Ok(id);
            }
        }
        let link = |account: &mut Account| {
            let known = account.link(self).is_some();
            if !known {
                account.links.push(Link::asked(here, person));
            }
            Ok(!known)
        };
        if self.change_account(&id, link).await? {
            let at = blind(&self.keys.sign_in, &[b"leads to", &here, &id]);
            self.keep(Kind::Account, &at, &self.account_owner(person), &Pointer { leads_to: id }, NEVER).await?;
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
            let (account, _, mark) = self.kept_marked::<Account>(Kind::Account, id).await?.ok_or(AppError::NotFound)?;
            let mut account = account.read(self.host.first());
            let answer = change(&mut account)?;
            let made_for = account.links.first().ok_or_else(|| AppError::internal("an account leads nowhere"))?.person;
            if self.replace_kept(Kind::Account, id, &mark, &self.account_owner(made_for), &account, NEVER).await? {
                return Ok(answer);
            }
        }
        Err(AppError::Busy(Duration::from_secs(1)))
    }

    /// The accounts of a person of this trust: nearly always one, under the e-mail that they had when it was made.
    pub(super) async fn accounts_of(&self, person: PersonId) -> Result<Vec<([u8; 16], Account)>, AppError> {
        let mut all: Vec<([u8; 16], Account)> = vec![];
        for (id, row, _) in self.kept_of_owner::<Row>(Kind::Account, &self.account_owner(person), 10).await? {
            match (row, <[u8; 16]>::try_from(id)) {
                (Row::Account(account), Ok(id)) => all.push((id, account.read(self.host.first()))),
                (Row::Pointer(Pointer { leads_to }), _) => all.extend(self.account(&leads_to).await?.map(|account| (leads_to, account))),
                (Row::Account(_), Err(_)) => {}
            }
        }
        // Rows of before owners were people are found by the e-mail.
        let email = self.directory().await?.people.get(&person).and_then(|known| known.email.clone());
        if let Some(id) = email.map(|email| self.account_id(&email))
            && !all.iter().any(|(known, _)| *known == id)
        {
            all.extend(self.account(&id).await?.map(|account| (id, account)));
        }
        all.retain(|(_, account)| account.link(self).is_some_and(|link| link.person == person));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIRST: [u8; 16] = [1; 16];
    const SECOND: [u8; 16] = [2; 16];
    const UMA: PersonId = PersonId::from_bytes([7; 16]);

    fn states(account: &Account) -> Vec<([u8; 16], LinkState)> {
        account.links.iter().map(|link| (link.trust, link.state)).collect()
    }

    #[test]
    fn an_account_of_before_there_could_be_several_leads_to_the_first_trust() {
        let at = Instant::from_micros(5);
        let notice = json!({ "code_for": CodeFor::Enrolment, "at": at, "asked_by": null, "released_by": null });
        let kept = |password: Option<&str>| json!({ "email": "uma@example.org", "person": UMA, "password": password, "history": [], "notices": [notice], "changes_seen": at });
        let read = |kept: serde_json::Value| serde_json::from_value::<Account>(kept).unwrap().read(FIRST);
        let enrolled = read(kept(Some("hash")));
        assert_eq!(states(&enrolled), [(FIRST, LinkState::Open)]);
        let link = &enrolled.links[0];
        assert_eq!((link.person, link.notices.len(), link.changes_seen), (UMA, 1, Some(at)));
        assert!(!link.notices[0].joined);
        assert_eq!(states(&read(kept(None))), [(FIRST, LinkState::Asked)]);
        // As it is kept from now on, it reads as itself.
        let again = read(serde_json::to_value(&enrolled).unwrap());
        assert_eq!(states(&again), states(&enrolled));
    }

    #[test]
    fn a_password_that_is_chosen_by_a_trust_s_code_shuts_the_others_and_agrees_to_none() {
        let mut account = Account::new("uma@example.org", FIRST, UMA);
        account.links.extend([Link::asked(SECOND, UMA), Link::asked([3; 16], UMA)]);
        let now = Instant::from_micros(5);
        account.take_password_by_code("one".into(), now, FIRST);
        assert_eq!(states(&account), [(FIRST, LinkState::Open), (SECOND, LinkState::Asked), ([3; 16], LinkState::Asked)]);
        account.links[1].state = LinkState::Open;
        account.take_password_by_code("two".into(), now, SECOND);
        assert_eq!(states(&account), [(FIRST, LinkState::Shut), (SECOND, LinkState::Open), ([3; 16], LinkState::Asked)]);
        assert_eq!((account.password.as_deref(), account.history.as_slice()), (Some("two"), &["one".to_owned()][..]));
    }
}
