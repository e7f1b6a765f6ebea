//! Files as offices keep them: each gives exactly these rows and exactly these refusals.

use serde_json::Value;
use wardbook_app::import::ImportKind;

use super::{Mapping, Rows, parse_by};

mod dates;
mod doc;
mod mapping;
mod messy_csv;
mod messy_jsonl;
mod messy_xlsx;
mod plain;
mod workbook;

/// The mapping of a text that is right.
fn mapping(text: &str) -> Mapping {
    Mapping::parse(text, ImportKind::Reports).unwrap_or_else(|failure| panic!("{}", failure.problem()))
}

/// The rows as lines with their fields, and the refusals as `line: field: problem`.
fn told(read: Rows) -> (Vec<(u64, Value)>, Vec<String>) {
    let (good, bad): (Vec<_>, Vec<_>) = read.rows.into_iter().partition(Result::is_ok);
    let good = good.into_iter().flatten().map(|row| (row.line, Value::Object(row.fields))).collect();
    let bad = bad.into_iter().filter_map(Result::err).map(|refusal| format!("{}: {}: {}", refusal.line, refusal.field, refusal.problem));
    (good, bad.collect())
}

/// What is wrong with the whole file.
fn refused(bytes: &[u8], mapping: Option<&Mapping>) -> String {
    parse_by(bytes, mapping).expect_err("accepted").problem().to_string()
}
