//! The record that a file belongs to. Who may know the file is who may know the record: its owner and readers, who is named on it, and
//! never the person concerned.

use wardbook_domain::{
    Address, Duty, Instant, PersonId, RecordClass, RecordId,
    case::{self, Case},
    event::Written,
    evidence::{FileOf, Quarantine},
    need_to_know::{Access, Known, readers},
    report::{self, Report, ReportEvent},
};
use wardbook_views::FileIn;

use crate::{
    App, AppError, Caller, SealedWhy,
    load::{Knowable, Loaded, Record, fold_report},
};

/// A report or a case, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// A report.
    Report([u8; 16]),
    /// A case.
    Case([u8; 16]),
}

impl Under {
    /// The record's id.
    pub const fn id(self) -> [u8; 16] {
        match self {
            Self::Report(id) | Self::Case(id) => id,
        }
    }

    /// The same as an id of any record.
    pub const fn record(self) -> RecordId {
        RecordId::from_bytes(self.id())
    }

    /// What kind of record it is.
    pub const fn kind(self) -> FileOf {
        match self {
            Self::Report(_) => FileOf::Report,
            Self::Case(_) => FileOf::Case,
        }
    }
}

/// A record with its files, as far as a caller may know it.
pub(super) enum Holding {
    Report(Box<Record<Report>>),
    Case(Box<Record<Case>>),
}

impl Holding {
    pub(super) fn stream(&self) -> &Loaded {
        match self {
            Self::Report(record) => &record.stream,
            Self::Case(record) => &record.stream,
        }
    }

    pub(super) fn access(&self) -> Access {
        match self {
            Self::Report(record) => record.access,
            Self::Case(record) => record.access,
        }
    }

    /// The duty in which the caller reads it; none for whoever has their own words only.
    pub(super) fn duty(&self) -> Option<Duty> {
        if let Access::Groups(_, duty) = self.access() { Some(duty) } else { None }
    }

    pub(super) fn class(&self) -> RecordClass {
        match self {
            Self::Report(record) => record.folded.class(),
            Self::Case(record) => Knowable::class(&record.folded),
        }
    }

    /// Whether this file is among its files.
    pub(super) fn lists(&self, evidence: &RecordId) -> bool {
        match self {
            Self::Report(record) => record.folded.evidence.iter().any(|added| added.evidence == *evidence),
            Self::Case(record) => record.folded.files.find(evidence).is_some(),
        }
    }

    /// Who put this file into quarantine, why and when.
    pub(super) fn quarantined(&self, evidence: &RecordId) -> Option<(&str, &str, Instant)> {
        match self {
            Self::Report(record) => {
                let found = record.folded.quarantined.iter().find(|quarantined| quarantined.evidence == *evidence);
                found.map(|found| (found.by.as_str(), found.reason.as_str(), found.quarantined_at))
            }
            Self::Case(record) => {
                let found = record.folded.files.find(evidence).and_then(|file| file.quarantined.as_ref());
                found.map(|found| (found.by.as_str(), found.reason.as_str(), found.quarantined_at))
            }
        }
    }

    /// Its owner, and all who read it by their duty.
    pub(super) fn readers(&self, now: Instant) -> (Address, Vec<Address>) {
        let of = |known: &Known<'_>| (known.owner.clone(), readers(known.class, known.school, known.owner, known.seconds));
        match self {
            Self::Report(record) => record.folded.ask(now, of),
            Self::Case(record) => record.folded.ask(now, of),
        }
    }

    /// The event of the record about a quarantine of one of its files.
    pub(super) fn quarantine(&self, evidence: RecordId, ask: &Quarantine, by: &str, now: Instant) -> Result<Written, AppError> {
        Ok(match self {
            Self::Report(record) => ReportEvent::from(report::quarantine_file(&record.folded, evidence, ask, by, now)?).written(),
            Self::Case(record) => case::CaseEvent::from(case::quarantine_file(&record.folded, evidence, ask, by, now)?).written(),
        })
    }

    /// The caller's name as it may stand in the record.
    pub(super) fn name_of(&self, caller: &Caller) -> String {
        if self.keeps(caller) { "The reporter".to_owned() } else { caller.name.clone() }
    }

    /// The caller as the actor of an event of the record.
    pub(super) fn actor(&self, caller: &Caller) -> Option<PersonId> {
        (!self.keeps(caller)).then_some(caller.person)
    }

    fn keeps(&self, caller: &Caller) -> bool {
        matches!(self, Self::Report(record) if is_kept(caller, &record.folded))
    }
}

/// Whether the caller is the reporter of a protected disclosure, whose name those who read the record may not know (OTH-5).
pub(super) fn is_kept(caller: &Caller, report: &Report) -> bool {
    let authors = [report.filed.reporter_person, report.filed.typed_by];
    report.protected.is_some() && authors.contains(&Some(caller.person))
}

impl App {
    /// The record for whoever reads it, or has their own words of it.
    pub(super) async fn holding_for(&self, caller: &Caller, under: Under) -> Result<Holding, AppError> {
        Ok(match under {
            Under::Report(id) => Holding::Report(Box::new(self.report_for(caller, id).await?)),
            Under::Case(id) => Holding::Case(Box::new(self.case_for(caller, id).await?)),
        })
    }

    /// The record for whoever adds to it, also where it is hidden from them but for their own words.
    pub(super) async fn holding_to_add_to(&self, caller: &Caller, under: Under) -> Result<Holding, AppError> {
        Ok(match under {
            Under::Report(id) => Holding::Report(Box::new(self.report_to_add_to(caller, id).await?.0)),
            Under::Case(id) => Holding::Case(Box::new(self.case_for(caller, id).await?)),
        })
    }

    /// The purpose with which a file of it is opened, after everything that is asked first was answered.
    pub(super) async fn open_holding(&self, caller: &Caller, under: Under, holding: &Holding) -> Result<String, AppError> {
        match holding {
            Holding::Report(record) => self.open_with(caller, under.id(), record).await,
            Holding::Case(record) => self.open_with(caller, under.id(), record).await,
        }
    }

    /// The record of a file for whoever has the file's id alone. Hidden and not there are one answer, and cost the same.
    pub async fn record_of_file(&self, caller: &Caller, evidence: [u8; 16]) -> Result<Under, AppError> {
        let found = wardbook_views::records_of_file(&self.db, self.trust, &self.blinds, caller.person, evidence).await?;
        let under = |found: &FileIn| match found {
            FileIn::Report(id) => Under::Report(*id),
            FileIn::Case(id) => Under::Case(*id),
        };
        // It went along with its case where that goes on as another kind: whichever of them the caller may open, the last before all others.
        if let [_, _, ..] = found.as_slice() {
            for under in found.iter().map(under) {
                match self.holding_for(caller, under).await {
                    Ok(holding) if matches!(holding.access(), Access::Groups(..)) => return Ok(under),
                    // Where all are sealed, the first says so when it is opened.
                    Ok(_) | Err(AppError::NotFound | AppError::Sealed(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        found.first().map(under).ok_or(AppError::NotFound)
    }

    /// The report of a case, whoever may read it: for rules that ask about it, never to be shown. None where it was disposed of.
    pub(super) async fn report_behind(&self, case: &Case) -> Result<Option<Report>, AppError> {
        let stream = self.load(*case.opened.report.as_bytes()).await?;
        match self.open_all(&stream).await {
            Ok(events) => Ok(fold_report(&events)),
            Err(AppError::Sealed(SealedWhy::Disposed)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
