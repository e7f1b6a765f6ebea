use super::*;
use crate::laid::{holds, words};
use crate::render::set;
use crate::world::Desk;

fn copy() -> RecordCopy {
    RecordCopy {
        trust: "The Gull Lane Learning Partnership".to_owned(),
        title: "Safeguarding concern".to_owned(),
        reference: "3f2a-91c0".to_owned(),
        marking: "Confidential".to_owned(),
        number: 3,
        by: "Uma Jones".to_owned(),
        at: "30 October 2026, 16:12".to_owned(),
        day: (2026, 10, 30),
        purpose: "Work on this record".to_owned(),
        sections: vec![CopySection {
            heading: "What is known".to_owned(),
            rows: vec![("What the matter is".to_owned(), vec!["First line\nsecond line".to_owned(), "#panic() $x$".to_owned()])],
        }],
        timeline: vec![CopyEntry {
            what: "Note".to_owned(),
            when: "30 October 2026, 15:00, by Uma Jones".to_owned(),
            text: "A long story. ".repeat(1_200),
        }],
    }
}

fn pages(copy: &RecordCopy) -> Vec<String> {
    words(&set(&Desk::new(Template::Record, data(copy).unwrap()), Template::Record).unwrap())
}

#[test]
fn p0_mark_1_every_sheet_says_whose_copy_it_is_what_for_and_how_it_is_marked() {
    let pages = pages(&copy());
    assert!(pages.len() > 2, "the story runs over several pages: {}", pages.len());
    for (number, page) in pages.iter().enumerate() {
        assert!(page.starts_with("CONFIDENTIAL 3f2a-91c0, copy 3"), "{page}");
        let foot = format!(
            "Copy 3, made by Uma Jones, 30 October 2026, 16:12. Purpose: Work on this record. Confidential. Page {} of {}",
            number + 1,
            pages.len()
        );
        assert!(page.ends_with(&foot), "{page}");
    }
}

#[test]
fn what_was_written_stands_on_it_as_it_was_written() {
    let all = pages(&copy()).join(" ");
    for text in [
        "What is known",
        "What the matter is",
        "First line second line #panic() $x$",
        "What happened so far",
        "by Uma Jones",
        "End of copy 3",
    ] {
        assert!(all.contains(text), "{text}: {all}");
    }
}

#[test]
fn a_summary_has_no_timeline_and_an_empty_record_is_a_copy_too() {
    let summary = RecordCopy { timeline: vec![], sections: vec![], ..copy() };
    let all = pages(&summary).join(" ");
    assert!(!all.contains("What happened so far") && all.contains("End of copy 3"), "{all}");
}

#[test]
fn the_same_copy_is_the_same_file_and_says_which_standards_it_keeps() {
    let bytes = record_copy(&copy()).unwrap();
    assert_eq!(bytes, record_copy(&copy()).unwrap());
    assert!(holds(&bytes, "pdfuaid:part") && holds(&bytes, "pdfaid:part"));
}

#[test]
fn what_does_not_fit_is_an_error_and_never_left_out() {
    let long = RecordCopy { by: "x".repeat(HEADING_CHARS_MAX + 1), ..copy() };
    assert!(matches!(record_copy(&long), Err(PdfError::Length { what: "who made it", .. })));
}
