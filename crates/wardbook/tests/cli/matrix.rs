//! The commands' part of the table of who hears what (`tests/system/matrix.txt`): every command stands there, what shows records needs a
//! named person's token, and nothing else shows any.

use std::collections::BTreeMap;

use crate::support::{Folder, run};

/// Stands in a record.
const CANARY: &str = "kanaryword";

/// Every command that can be run, by its words.
fn commands(words: &[String]) -> Vec<String> {
    let asked: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let help = run(&asked, &[], "").exits(0).out;
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return vec![format!("wardbook {}", words.join(" "))] };
    let listed = list.lines().take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    let names = listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.flat_map(|name| commands(&[words, &[name.to_owned()]].concat())).collect()
}

/// What the table says of each command.
fn table() -> BTreeMap<String, String> {
    let path = format!("{}/../../tests/system/matrix.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let (_, part) = text.split_once("\n# Commands\n").expect("the table has its commands");
    let (part, _) = part.split_once("\n# Commands by duty\n").expect("who hears what by them comes after");
    let rows = part.lines().filter(|line| line.starts_with("wardbook "));
    rows.map(|row| row.split_once(':').unwrap()).map(|(command, what)| (command.trim().to_owned(), what.trim().to_owned())).collect()
}

#[test]
fn every_command_is_in_the_table() {
    let (table, found) = (table(), commands(&[]));
    assert!(found.len() > 10, "{found:?}");
    assert_eq!(table.keys().cloned().collect::<Vec<_>>(), {
        let mut all = found.clone();
        all.sort();
        all
    });
    for command in &found {
        let words: Vec<&str> = command.split(' ').skip(1).chain(["--help"]).collect();
        let takes_token = run(&words, &[], "").exits(0).out.contains("--token");
        assert_eq!(table[command].starts_with("token"), takes_token, "{command}: who takes a token acts for its holder");
    }
}

#[test]
fn records_are_shown_to_a_named_person_alone() {
    let folder = Folder::with_people();
    folder.run(&["user", "add", "--email", "lead@example.org", "--name", "Lena Way", "--duty", "trust-lead"]).exits(0);
    let lead = folder.run(&["token", "create", "--user", "lead@example.org"]).exits(0).out;
    let lead = lead.split_whitespace().last().unwrap();
    let row = format!(
        r#"{{"reference":"K1","school":"SCH01","types":["low_level_concern"],"what_happened":"{CANARY}","staff":[{{"staff_id":"SCH01-009","name":"Tariq Patel","part":"subject"}}]}}"#
    );
    let papers = folder.write_beside("papers.jsonl", row, 0o600);
    for token in ["", "wb_unknown"] {
        for args in [&["queue"][..], &["import", "reports", &papers]] {
            let refused = folder.run_in(args, &[("WARDBOOK_TOKEN", token)]).exits(2);
            assert!(refused.out.is_empty(), "{args:?}: {refused:?}");
        }
    }
    folder.run_in(&["import", "reports", &papers], &[("WARDBOOK_TOKEN", lead)]).exits(0);
    let queue = |email: &str, name: &str, duty: &str| {
        let token = folder.token(email, name, duty);
        folder.run(&["--json", "queue", "--token", &token]).exits(0).json()
    };
    assert_eq!(queue("uma.jones@example.org", "Uma Jones", "headteacher")["items"].as_array().unwrap().len(), 1, "its receiver");
    let subject = queue("tariq.patel@example.org", "Tariq Patel", "headteacher");
    let governor = queue("gwen@example.org", "Gwen Way", "governor");
    assert_eq!(subject, governor, "the person concerned, whatever their duty, hears what somebody with nothing to know hears");
    for args in [
        &["policy", "show"][..],
        &["checkpoint"],
        &["verify"],
        &["views", "rebuild"],
        &["config", "check"],
        &["profile", "explain", "--school", "SCH01"],
    ] {
        for json in [&[][..], &["--json"]] {
            let ended = folder.run(&[json, args].concat());
            assert!(!format!("{}{}", ended.out, ended.err).contains(CANARY), "{args:?} shows what is sealed");
        }
    }
}
