//! Views: exactly once over kills and replicas; a rebuild equals the incremental run (design §1.7, §5).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use wardbook_app::{App, import::ImportKind};
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, Trust, on_both_engines, sample_rows};

on_both_engines!(
    a_rebuild_equals_the_incremental_run_over_the_year_with_kills,
    a_rebuild_runs_beside_the_live_view_and_an_interrupted_one_leaves_no_trace,
);

const VIEWS: [&str; 7] = ["queue", "report", "case", "breach", "alert", "directory", "reads"];

async fn dumps(app: &App) -> Vec<String> {
    let mut all = vec![];
    for view in VIEWS {
        all.push(app.dump(view).await.unwrap());
    }
    all
}

/// Runs the views and kills the run at random instants, until told to stop; a killed transaction is rolled back by its engine.
fn killer(app: App, seed: u64, done: Arc<AtomicBool>) -> tokio::task::JoinHandle<u32> {
    tokio::spawn(async move {
        let (mut rng, mut kills) = (StdRng::seed_from_u64(seed), 0);
        while !done.load(Ordering::SeqCst) {
            let run = app.start();
            for _ in 0..rng.random_range(1..400) {
                tokio::task::yield_now().await;
            }
            run.abort();
            kills += 1;
        }
        kills
    })
}

async fn a_rebuild_equals_the_incremental_run_over_the_year_with_kills(engine: Engine) {
    let trust = Trust::with_directory(engine, 11).await;
    let replica = trust.places.open(1).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let killed = killer(replica.app.clone(), 7, Arc::clone(&done));
    let (mut rows, mut rng) = (sample_rows(ImportKind::Reports), StdRng::seed_from_u64(9));
    while !rows.is_empty() {
        let batch = rows.drain(..rng.random_range(1..=rows.len().min(40))).collect();
        assert_eq!(trust.import(ImportKind::Reports, batch).await.refused, vec![]);
    }
    assert_eq!(trust.import(ImportKind::Alerts, sample_rows(ImportKind::Alerts)).await.refused, vec![]);
    let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
    let alerts = trust.call("GET", "/api/v1/alerts", Some(&dsl), None).await.ok();
    for (group, decision) in alerts["groups"].as_array().unwrap().iter().zip(["raise", "dismiss", "dismiss"]) {
        let decide = serde_json::json!({ "alerts": [group["alerts"][0]["id"]], "decision": decision, "reason": "r" });
        trust.call("POST", "/api/v1/alerts/decide", Some(&dsl), Some(&decide)).await.ok();
    }
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let queue = trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok();
    for item in queue["items"].as_array().unwrap().iter().take(5) {
        let path = format!("/api/v1/reports/{}/assessment", item["id"].as_str().unwrap());
        let assess = serde_json::json!({ "categories": ["training_need", "data_breach"], "reason": "r" });
        trust.call("POST", &path, Some(&head), Some(&assess)).await.ok();
    }
    done.store(true, Ordering::SeqCst);
    assert!(killed.await.unwrap() > 10, "the run was killed many times");
    trust.app.catch_up().await.unwrap();
    let incremental = dumps(&trust.app).await;
    assert!(incremental[0].lines().count() > 150 && incremental[4].lines().count() > 170, "the dumps have rows");
    assert!(incremental[2].lines().count() > 10 && incremental[3].lines().count() > 10 && incremental[5].lines().count() > 12);
    for view in VIEWS {
        trust.app.rebuild(Some(view), |_, _, _| ()).await.unwrap();
    }
    let rebuilt = dumps(&trust.app).await;
    for (before, after) in incremental.iter().zip(&rebuilt) {
        assert_eq!(before, after);
    }
    // Served rows come from the new generation and say the same.
    assert_eq!(trust.call("GET", "/api/v1/cases?limit=1000", Some(&head), None).await.ok()["items"].as_array().unwrap().len(), 10);
}

async fn a_rebuild_runs_beside_the_live_view_and_an_interrupted_one_leaves_no_trace(engine: Engine) {
    let trust = Trust::with_directory(engine, 12).await;
    trust.import(ImportKind::Reports, sample_rows(ImportKind::Reports)).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let served = trust.call("GET", "/api/v1/queue?limit=1000", Some(&head), None).await.ok();
    for round in 0..5_u64 {
        let app = trust.app.clone();
        let rebuild = tokio::spawn(async move { app.rebuild(Some("queue"), |_, _, _| ()).await });
        for _ in 0..round * 40 {
            tokio::task::yield_now().await;
        }
        let during = trust.call("GET", "/api/v1/queue?limit=1000", Some(&head), None).await.ok();
        assert_eq!(during["items"], served["items"], "serving never waits for a rebuild and never shows half of one");
        rebuild.abort();
    }
    trust.app.rebuild(None, |_, _, _| ()).await.unwrap();
    assert_eq!(trust.call("GET", "/api/v1/queue?limit=1000", Some(&head), None).await.ok()["items"], served["items"]);
    let unknown = trust.app.rebuild(Some("nonsense"), |_, _, _| ()).await.unwrap_err();
    assert!(unknown.to_string().contains("view"), "{unknown}");
}

/// Two processes' worth of runners on one PostgreSQL database: each event is taken in by exactly one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_share_the_work_exactly_once() {
    let trust = Trust::with_directory(Engine::Postgres, 13).await;
    let replica = trust.places.open(1).await.unwrap();
    trust.import(ImportKind::Reports, sample_rows(ImportKind::Reports)).await;
    replica.app.wait_for_views().await.unwrap();
    let size = trust.app.head_size().await.unwrap();
    for view in VIEWS {
        let dump = trust.app.dump(view).await.unwrap();
        let version = wardbook_views::views().iter().find(|known| known.name() == view).unwrap().version();
        assert!(dump.starts_with(&format!("{view} version {version} position {size}\n")), "{}", dump.lines().next().unwrap_or(""));
        assert_eq!(dump, replica.app.dump(view).await.unwrap());
    }
    let before = dumps(&trust.app).await;
    replica.app.rebuild(None, |_, _, _| ()).await.unwrap();
    assert_eq!(before, dumps(&trust.app).await);
    // What one replica is told, the other shows: a report filed here stands in the queue there.
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let form = wardbook_system_tests::report("SCH01", "loss_of_equipment", "A tablet is gone.");
    let id = replica.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].clone();
    let queue = trust.call("GET", "/api/v1/queue?limit=1000", Some(&head), None).await.ok();
    assert!(queue["items"].as_array().unwrap().iter().any(|item| item["id"] == id));
}
