//! `wardbook queue`: what is owed by the duties of a token's holder. It leaves the same trace as the page.

use std::process::ExitCode;

use serde_json::Value;

use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output;

/// `wardbook queue`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The API token of the person who asks
    #[arg(long, env = "WARDBOOK_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Rows of a page
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: Option<u32>,
    /// Where the page before ended
    #[arg(long)]
    cursor: Option<String>,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let missing = || {
        Failure::field(
            "token",
            "the queue is a person's: give their API token with --token or WARDBOOK_TOKEN (`wardbook token create` makes one)",
        )
    };
    let token = args.token.as_deref().filter(|token| !token.is_empty()).ok_or_else(missing)?;
    let path = path(args);
    let door = Door::open(&place, &loaded.settings).await?;
    let page = door.text(&path, Some(token)).await;
    door.close().await;
    if globals.json {
        // The API's own object, to the letter.
        output::say(page?);
        return Ok(ExitCode::SUCCESS);
    }
    let page = page.map_err(|failure| match failure.problem().status {
        401 => Failure::field("token", "is not known, or is not valid any more"),
        _ => failure,
    })?;
    let page = serde_json::from_str(&page).map_err(|error| Failure::caused("the answer is not a page", &error))?;
    output::say(table(&page));
    Ok(ExitCode::SUCCESS)
}

fn path(args: &Args) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(limit) = args.limit {
        query.append_pair("limit", &limit.to_string());
    }
    if let Some(cursor) = &args.cursor {
        query.append_pair("cursor", cursor);
    }
    format!("/api/v1/queue?{}", query.finish())
}

fn table(page: &Value) -> String {
    let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let beside = page["beside"].as_array().into_iter().flatten();
    let beside: Vec<String> = beside.map(|one| format!("{} at {}.", text(&one["next_action"]), text(&one["page"]))).collect();
    if items.is_empty() {
        return if beside.is_empty() { "Nothing is owed.".to_owned() } else { beside.join("\n") };
    }
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| {
            let what: Vec<String> = item["what"].as_array().into_iter().flatten().map(text).collect();
            let what = item["sealed"].as_str().map_or_else(|| what.join(", "), str::to_owned);
            let due = if item["urgent"] == true { "now".to_owned() } else { text(&item["due_at"]) };
            vec![due, text(&item["reference"]), text(&item["school"]), text(&item["next_action"]), what]
        })
        .collect();
    let mut shown = output::table(&["due", "reference", "school", "next", "what"], &rows);
    for line in beside {
        shown = format!("{shown}\n{line}");
    }
    if let Some(next) = page["next"].as_str() {
        shown = format!("{shown}\nMore: --cursor {next}");
    }
    shown
}
