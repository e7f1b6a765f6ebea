//! Days and times in the cells of a file: what the cell's own kind says, and for text what [`wardbook_domain::written`] reads.
//!
//! To take another way of writing: there. Another kind of cell: its arm here.

use jiff::civil::Date;
use wardbook_domain::Instant;
use wardbook_domain::clock::london;
use wardbook_domain::written::{Clock, Dates, NOT_A_DATE, NOT_A_TIME, Problem, When, in_london, time};

use super::cell::Cell;

/// What a cell with a date, or with a date and a time, says.
pub(crate) fn when(dates: Dates, cell: &Cell) -> Result<When, Problem> {
    match cell {
        Cell::Day(date) => Ok(When::Day(*date)),
        Cell::Moment(moment) => in_london(moment.date(), (moment.time(), None)).map(When::At),
        Cell::Clock(_) => Err("has a time and no date"),
        Cell::Number(_) => Err("is a number, not a date; format the cell as a date"),
        Cell::Text(text) => dates.read(text),
        Cell::Broken(why) => Err(why),
        Cell::Empty | Cell::Flag(_) | Cell::List(_) => Err(NOT_A_DATE),
    }
}

/// As [`when`], with the time in a cell of its own, which may be empty.
pub(crate) fn when_at(dates: Dates, date: &Cell, time: &Cell) -> Result<When, (Column, Problem)> {
    let of_date = |problem| (Column::Date, problem);
    if date.is_empty() {
        return Err(of_date("is empty, and there is a time beside it"));
    }
    if time.is_empty() {
        return when(dates, date).map_err(of_date);
    }
    let clock = time_of(time).map_err(|problem| (Column::Time, problem))?;
    match (date, when(dates, date).map_err(of_date)?) {
        (_, When::Day(day)) => in_london(day, clock).map(When::At).map_err(|problem| (Column::Time, problem)),
        (_, When::At(_)) => Err(of_date("has a time of its own beside the column with the time")),
    }
}

/// Which of the two cells is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// The one with the date.
    Date,
    /// The one with the time.
    Time,
}

/// An instant as a row has it: RFC 3339 with London's offset.
pub(crate) fn rfc_3339(at: Instant) -> String {
    let zoned = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default().to_zoned(london());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The day in London.
pub(crate) fn day_of(when: When) -> Date {
    match when {
        When::Day(date) => date,
        When::At(at) => jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default().to_zoned(london()).date(),
    }
}

fn time_of(cell: &Cell) -> Result<Clock, Problem> {
    match cell {
        Cell::Clock(time) => Ok((*time, None)),
        Cell::Text(text) => time(&text.to_lowercase()).ok_or(NOT_A_TIME),
        // 1430, and not a part of a day that nobody formatted.
        Cell::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => time(text).ok_or(NOT_A_TIME),
        Cell::Day(_) | Cell::Moment(_) => Err("has a date where a time of day is wanted"),
        Cell::Broken(why) => Err(why),
        _ => Err(NOT_A_TIME),
    }
}
