//! A date and a time as typed for a school in England, and what is wrong with them. An hour that happened twice is asked about, one
//! that never happened is asked again; neither is guessed (TIM-2).

use serde::{Deserialize, Serialize};
use wardbook_domain::Instant;
use wardbook_domain::clock::{Date, LocalTime, from_london};

use super::fields::Fields;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::moment::{DateTimeParts, Moment};

/// A moment as typed; nothing of it is lost to a mistake in it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
    pub(crate) hour: String,
    pub(crate) minute: String,
    /// Which of two readings, `0` or `1`, where the clocks went back.
    pub(crate) which: String,
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(redacted)")
    }
}

/// What must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Date and time.
    Time,
    /// A date; the time where it is known.
    Day,
    /// Both or neither.
    Both,
}

/// What was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing, and nothing was needed.
    Nothing,
    /// A day whose hour is not known.
    Day(Date),
    /// An instant.
    At(Instant),
}

impl Said {
    pub(crate) fn instant(self) -> Option<Instant> {
        if let Self::At(at) = self { Some(at) } else { None }
    }

    pub(crate) fn day(self) -> Option<Date> {
        if let Self::Day(day) = self { Some(day) } else { None }
    }
}

/// The parts as numbers, as far as they are.
enum Read {
    Nothing,
    Day(Date),
    Time(LocalTime),
}

impl Typed {
    /// The fields of a form whose names begin with `prefix`; `before` is what was typed last time.
    pub(crate) fn read(fields: &Fields, prefix: &str, before: &Self) -> Self {
        let one = |part: &str| fields.one(&format!("{prefix}{part}"));
        let typed =
            Self { day: one("day"), month: one("month"), year: one("year"), hour: one("hour"), minute: one("minute"), which: one("which") };
        // The reading belongs to the time for which it was asked.
        let same = Self { which: before.which.clone(), ..typed.clone() } == *before;
        Self { which: if same { typed.which.clone() } else { String::new() }, ..typed }
    }

    /// A day without a time.
    pub(crate) fn of(day: Date) -> Self {
        Self { day: day.day().to_string(), month: day.month().to_string(), year: day.year().to_string(), ..Self::default() }
    }

    /// What was given; none where it is wrong or not settled.
    pub(crate) fn said(&self, needs: Needs) -> Option<Said> {
        match self.parse(needs, "").ok()? {
            Read::Nothing => Some(Said::Nothing),
            Read::Day(day) => Some(Said::Day(day)),
            Read::Time(LocalTime::One(at)) => Some(Said::At(at)),
            Read::Time(LocalTime::Twice(first, second)) => match self.which.as_str() {
                "0" => Some(Said::At(first)),
                "1" => Some(Said::At(second)),
                _ => None,
            },
            Read::Time(LocalTime::Never | LocalTime::Invalid) => None,
        }
    }

    /// Adds what is wrong, at the fields with this prefix.
    pub(crate) fn check(&self, prefix: &str, needs: Needs, errors: &mut FormErrors) {
        let mut add = |part: &str, text: &str| errors.add(format!("{prefix}{part}"), text);
        match self.parse(needs, prefix) {
            Err(wrong) => errors.list.extend(wrong.list),
            Ok(Read::Time(LocalTime::Twice(..))) if !matches!(self.which.as_str(), "0" | "1") => {
                add("which", "That time happened twice that night, as the clocks went back: choose which one it was");
            }
            Ok(Read::Time(LocalTime::Never)) => {
                add("time", "There was no such time that night, as the clocks went forward: give another one");
            }
            Ok(Read::Time(LocalTime::Invalid)) => add("date", "There is no such day: check the day and the month"),
            Ok(_) => {}
        }
    }

    /// As the page shows it.
    pub(crate) fn moment(&self, prefix: &str) -> Moment {
        let Self { day, month, year, hour, minute, which } = self.clone();
        let at = DateTimeParts { day, month, year, hour, minute };
        Moment { prefix: prefix.to_owned(), at, readings: self.readings(), which }
    }

    /// The two readings of an hour that happened twice; none for any other.
    fn readings(&self) -> Vec<Choice> {
        match self.parse(Needs::Both, "") {
            Ok(Read::Time(LocalTime::Twice(first, second))) => {
                vec![
                    Choice::owned("0", format!("The first: {}", first.in_london())),
                    Choice::owned("1", format!("The second: {}", second.in_london())),
                ]
            }
            _ => vec![],
        }
    }

    fn parse(&self, needs: Needs, prefix: &str) -> Result<Read, FormErrors> {
        let empty = |parts: &[&String]| parts.iter().all(|part| part.trim().is_empty());
        let (no_date, no_time) = (empty(&[&self.day, &self.month, &self.year]), empty(&[&self.hour, &self.minute]));
        if needs == Needs::Both && no_date && no_time {
            return Ok(Read::Nothing);
        }
        let mut errors = FormErrors::default();
        let date = self.date(no_date, prefix, &mut errors);
        let time = (number(&self.hour, 2, 0..=23), number(&self.minute, 2, 0..=59));
        let without = needs == Needs::Day && no_time;
        if !without && (time.0.is_none() || time.1.is_none()) {
            errors.add(format!("{prefix}time"), "Give the time as hours and minutes, for example 14 05");
        }
        let Some((year, month, day)) = date.filter(|_| !errors.any()) else { return Err(errors) };
        if without {
            return Ok(Date::new(year, month, day).map_or(Read::Time(LocalTime::Invalid), Read::Day));
        }
        let small = |number: Option<i16>| number.and_then(|number| i8::try_from(number).ok()).unwrap_or_default();
        Ok(Read::Time(from_london(year, month, day, small(time.0), small(time.1))))
    }

    fn date(&self, no_date: bool, prefix: &str, errors: &mut FormErrors) -> Option<(i16, i8, i8)> {
        if no_date {
            errors.add(format!("{prefix}date"), "Give the date");
            return None;
        }
        let (day, month, year) = (number(&self.day, 2, 1..=31), number(&self.month, 2, 1..=12), number(&self.year, 4, 1900..=9999));
        for (part, value, text) in [
            ("day", day, "Give the day as a number from 1 to 31"),
            ("month", month, "Give the month as a number from 1 to 12"),
            ("year", year, "Give the year with four digits"),
        ] {
            if value.is_none() {
                errors.add(format!("{prefix}{part}"), text);
            }
        }
        Some((year?, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?))
    }
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<i16>) -> Option<i16> {
    let text = text.trim();
    let plain = !text.is_empty() && text.len() <= digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse::<i16>().ok()).flatten().filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, which: &str) -> Typed {
        let mut parts = text.split(' ').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Typed { day: next(), month: next(), year: next(), hour: next(), minute: next(), which: which.to_owned() }
    }

    fn wrong(text: &str, which: &str, needs: Needs) -> Vec<String> {
        let mut errors = FormErrors::default();
        typed(text, which).check("", needs, &mut errors);
        errors.list.into_iter().map(|error| error.field).collect()
    }

    fn at(text: &str, which: &str) -> Option<Instant> {
        typed(text, which).said(Needs::Time).and_then(Said::instant)
    }

    #[test]
    fn tim_2_the_hour_that_happened_twice_is_asked_about_and_the_missing_one_asked_again() {
        assert_eq!(wrong("25 10 2026 1 30", "", Needs::Time), ["which"]);
        assert_eq!(wrong("25 10 2026 1 30", "2", Needs::Day), ["which"]);
        assert_eq!(wrong("25 10 2026 1 30", "1", Needs::Time), Vec::<String>::new());
        let readings = typed("25 10 2026 1 30", "").readings();
        assert_eq!(readings[0].text, "The first: Sun 25 Oct 2026, 01:30 (BST)");
        assert_eq!(readings[1].text, "The second: Sun 25 Oct 2026, 01:30 (GMT)");
        assert_eq!(at("25 10 2026 1 30", "0"), Instant::parse("2026-10-25T01:30+01:00"));
        assert_eq!(at("25 10 2026 1 30", "1"), Instant::parse("2026-10-25T01:30+00:00"));
        assert_eq!(wrong("29 3 2026 1 30", "", Needs::Time), ["time"]);
        assert_eq!(at("29 3 2026 1 30", "0"), None);
    }

    #[test]
    fn every_wrong_part_is_marked() {
        assert_eq!(wrong("", "", Needs::Time), ["date", "time"]);
        assert_eq!(wrong("32 13 26 25 60", "", Needs::Time), ["day", "month", "year", "time"]);
        assert_eq!(wrong("30 2 2026 9 00", "", Needs::Time), ["date"]);
        assert_eq!(wrong("30 2 2026", "", Needs::Day), ["date"]);
        assert_eq!(wrong("+1 1 2026 9 00", "", Needs::Time), ["day"]);
        assert_eq!(wrong("1 1 2026 9 00", "", Needs::Time), Vec::<String>::new());
        let mut errors = FormErrors::default();
        typed("x 1 2026 9", "").check("found_", Needs::Time, &mut errors);
        assert_eq!(errors.list.iter().map(crate::pages::forms::FieldError::href).collect::<Vec<_>>(), ["#found_day", "#found_hour"]);
    }

    #[test]
    fn a_day_stands_alone_where_the_hour_is_not_known_and_half_a_time_does_not() {
        assert_eq!(typed("29 10 2026", "").said(Needs::Day), Some(Said::Day("2026-10-29".parse().unwrap())));
        assert_eq!(wrong("29 10 2026 9", "", Needs::Day), ["time"]);
        assert_eq!(wrong("29 10 2026", "", Needs::Both), ["time"]);
        assert_eq!(wrong("   9 05", "", Needs::Both), ["date"]);
        assert_eq!(typed("", "").said(Needs::Both), Some(Said::Nothing));
        assert_eq!(typed("", "").said(Needs::Day), None);
        assert_eq!(Typed::of("2026-10-29".parse().unwrap()), typed("29 10 2026", ""));
    }

    #[test]
    fn a_reading_belongs_to_the_time_for_which_it_was_asked() {
        let fields = |body: &str| Fields::read(body.as_bytes()).unwrap();
        let sent = fields("day=25&month=10&year=2026&hour=1&minute=30&which=1");
        let first = Typed::read(&sent, "", &Typed::default());
        assert_eq!(first.which, "", "nobody was asked yet");
        assert_eq!(Typed::read(&sent, "", &first).which, "1");
    }
}
