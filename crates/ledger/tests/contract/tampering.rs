//! What `verify` finds. Each kind of damage twice where that differs: done plainly, and by a forger who recomputes
//! every hash and the head row, as anybody can without the signing key. Then only a note kept elsewhere tells.

use wardbook_ledger::leaf::leaf_hash;
use wardbook_ledger::tree::Frontier;
use wardbook_ledger::{Append, Database, SignedNote, Signer, Verdict, VerifyError, VerifyOptions, Write, sign_checkpoint, verify};

use crate::signing::{notes, signer};
use crate::support::{Book, Engine, MAC_KEY, Stranger, command, event, everything, one, write};

/// Rewrites all leaf hashes and the head row so that they fit the rows as they are now.
pub(crate) async fn forge(book: &Book) {
    let stranger = book.stranger().await;
    let mut tree = Frontier::new();
    let mut recorded_at = 0;
    for event in everything(&book.open().await).await {
        let leaf = leaf_hash(&event.leaf(book.trust));
        tree.push(leaf);
        recorded_at = event.recorded_at;
        let leaf = stranger.blob(&leaf);
        stranger.tamper(&format!("UPDATE events SET leaf_hash = {leaf} WHERE position = {}", event.position)).await;
    }
    let (frontier, root) = (stranger.blob(&tree.to_bytes()), stranger.blob(&tree.root()));
    let size = tree.size();
    let head = format!("size = {size}, frontier = {frontier}, root = {root}, recorded_at = {recorded_at}");
    stranger.tamper(&format!("UPDATE heads SET {head}")).await;
}

/// Ten events: streams 0 to 2 in turn, then a command.
async fn fill(book: &Book) {
    let ledger = book.open().await;
    for n in 0..9 {
        ledger.append(one(n % 3, n / 3)).await.unwrap();
    }
    ledger.append(command(1, 3, 0)).await.unwrap();
}

/// The verdict of someone with a read-only connection and no keys.
async fn check(book: &Book, options: VerifyOptions) -> Verdict {
    let db = Database::connect_read_only(&book.url).await.unwrap();
    verify(&db, book.trust, &options, |_, _| {}).await.unwrap()
}

async fn plain(book: &Book) -> Verdict {
    check(book, VerifyOptions::default()).await
}

fn with(note: &SignedNote) -> VerifyOptions {
    VerifyOptions { checkpoint: Some(note.clone()), ..VerifyOptions::default() }
}

/// The verdict is bad, first at `position`, and the words hold `what`.
#[track_caller]
fn found(verdict: &Verdict, position: Option<u64>, what: &str) {
    assert!(!verdict.intact);
    let first = verdict.first_bad.as_ref().expect("a bad book has a first bad place");
    assert!(first.position == position && first.what.contains(what), "{first:?}");
}

#[track_caller]
fn intact(verdict: &Verdict) {
    assert!(verdict.intact && verdict.first_bad.is_none(), "{verdict:?}");
}

/// A filled book and the note over it.
async fn noted(book: &Book) -> (SignedNote, Stranger) {
    fill(book).await;
    let note = sign_checkpoint(&book.open().await, &notes(book), &signer(book)).await.unwrap();
    (note, book.stranger().await)
}

/// Forged without a flaw, the book is intact by itself; the note gives it away.
async fn only_the_note_tells(book: &Book, note: &SignedNote) {
    forge(book).await;
    intact(&plain(book).await);
    let verdict = check(book, with(note)).await;
    found(&verdict, None, "the note over 10 events: something at positions 0 to 9");
    let by_folder = VerifyOptions { notes: Some(notes(book)), ..VerifyOptions::default() };
    assert_eq!(check(book, by_folder).await.first_bad, verdict.first_bad);
}

pub(crate) async fn an_untouched_book_is_intact(book: Book) {
    let (note, _) = noted(&book).await;
    let options = VerifyOptions {
        mac_key: Some(MAC_KEY),
        notes: Some(notes(&book)),
        checkpoint: Some(note.clone()),
        verifier: Some(signer(&book).verifier()),
    };
    let verdict = check(&book, options).await;
    intact(&verdict);
    assert!(verdict.commands_checked);
    assert_eq!((verdict.size, verdict.root), (10, note.checkpoint.root));
    // Grown since: the note covers the beginning.
    book.open().await.append(one(9, 0)).await.unwrap();
    intact(&check(&book, with(&note)).await);
    assert!(!plain(&book).await.commands_checked);
}

/// More than two pages, while a writer goes on.
pub(crate) async fn a_long_book_is_intact_and_progress_is_told(book: Book) {
    let ledger = book.open().await;
    for round in 0..10 {
        let events = (0..250).map(|_| event()).collect();
        let write = Write { events, ..write(round % 2, round / 2 * 250) };
        ledger.append(Append { writes: vec![write], ..Append::default() }).await.unwrap();
    }
    let writer = tokio::spawn({
        let ledger = ledger.clone();
        async move {
            for version in 0..100 {
                ledger.append(one(7, version)).await.unwrap();
            }
        }
    });
    let mut told = Vec::new();
    let db = Database::connect_read_only(&book.url).await.unwrap();
    let options = VerifyOptions::default();
    let verdict = verify(&db, book.trust, &options, |done, total| told.push((done, total))).await.unwrap();
    intact(&verdict);
    writer.await.unwrap();
    assert!(verdict.size >= 2500);
    assert!(told.len() >= 3 && told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&(verdict.size, verdict.size)));
}

pub(crate) async fn an_empty_book_is_intact(book: Book) {
    let verdict = plain(&book).await;
    intact(&verdict);
    assert_eq!(verdict.size, 0);
    book.stranger().await.tamper("DELETE FROM heads").await;
    let db = book.database().await;
    let nothing = verify(&db, book.trust, &VerifyOptions::default(), |_, _| {}).await;
    assert!(matches!(nothing, Err(VerifyError::Read(_))));
}

pub(crate) async fn an_edited_event_is_found(book: Book) {
    let (note, stranger) = noted(&book).await;
    let flip = match stranger.engine {
        Engine::Sqlite => "sealed = CAST(substr(sealed, 1, 99) || x'00' || substr(sealed, 101) AS BLOB)",
        Engine::Postgres => "sealed = set_byte(sealed, 99, 0)",
    };
    let (id, hash) = (stranger.blob(&[1; 16]), stranger.blob(&[1; 32]));
    let edits = [
        flip.to_owned(),
        format!("item_root = {hash}"),
        format!("leaf_hash = {hash}"),
        format!("stream_id = {id}"),
        "recorded_at = recorded_at + 1".to_owned(),
        "version = 77".to_owned(),
    ];
    for edit in &edits {
        let copy = "CREATE TABLE kept AS SELECT * FROM events WHERE position = 4";
        stranger.run(copy).await;
        stranger.tamper(&format!("UPDATE events SET {edit} WHERE position = 4")).await;
        found(&plain(&book).await, Some(4), "not the one its leaf hash was made from");
        stranger.tamper("DELETE FROM events WHERE position = 4").await;
        stranger.tamper("INSERT INTO events SELECT * FROM kept").await;
        stranger.run("DROP TABLE kept").await;
        intact(&plain(&book).await);
    }
    let torn = stranger.blob(&[1, 2, 3]);
    stranger.tamper(&format!("UPDATE events SET sealed = {torn} WHERE position = 6")).await;
    found(&plain(&book).await, Some(6), "another form");
    stranger.tamper("DELETE FROM events WHERE position = 6").await;

    // With the leaf hash made to fit, the head row tells; with that made to fit too, the note does.
    let book = Book::new(book.engine).await;
    let (fresh, stranger) = noted(&book).await;
    assert_eq!(fresh.checkpoint.size, note.checkpoint.size);
    stranger.tamper(&format!("UPDATE events SET {} WHERE position = 4", edits[0])).await;
    let edited = everything(&book.open().await).await.remove(4);
    let leaf = stranger.blob(&leaf_hash(&edited.leaf(book.trust)));
    stranger.tamper(&format!("UPDATE events SET leaf_hash = {leaf} WHERE position = 4")).await;
    found(&plain(&book).await, None, "the head row over 10 events");
    only_the_note_tells(&book, &fresh).await;
}

pub(crate) async fn a_deleted_event_is_found(book: Book) {
    let (note, stranger) = noted(&book).await;
    stranger.tamper("DELETE FROM events WHERE position = 8").await;
    found(&plain(&book).await, Some(8), "missing");
    // The record of a command that wrote a later event would tell too; it is gone, as after 400 days.
    stranger.tamper("DELETE FROM commands").await;
    // Close the gap. Event 8 was the last of its stream, so no version is left out.
    move_positions(&stranger, 9, -1).await;
    found(&plain(&book).await, Some(9), "missing");
    forge(&book).await;
    let alone = plain(&book).await;
    intact(&alone);
    assert_eq!(alone.size, 9);
    found(&check(&book, with(&note)).await, Some(9), "the note over 10 events covers it");
    // From the middle of a stream it leaves a hole in the versions, whatever is recomputed.
    stranger.tamper("DELETE FROM events WHERE position = 1").await;
    move_positions(&stranger, 2, -1).await;
    forge(&book).await;
    found(&plain(&book).await, Some(3), "version 2 is number 1 of its stream");
}

/// Moves the positions from `from` on by one, around the unique key.
async fn move_positions(stranger: &Stranger, from: u64, by: i64) {
    stranger.tamper(&format!("UPDATE events SET position = position + 1000000 WHERE position >= {from}")).await;
    stranger.tamper(&format!("UPDATE events SET position = position - 1000000 + {by} WHERE position >= 1000000")).await;
}

/// A copy of the event at `from` put at `to`, as version 1 of a new stream or the next of its own.
async fn copy(stranger: &Stranger, from: u64, to: u64, stream_and_version: &str, root: &str) {
    let sql = format!(
        "INSERT INTO events (trust_id, position, stream_id, version, recorded_at, item_root, leaf_hash, sealed) \
         SELECT trust_id, {to}, {stream_and_version}, recorded_at, {root}, leaf_hash, sealed \
         FROM events WHERE position = {from}"
    );
    stranger.tamper(&sql).await;
}

pub(crate) async fn an_inserted_event_is_found(book: Book) {
    let (note, stranger) = noted(&book).await;
    let new = format!("{}, 1", stranger.blob(&[1; 16]));
    let root = stranger.blob(&[2; 32]);
    move_positions(&stranger, 5, 1).await;
    copy(&stranger, 4, 5, &new, &root).await;
    found(&plain(&book).await, Some(5), "not the one its leaf hash was made from");
    only_the_note_tells(&book, &note).await;

    let book = Book::new(book.engine).await;
    let (_, stranger) = noted(&book).await;
    copy(&stranger, 9, 10, &new, &root).await;
    let leaf = everything(&book.open().await).await.remove(10).leaf(book.trust);
    let leaf = stranger.blob(&leaf_hash(&leaf));
    stranger.tamper(&format!("UPDATE events SET leaf_hash = {leaf} WHERE position = 10")).await;
    found(&plain(&book).await, Some(10), "beyond the end");
}

pub(crate) async fn swapped_events_are_found(book: Book) {
    let (note, stranger) = noted(&book).await;
    let swap = |a: u64, b: u64| {
        format!("UPDATE events SET position = CASE position WHEN {a} THEN 1000000 ELSE {a} END WHERE position IN ({a}, {b})")
    };
    let back = |b: u64| format!("UPDATE events SET position = {b} WHERE position = 1000000");
    // Events of different times.
    stranger.tamper(&swap(4, 5)).await;
    stranger.tamper(&back(5)).await;
    found(&plain(&book).await, Some(5), "recorded before the one ahead of it");
    // The forger swaps the times as well; versions of one stream still tell.
    stranger
        .tamper(
            "UPDATE events SET recorded_at = (SELECT max(recorded_at) FROM events e WHERE e.position IN (4, 5)) WHERE position IN (4, 5)",
        )
        .await;
    only_the_note_tells(&book, &note).await;

    let book = Book::new(book.engine).await;
    let (_, stranger) = noted(&book).await;
    stranger.tamper(&swap(4, 7)).await;
    stranger.tamper(&back(7)).await;
    stranger.tamper("UPDATE events SET recorded_at = 1").await;
    forge(&book).await;
    found(&plain(&book).await, Some(4), "version 3 is number 2 of its stream");
}

pub(crate) async fn a_duplicated_event_is_found(book: Book) {
    let (_, stranger) = noted(&book).await;
    copy(&stranger, 9, 10, "stream_id, version + 1", "item_root").await;
    found(&plain(&book).await, Some(10), "not the one its leaf hash was made from");
    // At the very end nothing signed covers it yet, but nobody can make the salts of its items anew.
    forge(&book).await;
    found(&plain(&book).await, Some(10), "a copy of an earlier one");

    let book = Book::new(book.engine).await;
    let (note, stranger) = noted(&book).await;
    move_positions(&stranger, 9, 1).await;
    copy(&stranger, 8, 9, "stream_id, version + 1", &stranger.blob(&[2; 32])).await;
    only_the_note_tells(&book, &note).await;
}

pub(crate) async fn a_truncated_book_is_found(book: Book) {
    let (note, stranger) = noted(&book).await;
    stranger.tamper("DELETE FROM events WHERE position >= 9").await;
    found(&plain(&book).await, Some(9), "the head row over 10 events covers it");
    forge(&book).await;
    // The record of the command that wrote event 9 still names it.
    found(&plain(&book).await, None, "a command record names an event beyond the end");
    stranger.tamper("DELETE FROM commands").await;
    intact(&plain(&book).await);
    let verdict = check(&book, with(&note)).await;
    found(&verdict, Some(9), "the note over 10 events covers it");
    assert_eq!(verdict.size, 9);
    stranger.tamper("DELETE FROM events").await;
    found(&plain(&book).await, Some(0), "missing");
}

pub(crate) async fn a_changed_head_row_is_found(book: Book) {
    let (_, stranger) = noted(&book).await;
    let hash = stranger.blob(&[1; 32]);
    let changes = [
        (format!("root = {hash}"), None, "the head row over 10 events"),
        (format!("frontier = {hash}"), None, "the frontier of the head row"),
        ("recorded_at = recorded_at + 1".to_owned(), None, "another recorded time"),
        ("size = 11".to_owned(), Some(10), "the head row over 11 events covers it"),
        ("size = 9".to_owned(), None, "the head row over 9 events"),
        ("size = 0".to_owned(), Some(0), "beyond the end"),
    ];
    stranger.run("CREATE TABLE kept AS SELECT * FROM heads").await;
    for (change, position, what) in changes {
        stranger.tamper(&format!("UPDATE heads SET {change}")).await;
        found(&plain(&book).await, position, what);
        stranger.tamper("DELETE FROM heads").await;
        found(&plain(&book).await, None, "the head row is missing");
        stranger.tamper("INSERT INTO heads SELECT * FROM kept").await;
        intact(&plain(&book).await);
    }
}

pub(crate) async fn a_changed_command_record_is_found(book: Book) {
    fill(&book).await;
    let stranger = book.stranger().await;
    let keyed = || check(&book, VerifyOptions { mac_key: Some(MAC_KEY), ..VerifyOptions::default() });
    stranger.run("CREATE TABLE kept AS SELECT * FROM commands").await;
    let hash = stranger.blob(&[6; 32]);
    // One stream at version 1, first position 200: the last byte is the position's.
    let outcome = |position: u8| {
        let mut bytes = vec![0, 1];
        bytes.extend([3; 16]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, position]);
        stranger.blob(&bytes)
    };
    let changes = [
        (format!("digest = {hash}"), true),
        (format!("key = {hash}"), true),
        (format!("mac = {hash}"), true),
        ("recorded_at = 1".to_owned(), true),
        (format!("outcome = {}", outcome(9)), true),
        (format!("outcome = {}", outcome(10)), false),
        (format!("outcome = {hash}"), false),
    ];
    for (change, needs_key) in changes {
        stranger.tamper(&format!("UPDATE commands SET {change}")).await;
        let verdict = keyed().await;
        found(&verdict, None, "a command record was changed");
        assert!(verdict.commands_checked);
        let verdict = plain(&book).await;
        assert_eq!((verdict.intact, verdict.commands_checked), (needs_key, false), "{change}");
        stranger.tamper("DELETE FROM commands").await;
        stranger.tamper("INSERT INTO commands SELECT * FROM kept").await;
        intact(&keyed().await);
    }
}

/// The book goes on after the forgery, and later notes are of the forged history.
pub(crate) async fn a_fork_is_found(book: Book) {
    let (early, stranger) = noted(&book).await;
    let other = stranger.blob(&[1; 32]);
    stranger.tamper(&format!("UPDATE events SET item_root = {other} WHERE position = 2")).await;
    forge(&book).await;
    let ledger = book.open().await;
    ledger.append(one(50, 0)).await.unwrap();
    let elsewhere = wardbook_ledger::NotesDir::open(book.dir.path().join("elsewhere")).unwrap();
    let late = sign_checkpoint(&ledger, &elsewhere, &signer(&book)).await.unwrap();
    intact(&check(&book, with(&late)).await);
    found(&check(&book, with(&early)).await, None, "the note over 10 events: something at positions 0 to 9");
    // Between two notes the place is narrowed down: the later one alone is wrong here.
    let both = VerifyOptions { notes: Some(elsewhere), checkpoint: Some(late), ..VerifyOptions::default() };
    intact(&check(&book, both.clone()).await);
    ledger.append(one(50, 1)).await.unwrap();
    let last = stranger.blob(&[3; 32]);
    let mut later = both;
    later.checkpoint = Some(sign_checkpoint(&ledger, later.notes.as_ref().unwrap(), &signer(&book)).await.unwrap());
    stranger.tamper(&format!("UPDATE events SET item_root = {last} WHERE position = 11")).await;
    forge(&book).await;
    found(&check(&book, later).await, Some(11), "the note over 12 events");
}

pub(crate) async fn a_note_that_is_not_genuine_is_found(book: Book) {
    let (note, _) = noted(&book).await;
    let keyed =
        |checkpoint| VerifyOptions { checkpoint: Some(checkpoint), verifier: Some(signer(&book).verifier()), ..VerifyOptions::default() };
    let mut unsigned = note.clone();
    unsigned.signatures[0].signature[3] ^= 1;
    found(&check(&book, keyed(unsigned)).await, None, "the signature of wardbook/v1/");
    let mut other = note.clone();
    other.checkpoint.origin.push('0');
    found(&check(&book, keyed(other)).await, None, "it is of another book");
    let stranger = Signer::from_seed(signer(&book).name(), &[8; 32]).unwrap();
    let wrong_key = VerifyOptions { verifier: Some(stranger.verifier()), ..with(&note) };
    found(&check(&book, wrong_key).await, None, "is not signed by");
    std::fs::write(book.dir.path().join("notes/00000000000000000003.note"), "torn").unwrap();
    let folder = VerifyOptions { notes: Some(notes(&book)), ..VerifyOptions::default() };
    found(&check(&book, folder).await, None, "is not a signed note of that size");
}
