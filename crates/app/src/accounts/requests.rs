//! Who is given an account or a duty, and by whom. Until set-up has ended the command alone does it; afterwards an administrator asks and
//! a second person, who holds a duty that opens records, releases or turns down. The administrator never sees a code. A profile that moves
//! receivers waits for the same people in the same list (`profiles.rs`).

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    AccessId, Address, Duty, PersonId, Scope,
    clock::{Date, day_of},
    directory::{Asked, CodeAsked, CodeFor, CodeReleased, Directory, DirectoryEvent, DutyAsked, DutyGranted, RequestRefused, check_email},
    event::AnyEvent,
    field::{Checks, Invalid},
    settings::ProfileProposed,
};

use super::{Caller, NewUser, ShownOnce, Standing, account::LinkState};
use crate::{
    App, AppError,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    reports::Conditions,
    state::Kind,
};

const REASON_MAX: usize = 1_000;
const AFTER: &str = "is asked for by an administrator now (their token with `--token`, or the page /people/add) and released by a second \
                     person: set-up has ended";

/// On which days a duty is held; from now on, and until it is ended, where neither is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Days {
    /// The first.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// The last.
    #[serde(default)]
    pub ends_on: Option<Date>,
}

/// What `wardbook user add` led to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Added {
    /// A code, shown once: before set-up has ended.
    Code(ShownOnce),
    /// It waits for a second person.
    Waiting(AskedFor),
}

/// What waits for a second person now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskedFor {
    /// The person was in the directory already.
    pub known_person: bool,
    /// A code was asked for.
    pub code_waits: bool,
    /// The duty was asked for; else it is held.
    pub duty_waits: bool,
}

/// One request as a second person sees it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// By which it is settled.
    pub id: AccessId,
    /// Whom it is about; empty where it is about nobody.
    pub person: String,
    /// What is asked.
    pub what: WaitingFor,
    /// Why.
    pub reason: String,
    /// Who asked; none for a list.
    pub asked_by: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingFor {
    /// A duty.
    Duty(Address),
    /// A one-time code.
    Code(CodeFor),
    /// A profile that moves receivers: its name, and what moves, in words.
    Profile(String, Vec<String>),
}

impl App {
    /// Gives a person an account and a duty, and a one-time code with which they choose their own password. By the command alone, until
    /// set-up has ended.
    pub async fn add_user(&self, user: &NewUser) -> Result<ShownOnce, AppError> {
        self.add_user_for(user, Days::default()).await
    }

    /// The same, where the duty is held on some days alone.
    pub async fn add_user_for(&self, user: &NewUser, days: Days) -> Result<ShownOnce, AppError> {
        self.refuse_after_setup("user", AFTER).await?;
        let address = self.check_user(user, days).await?;
        let (person, entered, known) = self.known_or_entered(user).await?;
        let directory = self.directory().await?;
        let holds = directory.people.get(&person).is_some_and(|person| person.duties.contains(&address));
        let granted = if holds { None } else { self.grant(person, address, "given with the account", days, false).await? };
        let account = self.make_account(&user.email, person).await?;
        let code_for = if self.has_agreed(&account).await? { CodeFor::Recovery } else { CodeFor::Enrolment };
        let request = self.new_request();
        let reason = "given with the account, before set-up had ended".to_owned();
        let asked = CodeAsked { request, person, code_for, reason, asked_by: None };
        let released = CodeReleased { request, person, released_by: None, expires_at: self.code_until() };
        let act = self.act(None, "user");
        let coded = self.append_when(&act, person, |_| Ok(vec![asked.clone().into(), released.clone().into()])).await?;
        self.shown_by_views(coded.or(granted).or(entered)).await;
        self.reroute_open().await?;
        let code = self.new_code(account, code_for, (None, None)).await?;
        Ok(ShownOnce { known_person: known, ..code })
    }

    /// Asks for an account and a duty for a person. What opens records, and the code, wait for a second person; other duties are given.
    pub async fn ask_user(&self, caller: &Caller, user: &NewUser, days: Days, reason: &str) -> Result<AskedFor, AppError> {
        administrator(caller)?;
        let address = self.check_user(user, days).await?;
        check_reason(reason)?;
        let (person, mut position, known_person) = self.known_or_entered(user).await?;
        let account = self.make_account(&user.email, person).await?;
        let act = self.act(Some((caller.person, Duty::Administrator)), "ask-user");
        let directory = self.directory().await?;
        let holds = directory.people.get(&person).is_some_and(|person| person.holdings.contains_key(&address));
        if holds && days != Days::default() {
            return Err(Invalid::one("duty", "is held already: end it, then ask for it with other days").into());
        }
        let duty_waits = !holds && address.duty.opens_records();
        if duty_waits {
            let asked = self.duty_asked(person, address, days, (false, reason), Some(caller.person));
            position = self.append_when(&act, person, |_| Ok(vec![asked.clone().into()])).await?;
        } else if !holds {
            let granted = days.of(DutyGranted::at_once(person, address, reason, false));
            position = self.append_when(&act, person, |_| Ok(vec![granted.clone().into()])).await?;
        }
        let code_waits = !self.has_agreed(&account).await?;
        if code_waits {
            let act = self.act(Some((caller.person, Duty::Administrator)), "ask-code");
            position = self.ask_code(&act, person, CodeFor::Enrolment, reason, caller).await?.or(position);
        }
        self.shown_by_views(position).await;
        self.reroute_open().await?;
        Ok(AskedFor { known_person, code_waits, duty_waits })
    }

    /// Asks for a code with which a person chooses password and second factor again.
    pub async fn ask_recovery(&self, caller: &Caller, person: PersonId, reason: &str) -> Result<(), AppError> {
        administrator(caller)?;
        check_reason(reason)?;
        let directory = self.directory().await?;
        let known = directory.people.get(&person).ok_or(AppError::NotFound)?;
        let email = known.email.clone().ok_or_else(|| AppError::State("this person has no email address in the directory".into()))?;
        if self.accounts_of(person).await?.is_empty() {
            self.make_account(&email, person).await?;
        }
        let act = self.act(Some((caller.person, Duty::Administrator)), "ask-code");
        let position = self.ask_code(&act, person, CodeFor::Recovery, reason, caller).await?;
        self.shown_by_views(position).await;
        Ok(())
    }

    /// Whether the person of an account has used a code of this trust before; what other trusts there are does not show.
    async fn has_agreed(&self, account: &[u8; 16]) -> Result<bool, AppError> {
        let account = self.account(account).await?;
        Ok(account.is_some_and(|account| account.link(self).is_some_and(|link| link.state != LinkState::Asked)))
    }

    async fn ask_code(&self, act: &Act, person: PersonId, code_for: CodeFor, reason: &str, by: &Caller) -> Result<Option<u64>, AppError> {
        let (request, reason) = (self.new_request(), reason.trim().to_owned());
        let asked = CodeAsked { request, person, code_for, reason, asked_by: Some(by.person) };
        self.append_when(act, person, |_| Ok(vec![asked.clone().into()])).await
    }

    /// What waits for this second person: never what they asked themself, and never what is about them.
    pub async fn waiting(&self, caller: &Caller) -> Result<Vec<Waiting>, AppError> {
        let directory = self.directory().await?;
        let seen = directory.access.asked.iter().filter(|(_, asked)| may_settle(caller, asked));
        let profiles = self.proposals_to_settle(caller).into_iter().map(|proposed| profile_shown(&directory, proposed));
        Ok(seen.map(|(id, asked)| shown(&directory, *id, asked)).chain(profiles).collect())
    }

    fn is_proposal_for(&self, caller: &Caller, request: AccessId) -> bool {
        self.proposals_to_settle(caller).iter().any(|proposed| proposed.proposal == request)
    }

    /// What this administrator asked and nobody has settled.
    pub async fn asked_by(&self, caller: &Caller) -> Result<Vec<Waiting>, AppError> {
        let directory = self.directory().await?;
        let own = directory.access.asked.iter().filter(|(_, asked)| asked.asked_by() == Some(caller.person));
        Ok(own.map(|(id, asked)| shown(&directory, *id, asked)).collect())
    }

    /// Releases what was asked, as a second person who has just proved who they are. A code is shown to them alone, to be handed over.
    pub async fn release(&self, standing: &Standing, request: AccessId) -> Result<Option<ShownOnce>, AppError> {
        let caller = &standing.caller;
        let is_profile = self.is_proposal_for(caller, request);
        let asked = if is_profile { None } else { Some(self.asked(caller, request).await?) };
        if !standing.stepped_up() {
            return Err(AppError::Forbidden);
        }
        let Some(asked) = asked else {
            return self.confirm_profile(caller, *request.as_bytes(), Conditions::default()).await.map(|()| None);
        };
        let (person, duty) = (asked.person(), caller.duties.iter().map(|held| held.duty).find(|duty| duty.opens_records()));
        let act = self.act(duty.map(|duty| (caller.person, duty)), "release");
        let event: DirectoryEvent = match &asked {
            Asked::Duty(asked) => DutyGranted {
                person,
                address: asked.address.clone(),
                reason: asked.reason.clone(),
                from_list: asked.from_list,
                starts_on: asked.starts_on,
                ends_on: asked.ends_on,
                request: Some(request),
                agreed_by: Some(caller.name.clone()),
            }
            .into(),
            Asked::Code(_) => CodeReleased { request, person, released_by: Some(caller.person), expires_at: self.code_until() }.into(),
        };
        let position = self.settle_request(&act, person, request, event).await?;
        self.shown_by_views(position).await;
        match asked {
            Asked::Duty(_) => self.reroute_open().await.map(|_| None),
            Asked::Code(asked) => {
                let account = self.accounts_of(person).await?.into_iter().next().ok_or(AppError::NotFound)?.0;
                self.new_code(account, asked.code_for, (asked.asked_by, Some(caller.person))).await.map(Some)
            }
        }
    }

    /// Turns down what was asked, as a second person, or withdraws it, as the one who asked.
    pub async fn refuse_request(&self, caller: &Caller, request: AccessId, reason: &str) -> Result<(), AppError> {
        check_reason(reason)?;
        if self.is_proposal_for(caller, request) {
            return self.refuse_profile(caller, *request.as_bytes(), reason.trim(), Conditions::default()).await;
        }
        let directory = self.directory().await?;
        let asked = directory.access.asked.get(&request).ok_or(AppError::NotFound)?;
        if !may_settle(caller, asked) && asked.asked_by() != Some(caller.person) {
            return Err(AppError::NotFound);
        }
        let person = asked.person();
        let duty = caller.duties.iter().map(|held| held.duty).next();
        let act = self.act(duty.map(|duty| (caller.person, duty)), "refuse");
        let refused = RequestRefused { request, person, reason: reason.trim().to_owned(), refused_by: caller.person };
        let position = self.settle_request(&act, person, request, refused.into()).await?;
        self.shown_by_views(position).await;
        Ok(())
    }

    /// Ends a duty, or all of them where none is said, with a reason: one person suffices, an administrator or whoever is at the machine.
    /// The person's sessions end; with the last duty their tokens and their calendar address end too.
    pub async fn end_duty_of(
        &self,
        by: Option<&Caller>,
        person: PersonId,
        address: Option<&Address>,
        reason: &str,
    ) -> Result<(), AppError> {
        by.map_or(Ok(()), administrator)?;
        check_reason(reason)?;
        let directory = self.directory().await?;
        let known = directory.people.get(&person).ok_or(AppError::NotFound)?;
        let ending: Vec<Address> = known.holdings.keys().filter(|held| address.is_none_or(|one| one == *held)).cloned().collect();
        if ending.is_empty() {
            return Err(Invalid::one("duty", "is not a duty that this person holds there").into());
        }
        for address in ending {
            let position = self.end_duty(by.map(|caller| caller.person), person, address, reason.trim()).await?;
            self.shown_by_views(position).await;
        }
        self.end_sessions_of(person).await?;
        if self.directory().await?.has_left(person) {
            for (account, _) in self.accounts_of(person).await? {
                self.end_tokens(&account).await?;
                self.drop_owned(Kind::Feed, &self.rows_of_account(&account)).await?;
            }
        }
        self.reroute_open().await.map(|_| ())
    }

    /// A request that this caller may settle; no such request and not theirs are one answer.
    async fn asked(&self, caller: &Caller, request: AccessId) -> Result<Asked, AppError> {
        let directory = self.directory().await?;
        let asked = directory.access.asked.get(&request).filter(|asked| may_settle(caller, asked));
        asked.cloned().ok_or(AppError::NotFound)
    }

    /// Settles a request exactly once: of two second persons one does, and the other hears that it is settled.
    async fn settle_request(&self, act: &Act, person: PersonId, request: AccessId, event: DirectoryEvent) -> Result<Option<u64>, AppError> {
        self.append_when(act, person, |so_far| {
            let settled = so_far.iter().any(|event| match event {
                DirectoryEvent::DutyGranted(granted) => granted.request == Some(request),
                DirectoryEvent::CodeReleased(released) => released.request == request,
                DirectoryEvent::RequestRefused(refused) => refused.request == request,
                _ => false,
            });
            if settled { Err(AppError::State("somebody else has settled this meanwhile".into())) } else { Ok(vec![event.clone()]) }
        })
        .await
    }

    /// Appends what `decide` says of a person's stream as it stands; asked again after a conflict.
    async fn append_when(
        &self,
        act: &Act,
        person: PersonId,
        decide: impl Fn(&[DirectoryEvent]) -> Result<Vec<DirectoryEvent>, AppError> + Send + Sync,
    ) -> Result<Option<u64>, AppError> {
        let stream = *person.as_bytes();
        for _ in 0..TRIES {
            let loaded = self.load(stream).await?;
            let so_far = self.open_all(&loaded).await?.into_iter().filter_map(|(_, event)| match event {
                AnyEvent::Directory(event) => Some(event),
                _ => None,
            });
            let events = decide(&so_far.collect::<Vec<_>>())?.iter().map(DirectoryEvent::written).collect();
            let keys = self.keys_of(&loaded).await?;
            match self.append(act, &[StreamWrite { stream, expected: loaded.version(), keys, events }]).await {
                Ok(appended) => return Ok(appended.first_position),
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    pub(crate) fn duty_asked(
        &self,
        person: PersonId,
        address: Address,
        Days { starts_on, ends_on }: Days,
        (from_list, reason): (bool, &str),
        by: Option<PersonId>,
    ) -> DutyAsked {
        let (request, reason) = (self.new_request(), reason.trim().to_owned());
        DutyAsked { request, person, address, starts_on, ends_on, from_list, reason, asked_by: by }
    }

    fn act(&self, by: Option<(PersonId, Duty)>, name: &str) -> Act {
        let principal = by.map_or(b"set-up".to_vec(), |(person, _)| person.as_bytes().to_vec());
        Act { actor: by.map(|(person, _)| person), duty: by.map(|(_, duty)| duty), command: self.command(&principal, name, None, b"") }
    }

    fn new_request(&self) -> AccessId {
        AccessId::from_bytes(self.entropy.bytes())
    }

    /// The person whom the directory knows under this e-mail, or who is entered now.
    async fn known_or_entered(&self, user: &NewUser) -> Result<(PersonId, Option<u64>, bool), AppError> {
        let directory = self.directory().await?;
        let Some(person) = directory.by_email(&user.email) else {
            let (person, entered) = self.enter_person(user.name.trim(), &user.email).await?;
            return Ok((person, entered, false));
        };
        if !directory.people[&person].name.eq_ignore_ascii_case(user.name.trim()) {
            return Err(Invalid::one("name", "is not the name that the directory has for this e-mail; please use that name").into());
        }
        Ok((person, None, true))
    }

    async fn check_user(&self, user: &NewUser, Days { starts_on, ends_on }: Days) -> Result<Address, AppError> {
        let mut checks = Checks::default();
        if let Some(last) = ends_on {
            let first = starts_on.unwrap_or_else(|| day_of(self.clock.now()));
            if last < first.max(day_of(self.clock.now())) {
                checks.fail("ends_on", "is before the first day, or over already");
            }
        }
        check_email(&mut checks, &user.email);
        checks.text("name", &user.name, 200);
        match (user.duty.scope(), &user.school) {
            (Scope::Case, _) => checks.fail("duty", "is given on a case, by naming the person there"),
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
}

impl Days {
    /// A grant, on these days.
    pub(crate) fn of(self, granted: DutyGranted) -> DutyGranted {
        DutyGranted { starts_on: self.starts_on, ends_on: self.ends_on, ..granted }
    }
}

/// Only an administrator asks; to all others the page does not exist.
fn administrator(caller: &Caller) -> Result<(), AppError> {
    if caller.has(Duty::Administrator) { Ok(()) } else { Err(AppError::NotFound) }
}

/// Whether somebody may be the second person: they open records, did not ask, and it is not about them.
fn may_settle(caller: &Caller, asked: &Asked) -> bool {
    caller.may_agree() && asked.asked_by() != Some(caller.person) && asked.person() != caller.person
}

fn check_reason(reason: &str) -> Result<(), AppError> {
    let mut checks = Checks::default();
    checks.text("reason", reason, REASON_MAX);
    Ok(checks.done()?)
}

fn shown(directory: &Directory, id: AccessId, asked: &Asked) -> Waiting {
    let name = |person: PersonId| directory.people.get(&person).map_or_else(String::new, |known| known.name.clone());
    let (what, reason) = match asked {
        Asked::Duty(asked) => (WaitingFor::Duty(asked.address.clone()), asked.reason.clone()),
        Asked::Code(asked) => (WaitingFor::Code(asked.code_for), asked.reason.clone()),
    };
    Waiting { id, person: name(asked.person()), what, reason, asked_by: asked.asked_by().map(name) }
}

fn profile_shown(directory: &Directory, proposed: ProfileProposed) -> Waiting {
    let asked_by = directory.people.get(&proposed.proposed_by).map(|known| known.name.clone());
    let what = WaitingFor::Profile(format!("{}@{}", proposed.id, proposed.version), proposed.moves);
    Waiting { id: proposed.proposal, person: String::new(), what, reason: proposed.reason, asked_by }
}
