//! A cell of any file as a mapping sees it, and the text that names of columns and words are compared by.
//!
//! A new kind of file gives its own values as these; nothing after this knows which file they came from.

use jiff::civil::{Date, DateTime, Time};

use super::CELL_BYTES_MAX;

/// One cell.
#[derive(Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing, or blanks.
    Empty,
    /// Words, trimmed.
    Text(String),
    /// A number as the file writes it.
    Number(String),
    /// A tick.
    Flag(bool),
    /// A day.
    Day(Date),
    /// A day with a time.
    Moment(DateTime),
    /// A time of day.
    Clock(Time),
    /// A JSON list.
    List(Vec<Cell>),
    /// Not a value, and why.
    Broken(&'static str),
}

impl Cell {
    /// A cell of text: trimmed, and bounded.
    pub(crate) fn text(text: &str) -> Self {
        let text = text.trim();
        match text.len() {
            0 => Self::Empty,
            1..=CELL_BYTES_MAX => Self::Text(text.to_owned()),
            _ => Self::Broken("is longer than 32 KiB"),
        }
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// A text as it is compared: in lower case, its blanks and line ends made one blank.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
