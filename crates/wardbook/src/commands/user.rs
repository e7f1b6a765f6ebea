//! `wardbook user add`: gives a person an account, a duty, and a one-time code with which they choose their own password; once set-up has
//! ended it asks for them, and a second person agrees on the pages. `wardbook user end-duty` ends a duty.

use std::process::ExitCode;

use serde_json::json;
use wardbook_app::accounts::Added;
use wardbook_domain::{Duty, clock::Date};

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
    /// End a duty that a person holds; they are signed out
    EndDuty(EndArgs),
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
    /// The first day of the duty, as 2027-01-04; else at once
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Its last day; else until it is ended
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Why; needed once set-up has ended
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The administrator's API token; needed once set-up has ended
    #[arg(long, env = "WARDBOOK_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
}

/// `wardbook user end-duty`
#[derive(Debug, clap::Args)]
pub(crate) struct EndArgs {
    /// Their e-mail; `-` reads a line from stdin, `@FILE` a file
    #[arg(long, value_name = "E")]
    email: String,
    /// The duty
    #[arg(long, required_unless_present = "all")]
    duty: Option<String>,
    /// The school's code, for a duty at one school
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
    /// Every duty of theirs, as they have left: their tokens and their calendar address end too
    #[arg(long, conflicts_with_all = ["duty", "school"])]
    all: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Runs `end-duty`.
pub(crate) async fn end_duty(globals: &Globals, args: &EndArgs) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let (email, duty) = (given("email", &args.email)?, args.duty.as_deref().map(|text| duty("duty", text)).transpose()?);
    let door = Door::open(&place, &loaded.settings).await?;
    let ask = json!({ "email": email, "duty": duty, "school": args.school, "reason": args.reason });
    let ended = door.post::<serde_json::Value>("/local/v1/users/end-duty", &ask).await;
    door.close().await;
    let ended = ended?;
    if globals.json {
        output::say_json(&ended);
    } else {
        let what = duty.map_or_else(|| "Every duty".to_owned(), |duty| format!("The duty {duty}"));
        output::say(format!("{what} of {email} has ended, and they are signed out."));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `add`.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let duty = duty("duty", &args.duty)?;
    let (email, name) = (given("email", &args.email)?, given("name", &args.name)?);
    let (starts_on, ends_on) = (day("from", args.from.as_deref())?, day("until", args.until.as_deref())?);
    let ask = json!({ "email": email, "name": name, "duty": duty, "school": args.school, "reason": args.reason,
        "starts_on": starts_on, "ends_on": ends_on });
    let door = Door::open(&place, &loaded.settings).await?;
    let token = args.token.as_deref().filter(|token| !token.is_empty());
    let added = door.post_as::<Added>("/local/v1/users", token, &ask).await;
    door.close().await;
    let added = added?;
    if globals.json {
        output::say_json(&added);
        return Ok(ExitCode::SUCCESS);
    }
    match added {
        Added::Code(code) => {
            let whose = if code.known_person { "known in the directory" } else { "new in the directory" };
            output::say(format!("{email} has an account ({whose}) and the duty {duty}."));
            let base = loaded.settings.public_url.as_deref().map(|url| url.trim_end_matches('/')).unwrap_or_default();
            // The same words for everybody: who has an account for another trust is theirs to know.
            let several = !loaded.settings.trust.more.is_empty();
            let or = if several { " (or, if they sign in there already, use it at “Your trusts” on their account page)" } else { "" };
            output::say(format!(
                "They choose their own password at {base}/enrol until {}{or}, with this code: {}",
                code.expires_at, code.secret
            ));
        }
        Added::Waiting(asked) => {
            let duty_is = if asked.duty_waits { "waits for a second person" } else { "is held" };
            let code_is = if asked.code_waits { "; so does a code, which is shown to that second person alone" } else { "" };
            output::say(format!("The duty {duty} of {email} {duty_is}{code_is}. Second persons agree at /people/waiting."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A day, from the option of this name.
fn day(option: &str, text: Option<&str>) -> Result<Option<Date>, Failure> {
    let parse = |text: &str| text.parse().map_err(|_| Failure::field(option, format!("`{text}` is no day; write it as 2027-01-04")));
    text.map(parse).transpose()
}

/// A duty by its code, from the option of this name.
pub(super) fn duty(option: &str, text: &str) -> Result<Duty, Failure> {
    Duty::ALL.iter().copied().find(|duty| duty.as_str() == text).ok_or_else(|| {
        let all = Duty::ALL.iter().map(|duty| duty.as_str()).collect::<Vec<_>>().join(", ");
        Failure::field(option, format!("`{text}` is none of {all}"))
    })
}
