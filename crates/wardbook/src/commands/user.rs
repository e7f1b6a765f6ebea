//! `wardbook user add`: gives a person an account, a duty, and a one-time code with which they choose their own password.

use std::process::ExitCode;

use wardbook_app::accounts::{NewUser, ShownOnce};
use wardbook_domain::Duty;

use super::given;
use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output;

/// `wardbook user ...`
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Give a person an account and a duty
    Add(Args),
}

/// `wardbook user add`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Their e-mail; `-` reads a line from stdin, `@FILE` a file
    #[arg(long, value_name = "E")]
    email: String,
    /// Their name; `-` reads a line from stdin (after the e-mail's), `@FILE` a file
    #[arg(long, value_name = "N")]
    name: String,
    /// The duty
    #[arg(long)]
    duty: String,
    /// The school's code, for a duty at one school
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let duty = duty("duty", &args.duty)?;
    let user = NewUser { email: given("email", &args.email)?, name: given("name", &args.name)?, duty, school: args.school.clone() };
    let door = Door::open(&place, &loaded.settings).await?;
    let added = door.post::<ShownOnce>("/local/v1/users", &user).await;
    door.close().await;
    let code = added?;
    if globals.json {
        output::say_json(&code);
    } else {
        let whose = if code.known_person { "known in the directory" } else { "new in the directory" };
        output::say(format!("{} has an account ({whose}) and the duty {}.", user.email, user.duty));
        let base = loaded.settings.public_url.as_deref().map(|url| url.trim_end_matches('/')).unwrap_or_default();
        output::say(format!("They choose their own password at {base}/enrol until {}, with this code: {}", code.expires_at, code.secret));
    }
    Ok(ExitCode::SUCCESS)
}

/// A duty by its code, from the option of this name.
pub(super) fn duty(option: &str, text: &str) -> Result<Duty, Failure> {
    Duty::ALL.iter().copied().find(|duty| duty.as_str() == text).ok_or_else(|| {
        let all = Duty::ALL.iter().map(|duty| duty.as_str()).collect::<Vec<_>>().join(", ");
        Failure::field(option, format!("`{text}` is none of {all}"))
    })
}
