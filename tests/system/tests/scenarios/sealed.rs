//! Records that cannot be opened: each case its own words, lists still work, and who may not know hears nothing (design §4).

use axum::http::StatusCode;
use serde_json::json;
use wardbook_domain::Duty;
use wardbook_ledger::Database;
use wardbook_system_tests::{Engine, Trust, on_both_engines, report};
use wardbook_testkit::sqlite_url;
use wardbook_views::sql::{Arg, execute, fetch};

on_both_engines!(
    a_record_without_its_key_is_shown_as_sealed_and_the_rest_goes_on,
    a_closed_case_that_was_altered_is_sealed_wherever_it_is_asked_for,
);

/// What is done to a record, and what its reader is then told.
const CASES: [(&str, StatusCode, &str); 4] = [
    ("tombstone", StatusCode::GONE, "was disposed of"),
    ("no row", StatusCode::INTERNAL_SERVER_ERROR, "its key is missing"),
    ("flipped key", StatusCode::INTERNAL_SERVER_ERROR, "was altered"),
    ("flipped bit", StatusCode::INTERNAL_SERVER_ERROR, "was altered"),
];

async fn a_record_without_its_key_is_shown_as_sealed_and_the_rest_goes_on(engine: Engine) {
    let trust = Trust::with_directory(engine, 21).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let other = trust.token("sunil.young@example.org", "Sunil Young", Duty::Headteacher, Some("SCH02")).await;
    let book = Database::connect(trust.places.database()).await.unwrap();
    let keys = Database::connect(&sqlite_url(trust.places.key_store().parent().unwrap(), "keys.db")).await.unwrap();
    for (harm, status, words) in CASES {
        let form = report("SCH01", "loss_of_equipment", &format!("A tablet is gone ({harm})."));
        let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
        damage(&book, &keys, (&hex::decode(&id).unwrap(), 1), harm).await;
        trust.places.tick(61); // opened keys stay in memory for a minute at most
        let path = format!("/api/v1/reports/{id}");
        let shown = trust.call("GET", &path, Some(&head), None).await;
        assert_eq!(shown.status, status, "{harm}: {}", shown.text);
        assert!(shown.json()["detail"].as_str().unwrap().contains(words), "{harm}: {}", shown.text);
        let queue = trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok();
        let row = queue["items"].as_array().unwrap().iter().find(|item| item["id"] == json!(id)).unwrap().clone();
        assert_eq!((row["state"].as_str(), row["school"].as_str()), (Some("sealed"), Some("")), "{harm}");
        assert!(row["sealed"].as_str().unwrap().contains(words), "{harm}: {row}");
        let stranger = trust.call("GET", &path, Some(&other), None).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{harm}: who may not know hears nothing");
    }
    // Rebuilt without their keys, sealed records go on being listed.
    let before = trust.call("GET", "/api/v1/queue?limit=100", Some(&head), None).await.ok();
    trust.app.rebuild(None, |_, _, _| ()).await.unwrap();
    assert_eq!(trust.call("GET", "/api/v1/queue?limit=100", Some(&head), None).await.ok(), before);
    let healthy = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&report("SCH01", "loss_of_equipment", "Fine."))).await.ok();
    let path = format!("/api/v1/reports/{}", healthy["id"].as_str().unwrap());
    assert_eq!(trust.call("GET", &path, Some(&head), None).await.status, StatusCode::OK);
}

/// A closed case is owed by nobody: it is on the list of cases alone.
async fn a_closed_case_that_was_altered_is_sealed_wherever_it_is_asked_for(engine: Engine) {
    let trust = Trust::with_directory(engine, 22).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let other = trust.token("sunil.young@example.org", "Sunil Young", Duty::Headteacher, Some("SCH02")).await;
    let report = trust.file(&reporter, &report("SCH01", "loss_of_equipment", "A tablet is gone.")).await;
    let assess = json!({ "categories": ["training_need"], "reason": "Nobody knew how to lock it." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{report}/assessment"), Some(&head), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    trust.deal_with(&case, &head).await;
    let close = json!({ "outcome": "action_taken", "reason": "Everyone has been on the course." });
    let closed = trust.call("POST", &format!("/api/v1/cases/{case}/close"), Some(&head), Some(&close)).await.ok();
    let last = i64::try_from(closed["timeline"].as_array().unwrap().len()).unwrap();

    let book = Database::connect(trust.places.database()).await.unwrap();
    let keys = Database::connect(&sqlite_url(trust.places.key_store().parent().unwrap(), "keys.db")).await.unwrap();
    damage(&book, &keys, (&hex::decode(&case).unwrap(), last), "flipped bit").await;
    for path in [format!("/api/v1/cases/{case}"), format!("/api/v1/reads?record={case}")] {
        let told = trust.call("GET", &path, Some(&head), None).await;
        assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}: {}", told.text);
        assert!(told.json()["detail"].as_str().unwrap().contains("was altered"), "{path}: {}", told.text);
        let stranger = trust.call("GET", &path, Some(&other), None).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{path}: who may not know hears nothing");
    }
}

/// Does harm to an event of a stream, the one of this version.
async fn damage(book: &Database, keys: &Database, (stream, version): (&[u8], i64), harm: &str) {
    let sql = "SELECT sealed, position FROM events WHERE stream_id = $1 AND version = $2";
    let row = &fetch(book, sql.into(), &[Arg::Bytes(stream), Arg::Int(version)]).await.unwrap()[0];
    let (mut sealed, position) = (row.bytes(0).unwrap(), row.int(1).unwrap());
    // u8 count | u32 length | version byte | key id: see docs/format.md.
    let key = sealed[6..22].to_vec();
    let touched = match harm {
        "tombstone" => {
            execute(keys, "UPDATE key_record SET wrapped = NULL, destroyed_at = 1 WHERE key_id = $1".into(), &[Arg::Bytes(&key)]).await
        }
        "no row" => execute(keys, "DELETE FROM key_record WHERE key_id = $1".into(), &[Arg::Bytes(&key)]).await,
        "flipped key" => {
            let rows = fetch(keys, "SELECT wrapped FROM key_record WHERE key_id = $1".into(), &[Arg::Bytes(&key)]).await.unwrap();
            let mut wrapped = rows[0].bytes(0).unwrap();
            wrapped[40] ^= 1;
            execute(keys, "UPDATE key_record SET wrapped = $1 WHERE key_id = $2".into(), &[Arg::Bytes(&wrapped), Arg::Bytes(&key)]).await
        }
        _ => {
            sealed[100] ^= 1;
            execute(book, "UPDATE events SET sealed = $1 WHERE position = $2".into(), &[Arg::Bytes(&sealed), Arg::Int(position)]).await
        }
    };
    assert_eq!(touched.unwrap(), 1, "{harm}");
}
