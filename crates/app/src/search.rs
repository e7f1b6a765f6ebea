//! Searching: what was asked is kept, sealed, under an id that says nothing, and looked for anew whenever it is shown, so that what a
//! reader may know by now is what they find.
//!
//! Nothing is indexed: what the reader may read is opened, newest first, and compared (`domain/search`). One answer goes so far and no
//! further, and says so; the next one goes on from there. Its trace names the hits that are shown, not what was looked through.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wardbook_domain::{
    Duty, Instant, PersonId, RecordId,
    case::{Case, CaseEvent},
    directory::Directory,
    event::AnyEvent,
    need_to_know::Access,
    profile::reading::{BREAK_GLASS, CASE_WORK},
    reading::SEARCH,
    report::{Report, ReportEvent},
    search::{Ask, Matter, Sought, of_case, of_own_words, of_report},
};
use wardbook_views::{After, Meta, Wanted};

use crate::{
    App, AppError, Caller, cases::parse_id, cursor, load::Record, newest::Candidate, shown::reference, state::Kind, traces::ShownBy,
};

/// How long a search is kept.
const SECONDS: i64 = 12 * 3600;
/// Searches of one person that are kept at most.
const SEARCHES_MAX: i64 = 50;
/// Records that one answer opens at most.
const RECORDS_MAX: usize = 1_000;

/// A search that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchKept {
    /// 32 hex digits, good for whoever asked alone.
    pub id: String,
    /// Until when it can be looked at.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Instant,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// What was asked.
    pub asked: Ask,
    /// The hits of this page, newest first.
    pub items: Vec<Hit>,
    /// How many records were looked through for this page: the newest, or those that follow the page before.
    pub searched: usize,
    /// Whether it ended there because that is as far as one page goes; the next page goes on.
    pub bounded: bool,
    /// The cursor of the next page; none where everything was looked through.
    pub next: Option<String>,
}

/// A record that was found, as it stands on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hit {
    /// 32 hex digits.
    pub id: String,
    /// What people quote.
    pub reference: String,
    /// `report`, `case`, or `receipt`: the reader's own words.
    pub record: String,
    /// The types of a report, or the kind of a case, in words.
    pub what: Vec<String>,
    /// The school's code.
    pub school: String,
    /// The record's state; none of a receipt.
    pub state: Option<String>,
    /// When it was told or opened.
    #[schema(value_type = String, format = DateTime)]
    pub since: Instant,
    /// The paper's own reference, of an imported report.
    pub source_reference: Option<String>,
}

/// What is kept of a search.
#[derive(Serialize, Deserialize)]
struct Saved {
    person: PersonId,
    ask: Ask,
    purpose: String,
}

/// A candidate that is what was looked for, with the duty and the purpose of its trace.
struct Match {
    hit: Hit,
    duty: Option<Duty>,
    by_glass: bool,
}

impl App {
    /// Keeps what somebody looks for; where it can be looked at, for some hours. The purpose is asked here, once.
    pub async fn start_search(&self, caller: &Caller, ask: &Ask) -> Result<SearchKept, AppError> {
        ask.check(&self.profile())?;
        let purpose = self.purpose_of_search(caller)?;
        if self.count_owned(Kind::Search, &self.rows_of(caller)).await? >= SEARCHES_MAX {
            self.drop_oldest_owned(Kind::Search, &self.rows_of(caller)).await?;
        }
        let id: [u8; 16] = self.entropy.bytes();
        let expires_at = self.machine.now().plus_seconds(SECONDS);
        let saved = Saved { person: caller.person, ask: ask.clone(), purpose };
        self.keep(Kind::Search, &id, &self.rows_of(caller), &saved, expires_at).await?;
        Ok(SearchKept { id: hex::encode(id), expires_at })
    }

    /// A page of what a search finds by now; a search that is over, or somebody else's, is not found.
    pub async fn search(&self, caller: &Caller, id: &str, page: Option<&str>, limit: Option<u32>) -> Result<Found, AppError> {
        let limit = cursor::limit(limit)? as usize;
        let kept = self.kept::<Saved>(Kind::Search, &parse_id(id)?).await?;
        let Some((saved, _)) = kept.filter(|(saved, _)| saved.person == caller.person) else { return Err(AppError::NotFound) };
        // What was a type when it was asked may have left the profile since: then nothing is of that type any more, and it says so.
        let sought = saved.ask.check(&self.profile())?;
        let list = format!("{SEARCH}/{id}");
        let after = self.after(caller, &list, page)?;
        let rows = self.rows_of_search(caller, &sought, after).await?;
        let directory = self.directory().await?;
        let (mut items, mut read) = (vec![], BTreeMap::<(Option<Duty>, bool), Vec<RecordId>>::new());
        let (mut bound, mut searched) = (self.bound(RECORDS_MAX), 0);
        for candidate in &rows {
            if items.len() == limit || !bound.take(self.machine.now()) {
                break;
            }
            searched += 1;
            if let Some(found) = self.match_of(caller, candidate, &sought, &directory).await? {
                read.entry((found.duty, found.by_glass)).or_default().push(RecordId::from_bytes(candidate.id()));
                items.push(found.hit);
            }
        }
        let more = searched < rows.len();
        let ended = searched.checked_sub(1).map(|last| rows[last]).filter(|_| more);
        let next = ended.map(|last| self.cursor(caller, &list, place(&last))).transpose()?;
        let purpose = |duty: Option<Duty>, by_glass: bool| match (duty, by_glass) {
            (None, _) => CASE_WORK.to_owned(),
            (_, true) => BREAK_GLASS.to_owned(),
            (_, false) => saved.purpose.clone(),
        };
        let shown = read.into_iter().map(|((duty, by_glass), records)| ShownBy { duty, records, purpose: purpose(duty, by_glass) });
        self.trace_shown(caller, SEARCH, shown).await?;
        Ok(Found { asked: saved.ask, bounded: more && items.len() < limit, items, searched, next })
    }

    /// What is to be looked through, newest first, from where the last page ended. Wardbook's own reference is the record's id: what has
    /// it is found however old it is.
    async fn rows_of_search(&self, caller: &Caller, sought: &Sought, after: Option<After>) -> Result<Vec<Candidate>, AppError> {
        let mut rows = self.newest(caller, &[Wanted::Reports, Wanted::Cases, Wanted::OwnReports]).await?;
        if rows.iter().any(|candidate| sought.is_reference(&reference(&candidate.id()))) {
            rows.retain(|candidate| sought.is_reference(&reference(&candidate.id())));
        }
        if let Some(after) = after {
            let end = (Reverse(after.since), u8::try_from(after.place).unwrap_or(u8::MAX), after.stream);
            rows.retain(|candidate| candidate.order() > end);
        }
        Ok(rows)
    }

    /// A candidate that is what is looked for. One that cannot be opened, or not for this caller, is not.
    async fn match_of(
        &self,
        caller: &Caller,
        candidate: &Candidate,
        sought: &Sought,
        directory: &Directory,
    ) -> Result<Option<Match>, AppError> {
        let id = candidate.id();
        let name = |person: PersonId| directory.people.get(&person).map(|known| known.name.clone());
        let found = if candidate.wanted == Wanted::Cases {
            self.case_for(caller, id).await.map(|record| {
                let (groups, duty) = opened(record.access)?;
                let matter = of_case(&record.folded, of_kind(&record.events, case_event), groups, name);
                fits(&id, sought, matter, directory).then(|| (case_hit(&id, &record), Some(duty), Either::Case(Box::new(record))))
            })
        } else {
            self.report_for(caller, id).await.map(|record| {
                let (matter, duty) = match opened(record.access) {
                    Some((groups, duty)) => (of_report(&record.folded, of_kind(&record.events, report_event), groups, name), Some(duty)),
                    None => (of_own_words(&record.folded), None),
                };
                fits(&id, sought, matter, directory).then(|| (report_hit(&id, candidate, &record), duty, Either::Report(Box::new(record))))
            })
        };
        match found {
            Ok(None) | Err(AppError::NotFound | AppError::Sealed(_)) => Ok(None),
            Ok(Some((hit, duty, record))) => {
                let by_glass = match &record {
                    Either::Report(record) => self.is_by_glass(caller, record).await?,
                    Either::Case(record) => self.is_by_glass(caller, record).await?,
                };
                Ok(Some(Match { hit, duty, by_glass }))
            }
            Err(error) => Err(error),
        }
    }
}

/// The events of one kind of stream, without what surrounds them.
fn of_kind<'a, T>(events: &'a [(Meta, AnyEvent)], kind: fn(&'a AnyEvent) -> Option<&'a T>) -> impl Iterator<Item = &'a T> {
    events.iter().filter_map(move |(_, event)| kind(event))
}

const fn case_event(event: &AnyEvent) -> Option<&CaseEvent> {
    if let AnyEvent::Case(event) = event { Some(event) } else { None }
}

const fn report_event(event: &AnyEvent) -> Option<&ReportEvent> {
    if let AnyEvent::Report(event) = event { Some(event) } else { None }
}

enum Either {
    Report(Box<Record<Report>>),
    Case(Box<Record<Case>>),
}

/// The groups that are opened, and in which duty; none where it is the reader's own words.
const fn opened(access: Access) -> Option<(&'static [wardbook_domain::FieldGroup], Duty)> {
    if let Access::Groups(groups, duty) = access { Some((groups, duty)) } else { None }
}

/// Whether a record is what is looked for; a person whom it names by the staff list alone is found by the name that they have there.
fn fits(id: &[u8; 16], sought: &Sought, mut matter: Matter, directory: &Directory) -> bool {
    matter.references.push(reference(id));
    let listed = matter.ids.iter().filter_map(|staff_id| directory.by_staff_id(staff_id));
    let names: Vec<String> = listed.filter_map(|person| directory.people.get(&person)).map(|known| known.name.clone()).collect();
    matter.names.extend(names);
    sought.finds(&matter)
}

/// Where a page ended.
fn place(last: &Candidate) -> After {
    After { place: i64::from(last.place()), since: last.row.since, stream: last.id() }
}

fn report_hit(id: &[u8; 16], candidate: &Candidate, record: &Record<Report>) -> Hit {
    let filed = &record.folded.filed;
    let own = !matches!(record.access, Access::Groups(..));
    let kinds = filed.types.iter().map(|kind| kind.label().to_owned()).chain(filed.extra_types.iter().map(|kind| kind.label.clone()));
    Hit {
        id: hex::encode(id),
        reference: reference(id),
        record: if own { "receipt" } else { "report" }.to_owned(),
        what: kinds.collect(),
        school: filed.school.clone(),
        state: (!own).then(|| record.folded.state().as_str().to_owned()),
        since: Instant::from_micros(candidate.row.since),
        source_reference: filed.source_reference.clone(),
    }
}

fn case_hit(id: &[u8; 16], record: &Record<Case>) -> Hit {
    let case = &record.folded;
    Hit {
        id: hex::encode(id),
        reference: reference(id),
        record: "case".to_owned(),
        what: vec![case.opened.kind.label().to_owned()],
        school: case.opened.school.clone(),
        state: Some(if case.is_open() { "open" } else { "closed" }.to_owned()),
        since: case.opened.opened_at,
        source_reference: case.opened.source_reference.clone(),
    }
}
