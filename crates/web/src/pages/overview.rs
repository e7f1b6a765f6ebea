//! The overview of a head and of the trust.

use askama::Template;

use super::Chrome;
use super::charts::Chart;

/// `GET /overview`.
#[derive(Debug, Clone, Template)]
#[template(path = "overview.html")]
pub struct Overview {
    /// Around the page.
    pub chrome: Chrome,
    /// Open records.
    pub open: u32,
    /// Late ones.
    pub late: u32,
    /// Reports of the last twelve months.
    pub reported: u32,
    /// Said where older records were not counted.
    pub bound: Option<String>,
    /// By school.
    pub schools: Vec<SchoolRow>,
    /// Rates of the schools.
    pub school_chart: Chart,
    /// By type.
    pub types: Vec<CountRow>,
    /// The same drawn.
    pub type_chart: Chart,
    /// By month.
    pub months: Vec<(String, u32)>,
    /// The same drawn.
    pub month_chart: Chart,
    /// Who has gone quiet.
    pub quiet: Vec<QuietRow>,
    /// The rule of it, in a sentence.
    pub quiet_rule: &'static str,
}

/// A school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRow {
    /// Its name.
    pub school: String,
    /// Open now.
    pub open: u32,
    /// Late now.
    pub late: u32,
    /// Reports of the last twelve months.
    pub reported: u32,
    /// Reports for each hundred adults, or why there is no rate.
    pub rate: String,
    /// Days to the first action, or that there was none.
    pub first_action: String,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// Its words.
    pub label: String,
    /// Reports of the last twelve months.
    pub reported: u32,
    /// Open now.
    pub open: u32,
    /// Late now.
    pub late: u32,
}

/// A school or a type that has gone quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietRow {
    /// Its name.
    pub name: String,
    /// Reports of this term so far.
    pub now: u32,
    /// What is usual by this day of a term.
    pub usual: String,
}

impl Overview {
    /// The heading, which answers the first question.
    pub fn heading(&self) -> String {
        let late = match self.late {
            0 => "none of them late".to_owned(),
            late => format!("{late} late"),
        };
        match self.open {
            0 => "Nothing is open".to_owned(),
            1 => format!("1 record is open, {late}"),
            open => format!("{open} records are open, {late}"),
        }
    }
}
