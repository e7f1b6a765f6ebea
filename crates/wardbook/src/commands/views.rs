//! `wardbook views rebuild`: makes the lists anew from the book, beside the old ones.

use std::process::ExitCode;

use serde_json::json;

use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output::{self, Progress};

/// `wardbook views ...`
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Rebuild one view, or all
    Rebuild(Args),
}

/// `wardbook views rebuild`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The view; all where none is named
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let progress = Progress::new(globals.json, "views");
    let mut done = false;
    let ask = json!({ "view": args.name });
    let rebuilt = door.lines("/local/v1/views/rebuild", &ask, |step| {
        if let (Some(view), Some(at), Some(total)) = (step["view"].as_str(), step["done"].as_u64(), step["total"].as_u64()) {
            progress.label(view);
            progress.set(at, total);
        }
        done |= step["ok"] == json!(true);
    });
    let rebuilt = rebuilt.await;
    drop(progress);
    door.close().await;
    rebuilt?;
    if !done {
        return Err(Failure::failed("the rebuild broke off; the old lists are still in use"));
    }
    let what = args.name.as_deref().unwrap_or("every view");
    if globals.json {
        output::say_json(&json!({ "ok": true }));
    } else {
        output::say(format!("Rebuilt: {what}."));
    }
    Ok(ExitCode::SUCCESS)
}
