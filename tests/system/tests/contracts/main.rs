//! Contracts: `docs/contracts.md`, `docs/openapi.json` and the events' own words are made from the code and compared with what is
//! committed. `WARDBOOK_WRITE_CONTRACTS=1` writes them anew; the change is then read in the diff.
#![allow(clippy::unwrap_used, reason = "tests")]

mod coverage;

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf};

use serde_json::Value;
use wardbook_app::state::Kind;
use wardbook_domain::{
    Duty, FieldGroup,
    event::{AnyEvent, Written, all_types, older_types},
    report::ReportEvent,
};
use wardbook_ledger::Database;
use wardbook_system_tests::{Engine, Trust, sample_rows};
use wardbook_views::{Opener, sql::fetch};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn compare(name: &str, made: &str) {
    if std::env::var_os("WARDBOOK_WRITE_CONTRACTS").is_some() {
        std::fs::write(file(name), made).unwrap();
    }
    let kept = std::fs::read_to_string(file(name)).unwrap_or_default();
    let line = kept.lines().zip(made.lines()).position(|(a, b)| a != b).map_or(kept.lines().count().min(made.lines().count()), |n| n) + 1;
    assert!(kept == made, "{name} is not what the code says, from line {line}; read the change, then run with WARDBOOK_WRITE_CONTRACTS=1");
}

fn openapi() -> Value {
    serde_json::to_value(wardbook_web::openapi_document()).unwrap()
}

#[test]
fn the_openapi_document_is_as_committed() {
    assert!(openapi()["openapi"].as_str().unwrap().starts_with("3.1"));
    compare("docs/openapi.json", &(serde_json::to_string_pretty(&openapi()).unwrap() + "\n"));
}

#[test]
fn the_contracts_page_is_as_committed() {
    let mut out = String::from(
        "# Contracts\n\nMade from the code by `tests/system/tests/contracts/main.rs`; change the code, not this page. Byte formats are in\n\
         [format.md](format.md), the API in full in [openapi.json](openapi.json).\n\n## Events\n\nEvery event also has the meta items \
         `type`, `schema_version`, `actor`, `duty`, `at` and `command` in its record group. Of a type with several versions the highest is written, and all are read.\n\n\
         | type | version | group | fields |\n| --- | --- | --- | --- |\n",
    );
    for kind in all_types().into_iter().chain(older_types()) {
        for group in FieldGroup::ALL {
            let fields: Vec<&str> = kind.fields.iter().filter(|(_, g)| *g == group).map(|(name, _)| *name).collect();
            if !fields.is_empty() {
                let _ = writeln!(out, "| `{}` | {} | {} | {} |", kind.name, kind.schema, group.as_str(), fields.join(", "));
            }
        }
    }
    out.push_str("\n## API\n\n| method | path | what | answers |\n| --- | --- | --- | --- |\n");
    let document = openapi();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let answers: BTreeSet<&String> = operation["responses"].as_object().unwrap().keys().collect();
            let answers = answers.into_iter().cloned().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "| {} | `{path}` | {} | {answers} |", method.to_uppercase(), operation["summary"].as_str().unwrap_or(""));
        }
    }
    out.push_str("\n## Duties\n\n| code | words | held |\n| --- | --- | --- |\n");
    for duty in Duty::ALL {
        let _ = writeln!(out, "| `{duty}` | {} | {} |", duty.label(), duty.scope().label());
    }
    out.push_str("\n## State outside the book\n\n| table | its keys live for |\n| --- | --- |\n");
    for kind in Kind::ALL {
        let _ = writeln!(out, "| `{}` | {} days |", kind.table(), kind.life_days());
    }
    out.push_str("| `commands` | no key; a MAC, 400 days |\n| `notice_checkpoint` | no key; a position |\n");
    out.push_str("\n## Views\n\n| view | version |\n| --- | --- |\n");
    for view in wardbook_views::views() {
        let _ = writeln!(out, "| {} | {} |", view.name(), view.version());
    }
    compare("docs/contracts.md", &out);
}

/// Who may know what, as `wardbook policy show` prints it.
#[test]
fn need_to_know_is_written_down() {
    let intro = "# Who may know what\n\nMade from the code by `tests/system/tests/contracts/main.rs`; `wardbook policy show` prints it with the routes of \
                 the profile in force. The rule is one pure function, `crates/domain/src/need_to_know.rs`.\n\n";
    compare("docs/need-to-know.md", &format!("{intro}{}", wardbook_app::policy::need_to_know_table()));
}

/// One event of every type as its fields are sealed: what is once written must be read for ever.
#[test]
fn the_events_of_version_1_are_read_as_they_were_written() {
    let text = std::fs::read_to_string(file("tests/vectors/events-v1.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut seen = BTreeSet::new();
    for vector in &vectors {
        let (name, schema) = (vector["type"].as_str().unwrap(), u16::try_from(vector["schema_version"].as_u64().unwrap()).unwrap());
        let event = AnyEvent::read(name, schema, vector["fields"].as_object().unwrap().clone()).unwrap();
        let written = written(&event);
        for (field, _, value) in &written.fields {
            // An older version is brought up to date: what it had stands there unchanged, under the name that it has now.
            if let Some(was) = vector["fields"].get(former(name, schema, field)) {
                assert_eq!(value, was, "{name} v{schema}: {field}");
            } else {
                assert!(written.kind.schema > schema, "{name} v{schema} has no {field}");
            }
        }
        let known: BTreeSet<&str> = written.fields.iter().map(|(field, _, _)| former(name, schema, field)).collect();
        assert!(vector["fields"].as_object().unwrap().keys().all(|field| known.contains(field.as_str())), "{name} v{schema}");
        seen.insert((name.to_owned(), schema));
    }
    let all = all_types().into_iter().chain(older_types());
    let all: BTreeSet<(String, u16)> = all.map(|kind| (kind.name.to_owned(), kind.schema)).collect();
    assert_eq!(seen, all, "every type and version has its vector");
}

/// Fields that had another name in an older version: type, version, then and now.
const RENAMED: &[(&str, u16, &str, &str)] = &[("evidence.added", 1, "report", "record")];

/// The name of a field in this version.
fn former<'a>(name: &str, schema: u16, field: &'a str) -> &'a str {
    let renamed = RENAMED.iter().find(|(of, version, _, now)| (*of, *version, *now) == (name, schema, field));
    renamed.map_or(field, |(_, _, then, _)| then)
}

fn written(event: &AnyEvent) -> Written {
    match event {
        AnyEvent::Settings(event) => event.written(),
        AnyEvent::Directory(event) => event.written(),
        AnyEvent::Report(event) => event.written(),
        AnyEvent::Case(event) => event.written(),
        AnyEvent::Alert(event) => event.written(),
        AnyEvent::Evidence(event) => event.written(),
        AnyEvent::Trace(event) => event.written(),
        AnyEvent::Cube(event) => event.written(),
    }
}

/// Every table of the database is the book's, the views', the blob store's or on the list of state; a new one must be put on a list (design §5).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_is_on_a_list() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let trust = Trust::new(engine, 51).await;
        let db = Database::connect(trust.places.database()).await.unwrap();
        let sql = match engine {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Engine::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let mut known: BTreeSet<String> = Kind::ALL.iter().map(|kind| kind.table().to_owned()).collect();
        known.extend(
            [
                "events",
                "heads",
                "commands",
                "blobs",
                "blob_parts",
                "view_rows",
                "view_checkpoints",
                "notice_checkpoint",
                "_sqlx_migrations",
            ]
            .map(str::to_owned),
        );
        let found: BTreeSet<String> = fetch(&db, sql.into(), &[]).await.unwrap().iter().map(|row| row.text(0).unwrap()).collect();
        assert_eq!(found, known, "{engine:?}");
    }
}

/// The meta items and fields of a real event are what the page says, item by item, and its leaf's root covers all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_event_has_the_declared_items() {
    let trust = Trust::with_directory(Engine::Sqlite, 52).await;
    let rows = sample_rows(wardbook_app::import::ImportKind::Reports).into_iter().take(1).collect();
    trust.import(wardbook_app::import::ImportKind::Reports, rows).await;
    let sealed: Opener = trust.app.opener().clone();
    let stored = trust.app.read_book(0, 1000).await.unwrap();
    let mut reports = 0;
    for event in &stored {
        let opened = sealed.open(event, &FieldGroup::ALL).await.unwrap();
        if matches!(opened.event, AnyEvent::Report(ReportEvent::Filed(_))) {
            assert_eq!(event.envelopes().len(), 3);
            reports += 1;
        }
    }
    assert_eq!(reports, 1);
}

/// Every row of a "cannot" in `docs/threat-model.md` names tests, and each is one: `path` (`name`, `name`).
#[test]
fn what_the_threat_model_says_is_held_by_tests() {
    let text = std::fs::read_to_string(file("docs/threat-model.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && *line != "| cannot | held by |" && !line.starts_with("| ---"));
    let mut all = 0;
    for row in rows {
        let (_, held_by) = row.trim_end_matches(" |").rsplit_once(" | ").unwrap();
        let words: Vec<&str> = held_by.split('`').skip(1).step_by(2).collect();
        let (mut path, mut held) = ("", 0);
        for word in words {
            if std::path::Path::new(word).extension().is_some_and(|extension| extension == "rs") {
                assert!(path.is_empty() || held > 0, "{path} is named without a test: {row}");
                (path, held) = (word, 0);
            } else {
                assert!(is_test(path, word), "{path} has no test {word}");
                (held, all) = (held + 1, all + 1);
            }
        }
        assert!(held > 0, "nothing holds this: {row}");
    }
    assert!(all > 50, "{all}");
}

/// Whether a file has a test of this name: one with the attribute, or one that a list of tests hands to a macro (in the file itself, or in
/// the `main.rs` or `mod.rs` beside it).
fn is_test(path: &str, name: &str) -> bool {
    let own = std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let Some((before, _)) = own.split_once(&format!("fn {name}(")) else { return false };
    let above = before.rsplit_once('\n').map_or("", |(above, _)| above);
    let mut attributes = above.lines().rev().map(str::trim_start).take_while(|line| line.starts_with("#["));
    let beside = ["main.rs", "mod.rs"].map(|name| std::fs::read_to_string(file(path).with_file_name(name)).unwrap_or_default()).concat();
    let listed = |line: &str| {
        let names = line.trim().trim_start_matches("on_both_engines!(").trim_end_matches(");");
        names.trim_end_matches([',', ';']).split(", ").any(|listed| listed == name)
    };
    attributes.any(|line| line.contains("test")) || own.lines().chain(beside.lines()).any(listed)
}

#[test]
fn a_helper_or_a_name_that_is_gone_is_no_test() {
    let this = "tests/system/tests/contracts/main.rs";
    assert!(is_test(this, "a_helper_or_a_name_that_is_gone_is_no_test"));
    assert!(is_test("tests/system/tests/scenarios/foreign.rs", "nothing_forged_opens_anything"), "listed on the line of its macro");
    assert!(is_test("crates/ledger/tests/contract/tampering.rs", "a_fork_is_found"), "listed in the file beside it");
    assert!(!is_test(this, "is_test") && !is_test(this, "what_was_never_written"));
}
