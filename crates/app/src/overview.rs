//! The overview: what its reader may know, counted (`domain/overview.rs`). Nothing of it is kept; it is counted anew each time.

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    FieldGroup, Instant,
    case::Case,
    clock::day_of,
    directory::Directory,
    event::AnyEvent,
    need_to_know::Access,
    overview::{Counted, Overview, ReportedBy, SchoolAdults, overview, seen_as},
    reading::OVERVIEW,
    report::{Report, ReportEvent},
};
use wardbook_views::Wanted;

use crate::{App, AppError, Caller, load::Record};

/// Records that are counted at most.
const RECORDS_MAX: usize = 3_000;

/// The overview as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverviewShown {
    /// How many records were counted: those that the reader may know.
    pub counted: usize,
    /// Whether there are more, older ones, which were not.
    pub bounded: bool,
    /// The overview.
    pub overview: Overview,
}

impl App {
    /// What the caller may know, counted; for heads and those who answer for the trust. That it was looked at is on record.
    pub async fn overview(&self, caller: &Caller) -> Result<OverviewShown, AppError> {
        let Some(duty) = seen_as(&caller.duties) else { return Err(AppError::NotFound) };
        let rows = self.newest(caller, &[Wanted::Reports, Wanted::Cases]).await?;
        let reports: HashSet<[u8; 16]> =
            rows.iter().filter(|row| row.wanted == Wanted::Reports).map(super::newest::Candidate::id).collect();
        let (mut records, mut bound, mut counted) = (vec![], self.bound(RECORDS_MAX), 0);
        for candidate in &rows {
            if !bound.take(self.machine.now()) {
                break;
            }
            counted += 1;
            let now = self.clock.now();
            let record = if candidate.wanted == Wanted::Cases {
                self.case_for(caller, candidate.id()).await.map(|record| of_case(&record, &reports, now))
            } else {
                self.report_for(caller, candidate.id()).await.map(|record| of_report(&record, now))
            };
            match record {
                Ok(record) => records.extend(record),
                Err(AppError::NotFound | AppError::Sealed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let directory = self.directory().await?;
        let overview = overview(&records, &schools(caller, &directory), day_of(self.clock.now()));
        self.trace_page(caller, duty, OVERVIEW).await?;
        Ok(OverviewShown { counted, bounded: counted < rows.len(), overview })
    }
}

fn of_report(record: &Record<Report>, now: Instant) -> Option<Counted> {
    let Access::Groups(groups, _) = record.access else { return None };
    let (report, filed) = (&record.folded, &record.folded.filed);
    let open = report.is_owed();
    let acted = record.events.iter().find_map(|(meta, event)| match event {
        AnyEvent::Report(ReportEvent::Received(_) | ReportEvent::Assessed(_)) => Some(meta.at),
        _ => None,
    });
    Some(Counted {
        school: filed.school.clone(),
        types: filed.types.clone(),
        day: day_of(filed.reported_at),
        reported: true,
        open,
        late: open && report.provisional_ico_due().is_some_and(|due| due < now),
        first_action_days: acted.map(|at| days_between(filed.reported_at, at)),
        by: if groups.contains(&FieldGroup::Reporter) { reported_by(report) } else { None },
    })
}

/// Old papers say it only where they name somebody of the staff list.
fn reported_by(report: &Report) -> Option<ReportedBy> {
    let filed = &report.filed;
    let colleague = filed.reporter_person.is_some() || filed.reporter.as_ref().is_some_and(|reporter| reporter.staff_id.is_some());
    let typed_for_another = filed.typed_by.is_some() && filed.source.is_none();
    if colleague { Some(ReportedBy::Colleague) } else { typed_for_another.then_some(ReportedBy::Others) }
}

#[expect(clippy::unnecessary_wraps, reason = "asked like that of a report, which may count for nothing")]
fn of_case(record: &Record<Case>, reports: &HashSet<[u8; 16]>, now: Instant) -> Option<Counted> {
    let case = &record.folded;
    Some(Counted {
        school: case.opened.school.clone(),
        types: case.opened.types.clone(),
        day: day_of(case.opened.opened_at),
        reported: !reports.contains(case.opened.report.as_bytes()),
        open: case.is_open(),
        late: case.due_at().is_some_and(|due| due < now),
        first_action_days: None,
        by: None,
    })
}

fn days_between(from: Instant, to: Instant) -> u32 {
    const DAY_MICROS: i64 = 86_400_000_000;
    u32::try_from((to.as_micros() - from.as_micros()) / DAY_MICROS).unwrap_or(0)
}

/// The schools that the caller's duties cover, with their adults.
fn schools(caller: &Caller, directory: &Directory) -> Vec<SchoolAdults> {
    let covers = |code: &String| caller.duties.iter().any(|held| held.school.as_ref().is_none_or(|school| school == code));
    let adults = |code: &String| {
        let there = directory.people.values().filter(|person| person.staff.as_ref().is_some_and(|staff| staff.school == *code));
        u32::try_from(there.count()).unwrap_or(u32::MAX)
    };
    let covered = directory.schools.keys().filter(|code| covers(code));
    covered.map(|code| SchoolAdults { code: code.clone(), adults: adults(code) }).collect()
}
