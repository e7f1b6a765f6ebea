//! The handle everybody else holds: one trust's book in one database.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::append::{Append, AppendError, Appended};
use crate::command::{CommandRecord, MacKey, StoredCommand};
use crate::event::{ReadError, StoredEvent};
use crate::tree::{Hash, proof};
use crate::writer::{Pending, Queues, Writer};
use crate::{Database, StreamId, Subscription, TrustId, store};

/// The most events one read returns.
pub const READ_EVENTS_MAX: usize = 1000;
/// The most sealed bytes one read returns, unless its first event alone has more.
pub const READ_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Tells the time: microseconds since 1970-01-01T00:00:00Z.
pub trait Clock: Send + Sync {
    /// Now. It may go backwards; recorded times do not.
    fn now_micros(&self) -> i64;
}

/// The bounds of a ledger's queues and batches.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Appends waiting in each of the two queues, 1024; one more is refused.
    pub queue: usize,
    /// Appends in one transaction, 256.
    pub batch_appends: usize,
    /// Events in one transaction, 512. An append of its own is never split.
    pub batch_events: usize,
    /// Sealed bytes in one transaction, 1 MiB.
    pub batch_bytes: usize,
    /// What a refused caller is told to wait, 1 s.
    pub retry_after: Duration,
    /// How long one attempt to commit may take, 30 s.
    pub commit_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 1024,
            batch_appends: 256,
            batch_events: 512,
            batch_bytes: 1024 * 1024,
            retry_after: Duration::from_secs(1),
            commit_timeout: Duration::from_secs(30),
        }
    }
}

/// The committed end of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of events.
    pub size: u64,
    /// Root of the tree over their leaves.
    pub root: Hash,
    /// Recorded time of the last one, in microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at: i64,
}

/// The book of one trust. Cheap to clone; all clones share one writer task.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    db: Database,
    trust: TrustId,
    mac_key: MacKey,
    clock: Arc<dyn Clock>,
    limits: Limits,
    commands: mpsc::Sender<Pending>,
    traces: mpsc::Sender<Pending>,
    closing: watch::Sender<bool>,
    hint: watch::Receiver<u64>,
}

/// The writer task has ended.
#[derive(Debug, thiserror::Error)]
#[error("the ledger is shut down")]
struct ShutDown;

impl Ledger {
    /// Opens the book of `trust` in `db` and starts its writer task; must be called inside a Tokio runtime.
    /// `mac_key` authenticates command records. The database needs [`MIGRATIONS`](crate::MIGRATIONS), the trust
    /// [`Ledger::create_trust`].
    pub fn open(db: Database, trust: TrustId, mac_key: [u8; 32], clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let mac_key = MacKey::from(mac_key);
        let (commands, command_queue) = mpsc::channel(limits.queue.max(1));
        let (traces, trace_queue) = mpsc::channel(limits.queue.max(1));
        let (closing, closed) = watch::channel(false);
        let (grown, hint) = watch::channel(0);
        let queues = Queues::new(command_queue, trace_queue, closed);
        let key = mac_key.clone();
        let writer = Writer::new(&db, trust, key, Arc::clone(&clock), limits, grown);
        tokio::spawn(writer.run(queues));
        let inner = Inner { db, trust, mac_key, clock, limits, commands, traces, closing, hint };
        Self { inner: Arc::new(inner) }
    }

    /// The trust whose book this is.
    pub fn trust(&self) -> TrustId {
        self.inner.trust
    }

    /// The database it is in.
    pub fn database(&self) -> &Database {
        &self.inner.db
    }

    /// Makes the head row of the trust, once; a second call changes nothing.
    pub async fn create_trust(&self) -> Result<(), AppendError> {
        let now = self.inner.clock.now_micros();
        let made = store::create_head(&self.inner.db, self.inner.trust, now).await;
        made.map_err(AppendError::unavailable)
    }

    /// Writes a command's events, all or nothing, and returns when they are durable.
    ///
    /// The append goes on when the returned future is dropped; its command record tells what came of it.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.enqueue(&self.inner.commands, append).await
    }

    /// As [`Ledger::append`], through the queue of traces: many reads do not hold up commands, nor the reverse.
    pub async fn append_trace(&self, append: Append) -> Result<Appended, AppendError> {
        self.enqueue(&self.inner.traces, append).await
    }

    async fn enqueue(&self, queue: &mpsc::Sender<Pending>, append: Append) -> Result<Appended, AppendError> {
        append.check()?;
        let (reply, answer) = oneshot::channel();
        let pending = Pending { append, reply };
        queue.try_send(pending).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => AppendError::QueueFull { retry_after: self.inner.limits.retry_after },
            mpsc::error::TrySendError::Closed(_) => AppendError::unavailable(ShutDown),
        })?;
        let answer = answer.await;
        answer.unwrap_or_else(|_| Err(AppendError::unavailable(ShutDown)))
    }

    /// The committed head.
    pub async fn head(&self) -> Result<Head, ReadError> {
        let row = store::read_head(&self.inner.db, self.inner.trust).await?;
        Ok(Head { size: row.size(), root: row.root, recorded_at: row.recorded_at })
    }

    /// The events from position `from` on, in order without gap: at most `limit`, [`READ_EVENTS_MAX`] and
    /// [`READ_BYTES_MAX`]. None: the end is reached.
    pub async fn read(&self, from: u64, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        read(&self.inner.db, self.inner.trust, from, limit).await
    }

    /// The events of one stream from version `from` (the first is 1) on, in order, bounded as [`Ledger::read`].
    pub async fn read_stream(&self, stream: StreamId, from: u64, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        Ok(self.page_of_stream(stream, from, limit).await?.0)
    }

    /// All events of one stream from version `from` on, in order: one read of the database, unless they are more than one read returns.
    pub async fn rest_of_stream(&self, stream: StreamId, from: u64) -> Result<Vec<StoredEvent>, ReadError> {
        let (mut events, mut ended) = self.page_of_stream(stream, from, READ_EVENTS_MAX).await?;
        while let Some(last) = events.last().filter(|_| !ended) {
            let more = self.page_of_stream(stream, last.version + 1, READ_EVENTS_MAX).await?;
            ended = more.1;
            events.extend(more.0);
        }
        Ok(events)
    }

    /// As many events as one read returns, and whether there are no more.
    async fn page_of_stream(&self, stream: StreamId, from: u64, limit: usize) -> Result<(Vec<StoredEvent>, bool), ReadError> {
        let (db, trust) = (&self.inner.db, self.inner.trust);
        let limit = limit.min(READ_EVENTS_MAX);
        let from = from.max(1);
        let page = store::read_stream(db, trust, stream, from, limit, READ_BYTES_MAX).await?;
        contiguous(page.0.iter().map(|event| event.version), from)?;
        Ok(page)
    }

    /// Number of events of a stream; 0 when there is no such stream.
    pub async fn stream_version(&self, stream: StreamId) -> Result<u64, ReadError> {
        store::stream_version(&self.inner.db, self.inner.trust, stream).await
    }

    /// One event.
    pub async fn event(&self, stream: StreamId, version: u64) -> Result<Option<StoredEvent>, ReadError> {
        let (db, trust) = (&self.inner.db, self.inner.trust);
        let (found, _) = store::read_stream(db, trust, stream, version, 1, READ_BYTES_MAX).await?;
        Ok(found.into_iter().find(|event| event.version == version))
    }

    /// Follows the book from position `from` on: every event once, in order.
    pub fn subscribe(&self, from: u64) -> Subscription {
        let hint = self.inner.hint.clone();
        Subscription::new(self.inner.db.clone(), self.inner.trust, from, hint)
    }

    /// What is remembered of a command, if anything.
    pub async fn command(&self, key: [u8; 32]) -> Result<Option<CommandRecord>, ReadError> {
        let stored = store::read_command(&self.inner.db, self.inner.trust, key).await?;
        let open = |stored: StoredCommand| {
            stored.open(self.inner.trust, &self.inner.mac_key).ok_or_else(|| ReadError::corrupt("a command record was changed"))
        };
        stored.map(open).transpose()
    }

    /// Forgets the commands recorded before an instant (microseconds); returns how many.
    pub async fn purge_commands(&self, before: i64) -> Result<u64, ReadError> {
        Ok(store::purge_commands(&self.inner.db, self.inner.trust, before).await?)
    }

    /// The audit path of the event at `position` in the tree of the first `size` events.
    pub async fn inclusion_proof(&self, position: u64, size: u64) -> Result<Vec<Hash>, ReadError> {
        let builder = proof::Builder::inclusion(position, size);
        self.prove(builder, size).await
    }

    /// The proof that the tree of the first `old` events is the beginning of that of the first `new`.
    pub async fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError> {
        let builder = proof::Builder::consistency(old, new);
        self.prove(builder, new).await
    }

    async fn prove(&self, builder: Result<proof::Builder, proof::NoSuchProof>, size: u64) -> Result<Vec<Hash>, ReadError> {
        let mut builder = builder.map_err(|_| ReadError::NoProof)?;
        if size > self.head().await?.size {
            return Err(ReadError::NoProof);
        }
        let (db, trust) = (&self.inner.db, self.inner.trust);
        store::each_leaf(db, trust, 0..size, |leaf| builder.push(leaf)).await?;
        builder.finish().map_err(|_| ReadError::NoProof)
    }

    /// Takes nothing more in, commits and answers what is waiting, and returns when that is done.
    pub async fn shutdown(&self) {
        self.inner.closing.send_replace(true);
        let mut hint = self.inner.hint.clone();
        // The task drops its end of the channel when it is done.
        while hint.changed().await.is_ok() {}
    }
}

/// Trust only.
impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({})", self.inner.trust)
    }
}

pub(crate) async fn read(db: &Database, trust: TrustId, from: u64, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
    let limit = limit.min(READ_EVENTS_MAX);
    let page = store::read_events(db, trust, from, limit, READ_BYTES_MAX).await?;
    contiguous(page.iter().map(|event| event.position), from)?;
    Ok(page)
}

/// The writer leaves no gap: one that is read is damage, never to be skipped.
fn contiguous(numbers: impl Iterator<Item = u64>, from: u64) -> Result<(), ReadError> {
    for (found, expected) in numbers.zip(from..) {
        if found != expected {
            let what = format!("number {expected} is missing before {found}");
            return Err(ReadError::corrupt(what));
        }
    }
    Ok(())
}
