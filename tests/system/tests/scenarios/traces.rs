//! Reading is an event (design §1.5): one durable trace a page, in the reader's own access stream, and no page without it.

use axum::http::StatusCode;
use serde_json::json;
use wardbook_domain::{Duty, FieldGroup, event::AnyEvent, trace::TraceEvent};
use wardbook_system_tests::{Engine, Places, Trust, on_both_engines, report};
use wardbook_testkit::TestPg;

on_both_engines!(
    a_page_leaves_one_trace_with_the_records_it_showed,
    no_page_leaves_without_its_trace,
    two_who_assess_at_once_open_one_set_of_cases,
    a_restart_finds_everything,
);

/// Every trace in the book: reader, page, records; and the stream it is in.
async fn traces(trust: &Trust) -> Vec<([u8; 16], String, String, Vec<String>)> {
    let mut all = vec![];
    for stored in trust.app.read_book(0, 1000).await.unwrap() {
        let opened = trust.app.opener().open(&stored, &FieldGroup::ALL).await.unwrap();
        if let AnyEvent::Trace(TraceEvent::Shown(shown)) = opened.event {
            assert_eq!(opened.meta.actor, Some(shown.reader));
            let records = shown.records.iter().map(ToString::to_string).collect();
            all.push((*stored.stream.as_bytes(), shown.reader.to_string(), shown.page.clone(), records));
        }
    }
    all
}

async fn a_page_leaves_one_trace_with_the_records_it_showed(engine: Engine) {
    let trust = Trust::with_directory(engine, 61).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let form = report("SCH01", "loss_of_equipment", "A tablet is gone.");
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
    let before = traces(&trust).await;
    assert_eq!(
        before.iter().map(|(_, _, page, records)| (page.as_str(), records.clone())).collect::<Vec<_>>(),
        [("receipt", vec![id.clone()])]
    );
    trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok();
    trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    trust.places.tick(3 * 86_400); // into November: a stream of its own
    trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    let after = traces(&trust).await;
    let pages: Vec<&str> = after[1..].iter().map(|(_, _, page, _)| page.as_str()).collect();
    assert_eq!(pages, ["queue", "report", "report"]);
    assert!(after[1..].iter().all(|(_, _, _, records)| records == std::slice::from_ref(&id)));
    assert_ne!(after[0].0, after[1].0, "readers have streams of their own");
    assert_eq!(after[1].0, after[2].0);
    assert_ne!(after[2].0, after[3].0, "and one a month");
    // What is not found is not read: no trace.
    assert_eq!(trust.call("GET", &format!("/api/v1/cases/{id}"), Some(&head), None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(traces(&trust).await.len(), after.len());
}

async fn no_page_leaves_without_its_trace(engine: Engine) {
    let trust = Trust::with_directory(engine, 62).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let form = report("SCH01", "loss_of_equipment", "A tablet is gone.");
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
    trust.app.shutdown().await; // the trace writer takes nothing more in
    let answer = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&reporter), None).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.text.contains("tablet"));
}

async fn two_who_assess_at_once_open_one_set_of_cases(engine: Engine) {
    let trust = Trust::with_directory(engine, 63).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let lead = trust.token("it@example.org", "Ida Tan", Duty::ItLead, None).await;
    // Two replicas where the engine allows it.
    let other = if engine == Engine::Postgres { Some(trust.places.open(1).await.unwrap()) } else { None };
    for n in 0..5 {
        let form = report("SCH01", "loss_of_equipment", &format!("Tablet {n} is gone."));
        let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/reports/{id}/assessment");
        let assess = json!({ "categories": ["training_need", "policy_review"], "reason": "r" });
        let second = other.as_ref().unwrap_or(&trust);
        let (one, two) =
            tokio::join!(trust.call("POST", &path, Some(&head), Some(&assess)), second.call("POST", &path, Some(&lead), Some(&assess)),);
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
    }
    trust.app.wait_for_views().await.unwrap();
    let cases = trust.call("GET", "/api/v1/cases", Some(&head), None).await.ok();
    assert_eq!(cases["items"].as_array().unwrap().len(), 10);
}

async fn a_restart_finds_everything(engine: Engine) {
    let trust = Trust::with_directory(engine, 64).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let form = report("SCH01", "loss_of_equipment", "A tablet is gone.");
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].clone();
    let places = trust.stop().await;
    let again = places.open(7).await.unwrap();
    assert_eq!(again.app.trust_name(), "Oakfield Trust");
    assert_eq!(again.call("GET", "/api/v1/queue", Some(&head), None).await.ok()["items"][0]["id"], id);
    let verdict = again.app.verify(&wardbook_app::checkpoint::VerifyAsk::default(), |_, _| ()).await.unwrap();
    assert!(verdict.intact && verdict.commands_checked, "{verdict:?}");
}

/// One backup would hold both: the key store may not be in the book's own cluster (design §4).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn book_and_keys_in_one_cluster_are_refused() {
    let pg = TestPg::shared();
    let (book, keys) = (pg.fresh_database().await, pg.fresh_database().await);
    let places = Places::at(Some(book), 65);
    let mut opening = places.opening(0);
    opening.keys = keys;
    let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(1);
    let recovery = wardbook_vault::RecoveryIdentity::generate(&mut rng).recipient();
    let profile = wardbook_app::setup::SHIPPED_PROFILES[0].1;
    let refused = wardbook_app::App::create(opening, "Oakfield Trust", profile, &recovery).await.unwrap_err();
    assert!(matches!(refused, wardbook_app::setup::SetupError::SameCluster), "{refused}");
}

/// A type that is not sealed does not reach the book: there is no way in for bytes or text (see the twin doctests of the ledger).
#[test]
fn only_envelopes_are_envelopes() {
    for bytes in [b"A laptop was left on the train.".to_vec(), vec![1; 600], vec![0; 601], vec![]] {
        assert!(wardbook_ledger::Envelope::parse(bytes).is_err());
    }
}
