//! `/look`: what is asked before a record is shown; `/covered`: what an idle page turns into where no script runs.
//!
//! Neither says anything of the record: whoever may not know it gets the page for what does not exist.

use axum::http::StatusCode;
use wardbook_app::cases::parse_id;
use wardbook_app::looking::LookFirst;

use super::answer::{Answer, page, see_other};
use super::fields::Fields;
use super::visitor::{Asked, Here, Posted, Visitor as _, own_path};
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::look::{Covered, Look};

/// What a path shows, where something is asked before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A record.
    Record([u8; 16]),
    /// Monitoring alerts, many on a page.
    Alerts,
}

fn place_of(path: &str) -> Option<Place> {
    match path.split('?').next() {
        Some("/alerts") => Some(Place::Alerts),
        _ => record_of(path).map(Place::Record),
    }
}

/// The record of which a path is a page, where it is one.
fn record_of(path: &str) -> Option<[u8; 16]> {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts = path.split('/').skip(1);
    let (part, id) = (parts.next()?, parts.next()?);
    matches!(part, "reports" | "cases" | "receipts" | "breaches").then(|| parse_id(id).ok()).flatten()
}

/// `GET /look?next=...`.
pub(crate) async fn show(here: Here, Asked(query): Asked) -> Answer {
    let next = own_path(query.get("next").unwrap_or_default()).to_owned();
    match asked(&here, &next).await? {
        Some((_, first)) => Ok(page(StatusCode::OK, &question(&here, next, first, String::new(), FormErrors::default()))),
        None => Ok(see_other(&next)),
    }
}

/// `POST /look`.
pub(crate) async fn answer(Posted(here, fields): Posted<Here>) -> Answer {
    let next = own_path(fields.get("next").unwrap_or_default()).to_owned();
    let Some((place, first)) = asked(&here, &next).await? else { return Ok(see_other(&next)) };
    let errors = wrong(&first, &fields);
    if errors.any() {
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &question(&here, next, first, fields.one("purpose"), errors)));
    }
    let purpose = fields.get("purpose").filter(|_| !first.purposes.is_empty()).map(str::to_owned);
    let kept = match place {
        Place::Record(record) => here.web.session_looked(here.session(), record, first.screen, purpose).await,
        Place::Alerts => here.web.session_looked_at_alerts(here.session(), first.screen, purpose).await,
    };
    kept.map_err(|error| here.refuse(error))?;
    Ok(see_other(&next))
}

/// `GET /covered?next=...`.
pub(crate) async fn covered(here: Here, Asked(query): Asked) -> Answer {
    let next = own_path(query.get("next").unwrap_or_default()).to_owned();
    Ok(page(StatusCode::OK, &Covered { chrome: here.bare_chrome(), next }))
}

/// What is still to be asked before the page of this path is shown.
async fn asked(here: &Here, next: &str) -> Result<Option<(Place, LookFirst)>, super::answer::Stop> {
    let Some(place) = place_of(next) else { return Ok(None) };
    let first = match place {
        Place::Record(record) => here.web.look_first(&here.caller, record).await,
        Place::Alerts => here.web.look_first_at_alerts(&here.caller).await,
    };
    let first = first.map_err(|error| here.refuse(error))?;
    Ok(first.map(|first| (place, first)))
}

fn wrong(first: &LookFirst, fields: &Fields) -> FormErrors {
    let mut errors = FormErrors::default();
    let chosen = fields.get("purpose").unwrap_or_default();
    if !first.purposes.is_empty() && !first.purposes.iter().any(|(code, _)| code == chosen) {
        errors.add("purpose", "Say why you open this record");
    }
    if first.screen && fields.get("private") != Some("yes") {
        // Only a form that is none of ours comes without it.
        errors.add("main-content", "Say whether your screen is private");
    }
    errors
}

fn question(here: &Here, next: String, first: LookFirst, purpose: String, errors: FormErrors) -> Look {
    let purposes = first.purposes.into_iter().map(|(code, label)| Choice::owned(code, label)).collect();
    Look { chrome: here.chrome(), errors, next, screen: first.screen, purposes, purpose, not_now: "/queue".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_record_and_every_other_page_none() {
        let id = "0a".repeat(16);
        for path in ["reports", "cases", "receipts", "breaches"].map(|part| format!("/{part}/{id}")) {
            assert_eq!(record_of(&path), Some([10; 16]), "{path}");
            assert_eq!(record_of(&format!("{path}/evidence/x?y=1")), Some([10; 16]), "{path}");
        }
        for path in ["/", "/queue", "/reports", "/reports/x", &format!("/assets/{id}"), &format!("//reports/{id}")] {
            assert_eq!(record_of(path), None, "{path}");
        }
        let alerts = ["/alerts", "/alerts?decided=yes"].map(place_of);
        assert_eq!((alerts, place_of("/alerts/raise")), ([Some(Place::Alerts); 2], None));
    }
}
