//! Summary lists: questions and answers in sections, on the check page, the report and the case.

/// A headed group of questions and answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Heading of the group.
    pub heading: String,
    /// Its rows, in the order of the form.
    pub rows: Vec<SummaryRow>,
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// The question in a few words: `Where it happened`.
    pub key: String,
    /// The answer, one line or tick each; text with line breaks keeps them. Empty shows `Not answered`.
    pub values: Vec<String>,
    /// Path of the page on which the answer can be changed.
    pub change: Option<String>,
}

impl SummaryRow {
    /// A row that cannot be changed here.
    pub fn new(key: impl Into<String>, values: Vec<String>) -> Self {
        Self { key: key.into(), values, change: None }
    }

    /// The same with a Change link.
    #[must_use]
    pub fn change(mut self, href: impl Into<String>) -> Self {
        self.change = Some(href.into());
        self
    }
}

/// Whether any row of a list can be changed; only then do the others leave room for a link.
pub fn any_change(rows: &[SummaryRow]) -> bool {
    rows.iter().any(|row| row.change.is_some())
}

/// A state in a word, with the colour of its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateTag {
    /// `New`, `Received`, `Open`, `Closed`.
    pub text: String,
    /// Colour of the tag; never the only bearer of the meaning.
    pub colour: TagColour,
}

/// The tag colours in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagColour {
    /// Waiting for somebody's first act.
    Blue,
    /// In hand.
    Yellow,
    /// Overdue or urgent.
    Red,
    /// Finished.
    Grey,
    /// Finished well.
    Green,
}

impl StateTag {
    /// A tag.
    pub fn new(text: impl Into<String>, colour: TagColour) -> Self {
        Self { text: text.into(), colour }
    }
}

impl TagColour {
    /// The class that paints it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Blue => "govuk-tag--blue",
            Self::Yellow => "govuk-tag--yellow",
            Self::Red => "govuk-tag--red",
            Self::Grey => "govuk-tag--grey",
            Self::Green => "govuk-tag--green",
        }
    }
}
