//! Each report reaches the right person at once, whoever it is about: the scenarios that a school's small size makes common, over HTTP.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::ImportKind;
use wardbook_domain::Duty;
use wardbook_system_tests::{
    Engine, Trust, on_both_engines, report,
    scenes::{concern, email, row},
};

on_both_engines!(
    a_head_who_is_also_the_dsl_is_one_person,
    a_head_of_operations_who_is_also_the_dpo_loses_record_and_clock,
    a_concern_about_the_trust_lead,
    a_vacant_post_is_stepped_over_and_its_new_holder_changes_nothing,
    a_deputy_who_becomes_head_while_a_concern_about_her_is_open,
    a_breach_that_is_also_a_low_level_concern,
    a_receiver_who_becomes_the_subject_loses_it_and_the_next_learns_what_was_read,
    a_self_referral_keeps_its_frozen_receipt,
    a_name_given_earlier_fits_somebody_entered_later,
    p0_hoax_1_a_challenge_is_never_named_in_what_leaves,
    what_turns_out_to_be_about_an_adult_is_for_its_receiver_alone,
    what_is_assessed_as_a_low_level_concern_is_conduct_from_then_on,
    what_cannot_wait_comes_first_and_says_so_to_its_receivers_alone,
);

async fn a_head_who_is_also_the_dsl_is_one_person(engine: Engine) {
    let trust = Trust::with_schools(engine, 201, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    trust.holder("Uma Jones", Duty::Dsl).await;
    let lead = trust.holder("Tess Garner", Duty::TrustSafeguardingLead).await;
    let id = trust.file(&reporter, &concern("low_level_concern", "Uma Jones")).await;
    assert_eq!(trust.queue(&lead).await, std::slice::from_ref(&id), "a stand-in is a different person");
    trust.knows_nothing(&head, &id).await;
    let other = trust.file(&reporter, &report("SCH01", "child_on_child_abuse_online", "A message in a group.")).await;
    assert_eq!(trust.queue(&head).await, [other], "what is not about her reaches her once, in either duty");
}

async fn a_head_of_operations_who_is_also_the_dpo_loses_record_and_clock(engine: Engine) {
    let trust = Trust::with_schools(engine, 202, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let both = trust.holder("Milo Reid", Duty::ItLead).await;
    trust.holder("Milo Reid", Duty::Dpo).await;
    // P1-POSTS-1: conflicts are of persons, not of titles.
    let id = trust.file(&reporter, &concern("loss_of_data", "Milo Reid")).await;
    trust.knows_nothing(&both, &id).await;
    let board = trust.call("GET", "/api/v1/breaches", Some(&head), None).await.ok();
    assert_eq!(
        (&board["items"][0]["id"], &board["items"][0]["state"]),
        (&json!(id), &json!("provisional")),
        "the clock has a stand-in: {board}"
    );
    let usual = trust.file(&reporter, &report("SCH01", "loss_of_data", "A register went astray.")).await;
    let board = trust.call("GET", "/api/v1/breaches", Some(&both), None).await.ok();
    assert_eq!(board["items"].as_array().unwrap().len(), 1);
    assert_eq!(board["items"][0]["id"], json!(usual));
}

async fn a_concern_about_the_trust_lead(engine: Engine) {
    let trust = Trust::with_schools(engine, 203, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let lead = trust.holder("Ines Okoye", Duty::TrustLead).await;
    let chair = trust.holder("Noor Castle", Duty::Chair).await;
    let id = trust.file(&reporter, &concern("low_level_concern", "Ines Okoye")).await;
    trust.knows_nothing(&lead, &id).await;
    assert_eq!(trust.queue(&chair).await, [id], "head, DSL and safeguarding lead are vacant, the trust lead is the subject: the chair");
}

async fn a_vacant_post_is_stepped_over_and_its_new_holder_changes_nothing(engine: Engine) {
    let trust = Trust::with_schools(engine, 204, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let deputy = trust.holder("George Xu", Duty::DeputyDsl).await;
    let id = trust.file(&reporter, &report("SCH01", "online_safety_concern", "A stranger in a chat.")).await;
    assert_eq!(trust.queue(&deputy).await, std::slice::from_ref(&id), "no DSL: the deputy has it at once");
    let dsl = trust.holder("Wren Szabo", Duty::Dsl).await;
    assert_eq!(trust.queue(&deputy).await, std::slice::from_ref(&id), "a receiver who may keep it keeps it");
    assert_eq!(trust.opens(&dsl, &id).await, StatusCode::OK, "need-to-know opens it to the new DSL all the same");
}

async fn a_deputy_who_becomes_head_while_a_concern_about_her_is_open(engine: Engine) {
    let trust = Trust::with_schools(engine, 205, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let headed_by =
        |head: &str| vec![row(2, json!({ "code": "SCH01", "name": "Oakfield Primary", "head_staff_id": head, "deputy_staff_id": "S2" }))];
    let staff = |id: &str, name: &str| row(2, json!({ "staff_id": id, "name": name, "school": "SCH01", "email": email(name) }));
    trust.import(ImportKind::Staff, vec![staff("S1", "Uma Jones"), staff("S2", "Bea Ashworth")]).await;
    trust.import(ImportKind::Schools, headed_by("S1")).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let deputy = trust.token("bea.ashworth@example.org", "Bea Ashworth", Duty::DeputyHead, Some("SCH01")).await;
    let id = trust.file(&reporter, &concern("low_level_concern", "Bea Ashworth")).await;
    assert_eq!(trust.queue(&head).await, std::slice::from_ref(&id));
    trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    trust.knows_nothing(&deputy, &id).await;

    trust.import(ImportKind::Schools, headed_by("S2")).await;
    trust.knows_nothing(&deputy, &id).await;
    assert_eq!(trust.queue(&dsl).await, std::slice::from_ref(&id), "P0-LLC-2: to the DSL now that the headteacher is the subject");
    assert_eq!(trust.opens(&head, &id).await, StatusCode::UNAUTHORIZED, "the former head has no duty any more");
    let seen = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&dsl), None).await.ok();
    let sent = seen["timeline"].as_array().unwrap().iter().find(|entry| entry["what"] == "Sent to another receiver").unwrap();
    assert!(sent["text"].as_str().unwrap().contains("Uma Jones had seen it on 2 pages"), "the queue and the report: {sent}");
}

async fn a_breach_that_is_also_a_low_level_concern(engine: Engine) {
    let trust = Trust::with_schools(engine, 206, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let dpo = trust.holder("Priya Anand", Duty::Dpo).await;
    let hr = trust.holder("Callum Reid", Duty::Hr).await;
    let mut form = concern("low_level_concern", "Quentin Ellison");
    form["types"] = json!(["low_level_concern", "loss_of_data"]);
    form["data_affected"] = json!(["sensitive_or_confidential_data"]);
    form["individuals_affected"] = json!(30);
    form["location"] = json!("KANARE-place");
    form["pupils"] = json!([{ "name": "KANARE-pupil" }]);
    let id = trust.file(&reporter, &form).await;

    assert_eq!(trust.opens(&head, &id).await, StatusCode::OK, "the owner: the receiver of the narrowest class");
    for (who, token) in [("DSL", &dsl), ("DPO", &dpo), ("HR", &hr)] {
        assert_eq!(trust.opens(token, &id).await, StatusCode::NOT_FOUND, "{who} does not open a concern about an adult");
    }
    let facts = trust.call("GET", &format!("/api/v1/breaches/{id}"), Some(&dpo), None).await.ok();
    assert_eq!(
        (&facts["state"], &facts["individuals_affected"], &facts["due_at"]),
        (&json!("provisional"), &json!(30), &json!("2026-11-02T16:12:00Z"))
    );
    assert_eq!((&facts["what"], &facts["may_open"]), (&json!(["Loss of data"]), &json!(false)));
    for item in [facts.to_string(), trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok().to_string()] {
        assert!(!item.contains("KANARE") && !item.contains("Ellison") && !item.contains("Hana") && !item.contains("ow-level"), "{item}");
    }
    for (who, token) in [("DSL", &dsl), ("HR", &hr)] {
        assert_eq!(trust.call("GET", &format!("/api/v1/breaches/{id}"), Some(token), None).await.status, StatusCode::NOT_FOUND, "{who}");
        assert_eq!(trust.queue(token).await, Vec::<String>::new(), "{who}");
    }

    let assess = json!({ "categories": ["low_level_concern", "data_breach", "disciplinary_matter"], "reason": "KANARE-reason",
        "shared": "A list of thirty names left the building." });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await.ok();
    let case = |index: usize| assessed["assessment"]["categories"][index]["case"].as_str().unwrap().to_owned();
    let status = async |token: &str, case: String| trust.call("GET", &format!("/api/v1/cases/{case}"), Some(token), None).await;
    for (index, who) in [(0, &head), (1, &dpo), (2, &hr)] {
        let shown = status(who, case(index)).await.ok();
        assert_eq!(shown.to_string().contains("KANARE"), index == 0, "the story stays with its class: {shown}");
        assert_eq!(
            shown["summary"],
            if index == 0 { "KANARE-story of what was seen." } else { "A list of thirty names left the building." }
        );
    }
    for (index, token, may) in [
        (0, &dpo, false),
        (0, &dsl, false),
        (0, &hr, false),
        (1, &head, true),
        (1, &dsl, false),
        (1, &hr, false),
        (2, &dpo, false),
        (2, &dsl, false),
    ] {
        let found = status(token, case(index)).await.status;
        assert_eq!(found, if may { StatusCode::OK } else { StatusCode::NOT_FOUND }, "case {index}");
    }
    let board = trust.call("GET", "/api/v1/breaches", Some(&dpo), None).await.ok();
    assert_eq!((board["items"].as_array().unwrap().len(), &board["items"][0]["id"]), (1, &json!(case(1))), "the case took the clock over");
    assert_eq!(board["items"][0]["due_at"], "2026-11-02T16:12:00Z");
}

async fn a_receiver_who_becomes_the_subject_loses_it_and_the_next_learns_what_was_read(engine: Engine) {
    let trust = Trust::with_schools(engine, 207, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let mut form = report("SCH01", "misuse_of_ict", "A teacher's screen was shown to the class.");
    form["danger"] = json!("unsure");
    let id = trust.file(&reporter, &form).await;
    for token in [&head, &dsl] {
        assert_eq!(trust.opens(token, &id).await, StatusCode::OK);
    }
    trust.places.tick(600);
    assert_eq!(trust.opens(&head, &id).await, StatusCode::OK);
    let settle = json!({ "subjects": [{ "name": "Uma Jones" }], "reason": "The class teacher that day was Uma Jones." });
    let path = format!("/api/v1/reports/{id}/subjects");
    let nobody = json!({ "subjects": [{ "name": "Zebedee Quill" }], "reason": "x" });
    let refused = trust.call("POST", &path, Some(&dsl), Some(&nobody)).await;
    assert_eq!(
        (refused.status, refused.json()["errors"][0]["field"].clone()),
        (StatusCode::UNPROCESSABLE_ENTITY, json!("subjects[0].name"))
    );
    trust.call("POST", &path, Some(&dsl), Some(&settle)).await.ok();
    trust.knows_nothing(&head, &id).await;
    assert_eq!(trust.queue(&dsl).await, std::slice::from_ref(&id));
    let seen = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&dsl), None).await.ok();
    let own = seen.to_string();
    assert!(own.contains("whom it is about") || own.contains("Sent to another receiver"), "{own}");

    // The one who is named by mistake is let back in by a later finding, with its reason.
    let other = json!({ "subjects": [], "reason": "It was nobody on our staff." });
    trust.call("POST", &path, Some(&dsl), Some(&other)).await.ok();
    assert_eq!(trust.opens(&head, &id).await, StatusCode::OK);
    let myself = json!({ "subjects": [{ "name": "George Xu" }], "reason": "It was I." });
    let gone = trust.call("POST", &path, Some(&dsl), Some(&myself)).await;
    assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NO_CONTENT, ""), "what they named is no longer theirs to see");
    trust.knows_nothing(&dsl, &id).await;
    assert_eq!(trust.queue(&head).await, std::slice::from_ref(&id));
    let seen = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    let sent = seen["timeline"].as_array().unwrap().iter().rfind(|entry| entry["what"] == "Sent to another receiver").unwrap();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("George Xu had seen it on") && text.contains("2026"), "{text}");
}

async fn a_self_referral_keeps_its_frozen_receipt(engine: Engine) {
    let trust = Trust::with_schools(engine, 208, &["SCH01"]).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let mut form = report("SCH01", "low_level_concern", "I gave a pupil a lift home.");
    (form["self_referral"], form["about"]) = (json!(true), json!({ "whom": "myself" }));
    form["declaration"] = json!({ "name": "Uma Jones" });
    let id = trust.file(&head, &form).await;
    let receipt = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    assert_eq!((&receipt["own_words"], &receipt["owner"], &receipt["state"]), (&json!(true), &json!(null), &json!(null)));
    assert_eq!((receipt["signed"]["holds"].clone(), receipt["signed"]["digest"].as_str().unwrap().len()), (json!(true), 64));
    let correct = json!({ "field": "what_happened", "text": "She gave a pupil a lift home.", "reason": "Third person." });
    trust.call("POST", &format!("/api/v1/reports/{id}/correct"), Some(&dsl), Some(&correct)).await.ok();
    let assess = json!({ "categories": ["low_level_concern"], "reason": "Looked into." });
    trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&dsl), Some(&assess)).await.ok();
    trust.places.tick(86_400);
    let later = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    assert_eq!(receipt, later, "P0-LLC-6: frozen at the moment of filing");
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok()["items"], json!([]));
}

async fn a_name_given_earlier_fits_somebody_entered_later(engine: Engine) {
    let trust = Trust::with_schools(engine, 209, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let id = trust.file(&reporter, &concern("low_level_concern", "Mrs Ashworth")).await;
    assert_eq!(trust.queue(&dsl).await, std::slice::from_ref(&id), "no headteacher yet: the next in the chain");
    let head = trust.holder("Bea Ashworth", Duty::Headteacher).await;
    trust.knows_nothing(&head, &id).await;
    assert_eq!(trust.queue(&dsl).await, [id], "the name could be the new head's: it stays where it is");
}

async fn p0_hoax_1_a_challenge_is_never_named_in_what_leaves(engine: Engine) {
    let trust = Trust::with_schools(engine, 210, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let mut everybody = vec![];
    for (name, duty) in [
        ("Uma Jones", Duty::Headteacher),
        ("George Xu", Duty::Dsl),
        ("Priya Anand", Duty::Dpo),
        ("Callum Reid", Duty::ItLead),
        ("Noor Castle", Duty::Chair),
        ("Ola Birch", Duty::Governor),
    ] {
        everybody.push(trust.holder(name, duty).await);
    }
    let mut form = report("SCH01", "harmful_challenge_or_hoax", "They dare each other to do the KANARE-challenge.");
    form["types"] = json!(["harmful_challenge_or_hoax", "other"]);
    form["other_type"] = json!("KANARE-name");
    form["data_affected"] = json!(["pupil_personal_data"]);
    trust.file(&reporter, &form).await;
    for token in &everybody {
        // Lists are what notices and other screens are made of; the record itself names it, to those who may open it.
        for path in ["/api/v1/queue", "/api/v1/reports", "/api/v1/cases", "/api/v1/breaches"] {
            let page = trust.call("GET", path, Some(token), None).await.ok().to_string();
            assert!(!page.contains("KANARE"), "{path}: {page}");
        }
    }
}

async fn what_cannot_wait_comes_first_and_says_so_to_its_receivers_alone(engine: Engine) {
    let trust = Trust::with_schools(engine, 211, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let dpo = trust.holder("Priya Anand", Duty::Dpo).await;
    let rows = async |token: &str| trust.call("GET", "/api/v1/queue", Some(token), None).await.ok()["items"].as_array().unwrap().clone();
    let said = |row: &Value| (row["next_action"].as_str().unwrap().to_owned(), row["urgent"].clone(), row["due_at"].clone());

    // A clock that has run out already is still not more pressing than a child.
    let mut lost = report("SCH01", "loss_of_data", "A register went astray.");
    lost["reported_at"] = json!("2026-10-01T08:00:00Z");
    let lost = trust.file(&reporter, &lost).await;
    trust.places.tick(60);
    let mut image = report("SCH01", "child_on_child_abuse_online", "A picture went round.");
    (image["image"], image["danger"]) = (json!("unsure"), json!("no"));
    let image = trust.file(&reporter, &image).await;
    trust.places.tick(60);
    let mut danger = report("SCH01", "unauthorised_access", "Somebody wrote to a child from the account of another.");
    (danger["danger"], danger["data_affected"]) = (json!("yes"), json!(["pupil_personal_data"]));
    let danger = trust.file(&reporter, &danger).await;

    let owed = rows(&dsl).await;
    let ids: Vec<&str> = owed.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&image, &danger], "the DSL owns the one and reads the other along");
    assert_eq!(said(&owed[0]), ("Act on an image: do not look at it".into(), json!(true), json!(null)), "no clock of the ICO");
    assert_eq!(
        said(&owed[1]),
        ("Read it now: a child could be in danger".into(), json!(true), json!("2026-10-30T17:14:00Z")),
        "within the hour"
    );
    let path = format!("/api/v1/reports/{image}");
    let shown = trust.call("GET", &path, Some(&dsl), None).await.ok();
    assert_eq!((&shown["image_open"], &shown["image_for"]), (&json!(true), &json!([{ "duty": "dsl", "school": "SCH01" }])), "{shown}");
    trust.call("POST", &format!("{path}/image/taken-up"), Some(&dsl), Some(&json!({ "action": "Locked the device away." }))).await.ok();
    let owed = rows(&dsl).await;
    assert_eq!(owed[0]["id"], json!(danger), "what was acted on presses no more");
    assert_eq!(said(&owed[1]), ("Confirm that you have received it".into(), json!(false), json!("2026-11-02T17:00:00Z")));

    let owed = rows(&head).await;
    let ids: Vec<&str> = owed.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&danger, &lost]);
    assert_eq!(said(&owed[0]).0, "A child could be in danger: receive and assess it now");
    assert_eq!(said(&owed[1]), ("Confirm that you have received it".into(), json!(false), json!("2026-10-04T08:00:00Z")));
    let page = trust.call("GET", "/api/v1/queue?limit=1", Some(&head), None).await.ok();
    let next = format!("/api/v1/queue?limit=1&cursor={}", page["next"].as_str().unwrap());
    assert_eq!(trust.call("GET", &next, Some(&head), None).await.ok()["items"][0]["id"], json!(lost), "paging goes by the same order");

    for row in rows(&dpo).await {
        assert_eq!(row["urgent"], json!(false), "{row}");
        assert!(!row.to_string().contains("danger"), "first facts say nothing of it: {row}");
    }
    let assess = json!({ "categories": ["training_need"], "reason": "A misunderstanding.", "shared": "x" });
    trust.call("POST", &format!("/api/v1/reports/{danger}/assessment"), Some(&head), Some(&assess)).await.ok();
    assert!(rows(&dsl).await.iter().all(|row| row["id"] != json!(danger)));
}

/// A report of misuse about nobody, which the IT lead opens: head, IT lead, DPO, HR and the report.
async fn misuse(trust: &Trust) -> ([String; 4], String) {
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let it = trust.holder("Milo Reid", Duty::ItLead).await;
    let dpo = trust.holder("Priya Anand", Duty::Dpo).await;
    let hr = trust.holder("Callum Reid", Duty::Hr).await;
    trust.holder("Quentin Ellison", Duty::Reporter).await;
    let id = trust.file(&reporter, &report("SCH01", "misuse_of_ict", "KANARE-story of a screen.")).await;
    assert_eq!(trust.opens(&it, &id).await, StatusCode::OK, "equipment, as far as anybody knows");
    ([head, it, dpo, hr], id)
}

/// Each case of an assessment that says what others may know, as its owner sees it.
async fn shared_alone(trust: &Trust, assessed: &Value, owners: &[&String]) {
    for (owner, category) in owners.iter().zip(assessed["assessment"]["categories"].as_array().unwrap()) {
        let path = format!("/api/v1/cases/{}", category["case"].as_str().unwrap());
        let case = trust.call("GET", &path, Some(owner), None).await.ok();
        assert_eq!(case["summary"], "KEPT-SHORT", "{case}");
        assert!(!case.to_string().contains("KANARE") && !case.to_string().contains("Hana"), "{case}");
    }
}

async fn what_turns_out_to_be_about_an_adult_is_for_its_receiver_alone(engine: Engine) {
    let trust = Trust::with_schools(engine, 212, &["SCH01"]).await;
    let ([head, it, dpo, hr], id) = misuse(&trust).await;
    let settle = json!({ "subjects": [{ "name": "Quentin Ellison" }], "reason": "It was his screen." });
    trust.call("POST", &format!("/api/v1/reports/{id}/subjects"), Some(&head), Some(&settle)).await.ok();
    for token in [&it, &dpo, &hr] {
        trust.knows_nothing(token, &id).await;
    }
    assert_eq!(trust.queue(&head).await, std::slice::from_ref(&id), "the head receives what is about an adult");
    let assess = json!({ "categories": ["data_breach", "disciplinary_matter"], "reason": "KANARE-reason", "action": "KANARE-action",
        "shared": "KEPT-SHORT" });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await.ok();
    shared_alone(&trust, &assessed, &[&dpo, &hr]).await;
    assert_eq!(trust.opens(&it, &id).await, StatusCode::NOT_FOUND);
}

async fn what_is_assessed_as_a_low_level_concern_is_conduct_from_then_on(engine: Engine) {
    let trust = Trust::with_schools(engine, 213, &["SCH01"]).await;
    let ([head, it, dpo, hr], id) = misuse(&trust).await;
    let other = {
        let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
        trust.file(&reporter, &report("SCH01", "misuse_of_ict", "KANARE-other.")).await
    };
    let assess = json!({ "categories": ["data_breach", "disciplinary_matter", "low_level_concern"], "reason": "KANARE-reason",
        "shared": "KEPT-SHORT" });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await.ok();
    shared_alone(&trust, &assessed, &[&dpo, &hr]).await;
    for token in [&it, &dpo, &hr] {
        trust.knows_nothing(token, &id).await;
    }
    assert_eq!(trust.opens(&head, &id).await, StatusCode::OK);
    // Whoever opens it by a row of the table and finds that it is conduct hands it over in doing so, and hears no more of it.
    let path = format!("/api/v1/reports/{other}/assessment");
    let away = trust.call_with("POST", &path, &it, Some(&assess), &[("idempotency-key", "a")]).await;
    assert_eq!((away.status, away.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let again = trust.call_with("POST", &path, &it, Some(&assess), &[("idempotency-key", "a")]).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT);
    trust.knows_nothing(&it, &other).await;
    assert_eq!(trust.opens(&head, &other).await, StatusCode::OK);
}
