//! Several trusts in one folder: one is added, every command says which it means, and one server serves all.

use serde_json::Value;

use crate::support::{Folder, sample};

/// A folder with two trusts, and the id of the second.
fn two() -> (Folder, String) {
    let folder = Folder::with_trust(&[]);
    let added =
        folder.run(&["--json", "init", "--add", "--trust", "Harbour Trust", "--profile", "coastal", "--shares", "3/5"]).exits(0).json();
    assert_eq!((added["shares"].as_array().unwrap().len(), &added["identity"]), (5, &Value::Null));
    let id = added["trust"].as_str().unwrap().to_owned();
    (folder, id)
}

#[test]
fn a_trust_is_added_with_keys_and_a_profile_of_its_own() {
    let (folder, id) = two();
    let config = std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap();
    assert!(config.contains(&format!("more = [\"{id}\"]")), "{config}");
    assert!(folder.path().join(format!("trusts/{id}/checkpoint.vkey")).exists());
    let vkey = |path: &str| std::fs::read_to_string(folder.path().join(path)).unwrap();
    assert_ne!(vkey("checkpoint.vkey"), vkey(&format!("trusts/{id}/checkpoint.vkey")));
    let policy = |trust: &str| folder.run(&["policy", "show", "--trust", trust]).exits(0).out;
    assert_ne!(policy("Test Trust"), policy("Harbour Trust"), "each has its profile");
    assert_eq!(policy("harbour trust"), policy(&id), "by name, however it is written, or by id");
    for (args, says) in [
        (
            &["init", "--add", "--trust", "test trust", "--profile", "clpt"][..],
            "trust: is the name of a trust that this folder holds already",
        ),
        (&["init", "--add", "--profile", "clpt"], "trust: name the new trust with --trust NAME"),
        (&["serve", "--trust", "Harbour Trust"], "trust: every trust of the folder is served"),
    ] {
        let refused = folder.run(args).exits(2);
        assert!(refused.err.contains(says), "{args:?}: {refused:?}");
    }
    folder.run(&["init", "--add", "--trust", "X", "--profile", "clpt", "--database", "postgres://u@h/d"]).exits(2);
    let unchanged = std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap();
    assert_eq!(unchanged, config);
    assert_eq!(std::fs::read_dir(folder.path().join("trusts")).unwrap().count(), 1, "and nothing is left of what was refused");
}

/// Every command that reaches a trust, without saying which.
const COMMANDS: &[&[&str]] = &[
    &["checkpoint"],
    &["verify"],
    &["views", "rebuild"],
    &["policy", "show"],
    &["profile", "check"],
    &["token", "create", "--user", "a@b.org"],
    &["user", "add", "--email", "a@b.org", "--name", "A", "--duty", "dpo"],
    &["user", "end-duty", "--email", "a@b.org", "--duty", "dpo", "--reason", "x"],
];

#[test]
fn a_command_says_which_trust_it_means_where_there_are_several() {
    let (folder, id) = two();
    for served in [false, true] {
        let server = served.then(|| folder.serve(&[]));
        for args in COMMANDS.iter().copied().chain([&["import", "schools", sample("schools.csv").as_str()][..]]) {
            let refused = folder.run(args).exits(2);
            let says = "trust: is to be named with --trust, as this host has several: Test Trust, Harbour Trust";
            assert!(refused.err.contains(says), "{args:?}: {refused:?}");
            let unknown = folder.run(&[args, &["--trust", "Atlantis"]].concat()).exits(2);
            assert!(unknown.err.contains("trust: is none of this host's: Test Trust, Harbour Trust"), "{args:?}: {unknown:?}");
        }
        for trust in ["Test Trust", "Harbour Trust", &id] {
            let note = folder.run(&["checkpoint", "--trust", trust]).exits(0).out;
            assert_eq!(note.contains(&id), trust != "Test Trust", "{note}");
            assert!(folder.run(&["verify", "--trust", trust]).exits(0).out.starts_with("Intact"), "{trust}");
        }
        if let Some(server) = server {
            assert_eq!(server.stop().0, 0);
        }
    }
    folder.run(&["import", "schools", &sample("schools.csv"), "--trust", "Harbour Trust"]).exits(0);
    let add = ["user", "add", "--email", "a@b.org", "--name", "Ada Ray", "--duty", "headteacher", "--school", "SCH01", "--trust"];
    let none = folder.run(&[&add[..], &["Test Trust"]].concat()).exits(2);
    assert!(none.err.contains("school: is not a school of this trust"), "what was imported is the other's alone: {none:?}");
    let added = folder.run(&[&add[..], &["Harbour Trust"]].concat()).exits(0);
    assert!(added.out.contains("“Your trusts”"), "{added:?}");
    // A single-trust folder takes its own name, and no other.
    let alone = Folder::with_trust(&[]);
    alone.run(&["checkpoint", "--trust", "Test Trust"]).exits(0);
    let other = alone.run(&["checkpoint", "--trust", "Harbour Trust"]).exits(2);
    assert!(other.err.contains("trust: is none of this host's: Test Trust"), "{other:?}");
}

#[tokio::test]
async fn one_server_serves_both_and_a_token_is_of_one() {
    let (folder, id) = two();
    let mut tokens = vec![];
    for trust in ["Test Trust", "Harbour Trust"] {
        folder.run(&["user", "add", "--email", "dora@outside.example", "--name", "Dora Pike", "--duty", "dpo", "--trust", trust]).exits(0);
        let out = folder.run(&["token", "create", "--user", "dora@outside.example", "--trust", trust]).exits(0).out;
        tokens.push(out.split_whitespace().last().unwrap().to_owned());
    }
    let by_token = |trust: &[&str], token: &str| folder.run(&[&["queue", "--token", token], trust].concat());
    let server = folder.serve(&[]);
    for (place, token) in tokens.iter().enumerate() {
        let (status, note) = server.ask("GET", "/api/v1/queue", Some(token), "").await;
        assert_eq!(status, 200, "{note}");
        by_token(&[], token).exits(0);
        let other = if place == 0 { id.as_str() } else { "Test Trust" };
        assert!(by_token(&["--trust", other], token).exits(2).err.contains("is not known"), "a token is nobody's in another trust");
    }
    for path in ["/health/ready", "/sign-in", "/metrics"] {
        let (status, text) = server.ask("GET", path, None, "").await;
        assert_eq!(status, 200, "{path}: {text}");
        assert!(!text.contains("Harbour") && !text.contains("Test Trust"), "{path}: {text}");
    }
    let (_, metrics) = server.ask("GET", "/metrics", None, "").await;
    assert!(metrics.contains("http_route=\"/api/v1/queue\""), "counted by route, whichever trust answers: {metrics}");
    let added = folder.run(&["init", "--add", "--trust", "Third Trust", "--profile", "clpt"]).exits(1);
    assert!(added.err.contains("another wardbook process is at work"), "{added:?}");
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(std::fs::read_dir(folder.path().join(format!("trusts/{id}/notes"))).unwrap().count() > 0, "each is signed at the end");
    // Where one of them is taken out of the settings, the other goes on as if it had always been alone.
    let config = std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap();
    let alone: String = config.lines().filter(|line| !line.starts_with("more")).flat_map(|line| [line, "\n"]).collect();
    std::fs::write(folder.path().join("wardbook.toml"), alone).unwrap();
    by_token(&[], &tokens[0]).exits(0);
    by_token(&[], &tokens[1]).exits(2);
}
