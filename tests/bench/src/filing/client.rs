//! A client: files one report after the other, and every so often looks for one in the queue of the DSL who receives it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use rand::Rng as _;
use serde_json::Value;

use super::connection::{Answer, Ask, Connection};
use super::papers::Papers;
use super::trust::School;
use crate::clock::{now, system_rng};
use crate::load::Caller;

/// The largest page there is.
const QUEUE: &str = "/api/v1/queue?limit=1000";
/// A report that is not in the queue by then has failed.
const QUEUE_WAIT: Duration = Duration::from_secs(10);
/// Between two looks at a queue.
const LOOK_PAUSE: Duration = Duration::from_millis(1);

/// What the clients of one trust count together.
#[derive(Default)]
pub(crate) struct Tally {
    /// Filings answered with 201.
    pub(crate) filed: AtomicU64,
    /// Requests that had any other end than the one that was due.
    pub(crate) failed: AtomicU64,
    /// Looks at a queue.
    pub(crate) looks: AtomicU64,
    /// Looks that showed the report.
    pub(crate) found: AtomicU64,
    /// Rows of the longest queue that was looked at.
    pub(crate) longest: AtomicU64,
}

impl Tally {
    fn fail(&self, why: &anyhow::Error) {
        // The first says enough, and a server that is gone fails thousands.
        if self.failed.fetch_add(1, Ordering::Relaxed) == 0 {
            eprintln!("a request failed: {why:#}");
        }
    }
}

/// What every client of a trust has.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) address: SocketAddr,
    pub(crate) papers: Arc<Papers>,
    pub(crate) schools: Arc<[School]>,
    pub(crate) tally: Arc<Tally>,
    /// Each so-manieth report is looked for.
    pub(crate) look_every: usize,
}

/// The teacher of one school on a connection, and the DSLs on another.
pub(crate) struct Client {
    shared: Shared,
    number: usize,
    filing: Connection,
    looking: Connection,
    /// Reports sent.
    turns: usize,
    /// Reports sent to be looked for.
    looked: usize,
    awaited: Option<Awaited>,
}

/// A report that was filed and should be in the queue of a school's DSL.
struct Awaited {
    school: usize,
    id: String,
}

impl Client {
    pub(crate) fn new(shared: Shared, number: usize) -> Self {
        let (filing, looking) = (Connection::to(shared.address), Connection::to(shared.address));
        Self { shared, number, filing, looking, turns: 0, looked: 0, awaited: None }
    }

    /// The next form, and the school whose DSL will be asked for it.
    fn next_form(&mut self) -> Result<(Bytes, Option<usize>)> {
        let Shared { papers, schools, look_every, .. } = &self.shared;
        let turn = self.turns;
        self.turns += 1;
        // Clients take turns at looking, and each goes from school to school: all queues stay equally short.
        if (turn + self.number) % look_every != look_every - 1 {
            return Ok((papers.usual(turn + 5 * self.number), None));
        }
        let school = (self.looked + self.number) % schools.len();
        self.looked += 1;
        Ok((papers.for_dsl(turn, &schools[school].code)?, Some(school)))
    }

    async fn file(&mut self) -> Result<Option<Awaited>> {
        let (body, school) = self.next_form()?;
        let mut key = [0; 16];
        system_rng().fill_bytes(&mut key);
        let token = &self.shared.schools[self.number].teacher;
        let ask = Ask { method: Method::POST, path: "/api/v1/reports", token, key: Some(hex::encode(key)), body };
        let answer = self.filing.send(ask).await?;
        ensure!(answer.status == StatusCode::CREATED, "a report was answered {}", refusal(&answer));
        let Some(school) = school else { return Ok(None) };
        let filed: Value = serde_json::from_slice(&answer.body)?;
        let id = filed["id"].as_str().context("a report without an id")?.to_owned();
        Ok(Some(Awaited { school, id }))
    }

    /// Looks until the report is there; the moment when the answer that showed it had come.
    async fn find(&mut self, awaited: &Awaited, since: Instant) -> Result<Instant> {
        let Shared { schools, tally, .. } = &self.shared;
        let token = &schools[awaited.school].dsl;
        while since.elapsed() < QUEUE_WAIT {
            let answer = self.looking.send(Ask { method: Method::GET, path: QUEUE, token, key: None, body: Bytes::new() }).await?;
            let come = now();
            ensure!(answer.status == StatusCode::OK, "a queue was answered {}", refusal(&answer));
            let page: Value = serde_json::from_slice(&answer.body)?;
            let rows = page["items"].as_array().context("a queue without items")?;
            tally.looks.fetch_add(1, Ordering::Relaxed);
            tally.longest.fetch_max(rows.len() as u64, Ordering::Relaxed);
            if rows.iter().any(|row| row["id"] == awaited.id.as_str()) {
                tally.found.fetch_add(1, Ordering::Relaxed);
                return Ok(come);
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        anyhow::bail!("a report was not in the queue of its receiver after {} s", QUEUE_WAIT.as_secs())
    }
}

/// Status and body of a refusal: everybody here is invented.
fn refusal(answer: &Answer) -> String {
    format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body))
}

impl Caller for Client {
    /// A failure is counted and the client goes on: a benchmark that stops at the first one does not tell how many there are.
    async fn call(&mut self) -> Result<u64> {
        match self.file().await {
            Ok(awaited) => {
                self.awaited = awaited;
                self.shared.tally.filed.fetch_add(1, Ordering::Relaxed);
                Ok(1)
            }
            Err(error) => {
                self.shared.tally.fail(&error);
                Ok(0)
            }
        }
    }

    async fn seen(&mut self, since: Instant) -> Result<Option<Duration>> {
        let Some(awaited) = self.awaited.take() else { return Ok(None) };
        match self.find(&awaited, since).await {
            Ok(come) => Ok(Some(come - since)),
            Err(error) => {
                self.shared.tally.fail(&error);
                Ok(None)
            }
        }
    }
}
