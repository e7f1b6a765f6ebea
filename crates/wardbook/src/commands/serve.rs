//! `wardbook serve`: the pages, the API and the local socket, until told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;

use serde_json::json;

use crate::Globals;
use crate::door::open_app;
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
    let settings = loaded.settings;
    let listen = args.listen.unwrap_or(settings.listen);
    settings.check_listen(listen)?;
    let ready = |url: &str| {
        if globals.json { output::say_json(&json!({ "listening": url })) } else { output::say(format!("Listening on {url}")) }
    };
    start(&place, &settings, listen, false, ready).await
}

/// Opens the trust and serves it; `demo` says so on every page.
pub(crate) async fn start(
    place: &Place,
    settings: &Settings,
    listen: SocketAddr,
    demo: bool,
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
    demo: bool,
    requests: telemetry::requests::Requests,
    ready: impl FnOnce(&str),
) -> Result<(), Failure> {
    let busy = || Failure::failed("another wardbook process is at work on this trust; stop it first");
    let _lock = Lock::take(place, settings)?.ok_or_else(busy)?;
    let (app, from_environment) = open_app(place, settings, Ask::IfAttended).await?;
    if from_environment {
        tracing::warn!(
            "{PASSPHRASE_VARIABLE} is in the environment, where every process of this user can read it: use a file or a systemd credential"
        );
    }
    server::serve(Serving { app, place, settings, listen, demo, requests }, ready).await
}
