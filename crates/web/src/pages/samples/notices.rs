//! Samples of messages that did not arrive, and of one's own calendar feed.

use super::super::account::{CalendarFeed, NewCalendar};
use super::super::notices::{NoticeRow, Notices};
use super::{HOSTILE, Rendered, chrome, render};

const WHEN: &str = "Fri 30 Oct 2026, 16:12";

pub(super) fn notices() -> Vec<Rendered> {
    let row = |person: &str, tries, given_up| NoticeRow {
        id: "0f".repeat(16),
        person: person.to_owned(),
        due: WHEN.to_owned(),
        tries,
        fault: "The mail server does not answer".to_owned(),
        given_up,
    };
    let rows = vec![row(HOSTILE, 8, true), row("Uma Jones", 1, false), row("Nadia Nash", 0, true)];
    let feed = (WHEN.to_owned(), WHEN.to_owned());
    vec![
        render("notices", &Notices { chrome: chrome(), rows }),
        render("notices-none", &Notices { chrome: chrome(), rows: vec![] }),
        render("account-calendar", &CalendarFeed { chrome: chrome(), feed: Some(feed) }),
        render("account-calendar-new", &NewCalendar { chrome: chrome() }),
        render("account-calendar-none", &CalendarFeed { chrome: chrome(), feed: None }),
    ]
}
