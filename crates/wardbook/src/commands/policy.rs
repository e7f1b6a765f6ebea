//! `wardbook policy show`: the need-to-know table and the profile's routes, for a person to read.

use std::process::ExitCode;

use serde_json::json;

use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output;

/// `wardbook policy ...`
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print who may know what, and who receives what
    Show,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let text = door.text("/local/v1/policy", None).await;
    door.close().await;
    let text = text?;
    if globals.json {
        output::say_json(&json!({ "policy": text }));
    } else {
        output::say(text.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
