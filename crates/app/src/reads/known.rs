//! What a caller may know of the records that traces name, each loaded once a page.

use std::{collections::HashMap, sync::Arc};

use wardbook_domain::{
    Instant, PersonId, RecordClass, RecordId,
    alert::Alert,
    case::Case,
    directory::Directory,
    event::AnyEvent,
    need_to_know,
    profile::Profile,
    reading::{self, Circumstances, Look, READS, Seen, is_list, is_out_of_hours},
    report::Report,
    trace::{Shown, TraceEvent},
};
use wardbook_views::Existence;

use super::{
    Reads,
    shown::{ReadShown, Whole},
    walk::{Found, Walks},
};
use crate::{
    App, AppError, Caller,
    load::{Knowable, fold_alert, fold_case, fold_report},
};

/// A record as folded.
enum Folded {
    Report(Box<Report>),
    Case(Box<Case>),
    Alert(Box<Alert>),
}

impl Folded {
    const fn part(&self) -> &'static str {
        match self {
            Self::Report(_) => "report",
            Self::Case(_) => "case",
            Self::Alert(_) => "alert",
        }
    }

    fn ask<T>(&self, now: Instant, ask: impl FnOnce(&need_to_know::Known<'_>) -> T) -> T {
        match self {
            Self::Report(report) => report.ask(now, ask),
            Self::Case(case) => case.ask(now, ask),
            Self::Alert(alert) => alert.ask(now, ask),
        }
    }

    fn class(&self) -> RecordClass {
        match self {
            Self::Report(report) => report.class(),
            Self::Case(case) => case.class(),
            Self::Alert(alert) => alert.class(),
        }
    }

    fn since(&self) -> Instant {
        match self {
            Self::Report(report) => report.since(),
            Self::Case(case) => case.since(),
            Self::Alert(alert) => alert.since(),
        }
    }
}

/// What is known of records so far, for one caller.
pub(super) struct Known<'a> {
    app: &'a App,
    caller: &'a Caller,
    profile: Arc<Profile>,
    directory: Option<Arc<Directory>>,
    /// None for what cannot be opened, and for what is none of these.
    records: HashMap<RecordId, Option<Arc<Folded>>>,
    first: HashMap<(PersonId, RecordId), Option<i64>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(app: &'a App, caller: &'a Caller) -> Self {
        Self { app, caller, profile: app.profile(), directory: None, records: HashMap::new(), first: HashMap::new() }
    }

    /// The row of one record of a trace, and whether it tells which record it is; none where the caller may know nothing of it.
    pub(super) async fn row(
        &mut self,
        walks: &mut Walks<'_>,
        found: &Found,
        record: RecordId,
        reads: Reads,
    ) -> Result<Option<(ReadShown, bool)>, AppError> {
        let TraceEvent::Shown(shown) = &found.event else { return Ok(None) };
        // Looking at this very list is no news to whoever looks.
        if reads == Reads::All && shown.page == READS && shown.reader == self.caller.person {
            return Ok(None);
        }
        let Some(folded) = self.folded(record).await? else { return Ok(None) };
        let look = Look { reader: shown.reader, reading_as: shown.reading_as };
        let seen = folded.ask(self.app.clock.now(), |known| reading::seen(self.caller.viewer(), look, known));
        match seen {
            None => Ok(None),
            // Beside a person's name a class alone would tell what they work on.
            Some(Seen::Class) if matches!(reads, Reads::Person(_) | Reads::Mine) => Ok(None),
            Some(Seen::Class) => {
                let out_of_hours = is_out_of_hours(&self.profile.reading, found.at);
                Ok(Some((ReadShown::class_only(found.at, shown.reading_as, folded.class(), out_of_hours), false)))
            }
            Some(Seen::Own | Seen::Whole) => {
                let marks = self.marks(walks, found, shown, record, &folded).await?;
                let whole = Whole {
                    at: found.at,
                    shown,
                    reader: self.name(shown.reader).await?,
                    purpose: self.profile.purpose_label(&shown.purpose),
                    record,
                    part: folded.part(),
                    class: (seen == Some(Seen::Whole) && reads != Reads::Mine).then(|| folded.class()),
                };
                Ok(Some((ReadShown::whole(whole, &marks), true)))
            }
        }
    }

    /// The row of what names no record: a sign-in, or a page of none. Who may ask for the list may know that page.
    pub(super) async fn without_record(&mut self, found: &Found, reads: Reads) -> Result<Option<(ReadShown, bool)>, AppError> {
        let TraceEvent::Shown(shown) = &found.event else { return self.sign_in(found, reads).await };
        let out_of_hours = is_out_of_hours(&self.profile.reading, found.at);
        let (reader, purpose) = (self.name(shown.reader).await?, self.profile.purpose_label(&shown.purpose));
        Ok(Some((ReadShown::page(found.at, shown, reader, purpose, out_of_hours), false)))
    }

    /// The row of a sign-in, which is for the person who signed in and on the list of sign-ins.
    async fn sign_in(&mut self, found: &Found, reads: Reads) -> Result<Option<(ReadShown, bool)>, AppError> {
        if reads == Reads::SignIns {
            return self.anybodys_sign_in(found).await;
        }
        let me = self.caller.person;
        if !matches!(reads, Reads::Mine) && reads != Reads::Person(me) {
            return Ok(None);
        }
        let row = match &found.event {
            TraceEvent::SignedIn(signed_in) if signed_in.person == me => {
                ReadShown::signed_in(found.at, signed_in, self.sites(signed_in.site.as_slice()).await?)
            }
            TraceEvent::SignInFailed(failed) if failed.person == Some(me) => {
                ReadShown::sign_in_failed(failed, self.sites(&failed.sites).await?)
            }
            _ => return Ok(None),
        };
        Ok(Some((row, false)))
    }

    async fn anybodys_sign_in(&mut self, found: &Found) -> Result<Option<(ReadShown, bool)>, AppError> {
        let (row, person) = match &found.event {
            TraceEvent::SignedIn(signed_in) => {
                (ReadShown::signed_in(found.at, signed_in, self.sites(signed_in.site.as_slice()).await?), Some(signed_in.person))
            }
            TraceEvent::SignInFailed(failed) => (ReadShown::sign_in_failed(failed, self.sites(&failed.sites).await?), failed.person),
            TraceEvent::Shown(_) => return Ok(None),
        };
        let name = match person {
            Some(person) => Some(self.name(person).await?),
            None => None,
        };
        Ok(Some((ReadShown { reader: person.map(|person| person.to_string()), reader_name: name, ..row }, false)))
    }

    /// Sites by name; what is no school of the directory stays as it was said.
    async fn sites(&mut self, codes: &[String]) -> Result<Vec<String>, AppError> {
        let directory = self.directory().await?;
        Ok(codes.iter().map(|code| directory.schools.get(code).map_or(code, |school| &school.name).clone()).collect())
    }

    async fn marks(
        &mut self,
        walks: &mut Walks<'_>,
        found: &Found,
        shown: &Shown,
        record: RecordId,
        folded: &Folded,
    ) -> Result<Vec<reading::Mark>, AppError> {
        // Nobody looks too often at their own papers.
        if shown.reading_as.is_none() {
            return Ok(vec![]);
        }
        let opened = !is_list(&shown.page);
        let (mut first, mut in_hour) = (false, 0);
        if opened {
            first = self.first_opened(shown.reader, record).await? == Some(found.recorded_at);
            let records = walks.opened_in_hour(found).await?;
            in_hour = records.len();
            let threshold = usize::try_from(self.profile.reading.records_an_hour).unwrap_or(usize::MAX);
            if in_hour > threshold {
                in_hour = self.not_hidden(&records).await?;
            }
        }
        let look = Circumstances { at: found.at, opened, first, record_since: folded.since(), opened_in_hour: in_hour };
        Ok(reading::marks(&self.profile.reading, &look))
    }

    /// How many of these records are reports or cases that are not hidden from the caller: a hidden one counts for nothing.
    async fn not_hidden(&mut self, records: &[RecordId]) -> Result<usize, AppError> {
        let mut count = 0;
        for record in records {
            let Some(folded) = self.folded(*record).await? else { continue };
            count += usize::from(!folded.ask(self.app.clock.now(), |known| known.is_hidden_from(self.caller.person)));
        }
        Ok(count)
    }

    async fn first_opened(&mut self, person: PersonId, record: RecordId) -> Result<Option<i64>, AppError> {
        if let Some(first) = self.first.get(&(person, record)) {
            return Ok(*first);
        }
        let first = wardbook_views::first_opened(&self.app.db, self.app.trust, &self.app.blinds, person, record).await?;
        self.first.insert((person, record), first);
        Ok(first)
    }

    async fn name(&mut self, person: PersonId) -> Result<String, AppError> {
        let directory = self.directory().await?;
        Ok(directory.name_of(person))
    }

    async fn directory(&mut self) -> Result<Arc<Directory>, AppError> {
        let directory = match self.directory.take() {
            Some(directory) => directory,
            None => self.app.directory().await?,
        };
        self.directory = Some(Arc::clone(&directory));
        Ok(directory)
    }

    async fn folded(&mut self, record: RecordId) -> Result<Option<Arc<Folded>>, AppError> {
        if let Some(folded) = self.records.get(&record) {
            return Ok(folded.clone());
        }
        let folded = match self.app.existence(self.caller, *record.as_bytes()).await? {
            Existence::Nothing => None,
            // Of what is hidden from them but for their own words no more is read than those: what came after would take its time.
            Existence::OwnWords => {
                let own = self.app.own_words(*record.as_bytes()).await?;
                Some(Folded::Report(Box::new(own.folded)))
            }
            Existence::There => self.whole(record).await?,
        };
        let folded = folded.map(Arc::new);
        self.records.insert(record, folded.clone());
        Ok(folded)
    }

    async fn whole(&self, record: RecordId) -> Result<Option<Folded>, AppError> {
        let stream = self.app.load(*record.as_bytes()).await?;
        let events = self.app.open_unsealed(&stream).await?.unwrap_or_default();
        Ok(match events.first() {
            Some((_, AnyEvent::Report(_))) => fold_report(&events).map(|report| Folded::Report(Box::new(report))),
            Some((_, AnyEvent::Case(_))) => fold_case(&events).map(|case| Folded::Case(Box::new(case))),
            Some((_, AnyEvent::Alert(_))) => fold_alert(&events).map(|alert| Folded::Alert(Box::new(alert))),
            // A file is looked at with its report, which the same trace names.
            _ => None,
        })
    }
}
