//! A content on its way out: for those who read the record, with its trace, and only after all of it has held. It is then read a second
//! time while it goes out, so that a large one is never held whole.

use std::io;

use tokio::sync::mpsc;
use wardbook_domain::{
    RecordId,
    evidence::{Added, Preview, backups_hold, may_quarantine, preview},
    need_to_know::Access,
};
use zeroize::Zeroizing;

use super::{
    EvidenceShown, Under,
    keep::{Openable, blocking},
    under::Holding,
};
use crate::{App, AppError, Caller, SealedWhy};

/// Pieces that wait for whoever fetches them at most.
const WAITING: usize = 4;

/// What is known of a file, and what its reader may do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAbout {
    /// What was written down.
    pub shown: EvidenceShown,
    /// How it may be shown here; none where it is only downloaded.
    pub preview: Option<Preview>,
    /// Whether this reader may put it into quarantine.
    pub may_quarantine: bool,
    /// Where it is in quarantine, what is so of copies of its key.
    pub copies: Option<String>,
}

/// A file that is going out.
#[derive(Debug)]
pub struct Content {
    /// Its size in bytes.
    pub size: u64,
    pieces: mpsc::Receiver<io::Result<Zeroizing<Vec<u8>>>>,
}

impl Content {
    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Option<io::Result<Zeroizing<Vec<u8>>>> {
        self.pieces.recv().await
    }
}

/// A file that may be opened, with its trace still to be written.
pub(super) struct Opened {
    pub(super) added: Added,
    pub(super) holding: Holding,
    pub(super) openable: Openable,
    purpose: String,
}

impl App {
    /// A file with its content, for those who read the record. All of it has held before any is given out.
    pub async fn evidence(&self, caller: &Caller, under: Under, evidence: [u8; 16]) -> Result<(EvidenceShown, Content), AppError> {
        caller.has_proved()?;
        let opened = self.open_file(caller, under, evidence).await?;
        self.trace_file(caller, under, evidence, "evidence", &opened).await?;
        let (sender, pieces) = mpsc::channel(WAITING);
        let openable = opened.openable.clone();
        tokio::task::spawn_blocking(move || {
            let send = |piece: &[u8]| {
                let piece = Zeroizing::new(piece.to_vec());
                sender.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
            };
            if openable.read(&mut { send }).is_err() {
                // Whoever fetches it must not take a part for the whole; where they have gone away nobody hears it.
                let _ = sender.blocking_send(Err(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
        });
        Ok((shown(under, &opened.holding, evidence, &opened.added), Content { size: opened.added.size, pieces }))
    }

    /// Refuses whoever may not have this file, before a code is asked for. Nothing of it is opened, so nothing is traced.
    pub async fn may_have_file(&self, caller: &Caller, under: Under, evidence: [u8; 16]) -> Result<(), AppError> {
        self.file_for(caller, under, evidence).await.map(|_| ())
    }

    /// Opens a file for whoever reads the record: everything that is asked first was answered, and all of the content has held.
    pub(super) async fn open_file(&self, caller: &Caller, under: Under, evidence: [u8; 16]) -> Result<Opened, AppError> {
        let (holding, purpose) = self.file_for(caller, under, evidence).await?;
        if holding.quarantined(&RecordId::from_bytes(evidence)).is_some() {
            return Err(AppError::Sealed(SealedWhy::Quarantined));
        }
        let (added, quarantined) = self.added(evidence).await?;
        // By another record to which it went along.
        if quarantined.is_some() {
            return Err(AppError::Sealed(SealedWhy::Quarantined));
        }
        let openable = self.openable(evidence).await?;
        let (reading, said) = (openable.clone(), added.clone());
        if !blocking(move || reading.holds(&said)).await?? {
            return Err(AppError::Sealed(SealedWhy::Damaged));
        }
        Ok(Opened { added, holding, openable, purpose })
    }

    /// The record of a file for whoever reads it and so may know the file, and the purpose with which it is opened.
    pub(super) async fn file_for(&self, caller: &Caller, under: Under, evidence: [u8; 16]) -> Result<(Holding, String), AppError> {
        let holding = self.holding_for(caller, under).await?;
        if !matches!(holding.access(), Access::Groups(..)) || !holding.lists(&RecordId::from_bytes(evidence)) {
            return Err(AppError::NotFound);
        }
        let purpose = self.open_holding(caller, under, &holding).await?;
        Ok((holding, purpose))
    }

    /// Writes down that a file was opened; durable when this returns.
    pub(super) async fn trace_file(
        &self,
        caller: &Caller,
        under: Under,
        evidence: [u8; 16],
        page: &str,
        opened: &Opened,
    ) -> Result<(), AppError> {
        let records = vec![under.record(), RecordId::from_bytes(evidence)];
        self.trace_for(caller, opened.holding.duty(), page, records, opened.purpose.clone()).await
    }

    /// What was written down about a file, for those who read the record. Nothing of its content is opened.
    pub async fn file_about(&self, caller: &Caller, under: Under, evidence: [u8; 16]) -> Result<FileAbout, AppError> {
        let (holding, purpose) = self.file_for(caller, under, evidence).await?;
        let id = RecordId::from_bytes(evidence);
        let shown = self.file_shown(under, &holding, evidence).await?;
        self.trace_for(caller, holding.duty(), "file", vec![under.record(), id], purpose).await?;
        let free = shown.quarantined.is_none();
        let (owner, readers) = holding.readers(self.clock.now());
        Ok(FileAbout {
            preview: preview(&shown.media_type, shown.size).filter(|_| free),
            may_quarantine: free && may_quarantine(caller.viewer(), &owner, &readers) && !self.went_along(&holding, evidence).await?,
            copies: shown.quarantined.as_ref().map(|quarantined| self.copies(quarantined.at)),
            shown,
        })
    }

    /// A file as its record shows it.
    pub(super) async fn file_shown(&self, under: Under, holding: &Holding, evidence: [u8; 16]) -> Result<EvidenceShown, AppError> {
        let (added, elsewhere) = self.added(evidence).await?;
        let here = shown(under, holding, evidence, &added);
        // Who did it there and why is for those who read that record.
        let elsewhere =
            elsewhere.map(|it| ("Somebody who reads the record into which it went along", "It stands there.", it.quarantined_at).into());
        Ok(EvidenceShown { quarantined: here.quarantined.clone().or(elsewhere), ..here })
    }

    /// What is so of copies of the key store that were made before a quarantine, in a sentence or two.
    fn copies(&self, at: wardbook_domain::Instant) -> String {
        match (backups_hold(at, self.files.key_backups_days), self.files.key_backups_days) {
            (Some(until), Some(days)) if until > self.clock.now() => format!(
                "Copies of the key store taken before {} hold its key until they expire. The settings say that they are kept for {days} \
                 days, so the last of them expires on {}.",
                at.in_london(),
                until.in_london()
            ),
            (Some(until), _) => {
                format!("Copies of the key store that held its key have expired by {}, as the settings say.", until.in_london())
            }
            (None, _) => "No copies of the key store are configured, so none is known to hold its key.".to_owned(),
        }
    }
}

fn shown(under: Under, holding: &Holding, evidence: [u8; 16], added: &Added) -> EvidenceShown {
    let id = RecordId::from_bytes(evidence);
    let of_case = match holding {
        Holding::Case(record) => record.folded.files.find(&id).map(|file| EvidenceShown::of_case(under, file)),
        Holding::Report(_) => None,
    };
    let quarantined = holding.quarantined(&id).map(Into::into);
    EvidenceShown { quarantined, ..of_case.unwrap_or_else(|| EvidenceShown::of(evidence, added)) }
}
