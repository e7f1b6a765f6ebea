//! `wardbook demo`: a made-up trust with a year of reports, on this machine only. Made once; after that it just starts.
//!
//! The folder is told apart by a marker that only the demo writes, so that no real trust can become a demo or be cleared by one.
//! Nothing of the environment counts: a variable meant for a real trust must not lead the demo into its database.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::json;
use wardbook_app::accounts::{NewUser, ShownOnce};
use wardbook_app::import::ImportKind;
use wardbook_app::setup::SHIPPED_PROFILES;
use wardbook_domain::Duty;
use wardbook_ledger::TrustId;

use super::{import, init, serve};
use crate::door::Door;
use crate::failure::{Failure, chain};
use crate::output::{self, Progress, note, say, say_json};
use crate::place::{Lock, Place, make_private_dir};
use crate::rows::{self, Rows};
use crate::settings::{LISTEN, Settings};
use crate::{Globals, surroundings};

/// One password for everyone: the demo never leaves this machine and holds invented people only.
const PASSWORD: &str = "copper-lantern-orchard";
const SCHOOLS: &str = include_str!("../../../../fixtures/year/schools.csv");
const STAFF: &str = include_str!("../../../../fixtures/year/staff.csv");
const PUPILS: &str = include_str!("../../../../fixtures/year/pupils.csv");
const REPORTS: &str = include_str!("../../../../fixtures/year/reports.jsonl");
const NAME: &str = "Three Harbours Learning Trust";
const MARKER: &str = "This folder belongs to `wardbook demo`. It holds invented people only and may be removed at any time.\n";

/// `wardbook demo`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port to listen on: this machine's only
    #[arg(long, value_name = "ADDR", default_value = LISTEN)]
    listen: SocketAddr,
}

/// Someone who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Person {
    email: String,
    name: String,
    duty: Duty,
    school: Option<String>,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::field("listen", format!("{} is beyond this machine, and the demo never leaves it", args.listen)));
    }
    let place = Place::at(globals.data.as_deref().unwrap_or(Path::new("demo-data")))?;
    if !made_file(&place).exists() {
        make(&place, globals.json).await?;
    }
    let settings = Settings::load(&place.config(), std::iter::empty())?.settings;
    let people = read_people(&place)?;
    serve::start(&place, &settings, args.listen, true, |url| tell(globals.json, &place, url, &people)).await
}

fn marker_file(place: &Place) -> PathBuf {
    place.dir().join("DEMO")
}

/// Written last: who can sign in, and that everything is there.
fn made_file(place: &Place) -> PathBuf {
    place.dir().join("demo.json")
}

fn read_people(place: &Place) -> Result<Vec<Person>, Failure> {
    let broken = |error: &dyn std::error::Error| Failure::failed(format!("{}: {}", made_file(place).display(), chain(error)));
    let text = std::fs::read(made_file(place)).map_err(|error| broken(&error))?;
    serde_json::from_slice(&text).map_err(|error| broken(&error))
}

/// Makes the trust, imports the year and gives people their accounts. One that was cut short is cleared and made anew.
async fn make(place: &Place, json: bool) -> Result<(), Failure> {
    clear(place)?;
    let failed = |error: std::io::Error| Failure::caused(format!("{}", place.dir().display()), &error);
    std::fs::write(marker_file(place), MARKER).map_err(failed)?;
    let progress = Progress::new(json, "keys and book");
    progress.set(0, 1);
    let config = init::minimal_config(TrustId::from_bytes(surroundings::entropy().bytes()));
    let plan = init::Plan {
        name: NAME.to_owned(),
        profile: SHIPPED_PROFILES[0].1.to_owned(),
        settings: Settings::parse(&config, std::iter::empty())?.settings,
        config,
        passphrase: None,
        shares: (2, 3),
        shares_to: None,
    };
    let made = init::make(place, &plan).await?;
    if !json {
        note("the demo's keys have no passphrase, and its recovery shares are discarded");
    }
    let app = made.app.clone();
    let door = Door::inside(made.app, made.lock);
    let filled = fill(&door, &app, &progress).await;
    door.close().await;
    let people = filled?;
    let text = serde_json::to_string_pretty(&people).expect("people are plain data");
    // In one step: half a list would be taken for a finished demo.
    let half = place.dir().join("demo.json.new");
    std::fs::write(&half, text).and_then(|()| std::fs::rename(&half, made_file(place))).map_err(failed)
}

/// Leaves an empty folder: a new one, or the demo's own from a run that was cut short. Anything else is not touched.
fn clear(place: &Place) -> Result<(), Failure> {
    let dir = place.dir();
    make_private_dir(dir)?;
    let failed = |error: std::io::Error| Failure::caused(format!("{}", dir.display()), &error);
    let entries: Vec<PathBuf> =
        std::fs::read_dir(dir).map_err(failed)?.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>().map_err(failed)?;
    if entries.is_empty() {
        return Ok(());
    }
    if !marker_file(place).exists() {
        return Err(Failure::field("data", format!("{} holds something that is not the demo's; name another folder", dir.display())));
    }
    let busy = || Failure::failed("another demo is being made in this folder; please wait for it");
    let _lock = Lock::take(place, &Settings::default())?.ok_or_else(busy)?;
    for path in entries {
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.map_err(failed)?;
    }
    Ok(())
}

async fn fill(door: &Door, app: &wardbook_app::App, progress: &Progress) -> Result<Vec<Person>, Failure> {
    for (kind, label, text) in
        [(ImportKind::Schools, "schools", SCHOOLS), (ImportKind::Staff, "staff", STAFF), (ImportKind::Pupils, "pupils", PUPILS)]
    {
        progress.label(label);
        take_in(door, kind, label, text, None, progress).await?;
    }
    progress.label("accounts");
    let people = people()?;
    for (done, person) in (1..).zip(&people) {
        let user = NewUser { email: person.email.clone(), name: person.name.clone(), duty: person.duty, school: person.school.clone() };
        let code: ShownOnce = door.post("/local/v1/users", &user).await?;
        app.enrol(&code.secret, PASSWORD).await?;
        progress.set(done, people.len() as u64);
    }
    progress.label("reports");
    let importer = people.iter().find(|person| person.duty == Duty::TrustSafeguardingLead).map_or("", |person| person.email.as_str());
    let token = app.create_token(importer).await?.secret;
    take_in(door, ImportKind::Reports, "reports", REPORTS, Some(&token), progress).await?;
    Ok(people)
}

async fn take_in(door: &Door, kind: ImportKind, label: &str, text: &str, token: Option<&str>, progress: &Progress) -> Result<(), Failure> {
    let imported = import::send(door, kind, import::Sending::paper(token), rows::parse(text.as_bytes())?, progress).await?;
    match imported.refused.first() {
        None => Ok(()),
        Some(refusal) => {
            Err(Failure::failed(format!("the sample year, {label} line {}: {}: {}", refusal.line, refusal.field, refusal.problem)))
        }
    }
}

/// Each school's headteacher and DSL and one teaching assistant from the staff list; trust-wide people who are on no list.
fn people() -> Result<Vec<Person>, Failure> {
    let (schools, staff) = (rows::parse(SCHOOLS.as_bytes())?, rows::parse(STAFF.as_bytes())?);
    let mut people = vec![];
    for (id_field, duty) in [("head_staff_id", Duty::Headteacher), ("dsl_staff_id", Duty::Dsl)] {
        for school in schools.rows.iter().flatten() {
            let id = school.fields[id_field].as_str().unwrap_or_default();
            people.push(on_the_list(&staff, id, duty)?);
        }
    }
    people.push(on_the_list(&staff, "SCH01-006", Duty::Reporter)?);
    let trust_wide = [
        ("Priya Anand", "priya.anand@example.org", Duty::Dpo),
        ("Callum Reid", "callum.reid@example.org", Duty::ItLead),
        ("Ruth Abara", "ruth.abara@example.org", Duty::TrustSafeguardingLead),
        ("Owen Pike", "owen.pike@example.org", Duty::Auditor),
    ];
    people.extend(trust_wide.map(|(name, email, duty)| Person { name: name.to_owned(), email: email.to_owned(), duty, school: None }));
    Ok(people)
}

fn on_the_list(staff: &Rows, id: &str, duty: Duty) -> Result<Person, Failure> {
    let row = staff.rows.iter().flatten().find(|row| row.fields["staff_id"] == id);
    let text = |name: &str| Some(row?.fields.get(name)?.as_str()?.to_owned());
    let person = || Some(Person { email: text("email")?, name: text("name")?, duty, school: Some(text("school")?) });
    person().ok_or_else(|| Failure::failed(format!("the sample year has no {id}")))
}

fn tell(json: bool, place: &Place, url: &str, people: &[Person]) {
    if json {
        say_json(&json!({ "listening": url, "password": PASSWORD, "people": people }));
        return;
    }
    say(format!("\nWardbook's demo is at {url} (Ctrl-C ends it)\n\nEveryone's password is {PASSWORD}\n"));
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
        "\nLook first at:\n  1. the queue of {}: what is owed, by when, and why; open the top row and receive it\n  \
         2. a report filed as {}, then the same queue again\n  \
         3. the book itself: {program} --data {} verify\n",
        first(Duty::Dsl),
        first(Duty::Reporter),
        place.dir().display()
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_in_the_demo_is_in_the_sample_year_or_on_no_list() {
        let people = people().unwrap();
        assert_eq!(people.len(), 11);
        let emails: std::collections::BTreeSet<_> = people.iter().map(|person| &person.email).collect();
        assert_eq!(emails.len(), people.len());
        assert!(people.iter().all(|person| !PASSWORD.contains(person.email.split('@').next().unwrap())));
    }
}
