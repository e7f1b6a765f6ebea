//! What can go wrong, without a word of what was to be printed: the typesetter's own messages may quote a document, so they end here.

use std::fmt;

/// A document that was not made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A list that is empty, or longer than the page has room for.
    #[error("{what}: {count} entries; 1 to {max} fit")]
    Count {
        /// Which list.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A text that is empty, or longer than its place on the page.
    #[error("{what}: 1 to {max} characters that can be printed")]
    Length {
        /// Which text.
        what: &'static str,
        /// How many characters it may have.
        max: usize,
    },
    /// A template that does not set: a defect of this crate.
    #[error("the document could not be set")]
    Template(#[source] Fault),
    /// Set, but not as PDF/A-2a and PDF/UA-1 ask: a defect of this crate.
    #[error("the document does not keep to its standards")]
    Standard(#[source] Fault),
}

/// Where in a template the typesetter stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The template.
    pub template: &'static str,
    /// The line, from 1, where the fault has one.
    pub line: Option<usize>,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(to, "template {}, line {line}", self.template),
            None => write!(to, "template {}", self.template),
        }
    }
}

impl std::error::Error for Fault {}
