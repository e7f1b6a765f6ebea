//! Command records: a repeated command is one command.

use wardbook_ledger::{Append, AppendError, CommandRef, Guard, ReadError};

use crate::support::{Book, command, event, everything, one, queued, stream, write};

pub(crate) async fn the_same_body_is_answered_again(book: Book) {
    let (ledger, replica) = (book.open().await, book.open().await);
    let append = Append { writes: vec![write(1, 0), write(2, 0)], ..command(1, 1, 0) };
    let first = ledger.append(append.clone()).await.unwrap();
    assert!(!first.repeated);
    // A retry seals again, with fresh nonces, and the stream has moved on meanwhile.
    ledger.append(one(1, 1)).await.unwrap();
    for again in [&ledger, &replica] {
        let retry = Append { writes: vec![write(1, 0), write(2, 0)], ..append.clone() };
        let answer = again.append(retry).await.unwrap();
        assert!(answer.repeated);
        assert_eq!(answer.versions, first.versions);
        assert_eq!((answer.first_position, answer.recorded_at), (first.first_position, first.recorded_at));
    }
    assert_eq!(everything(&ledger).await.len(), 3);
    let record = ledger.command([1; 32]).await.unwrap().unwrap();
    assert_eq!(record.versions, first.versions);
    assert_eq!(record.first_position, Some(0));
    assert_eq!(record.command.digest, [0xd1; 32]);
}

pub(crate) async fn another_body_is_refused(book: Book) {
    let (ledger, replica) = (book.open().await, book.open().await);
    ledger.append(command(1, 1, 0)).await.unwrap();
    for other in [&ledger, &replica] {
        let mut changed = command(1, 1, 1);
        changed.command = Some(CommandRef { key: [1; 32], digest: [0xd2; 32] });
        assert!(matches!(other.append(changed).await, Err(AppendError::OtherBody)));
    }
    assert_eq!(everything(&ledger).await.len(), 1);
}

pub(crate) async fn another_principal_is_another_command(book: Book) {
    let ledger = book.open().await;
    ledger.append(command(1, 1, 0)).await.unwrap();
    // The caller's key covers the principal, so another one's is another key: known to nobody, and run.
    assert_eq!(ledger.command([2; 32]).await.unwrap(), None);
    let done = ledger.append(command(2, 1, 1)).await.unwrap();
    assert!(!done.repeated);
    assert_eq!(done.versions, [(stream(1), 2)]);
}

pub(crate) async fn a_conflict_leaves_no_record(book: Book) {
    let ledger = book.open().await;
    ledger.append(one(1, 0)).await.unwrap();
    assert!(matches!(ledger.append(command(1, 1, 0)).await, Err(AppendError::Conflict { .. })));
    assert_eq!(ledger.command([1; 32]).await.unwrap(), None);
    assert!(!ledger.append(command(1, 1, 1)).await.unwrap().repeated);
}

pub(crate) async fn a_command_without_events_is_recorded(book: Book) {
    let (ledger, replica) = (book.open().await, book.open().await);
    ledger.append(one(1, 0)).await.unwrap();
    let head = ledger.head().await.unwrap();
    let guards_only = |version| Append { writes: Vec::new(), guards: vec![Guard { stream: stream(1), version }], ..command(3, 9, 0) };
    assert!(matches!(replica.append(guards_only(0)).await, Err(AppendError::Conflict { .. })));
    let done = replica.append(guards_only(1)).await.unwrap();
    assert_eq!((done.first_position, done.versions.len(), done.repeated), (None, 0, false));
    assert_eq!(ledger.head().await.unwrap(), head);
    assert!(ledger.append(guards_only(1)).await.unwrap().repeated);
    assert_eq!(ledger.append(one(1, 1)).await.unwrap().first_position, Some(1));
}

/// Nothing it inserts could be in the way of what it has missed: only the comparison with the head stops it.
pub(crate) async fn a_stale_writer_without_events_leaves_the_head(book: Book) {
    let (stale, ahead) = (book.open().await, book.open().await);
    stale.append(one(1, 0)).await.unwrap();
    for version in 0..4 {
        ahead.append(one(2, version)).await.unwrap();
    }
    let head = ahead.head().await.unwrap();
    let guards = vec![Guard { stream: stream(2), version: 4 }];
    let silent = Append { writes: Vec::new(), guards, ..command(1, 9, 0) };
    assert!(!stale.append(silent).await.unwrap().repeated);
    assert_eq!(ahead.head().await.unwrap(), head);
    assert_eq!(ahead.append(one(2, 4)).await.unwrap().first_position, Some(5));
}

pub(crate) async fn copies_in_one_batch_are_one_command(book: Book) {
    let ledger = book.open().await;
    let stranger = book.stranger().await;
    let held = stranger.hold_head().await;
    let run = |append| {
        let ledger = ledger.clone();
        async move { ledger.append(append).await }
    };
    let mut other_body = command(1, 7, 0);
    other_body.command = Some(CommandRef { key: [1; 32], digest: [0; 32] });
    let copies = (0..10).map(|n| if n == 5 { other_body.clone() } else { command(1, 1, 0) });
    let answers = queued(copies.map(run));
    held.roll_back().await;
    let answers = answers.await;
    assert!(matches!(answers[5], Err(AppendError::OtherBody)));
    let done: Vec<_> = answers.into_iter().flatten().collect();
    assert_eq!(done.len(), 9);
    assert_eq!(done.iter().filter(|answer| !answer.repeated).count(), 1);
    assert!(done.iter().all(|answer| answer.versions == done[0].versions));
    assert_eq!(everything(&ledger).await.len(), 1);
}

/// The version that the repeat expects has long gone, in its batch too: only its record tells that it is no loser.
pub(crate) async fn a_repeat_behind_another_append_is_no_loser(book: Book) {
    let ledger = book.open().await;
    let first = ledger.append(command(1, 1, 0)).await.unwrap();
    let stranger = book.stranger().await;
    let held = stranger.hold_head().await;
    let run = |append| {
        let ledger = ledger.clone();
        async move { ledger.append(append).await }
    };
    let answers = queued([one(2, 0), one(1, 1), command(1, 1, 0), one(1, 2)].map(run));
    held.roll_back().await;
    let answers: Vec<_> = answers.await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().map(|done| done.repeated).collect::<Vec<_>>(), [false, false, true, false]);
    assert_eq!(answers[2].versions, first.versions);
    assert_eq!(everything(&ledger).await.len(), 4);
}

pub(crate) async fn copies_on_two_replicas_are_one_command(book: Book) {
    let replicas = [book.open().await, book.open().await];
    for round in 0..30_u8 {
        // The second of two replicas is warm in every other round, and takes the short way.
        replicas[usize::from(round % 2)].append(one(200 + u64::from(round), 0)).await.unwrap();
        let append = |replica: usize| {
            let ledger = replicas[replica].clone();
            tokio::spawn(async move { ledger.append(command(round, u64::from(round), 0)).await })
        };
        let (left, right) = (append(0), append(1));
        let (left, right) = (left.await.unwrap().unwrap(), right.await.unwrap().unwrap());
        assert_ne!(left.repeated, right.repeated, "round {round}");
        assert_eq!(left.versions, right.versions);
        assert_eq!(left.first_position, right.first_position);
    }
    assert_eq!(everything(&replicas[0]).await.len(), 60);
}

pub(crate) async fn records_are_purged_by_age(book: Book) {
    let ledger = book.open().await;
    ledger.append(command(1, 1, 0)).await.unwrap();
    let second = ledger.append(command(2, 2, 0)).await.unwrap();
    assert_eq!(ledger.purge_commands(second.recorded_at).await.unwrap(), 1);
    assert_eq!(ledger.command([1; 32]).await.unwrap(), None);
    assert!(ledger.command([2; 32]).await.unwrap().is_some());
    // Forgotten, the command is a new one, and its stream is in the way.
    assert!(matches!(ledger.append(command(1, 1, 0)).await, Err(AppendError::Conflict { .. })));
}

pub(crate) async fn a_changed_record_answers_nothing(book: Book) {
    let ledger = book.open().await;
    ledger.append(command(1, 1, 0)).await.unwrap();
    let stranger = book.stranger().await;
    stranger.tamper("UPDATE commands SET recorded_at = recorded_at + 1").await;
    assert!(matches!(ledger.command([1; 32]).await, Err(ReadError::Corrupt { .. })));
    assert!(matches!(ledger.append(command(1, 1, 0)).await, Err(AppendError::Corrupt(_))));
    let mut next = command(2, 1, 1);
    next.writes[0].events.push(event());
    assert!(ledger.append(next).await.is_ok(), "other commands go on");
}
