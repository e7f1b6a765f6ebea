//! The HTML pages: one askama template struct a page, holding plain owned view-model fields and nothing else.
//!
//! A page never calls the application and decides nothing: a handler fills the struct and calls [`askama::Template::render`].
//! To add a page: a template in `templates/` that extends `layout.html`, a struct here in the file of its subject, a sample of it
//! in `samples.rs` (every test of every page, and the browser tests, walk the samples). Markup of a component stands once, in
//! `templates/components.html`; the values and words of a closed question stand once, in [`choices`].

pub mod access;
pub mod account;
pub mod acts;
pub mod alerts;
pub mod assets;
pub mod board;
pub mod breaches;
pub mod cases;
pub mod charts;
pub mod choices;
pub mod demo;
pub mod due;
pub mod evidence;
pub mod file;
pub mod forms;
pub mod look;
pub mod message;
pub mod moment;
pub mod notices;
pub mod overview;
pub mod people;
pub mod queue;
pub mod reads;
pub mod report;
pub mod search;
pub mod summary;
pub mod today;

#[cfg(test)]
mod components_tests;
#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod samples;

/// What stands around every page: who is here, where they may go, the form token.
#[derive(Debug, Clone, Default)]
pub struct Chrome {
    /// The trust's name as its profile gives it, shown beside the service name. Empty before anybody is known.
    pub trust_name: String,
    /// Whether the person works in several trusts: the name beside the service name then leads to the others.
    pub change_trust: bool,
    /// The signed-in person; `None` on pages for strangers, which then have no navigation.
    pub person_name: Option<String>,
    /// The form token that every form on the page carries in its hidden field `csrf`.
    pub csrf: String,
    /// Which parts of the navigation this person has.
    pub can: NavFlags,
    /// The person's own account, and what others' access asks of them.
    pub account: AccountFlags,
    /// Demonstration: a strip on every page says that nothing on it is real, and what time it is there.
    pub demo: Option<DemoStrip>,
    /// How many monitoring alerts wait for this person; none where alerts are not their duties' business.
    pub alerts: Option<usize>,
    /// How many openings by break-glass wait for this person's review.
    pub to_review: usize,
    /// One sentence saying what the last command did, shown once in a green banner.
    pub banner: Option<String>,
    /// When the page covers itself; only pages of somebody signed in do.
    pub blank: Option<Blank>,
}

/// When an idle page covers itself, and where it leads back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// After so many minutes without a key or a touch.
    pub minutes: u32,
    /// The page's own path, encoded for a query; none where a page without scripts stays, as somebody writes a report on it.
    pub next: Option<String>,
}

impl Blank {
    /// The same in seconds.
    pub fn seconds(&self) -> u32 {
        self.minutes * 60
    }
}

impl Chrome {
    /// When the page covers itself, inside a sentence.
    pub fn blank_words(&self) -> String {
        match self.blank.as_ref().map(|blank| blank.minutes) {
            None => "after a while".to_owned(),
            Some(1) => "after a minute".to_owned(),
            Some(minutes) => format!("after {minutes} minutes"),
        }
    }
}

/// What a person's own account, and others' access, ask of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFlags {
    /// `/people`: an administrator's part.
    pub people: bool,
    /// `/people/waiting`: a second person's part, with how much waits.
    pub waiting: Option<usize>,
    /// `/people/changes`: a trust lead's part, with how many they have not looked at.
    pub changes: Option<usize>,
    /// What this person has not confirmed to have read about their account, a sentence or two each.
    pub notices: Vec<String>,
}

/// Words of the navigation with a number, where there is something.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand on references")]
pub(crate) fn counted(text: &str, count: &usize) -> String {
    if *count == 0 { text.to_owned() } else { format!("{text} ({count})") }
}

/// The strip on every page of a demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoStrip {
    /// The demonstration's time in words: `Fri 30 Oct 2026, 16:12`.
    pub now: String,
    /// The same for machines.
    pub at: String,
    /// The page to come back to after a jump.
    pub back: String,
}

/// Which parts of the navigation a person has. A part that is off is not in the page at all.
#[expect(clippy::struct_excessive_bools, reason = "a part of the navigation each, with a name of its own")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NavFlags {
    /// `/today`: the person heads a school.
    pub today: bool,
    /// `/queue`: the person has a duty that receives something.
    pub queue: bool,
    /// `/cases`: the person may open cases.
    pub cases: bool,
    /// `/breaches`: the person has breach clocks on their board, or answers for all of them.
    pub breaches: bool,
    /// `/search`: the person may read more than their own reports.
    pub search: bool,
    /// `/overview`: the person heads a school or answers for the trust.
    pub overview: bool,
    /// `/board`: the person reads the published figures.
    pub board: bool,
    /// `/assets`: the person may see the register of assets.
    pub assets: bool,
    /// `/reads`: the person has looks of their own to see.
    pub reads: bool,
    /// `/file`: the person may file a report.
    pub file: bool,
    /// `/access`: the person has a duty that can be covered, or hears of openings by break-glass.
    pub access: bool,
}
