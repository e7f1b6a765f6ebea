//! `wardbook verify`: checks the whole book, through the running server or straight on the database where none runs.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;
use wardbook_app::checkpoint::{VerdictShown, VerifyAsk, verify_offline};
use wardbook_ledger::TrustId;

use crate::Globals;
use crate::demo;
use crate::door::{Door, answers, service_identity};
use crate::failure::Failure;
use crate::opening::{home, opening, store_urls, trusts};
use crate::output::{self, Progress};
use crate::place::Place;
use crate::secrets::Ask;
use crate::settings::Settings;

/// `wardbook verify`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A signed note that was kept somewhere else
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The verifier key of the signer, if not the trust's own
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
}

/// Runs it: exit 0 intact, 1 not, 2 bad input.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|error| Failure::field("checkpoint", format!("{} cannot be read: {error}", path.display())))
    };
    let ask = VerifyAsk { checkpoint: args.checkpoint.as_ref().map(read).transpose()?, key: args.key.clone() };
    let progress = Progress::new(globals.json, "verify");
    let verdict = match alone(&place, &loaded.settings)? {
        Some(trust) if !answers(&place.socket()).await => by_ourselves(&place, &loaded.settings, trust, &ask, &progress).await,
        _ => by_the_door(&place, &loaded.settings, &ask, &progress).await,
    };
    drop(progress);
    let verdict = verdict?;
    if globals.json {
        output::say_json(&verdict);
    } else {
        output::say(in_words(&verdict));
    }
    Ok(if verdict.intact { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The trust that is meant, where that can be told without opening any: the only one, or one by its id. Names are sealed.
fn alone(place: &Place, settings: &Settings) -> Result<Option<TrustId>, Failure> {
    let all = trusts(settings)?;
    let by_id = place.named().and_then(|named| all.iter().find(|trust| trust.to_string() == named));
    Ok(by_id.copied().or_else(|| all.first().copied().filter(|_| all.len() == 1 && place.named().is_none())))
}

async fn by_the_door(place: &Place, settings: &Settings, ask: &VerifyAsk, progress: &Progress) -> Result<VerdictShown, Failure> {
    let mut verdict = None;
    let step = |mut step: Value| {
        if let (Some(done), Some(total)) = (step["done"].as_u64(), step["total"].as_u64()) {
            progress.set(done, total);
        }
        if let Some(last) = step.get_mut("verdict") {
            verdict = serde_json::from_value(last.take()).ok();
        }
    };
    let door = Door::open(place, settings).await?;
    let checked = door.lines("/local/v1/verify", ask, step).await;
    door.close().await;
    checked?;
    verdict.ok_or_else(|| Failure::failed("the check broke off before its end"))
}

/// Reads only, so that it needs no lock. Where the identity cannot be opened without asking, the command records are left out and
/// the note's key must be given or found beside the book.
async fn by_ourselves(
    place: &Place,
    settings: &Settings,
    trust: TrustId,
    ask: &VerifyAsk,
    progress: &Progress,
) -> Result<VerdictShown, Failure> {
    let (database, _) = store_urls(place, settings)?;
    let home = home(place, settings, trust);
    let identity = match service_identity(place, settings, Ask::Never).await {
        Ok((identity, _)) => Some(identity),
        Err(failure) => {
            output::note(format!("the command records are not checked: {}", failure.problem()));
            None
        }
    };
    let opened = identity.map(|identity| opening(place, settings, trust, identity, demo::book_clock(place))).transpose()?;
    let mut ask = ask.clone();
    if opened.is_none() && ask.key.is_none() {
        ask.key = std::fs::read_to_string(home.verifier_key()).ok().map(|key| key.trim().to_owned());
    }
    let step = |done, total| progress.set(done, total);
    let verdict = verify_offline(&database, trust, &home.notes(), opened.as_ref(), &ask, step).await?;
    Ok(verdict.into())
}

/// A verdict in a sentence.
pub(crate) fn in_words(verdict: &VerdictShown) -> String {
    let commands = if verdict.commands_checked { "" } else { " The command records were not checked: that needs the service identity." };
    match &verdict.first_bad {
        None if verdict.intact => format!("Intact: {} events, root {}.{commands}", verdict.size, verdict.root),
        None => format!("NOT intact: {} events, root {}.{commands}", verdict.size, verdict.root),
        Some(bad) => {
            let place = bad.position.map_or_else(String::new, |position| format!(" at position {position}"));
            format!("NOT intact{place}: {}. ({} events, root {}.){commands}", bad.what.trim_end_matches('.'), verdict.size, verdict.root)
        }
    }
}
