//! What a person or a script sees: lines or one JSON object on stdout; progress on stderr, only for a person who watches.

use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;

/// Writes a line to stdout. A reader that has gone (`| head`) is no failure of ours.
pub(crate) fn say(text: impl AsRef<str>) {
    let _ = writeln!(io::stdout().lock(), "{}", text.as_ref());
}

/// Writes a note to the person at stderr.
pub(crate) fn note(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "wardbook: {}", text.as_ref());
}

/// Writes one JSON object on one line of stdout.
pub(crate) fn say_json(value: &impl Serialize) {
    say(serde_json::to_string(value).expect("what is printed is made of strings, numbers and lists"));
}

/// Tells of a failure: one line on stderr, or the problem object on stdout.
pub(crate) fn tell(failure: &Failure, json: bool) {
    if json {
        say_json(failure.problem());
    } else {
        note(failure.problem().to_string());
    }
}

/// A progress bar that shows itself only when attended.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar that has not begun; `json` keeps it hidden.
    pub(crate) fn new(json: bool, label: &str) -> Self {
        if json || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{msg:24} {bar:36} {human_pos}/{human_len} {elapsed}").expect("the template is ours");
        Self(ProgressBar::new(0).with_style(style).with_message(label.to_owned()))
    }

    /// So much is done.
    pub(crate) fn set(&self, done: u64, total: u64) {
        self.0.set_length(total.max(done));
        self.0.set_position(done);
    }

    /// Something else is being done now.
    pub(crate) fn label(&self, label: &str) {
        self.0.set_message(label.to_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Rows with columns that stand under each other; the last one takes what it needs.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&mut head.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [vec!["a".to_owned(), "long cell".to_owned(), "z".to_owned()], vec!["bbb".to_owned(), "é".to_owned(), String::new()]];
        assert_eq!(table(&["x", "y", "z"], &rows), "x    y          z\na    long cell  z\nbbb  é");
    }
}
