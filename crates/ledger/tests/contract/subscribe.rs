//! Following the book: everything once, in order, whatever else goes on.

use std::time::Duration;

use wardbook_ledger::{Ledger, ReadError, Subscription};

use crate::support::{Book, Engine, one};

/// Reads until position `end`, checking order and completeness on the way.
async fn follow(mut subscription: Subscription, end: u64) -> u64 {
    let mut next = subscription.next_position();
    while next < end {
        let batch = tokio::time::timeout(Duration::from_secs(20), subscription.next_batch(7)).await;
        let batch = batch.expect("an event is due").unwrap();
        assert!((1..=7).contains(&batch.len()));
        for event in batch {
            assert_eq!(event.position, next);
            next += 1;
        }
    }
    next
}

async fn write_many(ledger: Ledger, streams: std::ops::Range<u64>, each: u64) {
    for version in 0..each {
        let appends = streams.clone().map(|n| ledger.append(one(n, version)));
        for done in futures::future::join_all(appends).await {
            done.unwrap();
        }
    }
}

pub(crate) async fn a_subscriber_started_anywhere_sees_everything_once(book: Book) {
    let replicas = [book.open().await, book.open().await];
    write_many(replicas[0].clone(), 0..10, 3).await;
    let starts = [(0, 0), (0, 17), (1, 0), (1, 29), (1, 30), (0, 45)];
    let followers: Vec<_> = starts.iter().map(|&(replica, from)| tokio::spawn(follow(replicas[replica].subscribe(from), 230))).collect();
    let writers =
        [tokio::spawn(write_many(replicas[0].clone(), 100..110, 10)), tokio::spawn(write_many(replicas[1].clone(), 200..210, 10))];
    for writer in writers {
        writer.await.unwrap();
    }
    for follower in followers {
        assert_eq!(follower.await.unwrap(), 230);
    }
}

/// Other connections insert into the very table and roll back, and one sits inside a transaction all along.
pub(crate) async fn writers_that_roll_back_leave_no_trace(book: Book) {
    let ledger = book.open().await;
    let stranger = book.stranger().await;
    let idle = book.stranger().await;
    let insert = |position: u64| {
        let (id, hash) = (stranger.blob(&[9; 16]), stranger.blob(&[9; 32]));
        format!(
            "INSERT INTO events (trust_id, position, stream_id, version, recorded_at, item_root, leaf_hash, sealed) \
             VALUES ({}, {position}, {id}, {position}, 0, {hash}, {hash}, {hash})",
            stranger.blob(book.trust.as_bytes())
        )
    };
    // On SQLite only a reader can sit there without stopping everybody; on PostgreSQL a writer can, and is worse.
    let sitting = match book.engine {
        Engine::Postgres => Some(idle.begin(&insert(70_000)).await),
        Engine::Sqlite => None,
    };
    let reading = match &idle.db {
        wardbook_ledger::Database::Sqlite { reader, .. } => {
            let mut tx = reader.begin().await.unwrap();
            sqlx::query("SELECT count(*) FROM events").execute(&mut *tx).await.unwrap();
            Some(tx)
        }
        wardbook_ledger::Database::Postgres(_) => None,
    };
    let follower = tokio::spawn(follow(ledger.subscribe(0), 200));
    let writer = tokio::spawn(write_many(ledger.clone(), 0..10, 20));
    let mut rolled_back = 0;
    while !writer.is_finished() || rolled_back == 0 {
        stranger.begin(&insert(80_000 + rolled_back)).await.roll_back().await;
        rolled_back += 1;
        // SQLite has one writer: leave the ledger its turns.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    writer.await.unwrap();
    assert_eq!(follower.await.unwrap(), 200);
    drop((sitting, reading));
}

pub(crate) async fn another_process_is_noticed(book: Book) {
    let (writer, reader) = (book.open().await, book.open().await);
    let follower = tokio::spawn(follow(reader.subscribe(0), 1));
    writer.append(one(1, 0)).await.unwrap();
    assert_eq!(follower.await.unwrap(), 1, "by the poll: no hint crosses processes");
    reader.shutdown().await;
    let follower = tokio::spawn(follow(reader.subscribe(1), 2));
    writer.append(one(1, 1)).await.unwrap();
    assert_eq!(follower.await.unwrap(), 2, "also when its own writer has ended");
}

pub(crate) async fn a_hole_is_never_skipped(book: Book) {
    let ledger = book.open().await;
    write_many(ledger.clone(), 0..5, 1).await;
    let stranger = book.stranger().await;
    stranger.tamper("DELETE FROM events WHERE position = 2").await;
    let mut subscription = ledger.subscribe(0);
    assert!(matches!(subscription.next_batch(10).await, Err(ReadError::Corrupt { .. })));
    assert_eq!(subscription.next_position(), 0);
}
