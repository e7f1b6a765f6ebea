//! Terms of a school year in England, by the month alone: spring is January to March, summer April to August, autumn September to
//! December.
//!
//! The same for every trust and for ever: figures are published by term, and a term whose days could be moved afterwards would give away
//! what was hidden in one table by its difference from the next (STA-2). So no profile can change them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{clock::Date, words::words};

words! {
    /// The part of the year; in the order of the calendar.
    pub enum Season {
        Spring = "spring", "Spring";
        Summer = "summer", "Summer";
        Autumn = "autumn", "Autumn";
    }
}

impl Season {
    /// The first and the last month.
    const fn months(self) -> (i8, i8) {
        match self {
            Self::Spring => (1, 3),
            Self::Summer => (4, 8),
            Self::Autumn => (9, 12),
        }
    }
}

/// A term: `2026-autumn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    year: i16,
    season: Season,
}

impl Term {
    /// The term in which a day lies; holidays count to the term before them.
    pub fn of(day: Date) -> Self {
        let season = Season::ALL.iter().copied().find(|season| day.month() <= season.months().1).expect("the last season ends in December");
        Self { year: day.year(), season }
    }

    /// Reads `2026-autumn`.
    pub fn parse(code: &str) -> Option<Self> {
        let (year, season) = code.split_once('-')?;
        let digits = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self { year: year.parse().ok().filter(|_| digits)?, season: Season::parse(season)? })
    }

    /// Its first day.
    pub fn first(self) -> Date {
        jiff::civil::date(self.year, self.season.months().0, 1)
    }

    /// Its last day.
    pub fn last(self) -> Date {
        jiff::civil::date(self.year, self.season.months().1, 1).last_of_month()
    }

    /// The term before it.
    #[must_use]
    pub const fn before(self) -> Self {
        match self.season {
            Season::Spring => Self { year: self.year - 1, season: Season::Autumn },
            Season::Summer => Self { year: self.year, season: Season::Spring },
            Season::Autumn => Self { year: self.year, season: Season::Summer },
        }
    }

    /// Whether it is over on a day.
    pub fn is_over(self, day: Date) -> bool {
        self.last() < day
    }

    /// How many days it has, and how many of them have begun by a day of it.
    pub fn days_by(self, day: Date) -> (u16, u16) {
        let days = |first: Date, last: Date| {
            let days = (last - first).get_days();
            u16::try_from(days + 1).unwrap_or(0)
        };
        let whole = days(self.first(), self.last());
        (if day < self.first() { 0 } else { days(self.first(), day).min(whole) }, whole)
    }

    /// In words: `Autumn term 2026`.
    pub fn label(self) -> String {
        format!("{} term {}", self.season.label(), self.year)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{}", self.year, self.season)
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("not a term like 2026-autumn"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_lies_in_one_term_and_terms_follow_each_other() {
        let (mut date, end) = (day("2023-12-25"), day("2028-03-02"));
        while date < end {
            let term = Term::of(date);
            assert!(term.first() <= date && date <= term.last(), "{date}: {term}");
            assert_eq!(term.before().last().tomorrow().unwrap(), term.first(), "{term}");
            assert!(term.before() < term && term.before().is_over(term.first()) && !term.is_over(term.last()));
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_term_is_read_and_written_by_its_code() {
        for (on, code, label) in [
            ("2026-10-30", "2026-autumn", "Autumn term 2026"),
            ("2026-08-31", "2026-summer", "Summer term 2026"),
            ("2026-01-01", "2026-spring", "Spring term 2026"),
        ] {
            let term = Term::of(day(on));
            assert_eq!((term.to_string().as_str(), term.label().as_str()), (code, label));
            assert_eq!(Term::parse(code), Some(term));
        }
        for wrong in ["", "2026", "autumn-2026", "26-autumn", "+026-autumn", "2026-winter", "2026-Autumn"] {
            assert_eq!(Term::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_days_of_a_term_are_counted_with_the_one_that_has_begun() {
        let autumn = Term::of(day("2026-10-30"));
        assert_eq!(autumn.days_by(day("2026-09-01")), (1, 122));
        assert_eq!(autumn.days_by(day("2026-10-30")), (60, 122));
        assert_eq!(autumn.days_by(day("2027-01-15")), (122, 122));
        assert_eq!(autumn.days_by(day("2026-08-31")), (0, 122));
    }
}
