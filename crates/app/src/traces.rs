//! Reading is an event: one trace a page, durable before the page leaves (design §1.5); so is signing in (P2-AUDIT-1).
//!
//! Traces queue apart from commands. One task per process takes what is queued, gives each trace its version in its access stream
//! (one per reader and month), seals and appends. Only this task knows those versions; another replica's writes show as a conflict.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use wardbook_domain::{
    Duty, FieldGroup, Instant, PersonId, RecordId, event::Written, profile::reading::CASE_WORK, trace::Shown, trace::TraceEvent,
};
use wardbook_ledger::{Append, AppendError, Envelope, Ledger, SealedEvent, StreamId, TrustId, Write};
use wardbook_vault::{Audience, Group, Item, KeyId, Place, RecordKey, Secret32, Vault, blind, seal_event};
use wardbook_views::meta_names;

use crate::{App, AppError, Caller, Entropy, error::append_error};

/// Traces waiting at most; above that pages are refused with 503 rather than shown without a trace.
const QUEUE: usize = 1024;
/// Traces appended together at most.
const BATCH: usize = 64;
/// Records named in one append at most: some 40 bytes each, far below what an append may hold.
const RECORDS_MAX: usize = 10_000;
/// Access streams remembered at most: a few months of every reader of a large trust.
const STREAMS_MAX: usize = 10_000;
const TRIES: usize = 8;

/// One event of an access stream.
struct Trace {
    event: TraceEvent,
    /// Whose access stream it goes to; none for what strangers did, which has a stream of its own.
    of: Option<PersonId>,
    /// Who did it, in which duty.
    by: (Option<PersonId>, Option<Duty>),
}

/// The traces of one page, which are appended together: one for each duty by which something on it is shown.
struct Waiting {
    traces: Vec<Trace>,
    at: Instant,
    done: oneshot::Sender<Result<(), AppError>>,
}

/// What of a page is shown by one duty, for one purpose.
pub(crate) struct ShownBy {
    pub(crate) duty: Option<Duty>,
    pub(crate) records: Vec<RecordId>,
    pub(crate) purpose: String,
}

/// Hands traces to the writing task.
pub(crate) struct Traces {
    queue: tokio::sync::Mutex<Option<mpsc::Sender<Waiting>>>,
    task: tokio::sync::Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Traces {
    pub(crate) fn start(trust: TrustId, ledger: Ledger, vault: Vault, key: Secret32, entropy: Entropy) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let writer = Writer { trust, ledger, vault, key, entropy, streams: HashMap::new() };
        let task = tokio::spawn(writer.run(receiver));
        Self { queue: tokio::sync::Mutex::new(Some(sender)), task: tokio::sync::Mutex::new(Some(task)) }
    }

    /// Takes nothing more in and waits until what was taken is durable.
    pub(crate) async fn close(&self) {
        self.queue.lock().await.take();
        if let Some(task) = self.task.lock().await.take() {
            let _ = task.await; // it ends when its queue is empty; a panic in it has been logged by the runtime
        }
    }
}

impl App {
    /// Records that sealed text of these records is about to be shown, where no purpose was asked; returns when that is durable.
    pub(crate) async fn trace(&self, caller: &Caller, duty: Option<Duty>, page: &str, records: Vec<RecordId>) -> Result<(), AppError> {
        self.trace_for(caller, duty, page, records, CASE_WORK.to_owned()).await
    }

    /// The same with the purpose.
    pub(crate) async fn trace_for(
        &self,
        caller: &Caller,
        duty: Option<Duty>,
        page: &str,
        records: Vec<RecordId>,
        purpose: String,
    ) -> Result<(), AppError> {
        self.trace_shown(caller, page, [ShownBy { duty, records, purpose }]).await
    }

    /// The same for a page of which parts are shown by several duties: one append.
    pub(crate) async fn trace_shown(&self, caller: &Caller, page: &str, shown: impl IntoIterator<Item = ShownBy>) -> Result<(), AppError> {
        let traces = shown.into_iter().filter(|shown| !shown.records.is_empty()).map(|ShownBy { duty, records, purpose }| Trace {
            event: Shown { reader: caller.person, reading_as: duty, purpose, page: page.to_owned(), records }.into(),
            of: Some(caller.person),
            by: (Some(caller.person), duty),
        });
        self.queue_traces(traces.collect()).await
    }

    /// Records that a page is about to be shown, or a file sent, that holds the text of no record and is on record all the same.
    pub(crate) async fn trace_page(&self, caller: &Caller, duty: Duty, page: &str) -> Result<(), AppError> {
        let shown =
            Shown { reader: caller.person, reading_as: Some(duty), purpose: CASE_WORK.to_owned(), page: page.to_owned(), records: vec![] };
        self.trace_event(shown.into(), Some(caller.person), (Some(caller.person), Some(duty))).await
    }

    /// Records an event of an access stream: in whose, and who did it; returns when it is durable.
    pub(crate) async fn trace_event(
        &self,
        event: TraceEvent,
        of: Option<PersonId>,
        by: (Option<PersonId>, Option<Duty>),
    ) -> Result<(), AppError> {
        self.queue_traces(vec![Trace { event, of, by }]).await
    }

    async fn queue_traces(&self, traces: Vec<Trace>) -> Result<(), AppError> {
        if traces.is_empty() {
            return Ok(());
        }
        let (done, answer) = oneshot::channel();
        let waiting = Waiting { traces, at: self.clock.now(), done };
        let queue = self.traces.queue.lock().await.clone().ok_or(AppError::Busy(Duration::from_secs(1)))?;
        queue.try_send(waiting).map_err(|_| AppError::Busy(Duration::from_secs(1)))?;
        answer.await.map_err(AppError::internal)?
    }
}

/// The traces of how many pages go into one append: a bound on the records that they name, which are what makes a trace large.
fn fitting(batch: &[Waiting]) -> usize {
    let named = |trace: &Trace| match &trace.event {
        TraceEvent::Shown(shown) => shown.records.len(),
        TraceEvent::SignedIn(_) | TraceEvent::SignInFailed(_) => 1,
    };
    let mut records = 0;
    let within = batch.iter().take_while(|waiting| {
        records += waiting.traces.iter().map(named).sum::<usize>();
        records <= RECORDS_MAX
    });
    within.count().max(1)
}

/// What the task remembers of an access stream.
struct Stream {
    key: RecordKey,
    version: u64,
}

struct Writer {
    trust: TrustId,
    ledger: Ledger,
    vault: Vault,
    key: Secret32,
    entropy: Entropy,
    streams: HashMap<[u8; 16], Stream>,
}

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<Waiting>) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            while !batch.is_empty() {
                let rest = batch.split_off(fitting(&batch));
                self.write_and_answer(std::mem::replace(&mut batch, rest)).await;
            }
        }
    }

    /// Writes what fits into one append; where that fails each trace stands for itself, so that one reader's lost key stops no other's page.
    async fn write_and_answer(&mut self, batch: Vec<Waiting>) {
        let together = self.write(&batch).await;
        for waiting in batch {
            let alone = if together.is_ok() { Ok(()) } else { self.write(std::slice::from_ref(&waiting)).await };
            if let Err(error) = &alone {
                tracing::error!(error = %error, cause = ?std::error::Error::source(error).map(ToString::to_string), "app.traces.failed");
            }
            let answer = alone.map_err(|_| AppError::Busy(Duration::from_secs(1)));
            let _ = waiting.done.send(answer); // a reader who has gone away needs no answer
        }
    }

    async fn write(&mut self, batch: &[Waiting]) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let writes = self.seal_batch(batch).await?;
            match self.ledger.append_trace(Append { writes, guards: vec![], command: None }).await {
                Ok(appended) => {
                    for (stream, version) in appended.versions {
                        if let Some(known) = self.streams.get_mut(stream.as_bytes()) {
                            known.version = version;
                        }
                    }
                    return Ok(());
                }
                // Another replica wrote to one of these streams: forget what was remembered, and seal again for the new places.
                Err(AppendError::Conflict { .. }) => self.streams.clear(),
                Err(other) => {
                    self.streams.clear();
                    return Err(append_error(other));
                }
            }
        }
        Err(AppError::Busy(Duration::from_secs(1)))
    }

    async fn seal_batch(&mut self, batch: &[Waiting]) -> Result<Vec<Write>, AppError> {
        if self.streams.len() > STREAMS_MAX {
            self.streams.clear();
        }
        let mut writes: Vec<Write> = vec![];
        let mut traces: Vec<(Instant, &Trace)> = vec![];
        for waiting in batch {
            traces.extend(waiting.traces.iter().map(|trace| (waiting.at, trace)));
        }
        for (at, trace) in traces {
            let (year, month) = at.london_month();
            let whose: &[u8] = trace.of.as_ref().map_or(b"strangers", |person| person.as_bytes());
            let id = blind(&self.key, &[whose, format!("{year:04}-{month:02}").as_bytes()]);
            let stream = self.stream(id).await?;
            let (key, version) = (stream.key.clone(), stream.version);
            let place = writes.iter().position(|write| write.stream.as_bytes() == &id);
            let index = place.unwrap_or_else(|| {
                writes.push(Write { stream: StreamId::from_bytes(id), expected: version, events: vec![] });
                writes.len() - 1
            });
            let version = writes[index].expected + writes[index].events.len() as u64 + 1;
            let event = self.seal(id, version, &key, (at, trace))?;
            writes[index].events.push(event);
        }
        Ok(writes)
    }

    async fn stream(&mut self, id: [u8; 16]) -> Result<&Stream, AppError> {
        if !self.streams.contains_key(&id) {
            let stream = StreamId::from_bytes(id);
            let version = self.ledger.stream_version(stream).await?;
            let key = match self.ledger.read_stream(stream, 1, 1).await?.first().and_then(|event| event.envelopes().first()) {
                Some(envelope) => self.vault.record_key(KeyId(envelope.key_id())).await?,
                None => self.vault.new_record_key(Audience::RecordKeeping).await?,
            };
            self.streams.insert(id, Stream { key, version });
        }
        Ok(&self.streams[&id])
    }

    fn seal(&self, stream: [u8; 16], version: u64, key: &RecordKey, (at, trace): (Instant, &Trace)) -> Result<SealedEvent, AppError> {
        let written: Written = trace.event.written();
        let meta = [
            (meta_names::TYPE, serde_json::json!(written.kind.name)),
            (meta_names::SCHEMA_VERSION, serde_json::json!(written.kind.schema)),
            (meta_names::ACTOR, serde_json::json!(trace.by.0)),
            (meta_names::DUTY, serde_json::json!(trace.by.1)),
            (meta_names::AT, serde_json::json!(at)),
            (meta_names::COMMAND, serde_json::Value::Null),
        ];
        let fields = written.fields.into_iter().map(|(name, _, value)| (name, value));
        let items =
            meta.into_iter().chain(fields).map(|(name, value)| Item { name: name.to_owned(), content: value.to_string().into_bytes() });
        let group = Group { name: FieldGroup::Record.as_str(), key, items: items.collect() };
        let place = Place { trust: *self.trust.as_bytes(), stream, version };
        let sealed = self.entropy.with(|rng| seal_event(&place, vec![group], rng)).map_err(AppError::internal)?;
        let envelopes = sealed.envelopes.into_iter().map(|envelope| Envelope::parse(envelope.into_bytes()));
        let envelopes = envelopes.collect::<Result<_, _>>().map_err(AppError::internal)?;
        SealedEvent::new(envelopes, sealed.item_root).map_err(AppError::internal)
    }
}
