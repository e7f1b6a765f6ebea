//! From `init` to `verify`.

use serde_json::{Value, json};
use wardbook_testkit::TestPg;

use crate::support::{Folder, run, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_trust_is_made_filled_served_and_verified() {
    let folder = Folder::new();
    let made = folder.run(&["--json", "init", "--trust", "Test Trust", "--profile", "clpt", "--shares", "3/5"]).exits(0).json();
    assert_eq!(made["shares"].as_array().unwrap().len(), 5);
    assert_eq!(made["shares"][4]["words"].as_str().unwrap().split(' ').count(), 32);
    let vkey = std::fs::read_to_string(folder.path().join("checkpoint.vkey")).unwrap();
    assert_eq!(made["verifier_key"], vkey.trim());
    let config = std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap();
    assert!(config.contains(made["trust"].as_str().unwrap()) && !config.contains("Test Trust"), "{config}");

    for (kind, file, rows) in [("schools", "schools.csv", 3), ("staff", "staff.csv", 54)] {
        let imported = folder.run(&["--json", "import", kind, &sample(file)]).exits(0).json();
        assert_eq!((&imported["accepted"], &imported["refused"]), (&json!(rows), &json!([])), "{kind}");
        assert_eq!(imported["duties_granted"], if kind == "staff" { 9 } else { 0 }, "{kind}");
    }
    let token = folder.token("george.xu@example.org", "George Xu", "dsl");
    let refused = folder.run(&["import", "reports", &sample("reports.jsonl")]).exits(2);
    assert!(refused.err.contains("a named person whose duty receives reports"), "{}", refused.err);
    let reports = ["import", "reports", &sample("reports.jsonl"), "--token", &token];
    assert_eq!(folder.run(&[&["--json"], &reports[..]].concat()).exits(0).json()["accepted"], 162);
    let size = folder.run(&["--json", "verify"]).exits(0).json()["size"].clone();
    assert!(folder.run(&reports).exits(0).out.contains("162 accepted"));
    assert_eq!(folder.run(&["--json", "verify"]).exits(0).json()["size"], size, "the same rows again change nothing");

    let server = folder.serve(&[]);
    assert_eq!(server.ask("GET", "/health/ready", None, "").await.0, 200);
    assert_eq!(server.ask("GET", "/api/v1/queue", None, "").await.0, 401);
    assert_eq!(server.ask("GET", "/local/v1/policy", None, "").await.0, 404, "set-up commands stay on the local socket");
    let (status, page) = server.ask("GET", "/api/v1/queue?limit=2", Some(&token), "").await;
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!((status.as_u16(), page["items"].as_array().unwrap().len()), (200, 2));
    let by_command = folder.run_in(&["--json", "queue", "--limit", "2"], &[("WARDBOOK_TOKEN", &token)]).exits(0).json();
    assert_eq!(by_command["items"], page["items"], "the command prints the API's own objects");
    let shown = folder.run(&["queue", "--token", &token]).exits(0).out;
    assert!(shown.contains(page["items"][0]["reference"].as_str().unwrap()), "{shown}");

    let verdict = folder.run(&["--json", "verify"]).exits(0).json();
    assert_eq!((&verdict["intact"], &verdict["first_bad"], &verdict["commands_checked"]), (&json!(true), &Value::Null, &json!(true)));
    let note = folder.run(&["checkpoint"]).exits(0).out;
    let kept = folder.write_beside("kept.note", &note, 0o644);
    folder.run(&["verify", "--checkpoint", &kept]).exits(0);
    folder.run(&["views", "rebuild", "queue"]).exits(0);
    assert!(folder.run(&["policy", "show"]).exits(0).out.contains("P0-LLC-2"));
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(!folder.path().join("wardbook.sock").exists(), "a server that ends takes its socket with it");

    folder.run(&["verify", "--checkpoint", &kept, "--key", vkey.trim()]).exits(0);
    let foreign = folder.run(&["--json", "verify", "--checkpoint", &kept, "--key", "not-a-key"]).exits(2).json();
    assert_eq!(foreign["errors"][0]["field"], "key");
    folder.run(&["verify", "--checkpoint", &sample("README.md")]).exits(2);
}

#[test]
fn a_code_lets_a_person_choose_a_password_and_names_need_not_be_arguments() {
    let folder = Folder::with_people();
    let data = folder.path();
    let args = ["--data", data.to_str().unwrap(), "--json", "user", "add", "--email", "-", "--name", "-", "--duty", "dpo"];
    let first = run(&args, &[], "priya@example.org\nPriya Anand\n").exits(0).json();
    assert_eq!(first["known_person"], false);
    assert_eq!(first["secret"].as_str().unwrap().len(), 23, "four groups of five");
    let file = folder.write_beside("email", "uma.jones@example.org\n", 0o600);
    let known = ["user", "add", "--email", &format!("@{file}"), "--name", "Uma Jones", "--duty", "headteacher", "--school", "SCH01"];
    assert!(folder.run(&known).exits(0).out.contains("known in the directory"));
    let token = folder.run(&["token", "create", "--user", "priya@example.org"]).exits(0).out;
    assert!(token.split_whitespace().last().unwrap().starts_with("wb_") && token.ends_with('\n'), "{token}");
}

#[tokio::test]
async fn a_trust_on_postgresql_with_its_keys_beside_it() {
    let server = TestPg::shared();
    let (book, keys) = (server.fresh_database().await, server.fresh_database().await);
    let one_cluster = Folder::new();
    let args = ["init", "--trust", "T", "--profile", "clpt", "--database", &book, "--keys", &keys];
    let refused = one_cluster.run(&args).exits(2);
    assert!(refused.err.contains("in one PostgreSQL cluster"), "{refused:?}");
    assert!(!one_cluster.path().exists(), "an init that failed leaves nothing behind");

    let folder = Folder::with_trust(&["--database", &book]);
    assert!(!folder.path().join("book.db").exists());
    folder.run(&["import", "schools", &sample("schools.csv")]).exits(0);
    let (first, second) = (folder.serve(&[]), folder.run(&["--json", "verify"]).exits(0).json());
    assert_eq!(second["intact"], true);
    assert_eq!(first.stop().0, 0);
    assert!(folder.run(&["config", "check"]).exits(0).out.contains("postgres://"));
}
