//! Samples of what only a demonstration has.

use super::{HOSTILE, Rendered, due, render, strings, strip};
use crate::demo::Flipped;
use crate::pages::Chrome;
use crate::pages::demo::{Administrator, Flip, Group, People, PersonRow, SideBySide, StopAct, StopPage, Tour, Tried, Window, WindowRows};
use crate::pages::queue::QueueRow;

fn person(number: usize, name: &str) -> PersonRow {
    let (post, look) = ("Designated safeguarding lead, Gull Lane Primary School", "What is owed, by when, and why.");
    PersonRow { number, name: name.to_owned(), post: post.to_owned(), look: look.to_owned() }
}

fn chrome() -> Chrome {
    Chrome { demo: Some(strip()), ..super::chrome() }
}

fn stop(act: StopAct, beside: Option<PersonRow>) -> StopPage {
    StopPage {
        chrome: chrome(),
        number: 2,
        of: 5,
        title: "File a report as a teaching assistant",
        sees: "Somebody answers a question a page.",
        button: "Be somebody and file a report",
        act,
        beside,
    }
}

/// Its pages.
pub(super) fn demo() -> Vec<Rendered> {
    let rows = ["Receive a report: Loss of data", HOSTILE].map(|owed| QueueRow {
        owed: owed.to_owned(),
        why: "It comes to you as DSL (P0-ROUTE-1)".to_owned(),
        now: false,
        due: Some(due(5)),
        school: "Gull Lane Primary School".to_owned(),
        reference: "D68A-0540".to_owned(),
        action: String::new(),
        href: String::new(),
    });
    let rows = WindowRows { owed: 60, overdue: 2, rows: rows.to_vec() };
    let group = |heading: &str, names: &[&str]| Group {
        heading: heading.to_owned(),
        people: strings(names).iter().zip(0..).map(|(name, number)| person(number, name)).collect(),
    };
    let flipped =
        Flipped { position: 7, copy: "NOT intact at position 7: it was altered.".to_owned(), book: "Intact: 9 events.".to_owned() };
    let tried = Tried { reference: "D68A-0540".to_owned(), path: format!("/reports/{}", "d6".repeat(16)) };
    vec![
        render(
            "demo-people",
            &People { chrome: chrome(), groups: vec![group("They run a school", &["Uma Jones"]), group("Others", &["Owen Pike"])] },
        ),
        render("demo-window", &Window { strip: strip(), person: person(1, "George Xu"), rows, tag: "\"tag\"".to_owned() }),
        render("demo-side-by-side", &SideBySide { chrome: chrome(), windows: [person(0, "Uma Jones"), person(1, "George Xu")] }),
        render("demo-tour", &Tour { chrome: chrome(), stops: vec!["File a report", "Flip one byte"] }),
        render("demo-stop", &stop(StopAct::Be(0, "/file"), Some(person(1, "George Xu")))),
        render("demo-stop-side", &stop(StopAct::Go("/demo/side-by-side/0/1".to_owned()), None)),
        render("demo-administrator", &Administrator { chrome: chrome(), tried: Some(tried) }),
        render("demo-administrator-early", &Administrator { chrome: chrome(), tried: None }),
        render("demo-flip", &Flip { chrome: chrome(), flipped: None }),
        render("demo-flipped", &Flip { chrome: chrome(), flipped: Some(flipped) }),
    ]
}
