//! Cases: listing, reading, noting, closing, correcting.

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    Duty, RecordId,
    case::{self, Case, CaseEvent, Close, NamePerson, Note, RemovePerson},
    field::Invalid,
    need_to_know::Access,
    report::{Correct, EndAside, StandAside},
};
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

/// An act on a case, as `POST cases/{id}/{action}` hands it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseAct {
    /// Adds a note.
    Note(Note),
    /// Closes with outcome and reason.
    Close(Close),
    /// Corrects a field.
    Correct(Correct),
    /// Stands aside from it, or says that somebody else has a conflict of interest.
    Aside(StandAside),
    /// Ends that.
    EndAside(EndAside),
    /// Names somebody on it.
    Name(NamePerson),
    /// Takes somebody off it.
    Remove(RemovePerson),
}

impl CaseAct {
    /// The verbs of the API.
    pub const VERBS: [&'static str; 7] = ["note", "close", "correct", "aside", "end-aside", "name", "remove"];

    /// Reads the body of a verb; an unknown verb is not found.
    pub fn read(verb: &str, body: &[u8]) -> Result<Self, AppError> {
        match verb {
            "note" => Ok(Self::Note(crate::import::parse_named(body)?)),
            "close" => Ok(Self::Close(crate::import::parse_named(body)?)),
            "correct" => Ok(Self::Correct(crate::import::parse_named(body)?)),
            "aside" => Ok(Self::Aside(crate::import::parse_named(body)?)),
            "end-aside" => Ok(Self::EndAside(crate::import::parse_named(body)?)),
            "name" => Ok(Self::Name(crate::import::parse_named(body)?)),
            "remove" => Ok(Self::Remove(crate::import::parse_named(body)?)),
            _ => Err(AppError::NotFound),
        }
    }
}

impl App {
    /// The cases that the caller may open, most urgent first.
    pub async fn cases(&self, caller: &Caller, cursor: Option<&str>, limit: Option<u32>) -> Result<Page<QueueItem>, AppError> {
        self.page(caller, "cases", Wanted::Cases, cursor, limit).await
    }

    /// A case as the caller may see it, with its trace.
    pub async fn case(&self, caller: &Caller, id: [u8; 16]) -> Result<CaseShown, AppError> {
        let record = self.case_for(caller, id).await?;
        self.open_with(caller, id, &record).await?;
        self.show_case(caller, id, &record).await
    }

    /// Whether the caller may open this case: for a link to it. Nothing is shown, so nothing is traced.
    pub async fn may_open_case(&self, caller: &Caller, id: [u8; 16]) -> Result<bool, AppError> {
        may_open(self.case_for(caller, id).await)
    }

    async fn show_case(&self, caller: &Caller, id: [u8; 16], record: &Record<Case>) -> Result<CaseShown, AppError> {
        let duty = if let Access::Groups(_, duty) = record.access { Some(duty) } else { None };
        let purpose = self.purpose_of(caller, id, record).await?;
        self.trace_for(caller, duty, "case", vec![RecordId::from_bytes(id)], purpose).await?;
        Ok(shown::case(&id, record))
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
                return self.show_case(caller, id, &record).await.map(Some);
            }
            if !may_act(duty, ask) {
                return Err(AppError::Forbidden);
            }
            self.check_match(caller, conditions.if_match, &shown::case(&id, &record))?;
            let event = self.decide_case(caller, &record.folded, ask).await?;
            let keys = self.keys_of(&record.stream).await?;
            let write = StreamWrite { stream: id, expected: record.stream.version(), keys, events: vec![event.written()] };
            let act = Act { actor: Some(caller.person), duty: Some(duty), command };
            match self.append(&act, &[write]).await {
                Ok(appended) => {
                    self.shown_by_views(appended.first_position).await;
                    if matches!(ask, CaseAct::Aside(_)) {
                        let moved = self.reroute_one(id).await?;
                        self.shown_by_views(moved.flatten()).await;
                    }
                    return match self.case_for(caller, id).await {
                        Ok(record) => self.show_case(caller, id, &record).await.map(Some),
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

    async fn decide_case(&self, caller: &Caller, case: &Case, ask: &CaseAct) -> Result<CaseEvent, AppError> {
        let now = self.clock.now();
        Ok(match ask {
            CaseAct::Note(note) => case::note(case, note, &caller.name, now)?.into(),
            CaseAct::Close(close) => case::close(case, close, &caller.name, now)?.into(),
            CaseAct::Correct(correct) => case::correct(case, correct, &caller.name, now)?.into(),
            CaseAct::Aside(_) | CaseAct::EndAside(_) | CaseAct::Name(_) | CaseAct::Remove(_) => {
                return self.decide_access(caller, case, ask).await;
            }
        })
    }
}

/// Whoever is named on a case reads it, adds notes and may stand aside; the rest is its owner's.
fn may_act(duty: Duty, ask: &CaseAct) -> bool {
    let own = matches!(ask, CaseAct::Aside(aside) if aside.person.is_none());
    duty != Duty::Investigator || own || matches!(ask, CaseAct::Note(_))
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
