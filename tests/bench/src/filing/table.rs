//! The table of filings.

use std::fmt;
use std::time::Duration;

use super::Checked;
use crate::load::Slice;
use crate::measure::Measure;
use crate::report::{Spread, micros, sorted};

/// Writes the table of these measures, and what was found when all were done.
pub(crate) fn table(f: &mut fmt::Formatter<'_>, measured: &[&(Measure, Vec<Slice>)], checked: &[Checked]) -> fmt::Result {
    if let Some(first) = checked.first() {
        let sizes = format!("stories of {} bytes in bodies of {} bytes on average", first.story_len, first.body_len);
        writeln!(f, "Filing: {sizes}.\n")?;
    }
    write!(f, "| what | clients | reports/s | lowest to highest round | answer p50 | answer p99 |")?;
    writeln!(f, " in the queue p50 | in the queue p99 | looked for | failed |")?;
    writeln!(f, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for (measure, slices) in measured {
        let Spread { low, median, high } = Spread::of(slices.iter().map(Slice::rate).collect());
        let (waits, seen) = (sorted(slices.iter().map(|slice| &slice.waits)), sorted(slices.iter().map(|slice| &slice.seen)));
        let failed: u64 = slices.iter().map(|slice| slice.failed).sum();
        let (name, clients) = (measure.name(), measure.callers());
        write!(f, "| {name} | {clients} | {median:.0} | {low:.0} to {high:.0} | {} | {} |", millis(&waits, 50), millis(&waits, 99))?;
        writeln!(f, " {} | {} | {} | {failed} |", millis(&seen, 50), millis(&seen, 99), seen.len())?;
    }
    for Checked { engine, filed, in_book, failed, looks, found, longest, .. } in checked {
        write!(f, "\n{engine}, first turns included: {filed} filings answered 201, {in_book} reports in the book, which verifies; ")?;
        writeln!(f, "{failed} requests failed; {found} reports found in {looks} looks at queues of at most {longest} rows.")?;
    }
    Ok(())
}

/// A percentile in milliseconds; none of nothing.
fn millis(sorted: &[Duration], percent: usize) -> String {
    if sorted.is_empty() {
        return "none".into();
    }
    let micros = micros(sorted, percent);
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::millis;
    use std::time::Duration;

    #[test]
    fn tenths_of_a_millisecond_are_shown_and_nothing_has_no_percentile() {
        let waits = [Duration::from_micros(1234), Duration::from_micros(20_999)];
        assert_eq!([millis(&waits, 50), millis(&waits, 99), millis(&[], 50)], ["1.2 ms", "20.9 ms", "none"]);
    }
}
