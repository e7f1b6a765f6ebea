//! CSV: by its own header, or by a mapping.

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;
use wardbook_app::import::{ImportRow, Refusal};

use super::cell::Cell;
use super::mapping::Mapping;
use super::{CELL_BYTES_MAX, COLUMNS_MAX, Met, Read};
use crate::failure::Failure;

/// Rows whose fields are the names of the header.
pub(super) fn rows(text: &str) -> Result<Vec<Read>, Failure> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| Failure::caused("line 1", &error))?.clone();
    let header: Vec<&str> = headers.iter().map(str::trim).collect();
    for (at, name) in header.iter().enumerate() {
        if name.is_empty() {
            return Err(Failure::input(format!("line 1: column {} of the header has no name", at + 1)));
        }
        if header[..at].contains(name) {
            return Err(Failure::input(format!("line 1: the header has `{name}` twice")));
        }
    }
    if header.is_empty() {
        return Err(Failure::input("the file is empty"));
    }
    few_enough(header.len())?;
    each(text, 1, &mut reader, |line, record| {
        let long = header.iter().zip(record).find(|(_, cell)| cell.len() > CELL_BYTES_MAX);
        if let Some((name, _)) = long {
            return Err(vec![Refusal { line, field: (*name).to_owned(), problem: "is longer than 32 KiB".into() }]);
        }
        let cells = header.iter().zip(record).map(|(name, cell)| ((*name).to_owned(), Value::from(cell.trim())));
        Ok(Some(ImportRow { line, fields: cells.collect() }))
    })
}

/// Rows by a mapping. Lines above the header are skipped as they are, quoted or not.
pub(super) fn mapped(text: &str, mapping: &Mapping) -> Result<Vec<Read>, Failure> {
    let first = mapping.header_row.unwrap_or(1);
    let above = usize::try_from(first).unwrap_or(usize::MAX) - 1;
    let text = if above == 0 { text } else { text.match_indices('\n').nth(above - 1).map_or("", |(at, _)| &text[at + 1..]) };
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(mapping.delimiter.unwrap_or(b',')).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| Failure::caused("the header", &error))?.clone();
    few_enough(headers.len())?;
    let places = mapping.find(&headers.iter().map(str::to_owned).collect::<Vec<_>>())?;
    each(text, u64::from(first), &mut reader, |line, record| {
        let cells: Vec<Cell> = places.iter().map(|at| Cell::text(&record[*at])).collect();
        if cells.iter().all(Cell::is_empty) { Ok(None) } else { mapping.row(line, &cells).map(Some) }
    })
}

fn few_enough(columns: usize) -> Result<(), Failure> {
    if columns > COLUMNS_MAX {
        return Err(Failure::input(format!("the file has more than {COLUMNS_MAX} columns")));
    }
    Ok(())
}

/// Every record that is not blank and has as many cells as the header, with its line; `first` is the line on which `text` begins.
fn each(
    text: &str,
    first: u64,
    reader: &mut csv::Reader<&[u8]>,
    mut row: impl FnMut(u64, &StringRecord) -> Result<Option<ImportRow>, Vec<Refusal>>,
) -> Result<Vec<Read>, Failure> {
    let columns = reader.headers().map_or(0, StringRecord::len);
    let mut met = Met::default();
    let mut lines = Lines { text, at: 0, line: first };
    for record in reader.records() {
        let record = record.map_err(|error| Failure::caused("the file is not CSV", &error))?;
        let line = lines.of_record_from(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() == columns {
            if let Some(row) = row(line, &record).transpose() {
                met.take(row)?;
            }
        } else {
            let problem = format!("has {} cells where the header has {columns}", record.len());
            met.take(Err(vec![Refusal { line, field: "row".into(), problem }]))?;
        }
    }
    Ok(met.rows)
}

/// Counts lines up to a record. The reader's own count stands before the line ends that it has yet to skip.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record begins that the reader began to look for at this byte; records come in their order.
    fn of_record_from(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let ends = self.text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let until = (from + ends).max(self.at);
        self.line += self.text[self.at..until].matches('\n').count() as u64;
        self.at = until;
        self.line
    }
}
