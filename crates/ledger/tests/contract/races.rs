//! Several writers at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::Barrier;
use wardbook_ledger::{Append, AppendError, Appended, Ledger};

use crate::support::{Book, event, everything, one, queued, stream, write};

/// Exactly one of two wins each round, and the other learns the version that now is.
async fn race(a: Ledger, b: Ledger) {
    let start = Arc::new(Barrier::new(2));
    for round in 0..40 {
        let run = |ledger: Ledger| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                ledger.append(one(1, round)).await
            })
        };
        let (left, right) = (run(a.clone()), run(b.clone()));
        let loser = match (left.await.unwrap(), right.await.unwrap()) {
            (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
            both => panic!("round {round}: {both:?}"),
        };
        let told = matches!(loser, AppendError::Conflict { expected, actual, .. } if expected == round && actual == round + 1);
        assert!(told, "{loser:?}");
    }
    let all = everything(&a).await;
    assert_eq!(all.iter().map(|event| event.version).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
}

pub(crate) async fn two_replicas_race_and_one_wins(book: Book) {
    race(book.open().await, book.open().await).await;
}

pub(crate) async fn two_tasks_race_and_one_wins(book: Book) {
    let ledger = book.open().await;
    race(ledger.clone(), ledger).await;
}

pub(crate) async fn two_hundred_writers_lose_and_repeat_nothing(book: Book) {
    let replicas = [book.open().await, book.open().await];
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..200_u64 {
        let ledger = replicas[usize::from(writer % 2 == 1)].clone();
        tasks.spawn(async move {
            for version in 0..3 {
                ledger.append(one(writer, version)).await.unwrap();
            }
            contend(&ledger, 1000 + writer % 10).await
        });
    }
    let contended = tasks.join_all().await;
    let all = everything(&replicas[0]).await;
    assert_eq!(all.len(), 200 * 4);
    let mut count: HashMap<[u8; 32], u32> = HashMap::new();
    for (event, position) in all.iter().zip(0..) {
        assert_eq!(event.position, position);
        *count.entry(*event.sealed.item_root()).or_default() += 1;
    }
    assert!(count.values().all(|&times| times == 1));
    assert!(contended.iter().all(|root| count.contains_key(root)));
    for shared in 1000..1010 {
        assert_eq!(replicas[1].stream_version(stream(shared)).await.unwrap(), 20);
    }
}

/// One event for a stream that others write too: load, try, and on a conflict again.
async fn contend(ledger: &Ledger, n: u64) -> [u8; 32] {
    let event = event();
    let mut expected = ledger.stream_version(stream(n)).await.unwrap();
    loop {
        let mut append = one(n, expected);
        append.writes[0].events = vec![event.clone()];
        match ledger.append(append).await {
            Ok(_) => return *event.item_root(),
            Err(AppendError::Conflict { actual, .. }) => expected = actual,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Answers of appends that were waiting together while the head was held, in two batches at most: the writer may have
/// taken the first few before the others were in the queue.
async fn batched(book: &Book, ledger: &Ledger, appends: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
    let held = book.stranger().await;
    let held = held.hold_head().await;
    let run = |append| {
        let ledger = ledger.clone();
        async move { ledger.append(append).await }
    };
    let answers = queued(appends.into_iter().map(run));
    held.roll_back().await;
    answers.await
}

pub(crate) async fn losers_do_not_disturb_their_batch(book: Book) {
    let ledger = book.open().await;
    ledger.append(one(1, 0)).await.unwrap();
    let appends = (0..40).map(|n| if n % 4 == 3 { one(1, 0) } else { one(100 + n, 0) }).collect();
    let answers = batched(&book, &ledger, appends).await;
    for (n, answer) in answers.iter().enumerate() {
        match answer {
            Ok(done) => assert!(n % 4 != 3 && done.versions.len() == 1),
            Err(error) => {
                assert!(n % 4 == 3);
                assert!(matches!(error, AppendError::Conflict { expected: 0, actual: 1, .. }), "{error:?}");
            }
        }
    }
    let times: BTreeSet<i64> = answers.iter().flatten().map(|done| done.recorded_at).collect();
    assert!(times.len() <= 2, "a time for each batch: {times:?}");
    assert_eq!(everything(&ledger).await.len(), 31);
}

pub(crate) async fn later_appends_of_a_batch_build_on_earlier_ones(book: Book) {
    let ledger = book.open().await;
    // Of each version two try; the second of the pair has lost to the first by then.
    let appends = (0..20).map(|n| one(1, n / 2)).collect();
    let answers = batched(&book, &ledger, appends).await;
    for (n, answer) in (0_u64..).zip(&answers) {
        match answer {
            Ok(done) => assert!(n % 2 == 0 && done.versions == [(stream(1), n / 2 + 1)]),
            Err(AppendError::Conflict { expected, actual, .. }) => {
                assert!(n % 2 == 1 && *expected == n / 2 && *actual == n / 2 + 1);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    let both = Append { writes: vec![write(1, 10), write(2, 0)], ..Append::default() };
    assert_eq!(ledger.append(both).await.unwrap().first_position, Some(10));
}

/// What a writer remembers of the head is of no use, and no harm, once another has moved it.
pub(crate) async fn replicas_take_turns(book: Book) {
    let replicas = [book.open().await, book.open().await, book.open().await];
    for version in 0..30 {
        let ledger = &replicas[usize::try_from(version * version % 7 % 3).unwrap()];
        let done = ledger.append(one(1, version)).await.unwrap();
        assert_eq!(done.first_position, Some(version));
        let stale = ledger.append(one(1, version)).await;
        assert!(matches!(stale, Err(AppendError::Conflict { actual, .. }) if actual == version + 1));
    }
    assert_eq!(everything(&replicas[0]).await.len(), 30);
}
