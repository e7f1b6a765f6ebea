//! Searching what the reader may read: over HTTP, on both engines.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::ImportKind;
use wardbook_domain::{Duty, reading::SEARCH, trace::Shown};
use wardbook_ledger::Database;
use wardbook_system_tests::{Engine, PURPOSE, Trust, on_both_engines, report, sample_rows};
use wardbook_views::sql::fetch;

on_both_engines!(
    what_a_reader_may_read_is_found_and_nothing_else,
    names_references_days_and_kinds_narrow_it,
    a_search_is_its_asker_s_alone_and_ends,
    one_trace_names_the_hits_that_are_shown_and_not_what_was_looked_through,
    pages_go_on_where_the_last_one_ended,
    what_is_hidden_from_the_reader_is_not_found_and_costs_nothing,
    a_purpose_is_asked_where_the_profile_asks_for_one,
    a_reporter_finds_their_own_words_and_no_more,
    what_was_searched_for_is_sealed_and_few_are_kept,
);

struct People {
    trust: Trust,
    reporter: String,
    head: String,
    dsl: String,
    it: String,
}

async fn people(engine: Engine, seed: u64) -> People {
    let trust = Trust::with_directory(engine, seed).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let dsl = trust.token("wren.adair@example.org", "Wren Adair", Duty::Dsl, Some("SCH01")).await;
    let it = trust.token("milo.reid@example.org", "Milo Reid", Duty::ItLead, Some("SCH01")).await;
    People { trust, reporter, head, dsl, it }
}

async fn start(trust: &Trust, token: &str, ask: &Value) -> String {
    let kept = trust.call("POST", "/api/v1/search", Some(token), Some(ask)).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text);
    kept.json()["id"].as_str().unwrap().to_owned()
}

async fn found(trust: &Trust, token: &str, ask: &Value) -> Value {
    let id = start(trust, token, ask).await;
    trust.call("GET", &format!("/api/v1/search/{id}"), Some(token), None).await.ok()
}

/// The ids that are found, newest first.
async fn ids(trust: &Trust, token: &str, ask: &Value) -> Vec<String> {
    found(trust, token, ask).await["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Every look at what a search found.
async fn looks(trust: &Trust) -> Vec<Shown> {
    let mut all = trust.looks().await;
    all.retain(|shown| shown.page == SEARCH);
    all
}

fn words(text: &str) -> Value {
    json!({ "words": text })
}

async fn what_a_reader_may_read_is_found_and_nothing_else(engine: Engine) {
    let all = people(engine, 701).await;
    let trust = &all.trust;
    let lost = trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", "A Tablet was left in the café.")).await;
    trust.places.tick(60);
    let online = trust.file(&all.reporter, &report("SCH01", "online_safety_concern", "A message about a tablet.")).await;
    assert_eq!(ids(trust, &all.head, &words("TABLET")).await, [online.clone(), lost.clone()], "newest first");
    assert_eq!(ids(trust, &all.head, &words("cafe tab")).await, std::slice::from_ref(&lost));
    assert_eq!(ids(trust, &all.it, &words("tablet")).await, std::slice::from_ref(&lost), "IT reads no safeguarding");
    assert_eq!(ids(trust, &all.dsl, &words("tablet")).await, std::slice::from_ref(&online));
    assert_eq!(ids(trust, &all.head, &words("torrent")).await, [""; 0]);

    // What is written since is found, by those who may read it.
    let assess = json!({ "categories": ["training_need"], "reason": "KANARE-reason", "action": "Cases for all", "shared": "x" });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{lost}/assessment"), Some(&all.head), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    trust
        .call("POST", &format!("/api/v1/cases/{case}/note"), Some(&all.head), Some(&json!({ "text": "Rang the Ångström company." })))
        .await
        .ok();
    assert_eq!(ids(trust, &all.head, &words("angstrom")).await, std::slice::from_ref(&case));
    let whole = found(trust, &all.head, &words("kanare")).await;
    let hit = &whole["items"][0];
    assert_eq!(
        (&hit["id"], &hit["record"], &hit["school"], &hit["state"]),
        (&json!(lost), &json!("report"), &json!("SCH01"), &json!("assessed"))
    );
    assert_eq!((&whole["next"], &whole["bounded"], &whole["searched"]), (&Value::Null, &json!(false), &json!(3)));
    assert!(!whole["items"].to_string().to_lowercase().contains("kanare"), "a hit shows what a list shows: {whole}");
}

async fn names_references_days_and_kinds_narrow_it(engine: Engine) {
    let all = people(engine, 702).await;
    let trust = &all.trust;
    let mut form = report("SCH01", "loss_of_equipment", "A camera is gone.");
    form["pupils"] = json!([{ "name": "Zsófia Szabó-Hussain", "pupil_id": "P-77" }]);
    form["staff"] = json!([{ "staff_id": "SCH01-014", "name": "as listed", "part": "witness" }]);
    (form["incident_on"], form["own_reports"]) = (json!("2026-10-20"), json!([{ "to": "police", "reference": "CAD 1234/20OCT" }]));
    let one = trust.file(&all.reporter, &form).await;
    let other = trust.file(&all.reporter, &report("SCH01", "misuse_of_ict", "A game in the lesson.")).await;
    let only = async |ask: Value| {
        let found = ids(trust, &all.head, &ask).await;
        assert!(found.iter().all(|id| *id == one || *id == other));
        (found.contains(&one), found.contains(&other))
    };
    let listed = trust.app.directory().await.unwrap();
    let tess = &listed.people[&listed.by_staff_id("SCH01-014").unwrap()].name;
    for person in ["szabo zsofia", "HUSSAIN", "p77", "SCH01-014", tess] {
        assert_eq!(only(json!({ "person": person })).await, (true, false), "{person}");
    }
    let quoted = format!("{}{}", &one[..4], &one[4..8]);
    let dashed = format!("{}-{}", &one[..4].to_uppercase(), &one[4..8].to_uppercase());
    for reference in ["cad1234 20oct", &quoted, &dashed] {
        assert_eq!(only(json!({ "reference": reference })).await, (true, false), "{reference}");
    }
    assert_eq!(only(json!({ "from": "2026-10-20", "to": "2026-10-20" })).await, (true, false));
    assert_eq!(only(json!({ "from": "2026-10-30" })).await, (true, true), "the day on which it was told");
    assert_eq!(only(json!({ "to": "2026-10-19" })).await, (false, false));
    assert_eq!(only(json!({ "kind": "misuse_of_ict" })).await, (false, true));
    assert_eq!(only(json!({ "kind": "misuse_of_ict", "person": "hussain" })).await, (false, false), "everything must fit");

    for (ask, field) in [
        (json!({}), "search"),
        (json!({ "person": "x" }), "person"),
        (json!({ "reference": "-" }), "reference"),
        (json!({ "words": "a" }), "words"),
        (json!({ "kind": "nonsense" }), "kind"),
        (json!({ "from": "2026-10-20", "to": "2026-10-19" }), "to"),
        (json!({ "from": "yesterday" }), "from"),
        (json!({ "query": "x" }), "query"),
    ] {
        let refused = trust.call("POST", "/api/v1/search", Some(&all.head), Some(&ask)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{ask}");
        assert!(refused.json()["errors"][0]["field"].as_str().unwrap().contains(field), "{ask}: {}", refused.text);
    }
}

async fn a_search_is_its_asker_s_alone_and_ends(engine: Engine) {
    let all = people(engine, 703).await;
    let trust = &all.trust;
    trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", "A tablet is gone.")).await;
    let id = start(trust, &all.head, &words("tablet")).await;
    let path = format!("/api/v1/search/{id}");
    let none = trust.call("GET", &format!("/api/v1/search/{}", "0".repeat(32)), Some(&all.it), None).await;
    for token in [&all.it, &all.dsl, &all.reporter] {
        let other = trust.call("GET", &path, Some(token), None).await;
        assert_eq!((other.status, &other.text), (StatusCode::NOT_FOUND, &none.text), "the same answer as for none at all");
    }
    assert_eq!(trust.call("GET", &path, None, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(trust.call("GET", "/api/v1/search/x", Some(&all.head), None).await.status, StatusCode::NOT_FOUND);
    trust.places.tick(12 * 3600 - 1);
    assert_eq!(trust.call("GET", &path, Some(&all.head), None).await.status, StatusCode::OK);
    trust.places.tick(2);
    assert_eq!(trust.call("GET", &path, Some(&all.head), None).await.status, StatusCode::NOT_FOUND);
}

async fn one_trace_names_the_hits_that_are_shown_and_not_what_was_looked_through(engine: Engine) {
    let all = people(engine, 704).await;
    let trust = &all.trust;
    let mut hits = vec![];
    for story in ["A red tablet is gone.", "A camera is gone.", "A blue tablet is gone.", "A kettle is gone."] {
        hits.push(trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", story)).await);
        trust.places.tick(1);
    }
    let id = start(trust, &all.head, &words("tablet")).await;
    assert_eq!(looks(trust).await, vec![], "nothing is shown yet");
    let before = trust.app.head_size().await.unwrap();
    trust.call("GET", &format!("/api/v1/search/{id}"), Some(&all.head), None).await.ok();
    assert_eq!(trust.app.head_size().await.unwrap() - before, 1);
    let look = looks(trust).await.pop().unwrap();
    let named: Vec<String> = look.records.iter().map(ToString::to_string).collect();
    assert_eq!(named, [hits[2].clone(), hits[0].clone()]);
    assert_eq!((look.reading_as, look.purpose.as_str()), (Some(Duty::Headteacher), "case_work"));
    let nothing = start(trust, &all.head, &words("saucepan")).await;
    let before = trust.app.head_size().await.unwrap();
    trust.call("GET", &format!("/api/v1/search/{nothing}"), Some(&all.head), None).await.ok();
    assert_eq!(trust.app.head_size().await.unwrap(), before, "what shows nothing leaves nothing");
    // Being found is being on a list.
    let reads = trust.call("GET", &format!("/api/v1/reads?record={}", hits[2]), Some(&all.head), None).await.ok();
    assert_eq!(reads["items"][0]["page"], json!(SEARCH), "{reads}");
    assert!(!reads.to_string().contains("tablet"), "the words are on no record");
}

async fn pages_go_on_where_the_last_one_ended(engine: Engine) {
    let all = people(engine, 705).await;
    let trust = &all.trust;
    let mut filed = vec![];
    for number in 0..5 {
        filed.push(trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", &format!("Tablet {number} is gone."))).await);
        trust.places.tick(i64::from(number % 2)); // some in the same second
    }
    let id = start(trust, &all.head, &words("tablet")).await;
    let (mut seen, mut next) = (vec![], String::new());
    for _ in 0..4 {
        let page = trust.call("GET", &format!("/api/v1/search/{id}?limit=2{next}"), Some(&all.head), None).await.ok();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    let mut expected = filed.clone();
    seen.sort_unstable();
    expected.sort_unstable();
    assert_eq!(seen, expected, "each once");
    // A cursor is good for its own search and its own reader.
    let other = start(trust, &all.head, &words("gone")).await;
    let wrong = trust.call("GET", &format!("/api/v1/search/{other}?limit=2{next}"), Some(&all.head), None).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn what_is_hidden_from_the_reader_is_not_found_and_costs_nothing(engine: Engine) {
    let all = people(engine, 706).await;
    let trust = &all.trust;
    trust.file(&all.reporter, &report("SCH01", "misuse_of_ict", "KANARE-story of a screen.")).await;
    let usual = found(trust, &all.head, &words("kanare")).await;
    let mut about = report("SCH01", "low_level_concern", "KANARE-story about the head.");
    about["about"] = json!({ "whom": "another", "name": "Uma Jones" });
    trust.file(&all.reporter, &about).await;
    let again = found(trust, &all.head, &words("kanare")).await;
    assert_eq!(again, usual, "neither a hit nor a record that was looked through");
    // What is settled on somebody later is gone from a search that they began before.
    let later = trust.file(&all.reporter, &report("SCH01", "misuse_of_ict", "KANARE-story of another screen.")).await;
    let id = start(trust, &all.it, &words("kanare")).await;
    let path = format!("/api/v1/search/{id}");
    let before = trust.call("GET", &path, Some(&all.it), None).await.ok();
    assert_eq!(before["items"].as_array().unwrap().len(), 2);
    let settle = json!({ "subjects": [{ "name": "Milo Reid" }], "reason": "It was his." });
    trust.call("POST", &format!("/api/v1/reports/{later}/subjects"), Some(&all.head), Some(&settle)).await.ok();
    let after = trust.call("GET", &path, Some(&all.it), None).await.ok();
    assert_eq!((after["items"].as_array().unwrap().len(), &after["searched"]), (1, &json!(1)));
}

async fn a_purpose_is_asked_where_the_profile_asks_for_one(engine: Engine) {
    let all = people(engine, 707).await;
    let trust = &all.trust;
    trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", "A tablet is gone.")).await;
    let ask = async |token: &str, purpose: &str| {
        trust.call_with("POST", "/api/v1/search", token, Some(&words("tablet")), &[(PURPOSE, purpose)]).await
    };
    let missing = ask(&all.head, "").await;
    assert_eq!((missing.status, missing.json()["type"].clone()), (StatusCode::BAD_REQUEST, json!("/problems/purpose-required")));
    assert_eq!(ask(&all.head, "nosiness").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ask(&all.reporter, "").await.status, StatusCode::CREATED, "nobody says why they look for their own words");
    let kept = ask(&all.head, "subject_access").await;
    let path = format!("/api/v1/search/{}", kept.json()["id"].as_str().unwrap());
    trust.call_with("GET", &path, &all.head, None, &[(PURPOSE, "")]).await.ok();
    assert_eq!(looks(trust).await.pop().unwrap().purpose, "subject_access", "said once, with what is looked for");
}

async fn a_reporter_finds_their_own_words_and_no_more(engine: Engine) {
    let all = people(engine, 708).await;
    let trust = &all.trust;
    let id = trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", "A tablet is gone.")).await;
    let other = trust.token("mara.lind@example.org", "Mara Lind", Duty::Reporter, Some("SCH01")).await;
    let correct = json!({ "field": "location", "text": "The gymnasium", "reason": "Found out." });
    trust.call("POST", &format!("/api/v1/reports/{id}/correct"), Some(&all.head), Some(&correct)).await.ok();
    let own = found(trust, &all.reporter, &words("tablet")).await;
    assert_eq!((&own["items"][0]["record"], &own["items"][0]["state"]), (&json!("receipt"), &Value::Null), "{own}");
    assert_eq!(ids(trust, &all.reporter, &words("gymnasium")).await, [""; 0], "what came after is not theirs");
    assert_eq!(ids(trust, &all.head, &words("gymnasium")).await, [id]);
    assert_eq!(ids(trust, &other, &words("tablet")).await, [""; 0]);
    let look = looks(trust).await.into_iter().find(|look| look.reading_as.is_none()).unwrap();
    assert_eq!((look.records.len(), look.purpose.as_str()), (1, "case_work"));
}

async fn what_was_searched_for_is_sealed_and_few_are_kept(engine: Engine) {
    let all = people(engine, 709).await;
    let trust = &all.trust;
    let db = Database::connect(trust.places.database()).await.unwrap();
    let rows = async || fetch(&db, "SELECT sealed, owner FROM state_search".into(), &[]).await.unwrap();
    let first = start(trust, &all.head, &words("kanareword")).await;
    let row = &rows().await[0];
    assert!(!String::from_utf8_lossy(&row.bytes(0).unwrap()).contains("kanareword"));
    for _ in 0..60 {
        trust.places.tick(1);
        start(trust, &all.head, &words("kanareword")).await;
    }
    assert_eq!(rows().await.len(), 50, "the oldest makes room");
    assert_eq!(trust.call("GET", &format!("/api/v1/search/{first}"), Some(&all.head), None).await.status, StatusCode::NOT_FOUND);
    trust.places.tick(13 * 3600);
    trust.app.maintain_state().await.unwrap();
    assert_eq!(rows().await.len(), 0);
}

/// Old papers: found by the paper's own reference, however it is typed; the newest thousand records are looked through and it says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_papers_are_found_by_their_own_reference() {
    let trust = Trust::with_directory(Engine::Sqlite, 710).await;
    assert_eq!(trust.import(ImportKind::Reports, sample_rows(ImportKind::Reports)).await.refused, vec![]);
    trust.app.wait_for_views().await.unwrap();
    let lead = trust.token("tess.garner@example.org", "Tess Garner", Duty::TrustSafeguardingLead, None).await;
    let whole = found(&trust, &lead, &json!({ "from": "2025-01-01" })).await;
    let some = whole["items"].as_array().unwrap().iter().find(|item| item["source_reference"].is_string()).unwrap();
    let reference = some["source_reference"].as_str().unwrap().to_lowercase();
    let hits = ids(&trust, &lead, &json!({ "reference": reference })).await;
    assert_eq!(hits, [some["id"].as_str().unwrap()]);
}
