//! One row through a mapping: the cells of the columns it names become the fields of the list, or refusals that name line, field
//! and column and never repeat what stands in a cell.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wardbook_app::import::{ImportRow, Refusal};
use wardbook_domain::written::When;

use super::cell::{Cell, folded};
use super::dates::{Column, day_of, rfc_3339, when, when_at};
use super::fields::{CLOSED, Place, Reads};
use super::mapping::{Instants, Mapping, Rule};

/// People whom one cell may name.
const PEOPLE_MAX: usize = 100;

/// A place of the mapping's columns and what is wrong in that column.
type Problem = (usize, String);

impl Mapping {
    /// The row of these cells, one for each of the mapping's columns. Everything that is wrong with it is said at once.
    pub(super) fn row(&self, line: u64, cells: &[Cell]) -> Result<ImportRow, Vec<Refusal>> {
        let mut draft = Draft::default();
        let mut refusals = vec![];
        let mut refuse = |field: &str, (slot, problem): Problem| {
            let problem = format!("column `{}`: {problem}", self.slots[slot].name);
            refusals.push(Refusal { line, field: field.to_owned(), problem });
        };
        for rule in &self.rules {
            match self.values(rule, cells) {
                Ok(values) => draft.fill(rule, values),
                Err(problem) => refuse(&rule.path, problem),
            }
        }
        for instant in &self.instants {
            match self.instant(instant, cells) {
                Ok(Some((field, text))) => draft.set(&Place::Top(field), text.into()),
                Ok(None) => {}
                Err(problem) => refuse(&instant.name, problem),
            }
        }
        for (place, value) in &self.defaults {
            draft.fall_back(place, value);
        }
        if refusals.is_empty() { Ok(ImportRow { line, fields: draft.into_fields() }) } else { Err(refusals) }
    }

    /// The values of a field's cells.
    fn values(&self, rule: &Rule, cells: &[Cell]) -> Result<Vec<Value>, Problem> {
        let mut values = vec![];
        for &slot in &rule.slots {
            for piece in pieces(rule, &cells[slot]).map_err(|problem| (slot, problem.to_owned()))? {
                match self.value(rule, &piece).map_err(|problem| (slot, problem))? {
                    Value::Null => {}
                    value => values.push(value),
                }
            }
            if values.len() > PEOPLE_MAX {
                return Err((slot, format!("holds more than {PEOPLE_MAX} values")));
            }
        }
        Ok(values)
    }

    fn value(&self, rule: &Rule, cell: &Cell) -> Result<Value, String> {
        if let Some(table) = &rule.table {
            let value = table.get(&folded(&words_of(cell)?));
            return value.cloned().ok_or_else(|| format!("has no row in {}", rule.table_name()));
        }
        match rule.reads {
            Reads::Line | Reads::Story => Ok(words_of(cell)?.into()),
            Reads::Day => match when(self.dates, cell)? {
                When::Day(date) => Ok(date.to_string().into()),
                When::At(_) => Err("has a time where a day is wanted".into()),
            },
            Reads::Number => words_of(cell)?.parse::<u32>().map(Value::from).map_err(|_| "is not a whole number".into()),
            Reads::Flag => match folded(&words_of(cell)?).as_str() {
                "yes" | "true" => Ok(true.into()),
                "no" | "false" => Ok(false.into()),
                _ => Err(format!("is neither yes nor no; give it a row in {}", rule.table_name())),
            },
            Reads::One(words) | Reads::Many(words) => {
                let text = folded(&words_of(cell)?);
                let code = words().into_iter().find(|(code, label)| *code == text || folded(label) == text).map(|(code, _)| code);
                let code = code.ok_or_else(|| format!("is none of the form's words; give it a row in {}", rule.table_name()))?;
                Ok(if matches!(rule.reads, Reads::Many(_)) { Value::Array(vec![code.into()]) } else { code.into() })
            }
        }
    }

    /// The field of an instant and its text: `_at` where a time is known, `_on` where only the day is.
    fn instant(&self, instant: &Instants, cells: &[Cell]) -> Result<Option<(String, String)>, Problem> {
        let time = instant.time.map_or(&Cell::Empty, |slot| &cells[slot]);
        let date = &cells[instant.date];
        if date.is_empty() && time.is_empty() {
            return Ok(None);
        }
        let when = when_at(self.dates, date, time).map_err(|(column, problem)| match column {
            Column::Date => (instant.date, problem.to_owned()),
            Column::Time => (instant.time.unwrap_or(instant.date), problem.to_owned()),
        })?;
        Ok(Some(match when {
            When::At(at) if instant.name != CLOSED => (format!("{}_at", instant.name), rfc_3339(at)),
            when => (format!("{}_on", instant.name), day_of(when).to_string()),
        }))
    }
}

/// The values that a cell holds, as cells.
fn pieces(rule: &Rule, cell: &Cell) -> Result<Vec<Cell>, &'static str> {
    let several = rule.split.is_some() || matches!(rule.reads, Reads::Many(_));
    match (cell, &rule.split) {
        (Cell::Empty, _) => Ok(vec![]),
        (Cell::Broken(why), _) => Err(why),
        (Cell::List(cells), _) if several => {
            let inner: Result<Vec<Vec<Cell>>, _> = cells.iter().map(|cell| pieces(rule, cell)).collect();
            Ok(inner?.into_iter().flatten().collect())
        }
        (Cell::List(_), _) => Err("is a list where one value is wanted"),
        (Cell::Text(text), Some(separator)) => {
            Ok(text.split(separator.as_str()).map(Cell::text).filter(|piece| !piece.is_empty()).collect())
        }
        (cell, _) => Ok(vec![cell.clone()]),
    }
}

/// What a cell says in words.
fn words_of(cell: &Cell) -> Result<String, &'static str> {
    match cell {
        Cell::Text(text) | Cell::Number(text) => Ok(text.clone()),
        Cell::Flag(flag) => Ok(flag.to_string()),
        Cell::Day(_) | Cell::Moment(_) | Cell::Clock(_) => Err("has a date or a time where words are wanted; format the cell as text"),
        Cell::List(_) => Err("is a list where one value is wanted"),
        Cell::Broken(why) => Err(why),
        Cell::Empty => Ok(String::new()),
    }
}

/// A row as it is put together.
#[derive(Default)]
struct Draft {
    top: Map<String, Value>,
    inside: BTreeMap<String, Map<String, Value>>,
    entries: BTreeMap<String, BTreeMap<usize, Map<String, Value>>>,
}

impl Draft {
    fn set(&mut self, place: &Place, value: Value) {
        match place {
            Place::Top(leaf) => self.top.insert(leaf.clone(), value),
            Place::Inside(outer, leaf) => self.inside.entry(outer.clone()).or_default().insert(leaf.clone(), value),
            Place::Entry(list, at, leaf) => {
                self.entries.entry(list.clone()).or_default().entry(*at).or_default().insert(leaf.clone(), value)
            }
            Place::Each(..) => None,
        };
    }

    /// Puts the values of a rule where they belong; none leave the field out.
    fn fill(&mut self, rule: &Rule, values: Vec<Value>) {
        let texts = |values: &[Value], between: &str| values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(between);
        match (&rule.place, rule.reads) {
            _ if values.is_empty() => {}
            (Place::Entry(list, first, leaf), Reads::Line) if rule.split.is_some() => {
                for (at, value) in (*first..).zip(values) {
                    self.set(&Place::Entry(list.clone(), at, leaf.clone()), value);
                }
            }
            (place, Reads::Line) => self.set(place, texts(&values, " ").into()),
            (place, Reads::Story) => self.set(place, texts(&values, "\n").into()),
            (place, Reads::Many(_)) => {
                let mut all: Vec<Value> = vec![];
                for word in values.into_iter().flat_map(|value| value.as_array().cloned().unwrap_or_default()) {
                    // Two of the office's words may be one of the form's.
                    if !all.contains(&word) {
                        all.push(word);
                    }
                }
                self.set(place, all.into());
            }
            (place, _) => values.into_iter().for_each(|value| self.set(place, value)),
        }
    }

    /// A default: where the row says nothing itself, and inside a person only where the row has that person.
    fn fall_back(&mut self, place: &Place, value: &Value) {
        let missing = |map: &Map<String, Value>, leaf: &String| !map.contains_key(leaf);
        match place {
            Place::Top(leaf) if !missing(&self.top, leaf) => {}
            Place::Inside(outer, leaf) if self.inside.get(outer).map_or(!place.is_name(), |map| !missing(map, leaf)) => {}
            Place::Entry(list, at, leaf) => {
                let known = self.entries.get(list).and_then(|entries| entries.get(at));
                if known.map_or(place.is_name(), |map| missing(map, leaf)) {
                    self.set(place, value.clone());
                }
            }
            Place::Each(list, leaf) => {
                for map in self.entries.get_mut(list).into_iter().flat_map(BTreeMap::values_mut) {
                    if missing(map, leaf) {
                        map.insert(leaf.clone(), value.clone());
                    }
                }
            }
            place => self.set(place, value.clone()),
        }
    }

    fn into_fields(self) -> Map<String, Value> {
        let mut fields = self.top;
        fields.extend(self.inside.into_iter().map(|(name, map)| (name, map.into())));
        let lists = self.entries.into_iter().map(|(name, entries)| (name, entries.into_values().map(Value::Object).collect::<Value>()));
        fields.extend(lists);
        fields
    }
}
