//! The first thread: a report is filed, stands in the right queue, is received, assessed into cases, worked on and closed.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::ImportKind;
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, Trust, on_both_engines, report, sample_rows};

on_both_engines!(
    a_lost_laptop_from_filing_to_closing,
    the_sample_year_is_imported_once_and_for_all,
    the_person_concerned_learns_nothing,
    a_repeated_command_is_one_command,
    bad_input_names_its_field,
    lists_page_without_loss_or_repeat,
    whom_an_assessment_finds_loses_the_record_and_others_get_no_story,
    a_school_s_new_head_takes_over_and_the_former_one_sees_no_more,
    an_answer_that_is_cut_off_loses_no_entry_of_the_directory,
);

async fn head(trust: &Trust) -> String {
    trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await
}

async fn reporter(trust: &Trust) -> String {
    trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await
}

async fn a_lost_laptop_from_filing_to_closing(engine: Engine) {
    let trust = Trust::with_directory(engine, 1).await;
    let (reporter, head) = (reporter(&trust).await, head(&trust).await);
    let mut form = report("SCH01", "loss_of_equipment", "A laptop was left on the train.");
    form["data_affected"] = json!(["pupil_personal_data"]);
    let filed = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await;
    assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.text);
    let id = filed.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(filed.header("location"), format!("/api/v1/reports/{id}"));
    assert_eq!(filed.json()["own_words"], true);

    let queue = trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok();
    assert_eq!(queue["items"][0]["id"], json!(id), "{queue}");
    assert_eq!(queue["items"][0]["due_at"], "2026-11-02T16:12:00Z", "BRE-2, TIM-2: 259,200 seconds");
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&reporter), None).await.ok()["items"], json!([]));

    let received = trust.call("POST", &format!("/api/v1/reports/{id}/receive"), Some(&head), None).await.ok();
    assert_eq!(received["state"], "received");
    let assess = json!({ "categories": ["data_breach", "training_need"], "reason": "A device with pupils' data is out of our hands." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await.ok();
    assert_eq!(assessed["state"], "assessed");
    let categories = assessed["assessment"]["categories"].as_array().unwrap();
    assert_eq!(categories.len(), 2, "P0-FORM-9: each category opens its own case");

    let training = categories[1]["case"].as_str().unwrap();
    let path = format!("/api/v1/cases/{training}");
    let noted = trust.call("POST", &format!("{path}/note"), Some(&head), Some(&json!({ "text": "Booked the course." }))).await.ok();
    assert_eq!(noted["timeline"].as_array().unwrap().len(), 2);
    let early = json!({ "outcome": "action_taken", "reason": "x" });
    let early = trust.call("POST", &format!("{path}/close"), Some(&head), Some(&early)).await;
    assert_eq!((early.status, early.text.contains("P0-TRAIN-1") || early.text.contains("facts")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    trust.deal_with(training, &head).await;
    let correct = json!({ "field": "summary", "text": "A laptop was left on the bus.", "reason": "It was a bus." });
    let corrected = trust.call("POST", &format!("{path}/correct"), Some(&head), Some(&correct)).await.ok();
    assert_eq!(corrected["summary"], "A laptop was left on the bus.");
    let close = json!({ "outcome": "action_taken", "reason": "Everyone has been on the course." });
    let closed = trust.call("POST", &format!("{path}/close"), Some(&head), Some(&close)).await.ok();
    assert_eq!((closed["state"].as_str(), closed["outcome"].as_str()), (Some("closed"), Some("action_taken")));
    let again = trust.call("POST", &format!("{path}/close"), Some(&head), Some(&close)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);

    let dpo = trust.token("dpo@example.org", "Milo Kemp", Duty::Dpo, None).await;
    let breach = trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok();
    assert_eq!(breach["items"].as_array().unwrap().len(), 0, "nobody was DPO then: the case stood in for by the headteacher (P0-ROUTE-2)");
    let cases = trust.call("GET", "/api/v1/cases", Some(&dpo), None).await.ok();
    assert_eq!(cases["items"][0]["id"], categories[0]["case"], "a DPO opens every data-protection record");
    assert_eq!(cases["items"][0]["due_at"], "2026-10-30T20:12:00Z", "its first step is due before its clock runs out");
}

async fn the_sample_year_is_imported_once_and_for_all(engine: Engine) {
    let trust = Trust::with_directory(engine, 2).await;
    let rows = sample_rows(ImportKind::Reports);
    let first = trust.import(ImportKind::Reports, rows.clone()).await;
    assert_eq!((first.accepted, first.refused), (162, vec![]));
    let size = trust.app.head_size().await.unwrap();
    let again = trust.import(ImportKind::Reports, rows.clone()).await;
    assert_eq!(again.accepted, 162, "the importer hears the same");
    assert_eq!(trust.app.head_size().await.unwrap(), size, "and nothing was written");
    let mut changed = rows[0].clone();
    changed.fields["location"] = json!("Elsewhere");
    let refused = trust.import(ImportKind::Reports, vec![changed]).await.refused;
    assert_eq!((refused[0].line, refused[0].field.as_str()), (1, "reference"));

    let mut staff = sample_rows(ImportKind::Staff)[5].clone();
    staff.fields["role"] = json!("Higher level teaching assistant");
    trust.import(ImportKind::Staff, vec![staff]).await;
    assert_eq!(trust.app.head_size().await.unwrap(), size + 1, "a changed row of a list is one correction");

    // truth.json: the head is the subject of F00007 at SCH02, the DSL of F00001 at SCH03.
    let head = trust.token("sunil.young@example.org", "Sunil Young", Duty::Headteacher, Some("SCH02")).await;
    let dsl = trust.token("oona.okafor-lowe@example.org", "Oona Okafor-Lowe", Duty::Dsl, Some("SCH02")).await;
    let references = |queue: Value| -> Vec<String> {
        queue["items"].as_array().unwrap().iter().map(|item| item["source_reference"].as_str().unwrap_or("").to_owned()).collect()
    };
    let heads = references(trust.call("GET", "/api/v1/queue?limit=1000", Some(&head), None).await.ok());
    let dsls = references(trust.call("GET", "/api/v1/queue?limit=1000", Some(&dsl), None).await.ok());
    assert!(!heads.contains(&"F00007".to_owned()), "P0-LLC-2");
    assert!(dsls.contains(&"F00007".to_owned()), "P0-LLC-2: to the DSL when the headteacher is the subject");
    assert!(heads.len() > 20 && dsls.len() > 5, "{} {}", heads.len(), dsls.len());
}

/// P0-LLC-2.
async fn the_person_concerned_learns_nothing(engine: Engine) {
    let trust = Trust::with_directory(engine, 3).await;
    let (reporter, head) = (reporter(&trust).await, head(&trust).await);
    let mut form = report("SCH01", "low_level_concern", "She drove a pupil home alone.");
    form["about"] = json!({ "whom": "headteacher" });
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok(), json!({ "items": [], "next": null, "beside": [] }));
    let unknown = "0".repeat(32);
    for (method, suffix, body) in [
        ("GET", "", None),
        ("POST", "/receive", None),
        ("POST", "/assessment", Some(json!({ "categories": ["other"], "other": "Something else", "reason": "x" }))),
        ("POST", "/correct", Some(json!({ "field": "location", "text": "x", "reason": "y" }))),
    ] {
        let about_me = trust.call(method, &format!("/api/v1/reports/{id}{suffix}"), Some(&head), body.as_ref()).await;
        let not_there = trust.call(method, &format!("/api/v1/reports/{unknown}{suffix}"), Some(&head), body.as_ref()).await;
        assert_eq!(about_me.status, StatusCode::NOT_FOUND);
        assert_eq!((about_me.status, about_me.text, about_me.headers), (not_there.status, not_there.text, not_there.headers));
    }
    let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok()["items"][0]["id"], json!(id), "the stand-in has it");
    for (email, name, duty) in [("a@example.org", "Ann Auditor", Duty::Auditor), ("b@example.org", "Bob Admin", Duty::Administrator)] {
        let token = trust.token(email, name, duty, None).await;
        assert_eq!(trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&token), None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(trust.call("GET", "/api/v1/checkpoint", Some(&token), None).await.status, StatusCode::OK);
    }
    assert_eq!(trust.call("GET", "/api/v1/checkpoint", Some(&head), None).await.status, StatusCode::NOT_FOUND);
}

async fn a_repeated_command_is_one_command(engine: Engine) {
    let trust = Trust::with_directory(engine, 4).await;
    let (reporter, head) = (reporter(&trust).await, head(&trust).await);
    let form = report("SCH01", "loss_of_equipment", "A tablet is gone.");
    let key = [("idempotency-key", "once")];
    let first = trust.call_with("POST", "/api/v1/reports", &reporter, Some(&form), &key).await.ok();
    let again = trust.call_with("POST", "/api/v1/reports", &reporter, Some(&form), &key).await.ok();
    assert_eq!(first, again);
    let other = trust.call_with("POST", "/api/v1/reports", &reporter, Some(&report("SCH01", "other", "Another.")), &key).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let others = trust.call_with("POST", "/api/v1/reports", &head, Some(&form), &key).await.ok();
    assert_ne!(others["id"], first["id"], "another principal's key is unknown");

    let id = first["id"].as_str().unwrap();
    let path = format!("/api/v1/reports/{id}/assessment");
    let assess = json!({ "categories": ["training_need"], "reason": "r" });
    let key = [("idempotency-key", "assess once")];
    let one = trust.call_with("POST", &path, &head, Some(&assess), &key).await.ok();
    let two = trust.call_with("POST", &path, &head, Some(&assess), &key).await.ok();
    assert_eq!(one["assessment"], two["assessment"]);
    assert_eq!(trust.call("GET", "/api/v1/cases", Some(&head), None).await.ok()["items"].as_array().unwrap().len(), 1);

    // What was shown decides: an old ETag is refused, the present one is taken.
    let shown = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await;
    let correct = |text: &str| json!({ "field": "location", "text": text, "reason": "forgotten" });
    let path = format!("/api/v1/reports/{id}/correct");
    let etag = shown.header("etag").to_owned();
    trust.call_with("POST", &path, &head, Some(&correct("Hall")), &[("if-match", &etag)]).await.ok();
    let stale = trust.call_with("POST", &path, &head, Some(&correct("Gym")), &[("if-match", &etag)]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let reporters = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&reporter), None).await;
    assert_eq!(reporters.json()["location"], Value::Null, "the reporter's own words are frozen as filed");
}

async fn bad_input_names_its_field(engine: Engine) {
    let trust = Trust::with_directory(engine, 5).await;
    let reporter = reporter(&trust).await;
    let fields = async |body: &Value| {
        let answer = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(body)).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text);
        let errors =
            answer.json()["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        (answer.status.as_u16(), errors.join(" "))
    };
    assert_eq!(fields(&json!({})).await, (422, "school".into()));
    assert_eq!(fields(&json!([])).await, (400, "body".into()));
    assert_eq!(fields(&report("SCH99", "other", "x")).await, (422, "other_type".into()));
    assert_eq!(fields(&report("SCH99", "loss_of_data", "x")).await, (422, "school".into()));
    assert_eq!(fields(&report("SCH01", "fire", "x")).await, (422, "types[0]".into()));
    assert_eq!(fields(&report("SCH01", "loss_of_data", " ")).await, (422, "what_happened".into()));
    let mut future = report("SCH01", "loss_of_data", "x");
    future["incident_at"] = json!("2027-01-01T00:00Z");
    assert_eq!(fields(&future).await, (422, "incident_at".into()));
    for token in [None, Some("wb_nobody")] {
        let answer = trust.call("POST", "/api/v1/reports", token, Some(&report("SCH01", "loss_of_data", "x"))).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    }
    for (method, path) in [("DELETE", "/api/v1/queue"), ("GET", "/api/v1/queue?colour=red"), ("POST", "/api/v1/cases")] {
        let answer = trust.call(method, path, Some(&reporter), None).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}: {} {}", answer.status, answer.text);
    }
    let large = report("SCH01", "loss_of_data", &"x".repeat(2 << 20));
    let answer = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&large)).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (413, "application/problem+json"));
    for path in ["/api/v1/queue?limit=0", "/api/v1/queue?limit=1001", "/api/v1/queue?limit=x", "/api/v1/queue?cursor=00"] {
        assert_eq!(trust.call("GET", path, Some(&reporter), None).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
}

async fn whom_an_assessment_finds_loses_the_record_and_others_get_no_story(engine: Engine) {
    let trust = Trust::with_directory(engine, 7).await;
    let (reporter, head) = (reporter(&trust).await, head(&trust).await);
    let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
    let deputy = trust.token("bea.ashworth-fletcher@example.org", "Bea Ashworth-Fletcher", Duty::DeputyDsl, Some("SCH01")).await;
    let dpo = trust.token("dpo@example.org", "Milo Kemp", Duty::Dpo, None).await;
    let form = report("SCH01", "online_safety_concern", "SECRET STORY about an app.");
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/reports/{id}");
    trust.call("GET", &path, Some(&deputy), None).await.ok();
    let assess = json!({ "categories": ["low_level_concern", "data_breach"], "reason": "SECRET REASON", "action": "SECRET ACTION",
        "shared": "A class list was on the screen.", "subjects": [{ "name": "Miss Ashworth-Fletcher" }] });
    let assessed = trust.call("POST", &format!("{path}/assessment"), Some(&dsl), Some(&assess)).await.ok();
    assert_eq!(trust.call("GET", &path, Some(&deputy), None).await.status, StatusCode::NOT_FOUND, "found to be about her");
    let cases = assessed["assessment"]["categories"].as_array().unwrap();
    let breach = trust.call("GET", &format!("/api/v1/cases/{}", cases[1]["case"].as_str().unwrap()), Some(&dpo), None).await;
    assert!(breach.status.is_success() && !breach.text.contains("SECRET"), "{}", breach.text);
    assert_eq!(breach.json()["summary"], "A class list was on the screen.");
    let concern = format!("/api/v1/cases/{}", cases[0]["case"].as_str().unwrap());
    assert_eq!(trust.call("GET", &concern, Some(&head), None).await.status, StatusCode::OK);
    for token in [&deputy, &dpo, &dsl] {
        assert_eq!(trust.call("GET", &concern, Some(token), None).await.status, StatusCode::NOT_FOUND);
    }
    let lists = trust.call("GET", "/api/v1/reports", Some(&deputy), None).await.ok();
    assert_eq!(lists["items"], json!([]));

    // A head who is named, though not as the subject, does not assess a concern that may be about herself.
    let mut named = report("SCH01", "misuse_of_ict", "Someone used the office computer.");
    named["staff"] = json!([{ "staff_id": "SCH01-001", "name": "Uma Jones", "part": "other" }]);
    let id = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&named)).await.ok()["id"].as_str().unwrap().to_owned();
    let assess = json!({ "categories": ["low_level_concern"], "reason": "r" });
    let refused = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
}

async fn a_school_s_new_head_takes_over_and_the_former_one_sees_no_more(engine: Engine) {
    let trust = Trust::with_directory(engine, 8).await;
    let (reporter, head) = (reporter(&trust).await, head(&trust).await);
    let form = report("SCH01", "loss_of_equipment", "A tablet is gone.");
    trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok();
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok()["items"].as_array().unwrap().len(), 1);
    let mut school = sample_rows(ImportKind::Schools)[0].clone();
    school.fields["head_staff_id"] = json!("SCH01-004");
    assert_eq!(trust.import(ImportKind::Schools, vec![school]).await.duties_granted, 1);
    let gone = trust.call("GET", "/api/v1/queue", Some(&head), None).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED, "duties end with the list; who has none any more has left");
    let former = trust.token("uma.jones@example.org", "Uma Jones", Duty::Reporter, Some("SCH01")).await;
    assert_eq!(
        trust.call("GET", "/api/v1/queue", Some(&former), None).await.ok()["items"],
        json!([]),
        "still at the school, they see no more"
    );
    let successor = trust.token("hana.okafor@example.org", "Hana Okafor", Duty::Headteacher, Some("SCH01")).await;
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&successor), None).await.ok()["items"].as_array().unwrap().len(), 1);
}

async fn an_answer_that_is_cut_off_loses_no_entry_of_the_directory(engine: Engine) {
    let trust = Trust::with_directory(engine, 9).await;
    let replica = trust.places.open(1).await.unwrap();
    // A visitor goes away while the replica reads the directory for the first time, again and again.
    for turns in 1..60_usize {
        let app = replica.app.clone();
        let reading = tokio::spawn(async move { app.directory().await });
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        reading.abort();
        let _ = reading.await;
    }
    assert_eq!(replica.app.directory().await.unwrap().people.len(), trust.app.directory().await.unwrap().people.len());
    assert_eq!(replica.app.directory().await.unwrap().people.len(), 54);
}

async fn lists_page_without_loss_or_repeat(engine: Engine) {
    let trust = Trust::with_directory(engine, 6).await;
    trust.import(ImportKind::Reports, sample_rows(ImportKind::Reports)).await;
    let head = head(&trust).await;
    let whole = trust.call("GET", "/api/v1/queue?limit=1000", Some(&head), None).await.ok();
    let mut paged = vec![];
    let mut path = "/api/v1/queue?limit=7".to_owned();
    loop {
        let page = trust.call("GET", &path, Some(&head), None).await.ok();
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        let reader = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
        let stolen = trust.call("GET", &format!("/api/v1/queue?limit=7&cursor={next}"), Some(&reader), None).await;
        assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY, "a cursor belongs to its reader");
        path = format!("/api/v1/queue?limit=7&cursor={next}");
    }
    assert_eq!(whole["items"], Value::from(paged));
    assert_eq!(whole["next"], Value::Null);
}
