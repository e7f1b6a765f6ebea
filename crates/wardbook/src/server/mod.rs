//! Listening and answering until told to stop: TCP with or without TLS, and the local socket.
//!
//! * `connection.rs`: one connection, bounded in time; `tls.rs`: certificate and key; `upkeep.rs`: what is done by the hour and day.
//!
//! Connections are accepted by a loop of our own and not by `axum::serve`, which sets no limit on their number and none on the time a
//! visitor may take to send the first line.

mod connection;
mod tls;
mod upkeep;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware, routing::get};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use wardbook_app::App;
use wardbook_web::WebOptions;
use wardbook_web::demo::Demo;

use crate::failure::Failure;
use crate::place::Place;
use crate::settings::Settings;
use crate::telemetry::requests::{self, Requests};

/// Connections at once; more wait to be accepted.
const CONNECTIONS_MAX: usize = 1024;
/// Commands on the local socket at once.
const LOCAL_CONNECTIONS_MAX: usize = 64;
/// How long requests may go on after the stop.
const FINISH: Duration = Duration::from_secs(10);
/// How long to wait after an accept that failed: out of file descriptors, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What is served, and where.
#[derive(Debug)]
pub(crate) struct Serving<'a> {
    /// The trusts of a host; at least one.
    pub(crate) apps: Vec<App>,
    /// Their folder.
    pub(crate) place: &'a Place,
    /// The settings.
    pub(crate) settings: &'a Settings,
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The demonstration, where it is one.
    pub(crate) demo: Option<Arc<Demo>>,
    /// What counts requests.
    pub(crate) requests: Requests,
}

/// Serves until SIGTERM or SIGINT, then finishes what has been taken in. `ready` is told the address once everything listens.
pub(crate) async fn serve(serving: Serving<'_>, ready: impl FnOnce(&str)) -> Result<(), Failure> {
    let Serving { apps, place, settings, listen, demo, requests } = serving;
    let tls = tls::acceptor(&settings.tls)?;
    let mailer = crate::mail::mailer(settings)?;
    let stop = on_signal()?;
    let tcp = TcpListener::bind(listen).await.map_err(|error| Failure::caused(format!("cannot listen on {listen}"), &error))?;
    let address = tcp.local_addr().map_err(|error| Failure::caused(format!("cannot listen on {listen}"), &error))?;
    let local = bind_local(place)?;
    let options = WebOptions {
        public_url: settings.public_url.clone(),
        secure_cookies: settings.is_https(),
        trusted_proxies: settings.trusted_proxies.clone(),
        demo,
    };
    // A proxy on this machine would hand the numbers on to everyone.
    let show_metrics = settings.telemetry.metrics && address.ip().is_loopback() && settings.trusted_proxies.is_empty();
    let around = |routes, show| counted(with_metrics(routes, &requests, show), &requests);
    let outside = wardbook_web::router_around(apps[0].clone(), options.clone(), |routes| around(routes, show_metrics));
    let inside = wardbook_web::local_router_around(apps[0].clone(), options, |routes| around(routes, settings.telemetry.metrics));

    let runners: Vec<_> = apps.iter().map(App::start).collect();
    let upkeep: Vec<_> = apps.iter().map(|app| tokio::spawn(upkeep::run(app.clone(), stop.clone()))).collect();
    if mailer.is_none() {
        tracing::info!("server.mail.none: notices are kept for an administrator to see");
    }
    for app in &apps {
        if let Err(error) = app.switch_on_notices().await {
            tracing::error!(error = crate::failure::chain(&error), "server.notices.wait");
        }
    }
    let notices: Vec<_> = apps.iter().map(|app| tokio::spawn(app.clone().run_notices(mailer.clone(), stop.clone()))).collect();
    let graceful = GracefulShutdown::new();
    let scheme = if tls.is_some() { "https" } else { "http" };
    ready(&format!("{scheme}://{address}"));
    tracing::info!(%address, tls = tls.is_some(), "server.listener.ready");
    tokio::join!(accept_tcp(&tcp, tls.as_ref(), &outside, &graceful, stop.clone()), accept_local(&local, &inside, &graceful, stop.clone()));
    // From here on a command finds no server, waits for the lock and opens the trust itself.
    drop((tcp, local));
    let _ = std::fs::remove_file(place.socket());
    tracing::info!("server.listener.closed");
    if tokio::time::timeout(FINISH, graceful.shutdown()).await.is_err() {
        tracing::warn!("server.connections.dropped: some did not end in time");
    }
    for upkeep in upkeep {
        let _ = upkeep.await;
    }
    for notices in notices {
        let _ = notices.await;
    }
    for app in &apps {
        upkeep::sign(app).await;
        app.shutdown().await;
    }
    for runner in runners {
        let _ = runner.await;
    }
    Ok(())
}

/// Turns true at the first SIGTERM or SIGINT.
fn on_signal() -> Result<watch::Receiver<bool>, Failure> {
    let failed = |error: std::io::Error| Failure::caused("signals cannot be listened to", &error);
    let mut term = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        sender.send_replace(true);
        // The receivers see the value for as long as the sender lives.
        sender.closed().await;
    });
    Ok(receiver)
}

/// Waits for the stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error would mean that the sender is gone, and it lives as long as its receivers.
    let _ = stop.wait_for(|stopped| *stopped).await;
}

/// The local socket, 0600 by the process's umask. A file that is there is stale: the caller holds the folder's lock.
fn bind_local(place: &Place) -> Result<UnixListener, Failure> {
    let path = place.socket();
    let failed = |error: std::io::Error| Failure::caused(format!("the local socket {}", path.display()), &error);
    match std::fs::remove_file(&path) {
        Ok(()) => tracing::info!("server.socket.replaced: an earlier server did not end by itself"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

fn with_metrics(router: Router, requests: &Requests, show: bool) -> Router {
    let requests = requests.clone();
    if show { router.route("/metrics", get(move || async move { requests.text() })) } else { router }
}

fn counted(router: Router, requests: &Requests) -> Router {
    router.layer(middleware::from_fn_with_state(requests.clone(), requests::count))
}

async fn accept_tcp(
    listener: &TcpListener,
    tls: Option<&tokio_rustls::TlsAcceptor>,
    router: &Router,
    graceful: &GracefulShutdown,
    stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Some((permit, accepted)) = next(&room, listener.accept(), stop.clone()).await else { return };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                let work = connection::serve_tcp(stream, peer, tls.cloned(), router.clone(), graceful.watcher());
                tokio::spawn(async move {
                    work.await;
                    drop(permit);
                });
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

async fn accept_local(listener: &UnixListener, router: &Router, graceful: &GracefulShutdown, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(LOCAL_CONNECTIONS_MAX));
    loop {
        let Some((permit, accepted)) = next(&room, listener.accept(), stop.clone()).await else { return };
        match accepted {
            Ok((stream, _)) => {
                let work = connection::serve_local(stream, router.clone(), graceful.watcher());
                tokio::spawn(async move {
                    work.await;
                    drop(permit);
                });
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// The next connection once there is room for it; none once told to stop.
async fn next<T>(
    room: &Arc<Semaphore>,
    accept: impl Future<Output = T>,
    mut stop: watch::Receiver<bool>,
) -> Option<(tokio::sync::OwnedSemaphorePermit, T)> {
    let one = async {
        let permit = Arc::clone(room).acquire_owned().await.expect("the semaphore is never closed");
        (permit, accept.await)
    };
    tokio::select! {
        () = stopped(&mut stop) => None,
        one = one => Some(one),
    }
}

async fn pause_after(error: &std::io::Error) {
    tracing::warn!(%error, "server.connection.refused");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
