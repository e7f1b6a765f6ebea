//! Days and times as offices write them.

use jiff::civil::{date, time};
use wardbook_domain::written::{Dates, Order, When};

use crate::rows::cell::Cell;
use crate::rows::dates::{Column, rfc_3339, when, when_at};

const DMY: Dates = Dates { order: Some(Order::Dmy), century: Some(2000) };
const NONE: Dates = Dates { order: None, century: None };

/// What a text says: the day, the instant, or what is wrong.
fn says(dates: Dates, text: &str) -> String {
    shown(when(dates, &Cell::text(text)))
}

fn shown<E: std::fmt::Debug>(when: Result<When, E>) -> String {
    match when {
        Ok(When::Day(day)) => day.to_string(),
        Ok(When::At(at)) => rfc_3339(at),
        Err(problem) => format!("{problem:?}"),
    }
}

#[test]
fn a_day_is_read_in_many_ways_of_writing() {
    for text in [
        "3/4/25",
        "03-04-2025",
        "3.4.25",
        "2025-04-03",
        "2025/04/03",
        "3 April 2025",
        "3rd of April, 2025",
        "Thu 3 Apr 25",
        "3-Apr-2025",
        "April 3, 2025",
        "thursday 03.04.25",
        "2025 April 3",
    ] {
        assert_eq!(says(DMY, text), "2025-04-03", "{text}");
    }
    assert_eq!(says(Dates { order: Some(Order::Mdy), ..DMY }, "3/4/25"), "2025-03-04");
    assert_eq!(says(Dates { order: Some(Order::Ymd), ..DMY }, "25.3.4"), "2025-03-04");
    assert_eq!(says(Dates { century: Some(1900), ..DMY }, "3/4/65"), "1965-04-03");
    assert_eq!(says(NONE, "2025-04-03"), "2025-04-03", "what has one reading needs no order");
    assert_eq!(says(NONE, "3 Sept 2025"), "2025-09-03");
}

#[test]
fn a_day_with_its_time_is_an_instant_in_london() {
    for text in ["3/4/25 14:30", "3 April 2025 at 2.30pm", "Thu 3.4.25, 2:30 PM", "2025-04-03T14:30", "2025-04-03 14:30:00.000"] {
        assert_eq!(says(DMY, text), "2025-04-03T14:30:00+01:00", "{text}");
    }
    assert_eq!(says(DMY, "3/1/25 14:30:15"), "2025-01-03T14:30:15+00:00");
    assert_eq!(says(NONE, "2025-04-03T13:30:00Z"), "2025-04-03T14:30:00+01:00");
    assert_eq!(says(DMY, "3/1/25 12am"), "2025-01-03T00:00:00+00:00");
}

#[test]
fn what_has_two_readings_or_none_is_refused() {
    let order = "\"is a date in numbers: say their `order` in [dates]\"";
    let years = "\"has a year of two digits: say `two-digit-years` in [dates]\"";
    let no_century = Dates { century: None, ..DMY };
    for (dates, text, problem) in [
        (NONE, "3/4/2025", order),
        (no_century, "3/4/25", years),
        (no_century, "3/4/25 14:30", years),
        (no_century, "Fri 03.04.25", years),
        (DMY, "31/2/2025", "\"is a day that does not exist\""),
        (DMY, "12/25/2025", "\"is a day that does not exist\""),
        (DMY, "Fri 3 April 2025", "\"names a weekday that is not the date's\""),
        (DMY, "spring term", "\"is not a date\""),
        (DMY, "3/4", "\"is not a date\""),
        (DMY, "3/4/025", "\"is not a date\""),
        (DMY, "3/4/2025 lunch", "\"is not a date\""),
        (DMY, "+3/4/2025", "\"is not a date\""),
        (DMY, "14:30", "\"is not a date\""),
        (DMY, "3/4/25 25:30", "\"is not a date\""),
        (DMY, "3/4/25 13pm", "\"is not a date\""),
    ] {
        assert_eq!(says(dates, text), problem, "{text}");
    }
    assert_eq!(shown(when(DMY, &Cell::Number("45750".into()))), "\"is a number, not a date; format the cell as a date\"");
}

/// TIM-2: the two nights when the clocks change.
#[test]
fn tim_2_an_hour_that_happened_twice_or_never_is_asked_for_again() {
    let twice = "\"is in the hour that happened twice; write 01:30 BST or 01:30 GMT\"";
    let never = "\"is in the hour that did not happen: the clocks went forward\"";
    let other = "\"names a clock (GMT, BST) that London did not keep on that day\"";
    for (text, told) in [
        ("25/10/2026 01:30", twice),
        ("25/10/2026 01:30 BST", "2026-10-25T01:30:00+01:00"),
        ("25/10/2026 1:30:20 am GMT", "2026-10-25T01:30:20+00:00"),
        ("25/10/2026 02:30", "2026-10-25T02:30:00+00:00"),
        ("29/3/2026 01:30", never),
        ("29/3/2026 01:30 GMT", never),
        ("1/7/2026 12:00 BST", "2026-07-01T12:00:00+01:00"),
        ("1/7/2026 12:00 GMT", other),
        ("1/1/2026 12:00:05 GMT", "2026-01-01T12:00:05+00:00"),
        ("1/1/2026 12:00 BST", other),
    ] {
        assert_eq!(says(DMY, text), told, "{text}");
    }
}

#[test]
fn a_time_may_stand_in_a_cell_of_its_own() {
    let day = Cell::Day(date(2025, 4, 3));
    let at = |time: &Cell| shown(when_at(DMY, &day, time));
    for text in ["14:30", "14.30", "1430", "1430hrs", "2:30pm", "2.30 p.m.", "14:30 BST"] {
        assert_eq!(at(&Cell::text(text)), "2025-04-03T14:30:00+01:00", "{text}");
    }
    assert_eq!(at(&Cell::text("9am")), "2025-04-03T09:00:00+01:00");
    assert_eq!(at(&Cell::Clock(time(14, 30, 0, 0))), "2025-04-03T14:30:00+01:00");
    assert_eq!(at(&Cell::Number("930".into())), "2025-04-03T09:30:00+01:00");
    assert_eq!(at(&Cell::Empty), "2025-04-03");
    for cell in ["lunch", "9", "24:30", "14:3", "14:30:60:00", "-9:30", "0.25.5"].map(Cell::text) {
        assert_eq!(when_at(DMY, &day, &cell), Err((Column::Time, "is not a time of day")));
    }
    assert_eq!(when_at(DMY, &day, &Cell::Number("0.25".into())), Err((Column::Time, "is not a time of day")));
    assert_eq!(when_at(DMY, &day, &day), Err((Column::Time, "has a date where a time of day is wanted")));
    let both = (Cell::text("3/4/25 14:30"), Cell::text("14:30"));
    assert_eq!(when_at(DMY, &both.0, &both.1), Err((Column::Date, "has a time of its own beside the column with the time")));
    assert_eq!(when_at(DMY, &Cell::Empty, &both.1), Err((Column::Date, "is empty, and there is a time beside it")));
}

#[test]
fn no_text_makes_it_fall_over() {
    for text in ["Thu 3rd of April, 2025 at 2:30 p.m. BST", "2025-04-03T14:30:00.000", "03/04/25 1430hrs"] {
        for (at, _) in text.char_indices() {
            for odd in ["", "\u{e9}", "\u{1f600}", "/", ".", ":", "t", " ", "-", "99", "\u{130}", "h", "m"] {
                let odd = format!("{}{odd}{}", &text[..at], &text[at + 1..]);
                let cell = Cell::text(&odd);
                let of_day = when_at(DMY, &Cell::Day(date(2025, 4, 3)), &cell);
                assert!(when(DMY, &cell).is_err() || of_day.is_err(), "a date and a time of day at once: {odd}");
            }
        }
    }
}
