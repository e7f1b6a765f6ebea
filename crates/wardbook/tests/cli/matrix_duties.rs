//! Who hears what by the commands that act for somebody: each as every duty, in every relationship, against the table of commands in
//! `tests/system/matrix.txt`. `WARDBOOK_WRITE_CONTRACTS=1` writes that part anew; read every line of the change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Mutex;

use serde_json::{Value, json};
use wardbook_domain::{Duty, Scope};

use crate::support::{Folder, Server};

/// What somebody is to the record K1, an adult's conduct at SCH01; K2 to K4 are about nobody.
const RELATIONS: [(&str, &str); 6] = [
    ("own school", "OWN"),
    ("other school", "AWAY"),
    ("its subject", "SUB"),
    ("possible subject", "MAY"),
    ("stood aside", "ASIDE"),
    ("former holder", "FORMER"),
];
/// The family name that K1 gives without an id.
const GIVEN: &str = "Quillon";

/// Somebody who asks.
struct Actor {
    relation: &'static str,
    duty: String,
    token: String,
}

/// Which duties heard what, by command and relationship.
type Heard = BTreeMap<&'static str, Vec<(&'static str, BTreeMap<String, BTreeSet<String>>)>>;

fn duties() -> impl Iterator<Item = Duty> {
    // A case names an investigator, and nothing else does.
    Duty::ALL.iter().copied().filter(|duty| duty.scope() != Scope::Case)
}

fn email(id: &str, duty: Duty) -> String {
    format!("{id}-{duty}@example.org").to_lowercase()
}

fn name(id: &str, duty: Duty) -> String {
    let last = if id == "MAY" { GIVEN } else { id };
    format!("{} {last}", duty.label().replace(['(', ')'], ""))
}

/// Schools and staff: somebody for each duty in each relationship.
fn lists(folder: &Folder) {
    let mut staff = "staff_id,name,role,email,school\n".to_owned();
    for (_, id) in RELATIONS {
        for duty in duties() {
            let school = if id == "AWAY" { "SCH02" } else { "SCH01" };
            let _ = writeln!(staff, "{id}-{duty},{},x,{},{school}", name(id, duty), email(id, duty));
        }
    }
    let schools = "code,name,head_staff_id,dsl_staff_id,deputy_staff_id\n\
                   SCH01,One,OWN-headteacher,OWN-dsl,OWN-deputy-head\nSCH02,Two,AWAY-headteacher,AWAY-dsl,AWAY-deputy-head\n";
    for (kind, text) in [("schools", schools), ("staff", &staff)] {
        let file = folder.write_beside(&format!("{kind}.csv"), text, 0o600);
        folder.run(&["import", kind, &file]).exits(0);
    }
}

/// Gives somebody a duty and a token.
fn actor(folder: &Folder, (relation, id): (&'static str, &str), duty: Duty) -> Actor {
    let (email, name, code) = (email(id, duty), name(id, duty), duty.to_string());
    let school = if id == "AWAY" { "SCH02" } else { "SCH01" };
    let mut add = vec!["user", "add", "--email", &email, "--name", &name, "--duty", &code];
    if duty.scope() == Scope::School || id == "AWAY" && duty.scope() == Scope::Either {
        add.extend(["--school", school]);
    }
    folder.run(&add).exits(0);
    let token = folder.run(&["token", "create", "--user", &email]).exits(0).out;
    Actor { relation, duty: code, token: token.split_whitespace().last().unwrap().to_owned() }
}

/// Runs this for each of these, a few at a time: commands are processes.
fn each<T: Send, R: Send>(all: Vec<T>, run: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (left, done) = (Mutex::new(all.into_iter().enumerate()), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some((place, one)) = left.lock().unwrap().next() else { return };
                    let result = run(one);
                    done.lock().unwrap().push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The four reports, brought in by the trust lead; who stands aside from K1 does so by its receiver's word.
async fn reports(folder: &Folder, server: &Server, actors: &[Actor]) {
    let token = |duty: &str| &actors.iter().find(|actor| actor.relation == "own school" && actor.duty == duty).unwrap().token;
    let subjects = duties().map(|duty| json!({ "staff_id": format!("SUB-{duty}"), "name": "as listed", "part": "subject" }));
    let subjects: Vec<Value> = subjects.chain([json!({ "name": GIVEN, "part": "subject" })]).collect();
    let row = |reference: &str, kind: &str, staff: &[Value]| json!({ "reference": reference, "school": "SCH01", "types": [kind], "what_happened": "x", "danger": "no", "staff": staff });
    let rows = [
        row("K1", "low_level_concern", &subjects),
        row("K2", "online_safety_concern", &[]),
        row("K3", "loss_of_data", &[]),
        row("K4", "loss_of_equipment", &[]),
    ];
    let papers = folder.write_beside("papers.jsonl", rows.map(|row| row.to_string()).join("\n"), 0o600);
    folder.run(&["import", "reports", &papers, "--token", token("trust-lead")]).exits(0);
    let head = token("headteacher");
    let (status, queue) = server.ask("GET", "/api/v1/queue", Some(head), "").await;
    assert_eq!(status.as_u16(), 200, "{queue}");
    let queue: Value = serde_json::from_str(&queue).unwrap();
    let first = queue["items"].as_array().unwrap().iter().find(|item| item["source_reference"] == "K1").expect("its receiver has it");
    for duty in duties() {
        let ask = json!({ "person": format!("ASIDE-{duty}"), "reason": "A neighbour." }).to_string();
        let path = format!("/api/v1/reports/{}/recuse", first["id"].as_str().unwrap());
        let (status, said) = server.ask("POST", &path, Some(head), &ask).await;
        assert!(status.is_success(), "{said}");
    }
}

/// What somebody heard: the code at the end, and the records shown or the field that was wrong.
fn heard(folder: &Folder, args: &[&str], token: &str) -> String {
    let ended = folder.run_in(&[&["--json"], args].concat(), &[("WARDBOOK_TOKEN", token)]);
    let said: Value = serde_json::from_str(ended.out.lines().next().unwrap_or_default()).unwrap_or_default();
    let shown: BTreeSet<&str> =
        said["items"].as_array().into_iter().flatten().filter_map(|item| item["source_reference"].as_str()).collect();
    let shown: Vec<&str> = shown.into_iter().collect();
    match (ended.code, said["errors"][0]["field"].as_str(), shown.is_empty()) {
        (code, Some(field), _) => format!("{code} ({field})"),
        (code, None, true) => code.to_string(),
        (code, None, false) => format!("{code} with {}", shown.join(" ")),
    }
}

/// Asks everything.
fn ask(folder: &Folder, actors: &[Actor], strangers: &[Actor]) -> Heard {
    let profile = format!("{}/../../ops/profiles/clpt.toml", env!("CARGO_MANIFEST_DIR"));
    let report = json!({ "reference": "N1", "school": "SCH01", "types": ["loss_of_equipment"], "what_happened": "x" }).to_string();
    let report = folder.write_beside("report.jsonl", report, 0o600);
    let alerts = "alert_id,occurred_at,school,category\n1,2026-10-26T09:00Z,SCH01,x\n";
    let alerts = folder.write_beside("alerts.csv", alerts, 0o600);
    let nothing = "0".repeat(32);
    let commands: [(&'static str, Vec<&str>); 7] = [
        ("wardbook queue", vec!["queue"]),
        ("wardbook import reports", vec!["import", "reports", &report, "--dry-run"]),
        ("wardbook import alerts", vec!["import", "alerts", &alerts, "--dry-run"]),
        ("wardbook profile propose", vec!["profile", "propose", &profile, "--reason", "A reason."]),
        ("wardbook profile proposals", vec!["profile", "proposals"]),
        ("wardbook profile confirm", vec!["profile", "confirm", &nothing]),
        ("wardbook profile refuse", vec!["profile", "refuse", &nothing, "--reason", "A reason."]),
    ];
    let nobody = [Actor { relation: "nobody", duty: String::new(), token: String::new() }];
    let mut all = Heard::new();
    for (command, args) in &commands {
        // Only the queue is of records.
        let is_asked =
            |actor: &&Actor| *command == "wardbook queue" || !["its subject", "possible subject", "stood aside"].contains(&actor.relation);
        let asking: Vec<&Actor> = actors.iter().chain(strangers).chain(&nobody).filter(is_asked).collect();
        let answers = each(asking.clone(), |actor| heard(folder, args, &actor.token));
        let lines: &mut Vec<(&'static str, BTreeMap<String, BTreeSet<String>>)> = all.entry(command).or_default();
        for (actor, answer) in asking.into_iter().zip(answers) {
            if lines.last().is_none_or(|(relation, _)| *relation != actor.relation) {
                lines.push((actor.relation, BTreeMap::new()));
            }
            let (_, by_answer) = lines.last_mut().expect("a line was begun");
            by_answer.entry(answer).or_default().insert(actor.duty.clone());
        }
    }
    all
}

/// The lines under a command, as the table of routes has them.
fn lines(heard: &[(&'static str, BTreeMap<String, BTreeSet<String>>)]) -> String {
    let words = |by_answer: &BTreeMap<String, BTreeSet<String>>| {
        let most = by_answer.iter().max_by_key(|(_, duties)| duties.len()).map(|(answer, _)| answer.clone()).unwrap();
        let named = by_answer.iter().filter(|(answer, _)| **answer != most);
        let named: Vec<String> =
            named.map(|(answer, duties)| format!("{answer}: {}", duties.iter().cloned().collect::<Vec<_>>().join(", "))).collect();
        if named.is_empty() { most } else { format!("{}; everyone else: {most}", named.join("; ")) }
    };
    let mut by_line: Vec<(String, Vec<&str>)> = vec![];
    for (relation, by_answer) in heard {
        let line = words(by_answer);
        match by_line.iter_mut().find(|(known, _)| *known == line) {
            Some((_, relations)) => relations.push(relation),
            None => by_line.push((line, vec![relation])),
        }
    }
    by_line.iter().fold(String::new(), |mut text, (line, relations)| {
        let _ = writeln!(text, "    {}: {line}", relations.join(", "));
        text
    })
}

/// Where the part begins that this test writes.
const PART: &str = "# Commands by duty\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_table_says_who_hears_what_by_each_command() {
    let folder = Folder::with_trust(&[]);
    lists(&folder);
    let server = folder.serve(&[]);
    let who: Vec<((&'static str, &str), Duty)> = RELATIONS.iter().flat_map(|of| duties().map(move |duty| (*of, duty))).collect();
    let actors = each(who, |(of, duty)| actor(&folder, of, duty));
    for duty in duties() {
        folder.run(&["user", "end-duty", "--email", &email("FORMER", duty), "--all", "--reason", "Another post."]).exits(0);
    }
    let other = Folder::with_trust(&[]);
    lists(&other);
    let elsewhere = other.serve(&[]);
    let strangers = each(duties().collect(), |duty| actor(&other, ("other trust", "OWN"), duty));
    reports(&folder, &server, &actors).await;
    let heard = ask(&folder, &actors, &strangers);
    assert_eq!((server.stop().0, elsewhere.stop().0), (0, 0));

    for (command, by_relation) in &heard {
        for (relation, by_answer) in by_relation {
            let shut_out = ["former holder", "other trust", "nobody"].contains(relation);
            let refused = by_answer.keys().all(|answer| answer.starts_with("2 ") || answer == "2");
            assert!(!shut_out || refused, "{command}, {relation}: {by_answer:?}");
            let of_them = ["its subject", "possible subject", "stood aside"].contains(relation);
            assert!(!of_them || by_answer.keys().all(|answer| !answer.contains("K1")), "{command}, {relation}: {by_answer:?}");
        }
    }
    let made = heard.iter().fold(String::new(), |mut text, (command, heard)| {
        let _ = write!(text, "\n{command}\n{}", lines(heard));
        text
    });
    let path = format!("{}/../../tests/system/matrix.txt", env!("CARGO_MANIFEST_DIR"));
    let kept = std::fs::read_to_string(&path).unwrap();
    let (before, part) = kept.split_once(PART).expect("the table has its commands by duty");
    if std::env::var_os("WARDBOOK_WRITE_CONTRACTS").is_some() {
        let (intro, _) = part.split_once("\n\n").unwrap_or((part.trim_end(), ""));
        std::fs::write(&path, format!("{before}{PART}{intro}\n{made}")).unwrap();
        return;
    }
    let (_, part) = part.split_once("\n\n").expect("the part begins with its explanation");
    assert!(format!("\n{part}") == made, "matrix.txt says:\n{part}\nheard:\n{made}");
}
