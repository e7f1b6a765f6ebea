//! Callers that do one thing again and again for a while, and what was counted.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::clock;

/// Somebody who waits for one write before making the next.
pub(crate) trait Caller: Send + 'static {
    /// Writes, and returns the number of rows that are durable because of it.
    fn call(&mut self) -> impl Future<Output = Result<u64>> + Send;

    /// After a call, and no part of its wait: how long it took from `since`, the start of the call, until others saw what it
    /// wrote, where somebody looked.
    fn seen(&mut self, _since: Instant) -> impl Future<Output = Result<Option<Duration>>> + Send {
        std::future::ready(Ok(None))
    }
}

/// What one stretch of time gave.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    pub(crate) rows: u64,
    /// From the start of the first call to the end of the last.
    pub(crate) elapsed: Duration,
    /// How long each call took.
    pub(crate) waits: Vec<Duration>,
    /// How long it took until others saw what a call wrote.
    pub(crate) seen: Vec<Duration>,
    /// Requests that failed, where a failure does not end the run.
    pub(crate) failed: u64,
}

impl Slice {
    /// Rows a second.
    #[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64()
    }
}

/// Lets all callers run side by side, each in its own task, for `length`; gives them back for the next time.
pub(crate) async fn drive<C: Caller>(callers: Vec<C>, length: Duration) -> Result<(Slice, Vec<C>)> {
    let start = clock::now();
    let tasks: Vec<_> = callers.into_iter().map(|caller| tokio::spawn(repeat(caller, start + length))).collect();
    let mut slice = Slice::default();
    let mut back = Vec::with_capacity(tasks.len());
    for task in tasks {
        let (caller, own) = task.await??;
        slice.rows += own.rows;
        slice.waits.extend(own.waits);
        slice.seen.extend(own.seen);
        back.push(caller);
    }
    slice.elapsed = start.elapsed();
    Ok((slice, back))
}

async fn repeat<C: Caller>(mut caller: C, end: Instant) -> Result<(C, Slice)> {
    let mut slice = Slice::default();
    let mut before = clock::now();
    while before < end {
        slice.rows += caller.call().await?;
        slice.waits.push(clock::now() - before);
        slice.seen.extend(caller.seen(before).await?);
        before = clock::now();
    }
    Ok((caller, slice))
}
