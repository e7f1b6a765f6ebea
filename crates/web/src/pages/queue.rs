//! The queue: what this person owes, by when and why, with one obvious next action a row.

use askama::Template;
use wardbook_app::queue::OWED_MAX;

use super::Chrome;
use super::due::Due;

/// `GET /queue`.
#[derive(Debug, Clone, Template)]
#[template(path = "queue.html")]
pub struct Queue {
    /// Around the page.
    pub chrome: Chrome,
    /// How many things are owed, over all pages, what waits beside records among them.
    pub owed: usize,
    /// How many of them are past their due instant.
    pub overdue: usize,
    /// What waits beside records; on the first page alone.
    pub beside: Vec<BesideRow>,
    /// The rows of this page, most pressing first.
    pub rows: Vec<QueueRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One thing owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// What is owed, as an order: `Receive this report`.
    pub owed: String,
    /// Why it is owed and why by this person: `You receive online safety reports at this school`.
    pub why: String,
    /// Whether it is owed now, before all that has a clock.
    pub now: bool,
    /// By when, where a clock runs.
    pub due: Option<Due>,
    /// Name of the school.
    pub school: String,
    /// The record's reference, which makes its link's name unique: `R-2026-0042`.
    pub reference: String,
    /// Words of the button: `Receive`, `Assess`.
    pub action: String,
    /// Where the button leads.
    pub href: String,
}

/// Something that waits and is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BesideRow {
    /// What is owed, as an order: `Decide about 3 monitoring alerts`.
    pub owed: String,
    /// Why, and by which clause.
    pub why: String,
    /// Whether one of them cannot wait.
    pub now: bool,
    /// By when the oldest is due.
    pub due: Option<Due>,
    /// The trust, where there are several.
    pub trust: String,
    /// Where it is done.
    pub href: String,
}

/// `GET /before-you-go`.
#[derive(Debug, Clone, Template)]
#[template(path = "before_you_go.html")]
pub struct BeforeYouGo {
    /// Around the page.
    pub chrome: Chrome,
    /// When the next working day begins, in words.
    pub until: String,
    /// What waits beside records and falls due before then.
    pub beside: Vec<BesideRow>,
    /// What falls due before then, most pressing first.
    pub rows: Vec<LeftRow>,
    /// Whether there is more than stands here.
    pub more: bool,
}

/// Something that would be left lying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftRow {
    /// The row of the queue.
    pub row: QueueRow,
    /// Where it is handed over to somebody who is there.
    pub hand_over: Option<String>,
    /// Where the duty is covered by which it is theirs.
    pub cover: String,
}

impl Queue {
    /// The heading: how much is owed, in words.
    pub fn heading(&self) -> String {
        owed_words(self.owed)
    }

    /// How much is overdue, in words; `None` when nothing is.
    pub fn overdue_words(&self) -> Option<String> {
        overdue_words(self.overdue)
    }
}

/// How much is owed, in words.
pub(super) fn owed_words(owed: usize) -> String {
    match owed {
        0 => "Nothing is owed".to_owned(),
        1 => "1 thing is owed".to_owned(),
        n => format!("{} things are owed", so_many(n)),
    }
}

/// How much is overdue, in words; `None` when nothing is.
pub(super) fn overdue_words(overdue: usize) -> Option<String> {
    match overdue {
        0 => None,
        1 => Some("1 is overdue".to_owned()),
        n => Some(format!("{} are overdue", so_many(n))),
    }
}

/// A total, which is not counted on for ever.
fn so_many(total: usize) -> String {
    if total < OWED_MAX as usize { total.to_string() } else { format!("{},{:03} or more", OWED_MAX / 1000, OWED_MAX % 1000) }
}

#[cfg(test)]
mod tests {
    use super::{overdue_words, owed_words};

    #[test]
    fn a_total_says_where_it_stops_counting() {
        assert_eq!(["Nothing is owed", "1 thing is owed", "999 things are owed"], [0, 1, 999].map(owed_words));
        assert_eq!(owed_words(1000), "1,000 or more things are owed");
        assert_eq!(overdue_words(1000).unwrap(), "1,000 or more are overdue");
        assert_eq!([None, Some("2 are overdue".to_owned())], [0, 2].map(overdue_words));
    }
}
