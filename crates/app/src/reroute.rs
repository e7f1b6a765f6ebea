//! Sending open records elsewhere: when a duty changes hands, when a receiver turns out to be the subject, when a given name fits
//! somebody who was not in the directory before (design §6). The new receiver learns what the former one had read.

use std::collections::BTreeSet;

use wardbook_domain::{
    FieldGroup, Instant, PersonId, RecordId,
    alert::{Alert, AlertEvent},
    case::{self, CaseEvent},
    directory::Directory,
    event::{AnyEvent, Written},
    profile::Profile,
    report::{self, ReadBefore, Report, ReportEvent, ReportState, Rerouted, Standing},
    routing::{self, Routed, Subjects},
};
use wardbook_vault::blind;
use wardbook_views::Of;

use crate::{
    App, AppError,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Loaded, fold_alert, fold_case, fold_report},
};

impl App {
    /// Sends every open record on whose receiver may not keep it; how many were sent. Run after duties or people change.
    pub(crate) async fn reroute_open(&self) -> Result<u64, AppError> {
        let streams = wardbook_views::open_streams(&self.db, self.trust, &self.blinds).await?;
        let (mut moved, mut last) = (0, None);
        for stream in streams {
            if let Some(position) = self.reroute_one(*stream.as_bytes()).await? {
                (moved, last) = (moved + 1, last.max(position));
            }
        }
        // Whoever is given a duty looks at its queue next.
        self.shown_by_views(last).await;
        Ok(moved)
    }

    /// Sends one record on; where that was written, and none where it stays.
    pub(crate) async fn reroute_one(&self, id: [u8; 16]) -> Result<Option<Option<u64>>, AppError> {
        for _ in 0..TRIES {
            let stream = self.load(id).await?;
            // A record that cannot be opened cannot be sent on; it is shown as sealed where it is.
            let Some(events) = self.open_unsealed(&stream).await? else { return Ok(None) };
            let (directory, profile) = (self.directory().await?, self.profile());
            let events = if let Some(report) = fold_report(&events) {
                let moved = self.moved_report(id, &report, &report, &directory, &profile, false).await?;
                let after = moved.iter().cloned().fold(Some(report.clone()), Report::evolve);
                let follows = after.map(|report| self.follows_for_report(&report, &directory)).unwrap_or_default();
                let mut events: Vec<ReportEvent> = moved.into_iter().chain(follows).collect();
                events.extend(report::due_after(&report, &events, &profile, self.clock.now()).map(ReportEvent::from));
                events.iter().map(ReportEvent::written).collect()
            } else if let Some(case) = fold_case(&events) {
                let moved = self.moved_case(id, &case, &directory, &profile).await?.map(CaseEvent::from);
                let after = moved.iter().cloned().fold(Some(case), case::Case::evolve);
                let follows = after.map(|case| self.follows_for_case(&case, &directory)).unwrap_or_default();
                moved.into_iter().chain(follows).map(|event| event.written()).collect()
            } else if let Some(alert) = fold_alert(&events) {
                let moved = self.moved_alert(&alert, &directory, &profile).map(AlertEvent::from);
                let after = moved.iter().cloned().fold(Some(alert), Alert::evolve);
                let follows = after.map(|alert| self.follows_for_alert(&alert, &directory)).unwrap_or_default();
                moved.into_iter().chain(follows).map(|event| event.written()).collect()
            } else {
                vec![]
            };
            if events.is_empty() {
                return Ok(None);
            }
            match self.append_rerouted(id, &stream, events).await {
                Ok(position) => return Ok(Some(position)),
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    pub(crate) async fn append_rerouted(&self, id: [u8; 16], stream: &Loaded, events: Vec<Written>) -> Result<Option<u64>, AppendFailed> {
        let keys = self.keys_of(stream).await.map_err(AppendFailed::Other)?;
        let act = Act { actor: None, duty: None, command: self.command(b"service", "reroute", None, &id) };
        let count = events.len() as u64;
        let appended = self.append(&act, &[StreamWrite { stream: id, expected: stream.version(), keys, events }]).await?;
        Ok(appended.first_position.map(|first| first + count - 1))
    }

    /// The events that send a report on, where it has to go, and say in whose hands it stays.
    pub(crate) async fn moved_report(
        &self,
        id: [u8; 16],
        before: &Report,
        after: &Report,
        directory: &Directory,
        profile: &Profile,
        always: bool,
    ) -> Result<Vec<ReportEvent>, AppError> {
        let Some(rerouted) = self.rerouted(id, before, after, directory, profile, always).await? else { return Ok(vec![]) };
        let rerouted = ReportEvent::from(rerouted);
        let sent = Report::evolve(Some(after.clone()), rerouted.clone());
        let stays = sent.and_then(|sent| report::stays_in_hand(after, &sent, directory)).map(ReportEvent::from);
        Ok(std::iter::once(rerouted).chain(stays).collect())
    }

    /// The event that sends a report on; `always` writes one even where it stays, as lists then forget whom a person
    /// found not to be concerned, and those who opened it while it was of another class. `before` is how it stood when its present receiver could still read it.
    async fn rerouted(
        &self,
        id: [u8; 16],
        before: &Report,
        after: &Report,
        directory: &Directory,
        profile: &Profile,
        always: bool,
    ) -> Result<Option<Rerouted>, AppError> {
        let always = always || image_stranded(after, directory) || before.class() != after.class();
        let mut routed = match routing::reroute_report(after, directory, profile) {
            Some(routed) => routed,
            None if always => unmoved(after),
            None => return Ok(None),
        };
        if after.image_open() && routed.route.second.is_none() {
            let subjects =
                Subjects { certain: routed.route.subjects.clone(), possible: routed.route.possible_subjects.clone(), aside: after.aside() };
            let dsl = routing::first_dsl(&after.filed.school, &subjects, directory);
            routed.route.second = dsl.filter(|dsl| *dsl != routed.route.owner);
        }
        let (was, now) = (before.route(), &routed.route);
        let lost = |person: &PersonId| {
            let hidden = [now.subjects.as_slice(), &now.possible_subjects, &after.aside()].iter().any(|people| people.contains(person));
            hidden && !was_hidden(before, *person)
        };
        let addresses = || std::iter::once(&was.owner).chain(&was.second);
        let lost: Vec<PersonId> = addresses().flat_map(|address| directory.holders(address)).filter(lost).collect();
        let mut read_before = self.read_by(id, &lost, directory).await?;
        let aside = lost.iter().any(|person| after.aside().contains(person));
        let reason = if now.owner != was.owner && before.class() != after.class() {
            "it turned out to be about an adult"
        } else if now.owner == was.owner {
            "whom it is about changed"
        } else if lost.is_empty() {
            "the duty changed hands"
        } else if aside {
            "its receiver stands aside"
        } else {
            "its receiver is, or may be, the person whom it is about"
        };
        let former: Vec<PersonId> = addresses().flat_map(|address| directory.former_holders(address)).collect();
        let former = self.read_by(id, &former, directory).await?;
        read_before.extend(former.into_iter().filter(|read| read.pages > 0));
        Ok(Some(Rerouted {
            standing: standing(after),
            route: routed.route,
            facts_to: routed.facts_to,
            clock_owner: routed.clock_owner.filter(|_| after.breach_case().is_none()),
            image_open: after.image_open(),
            read_before,
            reason: reason.to_owned(),
        }))
    }

    /// Whom the report of a case is about by now; none where it cannot be opened any more.
    pub(crate) async fn subjects_of_report(&self, case: &case::Case, directory: &Directory) -> Result<Option<Subjects>, AppError> {
        let stream = self.load(*case.opened.report.as_bytes()).await?;
        let report = self.open_unsealed(&stream).await?.and_then(|events| fold_report(&events));
        Ok(report.map(|report| routing::subjects_by_now(&report, directory)))
    }

    async fn moved_case(
        &self,
        id: [u8; 16],
        case: &case::Case,
        directory: &Directory,
        profile: &Profile,
    ) -> Result<Option<case::Rerouted>, AppError> {
        let found = self.subjects_of_report(case, directory).await?;
        let Some(route) = routing::reroute_case(case, found.as_ref(), directory, profile).filter(|_| case.is_open()) else {
            return Ok(None);
        };
        let subjects = [route.subjects.as_slice(), &route.possible_subjects, &case.aside()].concat();
        let lost: Vec<PersonId> = directory.holders(&case.route().owner).into_iter().filter(|person| subjects.contains(person)).collect();
        let read_before = self.read_by(id, &lost, directory).await?;
        let standing = Standing {
            class: case.opened.class,
            school: case.opened.school.clone(),
            since: case.opened.opened_at,
            due_at: case.due_at(),
            owed: true,
            reporter: None,
        };
        let reason = if route.owner == case.route().owner {
            "whom it is about changed"
        } else if lost.is_empty() {
            "the duty changed hands"
        } else {
            "its owner may not know it"
        };
        let reason = reason.to_owned();
        Ok(Some(case::Rerouted { standing, kind: case.opened.kind, route, read_before, reason }))
    }

    /// What these people had read of a record, from their access streams.
    async fn read_by(&self, id: [u8; 16], people: &[PersonId], directory: &Directory) -> Result<Vec<ReadBefore>, AppError> {
        let mut all = vec![];
        for person in people {
            let mut seen: Vec<Instant> = vec![];
            for stream in self.read_in(id, *person).await? {
                seen.extend(self.readings(id, stream).await?);
            }
            seen.sort_unstable();
            all.push(ReadBefore {
                person: *person,
                name: directory.name_of(*person),
                pages: u32::try_from(seen.len()).unwrap_or(u32::MAX),
                first_at: seen.first().copied(),
                last_at: seen.last().copied(),
            });
        }
        Ok(all)
    }

    /// The access streams in which a person may have read a record: those that the view of reads knows of, and the newest two, which it may
    /// not have taken in yet.
    async fn read_in(&self, id: [u8; 16], person: PersonId) -> Result<BTreeSet<[u8; 16]>, AppError> {
        let of = Of::ReaderAndRecord(person, RecordId::from_bytes(id));
        let known = wardbook_views::access_streams(&self.db, self.trust, &self.blinds, of).await?;
        let (year, month) = self.clock.now().london_month();
        let before = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        let newest = [(year, month), before];
        let stream = |(year, month): &(i16, i8)| blind(&self.keys.access, &[person.as_bytes(), format!("{year:04}-{month:02}").as_bytes()]);
        Ok(known.iter().map(|known| *known.stream.as_bytes()).chain(newest.iter().map(stream)).collect())
    }

    async fn readings(&self, id: [u8; 16], stream: [u8; 16]) -> Result<Vec<Instant>, AppError> {
        let mut seen = vec![];
        for stored in self.load(stream).await?.events {
            let opened = match self.opener.open(&stored, &[FieldGroup::Record]).await {
                Ok(opened) => opened,
                Err(failure) if failure.is_passing() => return Err(failure.into()),
                Err(_) => continue, // ended by its own retention rule
            };
            if let AnyEvent::Trace(wardbook_domain::trace::TraceEvent::Shown(shown)) = &opened.event
                && shown.records.contains(&RecordId::from_bytes(id))
            {
                seen.push(opened.meta.at);
            }
        }
        Ok(seen)
    }
}

fn was_hidden(report: &Report, person: PersonId) -> bool {
    [report.subjects.as_slice(), &report.possible_subjects, &report.aside()].iter().any(|people| people.contains(&person))
}

/// Whether an image is open about which none of those who were told can act any more, and somebody else can.
fn image_stranded(report: &Report, directory: &Directory) -> bool {
    let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
    let actors = report.image_actors();
    let next = routing::first_dsl(&report.filed.school, &subjects, directory).unwrap_or_else(|| report.route().owner.clone());
    report.image_open() && !actors.contains(&next) && !actors.iter().any(|address| routing::is_reached(address, &subjects, directory))
}

/// The route as it is, with the people whom it is about by now.
fn unmoved(report: &Report) -> Routed {
    let (subjects, possible_subjects) = (report.subjects.clone(), report.possible_subjects.clone());
    let clock_owner = report.clock_owner().cloned();
    let facts_to = report.facts_to().into_iter().filter(|address| Some(address) != clock_owner.as_ref()).collect();
    Routed { route: wardbook_domain::report::RouteTaken { subjects, possible_subjects, ..report.route().clone() }, facts_to, clock_owner }
}

fn standing(report: &Report) -> Standing {
    let filed = &report.filed;
    Standing {
        class: report.class(),
        school: filed.school.clone(),
        since: filed.reported_at,
        due_at: report.provisional_ico_due().filter(|_| report.breach_case().is_none()),
        owed: !matches!(report.state(), ReportState::Assessed | ReportState::Imported),
        reporter: filed.reporter_person,
    }
}
