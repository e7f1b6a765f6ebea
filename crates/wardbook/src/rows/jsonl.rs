//! JSON lines: as they are, or by a mapping whose columns are keys, or paths such as `who.name` and `children[0].name`.

use serde_json::{Map, Value};
use wardbook_app::import::{ImportRow, Refusal};

use super::cell::Cell;
use super::mapping::Mapping;
use super::{Met, Read};
use crate::failure::{Failure, FieldProblem};

/// Rows whose fields are the keys of each line's object.
pub(super) fn rows(text: &str) -> Result<Vec<Read>, Failure> {
    let mut met = Met::default();
    for (line, object) in objects(text) {
        met.take(object.map(|fields| ImportRow { line, fields }).map_err(|refusal| vec![refusal]))?;
    }
    Ok(met.rows)
}

/// Rows by a mapping. A key that no line has is a mistake in the mapping.
pub(super) fn mapped(text: &str, mapping: &Mapping) -> Result<Vec<Read>, Failure> {
    let pointers: Vec<String> = mapping.slots.iter().map(|slot| pointer(&slot.name)).collect();
    let mut seen = vec![false; pointers.len()];
    let mut met = Met::default();
    for (line, object) in objects(text) {
        let object = match object {
            Ok(object) => Value::Object(object),
            Err(refusal) => {
                met.take(Err(vec![refusal]))?;
                continue;
            }
        };
        let mut cells = Vec::with_capacity(pointers.len());
        for ((slot, pointer), seen) in mapping.slots.iter().zip(&pointers).zip(&mut seen) {
            let value = object.get(&slot.name).or_else(|| object.pointer(pointer));
            *seen |= value.is_some();
            cells.push(value.map_or(Cell::Empty, cell));
        }
        if !cells.iter().all(Cell::is_empty) {
            met.take(mapping.row(line, &cells))?;
        }
    }
    let unseen = mapping.slots.iter().zip(seen).filter(|(_, seen)| !seen);
    let problem = |(slot, _): (&super::mapping::Slot, bool)| FieldProblem {
        field: slot.key.clone(),
        problem: format!("no line of the file has the key `{}`", slot.name),
    };
    let problems: Vec<FieldProblem> = unseen.map(problem).collect();
    if problems.is_empty() { Ok(met.rows) } else { Err(Failure::fields(problems)) }
}

/// The objects of the lines that are not blank, by line.
fn objects(text: &str) -> impl Iterator<Item = (u64, Result<Map<String, Value>, Refusal>)> {
    let numbered = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    numbered.map(|(line, text)| {
        // The error's own text may quote the line.
        let refused = |error: serde_json::Error| Refusal {
            line,
            field: "row".into(),
            problem: format!("is not a JSON object (column {})", error.column()),
        };
        (line, serde_json::from_str(text).map_err(refused))
    })
}

/// `children[0].name` as a JSON pointer.
fn pointer(path: &str) -> String {
    let plain = path.replace('~', "~0").replace('/', "~1");
    format!("/{}", plain.replace(['.', '['], "/").replace(']', ""))
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => Cell::Number(number.to_string()),
        Value::String(text) => Cell::text(text),
        Value::Array(values) if values.is_empty() => Cell::Empty,
        Value::Array(values) => Cell::List(values.iter().map(cell).collect()),
        Value::Object(_) => Cell::Broken("is an object; name one of its keys"),
    }
}
