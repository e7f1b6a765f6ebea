//! Loading a stream: its sealed events, opened and folded.

use wardbook_domain::{
    Duty, FieldGroup, Instant, PersonId, RecordClass,
    alert::Alert,
    case::Case,
    event::AnyEvent,
    need_to_know::{self, Access, Known},
    report::Report,
};
use wardbook_ledger::{StoredEvent, StreamId};
use wardbook_views::{Existence, Meta, Wanted};

use crate::{App, AppError, Caller};

/// A stream as stored.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) events: Vec<StoredEvent>,
}

impl Loaded {
    /// How many events it has.
    pub(crate) fn version(&self) -> u64 {
        self.events.last().map_or(0, |event| event.version)
    }
}

/// A record that the caller may know something of.
#[derive(Debug)]
pub(crate) struct Record<T> {
    pub(crate) stream: Loaded,
    pub(crate) folded: T,
    /// Every event with its meta items, for the timeline.
    pub(crate) events: Vec<(Meta, AnyEvent)>,
    pub(crate) access: Access,
}

/// A report or a case.
#[derive(Debug)]
pub(crate) enum Either {
    Report(Box<Record<Report>>),
    Case(Box<Record<Case>>),
}

impl Either {
    pub(crate) fn report(record: Record<Report>) -> Self {
        Self::Report(Box::new(record))
    }

    pub(crate) fn case(record: Record<Case>) -> Self {
        Self::Case(Box::new(record))
    }
}

/// What need-to-know is asked about.
pub(crate) trait Knowable {
    /// Its class.
    fn class(&self) -> RecordClass;
    /// Since when it is there.
    fn since(&self) -> Instant;
    /// Asks need-to-know about it, as it stands now.
    fn ask<T>(&self, now: Instant, ask: impl FnOnce(&Known<'_>) -> T) -> T;
}

impl App {
    /// All events of a stream.
    pub(crate) async fn load(&self, stream: [u8; 16]) -> Result<Loaded, AppError> {
        Ok(Loaded { events: self.ledger.rest_of_stream(StreamId::from_bytes(stream), 1).await? })
    }

    /// Opens every event of a stream.
    pub(crate) async fn open_all(&self, stream: &Loaded) -> Result<Vec<(Meta, AnyEvent)>, AppError> {
        let mut all = Vec::with_capacity(stream.events.len());
        for stored in &stream.events {
            let opened = self.opener.open(stored, &FieldGroup::ALL).await?;
            all.push((opened.meta, opened.event));
        }
        Ok(all)
    }

    /// The same, for rules that ask about it and show nothing; none where it is sealed.
    pub(crate) async fn open_unsealed(&self, stream: &Loaded) -> Result<Option<Vec<(Meta, AnyEvent)>>, AppError> {
        match self.open_all(stream).await {
            Err(AppError::Sealed(_)) => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// What there is of a record for this caller, asked before anything of it is read: what is hidden costs what none costs, so that no
    /// delay tells of it either (design §1.4).
    pub(crate) async fn existence(&self, caller: &Caller, id: [u8; 16]) -> Result<Existence, AppError> {
        Ok(wardbook_views::exists_for(&self.db, self.trust, &self.blinds, caller.person, id).await?)
    }

    /// Refuses a record that does not exist, or does not for this caller.
    pub(crate) async fn refuse_hidden(&self, caller: &Caller, id: [u8; 16]) -> Result<(), AppError> {
        if self.existence(caller, id).await? == Existence::There { Ok(()) } else { Err(AppError::NotFound) }
    }

    /// Opens a stream for a caller. That a record is sealed is told only to those for whom it is on one of these lists, or who owe it; to
    /// others it does not exist.
    async fn open_for(&self, caller: &Caller, lists: &[Wanted], id: [u8; 16]) -> Result<(Loaded, Vec<(Meta, AnyEvent)>), AppError> {
        let stream = self.load(id).await?;
        let why = match self.open_all(&stream).await {
            Err(AppError::Sealed(why)) => why,
            opened => return opened.map(|events| (stream, events)),
        };
        for wanted in lists.iter().chain(&[Wanted::Owed]) {
            if self.is_listed(caller, *wanted, id).await? {
                return Err(AppError::Sealed(why));
            }
        }
        Err(AppError::NotFound)
    }

    /// A report, as far as the caller may know it; no such report and no access are one answer. Where the report is hidden from whoever
    /// filed it, it is their own words as filed: nothing that came after is read, so that neither answer nor delay tells of it.
    pub(crate) async fn report_for(&self, caller: &Caller, id: [u8; 16]) -> Result<Record<Report>, AppError> {
        match self.existence(caller, id).await? {
            Existence::Nothing => Err(AppError::NotFound),
            Existence::OwnWords => self.own_words(id).await,
            Existence::There => self.whole_report_for(caller, id).await,
        }
    }

    /// A report with all that happened to it, and the caller's access: to decide and to write, also for those who add to their own words.
    /// Whether it is hidden from them stands beside it; what they are told then is no more than their own words tell.
    pub(crate) async fn report_to_add_to(&self, caller: &Caller, id: [u8; 16]) -> Result<(Record<Report>, bool), AppError> {
        let existence = self.existence(caller, id).await?;
        if existence == Existence::Nothing {
            return Err(AppError::NotFound);
        }
        Ok((self.whole_report_for(caller, id).await?, existence == Existence::OwnWords))
    }

    pub(crate) async fn own_words(&self, id: [u8; 16]) -> Result<Record<Report>, AppError> {
        let stream = Loaded { events: self.ledger.read_stream(StreamId::from_bytes(id), 1, 1).await? };
        let events = self.open_all(&stream).await?;
        let folded = fold_report(&events).ok_or(AppError::NotFound)?;
        Ok(Record { stream, folded, events, access: Access::OwnWords })
    }

    async fn whole_report_for(&self, caller: &Caller, id: [u8; 16]) -> Result<Record<Report>, AppError> {
        let opened = self.open_for(caller, &[Wanted::Reports], id).await?;
        self.known_to(caller, opened, fold_report)
    }

    /// A report as [`App::report_for`] or a case as [`App::case_for`] has it, whichever it is: its first event says so.
    pub(crate) async fn either_for(&self, caller: &Caller, id: [u8; 16]) -> Result<Either, AppError> {
        match self.existence(caller, id).await? {
            Existence::Nothing => Err(AppError::NotFound),
            Existence::OwnWords => self.own_words(id).await.map(Either::report),
            Existence::There => {
                let opened = self.open_for(caller, &[Wanted::Reports, Wanted::Cases], id).await?;
                match opened.1.first() {
                    Some((_, AnyEvent::Case(_))) => self.known_to(caller, opened, fold_case).map(Either::case),
                    _ => self.known_to(caller, opened, fold_report).map(Either::report),
                }
            }
        }
    }

    /// An opened stream as the record that it is, with the caller's access; no such record and no access are one answer.
    fn known_to<T: Knowable>(
        &self,
        caller: &Caller,
        (stream, events): (Loaded, Vec<(Meta, AnyEvent)>),
        fold: impl FnOnce(&[(Meta, AnyEvent)]) -> Option<T>,
    ) -> Result<Record<T>, AppError> {
        let folded = fold(&events).ok_or(AppError::NotFound)?;
        let access = folded.ask(self.clock.now(), |known| need_to_know::access(caller.viewer(), known));
        refuse_nothing(access)?;
        Ok(Record { stream, folded, events, access })
    }

    /// A report of which the caller may have the first facts, in which duty; no such report and no facts are one answer.
    pub(crate) async fn facts_for(&self, caller: &Caller, id: [u8; 16]) -> Result<(Record<Report>, Duty), AppError> {
        self.refuse_hidden(caller, id).await?;
        let (stream, events) = self.open_for(caller, &[Wanted::Board], id).await?;
        let folded = fold_report(&events).ok_or(AppError::NotFound)?;
        let facts_to = folded.facts_to();
        let duty =
            folded.ask(self.clock.now(), |known| need_to_know::facts(caller.viewer(), known, &facts_to)).ok_or(AppError::NotFound)?;
        let access = folded.ask(self.clock.now(), |known| need_to_know::access(caller.viewer(), known));
        Ok((Record { stream, folded, events, access }, duty))
    }

    /// A case, as far as the caller may know it; no such case and no access are one answer.
    pub(crate) async fn case_for(&self, caller: &Caller, id: [u8; 16]) -> Result<Record<Case>, AppError> {
        self.refuse_hidden(caller, id).await?;
        let opened = self.open_for(caller, &[Wanted::Cases], id).await?;
        self.known_to(caller, opened, fold_case)
    }
}

/// A report as folded from its events; none where the stream is no report.
pub(crate) fn fold_report(events: &[(Meta, AnyEvent)]) -> Option<Report> {
    events.iter().fold(None, |report, (_, event)| match event {
        AnyEvent::Report(event) => Report::evolve(report, event.clone()),
        _ => report,
    })
}

/// An alert as folded from its events; none where the stream is no alert.
pub(crate) fn fold_alert(events: &[(Meta, AnyEvent)]) -> Option<Alert> {
    events.iter().fold(None, |alert, (_, event)| match event {
        AnyEvent::Alert(event) => Alert::evolve(alert, event.clone()),
        _ => alert,
    })
}

/// A case as folded from its events; none where the stream is no case.
pub(crate) fn fold_case(events: &[(Meta, AnyEvent)]) -> Option<Case> {
    events.iter().fold(None, |case, (_, event)| match event {
        AnyEvent::Case(event) => Case::evolve(case, event.clone()),
        _ => case,
    })
}

impl Knowable for Report {
    fn class(&self) -> RecordClass {
        Self::class(self)
    }

    fn since(&self) -> Instant {
        self.filed.filed_at
    }

    fn ask<T>(&self, _now: Instant, ask: impl FnOnce(&Known<'_>) -> T) -> T {
        let filed = &self.filed;
        let (seconds, aside) = (self.second_readers(), self.aside());
        ask(&Known {
            class: Self::class(self),
            school: &filed.school,
            owner: &self.route().owner,
            seconds: &seconds,
            subjects: &self.subjects,
            possible_subjects: &self.possible_subjects,
            aside: &aside,
            named: &[],
            identity_for: self.protected.as_ref().map(|protected| &protected.independent),
            authors: &authors(self),
        })
    }
}

impl Knowable for Case {
    fn class(&self) -> RecordClass {
        self.opened.class
    }

    fn since(&self) -> Instant {
        self.opened.opened_at
    }

    fn ask<T>(&self, now: Instant, ask: impl FnOnce(&Known<'_>) -> T) -> T {
        self.known(now, ask)
    }
}

impl Knowable for Alert {
    fn class(&self) -> RecordClass {
        self.received.class
    }

    fn since(&self) -> Instant {
        self.received.received_at
    }

    fn ask<T>(&self, _now: Instant, ask: impl FnOnce(&Known<'_>) -> T) -> T {
        let seconds = self.second_readers();
        ask(&Known {
            class: self.received.class,
            school: &self.received.school,
            owner: self.owner(),
            seconds: &seconds,
            subjects: &self.route.subjects,
            possible_subjects: &self.route.possible_subjects,
            aside: &[],
            named: &[],
            identity_for: None,
            authors: &[], // a product's words are nobody's own
        })
    }
}

/// Whose words a report holds. Who typed a row of an import in read it on paper; what becomes of it here is not theirs.
pub(crate) fn authors(report: &Report) -> Vec<PersonId> {
    let filed = &report.filed;
    filed.reporter_person.into_iter().chain(filed.typed_by.filter(|_| filed.source.is_none())).collect()
}

fn refuse_nothing(access: Access) -> Result<(), AppError> {
    match access {
        Access::Nothing => Err(AppError::NotFound),
        Access::OwnWords | Access::Groups(..) => Ok(()),
    }
}
