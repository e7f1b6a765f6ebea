//! `GET /queue`: what this person owes.

use axum::http::StatusCode;
use wardbook_app::queue::QueueItem;
use wardbook_domain::Instant;
use wardbook_domain::directory::Directory;

use super::answer::{Answer, page};
use super::everywhere::{Cursors, Place, cursor};
use super::visitor::{Asked, Here, Visitor as _};
use super::{command, words};
use crate::Web;
use crate::pages::Chrome;
use crate::pages::queue::{Queue, QueueRow};

/// Rows on a page.
pub(super) const ROWS: u32 = 50;

/// `GET /queue`: of every trust in which they work.
pub(crate) async fn show(here: Here, Asked(query): Asked) -> Answer {
    let refuse = |error| here.refuse(error);
    let (mut owed, mut overdue, mut found, mut cursors) = (0, 0, vec![], Cursors::of("/queue"));
    let places = here.everywhere();
    for Place { web, caller, number, .. } in &places {
        let (of_these, late) = web.owed(caller).await.map_err(refuse)?;
        (owed, overdue) = (owed + of_these, overdue + late);
        let Some(cursor) = cursor(&query, *number) else { continue };
        let list = web.queue(caller, cursor, Some(ROWS)).await.map_err(refuse)?;
        found.extend(cursors.take(*number, list).into_iter().map(|item| (*number, item)));
    }
    if places.len() > 1 {
        // As each trust sorts its own.
        found.sort_by_key(|(_, item)| (!item.urgent, item.due_at.unwrap_or(Instant::from_micros(i64::MAX)), item.since));
    }
    let mut rows = vec![];
    for (number, item) in found {
        let place = &places[number];
        let directory = place.web.directory().await.map_err(refuse)?;
        let row = row(place.web, &directory, &item);
        rows.push(QueueRow { school: place.school(row.school), ..row });
    }
    let chrome = Chrome { banner: command::done(&query), ..here.chrome() };
    Ok(page(StatusCode::OK, &Queue { chrome, owed, overdue, rows, next: cursors.next() }))
}

/// A row in words.
pub(super) fn row(web: &Web, directory: &Directory, item: &QueueItem) -> QueueRow {
    let (owed, action) = match (item.record.as_str(), item.state.as_str()) {
        ("breach", _) => (item.next_action.as_str(), "First facts"),
        _ if item.next_action.starts_with("Act on an image") => (item.next_action.as_str(), "Open"),
        ("report", state @ ("filed" | "received")) if item.urgent => {
            let action = if item.next_action.starts_with("Read") {
                "Open"
            } else if state == "filed" {
                "Receive"
            } else {
                "Assess"
            };
            (item.next_action.as_str(), action)
        }
        ("report", "filed") => ("Receive a report", "Receive"),
        ("report", "received") => ("Assess a report", "Assess"),
        ("case", _) => ("Work on a case", "Open"),
        _ => ("Read a report", "Open"),
    };
    let sealed = item.sealed.clone();
    QueueRow {
        owed: match &sealed {
            Some(_) => "Sealed record".to_owned(),
            None if item.urgent => format!("{owed} ({})", item.what.join(", ")),
            None => format!("{owed}: {}", item.what.join(", ")),
        },
        now: item.urgent,
        why: sealed.unwrap_or_else(|| words::why(&web.profile(), item)),
        due: words::due(web, item.due_at),
        school: words::school_name(directory, &item.school),
        reference: item.reference.clone(),
        action: action.to_owned(),
        href: href(item),
    }
}

/// Where a listed record opens; a sealed one says there why it stays closed.
pub(super) fn href(item: &QueueItem) -> String {
    let part = match item.record.as_str() {
        "case" => "cases",
        "breach" => "breaches",
        _ => "reports",
    };
    format!("/{part}/{}", item.id)
}
