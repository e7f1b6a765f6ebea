//! `wardbook profile`: whether a policy profile holds, why a report goes where it goes, and how another profile comes into force.
//!
//! A file is looked at in this process; the profile in force, and the people of a trust, through the door.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use wardbook_app::policy::{CheckAsk, Checked, ExplainAsk};
use wardbook_app::profiles::ProposalShown;
use wardbook_domain::profile::Profile;
use wardbook_domain::profile_check::{self, Severity};
use wardbook_domain::profile_explain::{self, Explanation, Part, Question, Step};

use super::user::duty;
use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output;

/// A profile is some tens of kilobytes.
const PROFILE_BYTES_MAX: u64 = 1024 * 1024;

/// `wardbook profile ...`
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Look for chains that run out, and for rules that differ from guidance
    Check(CheckArgs),
    /// Say who receives a report, who stands in and who is passed over, and why
    Explain(ExplainArgs),
    /// Propose a profile; where it moves a receiver, a second person confirms it
    Propose(ProposeArgs),
    /// List the profiles that wait for a second person
    Proposals(TokenArgs),
    /// Confirm a proposed profile, as its second person
    Confirm(DecideArgs),
    /// Turn a proposed profile down
    Refuse(RefuseArgs),
}

/// Whose command it is.
#[derive(Debug, clap::Args)]
pub(crate) struct TokenArgs {
    /// The API token of the person who asks
    #[arg(long, env = "WARDBOOK_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// `wardbook profile propose`
#[derive(Debug, clap::Args)]
pub(crate) struct ProposeArgs {
    /// The profile's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    who: TokenArgs,
}

/// `wardbook profile confirm`
#[derive(Debug, clap::Args)]
pub(crate) struct DecideArgs {
    /// The proposal's id
    id: String,
    #[command(flatten)]
    who: TokenArgs,
}

/// `wardbook profile refuse`
#[derive(Debug, clap::Args)]
pub(crate) struct RefuseArgs {
    /// The proposal's id
    id: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    who: TokenArgs,
}

/// `wardbook profile check`
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The profile's file; the one in force, if none is named
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Try its chains on the people of this trust
    #[arg(long)]
    people: bool,
}

/// `wardbook profile explain`
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The profile's file; the one in force, if none is named
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The type of report, by code
    #[arg(long = "type", value_name = "CODE")]
    kind: String,
    /// The duty of the person whom the report is about
    #[arg(long, value_name = "DUTY")]
    subject_duty: Option<String>,
    /// The school whose people receive it, by code; without it each duty counts as held
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
}

/// Runs `check`: exit 0 where no error is found, 1 where one is.
pub(crate) async fn check(globals: &Globals, args: &CheckArgs) -> Result<ExitCode, Failure> {
    let text = args.file.as_deref().map(read).transpose()?;
    let checked = match &text {
        Some(text) if !args.people => {
            let profile = parse(text)?;
            Checked { profile: profile.name(), findings: profile_check::check(&profile, None) }
        }
        _ => through_the_door(globals, "/local/v1/profile/check", &CheckAsk { profile: text, people: args.people }).await?,
    };
    let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if globals.json {
        output::say_json(&json!({ "profile": checked.profile, "errors": errors, "findings": checked.findings }));
    } else {
        checked.findings.iter().for_each(|finding| output::say(finding.to_string()));
        let others = checked.findings.len() - errors;
        output::say(format!("Profile {}: errors: {errors}; warnings and notes: {others}.", checked.profile));
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Runs `explain`.
pub(crate) async fn explain(globals: &Globals, args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let subject_duty = args.subject_duty.as_deref().map(|text| duty("subject-duty", text)).transpose()?;
    let text = args.file.as_deref().map(read).transpose()?;
    let explanation = match &text {
        Some(text) if args.school.is_none() => {
            let question = Question { kind: &args.kind, subject: subject_duty, school: None };
            profile_explain::explain(&parse(text)?, None, question)?
        }
        _ => {
            let ask = ExplainAsk { profile: text, kind: args.kind.clone(), subject_duty, school: args.school.clone() };
            through_the_door(globals, "/local/v1/profile/explain", &ask).await?
        }
    };
    if globals.json {
        output::say_json(&explanation);
    } else {
        output::say(in_words(&explanation));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `propose`.
pub(crate) async fn propose(globals: &Globals, args: &ProposeArgs) -> Result<ExitCode, Failure> {
    let text = read(&args.file)?;
    let body = json!({ "profile": text, "reason": args.reason });
    let shown: ProposalShown = as_person(globals, &args.who, "/api/v1/profile/proposals", &body).await?;
    if globals.json {
        output::say_json(&shown);
    } else {
        shown.moves.iter().for_each(|line| output::say(format!("moves: {line}")));
        output::say(match shown.state.as_str() {
            "adopted" => format!("{} moves nobody and is in force.", shown.profile),
            _ => format!("{} waits for a second person: `wardbook profile confirm {}`", shown.profile, shown.id),
        });
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `proposals`.
pub(crate) async fn proposals(globals: &Globals, args: &TokenArgs) -> Result<ExitCode, Failure> {
    let token = token(args)?;
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let text = door.text("/api/v1/profile/proposals", Some(token)).await;
    door.close().await;
    let text = text?;
    if globals.json {
        output::say(text);
        return Ok(ExitCode::SUCCESS);
    }
    let all: Vec<ProposalShown> = serde_json::from_str(&text).map_err(|error| Failure::caused("the answer is no list", &error))?;
    for shown in &all {
        output::say(format!("{}  {}  by {}: {}", shown.id, shown.profile, shown.proposed_by, shown.reason));
        shown.moves.iter().for_each(|line| output::say(format!("  moves: {line}")));
    }
    if all.is_empty() {
        output::say("No profile waits for a second person.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `confirm`.
pub(crate) async fn confirm(globals: &Globals, args: &DecideArgs) -> Result<ExitCode, Failure> {
    decide(globals, &args.who, &format!("/api/v1/profile/proposals/{}/confirm", id(&args.id)?), &json!({})).await?;
    output::say("The profile is in force.");
    Ok(ExitCode::SUCCESS)
}

/// Runs `refuse`.
pub(crate) async fn refuse(globals: &Globals, args: &RefuseArgs) -> Result<ExitCode, Failure> {
    let path = format!("/api/v1/profile/proposals/{}/refuse", id(&args.id)?);
    decide(globals, &args.who, &path, &json!({ "reason": args.reason })).await?;
    output::say("The proposal is turned down.");
    Ok(ExitCode::SUCCESS)
}

fn id(text: &str) -> Result<&str, Failure> {
    let fits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(text) } else { Err(Failure::field("id", "is not the id of a proposal: 32 hex digits")) }
}

fn token(args: &TokenArgs) -> Result<&str, Failure> {
    let missing = || Failure::field("token", "this is a person's to do: give their API token with --token or WARDBOOK_TOKEN");
    args.token.as_deref().filter(|token| !token.is_empty()).ok_or_else(missing)
}

async fn as_person<A: DeserializeOwned>(globals: &Globals, who: &TokenArgs, path: &str, body: &impl Serialize) -> Result<A, Failure> {
    let token = token(who)?;
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let answer = door.post_as(path, Some(token), body).await;
    door.close().await;
    answer
}

async fn decide(globals: &Globals, who: &TokenArgs, path: &str, body: &impl Serialize) -> Result<(), Failure> {
    let token = token(who)?;
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let answer = door.tell(path, token, body).await;
    door.close().await;
    answer
}

async fn through_the_door<A: DeserializeOwned>(globals: &Globals, path: &str, ask: &impl Serialize) -> Result<A, Failure> {
    let (place, loaded) = globals.open()?;
    let door = Door::open(&place, &loaded.settings).await?;
    let answer = door.post(path, ask).await;
    door.close().await;
    answer
}

fn read(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::field("file", format!("{} cannot be read: {error}", path.display()));
    let mut text = String::new();
    let mut file = File::open(path).map_err(unreadable)?.take(PROFILE_BYTES_MAX + 1);
    file.read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > PROFILE_BYTES_MAX {
        return Err(Failure::field("file", format!("{} is longer than a profile can be", path.display())));
    }
    Ok(text)
}

fn parse(text: &str) -> Result<Profile, Failure> {
    Profile::parse(text).map_err(|error| Failure::field("profile", error.to_string()))
}

fn in_words(explanation: &Explanation) -> String {
    let at = explanation.school.as_ref().map(|school| format!(", {school}")).unwrap_or_default();
    let mut lines = vec![format!("{} ({}), profile {}{at}", explanation.kind, explanation.class.label(), explanation.profile)];
    for part in Part::ALL {
        for steps in chains(&explanation.steps, *part) {
            lines.push(format!("\n{} ({})", part.label(), steps[0].clause));
            let row = |step: &Step| {
                vec![step.order.to_string(), step.title.clone(), step.people.join(", "), step.stand.label().to_owned(), step.when.clone()]
            };
            let rows: Vec<Vec<String>> = steps.iter().map(row).collect();
            lines.push(output::table(&["", "duty", "held by", "", "when"], &rows));
        }
    }
    if let Some(ring) = &explanation.ring {
        lines.push(format!("\nIt reaches nobody. Ring: {ring}"));
    }
    lines.join("\n")
}

/// The chains of one part: first facts may have several.
fn chains(steps: &[Step], part: Part) -> Vec<&[Step]> {
    let chains = steps.chunk_by(|one, next| one.part == next.part && next.order > one.order);
    chains.filter(|chain| chain[0].part == part).collect()
}
