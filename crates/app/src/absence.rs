//! What follows from dates and absences: duties that begin and end, covers item by item, names on cases whose last day is over, and what is
//! late and so goes on to the next of its chain.

use wardbook_domain::{
    Instant,
    case::{self, Case, CaseEvent},
    clock::{day_of, time_of_day},
    directory::Directory,
    report::{self, Report, ReportEvent, ReportState},
    routing::{self, Passed},
};

use crate::{App, AppError};

/// How many late records are read at once.
const LATE_MAX: u32 = 1_000;

impl App {
    /// Follows what the calendar and the directory's dates changed since it was last followed; from when it is to be followed next. None at
    /// a start, when everything is looked at once.
    pub async fn follow_dates(&self, since: Option<Instant>) -> Result<Instant, AppError> {
        let now = self.clock.now();
        self.refresh_profile().await?;
        let directory = self.directory().await?;
        let due = since.is_none_or(|since| day_of(since) != day_of(now) || directory.changes_between(since, now));
        if due {
            self.reroute_open().await?;
        }
        // What became late since the last look; once an hour all that is late, as most of it goes on by working days.
        let from = since.filter(|since| time_of_day(*since).1 == time_of_day(now).1 && day_of(*since) == day_of(now));
        self.escalate_late(from, now).await?;
        Ok(now)
    }

    /// Lets what is late go on to the next of its chain. The event is written at the version that was read, so that of two servers one does.
    async fn escalate_late(&self, from: Option<Instant>, now: Instant) -> Result<(), AppError> {
        let between = (from.map_or(i64::MIN, Instant::as_micros), now.as_micros());
        let (mut last, mut after) = (None, None);
        loop {
            let late = wardbook_views::late_streams(&self.db, self.trust, &self.blinds, between, after, LATE_MAX).await?;
            let Some(end) = late.last().copied() else { break };
            for stream in late {
                last = last.max(self.reroute_one(*stream.as_bytes()).await?.flatten());
            }
            after = Some(end);
        }
        self.shown_by_views(last).await;
        Ok(())
    }

    /// What follows for a report by now: that those read it along who stand in for a cover that may not know it, or no longer do, and that it
    /// goes on where nobody acted in time.
    pub(crate) fn follows_for_report(&self, report: &Report, directory: &Directory) -> Vec<ReportEvent> {
        let owed = !matches!(report.state(), ReportState::Assessed | ReportState::Imported);
        let now = self.clock.now();
        let wanted = if owed { routing::report_in_absence(report, directory, &self.profile(), now) } else { vec![] };
        let known: Vec<Passed> = report.covers.iter().map(|passed| Passed { cover: passed.cover, to: passed.to.clone() }).collect();
        let mut events: Vec<ReportEvent> = vec![];
        if !same(&known, &wanted) {
            let (class, since, due_at) = (report.class(), report.filed.reported_at, report.due_at());
            let passed = |next: Passed| report::CoverPassed { class, cover: next.cover, to: next.to, since, due_at }.into();
            events.extend(known.into_iter().map(|passed| ReportEvent::from(report::CoverReturned { cover: passed.cover })));
            events.extend(wanted.into_iter().map(passed));
        }
        events.extend(report::escalate(report, directory, &self.profile(), now).map(ReportEvent::from));
        events
    }

    /// The same for a case, the names on it whose last day is over, and what is late.
    pub(crate) fn follows_for_case(&self, case: &Case, directory: &Directory) -> Vec<CaseEvent> {
        let now = self.clock.now();
        let mut events: Vec<CaseEvent> = case::names_over(case, now).into_iter().map(CaseEvent::from).collect();
        let wanted = if case.is_open() { routing::case_in_absence(case, directory, &self.profile(), now) } else { vec![] };
        let known: Vec<Passed> = case.covers.iter().map(|passed| Passed { cover: passed.cover, to: passed.to.clone() }).collect();
        if !same(&known, &wanted) {
            let (class, since, due_at) = (case.opened.class, case.opened.opened_at, case.due_at());
            let passed = |next: Passed| case::CoverPassed { class, cover: next.cover, to: next.to, since, due_at }.into();
            events.extend(known.into_iter().map(|passed| CaseEvent::from(case::CoverReturned { cover: passed.cover })));
            events.extend(wanted.into_iter().map(passed));
        }
        events.extend(case::escalate(case, directory, &self.profile(), now).map(CaseEvent::from));
        events
    }
}

fn same(known: &[Passed], wanted: &[Passed]) -> bool {
    known.len() == wanted.len() && known.iter().all(|passed| wanted.contains(passed))
}
