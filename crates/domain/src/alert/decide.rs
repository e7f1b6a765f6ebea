//! What a person makes of alerts: no concern, or a safeguarding concern, with a reason either way (FIL-1, design §1.9).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Alert, AlertAbout, AlertDismissed, AlertRaised, Decided};
use crate::{
    Duty, Instant, RecordId, ReportId,
    directory::Directory,
    field::{Checks, Invalid},
    report::{Form, PupilNamed, Refused, ReportType},
    routing::alert_adults,
    words::words,
};

/// Alerts of one decision at most.
const ALERTS_MAX: usize = 500;
const REASON_MAX: usize = 2_000;
/// Alerts that a report tells one by one; of more it gives the number.
const TOLD_MAX: usize = 25;
/// Characters of such a line, so that the story stays within what a form takes; the alert keeps the whole.
const TOLD_CHARS_MAX: usize = 600;

words! {
    /// What is decided about alerts.
    pub enum AlertDecision {
        Dismiss = "dismiss", "No concern";
        Raise = "raise", "A safeguarding concern";
    }
}

/// A decision about alerts, one reason for all of them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideAlerts {
    /// The alerts, by id.
    #[schema(value_type = Vec<String>)]
    pub alerts: Vec<RecordId>,
    /// What they are.
    pub decision: AlertDecision,
    /// Why.
    pub reason: String,
}

crate::redacted::redacted!(DecideAlerts);

impl DecideAlerts {
    /// Checks what was asked and names the fields that are wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("reason", &self.reason, REASON_MAX);
        if self.alerts.is_empty() || self.alerts.len() > ALERTS_MAX {
            checks.fail("alerts", format!("names from 1 to {ALERTS_MAX} alerts"));
        }
        if self.alerts.iter().collect::<BTreeSet<_>>().len() != self.alerts.len() {
            checks.fail("alerts", "names one alert twice");
        }
        checks.done()
    }
}

/// Whether somebody who opens an alert in this duty decides about it: its owner, and the DSLs of the school and the trust. A head reads
/// the alerts of their school (P0-FM-1) and decides where the route made them the stand-in (FIL-1).
pub fn may_decide(alert: &Alert, duty: Duty) -> bool {
    duty == alert.owner().duty || duty.leads_safeguarding() || alert.second_readers().iter().any(|reader| reader.duty == duty)
}

/// Dismisses an alert that waits, one of `together`.
pub fn dismiss(alert: &Alert, ask: &DecideAlerts, by: &str, now: Instant) -> Result<AlertDismissed, Refused> {
    if !alert.waits() {
        return Err(Refused::State("one of these alerts has been decided already"));
    }
    Ok(AlertDismissed {
        class: alert.received.class,
        school: alert.received.school.clone(),
        owner: alert.owner().clone(),
        reason: ask.reason.clone(),
        together: u32::try_from(ask.alerts.len()).unwrap_or(u32::MAX),
        decided_by: by.to_owned(),
        decided_at: now,
    })
}

/// Raises an alert; also one that was dismissed, which corrects that.
pub fn raise(alert: &Alert, ask: &DecideAlerts, report: ReportId, by: &str, now: Instant) -> Result<AlertRaised, Refused> {
    if matches!(alert.decided, Some(Decided::Raised(_))) {
        return Err(Refused::State("one of these alerts has been raised already"));
    }
    Ok(AlertRaised {
        class: alert.received.class,
        school: alert.received.school.clone(),
        owner: alert.owner().clone(),
        reason: ask.reason.clone(),
        report,
        decided_by: by.to_owned(),
        decided_at: now,
    })
}

/// The report of raised alerts, which goes the way of every report. Adults are its subjects, so that it never reaches them; what is about
/// pupils and what is about an adult are two matters with two receivers.
pub fn report_of(alerts: &[&Alert], reason: &str, directory: &Directory) -> Result<Form, Refused> {
    let first = alerts.iter().min_by_key(|alert| alert.occurred_at()).ok_or_else(|| Invalid::one("alerts", "names no alert"))?;
    if alerts.iter().any(|alert| alert.received.school != first.received.school) {
        return Err(Invalid::one("alerts", "are of several schools; raise those of each school apart").into());
    }
    let is_adult = |alert: &Alert| !alert.route.subjects.is_empty() || !alert.route.possible_subjects.is_empty();
    let adults = alerts.iter().filter(|alert| is_adult(alert)).count();
    if adults != 0 && adults != alerts.len() {
        return Err(Invalid::one("alerts", "are about an adult and about others; raise those about the adult apart").into());
    }
    let mut form = Form::of(&first.received.school, &[ReportType::OnlineSafetyConcern], story(alerts, reason));
    form.incident_at = Some(first.occurred_at());
    form.location.clone_from(&first.received.device);
    for alert in alerts {
        push_new(&mut form.staff, alert_adults(alert, directory));
        push_new(&mut form.pupils, pupil(alert));
    }
    Ok(form)
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

fn pupil(alert: &Alert) -> Option<PupilNamed> {
    let received = &alert.received;
    let name = received.name.clone().filter(|_| received.about == AlertAbout::Pupil)?;
    Some(PupilNamed { pupil_id: received.listed_id.clone(), name, year_group: received.year_group.clone() })
}

/// What happened, in the product's words, with the reason of whoever raised it.
fn story(alerts: &[&Alert], reason: &str) -> String {
    let mut alerts = alerts.to_vec();
    alerts.sort_by_key(|alert| alert.occurred_at());
    let many = if alerts.len() == 1 { "A monitoring alert was".to_owned() } else { format!("{} monitoring alerts were", alerts.len()) };
    let mut lines = vec![format!("{many} raised as a concern: {reason}"), String::new()];
    lines.extend(alerts.iter().take(TOLD_MAX).map(|alert| told(alert)));
    if alerts.len() > TOLD_MAX {
        lines.push(format!("and {} more like these.", alerts.len() - TOLD_MAX));
    }
    lines.join("\n")
}

fn told(alert: &Alert) -> String {
    let received = &alert.received;
    let severity = received.severity.map(|severity| format!("severity {severity} of 5"));
    let said = received.excerpt.as_ref().map(|excerpt| format!("“{excerpt}”"));
    let parts = [
        Some(format!("{} {}", received.source, received.source_reference)),
        Some(received.category.clone()),
        severity,
        received.user.as_ref().map(|user| format!("signed in: {user}")),
        received.device.as_ref().map(|device| format!("device: {device}")),
        received.action.clone(),
        said,
        received.address.clone(),
    ];
    cut(&format!("{}: {}", received.occurred_at.in_london(), parts.into_iter().flatten().collect::<Vec<_>>().join("; ")))
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(TOLD_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
