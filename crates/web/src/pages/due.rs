//! Instants in words: when something happened and how far off a deadline is, always in the time of England.
//!
//! `assets/js/app.js` keeps the words of a deadline fresh on an open page by the same steps; a change here is a change there.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A deadline as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// RFC 3339 instant, for machines and for the live clock.
    pub at: String,
    /// Seconds left when the page was made (negative: ago), for the live clock, which trusts no device's time of day.
    pub left_seconds: i64,
    /// How far off, in words: `in 3 days`, `2 hours ago`.
    pub words: String,
    /// The instant in words: `Friday 30 October 2026 at 4:12pm`.
    pub date: String,
    /// Whether it has passed.
    pub overdue: bool,
    /// Whether it is less than six hours off.
    pub soon: bool,
}

impl Due {
    /// The deadline `due_us` seen at `now_us` (microseconds since the Unix epoch).
    pub fn at(due_us: i64, now_us: i64) -> Self {
        let left = due_us.saturating_sub(now_us).div_euclid(1_000_000);
        Self {
            at: rfc3339(due_us),
            left_seconds: left,
            words: distance_words(left),
            date: when_text(due_us),
            overdue: left < 0,
            soon: (0..6 * HOUR).contains(&left),
        }
    }
}

/// How far off an instant is, from the seconds left (negative: ago). Whole units, rounded down, so that a page never promises time
/// that is not there.
pub fn distance_words(left_seconds: i64) -> String {
    let size = left_seconds.saturating_abs();
    let (count, unit) = if size < MINUTE {
        return if left_seconds < 0 { "just now" } else { "in less than a minute" }.to_owned();
    } else if size < HOUR {
        (size / MINUTE, "minute")
    } else if size < 2 * DAY {
        (size / HOUR, "hour")
    } else {
        (size / DAY, "day")
    };
    let plural = if count == 1 { "" } else { "s" };
    if left_seconds < 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

/// An instant (microseconds since the Unix epoch) as people write it: `Friday 30 October 2026 at 4:12pm`.
pub fn when_text(at_us: i64) -> String {
    let Ok(at) = Timestamp::from_microsecond(at_us) else {
        return "an unknown time".to_owned();
    };
    let zone = TimeZone::get("Europe/London").expect("the time zone database is compiled in");
    let local = at.to_zoned(zone);
    let hour = match local.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if local.hour() < 12 { "am" } else { "pm" };
    format!("{} at {hour}:{:02}{half}", local.strftime("%A %-d %B %Y"), local.minute())
}

/// A day as people write it: `Friday 30 October 2026`.
pub fn day_text(day: jiff::civil::Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// The same with the zone, where an hour must not be mistaken: `Friday 30 October 2026 at 4:12pm GMT`.
pub fn when_with_zone(at_us: i64) -> String {
    let zone = Timestamp::from_microsecond(at_us).ok().map(|at| at.in_tz("Europe/London").map(|local| local.strftime(" %Z").to_string()));
    format!("{}{}", when_text(at_us), zone.and_then(Result::ok).unwrap_or_default())
}

/// An instant (microseconds since the Unix epoch) for a `datetime` attribute.
pub fn rfc3339(at_us: i64) -> String {
    Timestamp::from_microsecond(at_us).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_round_down_and_say_which_side() {
        for (left, words) in [
            (0, "in less than a minute"),
            (59, "in less than a minute"),
            (60, "in 1 minute"),
            (HOUR - 1, "in 59 minutes"),
            (HOUR, "in 1 hour"),
            (2 * DAY - 1, "in 47 hours"),
            (2 * DAY, "in 2 days"),
            (72 * HOUR, "in 3 days"),
            (-1, "just now"),
            (-MINUTE, "1 minute ago"),
            (-3 * DAY, "3 days ago"),
        ] {
            assert_eq!(distance_words(left), words, "{left} s");
        }
    }

    #[test]
    fn instants_are_told_in_the_time_of_england() {
        let summer: Timestamp = "2026-07-01T23:30:00Z".parse().expect("valid");
        let winter: Timestamp = "2026-10-30T16:12:00Z".parse().expect("valid");
        assert_eq!(when_text(summer.as_microsecond()), "Thursday 2 July 2026 at 12:30am");
        assert_eq!(when_text(winter.as_microsecond()), "Friday 30 October 2026 at 4:12pm");
        assert_eq!(when_text(i64::MAX), "an unknown time");
        assert_eq!(when_with_zone(summer.as_microsecond()), "Thursday 2 July 2026 at 12:30am BST");
        assert_eq!(when_with_zone(winter.as_microsecond()), "Friday 30 October 2026 at 4:12pm GMT");
    }

    #[test]
    fn a_deadline_is_overdue_only_once_it_has_passed() {
        let due = Due::at(1_000_000_000, 1_000_000_000);
        assert!(!due.overdue && due.soon);
        let late = Due::at(1_000_000_000, 1_000_000_001);
        assert!(late.overdue && !late.soon);
        assert!(!Due::at(6 * HOUR * 1_000_000, 0).soon);
    }
}
