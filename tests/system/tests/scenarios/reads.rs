//! Who sees which trace (design §1.5), for which purpose a record is opened, and what is pointed out: over HTTP, on both engines.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, PURPOSE, Trust, on_both_engines, report, scenes::concern};

on_both_engines!(
    each_sees_of_a_look_what_they_may_know_of_its_record,
    the_person_concerned_sees_no_trace_of_it_in_any_form,
    a_reporter_who_becomes_the_subject_keeps_their_own_looks_as_they_were,
    a_page_is_one_trace_and_one_event,
    a_purpose_is_asked_of_those_alone_who_may_know_the_record,
    unusual_looks_are_marked_and_can_be_asked_for,
    pages_of_reads_are_whole_and_their_cursors_belong_to_one_reader,
);

struct People {
    trust: Trust,
    reporter: String,
    head: String,
    other_head: String,
    dsl: String,
    dpo: String,
    auditor: String,
}

async fn people(engine: Engine, seed: u64) -> People {
    let trust = Trust::with_directory(engine, seed).await;
    let token = async |email: &str, name: &str, duty, school| trust.token(email, name, duty, school).await;
    let reporter = token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let head = token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let other_head = token("olga.brandt@example.org", "Olga Brandt", Duty::Headteacher, Some("SCH02")).await;
    let dsl = token("wren.szabo@example.org", "Wren Szabo", Duty::Dsl, Some("SCH01")).await;
    let dpo = token("dora.pike@example.org", "Dora Pike", Duty::Dpo, None).await;
    let auditor = token("aida.moss@example.org", "Aida Moss", Duty::Auditor, None).await;
    People { trust, reporter, head, other_head, dsl, dpo, auditor }
}

async fn reads(trust: &Trust, token: &str, query: &str) -> Vec<Value> {
    trust.call("GET", &format!("/api/v1/reads?{query}"), Some(token), None).await.ok()["items"].as_array().unwrap().clone()
}

async fn person(trust: &Trust, email: &str) -> String {
    trust.app.directory().await.unwrap().by_email(email).unwrap().to_string()
}

async fn each_sees_of_a_look_what_they_may_know_of_its_record(engine: Engine) {
    let all = people(engine, 401).await;
    let trust = &all.trust;
    let id = trust.file(&all.reporter, &concern("low_level_concern", "Quentin Ellison")).await;
    assert_eq!(trust.opens(&all.head, &id).await, StatusCode::OK);
    let of_it = reads(trust, &all.head, &format!("record={id}")).await;
    let row = &of_it[0];
    assert_eq!(of_it.len(), 1, "the reporter's look at their receipt is nobody else's to see: {of_it:?}");
    assert_eq!(
        (&row["reader_name"], &row["duty"], &row["class"]),
        (&json!("Uma Jones"), &json!("headteacher"), &json!("a conduct record"))
    );
    assert_eq!((&row["purpose"], &row["page"], &row["record"]), (&json!("case_work"), &json!("report"), &json!(id)));

    // Another school, a DSL who may not know, the reporter, the DPO, the auditor: for none of them is there such a record.
    for token in [&all.other_head, &all.dsl, &all.reporter, &all.dpo, &all.auditor] {
        let there = trust.call("GET", &format!("/api/v1/reads?record={id}"), Some(token), None).await;
        let not = trust.call("GET", &format!("/api/v1/reads?record={}", "0".repeat(32)), Some(token), None).await;
        assert_eq!((there.status, &there.text), (StatusCode::NOT_FOUND, &not.text));
    }
    let uma = person(trust, "uma.jones@example.org").await;
    assert_eq!(reads(trust, &all.head, &format!("person={uma}")).await.len(), 2, "their own: the report, and the list of looks at it");
    for token in [&all.other_head, &all.dsl, &all.reporter] {
        let there = trust.call("GET", &format!("/api/v1/reads?person={uma}"), Some(token), None).await;
        let not = trust.call("GET", &format!("/api/v1/reads?person={}", "0".repeat(32)), Some(token), None).await;
        assert_eq!((there.status, &there.text), (StatusCode::NOT_FOUND, &not.text));
    }
    // The API has no list of everybody's; the page has, and tells the class and no more.
    for (token, email) in [(&all.dpo, "dora.pike@example.org"), (&all.auditor, "aida.moss@example.org")] {
        assert_eq!(reads(trust, token, &format!("person={uma}")).await, Vec::<Value>::new(), "beside a name the class would tell");
        let caller = trust.app.by_token(token).await.unwrap().unwrap();
        let page = trust.app.reads(&caller, wardbook_app::reads::Reads::All, false, None, None).await.unwrap();
        assert!(!page.items.is_empty(), "{email}");
        for item in &page.items {
            assert_eq!(item.class.as_deref(), Some("a conduct record"), "{email}");
            let shown = serde_json::to_string(item).unwrap();
            for secret in ["Uma", "SCH01", "Ellison", "KANARE", id.as_str(), uma.as_str(), &id[..4].to_uppercase()] {
                assert!(!shown.contains(secret), "{email}: {secret}: {shown}");
            }
            assert_eq!(item.duty.as_deref(), Some("headteacher"));
        }
    }
    let head = trust.app.by_token(&all.head).await.unwrap().unwrap();
    assert!(trust.app.reads(&head, wardbook_app::reads::Reads::All, false, None, None).await.is_err(), "for DPO and auditor alone");

    // Asked for wrongly.
    for query in [
        "",
        "?record=x",
        "?mine&person=00",
        &format!("?record={id}&mine"),
        "?mine=perhaps",
        "?mine&sign_ins",
        "?sign_ins=no",
        "?mine&unusual=1",
        "?mine&cursor=00",
        "?mine&limit=0",
    ] {
        let status = trust.call("GET", &format!("/api/v1/reads{query}"), Some(&all.head), None).await.status;
        let expected = if query == "?record=x" { StatusCode::NOT_FOUND } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(status, expected, "{query}");
    }
    assert_eq!(trust.call("GET", "/api/v1/reads?mine", None, None).await.status, StatusCode::UNAUTHORIZED);
}

async fn the_person_concerned_sees_no_trace_of_it_in_any_form(engine: Engine) {
    let all = people(engine, 402).await;
    let trust = &all.trust;
    // About the DPO, who watches over reading and would see the class of any other record.
    let id = trust.file(&all.reporter, &concern("low_level_concern", "Dora Pike")).await;
    assert_eq!(trust.opens(&all.head, &id).await, StatusCode::OK);
    let other = trust.file(&all.reporter, &concern("low_level_concern", "Quentin Ellison")).await;
    assert_eq!(trust.opens(&all.head, &other).await, StatusCode::OK);
    let count = async |token: &str| {
        let caller = trust.app.by_token(token).await.unwrap().unwrap();
        trust.app.reads(&caller, wardbook_app::reads::Reads::All, false, None, None).await.unwrap().items.len()
    };
    assert_eq!(
        (count(&all.dpo).await, count(&all.auditor).await),
        (1, 2),
        "the auditor sees a class for each, the DPO for the other alone"
    );
    let status = trust.call("GET", &format!("/api/v1/reads?record={id}"), Some(&all.dpo), None).await.status;
    assert_eq!(status, StatusCode::NOT_FOUND);

    // A receiver who turns out to be the subject loses their own looks with the record.
    let own = reads(trust, &all.head, "mine").await;
    assert_eq!(own.iter().filter(|row| row["record"] == json!(other)).count(), 1);
    let settle = json!({ "subjects": [{ "name": "Uma Jones" }], "reason": "It was the head." });
    let gone = trust.call("POST", &format!("/api/v1/reports/{other}/subjects"), Some(&all.head), Some(&settle)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    let own = reads(trust, &all.head, "mine").await;
    assert!(own.iter().all(|row| row["record"] == json!(id)), "{own:?}");
    assert_eq!(trust.call("GET", &format!("/api/v1/reads?record={other}"), Some(&all.head), None).await.status, StatusCode::NOT_FOUND);
    // Whoever stands in sees what the former receiver had read.
    let seen = reads(trust, &all.dsl, &format!("record={other}")).await;
    assert!(seen.iter().any(|row| row["reader_name"] == "Uma Jones"), "{seen:?}");
}

async fn a_reporter_who_becomes_the_subject_keeps_their_own_looks_as_they_were(engine: Engine) {
    let all = people(engine, 403).await;
    let trust = &all.trust;
    let id = trust.file(&all.reporter, &concern("low_level_concern", "Quentin Ellison")).await;
    assert_eq!(trust.opens(&all.reporter, &id).await, StatusCode::OK);
    let before = reads(trust, &all.reporter, "mine").await;
    assert_eq!(before.len(), 2, "filing and reading: {before:?}");
    assert_eq!((&before[0]["class"], &before[0]["duty"], &before[0]["unusual"]), (&Value::Null, &Value::Null, &json!([])));
    let settle = json!({ "subjects": [{ "name": "Hana Kemp" }], "reason": "It was about herself." });
    trust.call("POST", &format!("/api/v1/reports/{id}/subjects"), Some(&all.head), Some(&settle)).await.ok();
    assert_eq!(reads(trust, &all.reporter, "mine").await, before, "the list tells nothing of what was found");
}

async fn a_page_is_one_trace_and_one_event(engine: Engine) {
    let all = people(engine, 404).await;
    let trust = &all.trust;
    let mut ids = vec![];
    for story in ["A tablet is gone.", "A laptop is gone.", "A camera is gone."] {
        ids.push(trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", story)).await);
    }
    let paths = ["queue", "reports", "breaches", "reads?mine", &format!("reports/{}", ids[0]), &format!("reads?record={}", ids[0])];
    for path in paths.map(|path| format!("/api/v1/{path}")) {
        let (before, traces) = (trust.app.head_size().await.unwrap(), trust.looks().await.len());
        trust.call("GET", &path, Some(&all.head), None).await.ok();
        let (after, now) = (trust.app.head_size().await.unwrap(), trust.looks().await);
        // A list of one's own looks, and a board without clocks, show no text of a record.
        let expected = u64::from(!path.contains("mine") && !path.contains("breaches"));
        assert_eq!((after - before, (now.len() - traces) as u64), (expected, expected), "{path}");
        if path.contains("queue") || path.ends_with("reports") {
            assert_eq!(now.last().unwrap().records.len(), 3, "one trace for all rows of a page");
        }
    }
    let nothing = trust.app.head_size().await.unwrap();
    assert_eq!(trust.opens(&all.other_head, &ids[0]).await, StatusCode::NOT_FOUND);
    assert_eq!(trust.app.head_size().await.unwrap(), nothing, "what is not shown leaves nothing");
}

async fn a_purpose_is_asked_of_those_alone_who_may_know_the_record(engine: Engine) {
    let all = people(engine, 405).await;
    let trust = &all.trust;
    let id = trust.file(&all.reporter, &concern("low_level_concern", "Quentin Ellison")).await;
    let path = format!("/api/v1/reports/{id}");
    let with = async |token: &str, path: &str, purpose: &str| trust.call_with("GET", path, token, None, &[(PURPOSE, purpose)]).await;
    let missing = with(&all.head, &path, "").await;
    assert_eq!((missing.status, missing.json()["type"].clone()), (StatusCode::BAD_REQUEST, json!("/problems/purpose-required")));
    let detail = missing.json()["detail"].as_str().unwrap().to_owned();
    for word in ["Wardbook-Purpose", "case_work", "statutory_duty", "subject_access", "audit", "cover"] {
        assert!(detail.contains(word), "{detail}");
    }
    assert!(!missing.text.contains("KANARE"));
    let unknown = with(&all.head, &path, "nosiness").await;
    assert_eq!((unknown.status, unknown.json()["errors"][0]["field"].clone()), (StatusCode::UNPROCESSABLE_ENTITY, json!(PURPOSE_NAME)));
    assert_eq!(with(&all.head, &path, "break_glass").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(trust.looks().await.iter().all(|shown| shown.page == "receipt"), "nothing was shown, so nothing is traced");
    assert_eq!(with(&all.head, &path, "subject_access").await.status, StatusCode::OK);
    assert_eq!(trust.looks().await.last().unwrap().purpose, "subject_access");

    // Nothing is written where the answer may not be shown.
    let size = trust.app.head_size().await.unwrap();
    let receive = trust.call_with("POST", &format!("{path}/receive"), &all.head, None, &[(PURPOSE, "")]).await;
    assert_eq!((receive.status, trust.app.head_size().await.unwrap()), (StatusCode::BAD_REQUEST, size));

    // For everybody else there is no such record; their own words need no purpose; lists need none; other classes need none.
    for purpose in ["", "audit", "nosiness"] {
        for token in [&all.other_head, &all.dsl, &all.dpo, &all.auditor] {
            let (there, not) =
                (with(token, &path, purpose).await, with(token, &format!("/api/v1/reports/{}", "0".repeat(32)), purpose).await);
            assert_eq!((there.status, &there.text), (StatusCode::NOT_FOUND, &not.text));
        }
    }
    assert_eq!(with(&all.reporter, &path, "").await.status, StatusCode::OK);
    assert_eq!(with(&all.head, "/api/v1/queue", "").await.status, StatusCode::OK);
    let lost = trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", "A tablet is gone.")).await;
    assert_eq!(with(&all.head, &format!("/api/v1/reports/{lost}"), "").await.status, StatusCode::OK);
    assert_eq!(trust.looks().await.last().unwrap().purpose, "case_work");

    // Its clock is a look at the record for whoever reads that; whoever has its first facts alone is asked nothing.
    let mut lost = concern("low_level_concern", "Quentin Ellison");
    (lost["types"], lost["data_affected"]) = (json!(["low_level_concern", "loss_of_data"]), json!(["pupil_personal_data"]));
    let clock = format!("/api/v1/breaches/{}", trust.file(&all.reporter, &lost).await);
    assert_eq!(with(&all.head, &clock, "").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(with(&all.head, &clock, "audit").await.status, StatusCode::OK);
    assert_eq!(trust.looks().await.last().unwrap().purpose, "audit");
    assert_eq!(with(&all.dpo, &clock, "").await.status, StatusCode::OK);
    let (size, ask) = (trust.app.head_size().await.unwrap(), json!({ "decision": "confirmed", "reason": "r" }));
    let decided = trust.call_with("POST", &format!("{clock}/decision"), &all.head, Some(&ask), &[(PURPOSE, "")]).await;
    assert_eq!((decided.status, trust.app.head_size().await.unwrap()), (StatusCode::BAD_REQUEST, size), "nothing is written");

    // The case that comes of it is asked for too.
    let assess = json!({ "categories": ["low_level_concern"], "reason": "r" });
    let assessed = trust.call("POST", &format!("{path}/assessment"), Some(&all.head), Some(&assess)).await.ok();
    let case = format!("/api/v1/cases/{}", assessed["assessment"]["categories"][0]["case"].as_str().unwrap());
    assert_eq!(
        (with(&all.head, &case, "").await.status, with(&all.head, &case, "audit").await.status),
        (StatusCode::BAD_REQUEST, StatusCode::OK)
    );
    let note = trust.call_with("POST", &format!("{case}/note"), &all.head, Some(&json!({ "text": "x" })), &[(PURPOSE, "")]).await;
    assert_eq!(note.status, StatusCode::BAD_REQUEST);
}

const PURPOSE_NAME: &str = "Wardbook-Purpose";

async fn unusual_looks_are_marked_and_can_be_asked_for(engine: Engine) {
    let all = people(engine, 406).await;
    let trust = &all.trust;
    let mut ids = vec![];
    for n in 0..32 {
        ids.push(trust.file(&all.reporter, &report("SCH01", "loss_of_equipment", &format!("Tablet {n} is gone."))).await);
    }
    for id in &ids {
        assert_eq!(trust.opens(&all.head, id).await, StatusCode::OK);
    }
    // The thirtieth is as usual, the thirty-first and the thirty-second are many within an hour.
    let marks = async |id: &str| reads(trust, &all.head, &format!("record={id}")).await.last().unwrap()["unusual"].clone();
    assert_eq!((marks(&ids[29]).await, marks(&ids[30]).await), (json!([]), json!(["many_records"])));
    let unusual = reads(trust, &all.head, "mine&unusual=true").await;
    assert_eq!(unusual.len(), 2, "{unusual:?}");

    // 13 months later, on a Monday at 10: a first look at an old record, and then a second.
    trust.places.tick((395 * 24 + 17) * 3600 + 48 * 60 + 24 * 3600);
    let lead = trust.token("it@example.org", "Ida Tan", Duty::ItLead, None).await;
    for _ in 0..2 {
        assert_eq!(trust.opens(&lead, &ids[0]).await, StatusCode::OK);
        trust.places.tick(60);
    }
    trust.places.tick(11 * 3600);
    assert_eq!(trust.opens(&lead, &ids[1]).await, StatusCode::OK);
    let own = reads(trust, &lead, "mine").await;
    let marks: Vec<Value> = own.iter().map(|row| row["unusual"].clone()).collect();
    assert_eq!(marks, [json!(["old_record", "out_of_hours"]), json!([]), json!(["old_record"])], "{own:?}");
}

async fn pages_of_reads_are_whole_and_their_cursors_belong_to_one_reader(engine: Engine) {
    let all = people(engine, 407).await;
    let trust = &all.trust;
    let mut ids = vec![];
    for n in 0..4 {
        ids.push(trust.file(&all.reporter, &concern("low_level_concern", &format!("Nobody{n} Known{n}"))).await);
    }
    // Lists name four records in one trace; the months of two readers are four streams.
    for token in [&all.head, &all.reporter] {
        trust.call("GET", "/api/v1/queue", Some(token), None).await.ok();
        assert_eq!(trust.opens(token, &ids[0]).await, StatusCode::OK);
    }
    trust.places.tick(3 * 86_400);
    trust.call("GET", "/api/v1/queue", Some(&all.head), None).await.ok();
    assert_eq!(trust.opens(&all.head, &ids[1]).await, StatusCode::OK);
    let whole = reads(trust, &all.head, "mine").await;
    assert_eq!(whole.len(), 10, "{whole:?}");
    assert!(whole.windows(2).all(|pair| pair[0]["at"].as_str() >= pair[1]["at"].as_str()), "newest first");
    let caller = trust.app.by_token(&all.auditor).await.unwrap().unwrap();
    let everybody = trust.app.reads(&caller, wardbook_app::reads::Reads::All, false, None, None).await.unwrap();
    assert_eq!(everybody.items.len(), 10, "over both months, without the reporter's own papers");

    for limit in 1..=4 {
        let (mut items, mut next) = (vec![], None::<String>);
        loop {
            let cursor = next.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let page = trust.call("GET", &format!("/api/v1/reads?mine&limit={limit}{cursor}"), Some(&all.head), None).await.ok();
            let some = page["items"].as_array().unwrap().clone();
            assert!(some.len() <= limit);
            items.extend(some);
            match page["next"].as_str() {
                Some(cursor) => next = Some(cursor.to_owned()),
                None => break,
            }
        }
        assert_eq!(items, whole, "limit {limit}");
        let (mut seen, mut next) = (vec![], None);
        loop {
            let page =
                trust.app.reads(&caller, wardbook_app::reads::Reads::All, false, next.as_deref(), u32::try_from(limit).ok()).await.unwrap();
            seen.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, everybody.items, "limit {limit}");
    }
    let first = trust.call("GET", "/api/v1/reads?mine&limit=1", Some(&all.head), None).await.ok();
    let cursor = first["next"].as_str().unwrap();
    for (token, list) in
        [(&all.reporter, "mine".to_owned()), (&all.head, format!("record={}", ids[0])), (&all.head, "mine&unusual=true".to_owned())]
    {
        let wrong = trust.call("GET", &format!("/api/v1/reads?{list}&cursor={cursor}"), Some(token), None).await;
        assert_eq!(
            (wrong.status, wrong.json()["errors"][0]["field"].clone()),
            (StatusCode::UNPROCESSABLE_ENTITY, json!("cursor")),
            "{list}"
        );
    }
}
