//! What the policies ask, clause by clause: where a report goes, what its case asks for before it can be closed, and that it is closed then.
//! `docs/coverage.md` leads from each clause to the test that holds it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, on_both_engines};

use crate::town::{Town, asks};

on_both_engines!(
    p0_sends_each_report_where_it_says,
    p1_sends_each_report_where_it_says,
    a_child_s_matters_ask_for_what_the_clauses_ask,
    matters_of_adults_and_pupils_ask_for_what_the_clauses_ask,
    matters_of_equipment_and_systems_ask_for_what_the_clauses_ask,
    p1_asks_for_its_own_besides,
    hr_is_told_and_the_release_of_the_documents_is_opened,
    a_child_s_case_is_copied_to_the_child_s_record_or_is_not_closed,
    the_police_question_is_answered_with_a_reason,
);

/// P0-ROUTE-1, P0-ROUTE-2, P0-ROUTE-3, P0-LLC-1, P0-LLC-2, P0-WEAR-1, P0-SEND-1.
async fn p0_sends_each_report_where_it_says(engine: Engine) {
    let town = Town::new(engine, 701, 0).await;
    town.sends(&[
        ("online_safety_concern", Duty::Dsl, "P0-ROUTE-1"),
        ("child_on_child_abuse_online", Duty::Dsl, "P0-ROUTE-1"),
        ("harmful_challenge_or_hoax", Duty::Dsl, "P0-ROUTE-1"),
        ("ai_concern", Duty::Dsl, "P0-ROUTE-3"),
        ("loss_of_equipment", Duty::Headteacher, "P0-ROUTE-2"),
        ("theft_of_data", Duty::Headteacher, "P0-ROUTE-2"),
        ("unauthorised_access", Duty::Headteacher, "P0-ROUTE-2"),
        ("filtering_or_monitoring_failure", Duty::Headteacher, "P0-ROUTE-2"),
        ("email_missent", Duty::Headteacher, "P0-ROUTE-2"),
        ("ai_wearable", Duty::Headteacher, "P0-ROUTE-2"),
        ("low_level_concern", Duty::Headteacher, "P0-LLC-2"),
    ])
    .await;
}

/// P1-ROUTE-1, P1-ROUTE-2, P1-ROUTE-3, P1-ROUTE-4, P1-ROUTE-5, P1-SOCIAL-1, P1-FM-2, P1-PUPIL-1, P1-PUPIL-2.
async fn p1_sends_each_report_where_it_says(engine: Engine) {
    let town = Town::new(engine, 702, 1).await;
    town.sends(&[
        ("online_safety_concern", Duty::OnlineSafetyLead, "P1-ROUTE-1"),
        ("child_on_child_abuse_online", Duty::Dsl, "P1-ROUTE-1"),
        ("malware", Duty::ItLead, "P1-ROUTE-2"),
        ("phishing_link", Duty::ItLead, "P1-ROUTE-2"),
        ("loss_of_equipment", Duty::ItLead, "P1-ROUTE-2"),
        ("email_received_in_error", Duty::ItLead, "P1-ROUTE-2"),
        ("offensive_email", Duty::Headteacher, "P1-PUPIL-1"),
        ("child_contact_social_media", Duty::Dsl, "P1-ROUTE-5"),
        ("abuse_on_official_account", Duty::Headteacher, "P1-SOCIAL-1"),
        ("over_blocking", Duty::ItLead, "P1-ROUTE-2"),
        ("ai_wearable", Duty::Headteacher, "P1-PUPIL-1"),
    ])
    .await;
}

/// P0-COC-1, P0-HOAX-1, P0-FORM-11, P1-4C-1, P1-NUDE-1, P1-SEARCH-1, P1-ROUTE-1: online safety, abuse between children, an image, a challenge, a
/// device that was searched.
async fn a_child_s_matters_ask_for_what_the_clauses_ask(engine: Engine) {
    let town = Town::new(engine, 703, 0).await;
    let safeguarding = "safeguarding_concern";
    town.opens_and_closes(vec![
        asks(
            "online_safety_concern",
            safeguarding,
            "online_safety",
            &[
                ("risk", "P1-4C-1"),
                ("support", "P0-COC-1"),
                ("safeguarding_record", "P1-ROUTE-1"),
                ("parents", "P0-FORM-11"),
                ("illegal_or_serious", "P2-ILLEGAL-1"),
            ],
        ),
        asks(
            "child_on_child_abuse_online",
            safeguarding,
            "child_on_child_abuse",
            &[("kind_of_abuse", "P0-COC-1"), ("support", "P0-COC-1"), ("police_question", "P1-POLICE-1")],
        ),
        asks("harmful_challenge_or_hoax", safeguarding, "challenge_or_hoax", &[("kept_unnamed", "P0-HOAX-1")]),
        asks(
            "online_safety_concern",
            safeguarding,
            "image",
            &[("where_the_device_is", "IMG-3"), ("image_trigger", "IMG-3"), ("anyone_looked", "IMG-2"), ("image_referral", "IMG-3")],
        )
        .with("image", json!("yes")),
        asks(
            "online_safety_concern",
            safeguarding,
            "device_search",
            &[
                ("search_when", "SRC-1"),
                ("search_who", "P1-SEARCH-1"),
                ("good_reason", "P1-SEARCH-1"),
                ("search_result", "P1-SEARCH-1"),
                ("suspected_image", "SRC-2"),
                ("parents", "P0-FORM-11"),
            ],
        )
        .said_to_be("device_search"),
    ])
    .await;
}

/// P0-BRE-1, P0-AUA-1, P0-LLC-6, P0-TRAIN-1, P1-PUPIL-1, P1-REL-1: misuse by pupils, staff and other adults, staff who are bullied, a
/// self-referral, a disciplinary matter, training, a policy.
async fn matters_of_adults_and_pupils_ask_for_what_the_clauses_ask(engine: Engine) {
    let town = Town::new(engine, 704, 0).await;
    town.opens_and_closes(vec![
        asks("misuse_of_ict", "other", "pupil_misuse", &[("sanction", "P1-PUPIL-1"), ("parents", "P0-FORM-11")])
            .with("pupils", json!([{ "name": "Alun Hussain", "year_group": "Year 3" }])),
        asks(
            "misuse_of_ict",
            "other",
            "staff_misuse",
            &[("what_was_misused", "P3-UNACC-1"), ("agreement_signed", "P0-AUA-1"), ("hr", "P0-BRE-1")],
        )
        .about_an_adult(),
        asks("ai_wearable", "other", "other_adult_misuse", &[("decided_together", "P1-STAFF-2"), ("agreement_signed", "P0-AUA-1")])
            .about_agency_staff(),
        asks(
            "cyber_bullying_of_staff",
            "other",
            "bullying_of_staff",
            &[("evidence_kept", "P2-CYBER-1"), ("support_offered", "P2-CYBER-1")],
        ),
        asks("low_level_concern", "low_level_concern", "self_referral", &[("advice_given", "P0-LLC-6")]).with("self_referral", json!(true)),
        asks(
            "misuse_of_ict",
            "disciplinary_matter",
            "disciplinary",
            &[
                ("investigator", "EVI-1"),
                ("decider", "EVI-1"),
                ("suspended", "ALG-6"),
                ("hearing_on", "EVI-1"),
                ("result", "RET-2"),
                ("appeal", "EVI-1"),
            ],
        )
        .about_an_adult(),
        asks("breach_of_aup", "training_need", "training", &[("trained", "P0-TRAIN-1")]),
        asks("breach_of_aup", "policy_review", "policy_review", &[("reviewed", "P4-AUA-1")]),
    ])
    .await;
}

/// P0-ASSET-1, P0-BACKUP-1, P0-FM-1, P0-ROUTE-2, P1-LOAN-1, P1-ROUTE-2, P1-ROUTE-3, P1-FM-2: equipment, access, malware, phishing, mail that
/// went astray, filtering.
async fn matters_of_equipment_and_systems_ask_for_what_the_clauses_ask(engine: Engine) {
    let town = Town::new(engine, 705, 0).await;
    town.opens_and_closes(vec![
        asks(
            "loss_of_equipment",
            "other",
            "loss_or_theft",
            &[
                ("asset", "P0-ASSET-1"),
                ("encrypted", "ENI-6"),
                ("holder", "P1-LOAN-1"),
                ("wiped", "P2-LOST-1"),
                ("stolen", "P0-FORM-2"),
                ("dpo", "P0-ROUTE-2"),
                ("it_department", "P0-ROUTE-2"),
            ],
        ),
        asks("account_misuse", "other", "unauthorised_access", &[("still_open", "P0-ROUTE-2"), ("password_changed", "P2-LOST-1")]),
        asks("malware", "other", "malware", &[("isolated", "P3-VIRUS-1"), ("ransom", "CYB-3"), ("backup", "P0-BACKUP-1")]),
        asks("phishing_link", "other", "phishing", &[("given_away", "P1-ROUTE-2"), ("personal_data", "BRE-1")]),
        asks(
            "email_received_in_error",
            "other",
            "mis_sent",
            &[("went_to", "P3-MISSENT-1"), ("deleted", "P3-MISSENT-1"), ("sender_told", "P1-ROUTE-3"), ("dpo", "P0-ROUTE-2")],
        ),
        asks(
            "filtering_or_monitoring_failure",
            "other",
            "filtering_failure",
            &[("filter_fault", "P1-FM-2"), ("address", "P0-FM-1"), ("mended", "P0-FM-1")],
        ),
    ])
    .await;
}

/// P1-STAFF-1, P1-STAFF-2, P1-AUA-1, P1-DPIA-1, P1-LOG-1, P1-LOG-2, P1-FM-1, P1-ROUTE-2.
async fn p1_asks_for_its_own_besides(engine: Engine) {
    let town = Town::new(engine, 706, 1).await;
    town.opens_and_closes(vec![
        asks(
            "misuse_of_ict",
            "other",
            "staff_misuse",
            &[("hr", "P1-STAFF-1"), ("agreement_signed", "P1-AUA-1"), ("assessed", "P1-DPIA-1")],
        )
        .about_an_adult(),
        asks(
            "misuse_of_ict",
            "other",
            "other_adult_misuse",
            &[("senior_leader", "P1-STAFF-2"), ("decided_together", "P1-STAFF-2"), ("head_of_operations", "P1-ROUTE-2")],
        )
        .about_agency_staff(),
        asks("account_misuse", "other", "unauthorised_access", &[("shared_account", "P1-LOG-1"), ("ict_provider", "P1-ROUTE-2")]),
        asks("abuse_on_official_account", "other", "bullying_of_staff", &[("official_account", "P1-LOG-2")]),
        asks("over_blocking", "other", "filtering_failure", &[("found_by", "P1-FM-1"), ("filter_fault", "P1-FM-2")]),
        asks("low_level_concern", "low_level_concern", "self_referral", &[("advice_given", "P0-LLC-6")]).with("self_referral", json!(true)),
    ])
    .await;
}

/// P1-STAFF-1 (25.5.2): "HR is informed of the details and given copies of relevant documents".
async fn hr_is_told_and_the_release_of_the_documents_is_opened(engine: Engine) {
    let town = Town::new(engine, 707, 1).await;
    let (path, head) = town.open(&asks("misuse_of_ict", "other", "staff_misuse", &[]).about_an_adult()).await;
    let tell = json!({ "whom": "hr", "name": "Callum Reid", "how": "In person", "reference": "HR-77" });
    let told = town.trust.call("POST", &format!("{path}/tell"), Some(head), Some(&tell)).await.ok();
    let told_of = &told["told"][0];
    assert_eq!(
        (told_of["whom"].as_str(), told_of["reference"].as_str(), told_of["told_by"].as_str()),
        (Some("hr"), Some("HR-77"), Some("Uma Jones"))
    );
    let planned: Vec<&str> = told["actions"].as_array().unwrap().iter().map(|action| action["what"].as_str().unwrap()).collect();
    assert_eq!(planned, ["Decide which documents HR is given, item by item, and release them"]);
    let hr = town.trust.call("GET", &path, Some(town.token(Duty::Hr)), None).await;
    assert_eq!(hr.status, StatusCode::NOT_FOUND, "told of it, HR still gets what is released, and no more");
}

/// P1-SYS-1, P1-ROUTE-1: MyConcern holds the child's own record; Wardbook says when, by whom and under which reference it was copied there.
async fn a_child_s_case_is_copied_to_the_child_s_record_or_is_not_closed(engine: Engine) {
    let town = Town::new(engine, 708, 1).await;
    let (path, dsl) = town.open(&asks("child_on_child_abuse_online", "safeguarding_concern", "child_on_child_abuse", &[])).await;
    let named = |case: &Value| {
        let open = case["open"].as_array().unwrap();
        open.iter().any(|open| open["of"] == "safeguarding_record" && open["blocks_closing"] == true)
    };
    let case = town.trust.call("GET", &path, Some(dsl), None).await.ok();
    assert!(named(&case), "{case}");
    let tell = json!({ "whom": "safeguarding_record", "how": "MyConcern", "reference": "MC-2041" });
    let told = town.trust.call("POST", &format!("{path}/tell"), Some(dsl), Some(&tell)).await.ok();
    assert!(!named(&told));
    assert_eq!((told["told"][0]["reference"].as_str(), told["told"][0]["told_by"].as_str()), (Some("MC-2041"), Some("George Xu")));

    let (path, dsl) = town.open(&asks("child_on_child_abuse_online", "safeguarding_concern", "child_on_child_abuse", &[])).await;
    let aside = json!({ "step": "safeguarding_record", "reason": "The child is at another school, whose DSL has it." });
    let kept = town.trust.call("POST", &format!("{path}/set-aside"), Some(dsl), Some(&aside)).await.ok();
    assert!(!named(&kept), "set aside with a reason: {kept}");
    let silent = json!({ "step": "parents", "reason": " " });
    let refused = town.trust.call("POST", &format!("{path}/set-aside"), Some(dsl), Some(&silent)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "and not without one");
}

/// P1-POLICE-1: whether the police are told is decided by a person, with a reason, under an edition of the guidance and a profile.
async fn the_police_question_is_answered_with_a_reason(engine: Engine) {
    let town = Town::new(engine, 709, 1).await;
    let (path, head) = town.open(&asks("misuse_of_ict", "other", "staff_misuse", &[]).about_an_adult()).await;
    let decide = |reason: &str| json!({ "about": "police", "decision": "not_told", "reason": reason });
    let silent = town.trust.call("POST", &format!("{path}/decide"), Some(head), Some(&decide(""))).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let decided =
        town.trust.call("POST", &format!("{path}/decide"), Some(head), Some(&decide("It was a film, watched at lunch."))).await.ok();
    let decision = &decided["decisions"][0];
    assert_eq!((decision["by"].as_str(), decision["guidance_edition"].as_str()), (Some("Uma Jones"), Some("KCSIE 2026")));
    assert_eq!((decision["profile"].as_str(), decision["reason"].as_str()), (Some("coastal@5"), Some("It was a film, watched at lunch.")));
}
