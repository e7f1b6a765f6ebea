//! The queue and the lists: what is owed, by when, why, with one next action a row.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Address, Duty, Instant, RecordId, Scope, calendar,
    case::{self, Case, CaseKind, open_ends},
    directory::Directory,
    need_to_know::Access,
    profile::{
        Profile,
        reading::{BREAK_GLASS, CASE_WORK},
    },
    reading::BEFORE_YOU_GO,
    report::{CLOCK, DECIDE_CLOCK, NextAbout, NextStep, Report, comes_as, hand_over_to, next_step},
};
use wardbook_views::{Listed, Reading, Wanted};

use crate::{
    App, AppError, Caller, Page, SealedWhy,
    beside::Beside,
    cursor,
    load::{Either, Record},
    looking::ReadAs,
    shown::{AddressShown, reference},
    traces::ShownBy,
};

/// The most records that a total counts: so many, or more.
pub const OWED_MAX: u32 = 1_000;

/// Why a case that was handed over is on the queue of whoever has it in hand.
pub const IN_HAND: &str = "in your hands";

/// Why a case is on the queue of whoever has an action of it, and nothing else there to do.
pub const GIVEN: &str = "an action given to you";

/// What is shown of a list, by the duty that opened it: what stays sealed or is left out is not read.
pub(crate) type Read = BTreeMap<ReadAs, Vec<RecordId>>;

/// A row of the queue or of the list of cases.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueueItem {
    /// 32 hex digits.
    pub id: String,
    /// What people quote.
    pub reference: String,
    /// `report`, `case`, or `breach` where what is asked concerns a breach clock or first facts.
    pub record: String,
    /// The kind of a case, or the types of a report, in words.
    pub what: Vec<String>,
    /// The school's code; empty where the record is sealed.
    pub school: String,
    /// The record's state.
    pub state: String,
    /// What is owed next, in words.
    pub next_action: String,
    /// The duty as which it comes to the caller: its owner, or who has it in hand, reads it along, or comes in for them; none where the
    /// record is sealed.
    pub owner: Option<AddressShown>,
    /// The clause that sent it here, or in words why it comes to the caller beside its owner.
    pub why: String,
    /// The clause that asks for the next step; empty where a person planned it.
    pub clause: String,
    /// How many other things are open on it.
    pub others_open: usize,
    /// Until when it is put off.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub put_off_until: Option<Instant>,
    /// Whoever has it in hand, where it was handed over: a case's person by name, a report's duty.
    pub in_hand: Option<String>,
    /// Whether it can be handed over to somebody else.
    pub hands_over: bool,
    /// Since when it waits.
    #[schema(value_type = String, format = DateTime)]
    pub since: Instant,
    /// By when something is owed on it, or until when it is put off.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// When its clock of the law runs out, where one does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub clock_due_at: Option<Instant>,
    /// Whether it is owed now, before all else: an image, or a child who could be in danger.
    pub urgent: bool,
    /// The paper's own reference, of an imported report.
    pub source_reference: Option<String>,
    /// Why the record cannot be opened, where it cannot.
    pub sealed: Option<String>,
}

/// What falls due before the caller's next working day begins.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BeforeYouGo {
    /// 08:00 on that day.
    #[schema(value_type = String, format = DateTime)]
    pub until: Instant,
    /// What waits beside records and is due by then.
    pub beside: Vec<Beside>,
    /// What is owed by then, most urgent first; at most 200.
    pub items: Vec<QueueItem>,
    /// Whether there is more than is listed.
    pub more: bool,
}

/// The most that is listed before somebody goes.
const BEFORE_MAX: u32 = 200;

impl App {
    /// What is late already, or falls due before the next working day begins (CAL-1): what somebody must do, hand over or have covered
    /// before they go.
    pub async fn before_you_go(&self, caller: &Caller) -> Result<BeforeYouGo, AppError> {
        let until = calendar::next_start(self.clock.now()).map_err(|missing| AppError::State(missing.to_string()))?;
        let (page, read) = self.gather(caller, "queue", Wanted::Owed, None, Some(BEFORE_MAX)).await?;
        let falls_due = |item: &QueueItem| item.urgent || item.due_at.is_some_and(|due| due <= until);
        // What comes after a page that is due to its end may be due too.
        let more = page.next.is_some() && page.items.last().is_some_and(falls_due);
        let items: Vec<QueueItem> = page.items.into_iter().filter(falls_due).collect();
        let mut beside = self.waiting_beside(caller).await?;
        beside.retain(|waiting| waiting.urgent || waiting.due_at.is_some_and(|due| due <= until));
        self.trace_read(caller, BEFORE_YOU_GO, read_of(&items, read)).await?;
        Ok(BeforeYouGo { until, beside, items, more })
    }

    /// What is owed by the caller's duties, most urgent first.
    pub async fn queue(&self, caller: &Caller, cursor: Option<&str>, limit: Option<u32>) -> Result<Page<QueueItem>, AppError> {
        self.page(caller, "queue", Wanted::Owed, cursor, limit).await
    }

    /// The reports that the caller may open.
    pub async fn reports(&self, caller: &Caller, cursor: Option<&str>, limit: Option<u32>) -> Result<Page<QueueItem>, AppError> {
        self.page(caller, "reports", Wanted::Reports, cursor, limit).await
    }

    /// How many records are owed by the caller's duties, and how many of them are past their due instant; at most
    /// [`OWED_MAX`] are counted. Nothing is opened, so nothing is traced.
    pub async fn owed(&self, caller: &Caller) -> Result<(usize, usize), AppError> {
        let addresses = self.addresses(caller).await?;
        let reading = Reading { addresses: &addresses, person: caller.person, only: None };
        let now = self.clock.now().as_micros();
        Ok(wardbook_views::owed(&self.db, self.trust, &self.blinds, reading, now, OWED_MAX).await?)
    }

    /// How many rows a page of the queue of this size has: its query alone, for measuring what need-to-know costs. Nothing is opened, so
    /// nothing is traced.
    pub async fn queue_rows(&self, caller: &Caller, limit: u32) -> Result<usize, AppError> {
        Ok(self.rows(caller, "queue", Wanted::Owed, None, Some(limit)).await?.0.len())
    }

    pub(crate) async fn page(
        &self,
        caller: &Caller,
        list: &str,
        wanted: Wanted,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<QueueItem>, AppError> {
        let (page, read) = self.gather(caller, list, wanted, cursor, limit).await?;
        self.trace_read(caller, list, read).await?;
        Ok(page)
    }

    /// A page with what is shown on it, which is not traced yet: for a caller that may find that it need not be shown.
    pub(crate) async fn gather(
        &self,
        caller: &Caller,
        list: &str,
        wanted: Wanted,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<(Page<QueueItem>, Read), AppError> {
        let (rows, next) = self.rows(caller, list, wanted, cursor, limit).await?;
        let (mut items, mut read) = (Vec::with_capacity(rows.len()), Read::new());
        let directory = self.directory().await?;
        for row in &rows {
            if let Some((item, read_as)) = self.item(caller, row, wanted, &directory).await? {
                if let Some(read_as) = read_as {
                    read.entry(read_as).or_default().push(RecordId::from_bytes(*row.stream.as_bytes()));
                }
                items.push(item);
            }
        }
        Ok((Page { items, next }, read))
    }

    /// Traces what is shown of a list.
    pub(crate) async fn trace_read(&self, caller: &Caller, list: &str, read: Read) -> Result<(), AppError> {
        let shown = read.into_iter().map(|((duty, by_glass), records)| {
            let purpose = if by_glass { BREAK_GLASS } else { CASE_WORK }.to_owned();
            ShownBy { duty: Some(duty), records, purpose }
        });
        self.trace_shown(caller, list, shown).await
    }

    /// A page of rows that the caller may know of, and where the next one starts.
    pub(crate) async fn rows(
        &self,
        caller: &Caller,
        list: &str,
        wanted: Wanted,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<(Vec<Listed>, Option<String>), AppError> {
        let limit = cursor::limit(limit)?;
        let after = self.after(caller, list, cursor)?;
        let listed = async |directory: &Directory| {
            let addresses = covered_by(&caller.duties, directory);
            let reading = Reading { addresses: &addresses, person: caller.person, only: None };
            wardbook_views::list(&self.db, self.trust, &self.blinds, wanted, reading, after, limit + 1).await
        };
        // Whether the directory is still as it was known is asked at the same time: it nearly always is. Where it is not, the list is read
        // again by what is so now.
        let known = self.directory_as_known().await;
        let (directory, rows) = tokio::join!(self.directory(), listed(&known));
        let directory = directory?;
        let mut rows = if Arc::ptr_eq(&known, &directory) { rows? } else { listed(&directory).await? };
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if more { rows.last().map(|row| self.cursor(caller, list, row.after())).transpose()? } else { None };
        Ok((rows, next))
    }

    /// Whether a record that cannot be opened is at least listed for the caller: only then may they hear that it is sealed.
    pub(crate) async fn is_listed(&self, caller: &Caller, wanted: Wanted, id: [u8; 16]) -> Result<bool, AppError> {
        let addresses = self.addresses(caller).await?;
        let reading = Reading { addresses: &addresses, person: caller.person, only: Some(id) };
        Ok(!wardbook_views::list(&self.db, self.trust, &self.blinds, wanted, reading, None, 1).await?.is_empty())
    }

    /// Every address that the caller's duties cover: a duty held for the trust covers the same duty at each school.
    pub(crate) async fn addresses(&self, caller: &Caller) -> Result<Vec<Address>, AppError> {
        Ok(covered_by(&caller.duties, &*self.directory().await?))
    }

    /// A row as shown; a record that cannot be opened is shown as sealed. A record whose events say no to this caller is left out:
    /// the statement excluded it already, and this is the second lock.
    async fn item(
        &self,
        caller: &Caller,
        row: &Listed,
        wanted: Wanted,
        directory: &Directory,
    ) -> Result<Option<(QueueItem, Option<ReadAs>)>, AppError> {
        let id = *row.stream.as_bytes();
        let record = match wanted {
            Wanted::Cases => self.case_for(caller, id).await.map(Either::case),
            Wanted::Reports | Wanted::OwnReports => self.report_for(caller, id).await.map(Either::report),
            Wanted::Owed | Wanted::Dates | Wanted::Board | Wanted::BoardOfOldPapers | Wanted::Alerts | Wanted::DecidedAlerts => {
                self.either_for(caller, id).await
            }
        };
        let item = match record {
            Ok(Either::Case(record)) => {
                let item = case_item(&id, row, &record, caller, &self.profile());
                let item = if wanted == Wanted::Owed { as_given(item, &record.folded, caller) } else { item };
                Ok((item, self.read_as(caller, &record).await?))
            }
            Ok(Either::Report(record)) if matches!(record.access, Access::Groups(..)) => {
                let item = report_item(&id, row, &record, caller, directory);
                Ok((item, self.read_as(caller, &record).await?))
            }
            // Their own words: somebody asks them about these.
            Ok(Either::Report(record)) if wanted == Wanted::Owed && asks(&record.folded, caller) => {
                Ok((question_item(&id, row, &record.folded), None))
            }
            // Their own words, or nothing: they may still have its first facts.
            Ok(_) | Err(AppError::NotFound) if wanted == Wanted::Owed => match self.facts_for(caller, id).await {
                Ok((record, duty)) => {
                    let by_glass = self.has_facts_by_glass(caller, duty, &record.folded).await?;
                    Ok((facts_item(&id, row, &record.folded, duty), Some((duty, by_glass))))
                }
                Err(error) => Err(error),
            },
            Ok(Either::Report(record)) => Ok((report_item(&id, row, &record, caller, directory), None)),
            Err(error) => Err(error),
        };
        match item {
            Ok(item) => Ok(Some(item)),
            Err(AppError::Sealed(why)) => Ok(Some((sealed_item(&id, row, why), None))),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What of a page was read, where these of its rows alone are shown.
pub(crate) fn read_of(items: &[QueueItem], read: Read) -> Read {
    let shown = |record: &RecordId| items.iter().any(|item| item.id == record.to_string());
    read.into_iter().map(|(read_as, records)| (read_as, records.into_iter().filter(shown).collect())).collect()
}

/// Whether a question about their own report waits for the caller.
fn asks(report: &Report, caller: &Caller) -> bool {
    report.open_questions().any(|asked| asked.reporter_person == Some(caller.person))
}

/// Every address that these duties cover.
pub(crate) fn covered_by(duties: &BTreeSet<Address>, directory: &Directory) -> Vec<Address> {
    let mut addresses: Vec<Address> = duties.iter().cloned().collect();
    for held in duties.iter().filter(|held| held.school.is_none() && held.duty.scope() == Scope::Either) {
        addresses.extend(directory.schools.keys().map(|school| Address::of(held.duty, school)));
    }
    addresses
}

pub(crate) fn report_item(id: &[u8; 16], row: &Listed, record: &Record<Report>, caller: &Caller, directory: &Directory) -> QueueItem {
    let report = &record.folded;
    let filed = &report.filed;
    let acts = matches!(record.access, Access::Groups(..));
    let (comes_as, why) = comes_as(report, caller.viewer());
    let next = if acts { next_step(report, caller.viewer()) } else { NextStep::default() };
    QueueItem {
        id: hex::encode(id),
        reference: reference(id),
        record: if next.about == NextAbout::Clock { "breach" } else { "report" }.into(),
        what: filed
            .types
            .iter()
            .map(|kind| kind.label().to_owned())
            .chain(filed.extra_types.iter().map(|kind| kind.label.clone()))
            .collect(),
        school: filed.school.clone(),
        state: report.state().as_str().into(),
        next_action: next.words.into(),
        owner: Some(comes_as.into()),
        why: why.to_owned(),
        clause: next.clause.into(),
        put_off_until: report.snoozed_until().filter(|_| acts),
        hands_over: acts && !hand_over_to(report, directory).is_empty(),
        in_hand: report.in_hand().filter(|to| acts && *to != comes_as).map(|to| to.duty.label().to_owned()),
        since: Instant::from_micros(row.since),
        // No legal clock says when to act on an image: at once.
        due_at: row.due.map(Instant::from_micros).filter(|_| next.about != NextAbout::Image),
        clock_due_at: report.provisional_ico_due().filter(|_| acts && report.is_owed()),
        urgent: row.urgent,
        source_reference: filed.source_reference.clone(),
        ..bare(id, row)
    }
}

/// A row for somebody who has the first facts and no more: nothing else of the report stands in it.
fn facts_item(id: &[u8; 16], row: &Listed, report: &Report, duty: Duty) -> QueueItem {
    let filed = &report.filed;
    let at_clock = report.clock_deciders().any(|clock| clock.duty == duty);
    let losses = filed.loss_types.iter().map(|kind| kind.label().to_owned());
    QueueItem {
        record: "breach".into(),
        what: losses.chain(filed.fact_types.iter().map(|kind| kind.label.clone())).collect(),
        school: filed.school.clone(),
        state: "first_facts".into(),
        next_action: if at_clock { DECIDE_CLOCK } else { "Read the first facts" }.into(),
        why: "first facts".into(),
        clause: if at_clock { CLOCK } else { "" }.into(),
        ..bare(id, row)
    }
}

pub(crate) fn case_item(id: &[u8; 16], row: &Listed, record: &Record<Case>, caller: &Caller, profile: &Profile) -> QueueItem {
    let case = &record.folded;
    let open = open_ends(case, profile);
    let next = open.first();
    let (comes_as, why) = case::comes_as(case, caller.viewer());
    let in_hand = case.in_hand() == Some(caller.person);
    let why = if in_hand { IN_HAND } else { why };
    QueueItem {
        id: hex::encode(id),
        reference: reference(id),
        record: "case".into(),
        what: vec![what(case, profile)],
        school: case.opened.school.clone(),
        state: if case.is_open() { "open" } else { "closed" }.into(),
        next_action: next.map(|open| open.words.clone()).unwrap_or_default(),
        owner: Some(comes_as.into()),
        why: why.to_owned(),
        clause: next.map(|open| open.clause.clone()).unwrap_or_default(),
        others_open: open.len().saturating_sub(1),
        put_off_until: case.snoozed_until(),
        hands_over: case.is_open(),
        in_hand: case.in_hand().and(case.work.handed_over.as_ref()).map(|handed| handed.name.clone()),
        since: Instant::from_micros(row.since),
        due_at: case.due_at(),
        clock_due_at: case.legal_due(),
        urgent: false,
        source_reference: case.opened.source_reference.clone(),
        sealed: None,
    }
}

/// A case on the queue of somebody who has an action of it: where it comes to them for nothing else, the action is what they owe.
fn as_given(item: QueueItem, case: &Case, caller: &Caller) -> QueueItem {
    let in_hand = case.in_hand() == Some(caller.person);
    let comes_by_duty = in_hand || std::iter::once(&case.route().owner).chain(&case.second_readers()).any(|to| caller.viewer().holds(to));
    match case.work.actions_of(caller.person).split_first() {
        Some((action, others)) if !comes_by_duty => QueueItem {
            next_action: action.what.clone(),
            why: GIVEN.to_owned(),
            clause: String::new(),
            others_open: others.len(),
            put_off_until: None,
            hands_over: false,
            due_at: case.work.given.get(&caller.person).and_then(|given| given.due_at),
            clock_due_at: None,
            ..item
        },
        _ => item,
    }
}

/// What a case is, in words: its kind, and what it deals with where that is something else.
fn what(case: &Case, profile: &Profile) -> String {
    let (kind, matter) = (case.opened.kind.label(), case.matter().label_in(&profile.guidance_edition));
    if matches!(case.opened.kind, CaseKind::Other) || kind == matter { matter.to_owned() } else { format!("{kind}: {matter}") }
}

/// A question to whoever reported it: they have their own words, and this.
fn question_item(id: &[u8; 16], row: &Listed, report: &Report) -> QueueItem {
    QueueItem {
        record: "report".into(),
        state: "question".into(),
        next_action: "Answer a question about what you reported".into(),
        what: report.filed.types.iter().map(|kind| kind.label().to_owned()).collect(),
        school: report.filed.school.clone(),
        why: "your report".into(),
        ..bare(id, row)
    }
}

/// A row that says nothing yet.
fn bare(id: &[u8; 16], row: &Listed) -> QueueItem {
    QueueItem {
        id: hex::encode(id),
        reference: reference(id),
        record: String::new(),
        what: vec![],
        school: String::new(),
        state: String::new(),
        next_action: String::new(),
        owner: None,
        why: String::new(),
        clause: String::new(),
        others_open: 0,
        put_off_until: None,
        in_hand: None,
        hands_over: false,
        since: Instant::from_micros(row.since),
        due_at: row.due.map(Instant::from_micros),
        clock_due_at: None,
        urgent: false,
        source_reference: None,
        sealed: None,
    }
}

fn sealed_item(id: &[u8; 16], row: &Listed, why: SealedWhy) -> QueueItem {
    QueueItem { record: "sealed".into(), state: "sealed".into(), sealed: Some(why.label().to_owned()), ..bare(id, row) }
}
