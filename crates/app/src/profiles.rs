//! The profile in force is an event (design §6): a file has no effect until it is proposed, and, where it moves a receiver, confirmed by a
//! second person.

use std::sync::{Arc, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    AccessId, Duty,
    event::AnyEvent,
    field::{Checks, Invalid},
    profile::{Profile, moves},
    settings::{ProfileAdopted, ProfileProposed, ProfileRefused, SettingsEvent},
};

use wardbook_views::Meta;

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    reports::Conditions,
};

/// A proposed profile as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct ProposalShown {
    /// 32 hex digits.
    pub id: String,
    /// The profile, `id@version`.
    pub profile: String,
    /// The receivers that it moves, in words.
    pub moves: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who proposed it, by name.
    pub proposed_by: String,
    /// `waiting`, or `adopted` where it moves nobody and is in force at once.
    pub state: String,
}

/// The settings' stream as far as profiles go.
#[derive(Default)]
pub(crate) struct Proposals {
    version: u64,
    pub(crate) waiting: Vec<ProfileProposed>,
    pub(crate) in_force: Option<String>,
}

impl Proposals {
    pub(crate) fn of(version: u64, events: Vec<(Meta, AnyEvent)>) -> Self {
        let mut all = Self { version, ..Self::default() };
        for (_, event) in events {
            match event {
                AnyEvent::Settings(SettingsEvent::ProfileProposed(proposed)) => all.waiting.push(*proposed),
                AnyEvent::Settings(SettingsEvent::ProfileRefused(refused)) => {
                    all.waiting.retain(|proposed| proposed.proposal != refused.proposal);
                }
                AnyEvent::Settings(SettingsEvent::ProfileAdopted(adopted)) => {
                    all.waiting.retain(|proposed| Some(proposed.proposal) != adopted.proposal);
                    all.in_force = Some(adopted.text);
                }
                _ => {}
            }
        }
        all
    }
}

impl App {
    /// Proposes a profile: in force at once where it moves no receiver, else it waits for a second person.
    pub async fn propose_profile(
        &self,
        caller: &Caller,
        text: &str,
        reason: &str,
        conditions: Conditions<'_>,
    ) -> Result<ProposalShown, AppError> {
        if ![Duty::Administrator, Duty::TrustLead, Duty::Dpo].iter().any(|duty| caller.has(*duty)) {
            return Err(AppError::Forbidden);
        }
        let mut checks = Checks::default();
        checks.text("reason", reason, 2_000);
        checks.done()?;
        let profile = Profile::parse(text).map_err(|error| Invalid::one("profile", error.to_string()))?;
        let command = self.command(caller.principal(), "profile.propose", conditions.key, &[text.as_bytes(), reason.as_bytes()].concat());
        let id = AccessId::from_bytes(self.created_id(&command, 0));
        let now = self.profile();
        if profile.id == now.id && profile.version <= now.version && self.repeated(&command).await?.is_none() {
            return Err(Invalid::one("version", format!("is to be higher than {}, the version in force", now.version)).into());
        }
        let moves = moves(&now, &profile);
        let proposed = ProfileProposed {
            proposal: id,
            id: profile.id.clone(),
            version: profile.version,
            text: text.to_owned(),
            moves: moves.clone(),
            reason: reason.to_owned(),
            proposed_by: caller.person,
        };
        let adopted = moves.is_empty().then(|| adopted(&proposed, None));
        let act = Act { actor: Some(caller.person), duty: None, command };
        self.on_settings(&act, |_| Ok(std::iter::once(proposed.clone().into()).chain(adopted.clone().map(SettingsEvent::from)).collect()))
            .await?;
        self.refresh_profile().await?;
        let state = if moves.is_empty() { "adopted" } else { "waiting" }.to_owned();
        let proposed_by = caller.name.clone();
        Ok(ProposalShown { id: id.to_string(), profile: profile.name(), moves, reason: reason.to_owned(), proposed_by, state })
    }

    /// The proposals that wait for a second person; shown to who may propose or confirm.
    pub async fn proposals(&self, caller: &Caller) -> Result<Vec<ProposalShown>, AppError> {
        if !may_see(caller) {
            return Err(AppError::Forbidden);
        }
        let directory = self.directory().await?;
        let name = |proposed: &ProfileProposed| directory.people.get(&proposed.proposed_by).map(|known| known.name.clone());
        let shown = |proposed: &ProfileProposed| ProposalShown {
            id: proposed.proposal.to_string(),
            profile: format!("{}@{}", proposed.id, proposed.version),
            moves: proposed.moves.clone(),
            reason: proposed.reason.clone(),
            proposed_by: name(proposed).unwrap_or_default(),
            state: "waiting".to_owned(),
        };
        Ok(self.profile_events().await?.waiting.iter().map(shown).collect())
    }

    /// Confirms a proposal: by somebody else whose duty opens records.
    pub async fn confirm_profile(&self, caller: &Caller, id: [u8; 16], conditions: Conditions<'_>) -> Result<(), AppError> {
        let command = self.command(caller.principal(), "profile.confirm", conditions.key, &id);
        let act = Act { actor: Some(caller.person), duty: None, command };
        self.on_settings(&act, |proposals| {
            let proposed = second_person(caller, proposals, id)?;
            // What it moves was worked out against another profile: it is to be proposed anew, and read anew.
            let now = self.profile();
            let new = Profile::parse(&proposed.text).map_err(|error| Invalid::one("profile", error.to_string()))?;
            if moves(&now, &new) != proposed.moves {
                return Err(AppError::State("another profile has come into force since; please have it proposed again".into()));
            }
            Ok(vec![adopted(proposed, Some(caller.person)).into()])
        })
        .await?;
        self.refresh_profile().await
    }

    /// Turns a proposal down, or takes one's own back.
    pub async fn refuse_profile(&self, caller: &Caller, id: [u8; 16], reason: &str, conditions: Conditions<'_>) -> Result<(), AppError> {
        let mut checks = Checks::default();
        checks.text("reason", reason, 2_000);
        checks.done()?;
        let command = self.command(caller.principal(), "profile.refuse", conditions.key, &[id.as_slice(), reason.as_bytes()].concat());
        let act = Act { actor: Some(caller.person), duty: None, command };
        self.on_settings(&act, |proposals| {
            let proposal = AccessId::from_bytes(id);
            let proposed = proposals.waiting.iter().find(|proposed| proposed.proposal == proposal);
            let own = proposed.is_some_and(|proposed| proposed.proposed_by == caller.person);
            if !own {
                second_person(caller, proposals, id)?;
            }
            let refused = ProfileRefused { proposal, reason: reason.to_owned(), refused_by: caller.person };
            Ok(vec![refused.into()])
        })
        .await?;
        self.refresh_profile().await
    }

    /// The proposals of which this person may be the second: never their own. As of the last look at the settings, which is a minute old at
    /// most where another process took them in.
    pub(crate) fn proposals_to_settle(&self, caller: &Caller) -> Vec<ProfileProposed> {
        if !caller.may_agree() {
            return vec![];
        }
        let proposed = Arc::clone(&self.proposed.read().unwrap_or_else(PoisonError::into_inner));
        proposed.iter().filter(|proposed| proposed.proposed_by != caller.person).cloned().collect()
    }

    /// Takes the profile in force, and what waits to be, from the book: another process may have changed it.
    pub async fn refresh_profile(&self) -> Result<(), AppError> {
        let Proposals { in_force, waiting, .. } = self.profile_events().await?;
        *self.proposed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(waiting);
        let Some(text) = in_force else { return Ok(()) };
        let profile = Profile::parse(&text).map_err(|error| AppError::internal(error.to_string()))?;
        let changed = *self.profile() != profile;
        if changed {
            *self.profile.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(profile);
            self.reroute_open().await?;
        }
        Ok(())
    }

    async fn profile_events(&self) -> Result<Proposals, AppError> {
        let stream = self.load(self.settings_stream()).await?;
        Ok(Proposals::of(stream.version(), self.open_all(&stream).await?))
    }

    /// Appends to the settings what is decided about them as they stand; a repeated command changes nothing.
    async fn on_settings(&self, act: &Act, decide: impl Fn(&Proposals) -> Result<Vec<SettingsEvent>, AppError>) -> Result<(), AppError> {
        for _ in 0..TRIES {
            if self.repeated(&act.command).await?.is_some() {
                return Ok(());
            }
            let proposals = self.profile_events().await?;
            let events = decide(&proposals)?.iter().map(SettingsEvent::written).collect();
            let stream = self.settings_stream();
            let keys = self.keys_of(&self.load(stream).await?).await?;
            match self.append(act, &[StreamWrite { stream, expected: proposals.version, keys, events }]).await {
                Ok(_) => return Ok(()),
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }
}

fn adopted(proposed: &ProfileProposed, confirmed_by: Option<wardbook_domain::PersonId>) -> ProfileAdopted {
    ProfileAdopted {
        id: proposed.id.clone(),
        version: proposed.version,
        text: proposed.text.clone(),
        reason: proposed.reason.clone(),
        proposal: Some(proposed.proposal),
        confirmed_by,
    }
}

fn may_see(caller: &Caller) -> bool {
    caller.has(Duty::Administrator) || caller.duties.iter().any(|held| held.duty.opens_records())
}

/// The proposal, where this caller may be its second person: somebody else, who holds a duty that opens records.
fn second_person<'a>(caller: &Caller, proposals: &'a Proposals, id: [u8; 16]) -> Result<&'a ProfileProposed, AppError> {
    let proposal = AccessId::from_bytes(id);
    let proposed =
        proposals.waiting.iter().find(|proposed| proposed.proposal == proposal).filter(|_| caller.may_agree()).ok_or(AppError::NotFound)?;
    if proposed.proposed_by == caller.person {
        return Err(AppError::State("a second person is needed: whoever proposed it cannot confirm it".into()));
    }
    Ok(proposed)
}
