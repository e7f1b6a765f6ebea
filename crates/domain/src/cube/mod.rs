//! The published figures: school by type for each closed term, with small numbers hidden once and for all (STA-1, STA-2).
//!
//! Governors and the board read these and nothing else. A term is published once, as a numbered event; a correction is a further number
//! that says why. Conduct and allegations enter as one number for the whole trust and term (design §1.4).
//!
//! * `table.rs`: which report counts where; `hide.rs`: what must be hidden so that nothing hidden can be worked out;
//!   `events.rs`: what is published.
//!
//! To extend: never by a table beside this one of the same reports; what two tables hide apart, their difference may tell.

mod events;
mod hide;
mod table;

use serde::{Deserialize, Serialize};

pub use events::{CubeEvent, CubePublished, SchoolNamed};
pub use table::{ForCube, TYPES, Tally, tally};

use crate::{
    Duty, Instant, PersonId,
    clock::day_of,
    field::{Checks, Invalid},
    report::Refused,
    term::Term,
};
use hide::{Grid, hide};

/// Counts below this are hidden (STA-2).
pub const SHOWN_FROM: u32 = 5;
/// What stands in the place of a hidden number.
pub const HIDDEN: &str = "c";
/// What a hidden number means, for whoever reads the figures.
pub const HIDDEN_MEANS: &str = "c: a number from 1 to 4, or one that is hidden because it would give such a number away.";

/// Whether somebody with this duty reads the published figures.
pub const fn may_read(duty: Duty) -> bool {
    matches!(duty, Duty::Governor | Duty::Chair | Duty::ChairOfTrustees | Duty::FilteringTrustee | Duty::TrustLead | Duty::Dpo)
}

/// Whether somebody with this duty publishes them.
pub const fn may_publish(duty: Duty) -> bool {
    matches!(duty, Duty::TrustLead | Duty::Dpo)
}

/// A request to publish a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The term, for example `2026-summer`; it must be over.
    pub term: String,
    /// Why it is published, or, of a correction, what was wrong.
    pub reason: String,
    /// The number of the publication that this corrects; none for a term that was not published yet.
    #[serde(default)]
    pub corrects: Option<u32>,
}

/// Who publishes, and when.
#[derive(Debug, Clone, Copy)]
pub struct Publisher<'a> {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: &'a str,
    /// Now.
    pub now: Instant,
}

/// Whether a term may be published now: asked before anything is counted. `published` is everything that was, oldest first.
pub fn check(ask: &Publish, published: &[CubePublished], now: Instant) -> Result<Term, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    let term = Term::parse(&ask.term);
    match term {
        None => checks.fail("term", "is no term like 2026-summer"),
        Some(term) if !term.is_over(day_of(now)) => checks.fail("term", "is not over yet"),
        Some(_) => {}
    }
    checks.done()?;
    let term = term.ok_or_else(|| Invalid::one("term", "is no term"))?;
    let last = published.iter().filter(|cube| cube.term == term).map(|cube| cube.number).max();
    match (last, ask.corrects) {
        (None, None) => Ok(term),
        (Some(last), Some(number)) if last == number => Ok(term),
        (Some(_), None) => Err(Refused::State("this term is published; a correction names the number that it corrects")),
        _ => Err(Refused::State("a correction names the last number of its term")),
    }
}

/// The figures of a term as they are published: counted, and hidden where they must be, with regard to everything published of this term
/// before.
pub fn publish(ask: &Publish, term: Term, tally: &Tally, published: &[CubePublished], by: Publisher<'_>) -> CubePublished {
    let former: Vec<&CubePublished> = published.iter().filter(|cube| cube.term == term).collect();
    let grid = Grid::new(&tally.cells);
    let earlier: Vec<Vec<Option<u32>>> = former.iter().map(|cube| cube.as_grid(tally)).collect();
    let hidden = hide(&grid, &earlier);
    let shown = |row: usize, column: usize| (!hidden[grid.at(row, column)]).then(|| grid.value(row, column));
    let (rows, columns) = (tally.cells.len(), TYPES.len());
    // One number without a table: below five is hidden, nought too; and a number that was corrected would tell by how much.
    let conduct_before = former.iter().all(|cube| cube.conduct == Some(tally.conduct));
    CubePublished {
        term,
        number: former.iter().map(|cube| cube.number).max().unwrap_or(0) + 1,
        corrects: ask.corrects,
        reason: ask.reason.trim().to_owned(),
        schools: tally.schools.clone(),
        types: TYPES.to_vec(),
        cells: (0..rows).map(|row| (0..columns).map(|column| shown(row, column)).collect()).collect(),
        school_totals: (0..rows).map(|row| shown(row, columns)).collect(),
        type_totals: (0..columns).map(|column| shown(rows, column)).collect(),
        total: shown(rows, columns),
        conduct: (tally.conduct >= SHOWN_FROM && conduct_before).then_some(tally.conduct),
        published_by: by.person,
        published_name: by.name.to_owned(),
        published_at: by.now,
    }
}

#[cfg(test)]
mod recovering;
#[cfg(test)]
mod tests;
