//! `wardbook token create`: an API token, printed once as the last word.

use std::process::ExitCode;

use serde_json::json;
use wardbook_app::accounts::ShownOnce;

use super::given;
use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output;

/// `wardbook token ...`
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make an API token for an account
    Create(Args),
}

/// `wardbook token create`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account's e-mail; `-` reads a line from stdin, `@FILE` a file
    #[arg(long, value_name = "EMAIL")]
    user: String,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let user = given("user", &args.user)?;
    let door = Door::open(&place, &loaded.settings).await?;
    let made = door.post::<ShownOnce>("/local/v1/tokens", &json!({ "user": user })).await;
    door.close().await;
    let token = made?;
    if globals.json {
        output::say_json(&token);
    } else {
        output::say(format!("API token of {user}, shown this once, valid until {}: {}", token.expires_at, token.secret));
    }
    Ok(ExitCode::SUCCESS)
}
