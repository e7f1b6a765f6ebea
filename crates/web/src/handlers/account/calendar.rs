//! `/account/calendar`: a person's own feed of due instants, and `/calendar/{file}`, where a calendar program reads it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use wardbook_app::AppError;
use wardbook_app::calendar::DueDate;
use wardbook_domain::Instant;
use wardbook_domain::notice::DUE;

use super::super::answer::{Answer, page, refusal, see_other};
use super::super::nothing_there;
use super::super::visitor::{Here, Posted, Stranger, Visitor as _};
use crate::Web;
use crate::pages::account::{CalendarFeed, NewCalendar, SecretOnce};

const PAGE: &str = "/account/calendar";
const NEW: &str = "/account/calendar/new";
/// Octets of a line of a calendar (RFC 5545, section 3.1).
const LINE_MAX: usize = 75;

/// `GET /account/calendar`.
pub(crate) async fn show(here: Here) -> Answer {
    let feed = here.web.feed(&here.caller).await.map_err(|error| here.refuse(error))?;
    let feed = feed.map(|feed| (feed.made_at.in_london_short(), feed.expires_at.in_london_short()));
    Ok(page(StatusCode::OK, &CalendarFeed { chrome: here.chrome(), feed }))
}

/// `GET /account/calendar/new`: needs a code of the last minutes.
pub(crate) async fn new(here: Here) -> Answer {
    here.prove(NEW)?;
    Ok(page(StatusCode::OK, &NewCalendar { chrome: here.chrome() }))
}

/// `POST /account/calendar/new`: the address is shown this once.
pub(crate) async fn make(Posted(here, _): Posted<Here>) -> Answer {
    here.prove(NEW)?;
    let feed = here.web.make_feed(&here.standing).await.map_err(|error| here.refuse(error))?;
    let host = here.web.options.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
    let shown = SecretOnce {
        chrome: here.chrome(),
        title: "Your calendar address".to_owned(),
        secret: format!("{host}/calendar/{}.ics", feed.secret),
        paragraphs: vec![
            format!("It works until {}, and is shown this once: copy it now.", feed.expires_at.in_london_short()),
            "In your calendar program, add a calendar from an address (or \u{201c}subscribe\u{201d}) and give it this one.".to_owned(),
        ],
        link: ("Back to dates in your calendar".to_owned(), PAGE.to_owned()),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /account/calendar/end`.
pub(crate) async fn end(Posted(here, _): Posted<Here>) -> Answer {
    here.web.end_feed(&here.caller).await.map_err(|error| here.refuse(error))?;
    Ok(see_other(PAGE))
}

/// `GET /calendar/{token}.ics`. A token that is none is answered as a path that is none.
pub(crate) async fn feed(
    State(web): State<Web>,
    Path(file): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    here: Option<Here>,
    stranger: Stranger,
) -> Response {
    let dates = match file.strip_suffix(".ics") {
        Some(token) => web.due_dates(token).await,
        None => Err(AppError::NotFound),
    };
    match dates {
        Ok(dates) => {
            let text = calendar(&dates, web.options.public_url.as_deref());
            ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
        }
        Err(AppError::NotFound) => nothing_there(uri, headers, here, stranger).await,
        Err(error) => refusal(stranger.chrome(), error, "/").into_response(),
    }
}

/// The calendar as RFC 5545 has it: for each due instant a moment with one fixed sentence.
fn calendar(dates: &[DueDate], public_url: Option<&str>) -> String {
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), "PRODID:-//Wardbook//Due//EN".to_owned()];
    lines.extend(
        ["CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:Wardbook", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"].map(str::to_owned),
    );
    for date in dates {
        let at = basic(date.at);
        lines.push("BEGIN:VEVENT".to_owned());
        lines.push(format!("UID:{}@wardbook", date.id));
        // When it was last asked for is nobody's business, and would make every answer another.
        lines.push(format!("DTSTAMP:{at}"));
        lines.push(format!("DTSTART:{at}"));
        lines.push(format!("SUMMARY:{DUE}"));
        lines.extend(public_url.map(|url| format!("URL:{}/queue", url.trim_end_matches('/'))));
        lines.extend(["CLASS:PRIVATE", "TRANSP:TRANSPARENT", "END:VEVENT"].map(str::to_owned));
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

/// `20261102T161200Z`.
fn basic(at: Instant) -> String {
    let second = Instant::from_micros(at.as_micros().div_euclid(1_000_000) * 1_000_000);
    second.to_string().replace(['-', ':'], "")
}

/// A line in pieces of at most 75 octets, each but the first beginning with a space. All of it is ASCII but for a host's name.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut room = LINE_MAX;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE_MAX - 1;
        }
        room -= letter.len_utf8();
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_says_when_and_one_sentence() {
        let dates = [DueDate { id: "ab".repeat(16), at: Instant::parse("2026-11-02T16:12:00.5Z").unwrap() }];
        assert_eq!(
            calendar(&dates, Some("https://wardbook.example.org/")),
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Wardbook//Due//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Wardbook\r\n\
             REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nBEGIN:VEVENT\r\nUID:abababababababababababababababab@wardbook\r\nDTSTAMP:20261102T161200Z\r\n\
             DTSTART:20261102T161200Z\r\nSUMMARY:Something in your Wardbook queue is due.\r\nURL:https://wardbook.example.org/queue\r\n\
             CLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        assert!(calendar(&[], None).ends_with("PT1H\r\nEND:VCALENDAR\r\n"));
    }

    #[test]
    fn long_lines_are_folded() {
        let url = format!("https://{}.example.org", "w".repeat(90));
        let text = calendar(&[DueDate { id: String::new(), at: Instant::from_micros(0) }], Some(&url));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(text.replace("\r\n ", "").contains(&format!("URL:{url}/queue\r\n")));
    }
}
