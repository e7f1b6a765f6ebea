//! The board of breach clocks: 72 elapsed hours from what the school knew (BRE-2, BRE-3, TIM-2), from filing on, first facts only.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::ImportKind;
use wardbook_domain::{Duty, Instant};
use wardbook_system_tests::{Engine, Trust, on_both_engines, report, sample_rows, year};

on_both_engines!(
    the_planted_clocks_of_the_year_come_out_to_the_second,
    tim_2_seventy_two_hours_cross_the_changes_of_the_clocks,
    a_clock_runs_from_filing_is_moved_with_a_reason_confirmed_and_ended,
    an_assessment_hands_the_clock_over_to_its_case,
    a_data_protection_officer_who_is_concerned_has_nothing_and_the_stand_in_has_it,
    first_facts_tell_no_story_and_no_person,
    who_has_first_facts_only_reads_them_and_decides_nothing,
    clocks_of_old_papers_are_shown_and_owe_nothing,
);

const DAY: i64 = 86_400;

async fn dpo(trust: &Trust) -> String {
    trust.token("dpo@example.org", "Dora Pike", Duty::Dpo, None).await
}

async fn head(trust: &Trust) -> String {
    trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await
}

async fn reporter(trust: &Trust) -> String {
    trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await
}

async fn board(trust: &Trust, token: &str) -> Vec<Value> {
    let page = trust.call("GET", "/api/v1/breaches?limit=1000", Some(token), None).await.ok();
    page["items"].as_array().unwrap().clone()
}

fn at(value: &Value) -> Option<Instant> {
    value.as_str().and_then(Instant::parse)
}

/// What was planted in the sample year.
fn planted() -> Vec<(String, Instant, Instant)> {
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(year().join("truth.json")).unwrap()).unwrap();
    let clocks = truth.as_array().unwrap().iter().filter(|entry| entry["kind"] == "clock");
    let one = |entry: &Value| {
        let reference = entry["references"][0].as_str().unwrap().to_owned();
        (reference, at(&entry["aware_at"]).unwrap(), at(&entry["due_at"]).unwrap())
    };
    clocks.map(one).collect()
}

async fn the_planted_clocks_of_the_year_come_out_to_the_second(engine: Engine) {
    let trust = Trust::with_directory(engine, 301).await;
    let dpo = dpo(&trust).await;
    assert_eq!(trust.import(ImportKind::Reports, sample_rows(ImportKind::Reports)).await.refused, vec![]);
    let board = board(&trust, &dpo).await;
    let planted = planted();
    assert_eq!(planted.len(), 6);
    for (reference, aware, due) in planted {
        let found: Vec<&Value> = board.iter().filter(|item| item["source_reference"] == json!(reference)).collect();
        let [item] = found.as_slice() else { panic!("{reference} stands {} times on the board", found.len()) };
        assert_eq!((at(&item["aware_at"]), at(&item["due_at"])), (Some(aware), Some(due)), "{reference}");
        assert_eq!((item["state"].as_str(), item["record"].as_str()), (Some("provisional"), Some("report")));
    }
    let due: Vec<Option<Instant>> = board.iter().map(|item| at(&item["due_at"])).collect();
    assert!(due.is_sorted() && due.iter().all(Option::is_some), "most urgent first");
    for item in &board {
        assert_eq!(at(&item["due_at"]), at(&item["aware_at"]).map(|aware| aware.plus_seconds(259_200)), "{item}");
    }
    let lead = trust.token("trust.lead@example.org", "Theo Lead", Duty::TrustLead, None).await;
    assert_eq!(self::board(&trust, &lead).await, Vec::<Value>::new(), "a stand-in is not asked while the DPO is there");
}

async fn tim_2_seventy_two_hours_cross_the_changes_of_the_clocks(engine: Engine) {
    let trust = Trust::with_directory(engine, 302).await;
    let (dpo, reporter) = (dpo(&trust).await, reporter(&trust).await);
    trust.places.tick(200 * DAY);
    for (aware, due) in [
        ("2027-03-26T17:10+00:00", "2027-03-29T18:10+01:00"),
        ("2026-10-23T17:10+01:00", "2026-10-26T16:10+00:00"),
        ("2026-12-24T15:10+00:00", "2026-12-27T15:10+00:00"),
    ] {
        let mut form = report("SCH01", "loss_of_data", "A class list is gone.");
        form["reported_at"] = json!(aware);
        let id = trust.file(&reporter, &form).await;
        let shown = trust.call("GET", &format!("/api/v1/breaches/{id}"), Some(&dpo), None).await.ok();
        assert_eq!((at(&shown["aware_at"]), at(&shown["due_at"])), (Instant::parse(aware), Instant::parse(due)), "{aware}");
    }
    assert_eq!(board(&trust, &dpo).await.len(), 3);
}

async fn a_clock_runs_from_filing_is_moved_with_a_reason_confirmed_and_ended(engine: Engine) {
    let trust = Trust::with_directory(engine, 303).await;
    let (dpo, reporter) = (dpo(&trust).await, reporter(&trust).await);
    let mut form = report("SCH01", "theft_of_data", "Papers were stolen from a car.");
    form["incident_at"] = json!("2026-10-28T18:00+00:00");
    form["discovered_at"] = json!("2026-10-29T08:00+00:00");
    let id = trust.file(&reporter, &form).await;
    let path = format!("/api/v1/breaches/{id}");
    let shown = trust.call("GET", &path, Some(&dpo), None).await.ok();
    for (field, instant) in [
        ("occurred_at", "2026-10-28T18:00:00Z"),
        ("discovered_at", "2026-10-29T08:00:00Z"),
        ("reported_at", "2026-10-30T16:12:00Z"),
        ("aware_at", "2026-10-29T08:00:00Z"),
        ("due_at", "2026-11-01T08:00:00Z"),
    ] {
        assert_eq!(shown[field], instant, "BRE-3: four instants apart; {field}");
    }
    let queue = trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok();
    assert_eq!((&queue["items"][0]["record"], &queue["items"][0]["id"]), (&json!("breach"), &json!(id)), "nobody has assessed it yet");

    let aware = format!("{path}/aware");
    let ask = |at: &str, reason: &str| json!({ "aware_at": at, "reason": reason });
    for (body, field) in [
        (ask("2026-10-28T20:00+00:00", " "), "reason"),
        (ask("2026-12-01T00:00+00:00", "r"), "aware_at"),
        (ask("2026-10-29T08:00+00:00", "r"), "aware_at"),
        (ask("2026-10-28T20:00", "r"), "aware_at"),
    ] {
        let refused = trust.call("POST", &aware, Some(&dpo), Some(&body)).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)));
    }
    let before = trust.call("GET", &path, Some(&dpo), None).await;
    let etag = [("if-match", before.header("etag"))];
    let body = ask("2026-10-28T20:00+00:00", "The caretaker saw the broken window.");
    let moved = trust.call_with("POST", &aware, &dpo, Some(&body), &etag).await.ok();
    assert_eq!(moved["due_at"], "2026-10-31T20:00:00Z");
    let kept = &moved["moved"][0];
    assert_eq!(
        (&kept["from"], &kept["to"]),
        (&json!("2026-10-29T08:00:00Z"), &json!("2026-10-28T20:00:00Z")),
        "TIM-4: the old value stays"
    );
    assert_eq!((&kept["reason"], &kept["by"]), (&json!("The caretaker saw the broken window."), &json!("Dora Pike")));
    assert_eq!(board(&trust, &dpo).await[0]["due_at"], "2026-10-31T20:00:00Z", "the board moves with it");
    let stale = trust.call_with("POST", &aware, &dpo, Some(&ask("2026-10-28T21:00+00:00", "r")), &etag).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);

    let decision = format!("{path}/decision");
    let decide = |decision: &str, reason: &str| json!({ "decision": decision, "reason": reason });
    assert_eq!(trust.call("POST", &decision, Some(&dpo), Some(&decide("ended", ""))).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let confirmed = trust.call("POST", &decision, Some(&dpo), Some(&decide("confirmed", "Names and addresses."))).await.ok();
    assert_eq!((&confirmed["state"], &confirmed["due_at"]), (&json!("confirmed"), &json!("2026-10-31T20:00:00Z")));
    let again = trust.call("POST", &decision, Some(&dpo), Some(&decide("confirmed", "Again."))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let ended = trust.call("POST", &decision, Some(&dpo), Some(&decide("ended", "The papers were blank forms."))).await.ok();
    assert_eq!(
        (&ended["state"], &ended["due_at"], &ended["decided"]["reason"]),
        (&json!("ended"), &Value::Null, &json!("The papers were blank forms."))
    );
    let late = ask("2026-10-28T21:00+00:00", "r");
    assert_eq!(trust.call("POST", &aware, Some(&dpo), Some(&late)).await.status, StatusCode::CONFLICT);
    assert_eq!(board(&trust, &dpo).await[0]["state"], "ended", "it stays on the board, without a due instant");
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok()["items"], json!([]));
}

async fn an_assessment_hands_the_clock_over_to_its_case(engine: Engine) {
    let trust = Trust::with_directory(engine, 304).await;
    let (dpo, reporter, head) = (dpo(&trust).await, reporter(&trust).await, head(&trust).await);
    let id = trust.file(&reporter, &report("SCH01", "loss_of_data", "A memory stick is gone.")).await;
    let earlier = json!({ "aware_at": "2026-10-30T09:00Z", "reason": "The office had been told." });
    trust.call("POST", &format!("/api/v1/breaches/{id}/aware"), Some(&dpo), Some(&earlier)).await.ok();
    let assess = json!({ "categories": ["data_breach"], "reason": "It held a class list." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    let all = board(&trust, &dpo).await;
    assert_eq!(all.len(), 1, "one clock, not two");
    assert_eq!((&all[0]["id"], &all[0]["record"], &all[0]["state"]), (&json!(case), &json!("case"), &json!("open")));
    assert_eq!((&all[0]["due_at"], &all[0]["moved"][0]["reason"]), (&json!("2026-11-02T09:00:00Z"), &json!("The office had been told.")));
    assert_eq!(all[0]["may"], json!(["move_clock"]));
    let late = json!({ "decision": "ended", "reason": "r" });
    for id in [&id, &case] {
        let refused = trust.call("POST", &format!("/api/v1/breaches/{id}/decision"), Some(&dpo), Some(&late)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "a case is closed to end its clock: {}", refused.text);
    }
    let moved = json!({ "aware_at": "2026-10-30T08:00Z", "reason": "The caretaker knew at eight." });
    let shown = trust.call("POST", &format!("/api/v1/breaches/{case}/aware"), Some(&dpo), Some(&moved)).await.ok();
    assert_eq!((&shown["due_at"], shown["moved"].as_array().unwrap().len()), (&json!("2026-11-02T08:00:00Z"), 2));
    trust.deal_with(&case, &dpo).await;
    let close = json!({ "outcome": "action_taken", "reason": "Found in a drawer." });
    trust.call("POST", &format!("/api/v1/cases/{case}/close"), Some(&dpo), Some(&close)).await.ok();
    let closed = &board(&trust, &dpo).await[0];
    assert_eq!((&closed["state"], &closed["due_at"], &closed["may"]), (&json!("closed"), &Value::Null, &json!([])));
}

async fn a_data_protection_officer_who_is_concerned_has_nothing_and_the_stand_in_has_it(engine: Engine) {
    let trust = Trust::with_directory(engine, 305).await;
    let (dpo, reporter, head) = (dpo(&trust).await, reporter(&trust).await, head(&trust).await);
    let mut form = report("SCH01", "loss_of_data", "She left the register on the train.");
    form["about"] = json!({ "whom": "another", "name": "Dora Pike" });
    let id = trust.file(&reporter, &form).await;
    assert_eq!(board(&trust, &dpo).await, Vec::<Value>::new());
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok()["items"], json!([]));
    let (moved, decided) = (json!({ "aware_at": "2026-10-30T08:00Z", "reason": "r" }), json!({ "decision": "ended", "reason": "r" }));
    for (method, suffix, body) in [("GET", "", None), ("POST", "/aware", Some(moved)), ("POST", "/decision", Some(decided))] {
        let there = trust.call(method, &format!("/api/v1/breaches/{id}{suffix}"), Some(&dpo), body.as_ref()).await;
        let not = trust.call(method, &format!("/api/v1/breaches/{}{suffix}", "0".repeat(32)), Some(&dpo), body.as_ref()).await;
        assert_eq!((there.status, there.text, there.headers), (StatusCode::NOT_FOUND, not.text, not.headers), "{suffix}");
    }
    let stand_in = board(&trust, &head).await;
    assert_eq!((stand_in.len(), &stand_in[0]["id"]), (1, &json!(id)));
    assert_eq!(stand_in[0]["may"], json!(["move_clock", "decide"]));
}

async fn first_facts_tell_no_story_and_no_person(engine: Engine) {
    let trust = Trust::with_directory(engine, 306).await;
    let (dpo, reporter) = (dpo(&trust).await, reporter(&trust).await);
    let canary = |field: &str| format!("Kanaré-{field}-1f7a");
    let mut form = report("SCH01", "theft_of_equipment", &canary("story"));
    form["types"] = json!(["theft_of_equipment", "low_level_concern", "other"]);
    form["other_type"] = json!(canary("other"));
    form["about"] = json!({ "whom": "another", "name": canary("about") });
    form["location"] = json!(canary("location"));
    form["pupils"] = json!([{ "name": canary("pupil"), "year_group": canary("year") }]);
    form["staff"] = json!([{ "name": canary("staff"), "part": "subject" }]);
    form["reported_to"] = json!(canary("told"));
    form["immediate_action"] = json!(canary("action"));
    form["data_affected"] = json!(["pupil_personal_data", "sensitive_or_confidential_data"]);
    form["individuals_affected"] = json!(31);
    let id = trust.file(&reporter, &form).await;
    let path = format!("/api/v1/breaches/{id}");
    let list = trust.call("GET", "/api/v1/breaches", Some(&dpo), None).await;
    let shown = trust.call("GET", &path, Some(&dpo), None).await;
    let queue = trust.call("GET", "/api/v1/queue", Some(&dpo), None).await;
    for answer in [&list, &shown, &queue] {
        assert!(answer.text.contains(&id), "{}", answer.text);
        for never in ["Kanar", "Hana Kemp", "low_level", "Low-level", "conduct"] {
            assert!(!answer.text.contains(never), "{never}: {}", answer.text);
        }
    }
    let facts = shown.json();
    assert_eq!(facts["what"], json!(["Theft of equipment"]), "of the types the losses alone");
    assert_eq!((&facts["school"], &facts["individuals_affected"]), (&json!("SCH01"), &json!(31)));
    assert_eq!(facts["data_affected"], json!(["pupil_personal_data", "sensitive_or_confidential_data"]));
    assert_eq!((&facts["may_open"], &facts["may"]), (&json!(false), &json!(["move_clock", "decide"])));
    assert_eq!(trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&dpo), None).await.status, StatusCode::NOT_FOUND);
}

async fn who_has_first_facts_only_reads_them_and_decides_nothing(engine: Engine) {
    let trust = Trust::with_directory(engine, 307).await;
    let (dpo, reporter) = (dpo(&trust).await, reporter(&trust).await);
    let lead = trust.token("it@example.org", "Ida Tan", Duty::ItLead, None).await;
    let mut form = report("SCH01", "theft_of_equipment", "SECRET STORY of a pupil and a tablet.");
    form["danger"] = json!("yes");
    let id = trust.file(&reporter, &form).await;
    let queue = trust.call("GET", "/api/v1/queue", Some(&lead), None).await;
    let row = &queue.json()["items"][0];
    assert_eq!((&row["id"], &row["record"], &row["next_action"]), (&json!(id), &json!("breach"), &json!("Read the first facts")));
    let shown = trust.call("GET", &format!("/api/v1/breaches/{id}"), Some(&lead), None).await;
    assert_eq!((shown.json()["what"].clone(), shown.json()["may"].clone()), (json!(["Theft of equipment"]), json!([])));
    assert!(!shown.text.contains("SECRET") && !queue.text.contains("SECRET"));
    let (moved, decided) = (json!({ "aware_at": "2026-10-30T08:00Z", "reason": "r" }), json!({ "decision": "ended", "reason": "r" }));
    for (suffix, body) in [("aware", moved), ("decision", decided)] {
        let path = format!("/api/v1/breaches/{id}/{suffix}");
        assert_eq!(trust.call("POST", &path, Some(&lead), Some(&body)).await.status, StatusCode::NOT_FOUND, "{suffix}");
        assert!(trust.call("POST", &path, Some(&dpo), Some(&body)).await.status.is_success(), "whose board it is on does: {suffix}");
    }
    for path in [format!("/api/v1/reports/{id}"), format!("/api/v1/reports/{id}/evidence/{}", "0".repeat(32))] {
        assert_eq!(trust.call("GET", &path, Some(&lead), None).await.status, StatusCode::NOT_FOUND);
    }
}

async fn clocks_of_old_papers_are_shown_and_owe_nothing(engine: Engine) {
    let trust = Trust::with_directory(engine, 308).await;
    let dpo = dpo(&trust).await;
    let importer = trust.importer().await;
    let wanted: Vec<String> = planted().into_iter().map(|(reference, ..)| reference).collect();
    let mut rows = sample_rows(ImportKind::Reports);
    rows.retain(|row| row.fields["reference"].as_str().is_some_and(|reference| wanted.contains(&reference.to_owned())));
    let mut batch = wardbook_app::import::ImportBatch::new(ImportKind::Reports, rows);
    batch.as_history = true;
    assert_eq!(trust.app.import(batch, Some(&importer)).await.unwrap().refused, vec![]);
    assert_eq!(board(&trust, &dpo).await, Vec::<Value>::new());
    let old = trust.call("GET", "/api/v1/breaches?old_papers=yes", Some(&dpo), None).await.ok();
    let old = old["items"].as_array().unwrap();
    assert_eq!(old.len(), 6);
    for (reference, _, due) in planted() {
        let item = old.iter().find(|item| item["source_reference"] == json!(reference)).unwrap();
        assert_eq!((at(&item["due_at"]), &item["state"], &item["may"]), (Some(due), &json!("imported"), &json!([])), "{reference}");
    }
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok()["items"], json!([]));
}
