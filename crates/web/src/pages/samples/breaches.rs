//! Samples of the breach board and the first facts.

use super::{HOSTILE, NOW_US, Rendered, chrome, due, errors, render, strings, token};
use crate::pages::breaches::{AwareForm, Breach, Breaches, ClockRow, DecideForm, DecidedRow, MovedRow, OldBreaches, OldClock};
use crate::pages::due::when_with_zone;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::summary::{StateTag, TagColour};

fn when(hours: i64) -> String {
    when_with_zone(NOW_US + hours * 3_600_000_000)
}

pub(super) fn breaches() -> Vec<Rendered> {
    vec![
        render("breaches", &board()),
        render("breaches-empty", &Breaches { chrome: chrome(), rows: vec![], next: None }),
        render("breaches-old", &old_papers()),
        render("breach", &breach(FormErrors::default())),
        render(
            "breach-aware-error",
            &breach(errors(&[
                ("which", "That time happened twice that night, as the clocks went back: choose which one it was"),
                ("aware_reason", "Say why it is corrected"),
            ])),
        ),
        render("breach-decide-error", &breach(errors(&[("decision", "Choose whether it is a breach"), ("decision_reason", "Say why")]))),
    ]
}

fn board() -> Breaches {
    let row = |reference: &str, what: &str, school: &str, state: &str, colour, hours: Option<i64>| ClockRow {
        href: format!("/breaches/{reference}"),
        reference: reference.to_owned(),
        what: what.to_owned(),
        school: school.to_owned(),
        state: StateTag::new(state, colour),
        due: hours.map(|hours| crate::pages::due::Due { date: when(hours), ..due(hours) }),
    };
    let provisional = "Provisional: nobody has decided yet";
    Breaches {
        chrome: chrome(),
        rows: vec![
            row("7C1E-09AB", "Loss of data", "Breakwater Academy", provisional, TagColour::Blue, Some(-1)),
            row("51D0-77F2", "Loss of data, Papers lost", "Gull Lane Primary School", "Confirmed as a breach", TagColour::Yellow, Some(4)),
            row("A0B3-4E15", "Theft of equipment", "St Elmo’s Church of England Primary School", provisional, TagColour::Blue, Some(63)),
            row("22F9-D8C4", "Unauthorised access", "Gull Lane Primary School", "Ended: no breach", TagColour::Grey, None),
        ],
        next: Some("/breaches?cursor=c1".to_owned()),
    }
}

fn old_papers() -> OldBreaches {
    let row = |reference: &str, what: &str, hours: i64| OldClock {
        href: format!("/breaches/{reference}"),
        reference: reference.to_owned(),
        what: what.to_owned(),
        school: "Gull Lane Primary School".to_owned(),
        aware: when(hours),
        due: when(hours + 72),
    };
    OldBreaches {
        chrome: chrome(),
        rows: vec![row("P-17", "Loss of data", -8000), row("P-31", "Theft of equipment, Malware", -5000)],
        next: None,
    }
}

fn breach(errors: FormErrors) -> Breach {
    let at = |parts: [&str; 5]| parts.map(str::to_owned);
    Breach {
        chrome: chrome(),
        errors,
        id: "b1".to_owned(),
        reference: "51D0-77F2".to_owned(),
        what: "Loss of data".to_owned(),
        school: "Gull Lane Primary School".to_owned(),
        state: StateTag::new("Confirmed as a breach", TagColour::Yellow),
        due: Some(crate::pages::due::Due { date: when(4), ..due(4) }),
        instants: [
            ("It happened", "Not known".to_owned()),
            ("Somebody at the school found out", when(-70)),
            ("It was reported", when(-20)),
            ("The school knew: the clock starts", when(-68)),
            ("The notice is due: 72 hours later", format!("{} (UTC+0)", when(4))),
        ]
        .map(|(what, when)| (what.to_owned(), when))
        .to_vec(),
        data: strings(&["Pupils’ personal data", "Sensitive or confidential data"]),
        people: "31".to_owned(),
        moved: vec![MovedRow { from: when(-20), to: when(-68), reason: HOSTILE.to_owned(), by: format!("Dora Pike, {}", when(-2)) }],
        decided: Some(DecidedRow {
            decision: "It is a personal-data breach: the clock runs on".to_owned(),
            reason: "Names, addresses and needs of 31 pupils.".to_owned(),
            by: format!("Dora Pike, {}", when(-1)),
        }),
        aware: Some(AwareForm {
            token: token(),
            at: at(["25", "10", "2026", "1", "30"]),
            readings: vec![
                Choice::new("0", "The first: Sun 25 Oct 2026, 01:30 (BST)"),
                Choice::new("1", "The second: Sun 25 Oct 2026, 01:30 (GMT)"),
            ],
            ..AwareForm::default()
        }),
        decide: Some(DecideForm {
            token: token(),
            decisions: vec![Choice::new("ended", "It is not a personal-data breach: the clock ends")],
            ..DecideForm::default()
        }),
        open: Some(("Open the report".to_owned(), "/reports/r1".to_owned())),
        imported: false,
    }
}
