//! `wardbook serve`: the pages, the API and the local socket, until told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;

use serde_json::json;

use crate::Globals;
use crate::demo::{self, Showing};
use crate::door::open_apps;
use crate::failure::Failure;
use crate::place::{Lock, Place};
use crate::secrets::{Ask, PASSPHRASE_VARIABLE};
use crate::server::{self, Serving};
use crate::settings::Settings;
use crate::{host, output, telemetry};

/// `wardbook serve`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port to listen on, instead of the settings'
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    if place.named().is_some() {
        return Err(Failure::field("trust", "every trust of the folder is served"));
    }
    let settings = loaded.settings;
    let listen = args.listen.unwrap_or(settings.listen);
    settings.check_listen(listen)?;
    let ready = |url: &str| {
        if globals.json { output::say_json(&json!({ "listening": url })) } else { output::say(format!("Listening on {url}")) }
    };
    start(&place, &settings, listen, None, ready).await
}

/// Opens the trusts and serves them; where it is a demo, with its clock and its pages.
pub(crate) async fn start(
    place: &Place,
    settings: &Settings,
    listen: SocketAddr,
    demo: Option<Showing>,
    ready: impl FnOnce(&str),
) -> Result<ExitCode, Failure> {
    place.check_socket_path()?;
    let running = telemetry::start(&settings.telemetry)?;
    if let Some(warning) = host::swap_warning() {
        tracing::warn!("host.swap.on: {warning}");
    }
    let served = serve(place, settings, listen, demo, running.requests.clone(), ready).await;
    running.stop().await;
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(
    place: &Place,
    settings: &Settings,
    listen: SocketAddr,
    demo: Option<Showing>,
    requests: telemetry::requests::Requests,
    ready: impl FnOnce(&str),
) -> Result<(), Failure> {
    let busy = || Failure::failed("another wardbook process is at work on this trust; stop it first");
    let _lock = Lock::take(place, settings)?.ok_or_else(busy)?;
    let clock = demo.as_ref().map_or_else(|| demo::book_clock(place), |demo| demo.clock.clock());
    let (apps, from_environment) = open_apps(place, settings, Ask::IfAttended, clock).await?;
    if from_environment {
        tracing::warn!(
            "{PASSPHRASE_VARIABLE} is in the environment, where every process of this user can read it: use a file or a systemd credential"
        );
    }
    let Some(demo) = demo else {
        return server::serve(Serving { apps, place, settings, listen, demo: None, requests }, ready).await;
    };
    let shown = demo.open(&apps[0], place).await?;
    let saving = tokio::spawn(demo.clock.clone().keep_saving());
    let served = server::serve(Serving { apps, place, settings, listen, demo: Some(shown), requests }, ready).await;
    saving.abort();
    demo.clock.save();
    served
}
