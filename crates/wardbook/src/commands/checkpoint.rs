//! `wardbook checkpoint`: signs the committed head, keeps the note and prints it.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output;

/// Runs it. A refusal to sign (the book is not what was signed before) is a failed check: exit 1.
pub(crate) async fn run(globals: &Globals) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let signed = door.post::<Value>("/local/v1/checkpoint", &json!({})).await;
    door.close().await;
    let answer = signed?;
    let note = answer["note"].as_str().unwrap_or_default();
    if globals.json {
        output::say_json(&json!({ "note": note }));
    } else {
        // A note is exact to the last byte, which is a line's end.
        output::say(note.strip_suffix('\n').unwrap_or(note));
    }
    Ok(ExitCode::SUCCESS)
}
