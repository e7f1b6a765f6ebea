//! A date and a time as typed for a school in England, and what is wrong with them. An hour that happened twice is asked about, one
//! that never happened is asked again; neither is guessed (TIM-2).

use wardbook_domain::Instant;
use wardbook_domain::clock::{LocalTime, from_london};

use super::draft::At;
use crate::pages::forms::{Choice, FormErrors};

/// The instant, where it is settled.
pub(crate) fn settled(at: &At, which: &str) -> Option<Instant> {
    match read(at).ok()? {
        LocalTime::One(instant) => Some(instant),
        LocalTime::Twice(first, second) => match which {
            "0" => Some(first),
            "1" => Some(second),
            _ => None,
        },
        LocalTime::Never | LocalTime::Invalid => None,
    }
}

/// The two readings of an hour that happened twice; none for any other.
pub(crate) fn readings(at: &At) -> Vec<Choice> {
    match read(at) {
        Ok(LocalTime::Twice(first, second)) => {
            vec![
                Choice::owned("0", format!("The first: {}", first.in_london())),
                Choice::owned("1", format!("The second: {}", second.in_london())),
            ]
        }
        _ => vec![],
    }
}

/// Adds what is wrong.
pub(crate) fn check(at: &At, which: &str, errors: &mut FormErrors) {
    match read(at) {
        Err(wrong) => errors.list.extend(wrong.list),
        Ok(LocalTime::One(_)) => {}
        Ok(LocalTime::Twice(..)) if matches!(which, "0" | "1") => {}
        Ok(LocalTime::Twice(..)) => {
            errors.add("which", "That time happened twice that night, as the clocks went back: choose which one it was");
        }
        Ok(LocalTime::Never) => errors.add("time", "There was no such time that night, as the clocks went forward: give another one"),
        Ok(LocalTime::Invalid) => errors.add("date", "There is no such day: check the day and the month"),
    }
}

fn read(at: &At) -> Result<LocalTime, FormErrors> {
    let number = |text: &str, digits: usize, range: std::ops::RangeInclusive<i16>| {
        let text = text.trim();
        let plain = !text.is_empty() && text.len() <= digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i16>().ok()).flatten().filter(|number| range.contains(number))
    };
    let day = number(&at.day, 2, 1..=31);
    let month = number(&at.month, 2, 1..=12);
    let year = number(&at.year, 4, 1900..=9999);
    let hour = number(&at.hour, 2, 0..=23);
    let minute = number(&at.minute, 2, 0..=59);
    let mut errors = FormErrors::default();
    if [&at.day, &at.month, &at.year].iter().all(|part| part.trim().is_empty()) {
        errors.add("date", "Give the date on which it happened");
    } else {
        for (part, value, text) in [
            ("day", day, "Give the day as a number from 1 to 31"),
            ("month", month, "Give the month as a number from 1 to 12"),
            ("year", year, "Give the year with four digits"),
        ] {
            if value.is_none() {
                errors.add(part, text);
            }
        }
    }
    if hour.is_none() || minute.is_none() {
        errors.add("time", "Give the time as hours and minutes, for example 14 05");
    }
    let small = |number: Option<i16>| number.and_then(|number| i8::try_from(number).ok());
    match (year, small(month), small(day), small(hour), small(minute)) {
        (Some(year), Some(month), Some(day), Some(hour), Some(minute)) => Ok(from_london(year, month, day, hour, minute)),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> At {
        let mut parts = text.split(' ').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        At { day: next(), month: next(), year: next(), hour: next(), minute: next() }
    }

    fn wrong(text: &str, which: &str) -> Vec<String> {
        let mut errors = FormErrors::default();
        check(&at(text), which, &mut errors);
        errors.list.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn tim_2_the_hour_that_happened_twice_is_asked_about_and_the_missing_one_asked_again() {
        assert_eq!(wrong("25 10 2026 1 30", ""), ["which"]);
        assert_eq!(wrong("25 10 2026 1 30", "2"), ["which"]);
        assert_eq!(wrong("25 10 2026 1 30", "1"), Vec::<String>::new());
        let readings = readings(&at("25 10 2026 1 30"));
        assert_eq!(readings[0].text, "The first: Sun 25 Oct 2026, 01:30 (BST)");
        assert_eq!(readings[1].text, "The second: Sun 25 Oct 2026, 01:30 (GMT)");
        assert_eq!(settled(&at("25 10 2026 1 30"), "0"), Instant::parse("2026-10-25T01:30+01:00"));
        assert_eq!(settled(&at("25 10 2026 1 30"), "1"), Instant::parse("2026-10-25T01:30+00:00"));
        assert_eq!(wrong("29 3 2026 1 30", ""), ["time"]);
        assert_eq!(settled(&at("29 3 2026 1 30"), "0"), None);
    }

    #[test]
    fn every_wrong_part_is_marked() {
        assert_eq!(wrong("", ""), ["date", "time"]);
        assert_eq!(wrong("32 13 26 25 60", ""), ["day", "month", "year", "time"]);
        assert_eq!(wrong("30 2 2026 9 00", ""), ["date"]);
        assert_eq!(wrong("+1 1 2026 9 00", ""), ["day"]);
        assert_eq!(wrong("1 1 2026 9 00", ""), Vec::<String>::new());
    }
}
