//! The board of breach clocks: first facts, four instants apart (BRE-3), and a person's decision about each provisional clock.
//!
//! A clock stands here from the moment of filing, before anyone assesses. What is shown is first facts: no story, no person.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Address, Duty, Instant, RecordId,
    case::{self, Case, CaseEvent, CaseKind},
    clock::Date,
    need_to_know::{self, Access},
    report::{self, ClockDecision, DecideClock, MoveClock, Report, ReportEvent, ReportState},
};
use wardbook_views::{Listed, Wanted};

use crate::{
    App, AppError, Caller, Page,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Record, fold_report},
    reports::Conditions,
    shown::reference,
};

/// A breach clock with the first facts of its report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BreachShown {
    /// The report or the data-breach case, 32 hex digits.
    pub id: String,
    /// What people quote.
    pub reference: String,
    /// The paper's own reference, of an imported report.
    pub source_reference: Option<String>,
    /// `report` while provisional, then `case`.
    pub record: String,
    /// `provisional`, `confirmed`, `ended`, `open`, `closed` or `imported`.
    pub state: String,
    /// The school's code.
    pub school: String,
    /// Types of loss, malware or breach, in words.
    pub what: Vec<String>,
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Instant>,
    /// When somebody at the school first found out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub discovered_at: Option<Instant>,
    /// When the school was told.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Instant,
    /// The day the school was told, where the hour was not written down.
    #[schema(value_type = Option<String>, format = Date)]
    pub reported_on: Option<Date>,
    /// Earliest staff knowledge as it now stands: the clock starts here.
    #[schema(value_type = String, format = DateTime)]
    pub aware_at: Instant,
    /// `aware_at` and 259,200 seconds; none where the clock was ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// Data affected.
    pub data_affected: Vec<String>,
    /// How many people's data.
    pub individuals_affected: Option<u32>,
    /// Earlier values of `aware_at`, oldest first, each with the reason for which it was moved.
    pub moved: Vec<ClockMove>,
    /// What was decided, and why.
    pub decided: Option<ClockDecided>,
    /// What the caller may do now: `move_clock`, `decide`.
    pub may: Vec<String>,
    /// Whether the caller may open the record behind it.
    pub may_open: bool,
}

/// A correction of the earliest staff knowledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockMove {
    /// What stood there before.
    #[schema(value_type = String, format = DateTime)]
    pub from: Instant,
    /// What stands there since.
    #[schema(value_type = String, format = DateTime)]
    pub to: Instant,
    /// Why.
    pub reason: String,
    /// Who moved it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

/// A decision about a provisional clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockDecided {
    /// `confirmed` or `ended`.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

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
        let mut read: std::collections::BTreeMap<Duty, Vec<RecordId>> = std::collections::BTreeMap::new();
        for row in &rows {
            if let Some((item, duty)) = self.board_item(caller, row).await? {
                read.entry(duty).or_default().push(RecordId::from_bytes(*row.stream.as_bytes()));
                items.push(item);
            }
        }
        let traces = read.into_iter().map(|(duty, records)| self.trace(caller, Some(duty), list, records));
        futures::future::try_join_all(traces).await?;
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

    async fn board_item(&self, caller: &Caller, row: &Listed) -> Result<Option<(BreachShown, Duty)>, AppError> {
        let id = *row.stream.as_bytes();
        match self.clock_for(caller, id).await {
            Ok(clock) => Ok(Some((shown(&id, &clock), clock.duty()))),
            // A sealed record tells no facts; the record's own lists say that it is sealed.
            Err(AppError::NotFound | AppError::Sealed(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A clock with its first facts, with its trace.
    pub async fn breach(&self, caller: &Caller, id: [u8; 16]) -> Result<BreachShown, AppError> {
        let clock = self.clock_for(caller, id).await?;
        self.show_clock(caller, id, &clock).await
    }

    async fn show_clock(&self, caller: &Caller, id: [u8; 16], clock: &Clock) -> Result<BreachShown, AppError> {
        self.trace(caller, Some(clock.duty()), "breach", vec![RecordId::from_bytes(id)]).await?;
        Ok(shown(&id, clock))
    }

    /// The clock of a report or a case, as far as the caller may know it; no clock and no access are one answer.
    async fn clock_for(&self, caller: &Caller, id: [u8; 16]) -> Result<Clock, AppError> {
        if self.is_case(id).await? {
            let case = self.case_for(caller, id).await?;
            if case.folded.opened.kind != CaseKind::DataBreach {
                return Err(AppError::NotFound);
            }
            let report = self.load(*case.folded.opened.report.as_bytes()).await?;
            let report = match self.open_all(&report).await {
                Ok(events) => fold_report(&events),
                Err(AppError::Sealed(_)) => None,
                Err(error) => return Err(error),
            };
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
        let holds = |owner: &Address| caller.duties.iter().any(|held| owner.is_covered_by(held));
        let acts = matches!(report.access, Access::Groups(..)) || report.folded.clock_owner().is_some_and(holds);
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
            Clock::Report(record, _) => Ok(ReportEvent::from(report::move_clock(&record.folded, ask, &caller.name, now)?).written()),
            Clock::Case(record, _) => Ok(CaseEvent::from(case::move_clock(&record.folded, ask, &caller.name, now)?).written()),
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
            Clock::Report(record, _) => Ok(ReportEvent::from(report::decide_clock(&record.folded, ask, &caller.name, now)?).written()),
            Clock::Case(..) => Err(AppError::State("this clock belongs to a case; close the case to end it".into())),
        })
        .await
    }

    async fn act_on_clock(
        &self,
        caller: &Caller,
        id: [u8; 16],
        name: &str,
        body: &[u8],
        conditions: Conditions<'_>,
        decide: impl Fn(&Clock) -> Result<wardbook_domain::event::Written, AppError>,
    ) -> Result<BreachShown, AppError> {
        let command = self.command(caller.principal(), name, conditions.key, &[id.as_slice(), body].concat());
        for _ in 0..TRIES {
            let clock = self.clock_for(caller, id).await?;
            if self.repeated(&command).await?.is_some() {
                return self.show_clock(caller, id, &clock).await;
            }
            self.check_match(caller, conditions.if_match, &shown(&id, &clock))?;
            if matches!(&clock, Clock::Report(_, reading) if !reading.acts) {
                return Err(AppError::Forbidden);
            }
            let event = decide(&clock)?;
            let stream = clock.stream();
            let write = StreamWrite { stream: id, expected: stream.version(), keys: self.keys_of(stream).await?, events: vec![event] };
            let act = Act { actor: Some(caller.person), duty: Some(clock.duty()), command };
            match self.append(&act, &[write]).await {
                Ok(appended) => {
                    self.shown_by_views(appended.first_position).await;
                    return self.breach(caller, id).await;
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

    fn stream(&self) -> &crate::load::Loaded {
        match self {
            Self::Report(record, _) => &record.stream,
            Self::Case(record, _) => &record.stream,
        }
    }
}

fn shown(id: &[u8; 16], clock: &Clock) -> BreachShown {
    match clock {
        Clock::Report(record, reading) => {
            let facts = of_report(id, &record.folded);
            let may = if reading.acts { facts.may.clone() } else { vec![] };
            BreachShown { may, may_open: matches!(record.access, Access::Groups(..)), ..facts }
        }
        Clock::Case(record, report) => of_case(id, &record.folded, report.as_deref()),
    }
}

/// First facts and nothing else of a report.
fn of_report(id: &[u8; 16], report: &Report) -> BreachShown {
    let filed = &report.filed;
    let state = match (report.state(), &report.clock_decided, report.breach_case()) {
        (ReportState::Imported, ..) => "imported",
        (_, _, Some(_)) => "open",
        (_, Some(decided), None) if decided.decision == ClockDecision::Ended => "ended",
        (_, Some(_), None) => "confirmed",
        (_, None, None) => "provisional",
    };
    let losses = filed.loss_types.iter().map(|kind| kind.label().to_owned());
    let mut from = filed.aware_at;
    let moved = report.clock_moves.iter().map(|moved| {
        let before = std::mem::replace(&mut from, moved.corrected_aware_at);
        ClockMove {
            from: before,
            to: moved.corrected_aware_at,
            reason: moved.reason.clone(),
            by: moved.moved_by.clone(),
            at: moved.moved_at,
        }
    });
    let moved: Vec<ClockMove> = moved.collect();
    let may: &[&str] = match state {
        "provisional" | "confirmed" => &["move_clock", "decide"],
        "ended" => &["decide"],
        _ => &[],
    };
    BreachShown {
        id: hex::encode(id),
        reference: reference(id),
        source_reference: filed.source_reference.clone(),
        record: "report".into(),
        state: state.into(),
        school: filed.school.clone(),
        what: losses.chain(filed.fact_types.iter().map(|kind| kind.label.clone())).collect(),
        occurred_at: filed.incident_at,
        discovered_at: filed.discovered_at,
        reported_at: filed.reported_at,
        reported_on: filed.reported_on,
        aware_at: report.aware_at(),
        due_at: report.provisional_ico_due(),
        data_affected: filed.data_affected.iter().map(ToString::to_string).collect(),
        individuals_affected: filed.individuals_affected,
        moved,
        decided: report.clock_decided.as_ref().map(|decided| ClockDecided {
            decision: decided.decision.to_string(),
            reason: decided.reason.clone(),
            by: decided.decided_by.clone(),
            at: decided.decided_at,
        }),
        may: may.iter().map(ToString::to_string).collect(),
        may_open: false,
    }
}

/// A data-breach case with the first facts of the report that it came from.
fn of_case(id: &[u8; 16], case: &Case, report: Option<&Report>) -> BreachShown {
    let opened = &case.opened;
    let mut from = opened.aware_at;
    let moved = case.clock_moves.iter().map(|moved| {
        let before = std::mem::replace(&mut from, moved.corrected_aware_at);
        ClockMove { from: before, to: moved.corrected_aware_at, reason: moved.reason.clone(), by: moved.by.clone(), at: moved.moved_at }
    });
    let moved: Vec<ClockMove> = moved.collect();
    let facts = report.map(|report| of_report(id, report));
    let earlier = facts.as_ref().map(|facts| facts.moved.clone()).unwrap_or_default();
    BreachShown {
        id: hex::encode(id),
        reference: reference(id),
        source_reference: opened.source_reference.clone(),
        record: "case".into(),
        state: if case.is_open() { "open" } else { "closed" }.into(),
        school: opened.school.clone(),
        what: facts.as_ref().map(|facts| facts.what.clone()).unwrap_or_default(),
        occurred_at: facts.as_ref().and_then(|facts| facts.occurred_at),
        discovered_at: facts.as_ref().and_then(|facts| facts.discovered_at),
        reported_at: facts.as_ref().map_or(opened.opened_at, |facts| facts.reported_at),
        reported_on: facts.as_ref().and_then(|facts| facts.reported_on),
        aware_at: case.aware_at(),
        due_at: case.due_at(),
        data_affected: facts.as_ref().map(|facts| facts.data_affected.clone()).unwrap_or_default(),
        individuals_affected: facts.as_ref().and_then(|facts| facts.individuals_affected),
        moved: earlier.into_iter().chain(moved).collect(),
        decided: facts.and_then(|facts| facts.decided),
        may: if case.is_open() { vec!["move_clock".into()] } else { vec![] },
        may_open: true,
    }
}
