//! What only a demonstration has: its people, windows into their queues, and the tour.

use askama::Template;

use super::queue::{QueueRow, overdue_words, owed_words};
use super::{Chrome, DemoStrip};

/// `GET /demo`.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/people.html")]
pub struct People {
    /// Around the page.
    pub chrome: Chrome,
    /// Everybody, by what they show.
    pub groups: Vec<Group>,
}

/// People who show one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its heading.
    pub heading: String,
    /// Its people.
    pub people: Vec<PersonRow>,
}

/// Somebody whom a visitor can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Their number, as forms and windows name them.
    pub number: usize,
    /// Name.
    pub name: String,
    /// What they are, with the place.
    pub post: String,
    /// What to look at.
    pub look: String,
}

/// `GET /demo/window/{n}`: a person's queue, to watch.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/window.html")]
pub struct Window {
    /// The time of the demonstration.
    pub strip: DemoStrip,
    /// Whose window it is.
    pub person: PersonRow,
    /// What is shown and kept fresh.
    pub rows: WindowRows,
    /// The ETag of `rows`.
    pub tag: String,
}

/// `GET /demo/window/{n}/rows`: the part of a window that changes.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/rows.html")]
pub struct WindowRows {
    /// How many things are owed, over all pages.
    pub owed: usize,
    /// How many of them are past their due instant.
    pub overdue: usize,
    /// The first rows.
    pub rows: Vec<QueueRow>,
}

impl WindowRows {
    /// How much is owed, in words.
    pub fn heading(&self) -> String {
        owed_words(self.owed)
    }

    /// How much is overdue, in words.
    pub fn overdue_words(&self) -> Option<String> {
        overdue_words(self.overdue)
    }

    /// How many are owed beyond the rows that are shown.
    pub fn further(&self) -> usize {
        self.owed.saturating_sub(self.rows.len())
    }
}

/// `GET /demo/side-by-side/{a}/{b}`.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/side.html")]
pub struct SideBySide {
    /// Around the page.
    pub chrome: Chrome,
    /// The left window, then the right.
    pub windows: [PersonRow; 2],
}

/// `GET /demo/tour`.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/tour.html")]
pub struct Tour {
    /// Around the page.
    pub chrome: Chrome,
    /// The headings of the stops.
    pub stops: Vec<&'static str>,
}

/// `GET /demo/tour/{n}`.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/stop.html")]
pub struct StopPage {
    /// Around the page.
    pub chrome: Chrome,
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Its heading.
    pub title: &'static str,
    /// What one sees.
    pub sees: &'static str,
    /// The words of its button.
    pub button: &'static str,
    /// What the button does.
    pub act: StopAct,
    /// Somebody whose window is to be opened beside.
    pub beside: Option<PersonRow>,
}

/// What the button of a stop does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopAct {
    /// Signs in as this person and goes to that path.
    Be(usize, &'static str),
    /// Goes to that path.
    Go(String),
    /// Flips a byte.
    Flip,
}

/// A record that somebody has just read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What people quote.
    pub reference: String,
    /// Its page.
    pub path: String,
}

/// `GET /demo/administrator`.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/administrator.html")]
pub struct Administrator {
    /// Around the page.
    pub chrome: Chrome,
    /// What was read at the stop before; none where that was left out.
    pub tried: Option<Tried>,
}

/// `GET` and `POST /demo/flip`.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/flip.html")]
pub struct Flip {
    /// Around the page.
    pub chrome: Chrome,
    /// What came of it; none before the button was pressed.
    pub flipped: Option<crate::demo::Flipped>,
}
