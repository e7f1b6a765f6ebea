//! A demonstration: whom one may be, what there is to see, and the stage that holds its clock and its book.
//!
//! `wardbook demo` fills this in; `handlers/demo/` shows it, on this machine only. To add a stop to the tour: one [`Stop`] in the list
//! that is handed in here.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use wardbook_domain::Instant;

/// The demonstration that a server gives.
#[derive(Debug)]
pub struct Demo {
    people: Vec<Person>,
    password: String,
    stops: &'static [Stop],
    stage: Arc<dyn Stage>,
    watched: Mutex<BTreeMap<usize, Watched>>,
    /// The path of the record at which a visitor last found their own look.
    tried: Mutex<Option<String>>,
}

/// Somebody whom a visitor can be with one click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// E-mail of their account.
    pub email: String,
    /// Name.
    pub name: String,
    /// What they are, with the place: `Headteacher, Oakfield Primary`.
    pub post: String,
    /// The heading under which they stand.
    pub group: String,
    /// What to look at as them, in one line.
    pub look: String,
}

/// One stop of the tour.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    /// Its heading.
    pub title: &'static str,
    /// What one sees, in a sentence or two.
    pub sees: &'static str,
    /// What its one button does.
    pub act: Act,
    /// The words of the button.
    pub button: &'static str,
    /// E-mail of somebody whose window is to be opened beside.
    pub beside: Option<&'static str>,
}

/// What the button of a stop does. People are named by e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Signs in as somebody and goes to a page.
    Be(&'static str, &'static str),
    /// Shows two windows side by side.
    SideBySide(&'static str, &'static str),
    /// Flips a byte in a copy of the book and checks it.
    Flip,
}

impl Act {
    /// The people whom it needs.
    pub fn people(self) -> Vec<&'static str> {
        match self {
            Self::Be(person, _) => vec![person],
            Self::SideBySide(left, right) => vec![left, right],
            Self::Flip => vec![],
        }
    }
}

/// What a byte that was flipped in a copy of the book led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flipped {
    /// The position of the event.
    pub position: u64,
    /// What `verify` says of the copy.
    pub copy: String,
    /// What `verify` says of the book itself.
    pub book: String,
}

/// Why no byte was flipped.
#[derive(Debug, thiserror::Error)]
pub enum FlipError {
    /// Somebody else is at it.
    #[error("a copy is being checked already")]
    Busy,
    /// It did not work.
    #[error("the copy could not be made and checked")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What [`Stage::flip`] gives: an answer to wait for.
pub type Flipping = Pin<Box<dyn Future<Output = Result<Flipped, FlipError>> + Send>>;

/// What stands behind the pages.
pub trait Stage: std::fmt::Debug + Send + Sync {
    /// Moves the book's clock forward to an instant; one that has passed changes nothing.
    fn jump_to(&self, at: Instant);
    /// How often the clock has been moved: what is on a screen is told apart by it.
    fn jumps(&self) -> u64;
    /// Flips a byte in a copy of the book and checks both.
    fn flip(&self) -> Flipping;
}

/// What is remembered of a window, so that looking again costs little.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched {
    /// The session of the person who is watched.
    pub(crate) session: String,
    /// What the book was like when the tag was made.
    pub(crate) mark: Option<Mark>,
}

/// As long as this is the same, so is what a window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) size: u64,
    pub(crate) owed: (usize, usize),
    pub(crate) jumps: u64,
    pub(crate) tag: String,
}

impl Demo {
    /// A demonstration with these people, who share one password.
    pub fn new(people: Vec<Person>, password: String, stops: &'static [Stop], stage: Arc<dyn Stage>) -> Self {
        Self { people, password, stops, stage, watched: Mutex::default(), tried: Mutex::default() }
    }

    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    pub(crate) fn stops(&self) -> &'static [Stop] {
        self.stops
    }

    pub(crate) fn stage(&self) -> &dyn Stage {
        &*self.stage
    }

    /// A person with their number, by e-mail.
    pub(crate) fn by_email(&self, email: &str) -> Option<(usize, &Person)> {
        self.people.iter().enumerate().find(|(_, person)| person.email == email)
    }

    /// The path of the record that was looked at last, for an administrator to try.
    pub(crate) fn tried(&self) -> Option<String> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the path of a record.
    pub(crate) fn try_next(&self, path: String) {
        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    }

    /// What is remembered of a window.
    pub(crate) fn watched(&self, number: usize) -> Option<Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// Remembers it; only people of the list have windows, which bounds this.
    pub(crate) fn remember(&self, number: usize, watched: Watched) {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).insert(number, watched);
    }
}
