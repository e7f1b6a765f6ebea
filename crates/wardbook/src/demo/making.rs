//! Makes the demo: the folder, the trust, the year before as old papers, the last three weeks as they happened.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wardbook_app::accounts::{NewUser, ShownOnce};
use wardbook_app::import::{ImportKind, ImportRow, Imported};
use wardbook_app::setup::SHIPPED_PROFILES;
use wardbook_domain::{Duty, Instant, Scope};
use wardbook_ledger::TrustId;

use super::cast::{Person, people};
use super::clock::{DemoClock, beginning};
use super::scenes::{self, Players};
use super::{EDITION, MARKER, Made, PASSWORD, clock_file, marker_file};
use crate::commands::import::{self, Sending};
use crate::commands::init;
use crate::door::Door;
use crate::failure::Failure;
use crate::output::{Progress, note};
use crate::place::{Lock, Place, make_private_dir};
use crate::rows::{self, Rows};
use crate::settings::Settings;
use crate::surroundings;

pub(super) const SCHOOLS: &str = include_str!("../../../../fixtures/year/schools.csv");
pub(super) const STAFF: &str = include_str!("../../../../fixtures/year/staff.csv");
const PUPILS: &str = include_str!("../../../../fixtures/year/pupils.csv");
const ASSETS: &str = include_str!("../../../../fixtures/year/assets.csv");
const LOANS: &str = include_str!("../../../../fixtures/year/loans.csv");
/// The laptop that is lost in the demo, and its loan: rows of the same lists.
const LAPTOP: &str = "OAK-0042,5CG2140KLM,Laptop,SCH01,Lent for the year,SCH01-006,yes,restricted,2027-01-15\n";
const LAPTOP_LENT: &str = "OAK-0042,SCH01-006,2026-09-03,SCH01-001,\n";
const REPORTS: &str = include_str!("../../../../fixtures/year/reports.jsonl");
const NAME: &str = "Three Harbours Learning Trust";
/// What was reported before is history; the trust begins to keep its book with Wardbook on this morning.
const OPENED: &str = "2026-10-09T07:00+01:00";
/// How long a paper lies until it is in the book.
const TYPING_SECONDS: i64 = 240;

/// Makes the trust, fills it and gives people their accounts. One that was cut short is cleared and made anew.
pub(crate) async fn make(place: &Place, json: bool) -> Result<(), Failure> {
    clear(place)?;
    let failed = |error: std::io::Error| Failure::caused(format!("{}", place.dir().display()), &error);
    std::fs::write(marker_file(place), MARKER).map_err(failed)?;
    let progress = Progress::new(json, "keys and book");
    progress.set(0, 1);
    let clock = DemoClock::at(opened(), surroundings::clock(), clock_file(place));
    let config = init::minimal_config(TrustId::from_bytes(surroundings::entropy().bytes()));
    let plan = init::Plan {
        name: NAME.to_owned(),
        profile: SHIPPED_PROFILES[0].1.to_owned(),
        settings: Settings::parse(&config, std::iter::empty())?.settings,
        config,
        passphrase: None,
        shares: (2, 3),
        shares_to: None,
        clock: clock.clock(),
    };
    let made = init::make(place, &plan).await?;
    if !json {
        note("the demo's keys have no passphrase, and its recovery shares are discarded");
    }
    let app = made.app.clone();
    let door = Door::inside(vec![made.app], None, made.lock);
    let filled = Box::pin(fill(&door, &app, &clock, &progress)).await;
    door.close().await;
    let people = filled?;
    clock.jump_to(beginning());
    clock.save();
    Made { edition: EDITION, people }.write(place)
}

fn opened() -> Instant {
    Instant::parse(OPENED).expect("the opening is an instant")
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

async fn fill(door: &Door, app: &wardbook_app::App, clock: &DemoClock, progress: &Progress) -> Result<Vec<Person>, Failure> {
    let (assets, loans) = (format!("{ASSETS}{LAPTOP}"), format!("{LOANS}{LAPTOP_LENT}"));
    for (kind, label, text) in [
        (ImportKind::Schools, "schools", SCHOOLS),
        (ImportKind::Staff, "staff", STAFF),
        (ImportKind::Pupils, "pupils", PUPILS),
        (ImportKind::Assets, "assets", &assets),
        (ImportKind::Loans, "loans", &loans),
    ] {
        progress.label(label);
        whole(label, &import::send(door, kind, Sending::paper(None), rows::parse(text.as_bytes())?, progress).await?)?;
    }
    progress.label("accounts");
    let people = people()?;
    for (done, person) in (1..).zip(&people) {
        // Who is named on a case is given nothing beside that.
        let duty = if person.duty.scope() == Scope::Case { Duty::Reporter } else { person.duty };
        let user = NewUser { email: person.email.clone(), name: person.name.clone(), duty, school: person.school.clone() };
        let code: ShownOnce = door.post("/local/v1/users", &user).await?;
        app.enrol(&code.secret, PASSWORD).await?;
        progress.set(done, people.len() as u64);
    }
    let (history, papers) = split(rows::parse(REPORTS.as_bytes())?);
    let token = app.create_token(&importer(&people)?.email).await?.secret;
    progress.label("the year before");
    let old_papers = Sending { as_history: true, ..Sending::paper(Some(&token)) };
    whole("reports", &import::send(door, ImportKind::Reports, old_papers, history, progress).await?)?;
    progress.label("the last three weeks");
    Box::pin(last_weeks(door, app, clock, (papers, &token), progress)).await?;
    Ok(people)
}

/// Who brings papers in: somebody whose duty receives reports.
fn importer(people: &[Person]) -> Result<&Person, Failure> {
    let lead = people.iter().find(|person| person.duty == Duty::TrustSafeguardingLead);
    lead.ok_or_else(|| Failure::failed("the demo has no trust safeguarding lead"))
}

/// Papers and scenes in the order in which they happened, each at its time.
async fn last_weeks(
    door: &Door,
    app: &wardbook_app::App,
    clock: &DemoClock,
    (papers, token): (Vec<(Instant, ImportRow)>, &str),
    progress: &Progress,
) -> Result<(), Failure> {
    let silent = Progress::new(true, "");
    let mut steps: BTreeMap<(Instant, usize), Step> = BTreeMap::new();
    let arrived = papers.into_iter().map(|(reported, row)| (reported.plus_seconds(TYPING_SECONDS), Step::Paper(row)));
    for (at, step) in arrived.chain(scenes::all().into_iter().map(|(at, scene)| (at, Step::Scene(scene)))) {
        steps.insert((at, steps.len()), step);
    }
    let total = steps.len() as u64;
    let mut players = Players::new(app);
    for (done, ((at, _), step)) in (1..).zip(steps) {
        clock.jump_to(at);
        match step {
            Step::Paper(row) => {
                let one = Rows { rows: vec![Ok(row)], is_csv: false };
                whole("reports", &import::send(door, ImportKind::Reports, Sending::paper(Some(token)), one, &silent).await?)?;
            }
            Step::Scene(scene) => Box::pin(players.play(&scene)).await?,
        }
        progress.set(done, total);
    }
    players.leave().await
}

enum Step {
    Paper(ImportRow),
    Scene(scenes::Scene),
}

/// The reports of before the trust kept its book, and those of after with the instant of each.
fn split(all: Rows) -> (Rows, Vec<(Instant, ImportRow)>) {
    let (mut history, mut papers) = (vec![], vec![]);
    for row in all.rows {
        let reported = row.as_ref().ok().and_then(|row| Instant::parse(row.fields.get("reported_at")?.as_str()?));
        match (row, reported) {
            (Ok(row), Some(reported)) if reported > opened() => papers.push((reported, row)),
            (row, _) => history.push(row),
        }
    }
    (Rows { rows: history, ..all }, papers)
}

/// The sample year is ours: a row that is refused is a fault.
fn whole(label: &str, imported: &Imported) -> Result<(), Failure> {
    match imported.refused.first() {
        Some(refusal) => {
            Err(Failure::failed(format!("the sample year, {label} line {}: {}: {}", refusal.line, refusal.field, refusal.problem)))
        }
        None => Ok(()),
    }
}
