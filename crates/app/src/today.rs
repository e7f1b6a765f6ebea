//! A headteacher's first screen (`domain/today.rs`): counted from what its reader may know, and like a list, traced for what it names.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Address, Instant, RecordId,
    event::AnyEvent,
    reading::TODAY,
    today::{Visit, is_for, only_they},
};
use wardbook_views::{Meta, Wanted};

use crate::{
    App, AppError, Caller,
    access::CoverShown,
    looking::ReadAs,
    newest::Candidate,
    queue::{QueueItem, Read, case_item, read_of, report_item},
    shown::{self, AddressShown},
    state::Kind,
};

/// Rows of each part at most.
const ROWS: usize = 20;
/// Rows of the queue that are looked through for what only the caller can do.
const OWED: u32 = 50;
/// Records that are looked through at most, newest first.
const RECORDS_MAX: usize = 1_000;
/// For how long it is known when somebody last looked.
const KNOWN_DAYS: i64 = 400;

/// A headteacher's first screen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Today {
    /// When the caller last looked; none at their first time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Instant>,
    /// What is owed by them and nobody else, most urgent first; at most 20.
    pub only_you: Vec<QueueItem>,
    /// What is late, longest first, and whose it is; at most 20.
    pub late: Vec<Late>,
    /// What others did since then, the last first; at most 20.
    pub changed: Vec<Changed>,
    /// Who covers them, now or to come.
    pub covers: Vec<CoverShown>,
    /// How many records were looked through for what is late and what changed, the newest first.
    pub searched: usize,
    /// Whether there are more than were looked through.
    pub bounded: bool,
}

/// Something that is late.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Late {
    /// What.
    pub item: QueueItem,
    /// Whose it is, by name: whoever has it in hand, else whoever does the duty that owns it now.
    pub whose: Vec<String>,
}

/// A record on which others did something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Changed {
    /// The record.
    pub item: QueueItem,
    /// What was done last, in words.
    pub what: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// How many things were done.
    pub count: usize,
}

/// One record as it is looked through.
struct Looked {
    item: QueueItem,
    read_as: ReadAs,
    owner: Address,
    is_open: bool,
    done: Vec<(Instant, String)>,
}

impl App {
    /// What only the caller can do, what is late and whose, what changed since they last looked, and who covers them; for headteachers.
    pub async fn today(&self, caller: &Caller) -> Result<Today, AppError> {
        if !is_for(&caller.duties) {
            return Err(AppError::NotFound);
        }
        let (now, since) = (self.clock.now(), self.visit(caller).await?);
        let (only_you, mut read) = self.owed_by_nobody_else(caller, now).await?;
        let (mut late, mut changed, mut searched) = (vec![], vec![], 0);
        let mut bound = self.bound(RECORDS_MAX);
        let all = self.newest(caller, &[Wanted::Reports, Wanted::Cases]).await?;
        for candidate in &all {
            if !bound.take(self.machine.now()) {
                break;
            }
            searched += 1;
            let Some(looked) = self.looked(caller, candidate).await? else { continue };
            let after = |(at, _): &&(Instant, String)| since.is_some_and(|since| *at > since);
            let count = looked.done.iter().filter(after).count();
            if let Some((at, what)) = looked.done.iter().rfind(after) {
                changed.push((looked.read_as, Changed { item: looked.item.clone(), what: what.clone(), at: *at, count }));
            }
            if looked.is_open && looked.item.due_at.is_some_and(|due| due < now) {
                let whose = self.whose(&looked, now).await?;
                late.push((looked.read_as, Late { item: looked.item, whose }));
            }
        }
        late.sort_by_key(|(_, late)| late.item.due_at);
        changed.sort_by_key(|(_, changed)| std::cmp::Reverse(changed.at));
        let (late, changed) = (first(late, &mut read, |late| &late.item), first(changed, &mut read, |changed| &changed.item));
        self.trace_read(caller, TODAY, read).await?;
        let (covers, bounded) = (self.covers_of_own(caller).await?, searched < all.len());
        Ok(Today { since, only_you, late, changed, covers, searched, bounded })
    }

    /// When the caller looked before this visit; that they look now is kept.
    async fn visit(&self, caller: &Caller) -> Result<Option<Instant>, AppError> {
        let (id, now) = (self.rows_of(caller), self.clock.now());
        let known = self.kept::<Visit>(Kind::Visit, &id).await?.map(|(visit, _)| visit);
        let visit = Visit::at(now, known);
        self.keep(Kind::Visit, &id, &id, &visit, self.machine.now().plus_seconds(KNOWN_DAYS * 86_400)).await?;
        Ok(visit.since())
    }

    async fn owed_by_nobody_else(&self, caller: &Caller, now: Instant) -> Result<(Vec<QueueItem>, Read), AppError> {
        let (page, read) = self.gather(caller, "queue", Wanted::Owed, None, Some(OWED)).await?;
        let directory = self.directory().await?;
        let owner = |item: &QueueItem| item.owner.as_ref().and_then(AddressShown::address);
        let theirs =
            |item: &QueueItem| item.in_hand.is_none() && owner(item).is_some_and(|owner| only_they(caller.person, &owner, &directory, now));
        let items: Vec<QueueItem> = page.items.into_iter().filter(theirs).take(ROWS).collect();
        let read = read_of(&items, read);
        Ok((items, read))
    }

    /// A record that the caller may read, with what others did on it in order; none where it is sealed or their own words alone.
    async fn looked(&self, caller: &Caller, candidate: &Candidate) -> Result<Option<Looked>, AppError> {
        let looked = if candidate.wanted == Wanted::Cases {
            self.looked_at_case(caller, candidate).await
        } else {
            self.looked_at_report(caller, candidate).await
        };
        match looked {
            Err(AppError::NotFound | AppError::Sealed(_)) => Ok(None),
            other => other,
        }
    }

    async fn looked_at_case(&self, caller: &Caller, candidate: &Candidate) -> Result<Option<Looked>, AppError> {
        let record = self.case_for(caller, candidate.id()).await?;
        let Some(read_as) = self.read_as(caller, &record).await? else { return Ok(None) };
        let item = case_item(&candidate.id(), &candidate.row, &record, caller, &self.profile());
        let (owner, is_open) = (record.folded.route().owner.clone(), record.folded.is_open());
        // Of other cases this screen says nothing.
        let done = by_others(caller, &record.events, |event| shown::of_case(event, &BTreeSet::new()));
        Ok(Some(Looked { item, read_as, owner, is_open, done }))
    }

    async fn looked_at_report(&self, caller: &Caller, candidate: &Candidate) -> Result<Option<Looked>, AppError> {
        let record = self.report_for(caller, candidate.id()).await?;
        let Some(read_as) = self.read_as(caller, &record).await? else { return Ok(None) };
        // The list of reports has no due instants: this one is the report's own.
        let due_at = record.folded.due_at();
        let item = report_item(&candidate.id(), &candidate.row, &record, caller, &*self.directory().await?);
        let (owner, is_open) = (record.folded.route().owner.clone(), record.folded.is_owed());
        let done = by_others(caller, &record.events, shown::of_report);
        Ok(Some(Looked { item: QueueItem { due_at, ..item }, read_as, owner, is_open, done }))
    }

    async fn whose(&self, looked: &Looked, now: Instant) -> Result<Vec<String>, AppError> {
        if let Some(name) = &looked.item.in_hand {
            return Ok(vec![name.clone()]);
        }
        let directory = self.directory().await?;
        let name = |person| directory.people.get(&person).map(|known| known.name.clone());
        Ok(directory.present(&looked.owner, now).into_iter().filter_map(name).collect())
    }
}

/// What others did on a record, in order, with when.
fn by_others(caller: &Caller, events: &[(Meta, AnyEvent)], words: impl Fn(&(Meta, AnyEvent)) -> Option<String>) -> Vec<(Instant, String)> {
    let theirs = events.iter().filter(|(meta, _)| meta.actor != Some(caller.person));
    theirs.filter_map(|event| words(event).map(|what| (event.0.at, what))).collect()
}

/// The first rows of a part; what is shown is read.
fn first<T>(rows: Vec<(ReadAs, T)>, read: &mut Read, item: impl Fn(&T) -> &QueueItem) -> Vec<T> {
    let shown = rows.into_iter().take(ROWS).inspect(|(read_as, row)| {
        let records = read.entry(*read_as).or_default();
        if let Some(id) = RecordId::parse(&item(row).id).filter(|id| !records.contains(id)) {
            records.push(id);
        }
    });
    shown.map(|(_, row)| row).collect()
}
