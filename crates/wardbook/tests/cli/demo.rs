//! The demo: made once, then just started at the time where it stopped; never in a folder of others.

use serde_json::Value;

use crate::support::{Folder, Server};

fn args(folder: &Folder) -> Vec<String> {
    ["--data", folder.path().to_str().unwrap(), "--json", "demo", "--listen", "127.0.0.1:0"].map(str::to_owned).to_vec()
}

fn start(folder: &Folder, environment: &[(&str, &str)]) -> Server {
    let args = args(folder);
    Server::start(&args.iter().map(String::as_str).collect::<Vec<_>>(), environment)
}

/// What a person owes, through the API.
async fn queue(folder: &Folder, server: &Server, email: &str) -> Vec<Value> {
    let out = folder.run(&["token", "create", "--user", email]).exits(0).out;
    let (status, body) = server.ask("GET", "/api/v1/queue?limit=200", Some(out.split_whitespace().last().unwrap()), "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<Value>(&body).unwrap()["items"].as_array().unwrap().clone()
}

fn item<'a>(queue: &'a [Value], paper: &str) -> &'a Value {
    queue.iter().find(|item| item["source_reference"] == paper).unwrap_or_else(|| panic!("no {paper} in {queue:?}"))
}

fn due<'a>(queue: &'a [Value], paper: &str) -> &'a str {
    item(queue, paper)["due_at"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_made_once_and_started_again() {
    let folder = Folder::new();
    let data = folder.path();
    let server = start(&folder, &[("WARDBOOK__DATABASE__URL", "postgres://must-not-be-asked.invalid/x")]);
    assert_eq!(server.ready["people"].as_array().unwrap().len(), 24);
    assert!(server.ready["password"].as_str().unwrap().len() >= 12);
    assert_eq!(server.ready["demo"], format!("{}/demo", server.ready["listening"].as_str().unwrap()));
    let (status, page) = server.ask("GET", "/demo", None, "").await;
    assert_eq!(status, 200);
    assert!(page.contains("Fri 30 Oct 2026, 16:12"), "it begins on that Friday");
    let made = folder.run(&["--json", "verify"]).exits(0).json();
    assert!(made["size"].as_u64().unwrap() > 300, "{made}");
    assert_eq!(server.stop().0, 0);

    // It goes on where it was saved, and never before the book's last event.
    std::fs::write(data.join("demo-clock"), "2026-10-30T18:30:00Z").unwrap();
    let again = start(&folder, &[]);
    let grown = folder.run(&["--json", "verify"]).exits(0).json()["size"].as_u64().unwrap() - made["size"].as_u64().unwrap();
    assert!(grown < 20, "nothing is imported twice, and what became late meanwhile has gone on: {grown}");
    assert!(again.ask("GET", "/demo", None, "").await.1.contains("Fri 30 Oct 2026, 18:30"));
    queue(&folder, &again, "uma.jones@example.org").await; // leaves a trace of that time
    assert_eq!(again.stop().0, 0);
    let saved = std::fs::read_to_string(data.join("demo-clock")).unwrap();
    assert!(saved.starts_with("2026-10-30T18:3"), "{saved}");
    std::fs::write(data.join("demo-clock"), "2026-10-30T16:12:00Z").unwrap();
    let after = start(&folder, &[]);
    assert!(after.ask("GET", "/demo", None, "").await.1.contains("Fri 30 Oct 2026, 18:3"), "the book's head is later");
    assert_eq!(after.stop().0, 0);

    // Made by another release, it is made anew.
    let made_by = std::fs::read_to_string(data.join("demo.json")).unwrap();
    std::fs::write(data.join("demo.json"), made_by.replace("\"edition\": ", "\"edition\": 9")).unwrap();
    let newer = start(&folder, &[]);
    assert!(newer.ask("GET", "/demo", None, "").await.1.contains("Fri 30 Oct 2026, 16:12"));
    assert_eq!(newer.stop().0, 0);

    // Cut short before its last step, it is made anew.
    std::fs::remove_file(data.join("demo.json")).unwrap();
    let (book, key) = (data.join("book.db"), data.join("checkpoint.vkey"));
    let before = std::fs::read(&key).unwrap();
    let anew = start(&folder, &[]);
    assert!(book.exists() && std::fs::read(&key).unwrap() != before, "another trust");
    assert!(anew.ask("GET", "/demo", None, "").await.1.contains("Fri 30 Oct 2026, 16:12"), "and begins again");
    drop(anew);
}

/// `fixtures/year/truth.json`: the planted clocks stand on the right queues, and the head of SCH02 does not see what is about him.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_three_weeks_left_work_early_late_and_done() {
    let folder = Folder::new();
    let server = start(&folder, &[]);
    let uma = queue(&folder, &server, "uma.jones@example.org").await;
    assert_eq!(due(&uma, "F00161"), "2026-11-02T07:12:00Z", "just begun");
    assert_eq!(due(&uma, "F00159"), "2026-10-30T20:12:00Z", "under six hours");
    let nadia = queue(&folder, &server, "nadia.nash@example.org").await;
    let missed = item(&nadia, "F00158");
    assert_eq!((&missed["due_at"], &missed["clock_due_at"]), (&"2026-10-28T17:00:00Z".into(), &"2026-10-30T15:12:00Z".into()), "missed");
    assert!(nadia.iter().all(|item| item["source_reference"] != "F00152"), "done");

    let dpo = queue(&folder, &server, "priya.anand@example.org").await;
    let cases: Vec<&Value> = dpo.iter().filter(|item| item["record"] == "case").collect();
    assert_eq!(cases.iter().map(|case| case["source_reference"].as_str().unwrap()).collect::<Vec<_>>(), ["F00155"], "one is open");
    assert!(cases[0]["due_at"].as_str().unwrap() <= "2026-10-22T14:22:00Z", "and late: {}", cases[0]);
    assert!(queue(&folder, &server, "wren.szab-hussain@example.org").await.iter().any(|item| item["record"] == "case"));
    assert!(queue(&folder, &server, "gwen.talbot@example.org").await.iter().any(|item| item["record"] == "case"));

    let live = |item: &&Value| item["source_reference"].is_null() && item["what"][0] == "Low-level concern about an adult";
    let stand_in = queue(&folder, &server, "oona.okafor-lowe@example.org").await;
    let concern = stand_in.iter().find(live).expect("it came to the one who stands in");
    assert!(concern["since"].as_str().unwrap().starts_with("2026-10-29T16:4"), "{concern}");
    let head = queue(&folder, &server, "sunil.young@example.org").await;
    assert_eq!(due(&head, "F00153"), "2026-10-18T08:55:00Z", "received, left, and late");
    assert!(head.iter().all(|item| item["id"] != concern["id"]) && !head.iter().any(|item| live(&item)));
    assert_eq!(server.stop().0, 0);
}

#[test]
fn a_real_trust_never_becomes_a_demo() {
    let folder = Folder::with_trust(&[]);
    let refused = folder.run(&["demo", "--listen", "127.0.0.1:0"]).exits(2);
    assert!(refused.err.contains("holds something that is not the demo's"), "{refused:?}");
    folder.run(&["verify"]).exits(0);
}
