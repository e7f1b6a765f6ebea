//! Clocks: deadlines as arithmetic on a trigger instant and a rule (design §1.8, TIM-1, TIM-2, TIM-4).
//!
//! To add a clock: a function from the trigger to the due instant, with its clause id and its rule version, and a row in the tests.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, to the microsecond, sent and stored as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 instant; the offset is needed, the seconds are not (`2026-03-27T17:10+00:00`).
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse::<Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// This instant plus elapsed seconds; saturates at the ends of time.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }

    /// As a person in England reads it, with the offset: `Fri 30 Oct 2026, 16:12 (GMT)`.
    pub fn in_london(self) -> String {
        self.timestamp().to_zoned(london()).strftime("%a %-d %b %Y, %H:%M (%Z)").to_string()
    }

    /// The same without the offset, for a page that shows it beside others: `Fri 30 Oct 2026, 16:12`.
    pub fn in_london_short(self) -> String {
        self.timestamp().to_zoned(london()).strftime("%a %-d %b %Y, %H:%M").to_string()
    }

    /// The calendar year and month in Europe/London, for example `(2026, 10)`.
    pub fn london_month(self) -> (i16, i8) {
        let zoned = self.timestamp().to_zoned(london());
        (zoned.year(), zoned.month())
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 instant with its offset"))
    }
}

/// The time zone of every school: Europe/London, from the bundled table.
pub fn london() -> TimeZone {
    TimeZone::get("Europe/London").expect("the time-zone table is compiled in (jiff tzdb-bundle-always)")
}

/// A wall-clock time that a person typed for a school in England.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalTime {
    /// One instant.
    One(Instant),
    /// The hour happened twice (clocks went back): ask which.
    Twice(Instant, Instant),
    /// The hour did not happen (clocks went forward): ask again.
    Never,
    /// Not a date and time at all.
    Invalid,
}

/// The instant of a wall-clock time in Europe/London; an ambiguous or missing one is asked again, never guessed (TIM-2).
pub fn from_london(year: i16, month: i8, day: i8, hour: i8, minute: i8) -> LocalTime {
    let Ok(local) = jiff::civil::DateTime::new(year, month, day, hour, minute, 0, 0) else {
        return LocalTime::Invalid;
    };
    let ambiguous = london().to_ambiguous_zoned(local);
    let micros = |zoned: jiff::Zoned| Instant(zoned.timestamp().as_microsecond());
    match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().map_or(LocalTime::Invalid, |z| LocalTime::One(micros(z))),
        jiff::tz::AmbiguousOffset::Gap { .. } => LocalTime::Never,
        jiff::tz::AmbiguousOffset::Fold { .. } => match (ambiguous.clone().earlier(), ambiguous.later()) {
            (Ok(first), Ok(second)) => LocalTime::Twice(micros(first), micros(second)),
            _ => LocalTime::Invalid,
        },
    }
}

/// A calendar day in England, without a time: what stays a day when nobody wrote down the hour. Sent as `2026-10-30`.
pub use jiff::civil::{Date, Weekday};

/// The first instant of a day in Europe/London: the earliest that a day without a time can mean.
pub fn start_of(day: Date) -> Instant {
    let start = day.to_zoned(london()).map(|zoned| zoned.timestamp().as_microsecond());
    start.map_or(Instant(0), Instant)
}

/// Weekday, hour and minute in England.
pub fn time_of_day(at: Instant) -> (Weekday, i8, i8) {
    let zoned = at.timestamp().to_zoned(london());
    (zoned.weekday(), zoned.hour(), zoned.minute())
}

/// The instant of a whole hour on a day, by the clocks of England; no clock changes between 08:00 and midnight.
pub(crate) fn at_local(day: Date, hour: i8) -> Instant {
    let zoned = day.at(hour, 0, 0, 0).to_zoned(london()).map(|zoned| zoned.timestamp().as_microsecond());
    zoned.map_or(Instant(i64::MAX), Instant)
}

/// A day as a person reads it: `Fri 30 Oct 2026`.
pub fn day_in_words(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// The instant of a time of day in Europe/London, in minutes after midnight; where clocks change, the first that it can mean.
pub fn at_time_of_day(day: Date, minutes: u16) -> Instant {
    let (days, minutes) = (i64::from(minutes / 1440), minutes % 1440);
    let time = jiff::civil::time(i8::try_from(minutes / 60).unwrap_or(0), i8::try_from(minutes % 60).unwrap_or(0), 0, 0);
    let day = day.checked_add(jiff::Span::new().days(days)).unwrap_or(day);
    let zoned = day.to_datetime(time).to_zoned(london()).map(|zoned| zoned.timestamp().as_microsecond());
    zoned.map_or(Instant(0), Instant)
}

/// The calendar day of an instant in Europe/London.
pub fn day_of(at: Instant) -> Date {
    at.timestamp().to_zoned(london()).date()
}

/// The first Monday 08:00 in Europe/London that comes after this instant: when a school opens after a weekend. None past the end of time.
pub fn next_school_week(after: Instant) -> Option<Instant> {
    let local = after.timestamp().to_zoned(london());
    let at_eight = |days: i64| {
        let day = local.date().checked_add(jiff::Span::new().days(days)).ok()?;
        let monday = (day.weekday() == Weekday::Monday).then(|| day.at(8, 0, 0, 0))?;
        // 08:00 happens once on every day: clocks change at night.
        Some(Instant(monday.to_zoned(london()).ok()?.timestamp().as_microsecond()))
    };
    (0..=7).filter_map(at_eight).find(|monday| *monday > after)
}

/// 72 hours as elapsed seconds (TIM-2): never "three days", never a wall clock.
pub const ICO_NOTICE_SECONDS: i64 = 259_200;

/// When the notice to the ICO is due: `aware_at` + 259,200 elapsed seconds (BRE-2, TIM-1, TIM-2). Rule version 1.
pub const fn ico_notice_due(aware_at: Instant) -> Instant {
    aware_at.plus_seconds(ICO_NOTICE_SECONDS)
}

/// "in 3 days", "in 5 hours", "2 hours late": words beside the instant, rounded towards the more urgent.
pub fn in_words(due: Instant, now: Instant) -> String {
    let left = SignedDuration::from_micros(due.0.saturating_sub(now.0));
    let (late, minutes) = (left.is_negative(), left.unsigned_abs().as_secs() / 60);
    let (count, unit) = match minutes {
        0..=59 => (minutes, "minute"),
        60..=2879 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if late { format!("{count} {unit}{plural} late") } else { format!("in {count} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TIM-2's table and the planted clocks of the sample year.
    #[test]
    fn tim_2_seventy_two_hours_are_elapsed_seconds() {
        for (aware, due) in [
            ("2027-03-26T17:10+00:00", "2027-03-29T18:10+01:00"),
            ("2026-10-23T17:10+01:00", "2026-10-26T16:10+00:00"),
            ("2026-12-24T15:10+00:00", "2026-12-27T15:10+00:00"),
            ("2026-03-27T17:10+00:00", "2026-03-30T18:10+01:00"),
            ("2025-10-24T17:10+01:00", "2025-10-27T16:10+00:00"),
            ("2025-12-24T15:10+00:00", "2025-12-27T15:10+00:00"),
        ] {
            assert_eq!(ico_notice_due(Instant::parse(aware).unwrap()), Instant::parse(due).unwrap(), "{aware}");
        }
    }

    #[test]
    fn tim_2_ambiguous_and_missing_hours_are_asked_again() {
        assert!(matches!(from_london(2026, 10, 25, 1, 30), LocalTime::Twice(first, second) if second == first.plus_seconds(3600)));
        assert_eq!(from_london(2026, 3, 29, 1, 30), LocalTime::Never);
        assert_eq!(from_london(2026, 2, 30, 1, 30), LocalTime::Invalid);
        assert_eq!(from_london(2026, 10, 30, 16, 12), LocalTime::One(Instant::parse("2026-10-30T16:12Z").unwrap()));
    }

    #[test]
    fn a_day_starts_at_midnight_in_england() {
        assert_eq!(start_of("2026-07-01".parse().unwrap()).to_string(), "2026-06-30T23:00:00Z");
        assert_eq!(start_of("2026-12-01".parse().unwrap()).to_string(), "2026-12-01T00:00:00Z");
    }

    #[test]
    fn the_next_school_week_begins_at_eight_by_the_clocks_of_england() {
        for (after, monday) in [
            ("2026-10-30T16:12Z", "2026-11-02T08:00Z"),
            // Clocks go back on the Sunday between: 65 hours and 48 minutes, not 64 and 48.
            ("2026-10-23T15:12Z", "2026-10-26T08:00Z"),
            // And forward: 08:00 is 07:00 in UTC.
            ("2026-03-27T16:12Z", "2026-03-30T07:00Z"),
            ("2026-11-02T07:59:59Z", "2026-11-02T08:00Z"),
            ("2026-11-02T08:00Z", "2026-11-09T08:00Z"),
            ("2026-10-25T00:30Z", "2026-10-26T08:00Z"),
        ] {
            assert_eq!(next_school_week(Instant::parse(after).unwrap()), Instant::parse(monday), "{after}");
        }
        assert_eq!(next_school_week(Instant::from_micros(i64::MAX)), None);
    }

    #[test]
    fn an_instant_without_its_offset_is_refused() {
        assert_eq!(Instant::parse("2026-03-27T17:10"), None);
        assert_eq!(Instant::parse("27/03/2026"), None);
        let at = Instant::parse("2026-07-01T12:00+01:00").unwrap();
        assert_eq!(at.to_string(), "2026-07-01T11:00:00Z");
        assert_eq!(at.in_london(), "Wed 1 Jul 2026, 12:00 (BST)");
    }

    #[test]
    fn words_round_towards_the_more_urgent() {
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        assert_eq!(in_words(now.plus_seconds(5 * 3600 + 59 * 60), now), "in 5 hours");
        assert_eq!(in_words(now.plus_seconds(-3600), now), "1 hour late");
        assert_eq!(in_words(now.plus_seconds(72 * 3600), now), "in 3 days");
    }
}
