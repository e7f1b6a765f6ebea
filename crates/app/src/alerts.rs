//! Monitoring alerts: the list in groups of repeats, and what a person makes of them (FIL-1, P0-FM-1). They come in by `import/alerts.rs`.
//!
//! A raised group becomes a report in the same append as the alerts' own events: neither is there without the other. An append holds only
//! so many streams, so a long list is written in parts, each a command of its own that a repetition finds done.

mod shown;

use std::collections::BTreeMap;

use wardbook_domain::{
    Duty, FieldGroup, Instant, RecordClass, RecordId, ReportId,
    alert::{self, Alert, AlertDecision, AlertEvent, AlertRerouted, DecideAlerts, groups},
    directory::Directory,
    event::AnyEvent,
    need_to_know::{self, Access},
    profile::Profile,
    report::ReporterNamed,
    routing,
};
use wardbook_ledger::{CommandRef, READ_EVENTS_MAX, StreamId};
use wardbook_views::{Listed, Wanted};

pub use shown::{AlertGroupShown, AlertSeen, AlertsDecided, AlertsShown, DecisionShown};

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Knowable as _, Loaded, Record, fold_alert},
    looking::{ALERTS_PAGE, LookFirst},
    reports::{Conditions, Origin},
    traces::ShownBy,
};

/// Alerts shown at once at most; the rest is shown when these are decided.
const SHOWN_MAX: u32 = 500;
/// Decided alerts on a page.
const DECIDED_A_PAGE: u32 = 100;
/// How far alerts that wait are counted, for the navigation and the queue.
pub(crate) const COUNTED_MAX: u32 = 100;
/// Alerts written in one append: a report beside them is one stream more.
const TOGETHER: usize = 60;

/// The list of alerts in traces.
const LIST: &str = "alerts";
/// The list of decided ones.
const DECIDED_LIST: &str = "decided alerts";

/// An alert that a list named, with the purpose of this look at it.
struct Opened {
    id: RecordId,
    record: Record<Alert>,
    purpose: String,
}

/// What waits to be decided about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AlertsWaiting {
    /// How many alerts; 100 or more are 100.
    pub count: usize,
    /// When the oldest of these happened.
    pub oldest: Option<Instant>,
    /// Whether one of them is of the gravest severity.
    pub urgent: bool,
}

impl App {
    /// The alerts that wait and that the caller may open, in groups, the gravest first.
    pub async fn alerts(&self, caller: &Caller) -> Result<AlertsShown, AppError> {
        self.refuse_alerts(caller)?;
        let (rows, next) = self.rows(caller, LIST, Wanted::Alerts, None, Some(SHOWN_MAX)).await?;
        let opened = self.open_alerts(caller, &rows).await?;
        let profile = self.profile();
        // One that was decided a moment ago may stand in the view still.
        let waiting = opened.iter().filter(|opened| opened.record.folded.waits());
        let list = groups(waiting.map(|opened| (opened.id, &opened.record.folded)), &profile);
        let duties: BTreeMap<RecordId, Duty> = opened.iter().map(|opened| (opened.id, duty_of(&opened.record))).collect();
        let groups = list.iter().map(|group| AlertGroupShown::of(group, &duties)).collect();
        self.trace_alerts(caller, LIST, &opened).await?;
        Ok(AlertsShown { groups, more: next.is_some(), next: None })
    }

    /// The alerts that were decided, the latest decision first, each for itself.
    pub async fn decided_alerts(&self, caller: &Caller, cursor: Option<&str>) -> Result<AlertsShown, AppError> {
        self.refuse_alerts(caller)?;
        let (rows, next) = self.rows(caller, DECIDED_LIST, Wanted::DecidedAlerts, cursor, Some(DECIDED_A_PAGE)).await?;
        let opened = self.open_alerts(caller, &rows).await?;
        let groups = opened.iter().map(|opened| AlertGroupShown::decided(opened.id, &opened.record, duty_of(&opened.record))).collect();
        self.trace_alerts(caller, DECIDED_LIST, &opened).await?;
        Ok(AlertsShown { groups, more: next.is_some(), next })
    }

    fn refuse_alerts(&self, caller: &Caller) -> Result<(), AppError> {
        if self.reads_alerts(caller) { Ok(()) } else { Err(AppError::Forbidden) }
    }

    /// How many alerts wait for the caller, at most 100; none where alerts are none of their duties' business. Nothing is opened, so nothing
    /// is traced.
    pub async fn alerts_waiting(&self, caller: &Caller) -> Result<Option<AlertsWaiting>, AppError> {
        if !self.reads_alerts(caller) {
            return Ok(None);
        }
        let (rows, _) = self.rows(caller, LIST, Wanted::Alerts, None, Some(COUNTED_MAX)).await?;
        let oldest = rows.iter().map(|row| Instant::from_micros(row.since)).min();
        Ok(Some(AlertsWaiting { count: rows.len(), oldest, urgent: rows.iter().any(|row| row.urgent) }))
    }

    fn reads_alerts(&self, caller: &Caller) -> bool {
        let profile = self.profile();
        let stand_ins = routing::report_chain(RecordClass::Safeguarding, &[], &profile).0;
        let by_table = |duty: Duty| need_to_know::TABLE.iter().any(|rule| rule.class == RecordClass::Safeguarding && rule.duty == duty);
        caller.duties.iter().any(|held| by_table(held.duty) || stand_ins.contains(&held.duty))
    }

    /// What is asked before alerts are shown to the caller; none where they can be shown, or where there are none.
    pub async fn look_first_at_alerts(&self, caller: &Caller) -> Result<Option<LookFirst>, AppError> {
        for wanted in [Wanted::Alerts, Wanted::DecidedAlerts] {
            let (rows, _) = self.rows(caller, LIST, wanted, None, Some(1)).await?;
            match self.open_alerts(caller, &rows).await {
                Ok(_) => {}
                Err(AppError::LookFirst(first)) => return Ok(Some(first)),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Opens alerts that a list named. One whose events say no to this caller, or that cannot be opened, is left out: the statement excluded
    /// the one already, and of the other there is nothing to decide.
    async fn open_alerts(&self, caller: &Caller, rows: &[Listed]) -> Result<Vec<Opened>, AppError> {
        let mut opened = vec![];
        let mut asked: BTreeMap<(Duty, String), String> = BTreeMap::new();
        for row in rows {
            let record = match self.open_alert(caller, *row.stream.as_bytes()).await {
                Ok(record) => record,
                Err(AppError::NotFound | AppError::Sealed(_)) => continue,
                Err(error) => return Err(error),
            };
            // Purpose and screen are asked once for all that is opened in one duty at one school.
            let place = (duty_of(&record), record.folded.received.school.clone());
            let purpose = match asked.get(&place) {
                Some(purpose) => purpose.clone(),
                None => self.open_with(caller, ALERTS_PAGE, &record).await?,
            };
            asked.insert(place, purpose.clone());
            opened.push(Opened { id: RecordId::from_bytes(*row.stream.as_bytes()), record, purpose });
        }
        Ok(opened)
    }

    async fn open_alert(&self, caller: &Caller, id: [u8; 16]) -> Result<Record<Alert>, AppError> {
        let stream = Loaded { events: self.ledger.read_stream(StreamId::from_bytes(id), 1, READ_EVENTS_MAX).await? };
        let mut events = Vec::with_capacity(stream.events.len());
        for stored in &stream.events {
            let opened = self.opener.open(stored, &[FieldGroup::Record]).await?;
            if !matches!(opened.event, AnyEvent::Alert(_)) {
                return Err(AppError::NotFound);
            }
            events.push((opened.meta, opened.event));
        }
        let folded = fold_alert(&events).ok_or(AppError::NotFound)?;
        let access = folded.ask(self.clock.now(), |known| need_to_know::access(caller.viewer(), known));
        match access {
            Access::Groups(..) => Ok(Record { stream, folded, events, access }),
            Access::Nothing | Access::OwnWords => Err(AppError::NotFound),
        }
    }

    async fn trace_alerts(&self, caller: &Caller, list: &str, opened: &[Opened]) -> Result<(), AppError> {
        let mut read: BTreeMap<(&str, Duty), Vec<RecordId>> = BTreeMap::new();
        for Opened { id, record, purpose } in opened {
            read.entry((purpose, duty_of(record))).or_default().push(*id);
        }
        let shown = |((purpose, duty), records): ((&str, Duty), _)| ShownBy { duty: Some(duty), records, purpose: purpose.to_owned() };
        self.trace_shown(caller, list, read.into_iter().map(shown)).await
    }

    /// Dismisses alerts with one reason, or raises them as one report. What is about an adult goes to whoever receives that.
    pub async fn decide_alerts(&self, caller: &Caller, ask: &DecideAlerts, conditions: Conditions<'_>) -> Result<AlertsDecided, AppError> {
        ask.check()?;
        let body = serde_json::to_vec(ask)?;
        let random = hex::encode(self.entropy.bytes::<16>());
        let key = conditions.key.unwrap_or(&random);
        let parts: Vec<(&[RecordId], CommandRef)> = ask
            .alerts
            .chunks(TOGETHER)
            .zip(0_u32..)
            .map(|(ids, part)| (ids, self.command(caller.principal(), "alerts.decide", Some(&format!("{key}/{part}")), &body)))
            .collect();
        let report = (ask.decision == AlertDecision::Raise).then(|| self.created_id(&parts[0].1, 0));
        let mut last = None;
        for (part, (ids, command)) in parts.iter().enumerate() {
            // The report is filed with the first part, and tells of all.
            let with_report = report.filter(|_| part == 0);
            last = self.decide_part(caller, ask, (ids, *command), report, with_report).await?.or(last);
        }
        self.shown_by_views(last).await;
        let report = report.map(|id| RecordId::from_bytes(id).to_string());
        Ok(AlertsDecided { decided: ask.alerts.len(), report })
    }

    /// Writes one part; where its last event stands, none where it was written before.
    async fn decide_part(
        &self,
        caller: &Caller,
        ask: &DecideAlerts,
        (ids, command): (&[RecordId], CommandRef),
        report: Option<[u8; 16]>,
        with_report: Option<[u8; 16]>,
    ) -> Result<Option<u64>, AppError> {
        for _ in 0..TRIES {
            if self.repeated(&command).await?.is_some() {
                return Ok(None);
            }
            let (now, directory) = (self.clock.now(), self.directory().await?);
            let mut writes = vec![];
            let mut duty = None;
            for id in ids {
                let record = self.alert_to_decide(caller, *id.as_bytes()).await?;
                let event = decided(&record.folded, ask, report, &caller.name, now)?;
                let keys = self.keys_of(&record.stream).await?;
                duty = duty.or(Some(duty_of(&record)));
                let expected = record.stream.version();
                writes.push(StreamWrite { stream: *id.as_bytes(), expected, keys, events: vec![event.written()] });
            }
            if let Some(id) = with_report {
                writes.push(self.report_of_alerts(caller, ask, id, &directory).await?);
            }
            let act = Act { actor: Some(caller.person), duty, command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    let events: u64 = writes.iter().map(|write| write.events.len() as u64).sum();
                    return Ok(appended.first_position.map(|first| first + events - 1));
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    /// An alert about which the caller may decide; no such alert and no access are one answer.
    async fn alert_to_decide(&self, caller: &Caller, id: [u8; 16]) -> Result<Record<Alert>, AppError> {
        self.refuse_hidden(caller, id).await?;
        let record = self.open_alert(caller, id).await?;
        self.purpose_of(caller, ALERTS_PAGE, &record).await?;
        if alert::may_decide(&record.folded, duty_of(&record)) { Ok(record) } else { Err(AppError::Forbidden) }
    }

    /// The report of all the alerts that are raised together, reported by whoever raises them.
    async fn report_of_alerts(
        &self,
        caller: &Caller,
        ask: &DecideAlerts,
        id: [u8; 16],
        directory: &Directory,
    ) -> Result<StreamWrite, AppError> {
        let mut alerts = vec![];
        for id in &ask.alerts {
            alerts.push(self.alert_to_decide(caller, *id.as_bytes()).await?.folded);
        }
        let form = alert::report_of(&alerts.iter().collect::<Vec<_>>(), &ask.reason, directory)?;
        let reporter = ReporterNamed { staff_id: caller.staff_id.clone(), name: caller.name.clone(), role: caller.role.clone() };
        let origin = Origin { reporter: Some(reporter), reporter_person: Some(caller.person), ..Origin::default() };
        self.new_report(id, &form, origin).await
    }

    /// The event that sends an alert on, where it has to go.
    #[expect(clippy::unused_self, reason = "asked like those of the other records")]
    pub(crate) fn moved_alert(&self, alert: &Alert, directory: &Directory, profile: &Profile) -> Option<AlertRerouted> {
        let route = routing::reroute_alert(alert, directory, profile)?;
        let received = &alert.received;
        Some(AlertRerouted { class: received.class, school: received.school.clone(), occurred_at: received.occurred_at, route })
    }
}

fn decided(alert: &Alert, ask: &DecideAlerts, report: Option<[u8; 16]>, by: &str, now: Instant) -> Result<AlertEvent, AppError> {
    Ok(match report {
        Some(report) => alert::raise(alert, ask, ReportId::from_bytes(report), by, now)?.into(),
        None => alert::dismiss(alert, ask, by, now)?.into(),
    })
}

fn duty_of(record: &Record<Alert>) -> Duty {
    match record.access {
        Access::Groups(_, duty) => duty,
        Access::Nothing | Access::OwnWords => record.folded.owner().duty,
    }
}
