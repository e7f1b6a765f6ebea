//! The check of a mapping against the fields of its list: what is wrong is named by its key, all of it at once.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use toml::Table;
use wardbook_app::import::ImportKind;
use wardbook_domain::written::Dates;

use super::COLUMNS_MAX;
use super::cell::folded;
use super::fields::{self, CLOSED, Field, Place, Reads};
use super::mapping::{File, InstantKeys, Instants, Mapping, Rule, Slot};
use crate::failure::FieldProblem;

/// The version of the mapping file.
const VERSION: u32 = 1;
/// The last entry of a list of people that a mapping may name.
const ENTRY_MAX: usize = 99;
/// Columns that make one field at most.
const JOINED_MAX: usize = 20;
const DELIMITERS: [&str; 4] = [",", ";", "\t", "|"];

/// The mapping that a file is for a list of this kind, or everything that does not fit.
pub(super) fn mapping(file: File, kind: ImportKind) -> Result<Mapping, Vec<FieldProblem>> {
    let mut check = Check { fields: fields::fields(kind), instants: fields::instants(kind), slots: vec![], problems: vec![] };
    let mapping = check.mapping(file, kind);
    if check.problems.is_empty() { Ok(mapping) } else { Err(check.problems) }
}

/// Turns the file into a mapping and collects everything that does not fit.
struct Check {
    fields: &'static [Field],
    instants: &'static [&'static str],
    slots: Vec<Slot>,
    problems: Vec<FieldProblem>,
}

impl Check {
    fn fail(&mut self, key: impl Into<String>, problem: impl Into<String>) {
        self.problems.push(FieldProblem { field: key.into(), problem: problem.into() });
    }

    fn mapping(&mut self, file: File, kind: ImportKind) -> Mapping {
        if file.version != VERSION {
            self.fail("version", format!("is not one that this release reads; write version = {VERSION}"));
        }
        if file.header_row == Some(0) {
            self.fail("header-row", "counts from 1");
        }
        let delimiter = file.delimiter.and_then(|text| {
            if !DELIMITERS.contains(&text.as_str()) {
                self.fail("delimiter", "is one of , ; | and tab");
            }
            text.bytes().next()
        });
        let mut rules = self.rules(&file.columns);
        self.splits(&file.split, &mut rules);
        self.tables(&file.values, &mut rules);
        let defaults = self.defaults(&file.defaults, &rules);
        let instants = self.instants(file.instants, kind);
        self.needed(&rules, &defaults);
        if self.slots.len() > COLUMNS_MAX {
            self.fail("[columns]", format!("names more than {COLUMNS_MAX} columns"));
        }
        let dates = Dates { order: file.dates.order, century: self.century(file.dates.two_digit_years.as_deref()) };
        let (sheet, header_row, slots) = (file.sheet, file.header_row, std::mem::take(&mut self.slots));
        Mapping { sheet, header_row, delimiter, slots, rules, instants, defaults, dates }
    }

    /// The place of a column among those that are read.
    fn slot(&mut self, name: &str, key: &str) -> usize {
        if folded(name).is_empty() {
            self.fail(key, "names no column");
        }
        let known = self.slots.iter().position(|slot| slot.name == name.trim());
        known.unwrap_or_else(|| {
            self.slots.push(Slot { name: name.trim().to_owned(), key: key.to_owned() });
            self.slots.len() - 1
        })
    }

    /// The field that a key names; what it is not is said.
    fn field(&mut self, section: &str, path: &str) -> Option<(Place, Reads)> {
        let place = Place::parse(path);
        let found = place.and_then(|place| {
            let pattern = place.path();
            self.fields.iter().find(|field| field.path == pattern).map(|field| (place, field.reads))
        });
        match found {
            None if path.strip_suffix("_at").is_some_and(|name| self.instants.contains(&name)) => {
                self.fail(format!("[{section}] {path}"), "is filled by [instants], from a date and a time");
            }
            None => self.fail(format!("[{section}] {path}"), "is not a field of this list"),
            Some((Place::Entry(_, at, _), _)) if at > ENTRY_MAX => {
                self.fail(format!("[{section}] {path}"), format!("counts past {ENTRY_MAX}"));
            }
            Some(_) => return found,
        }
        None
    }

    fn rules(&mut self, columns: &Table) -> Vec<Rule> {
        let mut rules: Vec<Rule> = vec![];
        for (path, value) in leaves(columns) {
            let key = format!("[columns] {path}");
            let Some((place, reads)) = self.field("columns", &path) else { continue };
            if matches!(place, Place::Each(..)) || rules.iter().any(|rule| rule.place == place) {
                self.fail(key, "needs a number that no other key has, as in pupils[0].name");
                continue;
            }
            let names: Vec<&str> = match &value {
                toml::Value::String(name) => vec![name],
                toml::Value::Array(names) => names.iter().filter_map(toml::Value::as_str).collect(),
                _ => vec![],
            };
            let wanted = value.as_array().map_or(1, Vec::len);
            if names.is_empty() || names.len() != wanted || wanted > JOINED_MAX {
                self.fail(key, format!("is the name of a column, or a list of at most {JOINED_MAX} names"));
                continue;
            }
            if names.len() > 1 && !matches!(reads, Reads::Line | Reads::Story | Reads::Many(_)) {
                self.fail(key, "holds one value; name one column");
                continue;
            }
            let slots = names.into_iter().map(|name| self.slot(name, &key)).collect();
            rules.push(Rule { path, place, reads, slots, split: None, table: None });
        }
        rules
    }

    fn splits(&mut self, split: &Table, rules: &mut [Rule]) {
        for (path, value) in leaves(split) {
            let key = format!("[split] {path}");
            let Some((place, reads)) = self.field("split", &path) else { continue };
            let Some(separator) = value.as_str().filter(|text| !text.is_empty()) else {
                self.fail(key, "is the text that stands between two values");
                continue;
            };
            let is_last = |list: &str, at: usize| {
                rules.iter().all(|rule| !matches!(&rule.place, Place::Entry(other, n, _) if other == list && *n > at))
            };
            let several = match &place {
                Place::Entry(list, at, _) => place.is_name() && is_last(list, *at),
                _ => matches!(reads, Reads::Many(_)),
            };
            match rules.iter_mut().find(|rule| rule.place == place) {
                _ if !several => self.fail(key, "holds one value; types, data_affected and the last name of a list may hold several"),
                None => self.fail(key, "has no column in [columns]"),
                Some(rule) => rule.split = Some(separator.to_owned()),
            }
        }
    }

    fn tables(&mut self, values: &Table, rules: &mut [Rule]) {
        for (path, table) in tables(values) {
            let Some((place, reads)) = self.field("values", &path) else { continue };
            let Some(table) = table else {
                self.fail(format!("[values] {path}"), "is a table: [values.FIELD], and under it the file's words = the field's");
                continue;
            };
            let mut read = HashMap::new();
            for (text, value) in table {
                let key = format!("[values.{path}] {text}");
                match canonical(reads, &value).map(|value| read.insert(folded(&text), value)) {
                    Ok(None) => {}
                    Ok(Some(_)) => self.fail(key, "stands twice: capitals and blanks make no difference"),
                    Err(problem) => self.fail(key, problem),
                }
            }
            match rules.iter_mut().find(|rule| rule.place == place) {
                Some(rule) => rule.table = Some(read),
                None => self.fail(format!("[values.{path}]"), "has no column in [columns]"),
            }
        }
    }

    fn defaults(&mut self, defaults: &Table, rules: &[Rule]) -> Vec<(Place, Value)> {
        let mut read: Vec<(Place, Value)> = vec![];
        for (path, value) in leaves(defaults) {
            let key = format!("[defaults] {path}");
            let Some((place, reads)) = self.field("defaults", &path) else { continue };
            match canonical(reads, &value) {
                Ok(_) if read.iter().any(|(other, _)| *other == place) => self.fail(key, "stands twice"),
                Ok(Value::Null) => self.fail(key, "is empty"),
                Ok(value) => read.push((place, value)),
                Err(problem) => self.fail(key, problem),
            }
        }
        // Names first: they make the person whom the others are about.
        read.sort_by_key(|(place, _)| !place.is_name());
        for (place, _) in &read {
            let of_same = |other: &Place| match (place, other) {
                (Place::Inside(one, _), Place::Inside(two, _)) | (Place::Each(one, _), Place::Entry(two, ..)) => one == two,
                (Place::Entry(one, at, _), Place::Entry(two, other, _)) => one == two && at == other,
                _ => false,
            };
            let beside = rules.iter().any(|rule| of_same(&rule.place)) || read.iter().any(|(other, _)| other.is_name() && of_same(other));
            if !beside && !matches!(place, Place::Top(_)) {
                self.fail(format!("[defaults] {}", place.path()), "has no name or column beside it, so that no row would ever have it");
            }
        }
        read
    }

    fn instants(&mut self, instants: BTreeMap<String, InstantKeys>, kind: ImportKind) -> Vec<Instants> {
        let mut read = vec![];
        for (name, columns) in instants {
            let key = format!("[instants] {name}");
            let known = fields::instants(kind);
            if !known.contains(&name.as_str()) {
                let none = "is not an instant of this list, which has none".to_owned();
                self.fail(key, if known.is_empty() { none } else { format!("is none of {}, which this list has", known.join(", ")) });
                continue;
            }
            if name == CLOSED && columns.time.is_some() {
                self.fail(format!("{key}.time"), "is not kept: a matter was closed on a day");
            }
            let date = self.slot(&columns.date, &format!("{key}.date"));
            let time = columns.time.map(|time| self.slot(&time, &format!("{key}.time")));
            read.push(Instants { name, date, time });
        }
        read
    }

    fn needed(&mut self, rules: &[Rule], defaults: &[(Place, Value)]) {
        for field in self.fields.iter().filter(|field| field.needed) {
            let place = Place::Top(field.path.to_owned());
            let filled = rules.iter().any(|rule| rule.place == place) || defaults.iter().any(|(other, _)| *other == place);
            // Where its key is wrong, that was said.
            if !filled && !self.problems.iter().any(|problem| problem.field.ends_with(&format!("] {}", field.path))) {
                self.fail(format!("[columns] {}", field.path), "is needed: name its column, or its value in [defaults]");
            }
        }
    }

    fn century(&mut self, text: Option<&str>) -> Option<i16> {
        let text = text?;
        let century = text.parse().ok().filter(|century| (1800..=2100).contains(century) && century % 100 == 0);
        if century.is_none() {
            self.fail("[dates] two-digit-years", "is the century's first year, such as \"2000\"");
        }
        century
    }
}

/// The keys of a section with their values; `reporter.name` and `"reporter.name"` are one.
fn leaves(table: &Table) -> Vec<(String, toml::Value)> {
    let mut found = vec![];
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) => found.extend(leaves(inner).into_iter().map(|(rest, value)| (format!("{name}.{rest}"), value))),
            value => found.push((name.clone(), value.clone())),
        }
    }
    found
}

/// The tables of a section by their path: those that hold anything but tables.
fn tables(table: &Table) -> Vec<(String, Option<Table>)> {
    let mut found = vec![];
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) if !inner.is_empty() && inner.values().all(toml::Value::is_table) => {
                found.extend(tables(inner).into_iter().map(|(rest, value)| (format!("{name}.{rest}"), value)));
            }
            toml::Value::Table(inner) => found.push((name.clone(), Some(inner.clone()))),
            _ => found.push((name.clone(), None)),
        }
    }
    found
}

/// A value of the mapping as the field has it; an empty text is nothing.
fn canonical(reads: Reads, value: &toml::Value) -> Result<Value, String> {
    let word = |words: fn() -> fields::Words, value: &toml::Value| {
        let codes = words();
        let code = value.as_str().and_then(|text| codes.iter().find(|(code, _)| *code == text));
        code.map(|(code, _)| Value::from(*code))
            .ok_or_else(|| format!("is none of {}", codes.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")))
    };
    match (reads, value) {
        (_, toml::Value::String(text)) if text.trim().is_empty() => Ok(Value::Null),
        (Reads::Line | Reads::Story, toml::Value::String(text)) => Ok(text.trim().into()),
        (Reads::Line | Reads::Story, _) => Err("is a text".into()),
        (Reads::Day, toml::Value::String(text)) if text.parse::<jiff::civil::Date>().is_ok() => Ok(text.as_str().into()),
        (Reads::Day, _) => Err("is a day such as \"2026-10-30\"".into()),
        (Reads::Number, value) => {
            let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
            number.map(Value::from).ok_or_else(|| "is a whole number".into())
        }
        (Reads::Flag, value) => value.as_bool().map(Value::from).ok_or_else(|| "is true or false".into()),
        (Reads::One(words), value) => word(words, value),
        (Reads::Many(words), toml::Value::Array(several)) => several.iter().map(|one| word(words, one)).collect(),
        (Reads::Many(words), one) => Ok(Value::Array(vec![word(words, one)?])),
    }
}
