//! Quarantine: the file's key is put out of the service's reach, and the record says who did it, why and when (IMG-1, IMG-2).
//!
//! The key goes first: once the events say that nobody opens the file here, nobody does. Where the process ends between the two, the file
//! is out of reach and the same act, sent again, writes the rest.

use wardbook_domain::{
    RecordId,
    event::Written,
    evidence::{self, EvidenceEvent, Quarantine, may_quarantine},
};

use super::{EvidenceShown, Under, under::Holding};
use crate::{
    App, AppError, Caller, SealedWhy,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    reports::Conditions,
};

impl App {
    /// Puts a file into quarantine, for the safeguarding lead who reads its record.
    pub async fn quarantine(
        &self,
        caller: &Caller,
        under: Under,
        evidence: [u8; 16],
        ask: &Quarantine,
        conditions: Conditions<'_>,
    ) -> Result<EvidenceShown, AppError> {
        caller.has_proved()?;
        let body = [under.id().as_slice(), &evidence, &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "evidence.quarantine", conditions.key, &body);
        for _ in 0..TRIES {
            let (holding, _) = self.file_for(caller, under, evidence).await?;
            if self.repeated(&command).await?.is_none() {
                let (owner, readers) = holding.readers(self.clock.now());
                if !may_quarantine(caller.viewer(), &owner, &readers) {
                    return Err(AppError::Forbidden);
                }
                if self.went_along(&holding, evidence).await? {
                    return Err(AppError::State("this file went along into another case: it is put into quarantine there".into()));
                }
                self.check_match(caller, conditions.if_match, &self.file_shown(under, &holding, evidence).await?)?;
                let now = self.clock.now();
                let event = holding.quarantine(RecordId::from_bytes(evidence), ask, &caller.name, now)?;
                let on_file = self.on_file(under, &holding, evidence, ask, caller).await?;
                let key = self.key_of_blob(evidence).await?;
                self.vault.quarantine(key, self.machine.now().as_micros()).await?;
                let mut writes = vec![self.on_record(under, &holding, event).await?];
                writes.extend(on_file);
                match self.append(&Act { actor: holding.actor(caller), duty: holding.duty(), command }, &writes).await {
                    Ok(appended) => self.shown_by_views(appended.first_position).await,
                    Err(AppendFailed::Conflict) => continue,
                    Err(AppendFailed::Other(error)) => return Err(error),
                }
            }
            return Ok(self.file_about(caller, under, evidence).await?.shown);
        }
        Err(AppError::Stale)
    }

    /// Whether a file went along into the case in which this one goes on: it is theirs who read that.
    pub(super) async fn went_along(&self, holding: &Holding, evidence: [u8; 16]) -> Result<bool, AppError> {
        let Holding::Case(record) = holding else { return Ok(false) };
        let Some(merged) = &record.folded.work.merged else { return Ok(false) };
        let into = self.open_case(*merged.into.as_bytes()).await?;
        Ok(into.is_some_and(|(_, case)| case.files.find(&RecordId::from_bytes(evidence)).is_some()))
    }

    /// The event of the file's own stream; none where that stream is sealed under the file's own key, as it was once: what is in
    /// quarantine takes no more events.
    async fn on_file(
        &self,
        under: Under,
        holding: &Holding,
        evidence: [u8; 16],
        ask: &Quarantine,
        caller: &Caller,
    ) -> Result<Option<StreamWrite>, AppError> {
        let stream = self.load(evidence).await?;
        let keys = match self.keys_of(&stream).await {
            Ok(keys) => keys,
            Err(AppError::Sealed(SealedWhy::Quarantined)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let event: Written = EvidenceEvent::from(evidence::Quarantined {
            class: holding.class(),
            belongs_to: under.kind(),
            record: under.record(),
            reason: ask.reason.clone(),
            by: caller.name.clone(),
            quarantined_at: self.clock.now(),
        })
        .written();
        Ok(Some(StreamWrite { stream: evidence, expected: stream.version(), keys, events: vec![event] }))
    }
}
