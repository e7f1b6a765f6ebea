//! Days and times as offices and programs write them, read without a guess: what could be read in two ways is refused, and the caller
//! says which is meant.
//!
//! To take another way of writing: its case in `day` or `time`, and a row in the tests.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;

use crate::Instant;
use crate::clock::{LocalTime, from_london};

/// The order of a date in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// 31/12/2026
    Dmy,
    /// 12/31/2026
    Mdy,
    /// 2026/12/31
    Ymd,
}

/// How dates are written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dates {
    /// The order of dates in numbers; without it only those that begin with the year of four digits are read.
    pub order: Option<Order>,
    /// The century of a year of two digits; without it none is read.
    pub century: Option<i16>,
}

/// What a text says of when something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The day.
    Day(Date),
    /// The instant.
    At(Instant),
}

/// The clock that a written time names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Greenwich mean time.
    Gmt,
    /// British summer time.
    Bst,
}

/// A time of day with the clock it names.
pub type Clock = (Time, Option<Zone>);
/// Why a text is no date or no time, without its words.
pub type Problem = &'static str;

/// What is said of a text that is no date.
pub const NOT_A_DATE: Problem = "is not a date";
/// What is said of a text that is no time of day.
pub const NOT_A_TIME: Problem = "is not a time of day";
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Dates {
    /// What a text with a date, or with a date and a time, says.
    pub fn read(self, text: &str) -> Result<When, Problem> {
        if let Some(at) = Instant::parse(text) {
            return Ok(When::At(at));
        }
        let (date, clock) = self.date_and_time(text)?;
        clock.map_or(Ok(When::Day(date)), |clock| in_london(date, clock).map(When::At))
    }

    fn date_and_time(self, text: &str) -> Result<(Date, Option<Clock>), Problem> {
        // The ISO way with a `T`, which may have parts of a second.
        if let (true, Ok(moment)) = (text.contains(':'), text.parse::<DateTime>()) {
            return Ok((moment.date(), Some((moment.time(), None))));
        }
        let text = text.to_lowercase().replace(',', " ");
        let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "at").collect();
        // At most `2:30 pm bst` stands behind the day.
        let starts = words.len().saturating_sub(3)..words.len();
        let clock = starts.filter(|start| *start > 0).find_map(|start| {
            let written = words[start..].join(" ");
            // A bare number behind a day is its year.
            let clock = written.contains([':', '.', 'm', 'h']).then(|| time(&written)).flatten()?;
            Some((start, clock))
        });
        let (days, clock) = clock.map_or((words.as_slice(), None), |(start, clock)| (&words[..start], Some(clock)));
        match (self.day(days), clock) {
            (Ok(day), clock) => Ok((day, clock)),
            (Err(problem), None) => Err(problem),
            // `Fri 03.04.26` ends in what could be a time.
            (Err(problem), Some(_)) => {
                self.day(&words).map(|day| (day, None)).map_err(|of_all| if of_all == NOT_A_DATE { problem } else { of_all })
            }
        }
    }

    /// The day that these words are.
    fn day(self, words: &[&str]) -> Result<Date, Problem> {
        let parts: Vec<&str> = words.iter().flat_map(|word| word.split(['/', '-', '.'])).filter(|part| !part.is_empty()).collect();
        let weekday = parts.first().and_then(|part| WEEKDAYS.iter().find(|(name, _)| is_short_for(part, name)));
        let parts: Vec<&str> = parts.into_iter().skip(usize::from(weekday.is_some())).filter(|part| *part != "of").collect();
        let &[first, second, third] = parts.as_slice() else { return Err(NOT_A_DATE) };
        let (year, month, day) = match (month_named(first), month_named(second)) {
            (None, Some(month)) if first.len() == 4 => (first, month, number(third)?),
            (None, Some(month)) => (third, month, number(without_ordinal(first))?),
            (Some(month), None) => (third, month, number(without_ordinal(second))?),
            (None, None) => {
                let (year, month, day) = self.in_order(first, second, third)?;
                (year, number(month)?, number(day)?)
            }
            (Some(_), Some(_)) => return Err(NOT_A_DATE),
        };
        let date = Date::new(self.year(year)?, month, day).map_err(|_| "is a day that does not exist")?;
        match weekday {
            Some((_, weekday)) if *weekday != date.weekday() => Err("names a weekday that is not the date's"),
            _ => Ok(date),
        }
    }

    /// Year, month and day of a date in numbers.
    fn in_order<'a>(self, first: &'a str, second: &'a str, third: &'a str) -> Result<(&'a str, &'a str, &'a str), Problem> {
        for part in [first, second, third] {
            number::<i16>(part)?;
        }
        match self.order {
            _ if first.len() == 4 => Ok((first, second, third)),
            Some(Order::Dmy) => Ok((third, second, first)),
            Some(Order::Mdy) => Ok((third, first, second)),
            Some(Order::Ymd) => Ok((first, second, third)),
            None => Err("is a date in numbers: say their `order` in [dates]"),
        }
    }

    fn year(self, text: &str) -> Result<i16, Problem> {
        let year: i16 = number(text)?;
        match (text.len(), self.century) {
            (4, _) => Ok(year),
            (2, Some(century)) => Ok(century + year),
            (2, None) => Err("has a year of two digits: say `two-digit-years` in [dates]"),
            _ => Err(NOT_A_DATE),
        }
    }
}

/// `14:30`, `14.30:15`, `1430`, `1430hrs`, `2pm`, `2.30 p.m.`, `01:30 bst`; in lower case.
pub fn time(text: &str) -> Option<Clock> {
    let (text, zone) = match text.trim() {
        text if text.ends_with("bst") => (&text[..text.len() - 3], Some(Zone::Bst)),
        text if text.ends_with("gmt") => (&text[..text.len() - 3], Some(Zone::Gmt)),
        text => (text, None),
    };
    let text = text.trim().replace("a.m.", "am").replace("p.m.", "pm");
    let half = [("am", 0), ("pm", 12)].into_iter().find_map(|(end, add)| text.strip_suffix(end).map(|rest| (rest, add)));
    let bare = half.map_or_else(|| text.strip_suffix("hrs").or(text.strip_suffix('h')).unwrap_or(&text), |(rest, _)| rest).trim();
    let parts: Vec<&str> = bare.split([':', '.']).collect();
    let (hour, minute, second) = match (parts.as_slice(), half) {
        ([hour, minute], _) => (*hour, *minute, "00"),
        ([hour, minute, second], _) => (*hour, *minute, *second),
        ([hour], Some(_)) if hour.len() <= 2 => (*hour, "00", "00"),
        ([joined], None) if joined.is_ascii() && matches!(joined.len(), 3 | 4) => {
            let (hour, minute) = joined.split_at(joined.len() - 2);
            (hour, minute, "00")
        }
        _ => return None,
    };
    if minute.len() != 2 || second.len() != 2 || hour.len() > 2 {
        return None;
    }
    let hour: i8 = number(hour).ok()?;
    let hour = match half {
        Some((_, add)) if (1..=12).contains(&hour) => hour % 12 + add,
        Some(_) => return None,
        None => hour,
    };
    let time = Time::new(hour, number(minute).ok()?, number(second).ok()?, 0).ok()?;
    Some((time, zone))
}

/// The instant of a time on a day in London (TIM-2): an hour that happened twice is asked for again.
pub fn in_london(date: Date, (time, zone): Clock) -> Result<Instant, Problem> {
    let seconds = i64::from(time.second());
    let plus = |at: Instant| at.plus_seconds(seconds);
    match (from_london(date.year(), date.month(), date.day(), time.hour(), time.minute()), zone) {
        (LocalTime::One(at), None) => Ok(plus(at)),
        (LocalTime::One(at), Some(zone)) if at == by(zone, DateTime::from_parts(date, time), seconds) => Ok(plus(at)),
        (LocalTime::One(_), Some(_)) => Err("names a clock (GMT, BST) that London did not keep on that day"),
        (LocalTime::Twice(first, _), Some(Zone::Bst)) => Ok(plus(first)),
        (LocalTime::Twice(_, second), Some(Zone::Gmt)) => Ok(plus(second)),
        (LocalTime::Twice(..), None) => Err("is in the hour that happened twice; write 01:30 BST or 01:30 GMT"),
        (LocalTime::Never, _) => Err("is in the hour that did not happen: the clocks went forward"),
        (LocalTime::Invalid, _) => Err(NOT_A_DATE),
    }
}

/// The whole minute of a local time by the clock that it names.
fn by(zone: Zone, local: DateTime, seconds: i64) -> Instant {
    let offset = if zone == Zone::Bst { Offset::constant(1) } else { Offset::UTC };
    let micros = TimeZone::fixed(offset).to_timestamp(local).map_or(i64::MIN, jiff::Timestamp::as_microsecond);
    Instant::from_micros(micros).plus_seconds(-seconds)
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, Problem> {
    // `parse` alone would take a sign.
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().map_err(|_| NOT_A_DATE) } else { Err(NOT_A_DATE) }
}

fn month_named(part: &str) -> Option<i8> {
    (1..).zip(MONTHS).find(|(_, name)| is_short_for(part, name)).map(|(month, _)| month)
}

/// At least three letters of the name: `sep`, `sept`, `september`.
fn is_short_for(part: &str, name: &str) -> bool {
    part.len() >= 3 && name.starts_with(part)
}

fn without_ordinal(part: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|end| part.strip_suffix(end)).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tim_2_what_programs_export_is_read_and_what_has_two_readings_is_not() {
        let dmy = Dates { order: Some(Order::Dmy), century: None };
        let at = |text: &str| When::At(Instant::parse(text).unwrap());
        for (text, says) in [
            ("2025-09-08T20:46+01:00", Ok(at("2025-09-08T19:46Z"))),
            ("2025-09-08 20:46:31", Ok(at("2025-09-08T19:46:31Z"))),
            ("08/09/2025 20:46", Ok(at("2025-09-08T19:46Z"))),
            ("8 Sep 2025 8:46pm", Ok(at("2025-09-08T19:46Z"))),
            ("08/09/2025", Ok(When::Day(Date::constant(2025, 9, 8)))),
            ("26/10/2025 01:30", Err("is in the hour that happened twice; write 01:30 BST or 01:30 GMT")),
            ("08/09/25 20:46", Err("has a year of two digits: say `two-digit-years` in [dates]")),
            ("soon", Err(NOT_A_DATE)),
        ] {
            assert_eq!(dmy.read(text), says, "{text}");
        }
        assert!(Dates::default().read("08/09/2025 20:46").is_err(), "the eighth of September, or the ninth of August");
    }
}
