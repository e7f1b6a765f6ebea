//! What the book, the views and the key store show without keys: nothing about which matter, person, school or duty a row is of.
//!
//! Two trusts differ only in that. The same tables are touched; every value that is not an instant is equal once it is replaced by
//! its order of appearance. The number of rows of the views and due instants are excepted, as `docs/threat-model.md` says.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
};

use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_ledger::Database;
use wardbook_system_tests::{Engine, Trust, on_both_engines};
use wardbook_testkit::sqlite_url;
use wardbook_views::sql::{Row, fetch};

on_both_engines!(a_low_level_concern_looks_like_a_lost_laptop, one_school_and_person_look_like_another);

/// A matter: the form, and who receives it.
struct Matter {
    form: Value,
    receiver: (&'static str, &'static str, Duty, &'static str),
}

const UMA: (&str, &str, Duty, &str) = ("uma.jones@example.org", "Uma Jones", Duty::Headteacher, "SCH01");

fn laptop() -> Matter {
    let form = json!({ "school": "SCH01", "types": ["loss_of_equipment"], "what_happened": "A laptop was left on the train." });
    Matter { form, receiver: UMA }
}

fn concern(school: &str, staff_id: &str, name: &str, receiver: (&'static str, &'static str, Duty, &'static str)) -> Matter {
    let form = json!({ "school": school, "types": ["low_level_concern"], "what_happened": "He gave a present to one boy.",
        "staff": [{ "staff_id": staff_id, "name": name, "part": "subject" }] });
    Matter { form, receiver }
}

async fn a_low_level_concern_looks_like_a_lost_laptop(engine: Engine) {
    let one = traces_of(engine, laptop()).await;
    let other = traces_of(engine, concern("SCH01", "SCH01-009", "Tariq Patel", UMA)).await;
    compare(&one, &other);
}

async fn one_school_and_person_look_like_another(engine: Engine) {
    let one = traces_of(engine, concern("SCH01", "SCH01-009", "Tariq Patel", UMA)).await;
    let sunil = ("sunil.young@example.org", "Sunil Young", Duty::Headteacher, "SCH02");
    let other = traces_of(engine, concern("SCH02", "SCH02-010", "Ewan Ellison", sunil)).await;
    compare(&one, &other);
}

/// What a reader without keys sees of a trust in which this matter was filed, assessed, noted and closed.
struct Seen {
    /// Every event after set-up until the case was opened, in order, ids replaced by their order of appearance.
    events: Vec<String>,
    /// The sizes of what followed until it was closed. How many acts that takes, and which of them move its due instant, is what its matter
    /// asks for (`docs/threat-model.md`); each looks like the others.
    sizes: BTreeSet<String>,
    /// For each table, the shapes of its rows.
    shapes: BTreeMap<String, BTreeSet<String>>,
}

fn compare(one: &Seen, other: &Seen) {
    assert!(one.events.len() > 6, "the matter left events: {}", one.events.len());
    assert_eq!(one.events, other.events);
    assert_eq!(one.sizes, other.sizes);
    assert_eq!(one.shapes.keys().collect::<Vec<_>>(), other.shapes.keys().collect::<Vec<_>>(), "the same tables are touched");
    for (table, shapes) in &one.shapes {
        assert_eq!(shapes, &other.shapes[table], "{table}");
    }
}

async fn traces_of(engine: Engine, matter: Matter) -> Seen {
    let trust = Trust::with_directory(engine, 31).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let (email, name, duty, school) = matter.receiver;
    let receiver = trust.token(email, name, duty, Some(school)).await;
    let before = trust.app.head_size().await.unwrap();
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&matter.form)).await.ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&receiver), None).await.ok()["items"].as_array().unwrap().len(), 1);
    let assess = json!({ "categories": ["other"], "other": "Something else", "reason": "To be looked into." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&receiver), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    let act = async |verb: &str, body: Value| {
        trust.call("POST", &format!("/api/v1/cases/{case}/{verb}"), Some(&receiver), Some(&body)).await.ok();
    };
    let book = Database::connect(trust.places.database()).await.unwrap();
    let until_opened = events(&book, before).await;
    let opened = trust.app.head_size().await.unwrap();
    act("note", json!({ "text": "Spoke to him." })).await;
    trust.deal_with(&case, &receiver).await;
    act("close", json!({ "outcome": "action_taken", "reason": "Settled." })).await;
    let sizes = events(&book, opened).await.iter().map(|event| event.rsplit(' ').next().unwrap().to_owned()).collect();
    let keys = Database::connect(&sqlite_url(trust.places.key_store().parent().unwrap(), "keys.db")).await.unwrap();
    let mut shapes = BTreeMap::new();
    for (db, label) in [(&book, "book"), (&keys, "keys")] {
        for table in tables(db).await {
            let rows = shapes_of(db, &table).await;
            if !rows.is_empty() {
                shapes.insert(format!("{label}.{table}"), rows);
            }
        }
    }
    Seen { events: until_opened, sizes, shapes }
}

async fn events(book: &Database, from: u64) -> Vec<String> {
    let sql = format!("SELECT stream_id, version, sealed FROM events WHERE position >= {from} ORDER BY position");
    let (mut seen, mut out) = (HashMap::new(), vec![]);
    for row in fetch(book, sql, &[]).await.unwrap() {
        let sealed = row.bytes(2).unwrap();
        let mut line = format!("stream {} version {}", order(&mut seen, row.bytes(0).unwrap()), row.int(1).unwrap());
        let mut rest = &sealed[1..];
        while !rest.is_empty() {
            let size = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let key = order(&mut seen, rest[5..21].to_vec());
            let _ = write!(line, " key {key} size {size}");
            rest = &rest[4 + size..];
        }
        out.push(line);
    }
    out
}

fn order(seen: &mut HashMap<Vec<u8>, usize>, value: Vec<u8>) -> usize {
    let next = seen.len();
    *seen.entry(value).or_insert(next)
}

async fn tables(db: &Database) -> Vec<String> {
    let sql = match db {
        Database::Sqlite { .. } => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        Database::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    };
    let rows = fetch(db, sql.into(), &[]).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).filter(|name| !name.starts_with('_') && !name.starts_with("sqlite_")).collect()
}

/// The shapes of a table's rows: how long its bytes are, and its texts as they stand. Numbers (positions, instants, versions) are the
/// events' and are compared there.
async fn shapes_of(db: &Database, table: &str) -> BTreeSet<String> {
    let columns = match db {
        Database::Sqlite { .. } => format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY name"),
        Database::Postgres(_) => {
            format!("SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1")
        }
    };
    let columns = fetch(db, columns, &[]).await.unwrap();
    let columns: Vec<(String, String)> =
        columns.iter().map(|row: &Row| (row.text(0).unwrap(), row.text(1).unwrap().to_lowercase())).collect();
    let select = |(name, kind): &(String, String)| match kind.as_str() {
        // An age file's own random stanza changes its length from one trust to the next.
        _ if table == "key_audience" || name == "service" || name == "recovery" => "'-'".to_owned(),
        // The frontier has a hash for each one bit of the size.
        _ if name == "frontier" || name == "sealed" && table == "events" => "'-'".to_owned(),
        "blob" | "bytea" => format!("COALESCE(CAST(length({name}) AS TEXT), 'none')"),
        "text" => format!("COALESCE({name}, 'none')"),
        _ => format!("'{name}'"),
    };
    let list: Vec<String> = columns.iter().map(select).collect();
    let rows = fetch(db, format!("SELECT {} FROM {table}", list.join(" || ' ' || ")), &[]).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).collect()
}
