//! The administrator who would read, with the binary and the files: an account of the machine that is not the service's, write access to
//! `wardbook.toml` and the profile files, copies of the databases, and their own token. (Rows and routes: `tests/system/tests/administrator.rs`.)

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::{Folder, set_mode};

/// Stands in the one record.
const CANARY: &str = "kanaryword";
/// The account `nobody`, where tests may become it.
const NOBODY: u32 = 65534;

/// A trust with a concern about an adult in it, and the token of the headteacher who receives it.
fn scene() -> (Folder, String) {
    let folder = Folder::with_people();
    folder.run(&["user", "add", "--email", "lead@example.org", "--name", "Lena Way", "--duty", "trust-lead"]).exits(0);
    let lead = folder.run(&["token", "create", "--user", "lead@example.org"]).exits(0).out;
    let row = format!(
        r#"{{"reference":"K1","school":"SCH01","types":["low_level_concern"],"what_happened":"{CANARY}","staff":[{{"staff_id":"SCH01-009","name":"Tariq Patel","part":"subject"}}]}}"#
    );
    let papers = folder.write_beside("papers.jsonl", row, 0o600);
    folder.run(&["import", "reports", &papers, "--token", lead.split_whitespace().last().unwrap()]).exits(0);
    std::fs::remove_file(papers).unwrap();
    let head = folder.token("uma.jones@example.org", "Uma Jones", "headteacher");
    (folder, head)
}

fn config(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap()
}

fn write_config(folder: &Folder, text: &str) {
    std::fs::write(folder.path().join("wardbook.toml"), text).unwrap();
}

/// Everything in a folder, with what may be done with it by whom.
fn modes(dir: &Path, found: &mut Vec<(String, u32)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        found.push((entry.path().display().to_string(), mode));
        if entry.path().is_dir() {
            modes(&entry.path(), found);
        }
    }
}

#[test]
fn an_account_that_is_not_the_service_s_reaches_neither_files_nor_socket() {
    let (folder, head) = scene();
    let server = folder.serve(&[]);
    let mut found = vec![(folder.path().display().to_string(), folder.path().metadata().unwrap().permissions().mode() & 0o777)];
    modes(&folder.path(), &mut found);
    assert!(found.len() > 8 && found.iter().any(|(path, _)| path.ends_with("wardbook.sock")), "{found:?}");
    assert!(found.iter().all(|(_, mode)| mode.trailing_zeros() >= 6), "nothing is anybody's but the service's: {found:?}");
    if rustix::process::geteuid().is_root() {
        // As another account, the way to the folder being open: its own modes are what holds.
        set_mode(folder.path().parent().unwrap(), 0o755);
        let dir = folder.path();
        let dir = dir.to_str().unwrap();
        // Where the build lies may be closed to them.
        let binary = folder.beside("wardbook");
        std::fs::copy(env!("CARGO_BIN_EXE_wardbook"), &binary).unwrap();
        set_mode(&binary, 0o755);
        for args in
            [&["queue", "--token", &head][..], &["verify"], &["config", "check"], &["checkpoint"], &["serve", "--listen", "127.0.0.1:0"]]
        {
            let mut command = Command::new(&binary);
            let ended = command.uid(NOBODY).gid(NOBODY).args(["--data", dir]).args(args).output().unwrap();
            let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
            assert!(!ended.status.success() && !said.contains(CANARY) && said.contains("ermission denied"), "{args:?}: {said}");
        }
        let script = "cat \"$0\"/book.db \"$0\"/keys/* \"$0\"/wardbook.toml; ls \"$0\"; exit 9";
        let ended = Command::new("sh").uid(NOBODY).gid(NOBODY).args(["-c", script, dir]).output().unwrap();
        assert!(ended.stdout.is_empty() && ended.status.code() == Some(9), "{ended:?}");
    }
    assert_eq!(server.stop().0, 0);
}

#[test]
fn settings_that_an_administrator_writes_open_nothing() {
    let (folder, head) = scene();
    let mine = Folder::with_trust(&[]);
    let (original, path) = (config(&folder), mine.path().display().to_string());
    let id = config(&mine).lines().find_map(|line| line.strip_prefix("id = ")).unwrap().trim_matches('"').to_owned();
    let identity = format!("[keys]\nidentity = \"{path}/keys/service.identity\"\n");
    let keys = format!("[keys]\nurl = \"sqlite://{path}/keys/keys.db\"\n");
    let database = format!("[database]\nurl = \"sqlite://{path}/book.db\"\n");
    for (what, text, says) in [
        ("their own identity", format!("{original}\n{identity}"), "another service identity"),
        ("their own key store", format!("{original}\n{keys}"), "no keys of this trust"),
        ("their own book", format!("{original}\n{database}"), "no trust of that id"),
        (
            "a trust of theirs beside it",
            original.replacen("[trust]\n", &format!("[trust]\nmore = [\"{id}\"]\n"), 1),
            "no keys of this trust",
        ),
        (
            "their trust on these databases",
            original.lines().map(|line| if line.starts_with("id = ") { format!("id = \"{id}\"\n") } else { format!("{line}\n") }).collect(),
            "no keys of this trust",
        ),
    ] {
        write_config(&folder, &text);
        for args in [&["queue", "--token", &head][..], &["policy", "show"], &["serve", "--listen", "127.0.0.1:0"]] {
            let ended = folder.run(args);
            assert_ne!(ended.code, 0, "{what}: {args:?}: {ended:?}");
            assert!(ended.err.contains(says) && !format!("{}{}", ended.out, ended.err).contains(CANARY), "{what}: {args:?}: {ended:?}");
        }
    }
    // As much as can be logged, and everything that a collector could be sent, says nothing of a matter.
    write_config(&folder, &format!("{original}\n[telemetry]\nlog_level = \"debug\"\n"));
    let server = folder.serve(&[]);
    folder.run(&["queue", "--token", &head]).exits(0);
    let (_, log) = server.stop();
    assert!(!log.contains(CANARY) && !log.contains("low_level") && !log.contains(&head), "{log}");
    write_config(&folder, &original);
    let queue = folder.run(&["--json", "queue", "--token", &head]).exits(0).json();
    assert_eq!(queue["items"].as_array().unwrap().len(), 1, "and nothing was lost by trying");
}

#[test]
fn copies_of_the_databases_open_with_no_identity_of_theirs() {
    let (folder, head) = scene();
    let mine = Folder::with_trust(&[]);
    for file in ["book.db", "keys/keys.db", "wardbook.toml"] {
        for ending in ["", "-wal", "-shm"] {
            let (from, to) = (folder.path().join(format!("{file}{ending}")), mine.path().join(format!("{file}{ending}")));
            match std::fs::copy(&from, &to) {
                Ok(_) => set_mode(&to, 0o600),
                Err(_) => drop(std::fs::remove_file(&to)),
            }
        }
    }
    for args in
        [&["queue", "--token", &head][..], &["token", "create", "--user", "uma.jones@example.org"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let ended = mine.run(args);
        assert!(ended.code != 0 && ended.err.contains("another service identity"), "{args:?}: {ended:?}");
    }
    std::fs::remove_file(mine.path().join("keys/service.identity")).unwrap();
    let without = mine.run(&["queue", "--token", &head]);
    assert!(without.code != 0 && !format!("{}{}", without.out, without.err).contains(CANARY), "{without:?}");
    let verdict = mine.run(&["verify"]);
    assert!(!format!("{}{}", verdict.out, verdict.err).contains(CANARY), "{verdict:?}");
    // What they may do with a book alone is prove that it is whole.
    assert!(verdict.out.contains("Intact") && verdict.out.contains("command records were not checked"), "{verdict:?}");
}

#[test]
fn a_profile_file_changes_nothing_by_being_written() {
    let folder = Folder::new();
    let shipped = format!("{}/../../ops/profiles/clpt.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(shipped).unwrap();
    let file = folder.write_beside("trust.toml", &text, 0o666);
    folder.run(&["init", "--trust", "Test Trust", "--profile", &file]).exits(0);
    let before = folder.run(&["policy", "show"]).exits(0).out;
    std::fs::write(&file, text.replace("headteacher", "hr").replace("\"dsl\"", "\"hr\"")).unwrap();
    assert_eq!(folder.run(&["policy", "show"]).exits(0).out, before);
    let server = folder.serve(&[]);
    assert_eq!(folder.run(&["policy", "show"]).exits(0).out, before, "nor by a start of the service");
    drop(server);
    // Proposing needs a named person, whom it waits for another to confirm.
    for token in ["", "wb_unknown"] {
        folder.run_in(&["profile", "propose", &file, "--reason", "x"], &[("WARDBOOK_TOKEN", token)]).exits(2);
    }
    assert_eq!(folder.run(&["policy", "show"]).exits(0).out, before);
}

#[test]
fn their_own_token_shows_no_record_by_any_command() {
    let (folder, _) = scene();
    folder.run(&["user", "add", "--email", "ada@example.org", "--name", "Ada Ray", "--duty", "administrator"]).exits(0);
    let token = folder.run(&["token", "create", "--user", "ada@example.org"]).exits(0).out;
    let token = token.split_whitespace().last().unwrap();
    let papers = folder.write_beside("more.jsonl", r#"{"reference":"K1","school":"SCH01","types":["other"],"what_happened":"x"}"#, 0o600);
    let queue = folder.run(&["--json", "queue", "--token", token]).exits(0).json();
    assert_eq!(queue["items"].as_array().unwrap().len(), 0);
    for args in [
        &["import", "reports", &papers][..],
        &["profile", "proposals"],
        &["queue", "--limit", "1000"],
        &["import", "reports", &papers, "--dry-run"],
    ] {
        let ended = folder.run_in(args, &[("WARDBOOK_TOKEN", token)]);
        let said = format!("{}{}", ended.out, ended.err);
        assert!(!said.contains(CANARY) && !said.contains("already recorded"), "{args:?}: {ended:?}");
    }
}
