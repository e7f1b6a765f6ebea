//! Reports filed over HTTP, with everything real: the router of the product on a loopback port, clients with connections of their
//! own, need-to-know, sealing, book, views and traces.
//!
//! * `trust.rs`: the trust, its directory and tokens; `papers.rs`: the forms; `connection.rs`: HTTP; `client.rs`: who files and
//!   who looks; `table.rs`: the figures.

mod client;
mod connection;
mod papers;
mod table;
pub(crate) mod trust;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wardbook_app::App;
use wardbook_app::checkpoint::VerifyAsk;
use wardbook_web::{WebOptions, router};

use crate::load::{Slice, drive};
use client::{Client, Shared, Tally};
use papers::Papers;

pub(crate) use table::table;

/// How long the server may take to finish.
const FINISH: Duration = Duration::from_secs(10);

/// A trust behind HTTP, and its clients.
pub(crate) struct Filing {
    app: App,
    views: JoinHandle<()>,
    server: JoinHandle<std::io::Result<()>>,
    stop: oneshot::Sender<()>,
    shared: Shared,
    clients: Vec<Client>,
}

/// What was there when everybody had finished.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) engine: &'static str,
    pub(crate) story_len: usize,
    pub(crate) body_len: usize,
    /// Filings answered with 201.
    pub(crate) filed: u64,
    /// Reports in the book.
    pub(crate) in_book: u64,
    /// Requests that failed.
    pub(crate) failed: u64,
    pub(crate) looks: u64,
    pub(crate) found: u64,
    pub(crate) longest: u64,
}

impl Checked {
    /// What must not be.
    pub(crate) fn wrong(&self) -> Option<String> {
        let Self { engine, filed, in_book, failed, .. } = self;
        let wrong = *failed > 0 || filed != in_book;
        wrong
            .then(|| format!("{engine}: {failed} requests failed; {filed} filings were answered 201 and {in_book} reports are in the book"))
    }
}

impl Filing {
    /// A new trust with its book in the database at `url` and all else in `folder`, served, with `clients` clients.
    pub(crate) async fn create(url: &str, folder: &Path, clients: usize, look_every: usize) -> Result<Self> {
        let app = trust::create(url, folder).await?;
        let views = app.start();
        let schools = trust::populate(&app, clients).await?;
        let (stop, stopped) = oneshot::channel();
        let (address, server) = serve(&app, stopped).await?;
        let (papers, tally) = (Arc::new(Papers::read()?), Arc::new(Tally::default()));
        let shared = Shared { address, papers, schools, tally, look_every };
        let clients = (0..clients).map(|number| Client::new(shared.clone(), number)).collect();
        Ok(Self { app, views, server, stop, shared, clients })
    }

    /// Lets the first `clients` file for `length`.
    pub(crate) async fn run(&mut self, clients: usize, length: Duration) -> Result<Slice> {
        let failed = self.failed();
        let chosen = self.clients.drain(..clients).collect();
        let (mut slice, back) = drive(chosen, length).await?;
        self.clients.splice(..0, back);
        slice.failed = self.failed() - failed;
        Ok(slice)
    }

    fn failed(&self) -> u64 {
        self.shared.tally.failed.load(Ordering::Relaxed)
    }

    /// Stops serving, then counts and verifies: what was answered with 201 is in the book, once, and the book is whole.
    pub(crate) async fn finish(self, engine: &'static str) -> Result<Checked> {
        // Their connections end, so that the server has nothing to wait for.
        drop(self.clients);
        let _ = self.stop.send(());
        tokio::time::timeout(FINISH, self.server).await.context("the server does not stop")???;
        let verdict = self.app.verify(&VerifyAsk::default(), |_, _| {}).await?;
        ensure!(verdict.intact, "the book is damaged: {:?}", verdict.first_bad);
        let in_book = trust::count_reports(&self.app).await?;
        self.app.shutdown().await;
        self.views.await?;
        let Shared { papers, tally, .. } = self.shared;
        Ok(Checked {
            engine,
            story_len: papers.story_len,
            body_len: papers.body_len,
            filed: tally.filed.load(Ordering::Relaxed),
            in_book,
            failed: tally.failed.load(Ordering::Relaxed),
            looks: tally.looks.load(Ordering::Relaxed),
            found: tally.found.load(Ordering::Relaxed),
            longest: tally.longest.load(Ordering::Relaxed),
        })
    }
}

/// Serves the product's router on a free port of this machine, until `stopped`.
async fn serve(app: &App, stopped: oneshot::Receiver<()>) -> Result<(SocketAddr, JoinHandle<std::io::Result<()>>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let service = router(app.clone(), WebOptions::default()).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async {
        let _ = stopped.await;
    };
    let server = axum::serve(listener, service).with_graceful_shutdown(stopped);
    Ok((address, tokio::spawn(async move { server.await })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardbook_testkit::{sqlite_url, temp_dir};

    async fn filing(folder: &Path) -> Filing {
        Filing::create(&sqlite_url(folder, "book.db"), folder, 2, 2).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_answered_is_in_the_book_and_was_seen_in_the_queue() {
        let folder = temp_dir();
        let mut filing = filing(folder.path()).await;
        let slice = filing.run(2, Duration::from_millis(300)).await.unwrap();
        let checked = filing.finish("SQLite").await.unwrap();
        assert_eq!(checked.wrong(), None);
        assert_eq!((checked.filed, slice.rows, slice.failed), (checked.in_book, checked.in_book, 0));
        assert!(checked.found > 0 && checked.looks >= checked.found && checked.longest > 0, "{checked:?}");
        assert_eq!(slice.seen.len() as u64, checked.found);
        assert!(slice.seen.iter().max() > slice.waits.iter().min(), "it is seen after it was filed");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_failure_is_counted_and_one_is_enough_to_be_wrong() {
        let folder = temp_dir();
        let mut filing = filing(folder.path()).await;
        // The DSLs come without their tokens: filings go through, looks do not.
        let strangers: Vec<_> =
            filing.shared.schools.iter().cloned().map(|school| trust::School { dsl: "none".into(), ..school }).collect();
        let shared = Shared { schools: strangers.into(), ..filing.shared.clone() };
        filing.clients = vec![Client::new(shared, 0)];
        let slice = filing.run(1, Duration::from_millis(300)).await.unwrap();
        let checked = filing.finish("SQLite").await.unwrap();
        assert!(checked.failed > 0 && checked.found == 0, "{checked:?}");
        assert_eq!((slice.failed, slice.rows, slice.seen.len()), (checked.failed, checked.in_book, 0));
        assert!(checked.wrong().is_some());
        let lost = Checked { failed: 0, in_book: checked.filed - 1, ..checked };
        assert!(lost.wrong().is_some(), "a report that is not there");
    }
}
