//! In whose hands a report is, until when it waits, and its copies on paper.

use wardbook_domain::{
    case::Snooze,
    report::{self, HandReportOver, MakeReportCopy, ReportEvent},
};

use super::{Conditions, Decided};
use crate::{App, AppError, Caller, shown::ReportShown};

impl App {
    /// Hands a report over to another duty that may read it.
    pub async fn hand_report_over(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &HandReportOver,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let (directory, now) = (self.directory().await?, self.clock.now());
        self.act_on_report(caller, id, "report.hand-over", &serde_json::to_vec(ask)?, conditions, |record, _| {
            let handed = report::hand_over(&record.folded, ask, &directory, &caller.name, now)?;
            Ok(Decided::of([ReportEvent::from(handed)]))
        })
        .await
    }

    /// Puts a report off.
    pub async fn snooze_report(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &Snooze,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let (profile, now) = (self.profile(), self.clock.now());
        self.act_on_report(caller, id, "report.snooze", &serde_json::to_vec(ask)?, conditions, |record, _| {
            let snoozed = report::snooze(&record.folded, ask, &profile, &caller.name, now)?;
            Ok(Decided::of([ReportEvent::from(snoozed)]))
        })
        .await
    }

    /// Makes a copy of a report on paper: what is answered leaves as that, and is traced with its purpose.
    pub async fn print_report(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &MakeReportCopy,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        caller.has_proved()?;
        let (profile, now) = (self.profile(), self.clock.now());
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "report.print", conditions.key, &body);
        let shown = self.act_and_show(caller, id, command, conditions, Some(&ask.purpose), |record, _| {
            let made = report::make_copy(&record.folded, ask, &profile, &caller.name, now)?;
            Ok(Decided::of([ReportEvent::from(made)]))
        });
        shown.await?.ok_or(AppError::NotFound)
    }
}
