//! What only one engine can show, and the database itself.

use std::os::unix::fs::PermissionsExt as _;

use sqlx::Row as _;
use wardbook_ledger::{Append, AppendError, Database, DatabaseError, Guard, MIGRATIONS, Migration};
use wardbook_testkit::{sqlite_url, temp_dir};

use crate::support::{Book, Engine, command, everything, one, stream, until};

/// Waits until `n` backends wait for a lock in this database.
async fn lock_waiters(db: &Database, n: i64) {
    let Database::Postgres(pool) = db else { panic!("PostgreSQL only") };
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    until("writers wait for the head", || async { sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.unwrap() == n }).await;
}

/// Two replicas wait for the head row; the second to wait is on the one-statement path, whose snapshot is older than
/// what the first one is going to commit.
async fn overtaken(first: Append, second: Append) -> (Book, Vec<Result<wardbook_ledger::Appended, AppendError>>) {
    let book = Book::new(Engine::Postgres).await;
    let (ahead, behind) = (book.open().await, book.open().await);
    behind.append(one(1, 0)).await.unwrap();
    let stranger = book.stranger().await;
    let held = stranger.hold_head().await;
    let ahead = tokio::spawn(async move { ahead.append(first).await });
    lock_waiters(&stranger.db, 1).await;
    let behind = tokio::spawn(async move { behind.append(second).await });
    lock_waiters(&stranger.db, 2).await;
    held.roll_back().await;
    let answers = vec![ahead.await.unwrap(), behind.await.unwrap()];
    (book, answers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_waited_sees_the_stream_moved() {
    let (book, answers) = overtaken(one(1, 1), one(1, 1)).await;
    assert!(answers[0].is_ok());
    assert!(matches!(answers[1], Err(AppendError::Conflict { expected: 1, actual: 2, .. })), "{answers:?}");
    assert_eq!(everything(&book.open().await).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_waited_sees_the_head_moved_by_another_stream() {
    let (book, answers) = overtaken(one(2, 0), one(1, 1)).await;
    let positions: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().first_position).collect();
    assert_eq!(positions, [Some(1), Some(2)]);
    assert_eq!(everything(&book.open().await).await.len(), 3);
}

/// The head has the same size afterwards: only the record's key is in the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_waited_sees_a_command_recorded_without_events() {
    let guards = vec![Guard { stream: stream(1), version: 1 }];
    let silent = Append { writes: Vec::new(), guards, ..command(1, 1, 1) };
    let (book, answers) = overtaken(silent, command(1, 1, 1)).await;
    assert!(!answers[0].as_ref().unwrap().repeated);
    assert!(answers[1].as_ref().unwrap().repeated, "{answers:?}");
    assert_eq!(everything(&book.open().await).await.len(), 1);
}

/// A whole batch on the short path, overtaken again and again by a second replica.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_are_overtaken_are_decided_anew() {
    let book = Book::new(Engine::Postgres).await;
    let (batches, singles) = (book.open().await, book.open().await);
    let mut conflicts = 0;
    for round in 0..30 {
        // All ten streams of a round are contended by both, one event each.
        let many = futures::future::join_all((0..10).map(|n| batches.append(one(round * 10 + n, 0))));
        let few = futures::future::join_all((5..8).map(|n| singles.append(one(round * 10 + n, 0))));
        let (many, few) = futures::future::join(many, few).await;
        for answer in many.into_iter().chain(few) {
            match answer {
                Ok(_) => {}
                Err(AppendError::Conflict { expected: 0, actual: 1, .. }) => conflicts += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    assert_eq!(conflicts, 90, "three of thirteen lose each round");
    assert_eq!(everything(&singles).await.len(), 300);
}

/// A server restart between two appends costs nobody an answer: the idle connection is tried first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_while_idle_is_replaced() {
    let book = Book::new(Engine::Postgres).await;
    let ledger = book.open().await;
    ledger.append(one(1, 0)).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let stranger = book.stranger().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    stranger.run(cut).await;
    assert_eq!(ledger.append(one(1, 1)).await.unwrap().first_position, Some(1));
}

/// Cut in the middle of things it is an answer that says so, and the next append goes through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_at_work_is_unavailable_once() {
    let book = Book::new(Engine::Postgres).await;
    let ledger = book.open().await;
    ledger.append(one(1, 0)).await.unwrap();
    let stranger = book.stranger().await;
    let held = stranger.hold_head().await;
    let waiting = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.append(one(1, 1)).await }
    });
    lock_waiters(&stranger.db, 1).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    stranger.run(cut).await;
    assert!(matches!(waiting.await.unwrap(), Err(AppendError::Unavailable(_))));
    held.roll_back().await;
    ledger.append(one(1, 1)).await.unwrap();
    assert_eq!(everything(&ledger).await.len(), 2);
}

#[tokio::test]
async fn a_database_has_one_of_two_kinds_of_name() {
    for url in ["book.db", "sqlite:book.db", "sqlite::memory:", "mysql://x/y", ""] {
        assert!(matches!(Database::connect(url).await, Err(DatabaseError::Url)), "{url}");
    }
    let nowhere = Database::connect("sqlite:///nowhere/at/all/book.db").await;
    assert!(matches!(nowhere, Err(DatabaseError::File(_))));
}

#[tokio::test]
async fn an_sqlite_file_is_private_and_set_up_for_durability() {
    let dir = temp_dir();
    let db = Database::connect(&sqlite_url(dir.path(), "book.db")).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    let Database::Sqlite { writer, reader } = &db else { panic!("SQLite") };
    let settings = [("journal_mode", "wal"), ("synchronous", "2"), ("secure_delete", "1"), ("foreign_keys", "1")];
    for (name, expected) in settings {
        let sql = sqlx::AssertSqlSafe(format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"));
        let row = sqlx::query(sql).fetch_one(writer).await.unwrap();
        assert_eq!(row.get::<String, _>(0), expected, "{name}");
    }
    assert!(sqlx::query("DELETE FROM heads").execute(reader).await.is_err(), "readers cannot write");
}

#[tokio::test]
async fn migrations_are_applied_once_and_others_are_left_alone() {
    let more = [Migration {
        version: 9901,
        name: "more",
        sqlite: "CREATE TABLE more (n INTEGER) STRICT",
        postgres: "CREATE TABLE more (n bigint)",
    }];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let book = Book::new(engine).await;
        let db = book.database().await;
        db.migrate(&more).await.unwrap();
        db.migrate(&more).await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        book.stranger().await.run("INSERT INTO more (n) VALUES (1)").await;
        let edited = [Migration { sqlite: "SELECT 1", postgres: "SELECT 1", ..more[0] }];
        assert!(matches!(db.migrate(&edited).await, Err(DatabaseError::Migrate(_))), "{engine:?}");
        let read_only = Database::connect_read_only(&book.url).await.unwrap();
        let failed = match &read_only {
            Database::Sqlite { writer, .. } => sqlx::query("DELETE FROM more").execute(writer).await.is_err(),
            Database::Postgres(pool) => sqlx::query("DELETE FROM more").execute(pool).await.is_err(),
        };
        assert!(failed, "{engine:?}: nothing is written read-only");
    }
}
