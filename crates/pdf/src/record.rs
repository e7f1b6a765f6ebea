//! A copy of a case on paper (P0-PRINT-1, P0-MARK-1): what its page shows, with its number, its marking, who made it, when and what for on
//! every sheet.
//!
//! What is on it is handed in, in the words of the page, so that paper and page never differ.

use typst::foundations::{Array, Dict, Value, dict};

use crate::error::PdfError;
use crate::form::{NAME_CHARS_MAX, TRUST_CHARS_MAX};
use crate::render::render;
use crate::text::{line, written};
use crate::world::Template;

/// Characters of a heading, a question or the name of an event.
const HEADING_CHARS_MAX: usize = 3_000;
/// Characters of one text.
const WRITTEN_CHARS_MAX: usize = 200_000;
/// Sections, rows of one, and events, at most.
const ENTRIES_MAX: usize = 20_000;

/// A copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCopy {
    /// The trust's name.
    pub trust: String,
    /// What it is: `Safeguarding concern`.
    pub title: String,
    /// What people quote.
    pub reference: String,
    /// The protective marking in words.
    pub marking: String,
    /// The number of the copy.
    pub number: u32,
    /// Who made it.
    pub by: String,
    /// When, in words.
    pub at: String,
    /// The same as a date: year, month, day.
    pub day: (i16, u8, u8),
    /// What for, in words.
    pub purpose: String,
    /// Questions and answers under headings.
    pub sections: Vec<CopySection>,
    /// What happened, oldest first; empty where the copy is a summary.
    pub timeline: Vec<CopyEntry>,
}

/// Questions and answers under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopySection {
    /// The heading.
    pub heading: String,
    /// Each question with its answers.
    pub rows: Vec<(String, Vec<String>)>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyEntry {
    /// What, in a few words.
    pub what: String,
    /// When, and who did it.
    pub when: String,
    /// What was written; may be empty.
    pub text: String,
}

/// A copy as PDF: A4, PDF/A-2a and PDF/UA-1. Equal copies are equal bytes.
pub fn record_copy(copy: &RecordCopy) -> Result<Vec<u8>, PdfError> {
    render(Template::Record, data(copy)?, &format!("wardbook copy {} {}", copy.reference, copy.number))
}

fn data(copy: &RecordCopy) -> Result<Dict, PdfError> {
    let (year, month, day) = copy.day;
    Ok(dict! {
        "trust" => line("trust", &copy.trust, TRUST_CHARS_MAX)?,
        "title" => line("title", &copy.title, HEADING_CHARS_MAX)?,
        "reference" => line("reference", &copy.reference, NAME_CHARS_MAX)?,
        "marking" => line("marking", &copy.marking, NAME_CHARS_MAX)?,
        "number" => i64::from(copy.number),
        "by" => line("who made it", &copy.by, HEADING_CHARS_MAX)?,
        "at" => line("when", &copy.at, NAME_CHARS_MAX)?,
        "year" => i64::from(year),
        "month" => i64::from(month),
        "day" => i64::from(day),
        "purpose" => line("purpose", &copy.purpose, HEADING_CHARS_MAX)?,
        "sections" => each("sections", &copy.sections, section)?,
        "timeline" => each("events", &copy.timeline, entry)?,
    })
}

fn each<T>(what: &'static str, list: &[T], one: impl Fn(&T) -> Result<Value, PdfError>) -> Result<Value, PdfError> {
    if list.len() > ENTRIES_MAX {
        return Err(PdfError::Count { what, count: list.len(), max: ENTRIES_MAX });
    }
    Ok(Value::Array(list.iter().map(one).collect::<Result<Array, _>>()?))
}

fn section(section: &CopySection) -> Result<Value, PdfError> {
    let row = |(key, values): &(String, Vec<String>)| {
        let values = written("answer", &values.join("\n"), WRITTEN_CHARS_MAX)?;
        Ok(Value::Dict(dict! { "key" => line("question", key, HEADING_CHARS_MAX)?, "values" => values }))
    };
    let rows = each("rows", &section.rows, row)?;
    Ok(Value::Dict(dict! { "heading" => line("heading", &section.heading, HEADING_CHARS_MAX)?, "rows" => rows }))
}

fn entry(entry: &CopyEntry) -> Result<Value, PdfError> {
    Ok(Value::Dict(dict! {
        "what" => line("event", &entry.what, HEADING_CHARS_MAX)?,
        "when" => line("when", &entry.when, HEADING_CHARS_MAX)?,
        "lines" => written("text", &entry.text, WRITTEN_CHARS_MAX)?,
    }))
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
