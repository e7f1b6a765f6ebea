//! Samples of searching, of the overview, and of the published figures.

use super::{HOSTILE, Rendered, chrome, errors, render, strings, token};
use crate::pages::board::{Board, PublishForm, TermRow, TermTable};
use crate::pages::charts::Chart;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::overview::{CountRow, Overview, QuietRow, SchoolRow};
use crate::pages::search::{Found, FoundRow, Search, Typed};
use crate::pages::summary::{StateTag, TagColour};

/// Their pages.
pub(super) fn figures() -> Vec<Rendered> {
    let wrong = errors(&[
        ("person", "This form says nothing; please give a name, a reference, a day, a kind or a word"),
        ("to_date", "This day lies before the first day"),
        ("purpose", "Say why you search"),
    ]);
    let publish = |reason: &str| {
        let options = vec![Choice::owned("2026-summer", "Summer term 2026"), Choice::owned("2026-spring/1", "A correction (number 1)")];
        Some(PublishForm { token: token(), options, what: String::new(), reason: reason.to_owned() })
    };
    let nothing = Board { terms: vec![], chart: Chart::default(), corrected: vec![], publish: None, ..board(FormErrors::default(), None) };
    vec![
        render("search", &search(Typed::default(), FormErrors::default(), None)),
        render("search-error", &search(typed(), wrong, None)),
        render("search-found", &search(typed(), FormErrors::default(), Some(found()))),
        render("search-nothing", &search(typed(), FormErrors::default(), Some(Found::default()))),
        render("overview", &overview()),
        render("overview-empty", &Overview { open: 0, late: 0, quiet: vec![], types: vec![], bound: None, ..overview() }),
        render("board", &board(FormErrors::default(), None)),
        render("board-publish", &board(errors(&[("publish_reason", "Say why")]), publish(""))),
        render("board-nothing", &nothing),
    ]
}

fn search(typed: Typed, errors: FormErrors, found: Option<Found>) -> Search {
    let kinds = vec![Choice::owned("loss_of_data", "Loss of data"), Choice::owned("data_breach", "Case: data breach")];
    let purposes = vec![Choice::owned("case_work", "Work on this record"), Choice::owned("subject_access", "A subject access request")];
    Search { chrome: chrome(), errors, typed, kinds, purposes, found }
}

fn typed() -> Typed {
    Typed {
        person: "Szabó zsófia".to_owned(),
        words: HOSTILE.to_owned(),
        kind: "loss_of_data".to_owned(),
        from: ["1", "9", "2026"].map(str::to_owned),
        ..Typed::default()
    }
}

fn found() -> Found {
    let row = FoundRow {
        href: "/cases/c1".to_owned(),
        record: "Case".to_owned(),
        what: "Data breach".to_owned(),
        reference: "D68A-0540".to_owned(),
        source_reference: Some("OP-2025-014".to_owned()),
        school: "Gull Lane Primary School".to_owned(),
        since: "Fri 30 Oct 2026, 16:12".to_owned(),
        state: Some(StateTag::new("Open", TagColour::Yellow)),
    };
    let own = FoundRow {
        href: "/receipts/r1".to_owned(),
        record: "Your report".to_owned(),
        what: HOSTILE.to_owned(),
        reference: "7A3F-09BC".to_owned(),
        source_reference: None,
        state: None,
        ..row.clone()
    };
    Found {
        rows: vec![row, own],
        bound: Some("This page searched the newest 1000 records that you may read. There are older ones.".to_owned()),
        next: Some("/search/0a0a?cursor=00".to_owned()),
    }
}

fn drawn(id: &str, title: &str, values: &[(&str, Option<u32>)]) -> Chart {
    let value =
        |(label, value): &(&str, Option<u32>)| ((*label).to_owned(), value.map_or("c".to_owned(), |value| value.to_string()), *value);
    Chart::new(id, title, "A bar for each. The table beside it has the same numbers.".to_owned(), values.iter().map(value).collect())
}

fn overview() -> Overview {
    let school = |school: &str, rate: &str| SchoolRow {
        school: school.to_owned(),
        open: 7,
        late: 1,
        reported: 31,
        rate: rate.to_owned(),
        first_action: "1".to_owned(),
    };
    let count = |label: &str, reported| CountRow { label: label.to_owned(), reported, open: 2, late: 0 };
    Overview {
        chrome: chrome(),
        open: 12,
        late: 2,
        reported: 52,
        bound: Some("Only your newest 3000 records are counted.".to_owned()),
        schools: vec![school("Gull Lane Primary School", "77.5"), school(HOSTILE, "No rate")],
        school_chart: drawn("schools", "Reports for each 100 adults", &[("Gull Lane Primary School", Some(775)), (HOSTILE, None)]),
        types: vec![count("Filtering or monitoring system failure", 4), count("Loss of data", 0)],
        type_chart: drawn("types", "Reports by type", &[("Filtering or monitoring system failure", Some(4)), ("Loss of data", Some(0))]),
        months: vec![("September 2026".to_owned(), 3), ("October 2026".to_owned(), 9)],
        month_chart: drawn("months", "Reports by month", &[("September 2026", Some(3)), ("October 2026", Some(9))]),
        quiet: vec![QuietRow { name: "Gull Lane Primary School".to_owned(), now: 0, usual: "5.9".to_owned() }],
        quiet_rule: wardbook_domain::silence::IN_WORDS,
    }
}

fn board(errors: FormErrors, publish: Option<PublishForm>) -> Board {
    let row = |label: &str, counts: [&str; 2], total: &str| TermRow {
        label: label.to_owned(),
        counts: strings(&counts),
        total: total.to_owned(),
    };
    let term = |code: &str, heading: &str| TermTable {
        code: code.to_owned(),
        heading: heading.to_owned(),
        published: "Number 1, published by Ines Okoye on Fri 30 Oct 2026, 16:12".to_owned(),
        reason: HOSTILE.to_owned(),
        schools: strings(&["Gull Lane Primary School", "Harbour View Academy"]),
        rows: vec![row("Loss of data", ["c", "c"], "11"), row("Other", ["c", "c"], "17")],
        totals: row("All types", ["12", "16"], "28"),
        conduct: "c".to_owned(),
    };
    Board {
        chrome: chrome(),
        errors,
        hidden: wardbook_domain::cube::HIDDEN_MEANS.to_owned(),
        chart: drawn("terms", "Reports by term", &[("Spring term 2026", Some(28)), ("Summer term 2026", None)]),
        terms: vec![term("2026-summer", "Summer term 2026"), term("2026-spring", "Spring term 2026")],
        corrected: vec!["Spring term 2026: Number 1. Termly".to_owned()],
        publish,
    }
}
