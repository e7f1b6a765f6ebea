//! The column mapping: a TOML file that says which column holds which field. It is checked as a whole before a row is read, and
//! what is wrong is named by its key.
//!
//! To extend: the key in [`File`], its check in `check.rs`, its use in `build.rs`, its line in `docs/import.md`.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use toml::Table;
use wardbook_app::import::ImportKind;
use wardbook_domain::written::{Dates, Order};

use super::cell::folded;
use super::check;
use super::fields::{Place, Reads};
use crate::failure::{Failure, FieldProblem};

/// The largest mapping.
const MAPPING_BYTES_MAX: u64 = 1024 * 1024;

/// The file as it is written; which fields and columns its tables name is the check's business.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) version: u32,
    pub(super) sheet: Option<String>,
    pub(super) header_row: Option<u32>,
    pub(super) delimiter: Option<String>,
    pub(super) columns: Table,
    #[serde(default)]
    pub(super) split: Table,
    #[serde(default)]
    pub(super) values: Table,
    #[serde(default)]
    pub(super) defaults: Table,
    #[serde(default)]
    pub(super) dates: DateKeys,
    #[serde(default)]
    pub(super) instants: BTreeMap<String, InstantKeys>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DateKeys {
    pub(super) order: Option<Order>,
    pub(super) two_digit_years: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstantKeys {
    pub(super) date: String,
    pub(super) time: Option<String>,
}

/// A mapping that fits its list.
pub(crate) struct Mapping {
    /// The sheet of a workbook; the first where none is named.
    pub(crate) sheet: Option<String>,
    /// The row with the names of the columns, from 1.
    pub(crate) header_row: Option<u32>,
    /// What stands between the cells of a CSV file.
    pub(crate) delimiter: Option<u8>,
    /// The columns that are read; the rules below name them by their place here.
    pub(crate) slots: Vec<Slot>,
    pub(super) rules: Vec<Rule>,
    pub(super) instants: Vec<Instants>,
    pub(super) defaults: Vec<(Place, Value)>,
    pub(super) dates: Dates,
}

/// A column that is read.
pub(crate) struct Slot {
    /// Its name as the mapping has it.
    pub(crate) name: String,
    /// The key that names it first.
    pub(crate) key: String,
}

/// How a field is filled.
pub(super) struct Rule {
    pub(super) path: String,
    pub(super) place: Place,
    pub(super) reads: Reads,
    pub(super) slots: Vec<usize>,
    pub(super) split: Option<String>,
    pub(super) table: Option<HashMap<String, Value>>,
}

impl Rule {
    /// The table of its values as the file writes it.
    pub(super) fn table_name(&self) -> String {
        if self.path.contains('[') { format!("[values.\"{}\"]", self.path) } else { format!("[values.{}]", self.path) }
    }
}

/// How an instant is filled.
pub(super) struct Instants {
    pub(super) name: String,
    pub(super) date: usize,
    pub(super) time: Option<usize>,
}

impl Mapping {
    /// The mapping in the file at `path`, for a list of this kind.
    pub(crate) fn read(path: &Path, kind: ImportKind) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::input(format!("{} cannot be read: {error}", path.display()));
        let mut bytes = Vec::new();
        std::fs::File::open(path).map_err(failed)?.take(MAPPING_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAPPING_BYTES_MAX {
            return Err(Failure::field("--map", "is larger than 1 MiB"));
        }
        let text = String::from_utf8(bytes).map_err(|_| Failure::field("--map", "is not UTF-8"))?;
        Self::parse(&text, kind)
    }

    /// As [`Mapping::read`], from the file's text.
    pub(crate) fn parse(text: &str, kind: ImportKind) -> Result<Self, Failure> {
        let table: Table = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..start].split(|byte| *byte == b'\n').count();
            Failure::field("--map", format!("line {line}: {}", one_line(error.message())))
        })?;
        let file: File = serde_path_to_error::deserialize(table)
            .map_err(|error| Failure::field(shown(&error.path().to_string()), one_line(error.inner().message())))?;
        check::mapping(file, kind).map_err(Failure::fields)
    }
}

impl Mapping {
    /// Where each of the columns stands in a header.
    pub(super) fn find(&self, header: &[String]) -> Result<Vec<usize>, Failure> {
        let header: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let row = self.header_row.unwrap_or(1);
        let mut problems = vec![];
        let mut places = vec![];
        for Slot { name, key } in &self.slots {
            let wanted = folded(name);
            let mut found = (0..).zip(&header).filter(|(_, header)| **header == wanted).map(|(at, _)| at);
            let problem = match (found.next(), found.next()) {
                (Some(at), None) => {
                    places.push(at);
                    continue;
                }
                (None, _) => format!("row {row} of the file has no column `{name}`"),
                (Some(_), Some(_)) => format!("row {row} of the file has the column `{name}` twice"),
            };
            problems.push(FieldProblem { field: key.clone(), problem });
        }
        if problems.is_empty() { Ok(places) } else { Err(Failure::fields(problems)) }
    }
}

/// `dates.order` as the file writes it.
fn shown(path: &str) -> String {
    path.split_once('.').map_or_else(|| path.to_owned(), |(section, key)| format!("[{section}] {key}"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
