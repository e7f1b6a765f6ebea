//! Rows of an import file: CSV by its header, JSON lines, or a workbook; as they are, or through a column mapping. Each has its line
//! number, and what is not a row says so under its line.
//!
//! The whole file is checked to be UTF-8 before the first row is handed out, so that nothing is imported from a file that was saved
//! in another encoding. To take another kind of file: a module that turns its rows into [`cell::Cell`]s, and its arm in [`parse_by`].

mod build;
mod cell;
mod check;
mod csv;
mod dates;
mod fields;
mod jsonl;
mod mapping;
mod parts;
#[cfg(test)]
mod tests;
mod xlsx;

use std::io::Read as _;
use std::path::Path;

use wardbook_app::import::{ImportRow, Refusal};

pub(crate) use self::mapping::Mapping;
use crate::failure::Failure;

/// The largest file.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Columns of a file at most.
const COLUMNS_MAX: usize = 200;
/// Rows of a file at most.
const ROWS_MAX: usize = 200_000;
/// The longest text of a cell.
const CELL_BYTES_MAX: usize = 32 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";
/// How a workbook begins, and how one of the old kind, or with a password, does.
const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";

/// A row, or why a line is none. A line with several problems stands once for each.
pub(crate) type Read = Result<ImportRow, Refusal>;

/// All rows of a file.
#[derive(Debug)]
pub(crate) struct Rows {
    /// Rows in the order of their lines.
    pub(crate) rows: Vec<Read>,
    /// Whether the file is CSV that was read by its own header.
    pub(crate) is_csv: bool,
}

/// Reads every row of the file at `path`, through the mapping where there is one; `-` is stdin.
pub(crate) fn read(path: &Path, mapping: Option<&Mapping>) -> Result<Rows, Failure> {
    let named = path.display();
    let failed = |error: std::io::Error| Failure::input(format!("{named} cannot be read: {error}"));
    let mut bytes = Vec::new();
    let limit = FILE_BYTES_MAX + 1;
    if path.as_os_str() == "-" {
        std::io::stdin().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::input(format!("{named} is larger than 256 MiB; please split it")));
    }
    parse_by(&bytes, mapping)
}

/// As [`read`], from the bytes of a file that is read as it is.
pub(crate) fn parse(bytes: &[u8]) -> Result<Rows, Failure> {
    parse_by(bytes, None)
}

/// As [`read`], from the file's bytes. A file whose first character is `{` is JSON lines; any other text is CSV.
fn parse_by(bytes: &[u8], mapping: Option<&Mapping>) -> Result<Rows, Failure> {
    if bytes.starts_with(OLE) {
        return Err(Failure::input("the file is an old .xls workbook, or has a password; please save it as .xlsx without one"));
    }
    if bytes.starts_with(ZIP) {
        let mapping = mapping.ok_or_else(|| {
            Failure::input("a workbook is read through a column mapping: say which column is which with --map FILE (see docs/import.md)")
        })?;
        no_key("delimiter", mapping.delimiter.is_some(), "CSV files")?;
        return Ok(Rows { rows: xlsx::rows(bytes, mapping)?, is_csv: false });
    }
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        Failure::input(format!("line {line} is not UTF-8; please save the file as UTF-8 (nothing was imported)"))
    })?;
    let is_json = text.trim_start().starts_with('{');
    if let Some(mapping) = mapping {
        no_key("sheet", mapping.sheet.is_some(), "workbooks")?;
        no_key("delimiter", is_json && mapping.delimiter.is_some(), "CSV files")?;
        no_key("header-row", is_json && mapping.header_row.is_some(), "CSV files and workbooks")?;
    }
    let rows = match (mapping, is_json) {
        (None, false) => csv::rows(text)?,
        (Some(mapping), false) => csv::mapped(text, mapping)?,
        (None, true) => jsonl::rows(text)?,
        (Some(mapping), true) => jsonl::mapped(text, mapping)?,
    };
    Ok(Rows { rows, is_csv: mapping.is_none() && !is_json })
}

/// Refuses a key of the mapping that says nothing about this kind of file.
fn no_key(key: &str, given: bool, of: &str) -> Result<(), Failure> {
    if given { Err(Failure::field(key, format!("is for {of} only"))) } else { Ok(()) }
}

/// The rows of a file as they are met.
#[derive(Default)]
struct Met {
    rows: Vec<Read>,
    count: usize,
}

impl Met {
    /// Takes in what became of one row, as long as there is room.
    fn take(&mut self, row: Result<ImportRow, Vec<Refusal>>) -> Result<(), Failure> {
        self.count += 1;
        if self.count > ROWS_MAX {
            return Err(Failure::input(format!("the file has more than {ROWS_MAX} rows; please split it")));
        }
        match row {
            Ok(row) => self.rows.push(Ok(row)),
            Err(refusals) => self.rows.extend(refusals.into_iter().map(Err)),
        }
        Ok(())
    }
}
