//! Monitoring alerts: those that wait, in groups of repeats, and those that are decided.

use askama::Template;

use super::Chrome;
use super::forms::{CommandToken, FormErrors};

/// `GET /alerts`. Ticked groups go to `POST /alerts/dismiss` with the fields `alerts` (ids with commas between, once a group) and `reason`;
/// a group is raised by `POST /alerts/raise` with the same two.
#[derive(Debug, Clone, Template)]
#[template(path = "alerts/list.html")]
pub struct Alerts {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of whichever form was sent.
    pub errors: FormErrors,
    /// The groups, the gravest first.
    pub groups: Vec<AlertCard>,
    /// Whether more wait than stand here.
    pub more: bool,
    /// Hidden fields of the form that dismisses.
    pub token: CommandToken,
    /// Its reason as typed.
    pub reason: String,
}

/// `GET /alerts?decided=yes`.
#[derive(Debug, Clone, Template)]
#[template(path = "alerts/decided.html")]
pub struct DecidedAlerts {
    /// Around the page.
    pub chrome: Chrome,
    /// The alerts, the latest decision first.
    pub rows: Vec<AlertCard>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A group of alerts that repeat one another, or one decided alert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertCard {
    /// The product's words for what it is.
    pub what: String,
    /// Who was signed in, in words.
    pub who: String,
    /// Name of the school.
    pub school: String,
    /// How often and when.
    pub times: String,
    /// The devices.
    pub devices: String,
    /// The product, with the severity that it gave.
    pub source: String,
    /// The ids, with commas between.
    pub ids: String,
    /// Whether its box is ticked.
    pub ticked: bool,
    /// Whether this reader decides about it.
    pub may_decide: bool,
    /// The alerts one by one.
    pub seen: Vec<SeenRow>,
    /// Hidden fields of the form that raises it.
    pub token: CommandToken,
    /// The reason typed there.
    pub reason: String,
    /// What was decided, who and when, in words; empty where nothing was.
    pub decision: String,
    /// Why.
    pub why: String,
    /// Path of the report that was filed.
    pub report: Option<String>,
    /// Whether it can still be raised: it was dismissed.
    pub may_raise: bool,
}

/// One alert of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    /// When, in words.
    pub when: String,
    /// What was typed or shown.
    pub excerpt: String,
    /// The rest in one line: site, what the product did, its reference.
    pub rest: String,
}

impl Alerts {
    /// The heading: how many groups wait, in words.
    pub fn heading(&self) -> String {
        match self.groups.len() {
            0 => "No alert waits".to_owned(),
            1 => "1 alert to look at".to_owned(),
            n if self.more => format!("{n} alerts to look at, and more"),
            n => format!("{n} alerts to look at"),
        }
    }

    /// Whether this reader decides about any of them.
    pub fn may_decide(&self) -> bool {
        self.groups.iter().any(|group| group.may_decide)
    }
}
