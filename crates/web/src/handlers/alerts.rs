//! `/alerts`: monitoring alerts that wait, with what a DSL makes of them, and those that are decided (FIL-1, P0-FM-1).

use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::alerts::{AlertGroupShown, AlertSeen, AlertsShown};
use wardbook_app::cases::parse_id;
use wardbook_domain::RecordId;
use wardbook_domain::alert::{AlertDecision, DecideAlerts};
use wardbook_domain::directory::Directory;

use super::answer::{Answer, Stop, capital, page, see_other};
use super::command::{Command, done, page_errors, token};
use super::fields::Fields;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words::{school_name, when};
use crate::pages::alerts::{AlertCard, Alerts, DecidedAlerts, SeenRow};
use crate::pages::forms::FormErrors;

/// Stands in the forms in place of a digest: what was seen is named by the ids that they send.
const SEEN: &str = "\"alerts\"";

/// What the forms of the page hold when it is shown again.
#[derive(Default)]
struct Typed {
    ticked: Vec<String>,
    reason: String,
    /// The ids of the group that was to be raised, and why.
    raise: Option<(String, String)>,
    errors: FormErrors,
}

/// `GET /alerts`.
pub(crate) async fn list(here: Here, Asked(query): Asked) -> Answer {
    if query.get("decided") == Some("yes") {
        return decided(&here, &query).await;
    }
    draw(&here, StatusCode::OK, done(&query), Typed::default()).await
}

async fn decided(here: &Here, query: &Fields) -> Answer {
    let refuse = |error| here.refuse(error);
    let list = here.web.decided_alerts(&here.caller, query.get("cursor")).await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let mut rows = vec![];
    for alert in &list.groups {
        rows.push(decided_card(here, &directory, alert).await?);
    }
    let next = list.next.map(|cursor| format!("/alerts?decided=yes&cursor={cursor}"));
    Ok(page(StatusCode::OK, &DecidedAlerts { chrome: here.chrome(), rows, next }))
}

async fn decided_card(here: &Here, directory: &Directory, alert: &AlertGroupShown) -> Result<AlertCard, Stop> {
    let card = card(here, directory, alert);
    let Some(said) = &alert.decision else { return Ok(card) };
    let report = match said.report.as_deref().map(parse_id) {
        Some(Ok(id)) if here.web.may_open_report(&here.caller, id).await.map_err(|error| here.refuse(error))? => {
            said.report.as_ref().map(|id| format!("/reports/{id}"))
        }
        _ => None,
    };
    let raised = said.decision == "raised";
    let what = match said.together {
        _ if raised => "Raised as a concern".to_owned(),
        Some(together) if together > 1 => format!("Dismissed, one of {together}"),
        _ => "Dismissed".to_owned(),
    };
    let decision = format!("{what}: {}, {}", said.by, when(said.at));
    Ok(AlertCard { decision, why: said.reason.clone(), report, may_raise: alert.may_decide && !raised, ..card })
}

/// `POST /alerts/dismiss`.
pub(crate) async fn dismiss(Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let (ticked, reason) = (fields.all("alerts"), fields.one("reason"));
    let mut typed = Typed { ticked: ticked.clone(), reason: reason.clone(), ..Typed::default() };
    if ticked.is_empty() {
        typed.errors.add("alerts", "Tick what is no concern");
    }
    if reason.trim().is_empty() {
        typed.errors.add("reason", "Say why they are no concern");
    }
    if !typed.errors.any() {
        let ask = DecideAlerts { alerts: ids(&here, &ticked)?, decision: AlertDecision::Dismiss, reason };
        match here.web.decide_alerts(&here.caller, &ask, command.conditions()).await {
            Ok(_) => return Ok(see_other("/alerts?done=dismissed")),
            Err(AppError::Invalid(invalid)) => {
                typed.errors = page_errors(invalid, &[("alerts", "alerts", "what is ticked"), ("reason", "reason", "the reason")]);
            }
            Err(error) => return Err(here.refuse_at(error, "/alerts")),
        }
    }
    draw(&here, StatusCode::UNPROCESSABLE_ENTITY, None, typed).await
}

/// `POST /alerts/raise`: then to the report, where that is the reader's to open, else to their receipt of it.
pub(crate) async fn raise(Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let (group, reason) = (fields.one("alerts"), fields.one("reason"));
    let mut typed = Typed { raise: Some((group.clone(), reason.clone())), ..Typed::default() };
    if reason.trim().is_empty() {
        typed.errors.add("raise", "Say why it is a concern");
    } else {
        let ask = DecideAlerts { alerts: ids(&here, &[group])?, decision: AlertDecision::Raise, reason };
        match here.web.decide_alerts(&here.caller, &ask, command.conditions()).await {
            Ok(decided) => return to_report(&here, decided.report.unwrap_or_default()).await,
            Err(AppError::Invalid(invalid)) => {
                typed.errors = page_errors(invalid, &[("alerts", "raise", "these"), ("reason", "raise", "the reason")]);
            }
            Err(error) => return Err(here.refuse_at(error, "/alerts")),
        }
    }
    draw(&here, StatusCode::UNPROCESSABLE_ENTITY, None, typed).await
}

async fn to_report(here: &Here, id: String) -> Answer {
    let refuse = |error| here.refuse(error);
    let number = parse_id(&id).map_err(refuse)?;
    let opens = here.web.may_open_report(&here.caller, number).await.map_err(refuse)?;
    Ok(see_other(&if opens { format!("/reports/{id}?done=raised") } else { format!("/receipts/{id}") }))
}

/// The ids that boxes hold, with commas between.
fn ids(here: &Here, boxes: &[String]) -> Result<Vec<RecordId>, Stop> {
    let each = boxes.iter().flat_map(|ids| ids.split(','));
    each.map(|id| parse_id(id).map(RecordId::from_bytes).map_err(|error| here.refuse(error))).collect()
}

async fn draw(here: &Here, status: StatusCode, banner: Option<String>, typed: Typed) -> Answer {
    let refuse = |error| here.refuse(error);
    let AlertsShown { groups, more, .. } = here.web.alerts(&here.caller).await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let Typed { ticked, reason, raise, mut errors } = typed;
    let mut cards: Vec<AlertCard> = groups.iter().map(|group| card(here, &directory, group)).collect();
    for (card, n) in cards.iter_mut().zip(1..) {
        card.ticked = ticked.contains(&card.ids);
        if let Some((_, typed)) = raise.as_ref().filter(|(ids, _)| *ids == card.ids) {
            card.reason.clone_from(typed);
            errors.list.iter_mut().filter(|error| error.field == "raise").for_each(|error| error.field = format!("raise-{n}"));
        }
    }
    // A group that has grown meanwhile is another one: what was typed for it is asked for again there.
    errors.list.iter_mut().filter(|error| error.field == "raise").for_each(|error| "/alerts".clone_into(&mut error.field));
    let mut chrome = here.chrome();
    chrome.banner = banner;
    Ok(page(status, &Alerts { chrome, errors, groups: cards, more, token: token(here, SEEN), reason }))
}

fn card(here: &Here, directory: &Directory, group: &AlertGroupShown) -> AlertCard {
    let (first, last) = (when(group.first_at), when(group.last_at));
    let times = match group.alerts.len() {
        1 => first,
        n => format!("{n} times, from {first} to {last}"),
    };
    let who = match (&group.who, &group.year_group, group.about.as_str()) {
        (Some(who), Some(year), _) => format!("{who}, {year}"),
        (Some(who), None, "adult") => format!("{who}, an adult"),
        (Some(who), None, _) => who.clone(),
        (None, ..) => "Nobody was signed in".to_owned(),
    };
    let severity = group.severity.map(|severity| format!(", severity {severity} of 5")).unwrap_or_default();
    AlertCard {
        what: capital(&group.category),
        who,
        school: school_name(directory, &group.school),
        times,
        devices: group.devices.join(", "),
        source: format!("{}{severity}", group.source),
        ids: group.alerts.iter().map(|alert| alert.id.as_str()).collect::<Vec<_>>().join(","),
        may_decide: group.may_decide,
        seen: group.alerts.iter().map(seen).collect(),
        token: token(here, SEEN),
        ..AlertCard::default()
    }
}

fn seen(alert: &AlertSeen) -> SeenRow {
    let severity = alert.severity.map(|severity| format!("severity {severity} of 5"));
    let reference = format!("reference {}", alert.reference);
    let rest = [alert.device.clone(), severity, alert.action.clone(), alert.address.clone(), Some(reference)];
    SeenRow {
        when: when(alert.at),
        excerpt: alert.excerpt.clone().unwrap_or_default(),
        rest: capital(&rest.into_iter().flatten().collect::<Vec<_>>().join("; ")),
    }
}
