//! What people are shown of a breach clock: first facts and nothing else of a report.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Instant,
    case::Case,
    clock::Date,
    need_to_know::Access,
    report::{ClockDecision, Report, ReportState},
};

use super::Clock;
use crate::shown::reference;

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

pub(super) fn shown(id: &[u8; 16], clock: &Clock) -> BreachShown {
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
