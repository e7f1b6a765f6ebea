//! What is on the paper is read from the laid-out pages (their runs of text, in painting order), not from the compressed streams of
//! the file; what the file claims to be is read from its bytes.

use std::sync::LazyLock;

use typst::foundations::{Array, Label, Selector, Value};
use typst::introspection::{Introspector as _, MetadataElem};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

use super::*;
use crate::laid::{holds, words};
use crate::render::set;
use crate::world::Desk;

/// Words of the form by clause. The lists to tick from come from the caller and are asked for apart.
const FORM_WORDS: &[(&str, &[&str])] = &[
    ("P0-FORM-1", &["Your name", "Your role", "Date of the incident", "Time"]),
    ("P0-FORM-2", &["What kind of thing is it?", "Tick one or more", "If other, say what"]),
    ("P0-FORM-3", &["What happened?", "As much detail as possible", "Place"]),
    ("P0-FORM-4", &["Were pupils involved?", "names and year groups", "Were other staff involved?", "If yes, details"]),
    ("P0-FORM-5", &["Have you already reported it to anyone else?", "If yes, to whom", "Immediate action taken"]),
    (
        "P0-FORM-6",
        &[
            "What data is affected?",
            "Tick all that apply",
            "Number of individuals affected",
            "Reported to the Guardian of Data?",
            "Not applicable",
        ],
    ),
    ("P0-FORM-7", &["Your signature", "Signed", "Date"]),
    ("P0-FORM-8", &["Date received", "Received by"]),
    ("P0-FORM-9", &["Initial assessment", "follow the safeguarding procedures", "record and monitor", "report it to the Guardian of Data"]),
    ("P0-FORM-10", &["Action to be taken", "Follow-up actions", "Review date"]),
    ("P0-FORM-11", &["Has this been reported to", "the ICO for a data breach"]),
    ("P0-FORM-12", &["Signature of senior leadership"]),
    ("added question", &["Could a child be hurt or in danger?", "Yes", "Not sure", "No", "tell the Care Lead in person now"]),
    (
        "added picker",
        &[
            "Who is it about?",
            "The Principal",
            "The Care Lead",
            "Another adult",
            "Myself",
            "Nobody in particular",
            "Hand this form only to",
        ],
    ),
    ("999", &["If a child is in immediate danger, call 999 first."]),
    ("no report", &["not a report to the police or to children’s social care"]),
    ("IMG-1", &["Never attach, print or copy an image of a child without clothes."]),
    ("P0-MARK-1", &["Confidential when filled in"]),
    ("office", &["Typed in by", "On", "Wardbook reference", "Policy profile gull@1", "ICT Concern / Misuse Form"]),
];

fn list(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

fn form() -> BlankForm {
    BlankForm {
        trust: "The Gull Lane Learning Partnership".to_owned(),
        profile: "gull@1".to_owned(),
        titles: Titles { head: "Principal".to_owned(), dsl: "Care Lead".to_owned(), dpo: "Guardian of Data".to_owned() },
        types: (1..=13).map(|n| format!("A type of incident {n:02}")).collect(),
        data: list(&[
            "Pupil personal data",
            "Staff personal data",
            "Parent or carer data",
            "Financial data",
            "No data involved",
            "Other data",
        ]),
        assessments: list(&["Safeguarding concern", "Data breach", "Disciplinary matter", "Training need identified", "Other assessment"]),
        told: list(&["Governors", "Police", "Local Authority", "ICO", "Parents", "Somebody else"]),
    }
}

/// Every list as long as it may be, with labels of about so many characters.
fn longest(types: usize, others: usize) -> BlankForm {
    let label = |kind: &str, n: usize, chars: usize| {
        let mut text = format!("{kind} {n:02}");
        while text.len() + 6 <= chars {
            text.push_str(" words");
        }
        text
    };
    let labels = |kind: &str, count| (1..=count).map(|n| label(kind, n, others)).collect();
    BlankForm {
        trust: label("Trust", 1, TRUST_CHARS_MAX),
        types: (1..=TYPES_MAX).map(|n| label("type", n, types)).collect(),
        data: labels("data", LIST_MAX),
        assessments: labels("assessment", LIST_MAX),
        told: labels("told", LIST_MAX),
        ..form()
    }
}

static FORM: LazyLock<PagedDocument> = LazyLock::new(|| pages(&form()));

fn pages(form: &BlankForm) -> PagedDocument {
    set(&Desk::new(Template::Form, data(form).unwrap()), Template::Form).unwrap()
}

/// How many ruled lines each open-ended place got.
fn ruled(document: &PagedDocument) -> Vec<(String, i64)> {
    let label = Label::new(PicoStr::intern("ruled")).unwrap();
    let found = document.introspector().query(&Selector::Label(label));
    let pair = |value: &Value| {
        let array = value.clone().cast::<Array>().unwrap();
        (array.at(0, None).unwrap().cast().unwrap(), array.at(1, None).unwrap().cast().unwrap())
    };
    found.iter().map(|element| pair(&element.to_packed::<MetadataElem>().unwrap().value)).collect()
}

#[test]
fn every_field_of_the_form_is_on_it() {
    let form = form();
    let all = words(&FORM).join(" ");
    for (clause, expected) in FORM_WORDS {
        for text in *expected {
            assert!(all.contains(text), "{clause}: {text}: {all}");
        }
    }
    let others = all.matches("If other, say what").count();
    assert_eq!(others, 3, "kinds, assessments and who was told have an other; P0-FORM-6 does not ask which data");
    for label in [&form.types, &form.data, &form.assessments, &form.told].into_iter().flatten() {
        assert!(all.contains(&format!("\u{2610} {label}")), "a box before {label}");
    }
}

#[test]
fn the_reporter_has_two_sides_and_the_receiver_one() {
    let [first, second, third] = words(&FORM).try_into().unwrap();
    for (before, after) in [
        ("call 999 first", "not a report to the police"),
        ("Part A", "Could a child be hurt"),
        ("Could a child be hurt", "Who is it about?"),
        ("Who is it about?", "What kind of thing"),
    ] {
        assert!(first.find(before).unwrap() < first.find(after).unwrap(), "{before} stands before {after}");
    }
    assert!(!first.contains("What happened?") && second.contains("What happened?"), "the picker stands before the story");
    assert!(second.contains("Your signature") && !second.contains("Part B"));
    assert!(third.starts_with("Confidential when filled in Wardbook reference Part B"), "{third}");
    for (number, page) in [&first, &second, &third].into_iter().enumerate() {
        assert!(page.contains("Confidential when filled in"), "{page}");
        assert!(page.ends_with(&format!("Policy profile gull@1 Page {} of 3", number + 1)), "{page}");
    }
    let lines = ruled(&FORM);
    let least = [("what happened", 9), ("action", 4), ("follow-up", 4)];
    assert_eq!(lines.len(), least.len());
    for ((name, count), (expected, least)) in lines.iter().zip(least) {
        assert!(name == expected && *count >= least, "{name}: {count} lines");
    }
}

#[test]
fn whom_the_report_is_about_never_gets_the_form() {
    let first = words(&FORM).remove(0);
    for row in [
        "\u{2610} The Principal the Care Lead, or the chair of governors if the two are one person",
        "\u{2610} The Care Lead the Principal, or the chair of governors if the two are one person",
        "\u{2610} Another adult the Principal",
        "\u{2610} Myself the Principal",
        "\u{2610} Nobody in particular the Care Lead if a child may be affected, otherwise the Principal",
    ] {
        assert!(first.contains(row), "{row}: {first}");
    }
}

#[test]
fn the_longest_lists_fit_three_pages_and_leave_room_to_write() {
    for (types, others, story, other_lines) in [(20, 20, 5, 2), (45, 35, 2, 2), (TYPE_CHARS_MAX, LABEL_CHARS_MAX, 1, 2)] {
        let form = longest(types, others);
        let document = pages(&form);
        let pages = words(&document);
        assert_eq!(pages.len(), 3, "labels of {types}");
        let all = pages.join(" ");
        for label in [&form.types, &form.data, &form.assessments, &form.told].into_iter().flatten() {
            assert!(all.contains(label), "{label}: {all}");
        }
        for (name, lines) in ruled(&document) {
            let least = if name == "what happened" { story } else { other_lines };
            assert!(lines >= least, "labels of {types}: {lines} lines for {name}");
        }
    }
}

#[test]
fn the_bytes_are_the_same_every_time_and_in_every_thread() {
    let expected = blank_form(&form()).unwrap();
    assert_eq!(blank_form(&form()).unwrap(), expected);
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| blank_form(&form()).unwrap())).collect();
    for thread in threads {
        assert!(thread.join().unwrap() == expected, "another thread made other bytes");
    }
    let other = BlankForm { profile: "gull@2".to_owned(), ..form() };
    assert_ne!(blank_form(&other).unwrap(), expected);
}

#[test]
fn the_file_says_what_it_is() {
    let bytes = blank_form(&form()).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7\n"));
    for text in [
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "<xmpTPg:NPages>3</xmpTPg:NPages>",
        "<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language>",
        "<xmp:CreatorTool>Wardbook</xmp:CreatorTool>",
        "/MarkInfo<</Marked true",
        "/DisplayDocTitle true",
    ] {
        assert!(holds(&bytes, text), "{text}");
    }
    assert!(bytes.len() < 200_000, "{} bytes: whole fonts in it?", bytes.len());
}

#[test]
fn text_from_outside_stays_text() {
    let hostile = r#"#panic("x") *bold* "quoted" \ $x$ <kinds-end> @ref // c [#sys.inputs] = H"#;
    // Lines break where they must, after a stroke for example.
    let close = |text: &str| text.replace(' ', "");
    let mut form = form();
    form.trust = hostile.to_owned();
    form.titles.dsl = "#panic()".to_owned();
    form.types[0] = r#"*a* "b" \c #{1+1}"#.to_owned();
    form.told[0] = r#"- list / term: #import "/etc/passwd""#.to_owned();
    let all = close(&words(&pages(&form)).join(" "));
    for text in [hostile, "Part B: for the #panic() or senior leadership", &form.types[0], &form.told[0]] {
        assert!(all.contains(&close(text)), "{text}: {all}");
    }
    assert!(!blank_form(&form).unwrap().is_empty(), "and it keeps to its standards");
}

#[test]
fn letters_that_the_fonts_lack_do_not_stop_the_form() {
    let mut form = form();
    form.trust = "Ysgol Dŵr \u{1f3eb} 学校\n\u{e123}".to_owned();
    assert!(words(&pages(&form)).join(" ").contains("Ysgol Dŵr □ □□ □"));
    assert!(blank_form(&form).is_ok());
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |change: fn(&mut BlankForm)| {
        let mut form = form();
        change(&mut form);
        blank_form(&form).unwrap_err().to_string()
    };
    assert_eq!(refused(|form| form.trust = "x".repeat(121)), "trust: 1 to 120 characters that can be printed");
    assert_eq!(refused(|form| form.titles.dpo.clear()), "title of the DPO: 1 to 60 characters that can be printed");
    assert_eq!(refused(|form| form.types = vec!["x".to_owned(); 31]), "types: 31 entries; 1 to 30 fit");
    assert_eq!(refused(|form| form.told.clear()), "told: 0 entries; 1 to 12 fit");
    assert_eq!(refused(|form| form.data[0] = "x".repeat(51)), "data affected: 1 to 50 characters that can be printed");
}
