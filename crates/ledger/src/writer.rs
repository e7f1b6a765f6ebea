//! Group commit: one task per ledger takes what is waiting and commits it in one transaction.
//!
//! Callers wait on a oneshot each. Nothing lingers: an idle writer commits the first append at once, and while it
//! does the next batch gathers. Commands and traces have a queue each and are taken in turn, so neither starves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::append::{Append, AppendError, Appended};
use crate::batch::Plan;
use crate::command::MacKey;
use crate::store::postgres::PgWriter;
use crate::store::{Failure, sqlite};
use crate::{Clock, Database, Limits, StreamId, TrustId};

/// How often a batch that gave way to another transaction is run again.
const ATTEMPTS_MAX: u32 = 6;
const BACKOFF: Duration = Duration::from_millis(5);

/// How often the writer lets other tasks run first when fewer have come than the last time.
const GATHER_TURNS: u32 = 8;
/// A batch of so many goes at once: its commit costs little for each, and others seal theirs meanwhile.
const GATHER_MAX: usize = 24;

/// The database did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the database did not answer within {0:?}")]
struct TimedOut(Duration);

/// An append in a queue.
pub(crate) struct Pending {
    pub(crate) append: Append,
    pub(crate) reply: oneshot::Sender<Result<Appended, AppendError>>,
}

/// What a store needs to decide and write one batch.
pub(crate) struct Work<'a> {
    pub(crate) trust: TrustId,
    pub(crate) mac_key: &'a MacKey,
    pub(crate) now: i64,
    batch: &'a [Pending],
}

impl Work<'_> {
    pub(crate) fn appends(&self) -> impl Iterator<Item = &Append> {
        self.batch.iter().map(|pending| &pending.append)
    }

    /// Every stream written or guarded, once.
    pub(crate) fn streams(&self) -> Vec<StreamId> {
        let named = self.appends().flat_map(Append::expectations);
        let distinct: BTreeSet<StreamId> = named.map(|(stream, _)| stream).collect();
        distinct.into_iter().collect()
    }

    /// Every command key, once.
    pub(crate) fn command_keys(&self) -> Vec<[u8; 32]> {
        let named = self.appends().filter_map(|append| append.command);
        let distinct: BTreeSet<[u8; 32]> = named.map(|command| command.key).collect();
        distinct.into_iter().collect()
    }
}

/// The two queues, read in turn.
pub(crate) struct Queues {
    pub(crate) commands: mpsc::Receiver<Pending>,
    pub(crate) traces: mpsc::Receiver<Pending>,
    /// Becomes true when no more may be taken in.
    pub(crate) closing: watch::Receiver<bool>,
    /// Taken from a queue and too large for the batch before.
    held: Option<Pending>,
    traces_next: bool,
    /// Appends in the batch before: about as many callers are about to come back.
    last: usize,
}

impl Queues {
    pub(crate) fn new(commands: mpsc::Receiver<Pending>, traces: mpsc::Receiver<Pending>, closing: watch::Receiver<bool>) -> Self {
        Self { commands, traces, closing, held: None, traces_next: false, last: 0 }
    }

    /// What is waiting, up to the limits of a batch; waits for the first. `None`: closed and drained.
    async fn next_batch(&mut self, limits: &Limits) -> Option<Vec<Pending>> {
        let first = match self.held.take() {
            Some(held) => held,
            None => self.wait().await?,
        };
        let mut bytes = first.append.sealed_len();
        let mut events = first.append.event_count();
        let mut batch = vec![first];
        let mut turns = GATHER_TURNS;
        while batch.len() < limits.batch_appends {
            let Some(next) = self.waiting() else {
                // Those just answered may be about to ask again: they get a turn first, not time. A batch of all of
                // them costs one commit where two halves, in turn, would cost two.
                if turns == 0 || batch.len() >= self.last.min(GATHER_MAX) {
                    break;
                }
                turns -= 1;
                tokio::task::yield_now().await;
                continue;
            };
            bytes += next.append.sealed_len();
            events += next.append.event_count();
            if bytes > limits.batch_bytes || events > limits.batch_events {
                self.held = Some(next);
                break;
            }
            batch.push(next);
        }
        self.last = batch.len();
        Some(batch)
    }

    async fn wait(&mut self) -> Option<Pending> {
        loop {
            let closed = *self.closing.borrow();
            if closed {
                // What is in the queues is still handed out; nothing more gets in.
                self.commands.close();
                self.traces.close();
            }
            tokio::select! {
                Some(pending) = self.commands.recv() => return Some(pending),
                Some(pending) = self.traces.recv() => return Some(pending),
                Ok(()) = self.closing.changed(), if !closed => {}
                else => return None,
            }
        }
    }

    /// Takes from the two queues in turn, as long as both have something.
    fn waiting(&mut self) -> Option<Pending> {
        self.traces_next = !self.traces_next;
        if self.traces_next {
            let trace = self.traces.try_recv();
            trace.or_else(|_| self.commands.try_recv()).ok()
        } else {
            let command = self.commands.try_recv();
            command.or_else(|_| self.traces.try_recv()).ok()
        }
    }
}

enum Store {
    Sqlite(sqlx::SqlitePool),
    Postgres(PgWriter),
}

/// The task.
pub(crate) struct Writer {
    store: Store,
    trust: TrustId,
    mac_key: MacKey,
    clock: Arc<dyn Clock>,
    limits: Limits,
    /// Tells subscribers of this process the size of the book; dropped when the task ends.
    hint: watch::Sender<u64>,
    /// Callers being answered.
    answering: JoinSet<()>,
}

impl Writer {
    pub(crate) fn new(
        db: &Database,
        trust: TrustId,
        mac_key: MacKey,
        clock: Arc<dyn Clock>,
        limits: Limits,
        hint: watch::Sender<u64>,
    ) -> Self {
        let store = match db {
            Database::Sqlite { writer, .. } => Store::Sqlite(writer.clone()),
            Database::Postgres(pool) => Store::Postgres(PgWriter::new(pool.clone())),
        };
        Self { store, trust, mac_key, clock, limits, hint, answering: JoinSet::new() }
    }

    /// Commits batch after batch until the queues are closed and empty.
    pub(crate) async fn run(mut self, mut queues: Queues) {
        while let Some(batch) = queues.next_batch(&self.limits).await {
            let span = tracing::info_span!(
                "ledger.batch.commit",
                trust = %self.trust,
                appends = batch.len(),
                events = tracing::field::Empty,
                size = tracing::field::Empty,
            );
            self.commit(batch).instrument(span).await;
        }
        while self.answering.join_next().await.is_some() {}
    }

    /// Writes a batch and answers everybody in it.
    async fn commit(&mut self, batch: Vec<Pending>) {
        match self.write(&batch).await {
            Ok(plan) => {
                let span = tracing::Span::current();
                span.record("events", plan.events.len());
                span.record("size", plan.after.size());
                self.hint.send_if_modified(|size| {
                    let grown = *size < plan.after.size();
                    *size = plan.after.size().max(*size);
                    grown
                });
                while self.answering.try_join_next().is_some() {}
                // Beside the next batch: waking many callers takes a good part of the time of a commit.
                self.answering.spawn(async move {
                    for (pending, answer) in batch.into_iter().zip(plan.answers) {
                        // A caller that no longer waits has its answer in the command record.
                        let _ = pending.reply.send(answer);
                    }
                });
            }
            Err(error) => {
                for pending in batch {
                    let _ = pending.reply.send(Err(error.clone()));
                }
            }
        }
    }

    /// The one place where a transaction that gave way is run again.
    async fn write(&mut self, batch: &[Pending]) -> Result<Plan, AppendError> {
        let mut attempt = 1;
        loop {
            let limit = self.limits.commit_timeout;
            let failure = match tokio::time::timeout(limit, self.try_write(batch)).await {
                Ok(Ok(plan)) => return Ok(plan),
                Ok(Err(failure)) => failure,
                Err(_) => {
                    self.forget();
                    tracing::warn!("the database did not answer in time");
                    return Err(AppendError::unavailable(TimedOut(limit)));
                }
            };
            self.forget();
            match failure {
                Failure::GaveWay(_) if attempt < ATTEMPTS_MAX => {
                    tokio::time::sleep(BACKOFF * 2_u32.pow(attempt)).await;
                    attempt += 1;
                }
                Failure::GaveWay(error) | Failure::Lost(error) => {
                    tracing::warn!(%error, "a batch was not committed");
                    return Err(AppendError::unavailable(error));
                }
                Failure::Corrupt(what) => {
                    tracing::error!(what, "the book is damaged");
                    return Err(AppendError::Corrupt(what));
                }
            }
        }
    }

    async fn try_write(&mut self, batch: &[Pending]) -> Result<Plan, Failure> {
        let work = Work { trust: self.trust, mac_key: &self.mac_key, now: self.clock.now_micros(), batch };
        match &mut self.store {
            Store::Sqlite(pool) => sqlite::commit(pool, &work).await,
            Store::Postgres(writer) => writer.commit(&work).await,
        }
    }

    fn forget(&mut self) {
        if let Store::Postgres(writer) = &mut self.store {
            writer.forget();
        }
    }
}
