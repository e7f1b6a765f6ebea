//! Who may read what beside the holders of a duty: standing aside, names on a case, covers, break-glass, protected disclosures, over HTTP.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_system_tests::{
    Engine, Trust, on_both_engines, report,
    scenes::{concern, email},
};

on_both_engines!(
    who_stands_aside_knows_nothing_from_then_on,
    a_declared_conflict_keeps_a_case_from_somebody_until_it_is_ended,
    a_conflict_about_a_report_counts_for_its_cases,
    who_is_named_on_a_case_reads_it_and_not_its_reporter_until_removed,
    an_absence_passes_item_by_item_and_nobody_s_list_tells,
    a_clock_passes_to_the_next_where_the_cover_may_not_know_the_report,
    break_glass_opens_a_queue_for_a_while_and_is_reviewed,
    break_glass_gives_none_of_what_a_duty_may_do_beside_its_queue,
    a_profile_that_moves_a_receiver_needs_a_second_person,
    oth_5_a_protected_disclosure_keeps_the_reporter_s_name,
);

async fn post(trust: &Trust, path: &str, token: &str, body: Value) -> (StatusCode, String) {
    let answer = trust.call("POST", path, Some(token), Some(&body)).await;
    (answer.status, answer.text)
}

async fn who_stands_aside_knows_nothing_from_then_on(engine: Engine) {
    let trust = Trust::with_schools(engine, 401, &["SCH01", "SCH02"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let id = trust.file(&reporter, &concern("low_level_concern", "Callum Field")).await;
    assert_eq!(trust.queue(&head).await, std::slice::from_ref(&id));
    let path = format!("/api/v1/reports/{id}/recuse");
    assert_eq!(post(&trust, &path, &dsl, json!({ "reason": "mine" })).await.0, StatusCode::NOT_FOUND, "who may not know it cannot");
    assert_eq!(post(&trust, &path, &head, json!({ "reason": " " })).await.0, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    let key = [("idempotency-key", "aside-1")];
    let body = json!({ "reason": "Callum is my brother" });
    for _ in 0..2 {
        let answer = trust.call_with("POST", &path, &head, Some(&body), &key).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }
    trust.knows_nothing(&head, &id).await;
    assert_eq!(trust.queue(&dsl).await, std::slice::from_ref(&id), "it goes to the next in the chain at once");
    let shown = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&dsl), None).await.ok();
    assert_eq!((&shown["aside"][0]["name"], &shown["aside"][0]["because"]), (&json!("Uma Jones"), &json!("recused")));
    assert!(shown["timeline"].to_string().contains("Uma Jones had seen it on 2 pages"), "the next learns what was read: {shown}");
    let ended = format!("/api/v1/reports/{id}/end-recusal");
    let end = json!({ "person": email("Uma Jones"), "reason": "another Callum" });
    assert_eq!(post(&trust, &ended, &head, end.clone()).await.0, StatusCode::NOT_FOUND, "not by who stands aside");
    assert_eq!(post(&trust, &ended, &dsl, end).await.0, StatusCode::OK);
    assert_eq!(trust.queue(&dsl).await, [id], "a receiver who may keep it keeps it");
}

/// A case of a low-level concern, its report, and the tokens of reporter, head and a colleague without a duty of their own.
async fn case(trust: &Trust) -> (String, String, [String; 3]) {
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let colleague = trust.holder("Ola Birch", Duty::Reporter).await;
    let id = trust.file(&reporter, &concern("low_level_concern", "Callum Field")).await;
    let ask = json!({ "categories": ["low_level_concern"], "reason": "A pattern of small things" });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&ask)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    (id, case, [reporter, head, colleague])
}

async fn a_declared_conflict_keeps_a_case_from_somebody_until_it_is_ended(engine: Engine) {
    let trust = Trust::with_schools(engine, 402, &["SCH01", "SCH02"]).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let (_, case, [_, head, _]) = case(&trust).await;
    // The head says it of herself through another's mouth: she is still the owner until she is named.
    let path = format!("/api/v1/cases/{case}/recuse");
    let nobody = post(&trust, &path, &head, json!({ "person": "nobody@example.org", "reason": "x" })).await;
    assert_eq!(nobody.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", nobody.1);
    let body = json!({ "person": email("George Xu"), "reason": "George is married to Callum" });
    assert_eq!(post(&trust, &path, &head, body).await.0, StatusCode::OK);
    // The next in the chain would be the DSL: with him aside it goes past him.
    let lead = trust.holder("Tess Garner", Duty::TrustSafeguardingLead).await;
    assert_eq!(post(&trust, &path, &head, json!({ "reason": "I line-manage Callum" })).await.0, StatusCode::NO_CONTENT);
    trust.knows_nothing(&head, &case).await;
    trust.knows_nothing(&dsl, &case).await;
    assert_eq!(trust.queue(&lead).await, std::slice::from_ref(&case));
    let end = json!({ "person": email("George Xu"), "reason": "divorced" });
    assert_eq!(post(&trust, &format!("/api/v1/cases/{case}/end-recusal"), &lead, end).await.0, StatusCode::OK);
    let shown = trust.call("GET", &format!("/api/v1/cases/{case}"), Some(&lead), None).await.ok();
    assert_eq!(shown["aside"].as_array().unwrap().len(), 1, "the head's own still stands");
}

async fn a_conflict_about_a_report_counts_for_its_cases(engine: Engine) {
    let trust = Trust::with_schools(engine, 407, &["SCH01", "SCH02"]).await;
    let lead = trust.holder("Tess Garner", Duty::TrustSafeguardingLead).await;
    let (report, case, [_, head, _]) = case(&trust).await;
    assert_eq!(trust.queue(&head).await, std::slice::from_ref(&case));
    let own = json!({ "reason": "Callum is my brother" });
    assert_eq!(post(&trust, &format!("/api/v1/reports/{report}/recuse"), &head, own).await.0, StatusCode::NO_CONTENT);
    trust.knows_nothing(&head, &report).await;
    trust.knows_nothing(&head, &case).await;
    assert_eq!(trust.queue(&lead).await, std::slice::from_ref(&case), "the DSL's post is vacant");
    let settled = trust.holder("Tess Garner", Duty::Reporter).await;
    let about_her = json!({ "subjects": [{ "name": "Tess Garner" }], "reason": "it was she" });
    let (status, text) = post(&trust, &format!("/api/v1/reports/{report}/subjects"), &lead, about_her).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{text}");
    trust.knows_nothing(&settled, &case).await;
}

/// P1-EVID-1.
async fn who_is_named_on_a_case_reads_it_and_not_its_reporter_until_removed(engine: Engine) {
    let trust = Trust::with_schools(engine, 403, &["SCH01", "SCH02"]).await;
    let (report, case, [reporter, head, colleague]) = case(&trust).await;
    let (name, remove) = (format!("/api/v1/cases/{case}/share"), format!("/api/v1/cases/{case}/unshare"));
    let ask =
        json!({ "person": email("Ola Birch"), "named_for": "investigation", "reason": "investigating officer", "until": "2026-11-06" });
    assert_eq!(post(&trust, &name, &colleague, ask.clone()).await.0, StatusCode::NOT_FOUND, "nobody names themself");
    assert_eq!(post(&trust, &name, &head, ask.clone()).await.0, StatusCode::OK);
    let read = |token: String| {
        let (trust, path) = (&trust, format!("/api/v1/cases/{case}"));
        async move { trust.call("GET", &path, Some(&token), None).await }
    };
    let shown = read(colleague.clone()).await.ok();
    assert_eq!((&shown["reporter"], &shown["may"]), (&Value::Null, &json!(["note", "recuse"])), "LLC-6");
    assert!(read(head.clone()).await.ok()["reporter"].is_object(), "her owner sees the reporter");
    let listed = trust.call("GET", "/api/v1/cases", Some(&colleague), None).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(trust.opens(&colleague, &report).await, StatusCode::NOT_FOUND, "a name on a case never opens its report");
    assert_eq!(
        post(&trust, &format!("/api/v1/cases/{case}/note"), &colleague, json!({ "text": "Spoke to a witness" })).await.0,
        StatusCode::OK
    );
    let close = json!({ "outcome": "unfounded", "reason": "x" });
    assert_eq!(
        post(&trust, &format!("/api/v1/cases/{case}/close"), &colleague, close).await.0,
        StatusCode::NOT_FOUND,
        "the rest is its owner's"
    );
    // What is about them is never theirs, whoever names them.
    let subject = trust.holder("Callum Field", Duty::Reporter).await;
    let wrong = json!({ "person": email("Callum Field"), "named_for": "help", "reason": "x" });
    assert_eq!(post(&trust, &name, &head, wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY, "entered after the case, and it could be him");
    trust.knows_nothing(&subject, &case).await;
    let gone = json!({ "person": email("Ola Birch"), "reason": "done" });
    assert_eq!(post(&trust, &remove, &head, gone).await.0, StatusCode::OK);
    trust.knows_nothing(&colleague, &case).await;
    assert_eq!(post(&trust, &name, &head, ask).await.0, StatusCode::OK);
    trust.places.tick(8 * 86_400);
    assert_eq!(read(colleague.clone()).await.status, StatusCode::NOT_FOUND, "the last day counts though nothing was written");
    trust.app.follow_dates(None).await.unwrap();
    trust.knows_nothing(&colleague, &case).await;
    trust.knows_nothing(&reporter, &case).await;
}

async fn an_absence_passes_item_by_item_and_nobody_s_list_tells(engine: Engine) {
    let trust = Trust::with_schools(engine, 404, &["SCH01", "SCH02"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let cover = trust.holder("Ola Birch", Duty::Reporter).await;
    // Nothing that would be late within these hours, and so go on to the next by itself.
    let calm = |story: &str| {
        let mut form = report("SCH01", "online_safety_concern", story);
        form["danger"] = json!("no");
        form
    };
    let usual = trust.file(&reporter, &calm("A message in a group.")).await;
    let mut form = calm("Another message.");
    form["staff"] = json!([{ "name": "Ola Birch", "part": "witness" }]);
    let hidden = trust.file(&reporter, &form).await;
    let aside = json!({ "person": email("Ola Birch"), "reason": "her child is in the group" });
    assert_eq!(post(&trust, &format!("/api/v1/reports/{hidden}/recuse"), &dsl, aside).await.0, StatusCode::OK);
    let before = trust.queue(&dsl).await;
    assert_eq!(before.len(), 2);
    let ask = json!({ "duty": "dsl", "school": "SCH01", "covered_by": email("Ola Birch"), "until": "2026-10-30T18:00:00Z", "reason": "a course" });
    assert_eq!(post(&trust, "/api/v1/covers", &cover, ask.clone()).await.0, StatusCode::UNPROCESSABLE_ENTITY, "not by who would cover");
    let (status, text) = post(&trust, "/api/v1/covers", &dsl, ask).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
    let id = serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(trust.queue(&cover).await, std::slice::from_ref(&usual), "the cover sees what they may know");
    assert_eq!(trust.opens(&cover, &usual).await, StatusCode::OK);
    trust.knows_nothing(&cover, &hidden).await;
    assert_eq!(trust.queue(&dsl).await, before, "the absent person's list does not differ");
    // P0-ROUTE-1: deputy DSL is vacant, so the head is next.
    assert_eq!(trust.queue(&head).await, std::slice::from_ref(&hidden), "the next in the chain has it on the list");
    // What is filed during the absence goes the same way at once.
    let mut late = calm("A third message.");
    late["about"] = json!({ "whom": "nobody" });
    let late = trust.file(&reporter, &late).await;
    assert!(trust.queue(&cover).await.contains(&late));
    assert!(!trust.queue(&head).await.contains(&late));
    let covers = trust.call("GET", "/api/v1/covers", Some(&cover), None).await.ok();
    assert_eq!((covers.as_array().unwrap().len(), &covers[0]["covered_by"]), (1, &json!("Ola Birch")));
    assert_eq!(trust.call("GET", "/api/v1/covers", Some(&reporter), None).await.ok(), json!([]));
    assert_eq!(post(&trust, &format!("/api/v1/covers/{id}/end"), &reporter, json!({ "reason": "x" })).await.0, StatusCode::NOT_FOUND);
    trust.places.tick(2 * 3600);
    assert_eq!(trust.queue(&cover).await, Vec::<String>::new(), "the cover ends by itself");
    assert_eq!(trust.opens(&cover, &usual).await, StatusCode::NOT_FOUND);
    trust.app.follow_dates(None).await.unwrap();
    assert_eq!(trust.queue(&head).await, Vec::<String>::new(), "and with it the stand-in's");
    assert_eq!(trust.queue(&dsl).await.len(), 3);
}

/// A clock is an item like any other: where the DPO is away and whoever covers may not know the report, the next of the chain decides.
async fn a_clock_passes_to_the_next_where_the_cover_may_not_know_the_report(engine: Engine) {
    let trust = Trust::with_schools(engine, 410, &["SCH01", "SCH02"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dpo = trust.holder("Priya Anand", Duty::Dpo).await;
    let lead = trust.holder("Ines Okoye", Duty::TrustLead).await;
    let cover = trust.holder("Ola Birch", Duty::Reporter).await;
    let lost = |story: &str| {
        let mut form = report("SCH01", "loss_of_equipment", story);
        form["data_affected"] = json!(["pupil_personal_data"]);
        form["danger"] = json!("no");
        form
    };
    let usual = trust.file(&reporter, &lost("A laptop on a train.")).await;
    let hidden = trust.file(&reporter, &lost("Another laptop.")).await;
    let aside = json!({ "person": email("Ola Birch"), "reason": "It was her husband's." });
    assert_eq!(post(&trust, &format!("/api/v1/reports/{hidden}/recuse"), &head, aside).await.0, StatusCode::OK);
    let (before, of_lead) = (trust.queue(&dpo).await, trust.queue(&lead).await);
    assert_eq!((before.len(), of_lead.len()), (2, 0));
    let ask = json!({ "duty": "dpo", "covered_by": email("Ola Birch"), "until": "2026-10-31T18:00:00Z", "reason": "a course" });
    let (status, text) = post(&trust, "/api/v1/covers", &dpo, ask).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
    assert_eq!(trust.queue(&cover).await, std::slice::from_ref(&usual), "the cover sees what they may know");
    trust.knows_nothing(&cover, &hidden).await;
    assert_eq!(trust.queue(&dpo).await, before, "the absent person's list does not differ");
    assert_eq!(trust.queue(&lead).await, std::slice::from_ref(&hidden), "the next in the chain has it on the list");
    let board = trust.call("GET", "/api/v1/breaches", Some(&lead), None).await.ok();
    assert_eq!((board["items"].as_array().unwrap().len(), &board["items"][0]["id"]), (1, &json!(hidden)));
    assert_eq!(trust.opens(&lead, &hidden).await, StatusCode::NOT_FOUND, "the first facts, and nothing of the story");
    let decide = json!({ "decision": "ended", "reason": "It was encrypted." });
    let (status, text) = post(&trust, &format!("/api/v1/breaches/{hidden}/decision"), &lead, decide).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(trust.queue(&lead).await, Vec::<String>::new(), "and there is nothing more to stand in for");
    trust.app.follow_dates(None).await.unwrap();
    trust.app.wait_for_views().await.unwrap();
    trust.knows_nothing(&lead, &hidden).await;
    let third = trust.file(&reporter, &lost("A third laptop.")).await;
    let aside = json!({ "person": email("Ola Birch"), "reason": "She had it last." });
    assert_eq!(post(&trust, &format!("/api/v1/reports/{third}/recuse"), &head, aside).await.0, StatusCode::OK);
    trust.app.follow_dates(None).await.unwrap();
    trust.app.wait_for_views().await.unwrap();
    assert_eq!(trust.queue(&lead).await, std::slice::from_ref(&third));
    trust.places.tick(27 * 3_600);
    trust.app.follow_dates(None).await.unwrap();
    trust.app.wait_for_views().await.unwrap();
    trust.knows_nothing(&lead, &third).await;
}

async fn break_glass_opens_a_queue_for_a_while_and_is_reviewed(engine: Engine) {
    let trust = Trust::with_schools(engine, 405, &["SCH01", "SCH02"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let other = trust.holder_at("Sam Reed", Duty::Headteacher, "SCH02").await;
    let lead = trust.holder("Ines Okoye", Duty::TrustLead).await;
    let administrator = trust.holder("Ada Ray", Duty::Administrator).await;
    let mine = trust.file(&reporter, &concern("low_level_concern", "Callum Field")).await;
    let his = trust.file(&reporter, &concern("low_level_concern", "Sam Reed")).await;
    let why = "Uma is in hospital and Callum is alone with a class";
    let ask = |hours: u8| json!({ "duty": "headteacher", "school": "SCH01", "hours": hours, "reason": why });
    for (token, who) in [(&reporter, "a reporter"), (&administrator, "an administrator"), (&head, "who holds it")] {
        assert_eq!(post(&trust, "/api/v1/glass", token, ask(1)).await.0, StatusCode::CONFLICT, "{who}");
    }
    assert_eq!(post(&trust, "/api/v1/glass", &other, ask(9)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    trust.knows_nothing(&other, &mine).await;
    let (status, text) = post(&trust, "/api/v1/glass", &other, ask(2)).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
    let glass = serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(trust.queue(&other).await, std::slice::from_ref(&mine), "the duty's queue");
    let last = trust.looks().await.pop().unwrap();
    assert_eq!((last.page.as_str(), last.purpose.as_str()), ("queue", "break_glass"), "and its rows are traced as had by it");
    trust.knows_nothing(&other, &his).await;
    for (token, hears) in [(&head, 1), (&lead, 1), (&administrator, 0), (&reporter, 0)] {
        let told = trust.call("GET", "/api/v1/glass", Some(token), None).await.ok();
        assert_eq!(told.as_array().unwrap().len(), hears, "{told}");
    }
    let review = format!("/api/v1/glass/{glass}/review");
    let finding = json!({ "justified": true, "finding": "He acted at once" });
    assert_eq!(post(&trust, &review, &other, finding.clone()).await.0, StatusCode::NOT_FOUND, "nobody reviews themself");
    assert_eq!(post(&trust, &review, &administrator, finding.clone()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(post(&trust, &review, &lead, finding).await.0, StatusCode::OK);
    trust.places.tick(2 * 3600);
    trust.knows_nothing(&other, &mine).await;
    let (_, text) = post(&trust, "/api/v1/glass", &other, ask(4)).await;
    let glass = serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(trust.opens(&other, &mine).await, StatusCode::OK);
    // What they have by it ends with it: they neither name themself on a case nor take it in hand.
    let assess = json!({ "categories": ["low_level_concern"], "reason": "As it reads." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{mine}/assessment"), Some(&head), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    let myself = json!({ "person": email("Sam Reed"), "named_for": "investigation", "reason": "I know it by now." });
    let (status, text) = post(&trust, &format!("/api/v1/cases/{case}/share"), &other, myself).await;
    assert_eq!((status, text.contains("is you")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{text}");
    let in_hand = json!({ "person": email("Sam Reed"), "reason": "I know it by now." });
    let (status, text) = post(&trust, &format!("/api/v1/cases/{case}/hand-over"), &other, in_hand).await;
    assert_eq!((status, text.contains("is you")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{text}");
    let own = json!({ "person": email("Uma Jones"), "named_for": "investigation", "reason": "For when I have left." });
    assert_eq!(post(&trust, &format!("/api/v1/cases/{case}/share"), &head, own).await.0, StatusCode::UNPROCESSABLE_ENTITY, "nor its owner");
    assert_eq!(post(&trust, &format!("/api/v1/glass/{glass}/close"), &other, json!({})).await.0, StatusCode::OK);
    trust.knows_nothing(&other, &mine).await;
    trust.knows_nothing(&other, &case).await;
}

/// Break-glass opens a queue; watching over reading, seeing who was given access and proposing a profile are no queue.
async fn break_glass_gives_none_of_what_a_duty_may_do_beside_its_queue(engine: Engine) {
    let trust = Trust::with_schools(engine, 409, &["SCH01", "SCH02"]).await;
    let dpo = trust.holder("Priya Anand", Duty::Dpo).await;
    trust.holder("Ines Okoye", Duty::TrustLead).await;
    let other = trust.holder_at("Sam Reed", Duty::Headteacher, "SCH02").await;
    let watched = trust.app.directory().await.unwrap().by_email(&email("Priya Anand")).unwrap();
    let reads = format!("/api/v1/reads?person={watched}");
    let proposal = json!({ "profile": wardbook_app::setup::SHIPPED_PROFILES[0].1, "reason": "a new year" });
    assert_eq!(trust.call("GET", &reads, Some(&dpo), None).await.status, StatusCode::OK);
    let proposed = post(&trust, "/api/v1/profile/proposals", &dpo, proposal.clone()).await;
    assert_eq!(proposed.0, StatusCode::UNPROCESSABLE_ENTITY, "the version is in force");
    for duty in ["dpo", "trust-lead"] {
        let ask = json!({ "duty": duty, "hours": 1, "reason": "Nobody answers the telephone there." });
        let (status, text) = post(&trust, "/api/v1/glass", &other, ask).await;
        assert_eq!(status, StatusCode::CREATED, "{text}");
    }
    assert_eq!(trust.call("GET", &reads, Some(&other), None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(post(&trust, "/api/v1/profile/proposals", &other, proposal).await.0, StatusCode::NOT_FOUND);
}

async fn a_profile_that_moves_a_receiver_needs_a_second_person(engine: Engine) {
    let trust = Trust::with_schools(engine, 408, &["SCH01", "SCH02"]).await;
    let administrator = trust.holder("Ada Ray", Duty::Administrator).await;
    let second = trust.holder("Bo Ray", Duty::Administrator).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dpo = trust.holder("Priya Anand", Duty::Dpo).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let path = "/api/v1/profile/proposals";
    let text = wardbook_app::setup::SHIPPED_PROFILES[0].1;
    let propose = |text: &str| json!({ "profile": text, "reason": "a new year" });
    assert_eq!(post(&trust, path, &administrator, propose(text)).await.0, StatusCode::UNPROCESSABLE_ENTITY, "the version is in force");
    assert_eq!(post(&trust, path, &administrator, propose("id = 1")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(post(&trust, path, &reporter, propose(text)).await.0, StatusCode::NOT_FOUND);
    let shipped = format!("version = {}", trust.app.profile().version);
    let version = |n: u32| text.replacen(&shipped, &format!("version = {n}"), 1);
    let words = version(900).replace("dpo = \"DPO\"", "dpo = \"Data lead\"");
    let (status, shown) = post(&trust, path, &administrator, propose(&words)).await;
    assert_eq!((status, shown.contains("\"adopted\"")), (StatusCode::CREATED, true), "{shown}");
    assert_eq!(trust.app.profile().version, 900);
    let own = trust.file(&reporter, &concern("low_level_concern", "Callum Field")).await;
    // The administrator would have every concern about an adult come to the DPO.
    let moved =
        version(901).replace("class = \"conduct\"\nchain = [\"headteacher\"", "class = \"conduct\"\nchain = [\"dpo\", \"headteacher\"");
    let (status, shown) = post(&trust, path, &administrator, propose(&moved)).await;
    assert_eq!(status, StatusCode::CREATED, "{shown}");
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["state"], json!("waiting"));
    assert!(shown["moves"].to_string().contains("report, Conduct"), "{shown}");
    let confirm = format!("{path}/{}/confirm", shown["id"].as_str().unwrap());
    assert_eq!(post(&trust, &confirm, &administrator, json!({})).await.0, StatusCode::NOT_FOUND, "not by an administrator");
    assert_eq!(post(&trust, &confirm, &second, json!({})).await.0, StatusCode::NOT_FOUND, "nor by another");
    assert_eq!(trust.app.profile().version, 900, "nothing has changed");
    assert_eq!(trust.call("GET", path, Some(&reporter), None).await.status, StatusCode::NOT_FOUND);
    let waiting = trust.call("GET", path, Some(&head), None).await.ok();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(post(&trust, &confirm, &head, json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(trust.app.profile().version, 901);
    assert_eq!(trust.queue(&head).await, [own], "a receiver who may keep it keeps it");
    let next = trust.file(&reporter, &concern("low_level_concern", "Callum Field")).await;
    assert_eq!(trust.queue(&dpo).await, [next]);
    let refused = version(902);
    let (_, shown) = post(&trust, path, &dpo, propose(&refused)).await;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let id = shown["id"].as_str().unwrap();
    assert_eq!(post(&trust, &format!("{path}/{id}/confirm"), &dpo, json!({})).await.0, StatusCode::CONFLICT, "not by who proposed it");
    assert_eq!(post(&trust, &format!("{path}/{id}/refuse"), &head, json!({ "reason": "no" })).await.0, StatusCode::NO_CONTENT);
    assert_eq!(trust.call("GET", path, Some(&head), None).await.ok(), json!([]));
    // Another process of this trust has it at its start, and follows within a minute where it runs.
    let places = trust.stop().await;
    assert_eq!(places.open(9).await.unwrap().app.profile().version, 901);
}

async fn oth_5_a_protected_disclosure_keeps_the_reporter_s_name(engine: Engine) {
    let trust = Trust::with_schools(engine, 406, &["SCH01", "SCH02"]).await;
    let reporter = trust.holder("Zora Quillfeather", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let chair = trust.holder("Noor Castle", Duty::Chair).await;
    let mut form = concern("low_level_concern", "Callum Field");
    form["protected_disclosure"] = json!(true);
    form["declaration"] = json!({ "name": "Zora Quillfeather" });
    let id = trust.file(&reporter, &form).await;
    let own = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&reporter), None).await.ok();
    assert_eq!(own["reporter"]["name"], json!("Zora Quillfeather"), "their own copy is whole");
    let file = b"%PDF-1.7 the rota".as_slice();
    let parts = [("image", None, b"no".as_slice()), ("what", None, b"the rota".as_slice()), ("file", Some("rota.pdf"), file)];
    trust.upload(&format!("/api/v1/reports/{id}/evidence"), &reporter, &parts, &[]).await.ok();
    let at_head = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await;
    assert_eq!(at_head.ok()["protected_disclosure"], json!(true));
    assert!(!at_head.text.contains("Quillfeather") && !at_head.text.contains("quillfeather"), "{}", at_head.text);
    let ask = json!({ "categories": ["low_level_concern"], "reason": "Worth a talk" });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&ask)).await;
    let case = assessed.ok()["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    let at_head = trust.call("GET", &format!("/api/v1/cases/{case}"), Some(&head), None).await;
    assert!(at_head.status.is_success() && !at_head.text.contains("Quillfeather"), "{}", at_head.text);
    let at_chair = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&chair), None).await.ok();
    assert_eq!(at_chair["reporter"]["name"], json!("Zora Quillfeather"), "the independent member alone");
    let listed = trust.call("GET", "/api/v1/reports", Some(&chair), None).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(trust.queue(&chair).await, Vec::<String>::new(), "the head works on it");
}
