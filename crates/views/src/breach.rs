//! The board of breach clocks: provisional ones from the moment of filing, then those of data-breach cases; ended ones stay, without a due
//! instant. What old papers would have owed is a register of its own: shown, never owed.

use wardbook_domain::{
    Address, Duty,
    case::{Case, CaseEvent, CaseKind},
    clock::ico_notice_due,
    event::AnyEvent,
    report::{AssessmentCategory, Report, ReportEvent, RouteTaken},
};

use crate::{
    At, Change, View,
    queue::{CLOCK_COVERED, excluded, micros, no_longer_aside, put, routed_anew, stands_aside},
};

/// The register of clocks that run or have ended here.
pub(crate) const BOARD: &str = "board";
/// The register of clocks of old papers.
pub(crate) const OLD_PAPERS: &str = "old_papers";

pub(crate) struct Breaches;

impl View for Breaches {
    fn name(&self) -> &'static str {
        crate::BREACH
    }

    fn version(&self) -> u32 {
        4
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        match event {
            AnyEvent::Report(event) => of_report(event, at),
            AnyEvent::Case(event) => of_case(event),
            _ => vec![],
        }
    }
}

fn of_report(event: &ReportEvent, at: &At) -> Vec<Change> {
    match event {
        ReportEvent::Filed(filed) => {
            let Some(owner) = &filed.clock_owner else { return vec![] };
            let due = micros(Report::new(filed.as_ref().clone()).provisional_ico_due());
            let (register, since) = (if filed.from_old_papers { OLD_PAPERS } else { BOARD }, filed.reported_at.as_micros());
            let mut changes = vec![put(register, filed.class, owner, since, due)];
            changes.extend(excluded(filed.class, &filed.route.subjects, &filed.route.possible_subjects, since));
            changes
        }
        // The case takes the clock over.
        ReportEvent::Assessed(assessed) if assessed.categories.iter().any(|c| c.category == AssessmentCategory::DataBreach) => {
            vec![Change::Drop]
        }
        ReportEvent::StoodAside(aside) => vec![stands_aside(aside.class, aside.person, aside.said_at)],
        ReportEvent::AsideEnded(ended) => no_longer_aside(ended.person),
        ReportEvent::Assessed(found) => excluded(found.class, &found.subjects, &found.possible_subjects, at.recorded_at),
        ReportEvent::Rerouted(event) => {
            let standing = &event.standing;
            let since = standing.since.as_micros();
            let mut changes = routed_anew(&[BOARD]);
            changes.extend(event.clock_owner.iter().map(|owner| put(BOARD, standing.class, owner, since, micros(standing.due_at))));
            changes.extend(excluded(standing.class, &event.route.subjects, &event.route.possible_subjects, since));
            changes
        }
        ReportEvent::ClockMoved(moved) => {
            let due = micros(Some(ico_notice_due(moved.corrected_aware_at)));
            [BOARD, CLOCK_COVERED].map(|register| Change::SetDue(register, due)).to_vec()
        }
        ReportEvent::ClockDecided(decided) => {
            // Whoever decided it in an absence sees what they decided, until the absence is followed next.
            [BOARD, CLOCK_COVERED].map(|register| Change::SetDue(register, micros(decided.due_at))).to_vec()
        }
        ReportEvent::ClockPassed(passed) => {
            vec![put(CLOCK_COVERED, passed.class, &passed.to, passed.since.as_micros(), micros(passed.due_at))]
        }
        ReportEvent::CoverReturned(_) => vec![Change::DropRegister(CLOCK_COVERED)],
        _ => vec![],
    }
}

fn of_case(event: &CaseEvent) -> Vec<Change> {
    match event {
        CaseEvent::Opened(opened) if opened.kind == CaseKind::DataBreach => {
            let due = Case::evolve(None, event.clone()).and_then(|case| case.due_at());
            rows(&opened.route, opened.class, opened.opened_at.as_micros(), micros(due))
        }
        CaseEvent::Rerouted(event) if event.kind == CaseKind::DataBreach => {
            let standing = &event.standing;
            let again = rows(&event.route, standing.class, standing.since.as_micros(), micros(standing.due_at));
            routed_anew(&[BOARD]).into_iter().chain(again).collect()
        }
        CaseEvent::ClockMoved(moved) => vec![Change::SetDue(BOARD, micros(Some(ico_notice_due(moved.corrected_aware_at))))],
        CaseEvent::Closed(_) | CaseEvent::Merged(_) => vec![Change::SetDue(BOARD, None)],
        // Only a breach has a clock that a reopening starts again.
        CaseEvent::Reopened(event) => vec![Change::SetDue(BOARD, micros(event.standing.due_at))],
        CaseEvent::StoodAside(aside) => vec![stands_aside(aside.class, aside.person, aside.said_at)],
        CaseEvent::AsideEnded(ended) => no_longer_aside(ended.person),
        _ => vec![],
    }
}

fn rows(route: &RouteTaken, class: wardbook_domain::RecordClass, since: i64, due: Option<i64>) -> Vec<Change> {
    let dpo = Address::trust_wide(Duty::Dpo);
    let owners = std::iter::once(&route.owner).chain((route.owner != dpo).then_some(&dpo));
    owners
        .map(|owner| put(BOARD, class, owner, since, due))
        .chain(excluded(class, &route.subjects, &route.possible_subjects, since))
        .collect()
}
