//! Callers that do one thing again and again for a while, and what was counted.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::clock;

/// Somebody who waits for one write before making the next.
pub(crate) trait Caller: Send + 'static {
    /// Writes, and returns the number of rows that are durable because of it.
    fn call(&mut self) -> impl Future<Output = Result<u64>> + Send;
}

/// What one stretch of time gave.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    pub(crate) rows: u64,
    /// From the start of the first call to the end of the last.
    pub(crate) elapsed: Duration,
    /// How long each call took.
    pub(crate) waits: Vec<Duration>,
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
        let (caller, rows, waits) = task.await??;
        slice.rows += rows;
        slice.waits.extend(waits);
        back.push(caller);
    }
    slice.elapsed = start.elapsed();
    Ok((slice, back))
}

async fn repeat<C: Caller>(mut caller: C, end: Instant) -> Result<(C, u64, Vec<Duration>)> {
    let mut rows = 0;
    let mut waits = Vec::new();
    let mut before = clock::now();
    while before < end {
        rows += caller.call().await?;
        let after = clock::now();
        waits.push(after - before);
        before = after;
    }
    Ok((caller, rows, waits))
}
