//! Workbooks (.xlsx) by a mapping, one row after the other. Offices merge cells downwards to group rows: such a cell counts for every
//! row of its region, in the region's first column. Lines are the sheet's own row numbers.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use calamine::{CellErrorType, DataRef, Dimensions, ExcelDateTime, Reader as _, SheetType, Xlsx};
use jiff::civil::{Date, DateTime, Time};

use super::cell::Cell;
use super::mapping::Mapping;
use super::parts::{self, damaged};
use super::{COLUMNS_MAX, Met, Read};
use crate::failure::Failure;

/// The first day past those that Excel can show.
const SERIAL_END: f64 = 2_958_466.0;

/// The rows of the mapping's sheet.
pub(super) fn rows(bytes: &[u8], mapping: &Mapping) -> Result<Vec<Read>, Failure> {
    parts::check(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let worksheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let mut worksheets = worksheets.map(|sheet| sheet.name.clone());
    let name = match &mapping.sheet {
        Some(wanted) => worksheets.find(|name| name == wanted).ok_or_else(|| Failure::field("sheet", "the workbook has no such sheet"))?,
        None => worksheets.next().ok_or_else(damaged)?,
    };
    let merged = book.merge_cells_by_sheet_name(&name).map_err(|_| damaged())?;
    let mut sheet =
        Sheet { mapping, header_row: mapping.header_row.unwrap_or(1) - 1, merged: Merged::new(&merged), places: None, met: Met::default() };
    let mut reader = book.worksheet_cells_reader(&name).map_err(|_| damaged())?;
    let (mut row, mut cells) = (0, Cells::new());
    while let Some(next) = reader.next_cell().map_err(|_| damaged())? {
        let (at, column) = next.get_position();
        if at < row {
            return Err(damaged());
        }
        if at > row {
            sheet.take(row, &std::mem::take(&mut cells))?;
            row = at;
        }
        let cell = cell(next.get_value());
        if !cell.is_empty() && sheet.is_read(column) {
            cells.insert(column, cell);
        }
    }
    sheet.take(row, &cells)?;
    sheet.header(row.max(sheet.header_row), &Cells::new())?;
    Ok(sheet.met.rows)
}

/// What stands in a row, by column.
type Cells = BTreeMap<u32, Cell>;

/// A sheet on its way through the mapping.
struct Sheet<'a> {
    mapping: &'a Mapping,
    /// From 0, as the reader counts.
    header_row: u32,
    merged: Merged,
    /// The columns of the mapping, once the header was met.
    places: Option<Vec<u32>>,
    met: Met,
}

impl Sheet<'_> {
    /// Whether a column is kept: up to the header any may be one that is named there.
    fn is_read(&self, column: u32) -> bool {
        self.places.as_ref().is_none_or(|places| places.contains(&column))
    }

    /// Takes in one row; rows come in their order, and empty ones not at all.
    fn take(&mut self, row: u32, cells: &Cells) -> Result<(), Failure> {
        self.header(row, cells)?;
        self.merged.note(row, cells);
        let (Some(places), true) = (&self.places, row > self.header_row) else { return Ok(()) };
        let values: Vec<(Cell, bool)> = places.iter().map(|column| self.merged.at(row, *column, cells)).collect();
        if values.iter().any(|(cell, own)| *own && !cell.is_empty()) {
            let values: Vec<Cell> = values.into_iter().map(|(cell, _)| cell).collect();
            self.met.take(self.mapping.row(u64::from(row) + 1, &values))?;
        }
        Ok(())
    }

    /// Finds the columns as soon as the header's row is reached.
    fn header(&mut self, row: u32, cells: &Cells) -> Result<(), Failure> {
        if row < self.header_row || self.places.is_some() {
            return Ok(());
        }
        let none = Cells::new();
        let cells = if row == self.header_row { cells } else { &none };
        self.merged.note(self.header_row, cells);
        let width = cells.keys().next_back().map_or(0, |last| *last as usize + 1);
        if width > COLUMNS_MAX {
            return Err(Failure::input(format!("the sheet has more than {COLUMNS_MAX} columns")));
        }
        let names = (0..).take(COLUMNS_MAX).map(|column| match self.merged.at(self.header_row, column, cells).0 {
            Cell::Text(name) | Cell::Number(name) => name,
            _ => String::new(),
        });
        let places = self.mapping.find(&names.collect::<Vec<_>>())?;
        self.places = Some(places.into_iter().filter_map(|place| u32::try_from(place).ok()).collect());
        Ok(())
    }
}

/// The first column of each merged region: by column and first row, its last row and its value.
struct Merged(HashMap<u32, BTreeMap<u32, (u32, Cell)>>);

impl Merged {
    fn new(regions: &[Dimensions]) -> Self {
        let mut merged: HashMap<u32, BTreeMap<u32, (u32, Cell)>> = HashMap::new();
        for region in regions {
            merged.entry(region.start.1).or_default().insert(region.start.0, (region.end.0, Cell::Empty));
        }
        Self(merged)
    }

    /// Keeps the values of the regions that begin in this row.
    fn note(&mut self, row: u32, cells: &Cells) {
        for (column, cell) in cells {
            if let Some((_, held)) = self.0.get_mut(column).and_then(|regions| regions.get_mut(&row)) {
                *held = cell.clone();
            }
        }
    }

    /// What counts in a place, and whether it stands in that row itself.
    fn at(&self, row: u32, column: u32, cells: &Cells) -> (Cell, bool) {
        let region = self.0.get(&column).and_then(|regions| regions.range(..=row).next_back());
        match region {
            Some((first, (last, cell))) if row <= *last => (cell.clone(), *first == row),
            _ => (cells.get(&column).cloned().unwrap_or(Cell::Empty), true),
        }
    }
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => Cell::Number(number.to_string()),
        DataRef::Bool(flag) => Cell::Flag(*flag),
        DataRef::DateTime(serial) => moment(*serial),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(_) => Cell::Broken("is a duration"),
        DataRef::Error(error) => Cell::Broken(error_text(error)),
    }
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "holds the error #DIV/0!",
        CellErrorType::NA => "holds the error #N/A",
        CellErrorType::Name => "holds the error #NAME?",
        CellErrorType::Null => "holds the error #NULL!",
        CellErrorType::Num => "holds the error #NUM!",
        CellErrorType::Ref => "holds the error #REF!",
        CellErrorType::Value => "holds the error #VALUE!",
        CellErrorType::GettingData => "holds the error #GETTING_DATA",
    }
}

/// A date or a time as Excel counts: days since the epoch, the time as a part of a day.
fn moment(serial: ExcelDateTime) -> Cell {
    let value = serial.as_f64();
    if !(0.0..SERIAL_END).contains(&value) || (serial.is_duration() && value >= 1.0) {
        return Cell::Broken("is not a date or a time of day");
    }
    let (year, month, day, hour, minute, second, milli) = serial.to_ymd_hms_milli();
    let date = || Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok();
    let time = || Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, i32::from(milli) * 1_000_000).ok();
    // Parts of a day are not exact: 14:30 may be a hair less.
    let to_second = |moment: DateTime| moment.round(jiff::Unit::Second).ok();
    match (date(), time()) {
        (_, Some(time)) if value < 1.0 => to_second(jiff::civil::date(2000, 1, 1).to_datetime(time))
            .map_or(Cell::Broken("is not a date or a time of day"), |moment| Cell::Clock(moment.time())),
        (Some(date), Some(time)) => to_second(date.to_datetime(time)).map_or(Cell::Broken("is not a date or a time of day"), day_or_moment),
        // 29 February 1900, which Excel has and no calendar.
        _ => Cell::Broken("is a day that does not exist"),
    }
}

fn day_or_moment(moment: DateTime) -> Cell {
    if moment.time() == Time::midnight() { Cell::Day(moment.date()) } else { Cell::Moment(moment) }
}

fn iso(text: &str) -> Cell {
    match (text.parse::<DateTime>(), text.parse::<Time>()) {
        (Ok(moment), _) => day_or_moment(moment),
        (_, Ok(time)) => Cell::Clock(time),
        _ => Cell::Broken("is not a date or a time of day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merged_region_counts_downwards_in_its_first_column_and_costs_nothing_by_its_size() {
        let whole = Dimensions { start: (1, 1), end: (1_048_575, 16_383) };
        let mut merged = Merged::new(&[whole, Dimensions { start: (3, 0), end: (4, 0) }]);
        let cells = Cells::from([(0, Cell::text("own")), (1, Cell::text("all of it"))]);
        merged.note(1, &cells);
        assert!(merged.at(1, 1, &cells) == (Cell::text("all of it"), true));
        assert!(merged.at(900_000, 1, &Cells::new()) == (Cell::text("all of it"), false));
        assert!(merged.at(900_000, 2, &Cells::new()) == (Cell::Empty, true));
        assert!(merged.at(1, 0, &cells) == (Cell::text("own"), true), "no region has begun");
        assert!(merged.at(4, 0, &cells) == (Cell::Empty, false), "the region's value, not what hides under it");
        assert!(merged.at(5, 0, &cells) == (Cell::text("own"), true), "the region has ended");
    }
}
