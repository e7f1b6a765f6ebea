//! Rows of an import file: CSV by its header, or JSON lines; each with its line number. What is not a row says so under its line.
//!
//! The whole file is checked to be UTF-8 before the first row is handed out, so that nothing is imported from a file that was saved
//! in another encoding.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};
use wardbook_app::import::{ImportRow, Refusal};

use crate::failure::Failure;

/// The largest file.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A row, or why a line is none.
pub(crate) type Read = Result<ImportRow, Refusal>;

/// Reads every row of the file at `path`; `-` is stdin.
pub(crate) fn read(path: &Path) -> Result<Rows, Failure> {
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
    parse(&bytes)
}

/// All rows of a file.
#[derive(Debug)]
pub(crate) struct Rows {
    /// Rows in the order of their lines.
    pub(crate) rows: Vec<Read>,
    /// Whether the file is CSV.
    pub(crate) is_csv: bool,
}

/// As [`read`], from the file's bytes. A file whose first character is `{` is JSON lines; any other is CSV.
pub(crate) fn parse(bytes: &[u8]) -> Result<Rows, Failure> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        Failure::input(format!("line {line} is not UTF-8; please save the file as UTF-8 (nothing was imported)"))
    })?;
    if text.trim_start().starts_with('{') {
        return Ok(Rows { rows: json_lines(text), is_csv: false });
    }
    Ok(Rows { rows: csv_rows(text)?, is_csv: true })
}

fn json_lines(text: &str) -> Vec<Read> {
    let numbered = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let row = |(line, text): (u64, &str)| match serde_json::from_str::<Map<String, Value>>(text) {
        Ok(fields) => Ok(ImportRow { line, fields }),
        // The error's own text may quote the line.
        Err(error) => Err(Refusal { line, field: "row".into(), problem: format!("is not a JSON object (column {})", error.column()) }),
    };
    numbered.map(row).collect()
}

fn csv_rows(text: &str) -> Result<Vec<Read>, Failure> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
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
    let mut rows = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| Failure::caused("the file is not CSV", &error))?;
        let line = lines.of_record_from(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        rows.push(csv_row(&header, &record, line));
    }
    Ok(rows)
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

fn csv_row(header: &[&str], record: &csv::StringRecord, line: u64) -> Read {
    if record.len() != header.len() {
        let problem = format!("has {} cells where the header has {}", record.len(), header.len());
        return Err(Refusal { line, field: "row".into(), problem });
    }
    let cells = header.iter().zip(record).map(|(name, cell)| ((*name).to_owned(), Value::from(cell.trim())));
    Ok(ImportRow { line, fields: cells.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(row: &Read) -> u64 {
        row.as_ref().map_or_else(|refusal| refusal.line, |row| row.line)
    }

    #[test]
    fn csv_goes_by_its_header_and_counts_lines_through_quoted_ones() {
        let rows = parse(b"\xef\xbb\xbfcode, name\r\nA,\"two\r\nlines\"\r\n\r\nB,x\r\nC\r\n").unwrap();
        assert!(rows.is_csv);
        assert_eq!(rows.rows.iter().map(line_of).collect::<Vec<_>>(), [2, 5, 6]);
        let first = rows.rows[0].as_ref().unwrap();
        assert_eq!(Value::Object(first.fields.clone()), serde_json::json!({"code": "A", "name": "two\r\nlines"}));
        assert_eq!(rows.rows[2].as_ref().unwrap_err().problem, "has 1 cells where the header has 2");
    }

    #[test]
    fn json_lines_keep_their_numbers_and_a_bad_one_is_refused_without_its_text() {
        let rows = parse(b"{\"a\": 1}\n\n{\"secret\n{\"a\": 2}").unwrap();
        assert!(!rows.is_csv);
        assert_eq!(rows.rows.iter().map(line_of).collect::<Vec<_>>(), [1, 3, 4]);
        let refusal = rows.rows[1].as_ref().unwrap_err();
        assert!(!refusal.problem.contains("secret"), "{}", refusal.problem);
    }

    #[test]
    fn another_encoding_is_named_by_its_line() {
        let text = parse(b"code,name\nA,x\nB,Szab\xf3\n").unwrap_err().problem().to_string();
        assert!(text.starts_with("line 3 is not UTF-8"), "{text}");
        assert!(parse(b"a,a\n1,2\n").is_err() && parse(b"a,\n1,2\n").is_err() && parse(b"").is_err());
    }
}
