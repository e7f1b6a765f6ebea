//! Files of a report: taken in after the question about images, kept sealed apart, given out whole (EVI-3); and what happens in
//! place of a file where an image could show a child without clothes (IMG-1, P1-NUDE-1).
//!
//! The blob is kept under the id of the evidence stream, so that a blob is named by an event where that stream has one. To add a
//! way in beside the upload (mail, a scanner): a caller of [`App::add_evidence`] that asks the question first.

mod keep;
mod shown;

use sha2::{Digest as _, Sha256};
use wardbook_domain::{
    Address, Duty, Instant, RecordId, ReportId,
    event::{AnyEvent, Written},
    evidence::{Added, EvidenceEvent, FILE_BYTES_MAX, MediaType, file_name, media_type},
    field::{Checks, Invalid},
    need_to_know::Access,
    report::{self, EvidenceAdded, FilesKnown, ImageAnswer, NameImage, Report, ReportEvent, TakeUpImage},
    routing::{self, Subjects},
};
use wardbook_views::audience_of;
use zeroize::Zeroizing;

use keep::KeptBlob;
pub use shown::{EvidenceShown, GuidanceLine, ImageNamed};

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamKeys, StreamWrite},
    directory::TRIES,
    load::Record,
    reports::{Conditions, Decided},
    shown::ReportShown,
};

/// How a file comes in.
const METHOD: &str = "upload";

/// A file as somebody brings it.
pub struct NewEvidence {
    /// The answer to the question about images, which is asked of every file.
    pub image: ImageAnswer,
    /// The file's name as given.
    pub name: String,
    /// What it is, in the giver's words.
    pub what: Option<String>,
    /// The content.
    pub content: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for NewEvidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewEvidence(redacted)")
    }
}

/// What became of a file.
#[derive(Debug)]
pub enum Answered {
    /// It was taken in.
    Kept(Box<EvidenceShown>),
    /// Nothing was taken in: a DSL has been asked to act.
    Image(ImageNamed),
}

/// Whether a report takes files, and from whom it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePlace {
    /// Whether it takes one more.
    pub welcome: Welcome,
    /// Whether the caller reads the report; else they have their own words only.
    pub is_reader: bool,
}

/// Whether a report takes one more file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// It does.
    Yes,
    /// An image was named in it: none is taken in.
    Image,
    /// It has as many as it may have.
    Full,
}

/// A file that may be taken in.
struct Checked {
    kind: MediaType,
    name: String,
    what: Option<String>,
    digest: [u8; 32],
    size: u64,
}

impl Checked {
    /// What is written down when it is taken in (EVI-3).
    fn added(self, caller: &Caller, report: &Report, id: [u8; 16], of: [u8; 16], blob: &KeptBlob, now: Instant) -> Added {
        Added {
            class: report.class(),
            report: ReportId::from_bytes(of),
            name: self.name,
            media_type: self.kind.to_string(),
            size: self.size,
            sha256: hex::encode(self.digest),
            blob: RecordId::from_bytes(id).to_string(),
            padded: blob.stored,
            commitment: hex::encode(blob.commitment),
            salt: hex::encode(*blob.salt),
            what: self.what,
            collector: caller.person,
            collected_by: name_on(caller, report),
            collected_at: now,
            method: METHOD.to_owned(),
        }
    }
}

impl App {
    /// Whether this caller may add a file to this report now, before anything of it is read. No such report and no access are one
    /// answer. A command that was carried out before is always heard again.
    pub async fn file_place(&self, caller: &Caller, report: [u8; 16], key: Option<&str>) -> Result<FilePlace, AppError> {
        let record = self.report_for(caller, report).await?;
        let known = match key {
            Some(_) => self.ledger.command(self.command(caller.principal(), "", key, b"").key).await?.is_some(),
            None => false,
        };
        let theirs = files_known(caller, &record)?;
        let welcome = match report::may_take_file(theirs) {
            _ if known => Welcome::Yes,
            Ok(()) => Welcome::Yes,
            Err(_) if theirs.image => Welcome::Image,
            Err(_) => Welcome::Full,
        };
        Ok(FilePlace { welcome, is_reader: matches!(record.access, Access::Groups(..)) })
    }

    /// Takes a file in, from the reporter or from a reader of the report; where an image is named nothing of it is kept.
    pub async fn add_evidence(
        &self,
        caller: &Caller,
        report: [u8; 16],
        new: NewEvidence,
        conditions: Conditions<'_>,
    ) -> Result<Answered, AppError> {
        if new.image.may_show_a_child() {
            let ask = NameImage { answer: new.image, device: None };
            drop(new.content);
            return self.name_image(caller, report, &ask, conditions).await.map(Answered::Image);
        }
        let digest: [u8; 32] = Sha256::digest(&new.content).into();
        let words = serde_json::to_vec(&(&new.name, &new.what))?;
        let command = self.command(caller.principal(), "evidence.add", conditions.key, &[report.as_slice(), &digest, &words].concat());
        let id = self.created_id(&command, 0);
        let content = std::sync::Arc::new(new.content);
        let mut kept = None;
        for _ in 0..TRIES {
            let (record, _) = self.report_to_add_to(caller, report).await?;
            let theirs = files_known(caller, &record)?;
            if self.repeated(&command).await?.is_some() {
                let added = self.added(report, id).await?;
                return self.answer_added(caller, &record, &added, id).await;
            }
            report::may_take_file(theirs)?;
            let file = check(&new.name, new.what.as_deref(), &content, digest)?;
            let blob = match kept.take() {
                Some(blob) => blob,
                None => self.keep_blob(id, audience_of(record.folded.class()), &content).await?,
            };
            let added = file.added(caller, &record.folded, id, report, &blob, self.clock.now());
            let named = EvidenceAdded {
                evidence: RecordId::from_bytes(id),
                name: added.name.clone(),
                added_by: added.collected_by.clone(),
                added_at: added.collected_at,
            };
            let evidence = StreamWrite {
                stream: id,
                expected: 0,
                keys: StreamKeys::of(blob.key.clone()),
                events: vec![EvidenceEvent::from(added.clone()).written()],
            };
            let writes = [evidence, self.on_report(report, &record, ReportEvent::from(named).written()).await?];
            match self.append(&Act { actor: actor_on(caller, &record.folded), duty: duty(&record), command }, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(appended.first_position.map(|first| first + 1)).await;
                    return self.answer_added(caller, &record, &added, id).await;
                }
                Err(AppendFailed::Conflict) => kept = Some(blob),
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    /// Writes down that somebody has an image, or knows of one, that could show a child without clothes: a DSL is asked to act.
    pub async fn name_image(
        &self,
        caller: &Caller,
        report: [u8; 16],
        ask: &NameImage,
        conditions: Conditions<'_>,
    ) -> Result<ImageNamed, AppError> {
        let body = [report.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "image.name", conditions.key, &body);
        for _ in 0..TRIES {
            let (record, _) = self.report_to_add_to(caller, report).await?;
            let theirs = files_known(caller, &record)?;
            if self.repeated(&command).await?.is_some() {
                return Ok(ImageNamed::told());
            }
            let dsl = self.dsl_of(&record.folded).await?;
            let event = report::name_image(&record.folded, theirs, ask, dsl, &name_on(caller, &record.folded), self.clock.now())?;
            let write = self.on_report(report, &record, ReportEvent::from(event).written()).await?;
            match self.append(&Act { actor: actor_on(caller, &record.folded), duty: duty(&record), command }, &[write]).await {
                Ok(appended) => {
                    self.shown_by_views(appended.first_position).await;
                    return Ok(ImageNamed::told());
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    /// Writes down what the DSL did about the images that were named; for the DSL who was told alone.
    pub async fn take_up_image(
        &self,
        caller: &Caller,
        report: [u8; 16],
        ask: &TakeUpImage,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let (body, now) = (serde_json::to_vec(ask)?, self.clock.now());
        self.act_on_report(caller, report, "image.take_up", &body, conditions, |record, _| {
            let actors = record.folded.image_actors();
            let holds = |address: &Address| caller.duties.iter().any(|held| address.is_covered_by(held));
            if record.folded.image_open() && !actors.iter().any(holds) {
                return Err(AppError::Forbidden);
            }
            let done = report::take_up_image(&record.folded, ask, &caller.name, now)?;
            Ok(Decided::of([done.into()]))
        })
        .await
    }

    /// A file of a report with its content, for those who read the report, with its trace. All of it has held before any is given out.
    pub async fn evidence(
        &self,
        caller: &Caller,
        report: [u8; 16],
        evidence: [u8; 16],
    ) -> Result<(EvidenceShown, Zeroizing<Vec<u8>>), AppError> {
        let record = self.report_for(caller, report).await?;
        let listed = record.folded.evidence.iter().any(|added| added.evidence.as_bytes() == &evidence);
        let Access::Groups(_, duty) = record.access else { return Err(AppError::NotFound) };
        if !listed {
            return Err(AppError::NotFound);
        }
        let purpose = self.open_with(caller, report, &record).await?;
        let added = self.added(report, evidence).await?;
        let content = self.open_kept(evidence, &added).await?;
        let records = vec![RecordId::from_bytes(report), RecordId::from_bytes(evidence)];
        self.trace_for(caller, Some(duty), "evidence", records, purpose).await?;
        Ok((EvidenceShown::of(evidence, &added), content))
    }

    /// What was written down when a file was taken in.
    async fn added(&self, report: [u8; 16], id: [u8; 16]) -> Result<Added, AppError> {
        let stream = self.load(id).await?;
        let events = self.open_all(&stream).await?;
        let added = events.into_iter().find_map(|(_, event)| match event {
            AnyEvent::Evidence(EvidenceEvent::Added(added)) => Some(*added),
            _ => None,
        });
        added.filter(|added| added.report.as_bytes() == &report).ok_or(AppError::NotFound)
    }

    async fn answer_added(&self, caller: &Caller, record: &Record<Report>, added: &Added, id: [u8; 16]) -> Result<Answered, AppError> {
        let records = vec![RecordId::from(added.report), RecordId::from_bytes(id)];
        self.trace(caller, duty(record), "evidence", records).await?;
        Ok(Answered::Kept(Box::new(EvidenceShown::of(id, added))))
    }

    async fn on_report(&self, id: [u8; 16], record: &Record<Report>, event: Written) -> Result<StreamWrite, AppError> {
        let keys = self.keys_of(&record.stream).await?;
        Ok(StreamWrite { stream: id, expected: record.stream.version(), keys, events: vec![event] })
    }

    /// The first DSL who is not whom it is about; where there is none, the report's owner.
    async fn dsl_of(&self, report: &Report) -> Result<Address, AppError> {
        let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
        let dsl = routing::first_dsl(&report.filed.school, &subjects, &*self.directory().await?);
        Ok(dsl.unwrap_or_else(|| report.route().owner.clone()))
    }
}

/// What this caller knows of a report's files. Whoever was its subject from the start adds nothing to it. A reporter whom it was found to be
/// about later is answered as before, by what they did themself: any change would tell them.
fn files_known(caller: &Caller, record: &Record<Report>) -> Result<FilesKnown, AppError> {
    let report = &record.folded;
    if matches!(record.access, Access::Groups(..)) {
        return Ok(FilesKnown::of_reader(report));
    }
    let route = &report.filed.route;
    if [&route.subjects, &route.possible_subjects].iter().any(|people| people.contains(&caller.person)) {
        return Err(AppError::NotFound);
    }
    let own = |is: fn(&ReportEvent) -> bool| {
        // Of a protected disclosure its reporter is the one who acts without a name.
        let is_theirs =
            |actor: Option<wardbook_domain::PersonId>| actor == Some(caller.person) || actor.is_none() && is_kept(caller, report);
        let theirs = record.events.iter().filter(|(meta, _)| is_theirs(meta.actor));
        theirs.filter(|(_, event)| matches!(event, AnyEvent::Report(event) if is(event))).count()
    };
    let files = own(|event| matches!(event, ReportEvent::EvidenceAdded(_)));
    // What the form itself said of an image is among its answers.
    let images = own(|event| matches!(event, ReportEvent::ImageReported(_)));
    Ok(FilesKnown::of_reporter(&report.filed, files, images))
}

/// The duty in which somebody adds to a report; none for the reporter.
fn duty(record: &Record<Report>) -> Option<Duty> {
    if let Access::Groups(_, duty) = record.access { Some(duty) } else { None }
}

fn check(name: &str, what: Option<&str>, content: &[u8], digest: [u8; 32]) -> Result<Checked, Invalid> {
    let mut checks = Checks::default();
    checks.at_most("what", what.unwrap_or_default(), 500);
    if content.len() > FILE_BYTES_MAX {
        checks.fail("file", TOO_LARGE);
    }
    let kind = media_type(content).map_err(|what| {
        let taken: Vec<&str> = MediaType::ALL.iter().map(|kind| kind.label()).collect();
        checks.fail("file", format!("is {what}; what is taken in is {}", taken.join(", ")));
    });
    checks.done()?;
    let kind = kind.expect("a kind that is refused is a failed check");
    let what = what.filter(|what| !what.trim().is_empty()).map(str::to_owned);
    Ok(Checked { kind, name: file_name(name, kind), what, digest, size: content.len() as u64 })
}

/// What is said of a file above the limit, wherever that is noticed.
pub const TOO_LARGE: &str = "is larger than 20 MB, which is the most that is taken in";

/// Whether the caller is the reporter of a protected disclosure, whose name those who read the record may not know (OTH-5).
fn is_kept(caller: &Caller, report: &Report) -> bool {
    let authors = [report.filed.reporter_person, report.filed.typed_by];
    report.protected.is_some() && authors.contains(&Some(caller.person))
}

/// The caller's name as it may stand in the record.
fn name_on(caller: &Caller, report: &Report) -> String {
    if is_kept(caller, report) { "The reporter".to_owned() } else { caller.name.clone() }
}

/// The caller as the actor of an event of the record.
fn actor_on(caller: &Caller, report: &Report) -> Option<wardbook_domain::PersonId> {
    (!is_kept(caller, report)).then_some(caller.person)
}
