//! `wardbook demo`: a made-up trust with a year of reports, on this machine only. Made once; after that it just starts.
//!
//! Nothing of the environment counts: a variable meant for a real trust must not lead the demo into its database.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use wardbook_domain::Duty;

use super::serve;
use crate::Globals;
use crate::demo::{self, PASSWORD, Person, Showing};
use crate::failure::Failure;
use crate::output::{self, say, say_json};
use crate::place::Place;
use crate::settings::{LISTEN, Settings};

/// `wardbook demo`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port to listen on: this machine's only
    #[arg(long, value_name = "ADDR", default_value = LISTEN)]
    listen: SocketAddr,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::field("listen", format!("{} is beyond this machine, and the demo never leaves it", args.listen)));
    }
    let place = Place::at(globals.data.as_deref().unwrap_or(Path::new("demo-data")))?;
    if !demo::is_made(&place) {
        demo::make(&place, globals.json).await?;
    }
    let settings = Settings::load(&place.config(), std::iter::empty())?.settings;
    let showing = Showing::of(&place)?;
    let people = showing.people().to_vec();
    serve::start(&place, &settings, args.listen, Some(showing), |url| tell(globals.json, &place, url, &people)).await
}

fn tell(json: bool, place: &Place, url: &str, people: &[Person]) {
    if json {
        say_json(&json!({ "listening": url, "demo": format!("{url}/demo"), "password": PASSWORD, "people": people }));
        return;
    }
    say(format!("\nWardbook's demo is at {url}/demo (Ctrl-C ends it)\n"));
    say("Be anybody there with one click, or sign in as:\n");
    let where_held = |person: &Person| person.school.clone().unwrap_or_else(|| "the trust".to_owned());
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|person| vec![person.email.clone(), person.name.clone(), person.duty.label().to_owned(), where_held(person)])
        .collect();
    say(output::table(&["e-mail", "name", "duty", "of"], &rows));
    // As it was called: a clone's binary is on no path.
    let program = std::env::args().next().unwrap_or_else(|| "wardbook".to_owned());
    let first = |duty| people.iter().find(|person| person.duty == duty).map_or("", |person| person.email.as_str());
    say(format!(
        "\nEveryone's password is {PASSWORD}\n\nLook first at:\n  1. the tour: {url}/demo/tour\n  \
         2. the queue of {}: what is owed, by when, and why\n  \
         3. the book itself: {program} --data {} verify\n",
        first(Duty::Headteacher),
        place.dir().display()
    ));
}
