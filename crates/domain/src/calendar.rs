//! Working days in England (CAL-1): Saturdays, Sundays and bank holidays are none. The table is dated data; a year that is not in it is an
//! error, never a guess (CAL-3).
//!
//! To add a year: its bank holidays in [`BANK_HOLIDAYS`], from the list that the government publishes, and a row in the tests.

use jiff::{ToSpan as _, civil::Date};

use crate::{
    Instant,
    clock::{Weekday, at_local, day_of},
};

/// The bank holidays of England, a line a year, as month and day.
const BANK_HOLIDAYS: &[(i16, &[(i8, i8)])] = &[
    (2025, &[(1, 1), (4, 18), (4, 21), (5, 5), (5, 26), (8, 25), (12, 25), (12, 26)]),
    (2026, &[(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]),
    (2027, &[(1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)]),
    (2028, &[(1, 3), (4, 14), (4, 17), (5, 1), (5, 29), (8, 28), (12, 25), (12, 26)]),
];

/// The calendar has no bank holidays of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar of working days does not have the year {year}")]
pub struct YearMissing {
    /// The year.
    pub year: i16,
}

/// When a school's working day begins and ends, by the clocks of England.
const DAY_BEGINS: i8 = 8;
const DAY_ENDS: i8 = 17;

/// Whether people work on this day.
pub fn is_working_day(day: Date) -> Result<bool, YearMissing> {
    let holidays = BANK_HOLIDAYS.iter().find(|(year, _)| *year == day.year()).ok_or(YearMissing { year: day.year() })?.1;
    Ok(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays.contains(&(day.month(), day.day())))
}

/// The `count`-th working day after a day; the day itself is not counted (TIM-1).
pub fn working_day_after(day: Date, count: u16) -> Result<Date, YearMissing> {
    let (mut day, mut left) = (day, count.max(1));
    loop {
        day = day.checked_add(1.day()).map_err(|_| YearMissing { year: day.year() })?;
        if is_working_day(day)? {
            left -= 1;
        }
        if left == 0 {
            return Ok(day);
        }
    }
}

/// 17:00 on the `count`-th working day after an instant: when what is due within that many working days is late.
pub fn end_of_working_day(after: Instant, count: u16) -> Result<Instant, YearMissing> {
    Ok(at_local(working_day_after(day_of(after), count)?, DAY_ENDS))
}

/// 08:00 on the next working day: before it, nobody is expected at their desk.
pub fn next_start(after: Instant) -> Result<Instant, YearMissing> {
    let today = day_of(after);
    if is_working_day(today)? && after < at_local(today, DAY_BEGINS) {
        return Ok(at_local(today, DAY_BEGINS));
    }
    Ok(at_local(working_day_after(today, 1)?, DAY_BEGINS))
}

/// 17:00 on a day: when what is due on it is late.
pub fn end_of(day: Date) -> Instant {
    at_local(day, DAY_ENDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn cal_1_weekends_and_bank_holidays_are_no_working_days() {
        for (day, works) in [
            ("2026-10-30", true),
            ("2026-10-31", false),
            ("2026-12-25", false),
            ("2026-12-28", false),
            ("2026-12-29", true),
            ("2027-03-26", false),
        ] {
            assert_eq!(is_working_day(day.parse().unwrap()), Ok(works), "{day}");
        }
    }

    #[test]
    fn cal_3_a_missing_year_is_an_error_and_never_a_guess() {
        assert_eq!(is_working_day("2029-01-02".parse().unwrap()), Err(YearMissing { year: 2029 }));
        assert_eq!(next_start(at("2028-12-30T12:00Z")), Err(YearMissing { year: 2029 }));
        assert_eq!(end_of_working_day(at("2024-12-31T12:00Z"), 1), end_of_working_day(at("2025-01-01T12:00Z"), 1));
        assert_eq!(end_of_working_day(at("2024-12-30T12:00Z"), 1), Err(YearMissing { year: 2024 }));
    }

    #[test]
    fn the_next_working_day_begins_at_eight_by_the_clocks_of_england() {
        for (after, start) in [
            ("2026-10-30T16:12Z", "2026-11-02T08:00Z"),
            ("2026-11-02T07:59Z", "2026-11-02T08:00Z"),
            ("2026-11-02T08:00Z", "2026-11-03T08:00Z"),
            ("2026-12-24T15:00Z", "2026-12-29T08:00Z"),
            // 08:00 in summer is 07:00 in UTC; Good Friday and Easter Monday are off.
            ("2027-03-25T16:00Z", "2027-03-30T07:00Z"),
        ] {
            assert_eq!(next_start(at(after)), Ok(at(start)), "{after}");
        }
        assert_eq!(end_of_working_day(at("2026-10-30T16:12Z"), 1), Ok(at("2026-11-02T17:00Z")));
        assert_eq!(end_of_working_day(at("2026-10-30T16:12Z"), 5), Ok(at("2026-11-06T17:00Z")));
    }
}
