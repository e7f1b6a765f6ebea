//! What follows from dates and absences: duties that begin and end, covers item by item, names on cases whose last day is over, and what is
//! late and so goes on to the next of its chain.

use wardbook_domain::{
    Instant,
    alert::{self, Alert, AlertCoverPassed, AlertCoverReturned, AlertEvent},
    case::{self, Case, CaseEvent},
    clock::{day_of, time_of_day},
    directory::Directory,
    report::{self, Report, ReportEvent, ReportState},
    routing::{self, Passed},
};
use wardbook_ledger::StreamId;
use wardbook_views::QueryError;

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
        let between =
            |seconds: i64| (from.map_or(i64::MIN, |from| from.plus_seconds(seconds).as_micros()), now.plus_seconds(seconds).as_micros());
        // An alert is late so long after it came in, the gravest first.
        let came_in = between(-self.profile().receiving.danger_seconds());
        let (db, trust, blinds) = (&self.db, self.trust, &self.blinds);
        self.follow_each(|after| wardbook_views::late_streams(db, trust, blinds, between(0), after, LATE_MAX)).await?;
        self.follow_each(|after| wardbook_views::pending_alerts(db, trust, blinds, came_in, after, LATE_MAX)).await
    }

    /// Follows what became of each stream of a list that is asked for page by page.
    async fn follow_each<F: Future<Output = Result<Vec<StreamId>, QueryError>>>(
        &self,
        page: impl Fn(Option<StreamId>) -> F,
    ) -> Result<(), AppError> {
        let (mut last, mut after) = (None, None);
        loop {
            let late = page(after).await?;
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
        let (now, profile) = (self.clock.now(), self.profile());
        let wanted = if owed { routing::report_in_absence(report, directory, &profile, now) } else { vec![] };
        let clock = routing::clock_in_absence(report, directory, &profile, now);
        let (class, since, due_at) = (report.class(), report.filed.reported_at, report.due_at());
        // Of the record, or of its clock alone.
        let records = report.covers.iter().map(|passed| (true, passed.cover, &passed.to));
        let clocks = report.clock_covers.iter().map(|passed| (false, passed.cover, &passed.to));
        let known = records.chain(clocks).map(|(whole, cover, to)| (whole, Passed { cover, to: to.clone() })).collect();
        let wanted = wanted.into_iter().map(|passed| (true, passed)).chain(clock.into_iter().map(|passed| (false, passed))).collect();
        let clock_due = report.provisional_ico_due();
        let mut events: Vec<ReportEvent> = by_now(
            known,
            wanted,
            |(_, Passed { cover, .. })| report::CoverReturned { cover }.into(),
            |(whole, Passed { cover, to })| {
                if whole {
                    report::CoverPassed { class, cover, to, since, due_at }.into()
                } else {
                    report::ClockPassed { class, cover, to, since, due_at: clock_due }.into()
                }
            },
        );
        events.extend(report::escalate(report, directory, &profile, now).map(ReportEvent::from));
        events
    }

    /// The same for a case, the names on it whose last day is over, and what is late.
    pub(crate) fn follows_for_case(&self, case: &Case, directory: &Directory) -> Vec<CaseEvent> {
        let (now, profile) = (self.clock.now(), self.profile());
        let wanted = if case.is_open() { routing::case_in_absence(case, directory, &profile, now) } else { vec![] };
        let (class, since, due_at) = (case.opened.class, case.opened.opened_at, case.due_at());
        let mut events: Vec<CaseEvent> = case::names_over(case, now).into_iter().map(CaseEvent::from).collect();
        events.extend(by_now(
            case.covers.iter().map(|passed| Passed { cover: passed.cover, to: passed.to.clone() }).collect(),
            wanted,
            |Passed { cover, .. }| case::CoverReturned { cover }.into(),
            |Passed { cover, to }| case::CoverPassed { class, cover, to, since, due_at }.into(),
        ));
        events.extend(case::escalate(case, directory, &profile, now).map(CaseEvent::from));
        let after = events.iter().cloned().fold(Some(case.clone()), Case::evolve);
        events.extend(after.into_iter().flat_map(|after| case::given(&after, None, directory, now)).map(CaseEvent::from));
        events
    }

    /// The same for a monitoring alert.
    pub(crate) fn follows_for_alert(&self, alert: &Alert, directory: &Directory) -> Vec<AlertEvent> {
        let (now, profile) = (self.clock.now(), self.profile());
        let wanted = if alert.waits() { routing::alert_in_absence(alert, directory, &profile, now) } else { vec![] };
        let (class, occurred_at) = (alert.received.class, alert.occurred_at());
        let mut events = by_now(
            alert.covers.iter().map(|passed| Passed { cover: passed.cover, to: passed.to.clone() }).collect(),
            wanted,
            |Passed { cover, .. }| AlertCoverReturned { cover }.into(),
            |Passed { cover, to }| AlertCoverPassed { class, cover, to, occurred_at }.into(),
        );
        events.extend(alert::escalate(alert, directory, &profile, now).map(AlertEvent::from));
        events
    }
}

/// The events that bring who reads a record along during absences from what is known to what is wanted; none where that is the same.
fn by_now<T: PartialEq, E>(known: Vec<T>, wanted: Vec<T>, returned: impl Fn(T) -> E, passed: impl Fn(T) -> E) -> Vec<E> {
    if known.len() == wanted.len() && known.iter().all(|passed| wanted.contains(passed)) {
        return vec![];
    }
    known.into_iter().map(returned).chain(wanted.into_iter().map(passed)).collect()
}
