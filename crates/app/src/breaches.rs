//! The board of breach clocks: first facts, four instants apart (BRE-3), and a person's decision about each provisional clock.
//!
//! A clock stands here from the moment of filing, before anyone assesses. What is shown is first facts: no story, no person.

mod shown;

use wardbook_domain::{
    Duty, RecordId,
    case::{self, Case, CaseEvent, CaseKind},
    need_to_know::{self, Access},
    profile::reading::{BREAK_GLASS, CASE_WORK},
    report::{self, DecideClock, MoveClock, Report, ReportEvent},
};
use wardbook_views::{Listed, Wanted};

use shown::shown;
pub use shown::{BreachShown, ClockDecided, ClockMove};

use crate::{
    App, AppError, Caller, Page,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Record, fold_report},
    looking::ReadAs,
    queue::Read,
    reports::Conditions,
};

/// How a caller looks at the clock of a report.
#[derive(Clone, Copy)]
struct Reading {
    /// In which duty.
    duty: Duty,
    /// Whether they may move and decide it: who answers for it, and who reads the report. Others have its facts to read.
    acts: bool,
}

/// What a clock belongs to.
enum Clock {
    Report(Box<Record<Report>>, Reading),
    /// The case, and its report with nothing but its facts to be shown; none where that has been disposed of.
    Case(Box<Record<Case>>, Option<Box<Report>>),
}

impl App {
    /// The clocks on the caller's board, most urgent first; those of old papers where `old_papers`.
    pub async fn breaches(
        &self,
        caller: &Caller,
        old_papers: bool,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<BreachShown>, AppError> {
        let (list, wanted) = if old_papers { ("breaches of old papers", Wanted::BoardOfOldPapers) } else { ("breaches", Wanted::Board) };
        let (rows, next) = self.rows(caller, list, wanted, cursor, limit).await?;
        let mut items = vec![];
        let mut read = Read::new();
        for row in &rows {
            if let Some((item, read_as)) = self.board_item(caller, row).await? {
                read.entry(read_as).or_default().push(RecordId::from_bytes(*row.stream.as_bytes()));
                items.push(item);
            }
        }
        self.trace_read(caller, list, read).await?;
        Ok(Page { items, next })
    }

    /// Whether breach clocks are for this caller to look at: always for a data protection officer, for others who may have first facts
    /// where one is on their board. Nothing is opened, so nothing is traced.
    pub async fn has_board(&self, caller: &Caller) -> Result<bool, AppError> {
        if caller.duties.iter().any(|held| held.duty == Duty::Dpo) {
            return Ok(true);
        }
        if !caller.duties.iter().any(|held| need_to_know::may_have_facts(held.duty)) {
            return Ok(false);
        }
        for wanted in [Wanted::Board, Wanted::BoardOfOldPapers] {
            if !self.rows(caller, "board", wanted, None, Some(1)).await?.0.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn board_item(&self, caller: &Caller, row: &Listed) -> Result<Option<(BreachShown, ReadAs)>, AppError> {
        let id = *row.stream.as_bytes();
        match self.clock_for(caller, id).await {
            Ok(clock) => Ok(Some((shown(&id, &clock), (clock.duty(), self.is_clock_by_glass(caller, &clock).await?)))),
            // A sealed record tells no facts; the record's own lists say that it is sealed.
            Err(AppError::NotFound | AppError::Sealed(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A clock with its first facts, with its trace.
    pub async fn breach(&self, caller: &Caller, id: [u8; 16]) -> Result<BreachShown, AppError> {
        let clock = self.clock_for(caller, id).await?;
        let purpose = self.purpose_of_clock(caller, id, &clock, true).await?;
        self.show_clock(caller, id, &clock, purpose).await
    }

    async fn show_clock(&self, caller: &Caller, id: [u8; 16], clock: &Clock, purpose: String) -> Result<BreachShown, AppError> {
        self.trace_for(caller, Some(clock.duty()), "breach", vec![RecordId::from_bytes(id)], purpose).await?;
        Ok(shown(&id, clock))
    }

    /// The purpose with which a clock is shown: that of its record for whoever reads that, and none is asked of whoever has first facts.
    /// The question about the screen is for a page that opens it; what is done on one is not lost over it.
    async fn purpose_of_clock(&self, caller: &Caller, id: [u8; 16], clock: &Clock, opens: bool) -> Result<String, AppError> {
        match clock {
            Clock::Case(record, _) if opens => self.open_with(caller, id, record).await,
            Clock::Case(record, _) => self.purpose_of(caller, id, record).await,
            Clock::Report(record, _) if clock.is_read() && opens => self.open_with(caller, id, record).await,
            Clock::Report(record, _) if clock.is_read() => self.purpose_of(caller, id, record).await,
            Clock::Report(..) => Ok(if self.is_clock_by_glass(caller, clock).await? { BREAK_GLASS } else { CASE_WORK }.to_owned()),
        }
    }

    async fn is_clock_by_glass(&self, caller: &Caller, clock: &Clock) -> Result<bool, AppError> {
        match clock {
            Clock::Case(record, _) => self.is_by_glass(caller, record).await,
            Clock::Report(record, _) if clock.is_read() => self.is_by_glass(caller, record).await,
            Clock::Report(record, reading) => self.has_facts_by_glass(caller, reading.duty, &record.folded).await,
        }
    }

    /// Whether a stream is a case: its first event says so. A sealed one is taken for a report; it is shown as sealed either way.
    async fn is_case(&self, id: [u8; 16]) -> Result<bool, AppError> {
        let first = self.ledger.read_stream(wardbook_ledger::StreamId::from_bytes(id), 1, 1).await?;
        let Some(first) = first.first() else { return Ok(false) };
        match self.opener.open(first, &[wardbook_domain::FieldGroup::Record]).await {
            Ok(opened) => Ok(matches!(opened.event, wardbook_domain::event::AnyEvent::Case(_))),
            Err(failure) if failure.is_passing() => Err(failure.into()),
            Err(_) => Ok(false),
        }
    }

    /// The clock of a report or a case, as far as the caller may know it; no clock and no access are one answer.
    async fn clock_for(&self, caller: &Caller, id: [u8; 16]) -> Result<Clock, AppError> {
        self.refuse_hidden(caller, id).await?;
        if self.is_case(id).await? {
            let case = self.case_for(caller, id).await?;
            if case.folded.opened.kind != CaseKind::DataBreach {
                return Err(AppError::NotFound);
            }
            let report = self.load(*case.folded.opened.report.as_bytes()).await?;
            let report = self.open_unsealed(&report).await?.and_then(|events| fold_report(&events));
            return Ok(Clock::Case(Box::new(case), report.map(Box::new)));
        }
        let (report, duty) = match self.facts_for(caller, id).await {
            Ok(found) => found,
            Err(AppError::NotFound) => {
                let record = self.report_for(caller, id).await?;
                let Access::Groups(_, duty) = record.access else { return Err(AppError::NotFound) };
                (record, duty)
            }
            Err(error) => return Err(error),
        };
        let acts = matches!(report.access, Access::Groups(..)) || report.folded.clock_deciders().any(|address| caller.holds(address));
        Ok(Clock::Report(Box::new(report), Reading { duty, acts }))
    }

    /// Corrects the earliest staff knowledge, with a reason (BRE-3); what stood there stays.
    pub async fn move_clock(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &MoveClock,
        conditions: Conditions<'_>,
    ) -> Result<BreachShown, AppError> {
        let now = self.clock.now();
        self.act_on_clock(caller, id, "clock.move", &serde_json::to_vec(ask)?, conditions, |clock| match clock {
            Clock::Report(record, _) => {
                Ok(self.with_due(&record.folded, report::move_clock(&record.folded, ask, &caller.name, now)?.into()))
            }
            Clock::Case(record, report) => {
                let happened = report.as_ref().and_then(|report| report.happened_at());
                let mut events = vec![CaseEvent::from(case::move_clock(&record.folded, happened, ask, &caller.name, now)?)];
                events.extend(self.due_after(&record.folded, &events));
                Ok(events.iter().map(CaseEvent::written).collect())
            }
        })
        .await
    }

    /// Confirms or ends a provisional clock, with a reason.
    pub async fn decide_clock(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &DecideClock,
        conditions: Conditions<'_>,
    ) -> Result<BreachShown, AppError> {
        let now = self.clock.now();
        self.act_on_clock(caller, id, "clock.decide", &serde_json::to_vec(ask)?, conditions, |clock| match clock {
            Clock::Report(record, _) => {
                Ok(self.with_due(&record.folded, report::decide_clock(&record.folded, ask, &caller.name, now)?.into()))
            }
            Clock::Case(..) => Err(AppError::State("this clock belongs to a case; close the case to end it".into())),
        })
        .await
    }

    /// What was decided about a report's clock, and by when the report comes back from then on.
    fn with_due(&self, report: &Report, decided: ReportEvent) -> Vec<wardbook_domain::event::Written> {
        let moved = report::due_after(report, std::slice::from_ref(&decided), &self.profile(), self.clock.now());
        std::iter::once(decided).chain(moved.map(ReportEvent::from)).map(|event| event.written()).collect()
    }

    async fn act_on_clock(
        &self,
        caller: &Caller,
        id: [u8; 16],
        name: &str,
        body: &[u8],
        conditions: Conditions<'_>,
        decide: impl Fn(&Clock) -> Result<Vec<wardbook_domain::event::Written>, AppError>,
    ) -> Result<BreachShown, AppError> {
        let command = self.command(caller.principal(), name, conditions.key, &[id.as_slice(), body].concat());
        for _ in 0..TRIES {
            let clock = self.clock_for(caller, id).await?;
            // The answer shows the clock: what is asked for that is asked before anything is written.
            let purpose = self.purpose_of_clock(caller, id, &clock, false).await?;
            if self.repeated(&command).await?.is_some() {
                return self.show_clock(caller, id, &clock, purpose).await;
            }
            self.check_match(caller, conditions.if_match, &shown(&id, &clock))?;
            if matches!(&clock, Clock::Report(_, reading) if !reading.acts) {
                return Err(AppError::Forbidden);
            }
            let events = decide(&clock)?;
            let stream = clock.stream();
            let writes = [StreamWrite { stream: id, expected: stream.version(), keys: self.keys_of(stream).await?, events }];
            let act = Act { actor: Some(caller.person), duty: Some(clock.duty()), command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(crate::cases::last_of(&appended, &writes)).await;
                    let clock = self.clock_for(caller, id).await?;
                    let purpose = self.purpose_of_clock(caller, id, &clock, false).await?;
                    return self.show_clock(caller, id, &clock, purpose).await;
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }
}

impl Clock {
    fn duty(&self) -> Duty {
        match self {
            Self::Report(_, reading) => reading.duty,
            Self::Case(record, _) => match record.access {
                Access::Groups(_, duty) => duty,
                Access::Nothing | Access::OwnWords => record.folded.route().owner.duty,
            },
        }
    }

    /// Whether the record itself is open to whoever looks, and not its first facts alone.
    fn is_read(&self) -> bool {
        let access = match self {
            Self::Report(record, _) => record.access,
            Self::Case(record, _) => record.access,
        };
        matches!(access, Access::Groups(..))
    }

    fn stream(&self) -> &crate::load::Loaded {
        match self {
            Self::Report(record, _) => &record.stream,
            Self::Case(record, _) => &record.stream,
        }
    }
}
