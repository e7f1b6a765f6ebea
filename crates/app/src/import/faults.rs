//! Reading a row as a whole: everything that is wrong with it is said at once, so that its paper is fetched once.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wardbook_domain::field::{FieldError, Invalid};

/// Faults of one row at most; a row has fewer fields.
const FAULTS_MAX: usize = 200;

/// Reads JSON into a value and names the field that does not fit.
pub(super) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let text = error.inner().to_string();
        // A missing or unknown field is named in the text only; its path is the object around it.
        let quoted = text.split('`').nth(1).filter(|_| text.starts_with("missing field") || text.starts_with("unknown field"));
        let field = match (quoted, path.as_str()) {
            (Some(name), "." | "?") => name.to_owned(),
            // The path of an unknown field is that field itself, of a missing one the object around it.
            (Some(name), path) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
            (Some(name), path) => format!("{path}.{name}"),
            (None, "." | "?") => "body".to_owned(),
            (None, path) => path.to_owned(),
        };
        let problem = if text.starts_with("missing field") {
            "is missing".to_owned()
        } else if text.starts_with("unknown field") {
            "is not a field of this form".to_owned()
        } else {
            text
        };
        Invalid::one(field, problem)
    })
}

/// Reads a row and checks what it says. A field that cannot be read is set aside, so that the rest is read and checked as well.
pub(super) fn whole<T: DeserializeOwned>(
    mut fields: Map<String, Value>,
    check: impl FnOnce(&T) -> Result<(), Invalid>,
) -> Result<T, Invalid> {
    let mut read = Reading::default();
    while read.faults.len() < FAULTS_MAX {
        match from_value::<T>(Value::Object(fields.clone())) {
            Ok(value) => return read.end(check(&value)).map(|()| value),
            Err(Invalid(errors)) => {
                if !errors.into_iter().all(|error| read.set_aside(&mut fields, error)) {
                    break;
                }
            }
        }
    }
    Err(Invalid(read.faults))
}

/// The result with what was wrong before it.
pub(super) fn kept<T>(faults: &mut Vec<FieldError>, read: Result<T, Invalid>) -> Option<T> {
    read.map_err(|Invalid(errors)| faults.extend(errors)).ok()
}

#[derive(Default)]
struct Reading {
    faults: Vec<FieldError>,
    /// Fields that are wrong already: nothing more is said of them.
    wrong: BTreeSet<String>,
    /// Entries that were taken out of a list, by their place in the row.
    out: BTreeMap<String, BTreeSet<usize>>,
    /// How often a value was put in place of a needed one.
    stood_in: BTreeMap<String, usize>,
}

impl Reading {
    /// Notes a fault and mends its field so far that reading goes on; false where it cannot be mended.
    fn set_aside(&mut self, fields: &mut Map<String, Value>, error: FieldError) -> bool {
        let top = top(&error.field).to_owned();
        let entry = index(&error.field).filter(|at| fields.get(&top).is_some_and(|list| list.get(*at).is_some()));
        if let Some(at) = entry {
            let place = self.place(&top, at);
            let field = error.field.replacen(&format!("{top}[{at}]"), &format!("{top}[{place}]"), 1);
            self.faults.push(FieldError { field, problem: error.problem });
            self.wrong.insert(top.clone());
            self.out.entry(top.clone()).or_default().insert(place);
            if let Some(Value::Array(list)) = fields.get_mut(&top) {
                list.remove(at);
            }
            return true;
        }
        if self.wrong.insert(top.clone()) {
            self.faults.push(error);
            if fields.remove(&top).is_some() {
                return true;
            }
        }
        // A needed field: what stands in for it fits its kind, and nothing is said of it.
        let tries = self.stood_in.entry(top.clone()).or_default();
        *tries += 1;
        let value = match tries {
            1 => Value::String(String::new()),
            2 => Value::Array(vec![]),
            _ => return false,
        };
        fields.insert(top, value);
        true
    }

    /// Where an entry stands in the row, before others were taken out.
    fn place(&self, top: &str, at: usize) -> usize {
        let out = self.out.get(top);
        let mut left = (0_usize..).filter(|place| !out.is_some_and(|out| out.contains(place)));
        left.nth(at).unwrap_or(at)
    }

    fn end(mut self, checked: Result<(), Invalid>) -> Result<(), Invalid> {
        if let Err(Invalid(more)) = checked {
            self.faults.extend(more.into_iter().filter(|error| !self.wrong.contains(top(&error.field))));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Invalid(self.faults)) }
    }
}

fn top(field: &str) -> &str {
    field.split(['.', '[']).next().unwrap_or(field)
}

/// The place in a list that a field begins with: 2 of `pupils[2].name`.
fn index(field: &str) -> Option<usize> {
    field[top(field).len()..].strip_prefix('[')?.split(']').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wardbook_domain::{Instant, report::Form};

    use super::*;

    fn faults(row: Value) -> Vec<String> {
        let Value::Object(fields) = row else { panic!("a row is an object") };
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        let Err(Invalid(errors)) = whole::<Form>(fields, |form| form.check(now)) else { return vec![] };
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_fault_of_a_row_is_named_once() {
        let good = json!({ "school": "S", "types": ["loss_of_data"], "what_happened": "x" });
        assert_eq!(faults(good), Vec::<String>::new());
        assert_eq!(faults(json!({})), ["school", "what_happened", "types"]);
        let bad = json!({ "school": 7, "types": ["fire", "loss_of_data", "flood"], "what_happened": " ", "colour": "red", "incident_at": "yesterday",
            "staff": [{ "name": "Ann", "part": "hero" }, { "name": "", "part": "subject" }, { "part": "subject" }],
            "data_affected": ["no_data", "pupil_personal_data"] });
        let mut named = faults(bad);
        named.sort_unstable();
        let expected =
            ["colour", "data_affected", "incident_at", "school", "staff[0].part", "staff[2].name", "types[0]", "types[2]", "what_happened"];
        assert_eq!(named, expected);
    }
}
