//! The demonstration: an invented trust on this machine only, with people to be, a clock of its own and a tour.
//!
//! * `making.rs`: makes the folder and fills the book; `scenes.rs`: what the people did in its last three weeks.
//! * `cast.rs`: the people; `clock.rs`: its time; `stops.rs`: the tour; `stage.rs`: what the pages ask of it.
//!
//! The folder is told apart by a marker that only the demo writes, so that no real trust can become a demo or be cleared by one.
//! To show a new capability: a scene that leaves something to see, a line in the cast, a stop.

mod cast;
mod clock;
mod making;
mod scenes;
mod stage;
mod stops;
mod working;

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wardbook_app::{App, Clock};
use wardbook_web::demo::Demo;

pub(crate) use cast::Person;
pub(crate) use making::make;

use crate::failure::{Failure, chain};
use crate::output::note;
use crate::place::Place;
use crate::surroundings;
use clock::DemoClock;

/// One password for everyone: the demo never leaves this machine and holds invented people only.
pub(crate) const PASSWORD: &str = "Copper-lantern-orchard-7";
const MARKER: &str = "This folder belongs to `wardbook demo`. It holds invented people only and may be removed at any time.\n";

fn marker_file(place: &Place) -> PathBuf {
    place.dir().join("DEMO")
}

/// Written last: who can sign in, and that everything is there.
fn made_file(place: &Place) -> PathBuf {
    place.dir().join("demo.json")
}

fn clock_file(place: &Place) -> PathBuf {
    place.dir().join("demo-clock")
}

/// Which demo is made; a folder with another one is made anew. Raised with every change of what is in it.
const EDITION: u32 = 7;

/// What is written down of a finished demo.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    edition: u32,
    people: Vec<Person>,
}

impl Made {
    fn read(place: &Place) -> Result<Self, Failure> {
        let broken = |error: &dyn std::error::Error| Failure::failed(format!("{}: {}", made_file(place).display(), chain(error)));
        let text = std::fs::read(made_file(place)).map_err(|error| broken(&error))?;
        serde_json::from_slice(&text).map_err(|error| broken(&error))
    }

    /// In one step: half of it would be taken for a finished demo.
    fn write(&self, place: &Place) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).expect("people are plain data");
        let half = made_file(place).with_extension("new");
        let written = std::fs::write(&half, text).and_then(|()| std::fs::rename(&half, made_file(place)));
        written.map_err(|error| Failure::caused(format!("{}", place.dir().display()), &error))
    }
}

/// Whether this folder holds a finished demo of this release.
pub(crate) fn is_made(place: &Place) -> bool {
    let made = Made::read(place).is_ok_and(|made| made.edition == EDITION);
    if !made && made_file(place).exists() {
        note("the demo in this folder is another release's; it is made anew");
    }
    made
}

/// The clock of the book in this folder: the machine's, or the demo's own.
pub(crate) fn book_clock(place: &Place) -> Clock {
    if marker_file(place).exists() { DemoClock::resume(surroundings::clock(), clock_file(place)).clock() } else { surroundings::clock() }
}

/// A demo that is about to be shown.
#[derive(Debug)]
pub(crate) struct Showing {
    /// Its clock.
    pub(crate) clock: DemoClock,
    people: Vec<Person>,
}

impl Showing {
    /// The demo of this folder.
    pub(crate) fn of(place: &Place) -> Result<Self, Failure> {
        let Made { people, .. } = Made::read(place)?;
        Ok(Self { clock: DemoClock::resume(surroundings::clock(), clock_file(place)), people })
    }

    /// Who can sign in.
    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    /// What the pages show of it. The clock goes on from where the book ends, if that is later than what was saved.
    pub(crate) async fn open(&self, app: &App, place: &Place) -> Result<Arc<Demo>, Failure> {
        if let Some(recorded) = app.head_recorded_at().await.map_err(|error| Failure::caused("the book", &error))? {
            self.clock.no_earlier_than(recorded);
        }
        let people = self.people.iter().map(Person::shown).collect();
        let stage = stage::DemoStage::new(self.clock.clone(), app.clone(), place.dir().to_owned());
        Ok(Arc::new(Demo::new(people, PASSWORD.to_owned(), stops::STOPS, Arc::new(stage))))
    }
}
