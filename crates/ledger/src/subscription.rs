//! Following the book.
//!
//! Positions are given under the head's lock and become visible in order, so "everything after the last I saw" is
//! complete at any moment: no gap ever fills in later. Wake-ups are hints; the poll is what makes it certain.

use std::time::Duration;

use tokio::sync::watch;

use crate::event::{ReadError, StoredEvent};
use crate::{Database, TrustId, ledger};

/// How long an event written by another process may go unnoticed.
const POLL: Duration = Duration::from_secs(1);

/// A reader that remembers where it is.
#[derive(Debug)]
pub struct Subscription {
    db: Database,
    trust: TrustId,
    next: u64,
    hint: watch::Receiver<u64>,
}

impl Subscription {
    pub(crate) fn new(db: Database, trust: TrustId, next: u64, hint: watch::Receiver<u64>) -> Self {
        Self { db, trust, next, hint }
    }

    /// The position the next event will have.
    pub fn next_position(&self) -> u64 {
        self.next
    }

    /// The next events, at least one and at most `max` (bounded as [`Ledger::read`](crate::Ledger::read)), in order.
    /// Waits until there are some. After an error, or when the returned future is dropped, nothing is skipped.
    pub async fn next_batch(&mut self, max: usize) -> Result<Vec<StoredEvent>, ReadError> {
        loop {
            self.hint.mark_unchanged();
            let batch = ledger::read(&self.db, self.trust, self.next, max.max(1)).await?;
            if !batch.is_empty() {
                self.next += batch.len() as u64;
                return Ok(batch);
            }
            let woken = tokio::time::timeout(POLL, self.hint.changed()).await;
            if let Ok(Err(_)) = woken {
                // The writer of this process has ended; others may go on.
                tokio::time::sleep(POLL).await;
            }
        }
    }
}
