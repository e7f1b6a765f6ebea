//! Monitoring alerts (FIL-1, P0-FM-1): they come in once, repeats stand together, a DSL dismisses them with one reason or raises them as a
//! report, and what is about an adult never reaches that adult.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use wardbook_app::{
    import::{DryRun, ImportBatch, ImportKind, ImportRow, Imported},
    reads::Reads,
};
use wardbook_domain::Duty;
use wardbook_system_tests::{Answer, Engine, Trust, on_both_engines, sample_rows, scenes::row, year};

on_both_engines!(
    the_sample_comes_in_once_and_a_changed_row_is_refused,
    planted_repeats_stand_together_and_wrong_rows_are_named,
    alerts_come_from_a_named_person_who_receives_reports,
    alerts_are_dismissed_together_with_one_reason,
    a_raised_group_is_a_report_that_goes_the_way_of_every_report,
    an_alert_about_the_dsl_never_reaches_them,
    an_alert_of_the_dsl_s_own_device_never_reaches_them,
    an_alert_is_sent_on_when_its_receiver_turns_out_to_be_the_person,
    a_dismissal_that_was_a_mistake_is_corrected_by_raising_it,
    many_are_decided_at_once,
    a_look_at_alerts_leaves_its_trace,
    an_alert_that_nobody_decides_about_goes_on,
    an_alert_about_the_cover_goes_to_the_next_of_the_chain,
);

fn alert(reference: &str, user: &str, category: &str, at: &str) -> Value {
    json!({ "alert_id": reference, "occurred_at": at, "school": "SCH01", "user": user, "category": category, "severity": "3",
        "device": "PC-1", "excerpt": "free bets today" })
}

async fn import(trust: &Trust, rows: Vec<Value>) -> Imported {
    let rows = (2..).zip(rows).map(|(line, fields)| row(line, fields)).collect();
    trust.import(ImportKind::Alerts, rows).await
}

/// The rows of an export of a product.
fn export(product: &str) -> Vec<ImportRow> {
    let text = std::fs::read_to_string(year().join(format!("../alerts/{product}.csv"))).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let fields =
        |line: &str| header.iter().zip(line.split(',')).map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect::<Map<_, _>>();
    (2..).zip(lines).map(|(line, text)| ImportRow { line, fields: fields(text) }).collect()
}

fn truth(product: &str) -> Value {
    let text = std::fs::read_to_string(year().join("../alerts/truth.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[product].clone()
}

async fn from_product(trust: &Trust, product: &str) -> Imported {
    let batch = ImportBatch { source: product.into(), ..ImportBatch::new(ImportKind::Alerts, export(product)) };
    trust.app.import(batch, Some(&trust.importer().await)).await.unwrap()
}

struct People {
    dsl: String,
    head: String,
}

async fn people(trust: &Trust) -> People {
    People {
        dsl: trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await,
        head: trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await,
    }
}

async fn listed(trust: &Trust, token: &str) -> Value {
    trust.call("GET", "/api/v1/alerts", Some(token), None).await.ok()
}

fn references(list: &Value) -> BTreeSet<Vec<String>> {
    let texts =
        |group: &Value| group["alerts"].as_array().unwrap().iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect();
    list["groups"].as_array().unwrap().iter().map(texts).collect()
}

/// The ids of the alerts of the group that has this reference.
fn ids(list: &Value, reference: &str) -> Vec<Value> {
    let groups = list["groups"].as_array().unwrap();
    let group = groups.iter().find(|group| group["alerts"].as_array().unwrap().iter().any(|one| one["reference"] == reference)).unwrap();
    group["alerts"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
}

async fn decide(trust: &Trust, token: &str, decision: &str, alerts: &[Value]) -> Answer {
    let ask = json!({ "alerts": alerts, "decision": decision, "reason": "Talked to the class." });
    trust.call("POST", "/api/v1/alerts/decide", Some(token), Some(&ask)).await
}

async fn the_sample_comes_in_once_and_a_changed_row_is_refused(engine: Engine) {
    let trust = Trust::with_directory(engine, 701).await;
    let rows = sample_rows(ImportKind::Alerts);
    let dry = ImportBatch { dry_run: true, ..ImportBatch::new(ImportKind::Alerts, rows.clone()) };
    let importer = trust.importer().await;
    let size = trust.app.head_size().await.unwrap();
    let would = trust.app.import(dry, Some(&importer)).await.unwrap();
    let expected = DryRun { records: 43, duties: 43, ..DryRun::default() };
    assert_eq!((would.accepted, would.refused, would.dry_run), (43, vec![], Some(expected)));
    assert_eq!(trust.app.head_size().await.unwrap(), size, "a dry run writes nothing");
    let done = trust.import(ImportKind::Alerts, rows.clone()).await;
    assert_eq!((done.accepted, done.refused), (43, vec![]));
    let size = trust.app.head_size().await.unwrap();
    let mut changed = rows;
    changed[7].fields["excerpt"] = json!("something else");
    let done = trust.import(ImportKind::Alerts, changed).await;
    assert_eq!((done.accepted, done.refused.len(), done.refused[0].line, done.refused[0].field.as_str()), (42, 1, 9, "alert_id"));
    assert!(done.refused[0].problem.contains("already recorded"), "{}", done.refused[0].problem);
    assert_eq!(trust.app.head_size().await.unwrap(), size, "equal rows change nothing, a different one neither");

    let People { dsl, head } = people(&trust).await;
    let lead = trust.token("tess.garner@example.org", "Tess Garner", Duty::TrustSafeguardingLead, None).await;
    let at = |list: &Value| -> BTreeSet<String> {
        list["groups"].as_array().unwrap().iter().map(|group| group["school"].as_str().unwrap().to_owned()).collect()
    };
    for token in [&dsl, &head] {
        assert_eq!(at(&listed(&trust, token).await), BTreeSet::from(["SCH01".to_owned()]));
    }
    assert_eq!(at(&listed(&trust, &lead).await).len(), 3, "the whole trust");
    let list = listed(&trust, &dsl).await;
    let group = list["groups"].as_array().unwrap().iter().find(|group| group["alerts"][0]["reference"] == "M00012").unwrap();
    assert_eq!((&group["who"], &group["about"]), (&json!("Farah Rees-Lewis"), &json!("pupil")), "{group}");
}

async fn planted_repeats_stand_together_and_wrong_rows_are_named(engine: Engine) {
    let trust = Trust::with_directory(engine, 702).await;
    let dsl = people(&trust).await.dsl;
    let mut expected: BTreeSet<Vec<String>> = BTreeSet::new();
    for product in ["securus", "smoothwall"] {
        let (done, truth) = (from_product(&trust, product).await, truth(product));
        let refused: Vec<Value> = done.refused.iter().map(|refusal| json!([refusal.line, refusal.field])).collect();
        assert_eq!(json!(refused), truth["refused"], "{product}");
        assert!(done.refused.iter().all(|refusal| !refusal.problem.contains("free spins") && !refusal.problem.contains("Urgent")));
        expected.extend(serde_json::from_value::<Vec<Vec<String>>>(truth["groups"].clone()).unwrap());
    }
    let list = listed(&trust, &dsl).await;
    assert_eq!(references(&list), expected, "what is about the DSL is not among them");
    let first = &list["groups"][0];
    let seen: Vec<&Value> = first["alerts"].as_array().unwrap().iter().map(|one| &one["reference"]).collect();
    assert_eq!(seen, ["C-101", "C-102", "C-103"], "the gravest stands first, and of two the one that waits longest");
    assert_eq!((&first["severity"], &first["devices"]), (&json!(5), &json!(["ICT-11", "LIB-04"])));
    assert_eq!((&first["first_at"], &first["last_at"]), (&json!("2026-10-26T09:02:00Z"), &json!("2026-10-27T08:58:00Z")));
    assert_eq!((&first["may_decide"], &first["owner"]["duty"]), (&json!(true), &json!("dsl")));
}

async fn alerts_come_from_a_named_person_who_receives_reports(engine: Engine) {
    let trust = Trust::with_directory(engine, 703).await;
    let rows = json!({ "source": "Securus", "rows": export("securus").into_iter().take(2).map(|row| row.fields).collect::<Vec<_>>() });
    let it_lead = trust.token("milo.kemp@example.org", "Milo Kemp", Duty::ItLead, None).await;
    let admin = trust.token("root@example.org", "Root Castle", Duty::Administrator, None).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    for token in [&admin, &reporter] {
        assert_eq!(trust.call("POST", "/api/v1/alerts", Some(token), Some(&rows)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(trust.call("GET", "/api/v1/alerts", Some(token), None).await.status, StatusCode::NOT_FOUND);
        let batch = ImportBatch::new(ImportKind::Alerts, vec![]);
        let refused = trust.app.import(batch, trust.app.by_token(token).await.unwrap().as_ref()).await.unwrap_err();
        assert!(refused.to_string().contains("token"), "{refused}");
    }
    let taken = trust.call("POST", "/api/v1/alerts", Some(&it_lead), Some(&rows)).await.ok();
    assert_eq!(taken, json!({ "accepted": 2, "refused": [] }));
    let size = trust.app.head_size().await.unwrap();
    assert_eq!(trust.call("POST", "/api/v1/alerts", Some(&it_lead), Some(&rows)).await.ok(), taken, "accepted in the same words");
    assert_eq!(trust.app.head_size().await.unwrap(), size);
    let wrong = json!({ "source": "Securus", "rows": [{ "Capture ID": "C-1" }] });
    let taken = trust.call("POST", "/api/v1/alerts", Some(&it_lead), Some(&wrong)).await.ok();
    let fields: BTreeSet<&str> = taken["refused"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!((&taken["accepted"], fields), (&json!(0), BTreeSet::from(["occurred_at", "school", "category"])));
    for body in [json!({ "source": "", "rows": [] }), json!({ "source": "x", "rows": [7] }), json!({ "rows": [] })] {
        let answer = trust.call("POST", "/api/v1/alerts", Some(&it_lead), Some(&body)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", answer.text);
    }
    // The importer brought them in and reads none of them.
    assert_eq!(trust.call("GET", "/api/v1/alerts", Some(&it_lead), None).await.status, StatusCode::NOT_FOUND);
    // A row about the importer is accepted in the same words, and counted nowhere.
    let dsl = people(&trust).await.dsl;
    let importer = trust.app.by_token(&dsl).await.unwrap().unwrap();
    let own = row(2, alert("X1", "SCH01-002", "weapons", "2026-10-30T09:00Z"));
    let dry = ImportBatch { dry_run: true, ..ImportBatch::new(ImportKind::Alerts, vec![own.clone()]) };
    let would = trust.app.import(dry, Some(&importer)).await.unwrap();
    assert_eq!((would.accepted, would.dry_run), (0, Some(DryRun::default())), "it leaves every count");
    let done = trust.app.import(ImportBatch::new(ImportKind::Alerts, vec![own]), Some(&importer)).await.unwrap();
    assert_eq!((done.accepted, done.refused), (1, vec![]));
    assert!(references(&listed(&trust, &dsl).await).iter().flatten().all(|reference| reference != "X1"));
}

/// P0-FM-1.
async fn alerts_are_dismissed_together_with_one_reason(engine: Engine) {
    let trust = Trust::with_directory(engine, 704).await;
    from_product(&trust, "securus").await;
    let People { dsl, head } = people(&trust).await;
    let list = listed(&trust, &dsl).await;
    let chosen = [ids(&list, "C-105"), ids(&list, "C-107")].concat();
    assert_eq!(chosen.len(), 3);
    let by_head = decide(&trust, &head, "dismiss", &chosen).await;
    assert_eq!(by_head.status, StatusCode::NOT_FOUND, "FIL-1: the DSL decides; a head reads: {}", by_head.text);
    assert!(
        listed(&trust, &head).await["groups"]
            .as_array()
            .unwrap()
            .iter()
            .all(|group| group["about"] == "adult" || group["may_decide"] == false)
    );

    let ask = json!({ "alerts": chosen, "decision": "dismiss", "reason": "A maths game." });
    let key = [("idempotency-key", "dismiss-1")];
    let done = trust.call_with("POST", "/api/v1/alerts/decide", &dsl, Some(&ask), &key).await.ok();
    assert_eq!(done, json!({ "decided": 3, "report": null }));
    let size = trust.app.head_size().await.unwrap();
    assert_eq!(
        trust.call_with("POST", "/api/v1/alerts/decide", &dsl, Some(&ask), &key).await.ok(),
        done,
        "a repeated command is one command"
    );
    assert_eq!(trust.app.head_size().await.unwrap(), size);
    let other = json!({ "alerts": chosen, "decision": "dismiss", "reason": "Another." });
    let other = trust.call_with("POST", "/api/v1/alerts/decide", &dsl, Some(&other), &key).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    assert_eq!(decide(&trust, &dsl, "dismiss", &chosen[..1]).await.status, StatusCode::CONFLICT);
    let left = references(&listed(&trust, &dsl).await);
    assert_eq!(
        left,
        BTreeSet::from(
            [vec!["C-101", "C-102", "C-103"], vec!["C-104"], vec!["C-106"], vec!["C-109"]]
                .map(|group| { group.into_iter().map(str::to_owned).collect::<Vec<_>>() })
        )
    );

    trust.places.tick(60);
    decide(&trust, &dsl, "dismiss", &ids(&listed(&trust, &dsl).await, "C-109")).await.ok();
    let decided = trust.call("GET", "/api/v1/alerts?decided=yes", Some(&head), None).await.ok();
    let all: Vec<(&Value, &Value)> =
        decided["groups"].as_array().unwrap().iter().map(|one| (&one["alerts"][0]["reference"], &one["decision"])).collect();
    assert_eq!((all.len(), all[0].0), (4, &json!("C-109")), "the latest decision first");
    let newest = all.iter().find(|(reference, _)| *reference == "C-105").unwrap().1;
    assert_eq!(
        (&newest["decision"], &newest["reason"], &newest["by"]),
        (&json!("dismissed"), &json!("A maths game."), &json!("George Xu"))
    );
    assert_eq!(newest["together"], 3);
    trust.app.rebuild(None, |_, _, _| ()).await.unwrap();
    assert_eq!(trust.call("GET", "/api/v1/alerts?decided=yes", Some(&head), None).await.ok(), decided, "a rebuild tells the same");

    for (body, status) in [
        (json!({ "alerts": [], "decision": "dismiss", "reason": "x" }), 422),
        (json!({ "alerts": ["00"], "decision": "dismiss", "reason": "x" }), 422),
        (json!({ "alerts": ["0".repeat(32)], "decision": "ignore", "reason": "x" }), 422),
        (json!({ "alerts": ["0".repeat(32)], "decision": "dismiss", "reason": "" }), 422),
        (json!({ "alerts": ["0".repeat(32)], "decision": "dismiss", "reason": "x" }), 404),
    ] {
        let answer = trust.call("POST", "/api/v1/alerts/decide", Some(&dsl), Some(&body)).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text);
    }
}

async fn a_raised_group_is_a_report_that_goes_the_way_of_every_report(engine: Engine) {
    let trust = Trust::with_directory(engine, 705).await;
    from_product(&trust, "securus").await;
    let People { dsl, head } = people(&trust).await;
    let group = ids(&listed(&trust, &dsl).await, "C-101");
    let ask = json!({ "alerts": group, "decision": "raise", "reason": "Three times in two days." });
    let key = [("idempotency-key", "raise-1")];
    let done = trust.call_with("POST", "/api/v1/alerts/decide", &dsl, Some(&ask), &key).await.ok();
    let id = done["report"].as_str().unwrap().to_owned();
    assert_eq!(trust.call_with("POST", "/api/v1/alerts/decide", &dsl, Some(&ask), &key).await.ok(), done, "one report");
    assert!(!references(&listed(&trust, &dsl).await).iter().any(|group| *group == ["C-101", "C-102", "C-103"]));

    let queue = trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok();
    let item = queue["items"].as_array().unwrap().iter().find(|item| item["id"] == id.as_str()).unwrap();
    assert_eq!(
        (&item["urgent"], &item["what"]),
        (&json!(true), &json!(["Online safety concern"])),
        "nobody has said that no child is in danger"
    );
    let shown = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&dsl), None).await.ok();
    assert_eq!((&shown["reporter"]["name"], &shown["pupils"][0]["pupil_id"]), (&json!("George Xu"), &json!("SCH01-P003")));
    let story = shown["what_happened"].as_str().unwrap();
    for part in ["Three times in two days.", "C-101", "C-103", "nobody would notice if i was gone", "ICT-11"] {
        assert!(story.contains(part), "{part}: {story}");
    }
    assert_eq!(shown["incident_at"], "2026-10-26T09:02:00Z");
    let assess = json!({ "categories": ["safeguarding_concern"], "reason": "Seen with the parents." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&dsl), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap();
    assert_eq!(trust.call("GET", &format!("/api/v1/cases/{case}"), Some(&dsl), None).await.ok()["school"], "SCH01");

    let decided = trust.call("GET", "/api/v1/alerts?decided=yes", Some(&head), None).await.ok();
    assert_eq!(decided["groups"].as_array().unwrap().len(), 3);
    assert!(decided["groups"].as_array().unwrap().iter().all(|one| one["decision"]["report"] == id.as_str()));
    assert_eq!(decide(&trust, &dsl, "raise", &group).await.status, StatusCode::CONFLICT, "it is raised once");
    let left = listed(&trust, &dsl).await;
    let mixed = [ids(&left, "C-105"), vec![json!("0".repeat(32))]].concat();
    let size = trust.app.head_size().await.unwrap();
    assert_eq!(decide(&trust, &dsl, "raise", &mixed).await.status, StatusCode::NOT_FOUND);
    assert_eq!(trust.app.head_size().await.unwrap(), size, "all or nothing: no report of half a decision");
}

/// What somebody hears at every way in to alerts, and of records.
async fn hears(trust: &Trust, token: &str) -> Vec<(StatusCode, Value)> {
    let mut all = vec![];
    for path in ["alerts", "alerts?decided=yes", "queue", "reports", "cases", "breaches"] {
        let answer = trust.call("GET", &format!("/api/v1/{path}"), Some(token), None).await;
        all.push((answer.status, answer.json()));
    }
    all
}

/// P1-EVID-1.
async fn an_alert_about_the_dsl_never_reaches_them(engine: Engine) {
    let trust = Trust::with_directory(engine, 706).await;
    let People { dsl, head } = people(&trust).await;
    import(&trust, vec![alert("M1", "SCH01-P001", "gambling", "2026-10-29T09:00Z")]).await;
    let before = hears(&trust, &dsl).await;
    let about: Vec<Value> = serde_json::from_value(truth("securus")["about_the_dsl"].clone()).unwrap();
    let rows = export("securus").into_iter().filter(|row| about.contains(&row.fields["Capture ID"])).collect();
    let batch = ImportBatch { source: "Securus".into(), ..ImportBatch::new(ImportKind::Alerts, rows) };
    assert_eq!(trust.app.import(batch, Some(&trust.importer().await)).await.unwrap().accepted, 2);
    assert_eq!(hears(&trust, &dsl).await, before);
    let list = listed(&trust, &head).await;
    let (ids, own) = ([ids(&list, "C-110"), ids(&list, "C-111")].concat(), &list["groups"][0]);
    assert_eq!(own["owner"], json!({ "duty": "headteacher", "school": "SCH01" }), "the next in the chain who is another person");
    assert_eq!((&own["about"], &own["who"], &own["may_decide"]), (&json!("adult"), &json!("George Xu"), &json!(true)));
    let nothing = decide(&trust, &dsl, "dismiss", &[json!("0".repeat(32))]).await;
    for decision in ["dismiss", "raise"] {
        let answer = decide(&trust, &dsl, decision, &ids).await;
        assert_eq!((answer.status, answer.text), (nothing.status, nothing.text.clone()), "{decision}: as for none");
    }
    let done = decide(&trust, &head, "raise", &ids).await.ok();
    let report = done["report"].as_str().unwrap();
    let shown = trust.call("GET", &format!("/api/v1/reports/{report}"), Some(&head), None).await.ok();
    assert_eq!((&shown["staff"][0]["part"], &shown["staff"][0]["staff_id"]), (&json!("subject"), &json!("SCH01-002")));
    assert_eq!(hears(&trust, &dsl).await, before, "nor of the report");
    for path in
        [format!("reports/{report}"), format!("reports/{}", ids[0].as_str().unwrap()), format!("cases/{}", ids[0].as_str().unwrap())]
    {
        assert_eq!(trust.call("GET", &format!("/api/v1/{path}"), Some(&dsl), None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Somebody who may be meant is kept from it as well, until it is known.
    let lead = trust.token("tess.garner@example.org", "Tess Garner", Duty::TrustSafeguardingLead, None).await;
    let before = hears(&trust, &dsl).await;
    import(&trust, vec![alert("M2", "George Xu or somebody at his desk", "weapons", "2026-10-29T09:00Z")]).await;
    import(&trust, vec![alert("M3", "xu", "weapons", "2026-10-29T09:00Z")]).await;
    let known = references(&listed(&trust, &lead).await);
    assert!(known.contains(&vec!["M3".to_owned()]));
    let now = hears(&trust, &dsl).await;
    assert!(!references(&now[0].1).contains(&vec!["M3".to_owned()]));
    assert_eq!(now[1..], before[1..]);
}

async fn an_alert_of_the_dsl_s_own_device_never_reaches_them(engine: Engine) {
    let trust = Trust::with_directory(engine, 707).await;
    let People { dsl, head } = people(&trust).await;
    let laptop = json!({ "asset_number": "LAP-77", "description": "Laptop", "school": "SCH01", "holder_staff_id": "SCH01-001" });
    trust.import(ImportKind::Assets, vec![row(2, laptop)]).await;
    let loan = json!({ "asset_number": "LAP-77", "borrower_staff_id": "SCH01-002", "declared_on": "2026-09-01" });
    trust.import(ImportKind::Loans, vec![row(2, loan)]).await;
    let before = hears(&trust, &dsl).await;
    let mut of_device = alert("M1", "", "weapons", "2026-10-29T09:00Z");
    of_device["device"] = json!("lap77");
    assert_eq!(import(&trust, vec![of_device.clone()]).await.refused, vec![]);
    assert_eq!(hears(&trust, &dsl).await, before);
    let list = listed(&trust, &head).await;
    assert_eq!((&list["groups"][0]["owner"]["duty"], &list["groups"][0]["who"]), (&json!("headteacher"), &json!("George Xu")));
    let done = decide(&trust, &head, "raise", &ids(&list, "M1")).await.ok();
    let report = trust.call("GET", &format!("/api/v1/reports/{}", done["report"].as_str().unwrap()), Some(&head), None).await.ok();
    assert_eq!(report["staff"][0]["name"], "George Xu");
    assert_eq!(hears(&trust, &dsl).await, before);
    // A pupil who was signed in there is whom it is about.
    of_device["alert_id"] = json!("M2");
    of_device["user"] = json!("sch01-p001");
    import(&trust, vec![of_device]).await;
    assert_eq!(references(&listed(&trust, &dsl).await), BTreeSet::from([vec!["M2".to_owned()]]));
}

async fn an_alert_is_sent_on_when_its_receiver_turns_out_to_be_the_person(engine: Engine) {
    let trust = Trust::with_directory(engine, 708).await;
    let People { dsl, head } = people(&trust).await;
    import(&trust, vec![alert("M1", "nora.vale", "weapons", "2026-10-29T09:00Z"), alert("M2", "SCH01-P001", "x", "2026-10-29T09:00Z")])
        .await;
    let list = listed(&trust, &dsl).await;
    assert_eq!(references(&list).len(), 2);
    let about: BTreeSet<&str> = list["groups"].as_array().unwrap().iter().map(|group| group["about"].as_str().unwrap()).collect();
    assert_eq!(about, BTreeSet::from(["pupil", "unknown"]));
    // She comes to the school, and is its DSL from today.
    let nora = json!({ "staff_id": "SCH01-900", "name": "Nora Vale", "email": "nora.vale@example.org", "school": "SCH01" });
    trust.import(ImportKind::Staff, vec![row(2, nora)]).await;
    let nora = trust.token("nora.vale@example.org", "Nora Vale", Duty::Dsl, Some("SCH01")).await;
    let school = json!({ "code": "SCH01", "name": "Oakfield Primary", "head_staff_id": "SCH01-001", "dsl_staff_id": "SCH01-900",
        "deputy_staff_id": "SCH01-003" });
    trust.import(ImportKind::Schools, vec![row(2, school)]).await;
    assert_eq!(references(&listed(&trust, &nora).await), BTreeSet::from([vec!["M2".to_owned()]]), "what is about her is not hers to see");
    let by_head = listed(&trust, &head).await;
    let moved = by_head["groups"].as_array().unwrap().iter().find(|group| group["alerts"][0]["reference"] == "M1").unwrap();
    assert_eq!((&moved["owner"]["duty"], &moved["may_decide"]), (&json!("headteacher"), &json!(true)));
    assert_eq!(decide(&trust, &head, "raise", &ids(&by_head, "M1")).await.status, StatusCode::OK);
    assert_eq!(references(&listed(&trust, &nora).await), BTreeSet::from([vec!["M2".to_owned()]]));
}

async fn a_dismissal_that_was_a_mistake_is_corrected_by_raising_it(engine: Engine) {
    let trust = Trust::with_directory(engine, 709).await;
    let dsl = people(&trust).await.dsl;
    import(&trust, vec![alert("M1", "SCH01-P001", "self-harm", "2026-10-29T09:00Z")]).await;
    let group = ids(&listed(&trust, &dsl).await, "M1");
    decide(&trust, &dsl, "dismiss", &group).await.ok();
    let done = decide(&trust, &dsl, "raise", &group).await.ok();
    let decided = trust.call("GET", "/api/v1/alerts?decided=yes", Some(&dsl), None).await.ok();
    assert_eq!(decided["groups"].as_array().unwrap().len(), 1, "it stands there once");
    assert_eq!(
        (&decided["groups"][0]["decision"]["decision"], &decided["groups"][0]["decision"]["report"]),
        (&json!("raised"), &done["report"])
    );
}

async fn many_are_decided_at_once(engine: Engine) {
    let trust = Trust::with_directory(engine, 710).await;
    let dsl = people(&trust).await.dsl;
    let many = |pupil: &str, count: u32| -> Vec<Value> {
        let at = |n: u32| format!("2026-10-28T{:02}:{:02}Z", 9 + n / 60, n % 60);
        (0..count).map(|n| alert(&format!("{pupil}-{n}"), pupil, "adult content", &at(n))).collect()
    };
    let rows = [many("SCH01-P001", 130), many("SCH01-P002", 70)].concat();
    assert_eq!(import(&trust, rows).await.accepted, 200);
    let list = listed(&trust, &dsl).await;
    assert_eq!(references(&list).len(), 2);
    let dismissed = decide(&trust, &dsl, "dismiss", &ids(&list, "SCH01-P001-0")).await.ok();
    assert_eq!(dismissed["decided"], 130, "more than one append holds");
    trust.places.tick(60);
    let raised = decide(&trust, &dsl, "raise", &ids(&list, "SCH01-P002-0")).await.ok();
    assert_eq!(listed(&trust, &dsl).await["groups"], json!([]));
    let report = trust.call("GET", &format!("/api/v1/reports/{}", raised["report"].as_str().unwrap()), Some(&dsl), None).await.ok();
    assert!(report["what_happened"].as_str().unwrap().contains("and 45 more like these."));
    let page = trust.call("GET", "/api/v1/alerts?decided=yes", Some(&dsl), None).await.ok();
    let next = page["next"].as_str().unwrap();
    let more = trust.call("GET", &format!("/api/v1/alerts?decided=yes&cursor={next}"), Some(&dsl), None).await.ok();
    assert_eq!(references(&page).union(&references(&more)).count(), 200);
    assert!(
        page["groups"].as_array().unwrap().iter().take(70).all(|one| one["decision"]["report"] == raised["report"]),
        "the latest first"
    );
}

async fn a_look_at_alerts_leaves_its_trace(engine: Engine) {
    let trust = Trust::with_directory(engine, 711).await;
    let People { dsl, head } = people(&trust).await;
    import(&trust, vec![alert("M1", "SCH01-P001", "self-harm", "2026-10-29T09:00Z"), alert("M2", "SCH01-002", "x", "2026-10-29T09:00Z")])
        .await;
    let list = listed(&trust, &dsl).await;
    listed(&trust, &head).await;
    let shown: Vec<_> = trust.looks().await.into_iter().map(|look| (look.page, look.reading_as, look.records.len())).collect();
    let as_head = [(Some(Duty::Headteacher), 2)];
    assert_eq!(shown[0], ("alerts".to_owned(), Some(Duty::Dsl), 1), "the records whose text was shown");
    assert_eq!(shown[1..].iter().map(|(_, duty, count)| (*duty, *count)).collect::<Vec<_>>(), as_head);
    let dpo = trust.token("priya.anand@example.org", "Priya Anand", Duty::Dpo, None).await;
    let dpo = trust.app.by_token(&dpo).await.unwrap().unwrap();
    let reads = trust.app.reads(&dpo, Reads::All, false, None, None).await.unwrap();
    assert_eq!(reads.items.len(), 3);
    assert!(reads.items.iter().all(|read| read.class.as_deref() == Some("a safeguarding record") && read.record.is_none()), "{reads:?}");
    let own = trust.call("GET", "/api/v1/reads?mine", Some(&dsl), None).await.ok();
    let first = own["items"].as_array().unwrap().iter().find(|read| read["record_kind"] == "alert").unwrap();
    assert_eq!(first["record"], list["groups"][0]["alerts"][0]["id"]);
    let left = trust.call("GET", "/api/v1/before-you-go", Some(&dsl), None).await.ok();
    assert_eq!((&left["beside"][0]["what"], &left["beside"][0]["count"]), (&json!("alerts"), &json!(1)), "{left}");
    assert_eq!(left["beside"][0]["due_at"], "2026-10-30T17:00:00Z", "a working day after Thursday morning");
    // Of the alert about him he hears nothing there either.
    assert_eq!(own["items"].as_array().unwrap().iter().filter(|read| read["record_kind"] == "alert").count(), 1);
}

/// FIL-1: nobody's holiday keeps an alert waiting.
async fn an_alert_that_nobody_decides_about_goes_on(engine: Engine) {
    let trust = Trust::with_directory(engine, 719).await;
    let People { dsl, .. } = people(&trust).await;
    let lead = trust.holder("Lena Way", Duty::TrustLead).await;
    let mut grave = alert("M2", "SCH01-P002", "self-harm", "2026-10-30T09:00Z");
    grave["severity"] = json!("5");
    import(&trust, vec![alert("M1", "SCH01-P001", "gambling", "2026-10-30T09:00Z"), grave]).await;
    import(&trust, vec![alert("M0", "SCH01-P001", "gambling", "2026-09-01T09:00Z")]).await;
    let seen = async || match trust.call("GET", "/api/v1/alerts", Some(&lead), None).await {
        answer if answer.status == StatusCode::NOT_FOUND => BTreeSet::new(),
        answer => references(&answer.ok()),
    };
    let follow = async |seconds: i64| {
        trust.places.tick(seconds);
        trust.app.follow_dates(None).await.unwrap();
        trust.app.wait_for_views().await.unwrap();
    };
    follow(60).await;
    assert_eq!(seen().await, BTreeSet::new());
    let waits = async || trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok()["beside"][0]["urgent"].clone();
    assert_eq!(waits().await, json!(true), "the card of what waits says that one cannot");
    // It goes on down the chain, step by step, to whoever it comes to last.
    let mut went = vec![];
    for _ in 0..8 {
        follow(3_600).await;
        went.push(seen().await.len());
    }
    assert_eq!((went.first(), went.last()), (Some(&0), Some(&1)), "the gravest within hours: {went:?}");
    assert_eq!(seen().await, BTreeSet::from([vec!["M2".to_owned()]]));
    for _ in 0..12 {
        follow(86_400).await;
    }
    let list = listed(&trust, &lead).await;
    assert_eq!(references(&list), BTreeSet::from([vec!["M1".to_owned()], vec!["M2".to_owned()]]), "what is history calls nobody");
    assert_eq!(decide(&trust, &lead, "dismiss", &ids(&list, "M2")).await.status, StatusCode::OK);
    assert_eq!(seen().await, BTreeSet::from([vec!["M1".to_owned()]]));
    assert_eq!(waits().await, json!(false), "the rest can wait");
    assert!(!references(&listed(&trust, &dsl).await).contains(&vec!["M2".to_owned()]), "decided for everybody");
}

async fn an_alert_about_the_cover_goes_to_the_next_of_the_chain(engine: Engine) {
    let trust = Trust::with_schools(engine, 720, &["SCH01"]).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let cover = trust.holder("Ola Birch", Duty::Reporter).await;
    let of = |reference: &str, user: &str| alert(reference, user, "weapons", "2026-10-30T09:00Z");
    import(&trust, vec![of("M1", "year5-ipad"), of("M2", "ola.birch")]).await;
    let before = listed(&trust, &dsl).await;
    assert_eq!(references(&before).len(), 2);
    let ask = json!({ "duty": "dsl", "school": "SCH01", "covered_by": "ola.birch@example.org", "until": "2026-10-30T18:00:00Z", "reason": "a course" });
    assert_eq!(trust.call("POST", "/api/v1/covers", Some(&dsl), Some(&ask)).await.status, StatusCode::CREATED);
    // And one that comes in meanwhile.
    import(&trust, vec![of("M3", "ola.birch@example.org")]).await;
    let texts = |names: &[&str]| names.iter().map(|name| vec![(*name).to_owned()]).collect::<BTreeSet<_>>();
    assert_eq!(references(&listed(&trust, &cover).await), texts(&["M1"]), "the cover sees what they may know");
    let list = listed(&trust, &head).await;
    let by_head: Vec<&Value> = list["groups"].as_array().unwrap().iter().filter(|group| group["may_decide"] == json!(true)).collect();
    let by_head: BTreeSet<&str> = by_head.iter().map(|group| group["alerts"][0]["reference"].as_str().unwrap()).collect();
    assert_eq!(by_head, BTreeSet::from(["M2", "M3"]), "and the head decides about the rest");
    assert_eq!(ids(&listed(&trust, &dsl).await, "M1"), ids(&before, "M1"), "the absent person's list does not differ");
    trust.places.tick(2 * 3_600);
    trust.app.follow_dates(None).await.unwrap();
    trust.app.wait_for_views().await.unwrap();
    let after = trust.call("GET", "/api/v1/alerts", Some(&head), None).await.ok();
    assert!(
        after["groups"].as_array().unwrap().iter().all(|group| group["may_decide"] == json!(false)),
        "with the absence that ends: {after}"
    );
}
