//! A report before it is a case: handed over, put off, printed; and what waits for somebody beside the records of their queue.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_system_tests::{Answer, Engine, on_both_engines};

use crate::town::{Town, of_type};

on_both_engines!(
    a_report_is_handed_to_a_duty_that_may_read_it_and_its_owner_stays_answerable,
    an_adult_s_conduct_is_handed_to_nobody,
    what_was_received_can_wait_but_not_past_the_law_and_not_where_a_child_is_in_danger,
    p0_print_1_a_report_leaves_on_paper_with_a_purpose_a_number_and_a_trace,
    what_waits_beside_records_stands_on_the_queue_of_who_decides,
);

impl Town {
    async fn send(&self, report: &str, verb: &str, token: &str, body: &Value) -> Answer {
        self.trust.call("POST", &format!("/api/v1/reports/{report}/{verb}"), Some(token), Some(body)).await
    }

    async fn report(&self, report: &str, token: &str) -> Value {
        self.trust.call("GET", &format!("/api/v1/reports/{report}"), Some(token), None).await.ok()
    }

    /// The row of somebody's queue about this report.
    async fn row(&self, report: &str, token: &str) -> Option<Value> {
        let queue = self.trust.call("GET", "/api/v1/queue?limit=200", Some(token), None).await.ok();
        queue["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(report)).cloned()
    }
}

async fn a_report_is_handed_to_a_duty_that_may_read_it_and_its_owner_stays_answerable(engine: Engine) {
    let town = Town::new(engine, 741, 0).await;
    let deputy = town.trust.holder("Nia Fenwick", Duty::DeputyDsl).await;
    let mut form = of_type("online_safety_concern");
    form["danger"] = json!("no");
    let report = town.file(&form).await;
    let dsl = town.token(Duty::Dsl);
    assert!(town.row(&report, &deputy).await.is_none(), "it is the DSL's to receive");
    let shown = town.report(&report, dsl).await;
    assert!(shown["may"].as_array().unwrap().contains(&json!("hand-over")), "{shown}");
    let offered: Vec<&str> = shown["hand_to"].as_array().unwrap().iter().map(|to| to["duty"].as_str().unwrap()).collect();
    assert!(offered.contains(&"deputy-dsl") && offered.contains(&"headteacher") && !offered.contains(&"it-lead"), "{offered:?}");
    let to = |duty: &str| json!({ "duty": duty, "school": "SCH01", "reason": "I am on a course until Tuesday." });
    for (who, token, expected) in [
        ("the IT lead, who may not know it", town.token(Duty::ItLead), StatusCode::NOT_FOUND),
        ("its reporter, for whom these are own words", town.reporter.as_str(), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(town.send(&report, "hand-over", token, &to("deputy-dsl")).await.status, expected, "{who}");
    }
    for wrong in [to("it-lead"), to(""), json!({ "duty": "deputy-dsl", "school": "SCH01", "reason": " " })] {
        let refused = town.send(&report, "hand-over", dsl, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.text);
    }
    let handed = town.send(&report, "hand-over", dsl, &to("deputy-dsl")).await.ok();
    assert_eq!(handed["in_hand"], json!({ "duty": "deputy-dsl", "school": "SCH01" }));
    assert!(handed["timeline"].to_string().contains("Handed over to the deputy designated safeguarding lead"), "{handed}");
    let theirs = town.row(&report, &deputy).await.expect("it stands on their queue");
    assert_eq!((theirs["next_action"].as_str(), theirs["clause"].as_str()), (Some("Confirm that you have received it"), Some("P0-FORM-8")));
    let owners = town.row(&report, dsl).await.expect("their duty stays answerable");
    assert_eq!(owners["in_hand"], "Deputy designated safeguarding lead");
    // That it is about no adult is said, and takes it out of nobody's hands.
    let settled = json!({ "subjects": [], "reason": "It was another child." });
    assert_eq!(town.send(&report, "subjects", dsl, &settled).await.status, StatusCode::OK);
    assert!(town.row(&report, &deputy).await.is_some());
    // Whoever holds the duty later finds it there too.
    let later = town.trust.holder("Oskar Lindqvist", Duty::DeputyDsl).await;
    assert!(town.row(&report, &later).await.is_some());
    let received = town.send(&report, "receive", &deputy, &Value::Null).await.ok();
    assert_eq!(received["state"], "received");
    let assess = json!({ "categories": ["training_need"], "reason": "As it reads." });
    town.send(&report, "assessment", &deputy, &assess).await.ok();
    assert!(town.row(&report, &deputy).await.is_none() && town.row(&report, dsl).await.is_none(), "and is done");
    let late = town.send(&report, "hand-over", dsl, &to("headteacher")).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "an assessed report goes on in its cases: {}", late.text);
}

async fn an_adult_s_conduct_is_handed_to_nobody(engine: Engine) {
    let town = Town::new(engine, 742, 0).await;
    let mut form = of_type("low_level_concern");
    form["staff"] = json!([{ "name": "Quentin Ellison", "part": "subject" }]);
    let report = town.file(&form).await;
    let head = town.token(Duty::Headteacher);
    let shown = town.report(&report, head).await;
    assert_eq!((&shown["hand_to"], shown["may"].as_array().unwrap().contains(&json!("hand-over"))), (&json!([]), false));
    let to = json!({ "duty": "dsl", "school": "SCH01", "reason": "She knows him." });
    assert_eq!(town.send(&report, "hand-over", head, &to).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn what_was_received_can_wait_but_not_past_the_law_and_not_where_a_child_is_in_danger(engine: Engine) {
    let town = Town::new(engine, 743, 0).await;
    let until = json!({ "until": "2026-10-30T17:30:00Z", "reason": "The supplier rings at five." });
    let report = town.file(&of_type("filtering_or_monitoring_failure")).await;
    let mut owner = None;
    for duty in [Duty::Dsl, Duty::ItLead, Duty::Headteacher] {
        if town.row(&report, town.token(duty)).await.is_some_and(|row| row["next_action"] == "Confirm that you have received it") {
            owner = Some(town.token(duty));
        }
    }
    let owner = owner.expect("somebody receives it");
    let early = town.send(&report, "snooze", owner, &until).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "only who has read it knows that it can wait: {}", early.text);
    town.send(&report, "receive", owner, &Value::Null).await.ok();
    for wrong in ["2026-10-30T10:00:00Z", "2027-01-01T10:00:00Z"] {
        let refused = town.send(&report, "snooze", owner, &json!({ "until": wrong, "reason": "x" })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.text);
        assert!(refused.text.contains("until"), "{}", refused.text);
    }
    let shown = town.send(&report, "snooze", owner, &until).await.ok();
    assert_eq!(shown["put_off_until"], until["until"]);
    let row = town.row(&report, owner).await.expect("it stays on the queue");
    assert_eq!((&row["put_off_until"], &row["due_at"]), (&until["until"], &until["until"]), "{row}");

    let lost = town.file(&of_type("loss_of_data")).await;
    let dpo = town.token(Duty::Dpo);
    town.send(&lost, "receive", dpo, &Value::Null).await.ok();
    let due = town.report(&lost, dpo).await["due_at"].as_str().unwrap().to_owned();
    let past = town.send(&lost, "snooze", dpo, &json!({ "until": due.replacen("2026-11-02", "2026-11-03", 1), "reason": "x" })).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY, "BRE-2 {due}: {}", past.text);

    let mut form = of_type("online_safety_concern");
    form["danger"] = json!("yes");
    let danger = town.file(&form).await;
    let dsl = town.token(Duty::Dsl);
    let shown = town.send(&danger, "receive", dsl, &Value::Null).await.ok();
    assert!(!shown["may"].as_array().unwrap().contains(&json!("snooze")), "{shown}");
    assert_eq!(town.send(&danger, "snooze", dsl, &until).await.status, StatusCode::CONFLICT);
}

async fn p0_print_1_a_report_leaves_on_paper_with_a_purpose_a_number_and_a_trace(engine: Engine) {
    let town = Town::new(engine, 744, 0).await;
    let report = town.file(&of_type("online_safety_concern")).await;
    let dsl = town.token(Duty::Dsl);
    let ask = json!({ "purpose": "audit" });
    let refused = town.send(&report, "print", dsl, &json!({ "purpose": "curiosity" })).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("purpose"), "{}", refused.text);
    assert_eq!(town.send(&report, "print", town.token(Duty::ItLead), &ask).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.send(&report, "print", &town.reporter, &ask).await.status, StatusCode::NOT_FOUND, "their receipt is what they keep");
    let key = [("idempotency-key", "print-1")];
    let path = format!("/api/v1/reports/{report}/print");
    let first = town.trust.call_with("POST", &path, dsl, Some(&ask), &key).await;
    assert!(first.bytes.starts_with(b"%PDF"), "{} {}", first.status, first.text);
    assert_eq!(town.trust.call_with("POST", &path, dsl, Some(&ask), &key).await.bytes, first.bytes, "sent twice it is one copy");
    let copies = town.report(&report, dsl).await["copies"].clone();
    assert_eq!((copies.as_array().unwrap().len(), &copies[0]["number"], &copies[0]["purpose"]), (1, &json!(1), &json!("audit")));
    let looks = town.trust.looks().await;
    let traced = looks.iter().filter(|look| look.page == "copy on paper" && look.purpose == "audit");
    assert_eq!(traced.count(), 2, "each time that it leaves");
    assert!(town.send(&report, "print", dsl, &ask).await.bytes.starts_with(b"%PDF"));
    assert_eq!(town.report(&report, dsl).await["copies"][1]["number"], 2);
}

async fn what_waits_beside_records_stands_on_the_queue_of_who_decides(engine: Engine) {
    let town = Town::new(engine, 745, 0).await;
    let beside = async |token: &str| {
        let queue = town.trust.call("GET", "/api/v1/queue", Some(token), None).await.ok();
        let rows = queue["beside"].as_array().unwrap();
        rows.iter().map(|row| format!("{} {}", row["count"], row["what"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let (dsl, head, it) = (town.token(Duty::Dsl), town.token(Duty::Headteacher), town.token(Duty::ItLead));
    assert_eq!(beside(dsl).await, Vec::<String>::new());
    let alert = |id: &str, category: &str| {
        json!({ "alert_id": id, "occurred_at": "2026-10-30T09:00:00Z", "school": "SCH01", "severity": 3, "category": category,
            "excerpt": "x" })
    };
    let rows = json!({ "source": "another", "rows": [alert("1", "Self-harm"), alert("2", "Gambling")] });
    town.trust.call("POST", "/api/v1/alerts", Some(it), Some(&rows)).await.ok();
    town.trust.app.wait_for_views().await.unwrap();
    assert_eq!(beside(dsl).await, ["2 alerts"]);
    assert_eq!(beside(it).await, Vec::<String>::new(), "whoever brings them in does not decide about them");
    let first = town.trust.call("GET", "/api/v1/queue", Some(dsl), None).await.ok();
    assert_eq!(
        (&first["beside"][0]["next_action"], &first["beside"][0]["clause"]),
        (&json!("Decide about 2 monitoring alerts"), &json!("FIL-1"))
    );

    let other = town.trust.holder_at("Sam Reed", Duty::Headteacher, "SCH02").await;
    let glass = json!({ "duty": "headteacher", "school": "SCH01", "hours": 1, "reason": "She is in hospital and a class is alone" });
    assert_eq!(town.trust.call("POST", "/api/v1/glass", Some(&other), Some(&glass)).await.status, StatusCode::CREATED);
    town.trust.app.wait_for_views().await.unwrap();
    assert!(beside(head).await.contains(&"1 glass".to_owned()), "{:?}", beside(head).await);
    assert!(!beside(&other).await.contains(&"1 glass".to_owned()), "nobody reviews themself");
}
