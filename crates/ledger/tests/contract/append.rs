//! One writer: what is written, where, and what is refused.

use wardbook_ledger::tree::Frontier;
use wardbook_ledger::tree::proof::{verify_consistency, verify_inclusion};
use wardbook_ledger::{Append, AppendError, EVENTS_MAX, Envelope, Guard, Ledger, Limits, ReadError, SealedEvent, TrustId, Write, leaf};

use crate::support::{Book, MAC_KEY, event, everything, one, sized_event, stream, write};

pub(crate) async fn several_streams_are_written_all_or_not_at_all(book: Book) {
    let ledger = book.open().await;
    let guard = |n, version| Guard { stream: stream(n), version };
    let both = Append {
        writes: vec![write(1, 0), Write { events: vec![event(), event()], ..write(2, 0) }],
        guards: vec![guard(3, 0)],
        command: None,
    };
    let done = ledger.append(both).await.unwrap();
    assert_eq!(done.first_position, Some(0));
    assert_eq!(done.versions, [(stream(1), 1), (stream(2), 2)]);
    assert!(!done.repeated);

    let stale_write = Append { writes: vec![write(1, 1), write(2, 1)], ..Append::default() };
    let refused = ledger.append(stale_write).await;
    assert!(matches!(refused, Err(AppendError::Conflict { stream: s, expected: 1, actual: 2 }) if s == stream(2)));
    let stale_guard = Append { writes: vec![write(1, 1)], guards: vec![guard(2, 3)], command: None };
    let refused = ledger.append(stale_guard).await;
    assert!(matches!(refused, Err(AppendError::Conflict { stream: s, expected: 3, actual: 2 }) if s == stream(2)));

    assert_eq!(ledger.stream_version(stream(1)).await.unwrap(), 1);
    assert_eq!(everything(&ledger).await.len(), 3);
    let good_guard = Append { writes: vec![write(1, 1)], guards: vec![guard(2, 2)], command: None };
    assert_eq!(ledger.append(good_guard).await.unwrap().first_position, Some(3));
}

pub(crate) async fn expected_versions_are_exact(book: Book) {
    let ledger = book.open().await;
    for version in 0..3 {
        ledger.append(one(1, version)).await.unwrap();
    }
    for wrong in [0, 2, 4, 1000] {
        let refused = ledger.append(one(1, wrong)).await;
        let Err(AppendError::Conflict { expected, actual, .. }) = refused else { panic!("{wrong}: {refused:?}") };
        assert_eq!((expected, actual), (wrong, 3));
    }
    let unborn = ledger.append(one(2, 1)).await;
    assert!(matches!(unborn, Err(AppendError::Conflict { actual: 0, .. })));
    assert_eq!(ledger.append(one(1, 3)).await.unwrap().versions, [(stream(1), 4)]);
}

pub(crate) async fn what_is_read_is_what_was_written(book: Book) {
    let ledger = book.open().await;
    let envelope = |key: u8, class: usize| {
        let mut bytes = vec![key; 89 + class];
        bytes[0] = 1;
        Envelope::parse(bytes).unwrap()
    };
    let groups = (1..=8).map(|key| envelope(key, 512 << (key % 4))).collect();
    let sent = SealedEvent::new(groups, [0xee; 32]).unwrap();
    let events = vec![event(), sent.clone()];
    let append = Append { writes: vec![Write { stream: stream(5), expected: 0, events }], ..Append::default() };
    let done = ledger.append(append).await.unwrap();
    ledger.append(one(6, 0)).await.unwrap();

    let found = ledger.event(stream(5), 2).await.unwrap().unwrap();
    assert_eq!(found.sealed, sent);
    assert_eq!((found.position, found.version, found.stream), (1, 2, stream(5)));
    assert_eq!(found.recorded_at, done.recorded_at);
    assert_eq!(found.leaf_hash, leaf::leaf_hash(&found.leaf(book.trust)));
    // Another process, other connections: the same.
    let other = book.open().await;
    assert_eq!(other.read(1, 1).await.unwrap(), [found]);
    assert!(ledger.event(stream(5), 3).await.unwrap().is_none());
    assert!(ledger.event(stream(5), 0).await.unwrap().is_none());
    assert!(ledger.event(stream(9), 1).await.unwrap().is_none());
}

pub(crate) async fn reads_are_bounded(book: Book) {
    let ledger = book.open().await;
    let events = |n| (0..n).map(|_| event()).collect();
    let append = Append { writes: vec![Write { stream: stream(1), expected: 0, events: events(20) }], ..Append::default() };
    ledger.append(append).await.unwrap();
    let versions = |page: Vec<wardbook_ledger::StoredEvent>| page.iter().map(|e| e.version).collect::<Vec<_>>();
    assert_eq!(versions(ledger.read_stream(stream(1), 18, 100).await.unwrap()), [18, 19, 20]);
    assert_eq!(versions(ledger.read_stream(stream(1), 3, 2).await.unwrap()), [3, 4]);
    assert_eq!(versions(ledger.read(4, 3).await.unwrap()), [5, 6, 7]);
    assert!(ledger.read(20, 10).await.unwrap().is_empty());
    assert!(ledger.read(u64::MAX, 10).await.unwrap().is_empty());
    // 20 more of 1 MiB: a page ends at 16 MiB, the rest comes on the next call.
    for version in 0..20 {
        let append = Append {
            writes: vec![Write { stream: stream(2), expected: version, events: vec![sized_event(1 << 20)] }],
            ..Append::default()
        };
        ledger.append(append).await.unwrap();
    }
    let page = ledger.read(20, 1000).await.unwrap();
    assert!((10..16).contains(&page.len()), "{}", page.len());
    assert_eq!(everything(&ledger).await.len(), 40);
    // All of a stream, whatever a page holds.
    for start in (0..1200).step_by(240) {
        let write = Write { stream: stream(3), expected: start, events: events(240) };
        ledger.append(Append { writes: vec![write], ..Append::default() }).await.unwrap();
    }
    assert_eq!(versions(ledger.rest_of_stream(stream(2), 1).await.unwrap()), (1..=20).collect::<Vec<_>>());
    assert_eq!(versions(ledger.rest_of_stream(stream(3), 2).await.unwrap()), (2..=1200).collect::<Vec<_>>());
    assert_eq!(versions(ledger.rest_of_stream(stream(3), 201).await.unwrap()), (201..=1200).collect::<Vec<_>>());
    assert_eq!(versions(ledger.rest_of_stream(stream(1), 20).await.unwrap()), [20]);
    assert!(ledger.rest_of_stream(stream(1), 21).await.unwrap().is_empty());
    assert!(ledger.rest_of_stream(stream(9), 1).await.unwrap().is_empty());
}

pub(crate) async fn positions_have_no_gap(book: Book) {
    let ledger = book.open().await;
    let mut winners = 0;
    for round in 0..30 {
        // Every third one loses.
        let won = ledger.append(one(round % 3, if round % 3 == 2 { 7 } else { round / 3 })).await;
        winners += u64::from(won.is_ok());
        if let Ok(done) = won {
            assert_eq!(done.first_position, Some(winners - 1));
        }
    }
    assert_eq!(winners, 20);
    let positions: Vec<u64> = everything(&ledger).await.iter().map(|event| event.position).collect();
    assert_eq!(positions, (0..20).collect::<Vec<_>>());
    assert_eq!(ledger.head().await.unwrap().size, 20);
}

pub(crate) async fn recorded_time_never_goes_back(book: Book) {
    let (ledger, replica) = (book.open().await, book.open().await);
    book.clock.set(5_000_000);
    let first = ledger.append(one(1, 0)).await.unwrap();
    let start = first.recorded_at;
    assert!(start >= 5_000_000);
    book.clock.set(1_000_000);
    let second = ledger.append(one(1, 1)).await.unwrap();
    let third = replica.append(one(1, 2)).await.unwrap();
    assert_eq!([second.recorded_at, third.recorded_at], [start, start]);
    book.clock.set(start + 10);
    let last = replica.append(one(1, 3)).await.unwrap();
    assert!(last.recorded_at >= start + 10);
    assert_eq!(ledger.head().await.unwrap().recorded_at, last.recorded_at);
    assert_eq!(ledger.event(stream(1), 3).await.unwrap().unwrap().recorded_at, start);
}

pub(crate) async fn what_is_out_of_bounds_is_refused(book: Book) {
    let ledger = book.open().await;
    let events = |n: usize| (0..n).map(|_| event()).collect::<Vec<_>>();
    let of = |writes| Append { writes, ..Append::default() };
    let too_large = [
        of((0..65).map(|n| write(n, 0)).collect()),
        of(vec![Write { events: events(EVENTS_MAX + 1), ..write(1, 0) }]),
        of(vec![Write { events: (0..4).map(|_| sized_event(1 << 20)).collect(), ..write(1, 0) }]),
        Append { guards: (2..67).map(|n| Guard { stream: stream(n), version: 0 }).collect(), ..one(1, 0) },
    ];
    for append in too_large {
        assert!(matches!(ledger.append(append).await, Err(AppendError::TooLarge { .. })));
    }
    let invalid = [
        Append::default(),
        of(vec![Write { events: Vec::new(), ..write(1, 0) }]),
        of(vec![write(1, 0), write(1, 1)]),
        Append { guards: vec![Guard { stream: stream(1), version: 0 }], ..one(1, 0) },
        Append { guards: vec![Guard { stream: stream(1), version: 0 }], ..Append::default() },
        one(1, u64::MAX),
    ];
    for append in invalid {
        assert!(matches!(ledger.append(append).await, Err(AppendError::Invalid(_))));
    }
    let full = of(vec![Write { events: events(EVENTS_MAX), ..write(1, 0) }]);
    assert_eq!(ledger.append(full).await.unwrap().versions, [(stream(1), EVENTS_MAX as u64)]);
}

pub(crate) async fn a_trust_is_made_once_and_apart_from_others(book: Book) {
    let ledger = book.open().await;
    ledger.append(one(1, 0)).await.unwrap();
    ledger.create_trust().await.unwrap();
    assert_eq!(ledger.head().await.unwrap().size, 1, "making it again changes nothing");

    let db = book.database().await;
    let other = TrustId::from_bytes([0x88; 16]);
    let other = Ledger::open(db, other, MAC_KEY, book.clock.clone(), Limits::default());
    assert!(matches!(other.head().await, Err(ReadError::NoTrust(_))));
    assert!(matches!(other.append(one(1, 0)).await, Err(AppendError::Corrupt(_))));
    other.create_trust().await.unwrap();
    assert_eq!(other.append(one(1, 0)).await.unwrap().first_position, Some(0), "the same stream id, another stream");
    assert_eq!(everything(&ledger).await.len(), 1);
}

pub(crate) async fn the_head_is_the_root_of_the_leaves_and_proves_them(book: Book) {
    let ledger = book.open().await;
    let mut tree = Frontier::new();
    assert_eq!(ledger.head().await.unwrap().root, tree.root());
    let mut roots = vec![tree.root()];
    for version in 0..13 {
        ledger.append(one(1, version)).await.unwrap();
        let event = ledger.event(stream(1), version + 1).await.unwrap().unwrap();
        tree.push(leaf::leaf_hash(&event.leaf(book.trust)));
        assert_eq!(ledger.head().await.unwrap().root, tree.root());
        roots.push(tree.root());
    }
    let event = ledger.event(stream(1), 6).await.unwrap().unwrap();
    let proof = ledger.inclusion_proof(5, 11).await.unwrap();
    let leaf = leaf::leaf_hash(&event.leaf(book.trust));
    verify_inclusion(&leaf, 5, 11, &proof, &roots[11]).unwrap();
    let proof = ledger.consistency_proof(5, 13).await.unwrap();
    verify_consistency(5, 13, &proof, &roots[5], &roots[13]).unwrap();
    assert!(matches!(ledger.inclusion_proof(5, 14).await, Err(ReadError::NoProof)));
    assert!(matches!(ledger.consistency_proof(14, 13).await, Err(ReadError::NoProof)));
}
