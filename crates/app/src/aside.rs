//! Standing aside from a record, and who is named on a case: from then on the record does not exist for the one, and exists for the other.

use wardbook_domain::{
    RecordClass,
    case::{self, By, Case, CaseEvent},
    event::Written,
    report::{self, EndAside, ReportEvent, StandAside},
};

use crate::{
    App, AppError, Caller,
    book::AppendFailed,
    cases::CaseAct,
    directory::TRIES,
    load::{fold_case, fold_report},
    reports::{Conditions, Decided},
    shown::ReportShown,
};

impl App {
    /// Stands aside from a report, or says that somebody else has a conflict of interest. None where it is the caller's no more.
    pub async fn stand_aside(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &StandAside,
        conditions: Conditions<'_>,
    ) -> Result<Option<ReportShown>, AppError> {
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "report.aside", conditions.key, &body);
        let (directory, now) = (self.directory().await?, self.clock.now());
        let shown = self.act_with(caller, id, command, conditions, |record, _| {
            let report = &record.folded;
            let (person, name, because) = report::stand_aside(&report.aside(), ask, caller.person, &directory)?;
            let (class, reason, by) = (report.filed.class, ask.reason.clone(), caller.name.clone());
            let event = report::StoodAside { class, person, name, because, reason, by, said_at: now };
            Ok(Decided { events: vec![event.into()], cases: vec![], concerns_people: true })
        });
        let shown = shown.await?;
        self.follow_in_cases(id).await?;
        Ok(shown)
    }

    /// What a person said about whom a report concerns counts for its cases: who stands aside does so there too, and whom it is about by now
    /// is kept from them.
    pub(crate) async fn follow_in_cases(&self, report: [u8; 16]) -> Result<(), AppError> {
        let Some(report) = fold_report(&self.open_all(&self.load(report).await?).await?) else { return Ok(()) };
        let categories = report.assessed.iter().flat_map(|assessed| &assessed.categories);
        let mut cases: Vec<[u8; 16]> = categories.map(|category| *category.case.as_bytes()).collect();
        while let Some(case) = cases.pop() {
            for _ in 0..TRIES {
                let stream = self.load(case).await?;
                let Some(folded) = fold_case(&self.open_all(&stream).await?) else { break };
                // A case that goes on in another takes what is known about people along.
                cases.extend(folded.work.merged.iter().map(|merged| *merged.into.as_bytes()).filter(|into| *into != case));
                let known = folded.aside();
                let missing = report.aside.iter().filter(|aside| !known.contains(&aside.person));
                let events: Vec<Written> = missing.map(|aside| in_case(aside, folded.opened.class).written()).collect();
                if events.is_empty() {
                    break;
                }
                match self.append_rerouted(case, &stream, events).await {
                    Ok(position) => {
                        self.shown_by_views(position).await;
                        break;
                    }
                    Err(AppendFailed::Conflict) => {}
                    Err(AppendFailed::Other(error)) => return Err(error),
                }
            }
            let moved = self.reroute_one(case).await?;
            self.shown_by_views(moved.flatten()).await;
        }
        Ok(())
    }

    /// Ends that somebody stands aside from a report.
    pub async fn end_aside(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &EndAside,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let (directory, now) = (self.directory().await?, self.clock.now());
        self.act_on_report(caller, id, "report.end-aside", &serde_json::to_vec(ask)?, conditions, |record, _| {
            let person = report::end_aside(&record.folded.aside(), ask, &directory)?;
            let (reason, by) = (ask.reason.clone(), caller.name.clone());
            Ok(Decided::of([ReportEvent::from(report::AsideEnded { person, reason, by, said_at: now })]))
        })
        .await
    }

    /// The event of an act about who may read a case.
    pub(crate) async fn decide_access(&self, caller: &Caller, case: &Case, ask: &CaseAct, by: &By<'_>) -> Result<CaseEvent, AppError> {
        let (directory, now) = (self.directory().await?, by.now);
        Ok(match ask {
            CaseAct::Recuse(ask) => stood_aside(case, ask, caller, &directory, now)?,
            CaseAct::EndRecusal(ask) => {
                let person = report::end_aside(&case.aside(), ask, &directory)?;
                case::AsideEnded { person, reason: ask.reason.clone(), by: by.name.to_owned(), said_at: now }.into()
            }
            CaseAct::Share(ask) => case::name_person(case, ask, &directory, by)?.into(),
            CaseAct::Unshare(ask) => case::remove_person(case, ask, &directory, by.name, now)?.into(),
            _ => return Err(AppError::NotFound), // decided where they are
        })
    }
}

/// What stands in a report about somebody who stands aside, as it stands in its cases.
pub(crate) fn in_case(aside: &report::StoodAside, class: RecordClass) -> CaseEvent {
    let report::StoodAside { person, name, because, reason, by, said_at, .. } = aside.clone();
    case::StoodAside { class, person, name, because, reason, by, said_at }.into()
}

fn stood_aside(
    case: &Case,
    ask: &StandAside,
    caller: &Caller,
    directory: &wardbook_domain::directory::Directory,
    now: wardbook_domain::Instant,
) -> Result<CaseEvent, AppError> {
    let (person, name, because) = report::stand_aside(&case.aside(), ask, caller.person, directory)?;
    let (class, reason, by) = (case.opened.class, ask.reason.clone(), caller.name.clone());
    Ok(case::StoodAside { class, person, name, because, reason, by, said_at: now }.into())
}
