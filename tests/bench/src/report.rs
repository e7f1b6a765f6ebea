//! Medians over the rounds, ratios within a round, and the aims.

use std::fmt;
use std::time::Duration;

use crate::load::Slice;
use crate::measure::Measure;
use crate::{bare, filing};

/// What was measured, by [`Measure`] and round.
pub(crate) struct Report {
    settings: Vec<(String, String)>,
    sealed_len: usize,
    slices: Vec<(Measure, Vec<Slice>)>,
    filings: Vec<filing::Checked>,
}

/// A ratio of two measures that ought to stay on one side of a bound.
struct Aim {
    what: &'static str,
    over: Measure,
    under: Measure,
    bound: Bound,
}

enum Bound {
    AtLeast(f64),
    AtMost(f64),
    /// For comparison only.
    Open,
}

const AIMS: [Aim; 6] = [
    Aim {
        what: "64 callers, to bare INSERTs of 64 rows",
        over: Measure::WardbookMany,
        under: Measure::BareMany,
        bound: Bound::AtLeast(0.25),
    },
    Aim {
        what: "64 callers, to message-db with 64 callers in one category",
        over: Measure::WardbookMany,
        under: Measure::MessageDbMany,
        bound: Bound::AtLeast(15.0),
    },
    Aim {
        what: "one caller: time of an append, to that of a bare INSERT",
        // Time is the inverse of rate.
        over: Measure::BareOne,
        under: Measure::WardbookOne,
        bound: Bound::AtMost(2.5),
    },
    Aim { what: "one caller, to message-db with one caller", over: Measure::WardbookOne, under: Measure::MessageDbOne, bound: Bound::Open },
    Aim { what: "64 callers: SQLite to PostgreSQL", over: Measure::SqliteMany, under: Measure::WardbookMany, bound: Bound::Open },
    Aim { what: "one caller: SQLite to PostgreSQL", over: Measure::SqliteOne, under: Measure::WardbookOne, bound: Bound::Open },
];

impl Report {
    pub(crate) fn new(settings: Vec<(String, String)>, sealed_len: usize) -> Self {
        let slices = Measure::ALL.map(|measure| (measure, Vec::new())).into();
        Self { settings, sealed_len, slices, filings: Vec::new() }
    }

    /// Takes the next round's slice of a measure.
    pub(crate) fn add(&mut self, measure: Measure, slice: Slice) {
        if let Some((_, slices)) = self.slices.iter_mut().find(|(of, _)| *of == measure) {
            slices.push(slice);
        }
    }

    /// Takes what was found when all filings of a trust were done.
    pub(crate) fn add_filing(&mut self, checked: filing::Checked) {
        self.filings.push(checked);
    }

    /// What must not be; nothing, where all went well.
    pub(crate) fn wrong(&self) -> Vec<String> {
        self.filings.iter().filter_map(filing::Checked::wrong).collect()
    }

    fn of(&self, measure: Measure) -> &[Slice] {
        self.slices.iter().find(|(of, _)| *of == measure).map_or(&[], |(_, slices)| slices)
    }

    /// Of each round, so that a slow moment of the machine weighs on both sides.
    fn ratios(&self, aim: &Aim) -> Vec<f64> {
        let pairs = self.of(aim.over).iter().zip(self.of(aim.under));
        pairs.map(|(over, under)| over.rate() / under.rate()).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        write!(f, "{cores} cores; sealed column {} bytes; {} rows in a large INSERT;", self.sealed_len, bare::ROWS)?;
        for (name, value) in &self.settings {
            write!(f, " {name} {value}")?;
        }
        writeln!(f, "\n")?;
        let measured = self.slices.iter().filter(|(_, slices)| !slices.is_empty());
        let (http, append): (Vec<_>, Vec<_>) = measured.partition(|(measure, _)| measure.is_http());
        if !append.is_empty() {
            self.append_tables(f, &append)?;
        }
        if !append.is_empty() && !http.is_empty() {
            writeln!(f)?;
        }
        if !http.is_empty() {
            filing::table(f, &http, &self.filings)?;
        }
        Ok(())
    }
}

impl Report {
    fn append_tables(&self, f: &mut fmt::Formatter<'_>, measured: &[&(Measure, Vec<Slice>)]) -> fmt::Result {
        writeln!(f, "| what | callers | rows/s | lowest to highest round | wait p50 | wait p99 |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|")?;
        for (measure, slices) in measured {
            let Spread { low, median, high } = Spread::of(slices.iter().map(Slice::rate).collect());
            let waits = sorted(slices.iter().map(|slice| &slice.waits));
            let (name, callers) = (measure.name(), measure.callers());
            let (half, most) = (micros(&waits, 50), micros(&waits, 99));
            writeln!(f, "| {name} | {callers} | {median:.0} | {low:.0} to {high:.0} | {half} µs | {most} µs |")?;
        }
        writeln!(f, "\n| ratio | measured | lowest to highest round | aim | |")?;
        writeln!(f, "|---|---:|---:|---|---|")?;
        for aim in &AIMS {
            let ratios = self.ratios(aim);
            if !ratios.is_empty() {
                let Spread { low, median, high } = Spread::of(ratios);
                let (bound, verdict) = aim.bound.judge(median);
                writeln!(f, "| {} | {median:.2} | {low:.2} to {high:.2} | {bound} | {verdict} |", aim.what)?;
            }
        }
        Ok(())
    }
}

impl Bound {
    fn judge(&self, value: f64) -> (String, &'static str) {
        let verdict = |met| if met { "met" } else { "**missed**" };
        match self {
            Self::AtLeast(bound) => (format!("at least {bound}"), verdict(value >= *bound)),
            Self::AtMost(bound) => (format!("at most {bound}"), verdict(value <= *bound)),
            Self::Open => (String::new(), ""),
        }
    }
}

/// Of the rounds of a measure.
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// Of at least one value.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) };
        Self { low: values[0], median, high: values[values.len() - 1] }
    }
}

/// The waits of all rounds together, shortest first.
pub(crate) fn sorted<'a>(rounds: impl Iterator<Item = &'a Vec<Duration>>) -> Vec<Duration> {
    let mut waits: Vec<Duration> = rounds.flatten().copied().collect();
    waits.sort_unstable();
    waits
}

/// A percentile of sorted waits, nearest rank.
pub(crate) fn micros(sorted: &[Duration], percent: usize) -> u128 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map_or(0, Duration::as_micros)
}

#[cfg(test)]
mod tests {
    use super::{Spread, micros};
    use std::time::Duration;

    #[test]
    fn medians_and_percentiles_are_the_usual_ones() {
        let spread = |values| {
            let Spread { low, median, high } = Spread::of(values);
            format!("{low} {median} {high}")
        };
        assert_eq!(spread(vec![3.0, 1.0, 2.0]), "1 2 3");
        assert_eq!(spread(vec![4.0, 1.0, 2.0, 3.0]), "1 2.5 4");
        let waits: Vec<Duration> = (1..=200).map(Duration::from_micros).collect();
        assert_eq!([micros(&waits, 50), micros(&waits, 99), micros(&waits[..1], 99), micros(&[], 50)], [100, 198, 1, 0]);
    }
}
