//! The `wardbook` command: it makes a trust's book, serves it, and asks it things.
//!
//! * `commands/`: one file a command; `door.rs`: the way in for all of them, through the running server or in this process.
//! * `settings/`: `wardbook.toml`; `secrets.rs`: passphrases and identities; `place.rs`: the data folder and its lock.
//! * `demo/`: the invented trust with its own clock, people and tour.
//! * `server/`: listening and answering; `telemetry/`: logs, traces, metrics; `host.rs`: core dumps and swap.
//! * `failure.rs`: exit codes and problems; `output.rs`: what is printed.
//!
//! To add a command: a file in `commands/` with its arguments and `run`, a variant of [`Command`] here, and its test in `tests/`.
#![forbid(unsafe_code)]

mod commands;
mod demo;
mod door;
mod failure;
mod host;
mod mail;
mod opening;
mod output;
mod place;
mod rows;
mod secrets;
mod server;
mod settings;
mod surroundings;
mod telemetry;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{checkpoint, config, import, init, policy, profile, queue, serve, token, user, verify, views};
use failure::Failure;
use place::Place;
use settings::{Loaded, Settings};

/// The incident and concern book of a school or trust: one append-only, sealed, tamper-evident record.
#[derive(Debug, Parser)]
#[command(name = "wardbook", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
struct Globals {
    /// The data folder
    #[arg(long, global = true, value_name = "DIR", env = "WARDBOOK_DATA")]
    data: Option<PathBuf>,
    /// The trust: its name, or its id; needed where the folder holds several (`-` reads a line from stdin, `@FILE` a file)
    #[arg(long, global = true, value_name = "NAME")]
    trust: Option<String>,
    /// Print one JSON object, also for an error
    #[arg(long, global = true)]
    json: bool,
}

impl Globals {
    /// The data folder, which must be named.
    fn place(&self) -> Result<Place, Failure> {
        let missing = || Failure::field("data", "name the trust's folder with --data DIR or WARDBOOK_DATA");
        let named = self.trust.as_deref().map(|trust| commands::given("trust", trust)).transpose()?;
        Ok(Place::at(self.data.as_deref().ok_or_else(missing)?)?.meaning(named))
    }

    /// The data folder with its settings.
    fn open(&self) -> Result<(Place, Loaded), Failure> {
        let place = self.place()?;
        let loaded = Settings::load(&place.config(), environment())?;
        Ok((place, loaded))
    }
}

/// The environment's variables that are text.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new trust in the data folder
    Init(init::Args),
    /// Import a list or old papers
    Import(import::Args),
    /// Accounts
    #[command(subcommand)]
    User(user::Command),
    /// API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Serve the pages and the API
    Serve(serve::Args),
    /// Try Wardbook with a made-up trust's year, on this machine only
    Demo(commands::demo::Args),
    /// Check that nobody has altered the book
    Verify(verify::Args),
    /// Sign the book as it is and print the note
    Checkpoint,
    /// The lists made from the book
    #[command(subcommand)]
    Views(views::Command),
    /// What is owed by the holder of a token
    Queue(queue::Args),
    /// The settings
    #[command(subcommand)]
    Config(config::Command),
    /// Who may know what
    #[command(subcommand)]
    Policy(policy::Command),
    /// A trust's rules: who receives what
    #[command(subcommand)]
    Profile(profile::Command),
}

impl Command {
    /// Runs it; the exit code where it was done (a check may have failed).
    async fn run(self, globals: &Globals) -> Result<ExitCode, Failure> {
        match self {
            Self::Init(args) => init::run(globals, args).await,
            Self::Import(args) => import::run(globals, &args).await,
            Self::User(user::Command::Add(args)) => user::run(globals, &args).await,
            Self::User(user::Command::EndDuty(args)) => user::end_duty(globals, &args).await,
            Self::Token(token::Command::Create(args)) => token::run(globals, &args).await,
            Self::Serve(args) => serve::run(globals, &args).await,
            Self::Demo(args) => Box::pin(commands::demo::run(globals, &args)).await,
            Self::Verify(args) => verify::run(globals, &args).await,
            Self::Checkpoint => checkpoint::run(globals).await,
            Self::Views(views::Command::Rebuild(args)) => views::run(globals, &args).await,
            Self::Queue(args) => queue::run(globals, &args).await,
            Self::Config(config::Command::Check) => config::run(globals),
            Self::Policy(policy::Command::Show) => policy::run(globals).await,
            Self::Profile(profile::Command::Check(args)) => profile::check(globals, &args).await,
            Self::Profile(profile::Command::Explain(args)) => profile::explain(globals, &args).await,
            Self::Profile(profile::Command::Propose(args)) => profile::propose(globals, &args).await,
            Self::Profile(profile::Command::Proposals(args)) => profile::proposals(globals, &args).await,
            Self::Profile(profile::Command::Confirm(args)) => profile::confirm(globals, &args).await,
            Self::Profile(profile::Command::Refuse(args)) => profile::refuse(globals, &args).await,
        }
    }

    /// Whether it starts its own telemetry.
    const fn serves(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Demo(_))
    }
}

fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    // First, before any key is in memory and any file is made.
    let mut warnings = host::harden();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        warnings.push("another TLS provider was there first".to_owned());
    }
    warnings.iter().for_each(output::note);
    if !cli.command.serves() {
        telemetry::start_quiet();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(Failure::caused("the process cannot start its threads", &error)), cli.globals.json),
    };
    let outcome = runtime.block_on(cli.command.run(&cli.globals));
    finish(outcome, cli.globals.json)
}

/// Reads the command line. Bad usage exits 2 like every bad input, and as a problem where JSON was asked for.
fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        let json = std::env::args_os().any(|argument| argument == "--json");
        if error.use_stderr() && json {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or("the command is not understood");
            return finish(Err(Failure::input(first.trim_start_matches("error: "))), true);
        }
        let _ = error.print();
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })
}

fn finish(outcome: Result<ExitCode, Failure>, json: bool) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        output::tell(&failure, json);
        ExitCode::from(failure.exit_code())
    })
}
