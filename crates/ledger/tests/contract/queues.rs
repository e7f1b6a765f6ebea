//! The queues in front of the writer, and its end.

use std::time::Duration;

use futures::FutureExt as _;
use wardbook_ledger::{Append, AppendError, Limits, Write};

use crate::support::{Book, command, everything, one, queued, sized_event, until, write};

pub(crate) async fn a_full_queue_refuses_and_the_other_does_not(book: Book) {
    let limits = Limits { queue: 4, retry_after: Duration::from_secs(3), ..Limits::default() };
    let ledger = book.open_with(limits).await;
    let held = book.stranger().await;
    let held = held.hold_head().await;
    let mut waiting = Vec::new();
    // Some are with the writer already, four wait, then there is no more room.
    let refused = loop {
        let ledger = ledger.clone();
        let n = waiting.len() as u64;
        assert!(n < 50, "never full");
        let mut append = Box::pin(async move { ledger.append(one(n, 0)).await });
        match append.as_mut().now_or_never() {
            Some(answer) => break answer,
            None => waiting.push(append),
        }
    };
    let told = matches!(refused, Err(AppendError::QueueFull { retry_after }) if retry_after == Duration::from_secs(3));
    assert!(told, "{refused:?}");
    let trace = queued([{
        let ledger = ledger.clone();
        async move { ledger.append_trace(one(100, 0)).await }
    }]);
    held.roll_back().await;
    for answer in waiting {
        answer.await.unwrap();
    }
    trace.await.remove(0).unwrap();
    ledger.append(one(200, 0)).await.unwrap();
}

/// A few of one kind behind two hundred of the other are through among the first.
async fn few_behind_many(book: &Book, few_are_traces: bool) {
    let ledger = book.open_with(Limits { batch_appends: 8, ..Limits::default() }).await;
    let start = ledger.head().await.unwrap().size;
    let held = book.stranger().await;
    let held = held.hold_head().await;
    let run = |n: u64, trace: bool| {
        let ledger = ledger.clone();
        async move {
            let append = one(start + n, 0);
            let done = if trace { ledger.append_trace(append).await } else { ledger.append(append).await };
            done.unwrap().first_position.unwrap() - start
        }
    };
    let many = queued((0..200).map(|n| run(n, !few_are_traces)));
    let few = queued((200..204).map(|n| run(n, few_are_traces)));
    held.roll_back().await;
    let (_, few) = futures::future::join(many, few).await;
    assert!(few.iter().all(|&position| position < 32), "{few:?}");
}

pub(crate) async fn traces_and_commands_do_not_starve_each_other(book: Book) {
    few_behind_many(&book, true).await;
    few_behind_many(&book, false).await;
}

pub(crate) async fn large_appends_share_no_batch(book: Book) {
    let ledger = book.open().await;
    let held = book.stranger().await;
    let held = held.hold_head().await;
    let run = |n| {
        let ledger = ledger.clone();
        let write = Write { events: vec![sized_event(512 << 10)], ..write(n, 0) };
        async move { ledger.append(Append { writes: vec![write], ..Append::default() }).await }
    };
    let answers = queued((0..5).map(run));
    held.roll_back().await;
    let mut times: Vec<i64> = answers.await.into_iter().map(|done| done.unwrap().recorded_at).collect();
    times.dedup();
    assert_eq!(times.len(), 5, "half a MiB and its padding: two are over one MiB");
    assert_eq!(everything(&ledger).await.len(), 5);
}

pub(crate) async fn shutdown_drains(book: Book) {
    let ledger = book.open_with(Limits { batch_appends: 8, ..Limits::default() }).await;
    let held = book.stranger().await;
    let held = held.hold_head().await;
    let writer = ledger.clone();
    let run = move |n| {
        let writer = writer.clone();
        async move { writer.append(one(n, 0)).await }
    };
    let waiting = tokio::spawn(queued((0..50).map(run)));
    let stopping = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.shutdown().await }
    });
    held.roll_back().await;
    for answer in waiting.await.unwrap() {
        answer.unwrap();
    }
    stopping.await.unwrap();
    assert!(matches!(ledger.append(one(100, 0)).await, Err(AppendError::Unavailable(_))));
    ledger.shutdown().await;
    assert_eq!(everything(&ledger).await.len(), 50, "reading goes on");
}

pub(crate) async fn an_answer_nobody_waits_for_is_recorded(book: Book) {
    let ledger = book.open().await;
    drop(queued_and_dropped(&book, &ledger).await);
    until("the append goes on", || async { ledger.command([1; 32]).await.unwrap().is_some() }).await;
    assert!(ledger.append(command(1, 1, 0)).await.unwrap().repeated);
}

async fn queued_and_dropped(book: &Book, ledger: &wardbook_ledger::Ledger) -> Vec<()> {
    let held = book.stranger().await;
    let held = held.hold_head().await;
    let ledger = ledger.clone();
    let answers = queued([async move { ledger.append(command(1, 1, 0)).await }]);
    drop(answers);
    held.roll_back().await;
    Vec::new()
}
