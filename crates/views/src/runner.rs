//! Moves the views along the book: lock the checkpoints, read events after them, write rows, move the checkpoints, one transaction.

use std::time::Duration;

use tokio::sync::watch;
use wardbook_ledger::{Database, Ledger, ReadError, StoredEvent, TrustId};

use crate::{
    At, Blinds, OpenFailure, Opened, Opener, View,
    sql::{Arg, Tx},
    write::{Target, as_i64},
};

/// Events taken in one transaction.
const BATCH_EVENTS: usize = 500;

/// A view cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// The database does not answer.
    #[error("the views cannot be written")]
    Database(#[source] sqlx::Error),
    /// The book cannot be read.
    #[error("the book cannot be read")]
    Book(#[source] ReadError),
    /// An event of a type that this release does not know, or a key store that does not answer: the views stop here, loudly.
    #[error("the event at position {position} stops the views")]
    Event {
        /// Where.
        position: u64,
        /// Why.
        #[source]
        cause: OpenFailure,
    },
}

/// How far the views have come, for a caller that wants to see its own write.
#[derive(Debug, Clone)]
pub struct Watch(watch::Receiver<u64>);

impl Watch {
    /// Waits until every view has taken in the event at `position`; false when `limit` passes first.
    pub async fn reached(&self, position: u64, limit: Duration) -> bool {
        let mut receiver = self.0.clone();
        let reached = receiver.wait_for(|next| *next > position);
        matches!(tokio::time::timeout(limit, reached).await, Ok(Ok(_)))
    }
}

/// One generation of one view, as its checkpoint row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generation {
    pub(crate) view: String,
    pub(crate) id: [u8; 16],
    pub(crate) view_version: u32,
    /// The next position to take in.
    pub(crate) position: u64,
    pub(crate) live: bool,
}

/// What one batch did.
#[derive(Debug, Default)]
pub(crate) struct Advanced {
    /// Whether there was anything to do.
    pub(crate) moved: bool,
    /// The next position to take in, where it is known.
    pub(crate) next: Option<u64>,
    /// Streams with an event that could not be opened.
    pub(crate) sealed: Vec<[u8; 16]>,
}

/// Runs the views of one trust. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runner {
    pub(crate) db: Database,
    pub(crate) trust: TrustId,
    pub(crate) ledger: Ledger,
    pub(crate) opener: Opener,
    pub(crate) blinds: Blinds,
    progress: watch::Sender<u64>,
}

impl Runner {
    /// A runner; call [`Runner::ensure`] once before it runs.
    pub fn new(db: Database, trust: TrustId, ledger: Ledger, opener: Opener, blinds: Blinds) -> Self {
        Self { db, trust, ledger, opener, blinds, progress: watch::Sender::new(0) }
    }

    /// How far the views have come.
    pub fn watch(&self) -> Watch {
        Watch(self.progress.subscribe())
    }

    /// Makes the first generation of views that have none. The id is derived, so that two replicas that start at once make one.
    pub async fn ensure(&self) -> Result<(), RunnerError> {
        for view in crate::views() {
            let id = self.blinds.register(view.name(), &format!("generation/{}", view.version()));
            let sql = "-- views.ensure
INSERT INTO view_checkpoints (trust_id, view, generation, view_version, position, live)
SELECT $1, $2, $3, $4, 0, 1 WHERE NOT EXISTS (SELECT 1 FROM view_checkpoints WHERE trust_id = $1 AND view = $2 AND live = 1)
ON CONFLICT DO NOTHING";
            let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Text(view.name()), Arg::Bytes(&id), Arg::Int(i64::from(view.version()))];
            crate::sql::execute(&self.db, sql.to_owned(), &args).await.map_err(RunnerError::Database)?;
        }
        Ok(())
    }

    /// Live views that another version of this program made: each wants a rebuild.
    pub async fn outdated(&self) -> Result<Vec<&'static str>, RunnerError> {
        let live = self.generations(true).await?;
        let is_old = |view: &&'static dyn View| live.iter().any(|g| g.view == view.name() && g.view_version != view.version());
        Ok(crate::views().into_iter().filter(is_old).map(View::name).collect())
    }

    /// Follows the book until `stop` says so; a failure is logged, kept for [`Runner::step`]'s caller to see, and tried again.
    pub async fn run(&self, mut stop: watch::Receiver<bool>, mut failed: impl FnMut(Option<&RunnerError>)) {
        let mut subscription = self.ledger.subscribe(self.ledger_end().await);
        loop {
            let outcome = self.catch_up().await;
            if let Err(error) = &outcome {
                tracing::error!(error = %error, cause = ?std::error::Error::source(error).map(ToString::to_string), "views.runner.stopped");
            }
            failed(outcome.as_ref().err());
            // After a failure nothing new need come: try again within a second, as the wake-up is only a hint.
            let wait = async {
                if outcome.is_ok() {
                    let _ = subscription.next_batch(BATCH_EVENTS).await;
                } else {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            };
            tokio::select! {
                () = wait => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    async fn ledger_end(&self) -> u64 {
        self.ledger.head().await.map_or(0, |head| head.size)
    }

    /// Takes in everything that is in the book by now.
    pub async fn catch_up(&self) -> Result<(), RunnerError> {
        while self.step().await? {}
        Ok(())
    }

    /// One batch for all live views; whether there was anything to do.
    pub async fn step(&self) -> Result<bool, RunnerError> {
        let generations = self.generations(true).await?;
        let advanced = self.advance(&generations).await?;
        if let Some(lowest) = advanced.next {
            self.progress.send_if_modified(|known| {
                let moved = *known < lowest;
                *known = (*known).max(lowest);
                moved
            });
        }
        Ok(advanced.moved)
    }

    /// Moves these generations by one batch.
    pub(crate) async fn advance(&self, generations: &[Generation]) -> Result<Advanced, RunnerError> {
        let Some(from) = generations.iter().map(|generation| generation.position).min() else {
            return Ok(Advanced::default());
        };
        let events = self.ledger.read(from, BATCH_EVENTS).await.map_err(RunnerError::Book)?;
        if events.is_empty() {
            return Ok(Advanced { next: Some(from), ..Advanced::default() });
        }
        let opened = self.open_all(&events).await?;
        let end = from + events.len() as u64;
        let mut tx = Tx::begin(&self.db).await.map_err(RunnerError::Database)?;
        for generation in generations {
            if !self.lock(&mut tx, generation).await.map_err(RunnerError::Database)? {
                // Another replica has moved it: what was read is stale, so nothing is written.
                return Ok(Advanced { moved: true, ..Advanced::default() });
            }
        }
        for generation in generations {
            self.write(&mut tx, generation, &opened).await.map_err(RunnerError::Database)?;
            self.move_to(&mut tx, generation, end.max(generation.position)).await.map_err(RunnerError::Database)?;
        }
        tx.commit().await.map_err(RunnerError::Database)?;
        let sealed = opened.iter().filter(|(_, opened)| opened.is_none()).map(|(at, _)| at.stream).collect();
        Ok(Advanced { moved: true, next: Some(end), sealed })
    }

    /// Opens the record groups. An event whose key was destroyed or lost gives no rows: its record is shown as sealed or disposed.
    async fn open_all(&self, events: &[StoredEvent]) -> Result<Vec<(At, Option<Opened>)>, RunnerError> {
        let mut all = Vec::with_capacity(events.len());
        for stored in events {
            let at = At {
                position: stored.position,
                stream: *stored.stream.as_bytes(),
                version: stored.version,
                recorded_at: stored.recorded_at,
            };
            match self.opener.open(stored, &wardbook_domain::FieldGroup::ALL).await {
                Ok(opened) => all.push((at, Some(opened))),
                Err(cause) if cause.is_passing() || matches!(cause, OpenFailure::Unreadable(_)) => {
                    return Err(RunnerError::Event { position: stored.position, cause });
                }
                Err(cause) => {
                    // One row that was tampered with must not stop everyone's lists; `verify` and the record itself say what is wrong.
                    tracing::error!(position = at.position, %cause, "views.event.sealed: no rows come of it; rebuild when its key is back");
                    all.push((at, None));
                }
            }
        }
        Ok(all)
    }

    pub(crate) async fn generations(&self, live: bool) -> Result<Vec<Generation>, RunnerError> {
        let sql = "-- views.generations
SELECT view, generation, view_version, position, live FROM view_checkpoints WHERE trust_id = $1 AND live = $2 ORDER BY view, generation";
        let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Int(i64::from(live))];
        let rows = crate::sql::fetch(&self.db, sql.to_owned(), &args).await.map_err(RunnerError::Database)?;
        let generation = |row: &crate::sql::Row| {
            Ok(Generation {
                view: row.text(0)?,
                id: row.id(1)?,
                view_version: u32::try_from(row.int(2)?).unwrap_or(0),
                position: u64::try_from(row.int(3)?).unwrap_or(0),
                live: row.int(4)? == 1,
            })
        };
        rows.iter().map(generation).collect::<Result<_, sqlx::Error>>().map_err(RunnerError::Database)
    }

    /// Locks a checkpoint; whether it still stands where it stood.
    pub(crate) async fn lock(&self, tx: &mut Tx, generation: &Generation) -> Result<bool, sqlx::Error> {
        let sql = format!(
            "-- views.lock
SELECT position FROM view_checkpoints WHERE trust_id = $1 AND view = $2 AND generation = $3 AND live = $4{}",
            tx.for_update()
        );
        let live = i64::from(generation.live);
        let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Text(&generation.view), Arg::Bytes(&generation.id), Arg::Int(live)];
        let rows = tx.fetch(sql, &args).await?;
        Ok(rows.first().map(|row| row.int(0)).transpose()? == Some(as_i64(generation.position)))
    }

    async fn move_to(&self, tx: &mut Tx, generation: &Generation, position: u64) -> Result<(), sqlx::Error> {
        let sql = "-- views.move
UPDATE view_checkpoints SET position = $4 WHERE trust_id = $1 AND view = $2 AND generation = $3";
        let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Text(&generation.view), Arg::Bytes(&generation.id), Arg::Int(as_i64(position))];
        tx.execute(sql.to_owned(), &args).await.map(|_| ())
    }

    async fn write(&self, tx: &mut Tx, generation: &Generation, events: &[(At, Option<Opened>)]) -> Result<(), sqlx::Error> {
        let view = crate::views().into_iter().find(|view| view.name() == generation.view);
        let Some(view) = view else {
            return Ok(()); // a view of another release: left as it is
        };
        let target = Target { trust: self.trust, blinds: &self.blinds, view: view.name(), generation: generation.id };
        for (at, opened) in events.iter().filter(|(at, _)| at.position >= generation.position) {
            let Some(opened) = opened else { continue };
            for change in view.changes(&opened.event, at) {
                target.apply(tx, at, &change).await?;
            }
        }
        Ok(())
    }
}
