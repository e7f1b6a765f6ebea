//! `GET /queue`: what this person owes; `/before-you-go`: what falls due before they come back.

use axum::http::StatusCode;
use wardbook_app::beside::Beside;
use wardbook_app::queue::QueueItem;
use wardbook_app::shown::AddressShown;
use wardbook_domain::Instant;
use wardbook_domain::directory::Directory;

use super::answer::{Answer, page};
use super::everywhere::{Cursors, Place, cursor};
use super::visitor::{Asked, Here, Visitor as _};
use super::{access, command, words};
use crate::Web;
use crate::pages::Chrome;
use crate::pages::queue::{BeforeYouGo, BesideRow, LeftRow, Queue, QueueRow};

/// Rows on a page.
pub(super) const ROWS: u32 = 50;

/// `GET /queue`: of every trust in which they work.
pub(crate) async fn show(here: Here, Asked(query): Asked) -> Answer {
    let refuse = |error| here.refuse(error);
    let (mut owed, mut overdue, mut beside, mut found, mut cursors) = (0, 0, vec![], vec![], Cursors::of("/queue"));
    let places = here.everywhere();
    for place @ Place { web, caller, number, .. } in &places {
        let (of_these, late) = web.owed(caller).await.map_err(refuse)?;
        (owed, overdue) = (owed + of_these, overdue + late);
        let waiting = web.waiting_beside(caller).await.map_err(refuse)?;
        owed += waiting.len();
        let Some(cursor) = cursor(&query, *number) else { continue };
        if cursor.is_none() {
            let here_now = caller.person == here.caller.person;
            beside.extend(waiting.iter().map(|one| beside_row(place, here_now, one)));
        }
        let list = web.queue(caller, cursor, Some(ROWS)).await.map_err(refuse)?;
        found.extend(cursors.take(*number, list).into_iter().map(|item| (*number, item)));
    }
    if places.len() > 1 {
        found.sort_by_key(|(_, item)| order(item));
    }
    let mut rows = vec![];
    for (number, item) in found {
        let place = &places[number];
        let directory = place.web.directory().await.map_err(refuse)?;
        let row = row(place.web, &directory, &item);
        rows.push(QueueRow { school: place.school(row.school), ..row });
    }
    let chrome = Chrome { banner: command::done(&query), ..here.chrome() };
    Ok(page(StatusCode::OK, &Queue { chrome, owed, overdue, beside, rows, next: cursors.next() }))
}

/// A row of what is no record. Its page is of the trust in which they work now: for another, they change to it first.
fn beside_row(place: &Place<'_>, here_now: bool, beside: &Beside) -> BesideRow {
    let clause = if beside.clause.is_empty() { String::new() } else { format!(" ({})", beside.clause) };
    BesideRow {
        owed: beside.next_action.clone(),
        why: format!("{}{clause}", beside.why),
        now: beside.urgent,
        due: words::due(place.web, beside.due_at),
        trust: place.school(String::new()),
        href: if here_now { beside.page.clone() } else { "/account/trusts".to_owned() },
    }
}

/// `GET /before-you-go`: of every trust in which they work.
pub(crate) async fn before_you_go(here: Here) -> Answer {
    let refuse = |error| here.refuse(error);
    let (mut until, mut beside, mut found, mut more) = (None, vec![], vec![], false);
    let places = here.everywhere();
    for place in &places {
        let list = place.web.before_you_go(place.caller).await.map_err(refuse)?;
        let directory = place.web.directory().await.map_err(refuse)?;
        let here_now = place.caller.person == here.caller.person;
        beside.extend(list.beside.iter().map(|one| beside_row(place, here_now, one)));
        found.extend(list.items.into_iter().map(|item| (left_row(place, here_now, &directory, &item), item)));
        (until, more) = (until.max(Some(list.until)), more || list.more);
    }
    if places.len() > 1 {
        found.sort_by_key(|(_, item)| order(item));
    }
    let rows = found.into_iter().map(|(row, _)| row).collect();
    let until = until.map(words::when).unwrap_or_default();
    Ok(page(StatusCode::OK, &BeforeYouGo { chrome: here.chrome(), until, beside, rows, more }))
}

/// As each trust sorts its own.
fn order(item: &QueueItem) -> (bool, Instant, Instant) {
    (!item.urgent, item.due_at.unwrap_or(Instant::from_micros(i64::MAX)), item.since)
}

/// Something that would be left lying. What is arranged about it belongs to the trust in which they work now: for another, they change to
/// it first.
fn left_row(place: &Place<'_>, here_now: bool, directory: &Directory, item: &QueueItem) -> LeftRow {
    let row = row(place.web, directory, item);
    LeftRow {
        hand_over: (item.hands_over && item.record != "breach").then(|| format!("{}/act/hand-over", href(item))),
        cover: if here_now { cover(place, item) } else { "/account/trusts".to_owned() },
        row: QueueRow { school: place.school(row.school), ..row },
    }
}

/// Where the duty is covered by which an item is theirs.
fn cover(place: &Place<'_>, item: &QueueItem) -> String {
    let held = item
        .owner
        .as_ref()
        .and_then(AddressShown::address)
        .and_then(|owner| place.caller.duties.iter().find(|held| owner.is_covered_by(held)));
    held.map_or_else(|| "/access".to_owned(), |held| format!("/access?cover={}", access::of_duty(place.caller.person, held)))
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
        ("report", "question") => (item.next_action.as_str(), "Answer"),
        ("case", _) => (item.next_action.as_str(), "Open"),
        _ => ("Read a report", "Open"),
    };
    let sealed = item.sealed.clone();
    QueueRow {
        owed: match &sealed {
            Some(_) => "Sealed record".to_owned(),
            None if item.urgent || item.record == "case" => format!("{owed} ({})", item.what.join(", ")),
            None => format!("{owed}: {}", item.what.join(", ")),
        },
        now: item.urgent,
        why: sealed.unwrap_or_else(|| why(web, item)),
        due: words::due(web, item.due_at),
        school: words::school_name(directory, &item.school),
        reference: item.reference.clone(),
        action: action.to_owned(),
        href: href(item),
    }
}

/// Why it stands here, with the clause of the next step, what else is open, in whose hands it is and until when it is put off.
fn why(web: &Web, item: &QueueItem) -> String {
    let mut lines = vec![words::why(&web.profile(), item)];
    if !item.clause.is_empty() {
        lines.push(format!("Next step by {}.", item.clause));
    }
    match item.others_open {
        0 => {}
        1 => lines.push("One more thing is open.".to_owned()),
        more => lines.push(format!("{more} more things are open.")),
    }
    lines.extend(item.in_hand.as_ref().map(|name| format!("{name} has it in hand.")));
    // Where it is not what is due first anyhow.
    let clock = item.clock_due_at.filter(|clock| item.due_at != Some(*clock));
    let runs = |clock: Instant| if clock < web.clock().now() { "ran" } else { "runs" };
    lines.extend(clock.map(|clock| format!("Its breach clock {} out {}.", runs(clock), words::when(clock))));
    lines.extend(item.put_off_until.map(|until| format!("Put off until {}.", words::when(until))));
    lines.retain(|line| !line.is_empty());
    lines.join(" ")
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
