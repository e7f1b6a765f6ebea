//! `verify` on a book that somebody altered.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use crate::support::{Folder, sample};

async fn alter(folder: &Folder, sql: &str) {
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{sql}");
    connection.close().await.unwrap();
}

/// Turns one bit of the sealed bytes at a position.
fn flip(position: u64) -> String {
    // SQLite has no xor on blobs: the last byte is replaced by one that differs in its lowest bit.
    format!(
        "UPDATE events SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || \
         CASE WHEN substr(sealed, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE position = {position}"
    )
}

#[tokio::test]
async fn a_flipped_byte_is_found_with_and_without_a_server() {
    let folder = Folder::with_trust(&[]);
    folder.run(&["import", "schools", &sample("schools.csv")]).exits(0);
    assert_eq!(folder.run(&["--json", "verify"]).exits(0).json()["first_bad"], Value::Null);
    alter(&folder, &flip(2)).await;

    let verdict = folder.run(&["--json", "verify"]).exits(1).json();
    assert_eq!((&verdict["intact"], &verdict["first_bad"]["position"]), (&json!(false), &json!(2)));
    assert!(verdict["first_bad"]["what"].is_string());
    let mut keys: Vec<&String> = verdict.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["commands_checked", "first_bad", "intact", "root", "size"]);
    let told = folder.run(&["verify"]).exits(1);
    assert!(told.out.starts_with("NOT intact at position 2: "), "{told:?}");

    let server = folder.serve(&[]);
    assert_eq!(folder.run(&["--json", "verify"]).exits(1).json(), verdict);
    drop(server);
}

#[test]
fn an_older_book_in_place_of_the_present_one_is_told_by_its_notes_and_never_signed() {
    let folder = Folder::with_trust(&[]);
    let files = || {
        std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_string_lossy().contains("book.db"))
    };
    let backup: Vec<_> = files().map(|path| (std::fs::read(&path).unwrap(), path)).collect();
    folder.run(&["import", "schools", &sample("schools.csv")]).exits(0);
    let note = folder.run(&["checkpoint"]).exits(0).out;
    let kept = folder.write_beside("kept.note", note, 0o644);
    folder.run(&["verify", "--checkpoint", &kept]).exits(0);

    files().for_each(|path| std::fs::remove_file(path).unwrap());
    for (bytes, path) in &backup {
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(folder.run(&["--json", "verify", "--checkpoint", &kept]).exits(1).json()["intact"], false);
    let refused = folder.run(&["--json", "checkpoint"]).exits(1).json();
    assert_eq!(refused["status"], 409, "{refused}");
    // Without its notes the older book is whole: that is why a note is kept elsewhere too.
    std::fs::remove_dir_all(folder.path().join("notes")).unwrap();
    folder.run(&["verify"]).exits(0);
    folder.run(&["verify", "--checkpoint", &kept]).exits(1);
}
