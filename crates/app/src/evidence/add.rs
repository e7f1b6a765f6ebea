//! The events that name a content: one of its own stream, and one of the record that it belongs to, all or nothing.

use wardbook_domain::{
    Instant, RecordId,
    case::{self, CaseEvent},
    event::{AnyEvent, Written},
    evidence::{Added, EvidenceEvent, Quarantined},
    report::{self, EvidenceAdded, ReportEvent},
};
use wardbook_views::audience_of;

use super::{EvidenceShown, FilePlace, METHOD, Taken, Under, Welcome, image::files_known, keep::KeptBlob, take::AddError, under::Holding};
use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamKeys, StreamWrite},
    directory::TRIES,
    load::Record,
};

impl App {
    /// Whether this caller may add a file to this record now, before anything of it is read. No such record and no access are one
    /// answer. A command that was carried out before is always heard again.
    pub async fn file_place(&self, caller: &Caller, under: Under, key: Option<&str>) -> Result<FilePlace, AppError> {
        let holding = self.holding_for(caller, under).await?;
        let known = match key {
            Some(_) => self.ledger.command(self.command(caller.principal(), "", key, b"").key).await?.is_some(),
            None => false,
        };
        let welcome = match &holding {
            _ if known => Welcome::Yes,
            Holding::Report(record) => {
                let theirs = files_known(caller, record)?;
                welcome(theirs.image, report::may_take_file(theirs).is_ok())
            }
            Holding::Case(record) => {
                let image = self.image_stands(record).await?;
                welcome(image, case::may_take_file(&record.folded, image).is_ok())
            }
        };
        Ok(FilePlace { welcome, is_reader: holding.duty().is_some() })
    }

    /// Refuses a file that the record may not take.
    pub(super) async fn may_add(&self, caller: &Caller, holding: &Holding) -> Result<(), AppError> {
        match holding {
            Holding::Report(record) => report::may_take_file(files_known(caller, record)?)?,
            Holding::Case(record) => case::may_take_file(&record.folded, self.image_stands(record).await?)?,
        }
        Ok(())
    }

    /// Whether the report behind a case has an image in it that stands against any file (IMG-1).
    async fn image_stands(&self, record: &Record<case::Case>) -> Result<bool, AppError> {
        Ok(self.report_behind(&record.folded).await?.is_some_and(|report| report::names_image(&report)))
    }

    /// Names a content that was taken in, from the reporter or from a reader of the record.
    pub async fn add_evidence(&self, caller: &Caller, under: Under, taken: Taken) -> Result<EvidenceShown, AddError> {
        let (id, command) = (taken.id, taken.command);
        let mut keys: Option<StreamKeys> = None;
        for _ in 0..TRIES {
            let holding = self.holding_to_add_to(caller, under).await?;
            if let Holding::Report(record) = &holding {
                files_known(caller, record)?;
            }
            if self.repeated(&command).await?.is_some() {
                let (added, _) = self.added(id).await?;
                if added.record != under.record() {
                    return Err(AppError::NotFound.into());
                }
                return Ok(self.answer_added(caller, under, &holding, &taken, &added).await?);
            }
            self.may_add(caller, &holding).await?;
            let Some(blob) = &taken.blob else { return Err(AppError::OtherBody.into()) };
            let keys = match &keys {
                Some(keys) => keys,
                None => keys.insert(self.new_keys(&[audience_of(holding.class())]).await?),
            };
            let added = taken.added(caller, under, &holding, blob, self.clock.now());
            let evidence =
                StreamWrite { stream: id, expected: 0, keys: keys.clone(), events: vec![EvidenceEvent::from(added.clone()).written()] };
            let writes = [evidence, self.on_record(under, &holding, named(under, id, &added)).await?];
            match self.append(&Act { actor: holding.actor(caller), duty: holding.duty(), command }, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(appended.first_position.map(|first| first + 1)).await;
                    return Ok(self.answer_added(caller, under, &holding, &taken, &added).await?);
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error.into()),
            }
        }
        Err(AppError::Stale.into())
    }

    pub(super) async fn on_record(&self, under: Under, holding: &Holding, event: Written) -> Result<StreamWrite, AppError> {
        let keys = self.keys_of(holding.stream()).await?;
        Ok(StreamWrite { stream: under.id(), expected: holding.stream().version(), keys, events: vec![event] })
    }

    /// What was written down when a file was taken in, and when it went into quarantine; the caller may know a record that lists it.
    pub(super) async fn added(&self, id: [u8; 16]) -> Result<(Added, Option<Quarantined>), AppError> {
        let stream = self.load(id).await?;
        let (mut added, mut quarantined) = (None, None);
        for (_, event) in self.open_all(&stream).await? {
            match event {
                AnyEvent::Evidence(EvidenceEvent::Added(event)) => added = Some(*event),
                AnyEvent::Evidence(EvidenceEvent::Quarantined(event)) => quarantined = Some(*event),
                _ => {}
            }
        }
        Ok((added.ok_or(AppError::NotFound)?, quarantined))
    }

    async fn answer_added(
        &self,
        caller: &Caller,
        under: Under,
        holding: &Holding,
        taken: &Taken,
        added: &Added,
    ) -> Result<EvidenceShown, AppError> {
        self.trace(caller, holding.duty(), "evidence", vec![under.record(), RecordId::from_bytes(taken.id)]).await?;
        let proposed = match &taken.mail {
            Some(mail) => super::mail::proposed(mail.clone()).await,
            None => None,
        };
        Ok(EvidenceShown { proposed, ..EvidenceShown::of(taken.id, added) })
    }
}

fn welcome(image: bool, takes: bool) -> Welcome {
    match (image, takes) {
        (_, true) => Welcome::Yes,
        (true, false) => Welcome::Image,
        (false, false) => Welcome::Full,
    }
}

/// The record's own event about a file.
fn named(under: Under, id: [u8; 16], added: &Added) -> Written {
    let evidence = RecordId::from_bytes(id);
    match under {
        Under::Report(_) => ReportEvent::from(EvidenceAdded {
            evidence,
            name: added.name.clone(),
            added_by: added.collected_by.clone(),
            added_at: added.collected_at,
        })
        .written(),
        Under::Case(_) => CaseEvent::from(case::EvidenceAdded {
            evidence,
            name: added.name.clone(),
            media_type: added.media_type.clone(),
            size: added.size,
            sha256: added.sha256.clone(),
            what: added.what.clone(),
            given_by: added.given_by.clone(),
            how: added.how.clone(),
            collector: added.collector,
            collected_by: added.collected_by.clone(),
            collected_at: added.collected_at,
            method: added.method.clone(),
        })
        .written(),
    }
}

impl Taken {
    /// What is written down when it is taken in (EVI-3).
    fn added(&self, caller: &Caller, under: Under, holding: &Holding, blob: &KeptBlob, now: Instant) -> Added {
        Added {
            class: holding.class(),
            belongs_to: under.kind(),
            record: under.record(),
            name: self.name.clone(),
            media_type: self.kind.to_string(),
            size: self.size,
            sha256: hex::encode(self.digest),
            blob: RecordId::from_bytes(self.id).to_string(),
            padded: blob.stored,
            commitment: hex::encode(blob.commitment),
            salt: hex::encode(*blob.salt),
            what: self.given.what.clone(),
            given_by: self.given.given_by.clone(),
            how: self.given.how.clone(),
            collector: caller.person,
            collected_by: holding.name_of(caller),
            collected_at: now,
            method: METHOD.to_owned(),
        }
    }
}
