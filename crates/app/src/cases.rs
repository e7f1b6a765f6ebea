//! Cases: listing, reading, acting. `cases/acts.rs` has the verbs, `cases/across.rs` those that concern another record too.

mod across;
mod acts;

use std::collections::BTreeSet;

use wardbook_domain::{
    ActionId, Address, CaseId, Duty, PersonId, QuestionId, RecordId,
    case::{self, By, Case, CaseEvent, DueMoved},
    clock::day_of,
    field::Invalid,
    need_to_know::Access,
    reading::COPY,
};
use wardbook_ledger::CommandRef;
use wardbook_views::Wanted;

use crate::{
    App, AppError, Caller, Page,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::Record,
    queue::QueueItem,
    reports::Conditions,
    shown::{self, CaseShown},
};
use across::Comes;
pub(crate) use acts::may;
pub use acts::{CaseAct, Nothing};

impl App {
    /// The cases that the caller may open, most urgent first.
    pub async fn cases(&self, caller: &Caller, cursor: Option<&str>, limit: Option<u32>) -> Result<Page<QueueItem>, AppError> {
        self.page(caller, "cases", Wanted::Cases, cursor, limit).await
    }

    /// A case as the caller may see it, with its trace.
    pub async fn case(&self, caller: &Caller, id: [u8; 16]) -> Result<CaseShown, AppError> {
        let record = self.case_for(caller, id).await?;
        self.open_with(caller, id, &record).await?;
        self.show_case(caller, id, &record, None).await
    }

    /// A case that the caller is about to act on: nothing of it is shown, so nothing is traced.
    pub async fn case_to_act_on(&self, caller: &Caller, id: [u8; 16]) -> Result<CaseShown, AppError> {
        let record = self.case_for(caller, id).await?;
        self.purpose_of(caller, id, &record).await?;
        self.shape(caller, id, &record).await
    }

    /// To whom an action of this case could be given: a person's id and name, by name. Nothing of the case is shown, so nothing is traced.
    pub async fn readers_of_case(&self, caller: &Caller, id: [u8; 16]) -> Result<Vec<(PersonId, String)>, AppError> {
        let record = self.case_for(caller, id).await?;
        Ok(case::readers(&record.folded, &*self.directory().await?, self.clock.now()))
    }

    /// Whether the caller may open this case: for a link to it. Nothing is shown, so nothing is traced.
    pub async fn may_open_case(&self, caller: &Caller, id: [u8; 16]) -> Result<bool, AppError> {
        may_open(self.case_for(caller, id).await)
    }

    /// A case as shown, after an act or for itself. What leaves on paper is traced as that, with the purpose of the copy.
    async fn show_case(
        &self,
        caller: &Caller,
        id: [u8; 16],
        record: &Record<Case>,
        after: Option<&CaseAct>,
    ) -> Result<CaseShown, AppError> {
        let duty = if let Access::Groups(_, duty) = record.access { Some(duty) } else { None };
        let (page, purpose) = match after {
            Some(CaseAct::Print(copy)) => (COPY, copy.purpose.clone()),
            _ => ("case", self.purpose_of(caller, id, record).await?),
        };
        self.trace_for(caller, duty, page, vec![RecordId::from_bytes(id)], purpose).await?;
        self.shape(caller, id, record).await
    }

    /// A case as this caller may see it: of other cases no more than that they are there, and only of those that they may open.
    pub(crate) async fn shape(&self, caller: &Caller, id: [u8; 16], record: &Record<Case>) -> Result<CaseShown, AppError> {
        let others: BTreeSet<CaseId> = record.events.iter().filter_map(|(_, event)| shown::other_case(event)).collect();
        let mut known = BTreeSet::new();
        for other in others {
            if self.may_open_case(caller, *other.as_bytes()).await? {
                known.insert(other);
            }
        }
        let asset = match case::equipment(&record.folded, &self.profile()) {
            Some(tag) => self.asset_for(tag, Some(day_of(record.folded.opened.aware_at))).await?,
            None => None,
        };
        Ok(CaseShown { asset, ..shown::case(&id, record, caller, &known, &self.profile()) })
    }

    /// Acts on a case: load, authorise, decide, seal, append; again when somebody else wrote first. None where the act took the case from
    /// the caller.
    pub async fn act_on_case(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &CaseAct,
        conditions: Conditions<'_>,
    ) -> Result<Option<CaseShown>, AppError> {
        if matches!(ask, CaseAct::Print(_)) {
            caller.has_proved()?;
        }
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "case.act", conditions.key, &body);
        for _ in 0..TRIES {
            let record = match self.case_for(caller, id).await {
                Ok(record) => record,
                // Told again after the first answer was lost: what was done took it from them.
                Err(AppError::NotFound) if self.repeated(&command).await?.is_some() => return Ok(None),
                Err(error) => return Err(error),
            };
            let Access::Groups(_, duty) = record.access else {
                return Err(AppError::NotFound);
            };
            // The answer shows the record: what is asked for that is asked before anything is written.
            self.purpose_of(caller, id, &record).await?;
            if self.repeated(&command).await?.is_some() {
                return self.show_case(caller, id, &record, Some(ask)).await.map(Some);
            }
            if duty == Duty::Investigator && !acts::may_named(ask, &record.folded, caller.person) {
                return Err(AppError::Forbidden);
            }
            if conditions.if_match.is_some() {
                self.check_match(caller, conditions.if_match, &self.shape(caller, id, &record).await?)?;
            }
            let comes = self.decide_case(caller, id, &record, ask, &command).await?;
            let writes = self.writes_of_case(id, &record, comes).await?;
            let act = Act { actor: Some(caller.person), duty: Some(duty), command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(last_of(&appended, &writes)).await;
                    if matches!(ask, CaseAct::Recuse(_)) {
                        let moved = self.reroute_one(id).await?;
                        self.shown_by_views(moved.flatten()).await;
                    }
                    return match self.case_for(caller, id).await {
                        Ok(record) => self.show_case(caller, id, &record, Some(ask)).await.map(Some),
                        Err(AppError::NotFound) => Ok(None),
                        Err(error) => Err(error),
                    };
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    async fn decide_case(
        &self,
        caller: &Caller,
        id: [u8; 16],
        record: &Record<Case>,
        ask: &CaseAct,
        command: &CommandRef,
    ) -> Result<Comes, AppError> {
        let profile = self.profile();
        let own: Vec<Address> = caller.own().cloned().collect();
        let by = By {
            person: caller.person,
            own: &own,
            name: &caller.name,
            now: self.clock.now(),
            profile: &profile,
            action: ActionId::from_bytes(self.created_id(command, 1)),
            question: QuestionId::from_bytes(self.created_id(command, 2)),
        };
        match acts::decide(&record.folded, ask, &by)? {
            Some(events) => Ok(Comes { events, ..Comes::default() }),
            None => self.decide_across(caller, id, record, ask, &by, command).await,
        }
    }

    async fn writes_of_case(&self, id: [u8; 16], record: &Record<Case>, comes: Comes) -> Result<Vec<StreamWrite>, AppError> {
        let Comes { mut events, beside, given } = comes;
        if let Some(after) = events.iter().cloned().fold(Some(record.folded.clone()), Case::evolve) {
            let directory = self.directory().await?;
            events.extend(case::given(&after, given, &directory, self.clock.now()).into_iter().map(CaseEvent::from));
        }
        events.extend(self.due_after(&record.folded, &events));
        let (expected, keys) = (record.stream.version(), self.keys_of(&record.stream).await?);
        let write = StreamWrite { stream: id, expected, keys, events: events.iter().map(CaseEvent::written).collect() };
        // A link may be written on the other side alone.
        Ok(std::iter::once(write).filter(|write| !write.events.is_empty()).chain(beside).collect())
    }

    /// The event that says by when a case comes back, where these events change that: the one way in which a list learns of it.
    pub(crate) fn due_after(&self, case: &Case, events: &[CaseEvent]) -> Option<CaseEvent> {
        let after = events.iter().cloned().fold(Some(case.clone()), Case::evolve)?;
        let due_at = case::due(&after, &self.profile()).filter(|_| after.is_open());
        let known = after.due_at();
        (after.is_open() && known != due_at).then(|| DueMoved { due_at, moved_at: self.clock.now() }.into())
    }
}

/// Where the last event of an append stands.
pub(crate) fn last_of(appended: &wardbook_ledger::Appended, writes: &[StreamWrite]) -> Option<u64> {
    let events: u64 = writes.iter().map(|write| write.events.len() as u64).sum();
    appended.first_position.map(|first| first + events.saturating_sub(1))
}

/// A record that the caller may know of can be linked, also one that is sealed; one that they may not know of is as good as none.
pub(crate) fn may_open<T>(record: Result<Record<T>, AppError>) -> Result<bool, AppError> {
    match record {
        Ok(_) | Err(AppError::Sealed(_)) => Ok(true),
        Err(AppError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads an id of 32 hex digits from a path; anything else is simply not found.
pub fn parse_id(text: &str) -> Result<[u8; 16], AppError> {
    wardbook_domain::RecordId::parse(text).map(|id| *id.as_bytes()).ok_or(AppError::NotFound)
}

/// The refusal for a body that is not JSON at all.
pub(crate) fn not_json() -> Invalid {
    Invalid::one("body", "is not JSON")
}
