//! A case between filing and closing: every act, links and mergers, another kind of case, what is late, what falls due before the weekend.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, on_both_engines};

use crate::town::{Asks, Town, asks, id, of_type};

on_both_engines!(
    every_act_is_done_and_shown,
    links_stand_in_both_cases_and_tell_nobody_of_what_is_kept_from_them,
    a_merger_takes_actions_questions_and_the_earlier_clock_along,
    another_kind_of_case_goes_on_with_what_is_known,
    what_is_the_same_is_closed_with_its_link_alone,
    a_case_leaves_nothing_behind_when_it_goes_on_as_another_kind,
    human_resources_get_what_was_written_for_them,
    what_is_late_goes_on_to_the_next_until_it_is_done,
    a_report_that_nobody_receives_goes_on_to_the_next,
    the_review_date_of_an_assessment_stands_on_its_case,
    before_the_weekend_stands_what_falls_due_before_monday_at_eight,
    a_head_starts_cover_for_somebody_who_is_not_there,
);

fn online() -> Asks {
    asks("online_safety_concern", "safeguarding_concern", "online_safety", &[])
}

fn loss() -> Asks {
    asks("loss_of_equipment", "other", "loss_or_theft", &[])
}

fn one<'a>(shown: &'a Value, list: &str, key: &str, value: &str) -> &'a Value {
    let found = shown[list].as_array().unwrap().iter().find(|one| one[key] == value);
    found.unwrap_or_else(|| panic!("{list} has no {key} {value}: {shown}"))
}

/// P0-FORM-10, P0-MARK-1.
async fn every_act_is_done_and_shown(engine: Engine) {
    let town = Town::new(engine, 721, 0).await;
    let (path, dsl) = town.open(&online()).await;
    let act = async |verb: &str, body: Value| town.act(&path, verb, dsl, body).await;
    let before = town.see(&path, dsl).await;
    assert!(before["open"].as_array().unwrap().iter().any(|open| open["kind"] == "take_up"), "{before}");
    let taken = act("receive", json!({})).await;
    assert!(!taken["open"].as_array().unwrap().iter().any(|open| open["kind"] == "take_up"));
    let assessed = act("assess", json!({ "facts": { "risk": "contact", "illegal_or_serious": "unsure" } })).await;
    assert_eq!(one(&assessed, "facts", "code", "risk")["words"], "Contact: somebody harmful");
    let corrected = town.answer(&path, "assess", dsl, &json!({ "facts": { "risk": "conduct" } })).await;
    assert_eq!(corrected.status, StatusCode::UNPROCESSABLE_ENTITY, "a correction says why: {}", corrected.text);
    act("assess", json!({ "facts": { "risk": "conduct" }, "reason": "It was another child." })).await;
    assert!(act("note", json!({ "text": "NOTE-TEXT" })).await["timeline"].to_string().contains("NOTE-TEXT"));

    let planned = act("plan", json!({ "what": "See the family", "owner": "George Xu", "due_on": "2026-11-03" })).await;
    let action = planned["actions"][0]["id"].as_str().unwrap().to_owned();
    let again = json!({ "action": action, "what": "See the family at home", "owner": "George Xu", "due_on": "2026-11-04", "reason": "They asked." });
    let again = act("plan", again).await;
    assert_eq!((again["actions"].as_array().unwrap().len(), again["actions"][0]["due_on"].as_str()), (1, Some("2026-11-04")));
    let done = act("complete", json!({ "action": action, "done": true, "result": "They were at home." })).await;
    assert_eq!(done["actions"][0]["state"], "done");
    let told =
        json!({ "whom": "parents", "name": "Mrs Hussain", "how": "By telephone", "at": "2026-10-30T15:00:00Z", "told_by": "Uma Jones" });
    let told = act("tell", told).await;
    assert_eq!((told["told"][0]["name"].as_str(), told["told"][0]["told_by"].as_str()), (Some("Mrs Hussain"), Some("Uma Jones")));

    let asked = act("ask", json!({ "question": "Which game was it?" })).await;
    let report = format!("/api/v1/reports/{}", asked["report"].as_str().unwrap());
    let own = town.see(&report, &town.reporter).await;
    let question = own["questions"][0]["id"].as_str().unwrap();
    let answer = json!({ "question": question, "answer": "The one with the farm." });
    town.act(&report, "answer", &town.reporter, answer).await;
    assert_eq!(one(&town.see(&path, dsl).await, "questions", "id", question)["answer"], "The one with the farm.");
    let asked = act("ask", json!({ "question": "At what time?" })).await;
    let question = asked["questions"][1]["id"].as_str().unwrap().to_owned();
    let heard = act("answer", json!({ "question": question, "answer": "After lunch, she says." })).await;
    assert_eq!(heard["questions"][1]["answer"], "After lunch, she says.");
    assert!(
        town.see(&report, &town.reporter).await["questions"].as_array().unwrap().iter().all(|asked| asked["id"] != json!(question)),
        "it waits no more"
    );

    let decided = act("decide", json!({ "about": "police", "decision": "told", "reason": "A stranger asked for pictures." })).await;
    assert_eq!(one(&decided, "decisions", "about", "police")["words"], "The police are told");
    assert_eq!(one(&decided, "steps", "code", "police_told")["state"], "open", "then they are told, with a reference");
    act("tell", json!({ "whom": "police", "how": "101", "reference": "CAD 118" })).await;
    act("set-aside", json!({ "step": "safeguarding_record", "reason": "The other school has it." })).await;
    let placed = act("place", json!({ "name": "Alun Hussain", "part": "child_hurt", "detail": "Year 3" })).await;
    assert_eq!(placed["people"][0]["part_label"], "Child who was hurt, or could be", "P0-COC-1: never a subject");
    let lower = town.answer(&path, "mark", dsl, &json!({ "marking": "restricted", "reason": "No names." })).await;
    assert_eq!(lower.status, StatusCode::UNPROCESSABLE_ENTITY, "P0-MARK-1: a child's record stays confidential: {}", lower.text);
    let shared = act("share", json!({ "person": "SCH01-009", "named_for": "help", "reason": "He teaches her." })).await;
    assert_eq!(shared["named"][0]["name"], "Tariq Patel");
    assert_eq!(act("unshare", json!({ "person": "SCH01-009", "reason": "No more needed." })).await["named"], json!([]));
    let kept = act("recuse", json!({ "person": "SCH01-011", "reason": "A neighbour." })).await;
    assert_eq!(kept["aside"][0]["name"], "Gita Ashworth");
    assert_eq!(act("end-recusal", json!({ "person": "SCH01-011", "reason": "She has moved." })).await["aside"], json!([]));
    let put_off = act("snooze", json!({ "until": "2026-11-05T08:00:00Z", "reason": "The family is away." })).await;
    assert_eq!(
        (put_off["put_off_until"].as_str(), put_off["put_off_reason"].as_str()),
        (Some("2026-11-05T08:00:00Z"), Some("The family is away."))
    );
    assert_eq!(act("review", json!({ "finding": "Quiet since.", "next_on": "2026-12-01" })).await["review_on"], "2026-12-01");
    assert_eq!(
        act("correct", json!({ "field": "summary", "text": "In a game.", "reason": "So she says." })).await["summary"],
        "In a game."
    );
    let handed = act("hand-over", json!({ "person": "SCH01-001", "reason": "I am away next week." })).await;
    assert_eq!(handed["in_hand"], "Uma Jones");
    assert_eq!(town.queued(&path, town.token(Duty::Headteacher)).await[0]["why"], "in your hands", "not as the DSL");
    assert_eq!(town.queued(&path, dsl).await[0]["owner"]["duty"], "dsl");
    let hoax = act("reclassify", json!({ "matter": "challenge_or_hoax", "reason": "It was a challenge." })).await;
    assert_eq!((hoax["matter"].as_str(), hoax["facts"].to_string().contains("kept_unnamed")), (Some("challenge_or_hoax"), true));

    let close = json!({ "outcome": "action_taken", "reason": "All is done." });
    let waits = town.answer(&path, "close", dsl, &close).await;
    assert!(waits.status == StatusCode::UNPROCESSABLE_ENTITY && waits.text.contains("Look at it again"), "P0-FORM-10: {}", waits.text);
    town.trust.deal_with(id(&path), dsl).await;
    assert_eq!(act("close", close.clone()).await["state"], "closed");
    assert_eq!(act("reopen", json!({ "reason": "It has begun again." })).await["state"], "open");
    assert_eq!(act("close", close).await["state"], "closed");
    let printed = town.answer(&path, "print", dsl, &json!({ "kind": "record", "purpose": "case_work" })).await;
    assert!(printed.bytes.starts_with(b"%PDF"), "{}", printed.status);
    assert_eq!(town.see(&path, dsl).await["copies"][0]["number"], 1);
}

async fn links_stand_in_both_cases_and_tell_nobody_of_what_is_kept_from_them(engine: Engine) {
    let town = Town::new(engine, 722, 0).await;
    let (one_path, dsl) = town.open(&online()).await;
    let (two_path, _) = town.open(&online()).await;
    let two = town.see(&two_path, dsl).await["reference"].as_str().unwrap().to_owned();
    for (relation, label, back) in [
        ("same_event", "About the same event as", "About the same event as"),
        ("follows_from", "Follows from", "Led to"),
        ("led_to", "Led to", "Follows from"),
        ("duplicate_of", "The same as", "The same as"),
    ] {
        let link = json!({ "case": two, "relation": relation, "reason": "One evening." });
        let linked = town.act(&one_path, "link", dsl, link.clone()).await;
        let last = linked["links"].as_array().unwrap().last().unwrap();
        assert_eq!((last["case"].as_str(), last["label"].as_str()), (Some(id(&two_path)), Some(label)));
        let other = town.see(&two_path, dsl).await;
        assert_eq!(other["links"].as_array().unwrap().last().unwrap()["label"], back);
        assert_eq!(town.answer(&one_path, "link", dsl, &link).await.status, StatusCode::CONFLICT, "once");
    }
    let itself = json!({ "case": id(&one_path), "relation": "same_event", "reason": "x" });
    assert_eq!(town.answer(&one_path, "link", dsl, &itself).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    // A case that is kept from the DSL is not named in one that the DSL reads, from whichever side it is linked.
    let head = town.token(Duty::Headteacher);
    let (kept_path, _) = town.open(&online()).await;
    town.answer(&kept_path, "recuse", head, &json!({ "person": "SCH01-002", "reason": "His niece." })).await.ok();
    let hidden = town.trust.call("GET", &kept_path, Some(dsl), None).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let before = town.see(&one_path, dsl).await;
    town.act(&kept_path, "link", head, json!({ "case": id(&one_path), "relation": "same_event", "reason": "One evening." })).await;
    let other = json!({ "case": id(&kept_path), "relation": "led_to", "reason": "One evening." });
    town.act(&one_path, "link", head, other).await;
    assert_eq!(town.see(&one_path, dsl).await, before, "nothing of it shows, and nothing of it was written there");
    let links = town.see(&kept_path, head).await["links"].as_array().unwrap().len();
    assert_eq!(links, 2, "where it is kept from more people, both links stand");
    let guess = town.answer(&one_path, "link", dsl, &json!({ "case": id(&kept_path), "relation": "same_event", "reason": "x" })).await;
    let nothing = town.answer(&one_path, "link", dsl, &json!({ "case": "0".repeat(32), "relation": "same_event", "reason": "x" })).await;
    assert_eq!((guess.status, guess.text), (nothing.status, nothing.text), "guessing its id tells nothing");
}

async fn a_merger_takes_actions_questions_and_the_earlier_clock_along(engine: Engine) {
    let town = Town::new(engine, 723, 0).await;
    let (from, dsl) = town.open(&online()).await;
    let (into, _) = town.open(&online()).await;
    town.act(&from, "plan", dsl, json!({ "what": "Ring the game's owner", "owner": "George Xu" })).await;
    let asked = town.act(&from, "ask", dsl, json!({ "question": "Which game?" })).await;
    let asked = town.act(&from, "ask", dsl, json!({ "question": "Who saw it? " })).await["questions"].as_array().unwrap().len()
        + usize::from(asked.is_null());
    assert_eq!(asked, 2);
    let report = format!("/api/v1/reports/{}", town.see(&from, dsl).await["report"].as_str().unwrap());
    let merged = town.act(&from, "merge", dsl, json!({ "into": id(&into), "reason": "Two people reported it." })).await;
    assert_eq!((merged["state"].as_str(), merged["links"][0]["relation"].as_str()), (Some("closed"), Some("goes_on_in")));
    assert_eq!(merged["actions"].as_array().unwrap().len(), 1, "its history stays");
    let other = town.see(&into, dsl).await;
    assert_eq!(
        (other["actions"][0]["what"].as_str(), other["questions"].as_array().unwrap().len()),
        (Some("Ring the game's owner"), 2),
        "{other}"
    );
    assert_eq!(other["links"][0]["relation"], "took_in");
    // Whoever reported it sees no difference; what they answer stands where somebody works.
    let own = town.see(&report, &town.reporter).await;
    let questions: Vec<&str> = own["questions"].as_array().unwrap().iter().map(|asked| asked["id"].as_str().unwrap()).collect();
    town.act(&report, "answer", &town.reporter, json!({ "question": questions[0], "answer": "The one with the farm." })).await;
    assert_eq!(one(&town.see(&into, dsl).await, "questions", "id", questions[0])["answer"], "The one with the farm.");
    let there = town.answer(&from, "answer", dsl, &json!({ "question": questions[1], "answer": "Nobody." })).await;
    assert_eq!(there.status, StatusCode::CONFLICT, "{}", there.text);
    town.act(&into, "answer", dsl, json!({ "question": questions[1], "answer": "Nobody." })).await;
    let own = town.see(&report, &town.reporter).await;
    assert!(own["questions"].as_array().unwrap().iter().all(|asked| !asked["answer"].is_null()), "{own}");
    assert_eq!(town.answer(&from, "reopen", dsl, &json!({ "reason": "x" })).await.status, StatusCode::CONFLICT, "it goes on there");
    let away = town.answer(&into, "merge", dsl, &json!({ "into": "0".repeat(32), "reason": "x" })).await;
    assert_eq!(away.status, StatusCode::UNPROCESSABLE_ENTITY);

    // BRE-3: of two breaches that are one the earlier knowledge counts, in whichever it stands.
    let breach = || asks("loss_of_data", "data_breach", "data_breach", &[]).with("data_affected", json!(["pupil_personal_data"]));
    let (first, dpo) = town.open(&breach().with("discovered_at", json!("2026-10-29T09:00:00Z"))).await;
    let (second, _) = town.open(&breach()).await;
    let clock = |case: &Value| one(case, "open", "kind", "clock")["due_at"].as_str().unwrap().to_owned();
    let (earlier, later) = (clock(&town.see(&first, dpo).await), clock(&town.see(&second, dpo).await));
    assert_eq!((earlier.as_str(), later.as_str()), ("2026-11-01T09:00:00Z", "2026-11-02T16:12:00Z"));
    town.act(&first, "merge", dpo, json!({ "into": id(&second), "reason": "One stick." })).await;
    assert_eq!(clock(&town.see(&second, dpo).await), earlier);
}

async fn another_kind_of_case_goes_on_with_what_is_known(engine: Engine) {
    let town = Town::new(engine, 724, 0).await;
    let (path, head) = town.open(&loss()).await;
    town.act(&path, "assess", head, json!({ "facts": { "encrypted": "no", "holder": "Callum Reid", "personal_data": "yes" } })).await;
    town.act(&path, "tell", head, json!({ "whom": "it_department", "how": "By telephone", "reference": "IT-9" })).await;
    town.act(&path, "decide", head, json!({ "about": "police", "decision": "not_told", "reason": "It was left on a train." })).await;
    town.act(&path, "place", head, json!({ "name": "Callum Reid", "part": "affected" })).await;
    town.act(&path, "mark", head, json!({ "marking": "confidential", "reason": "Pupils' data." })).await;
    // A step that was late stays late: saying that it is another matter gives nobody more time.
    let due = one(&town.see(&path, head).await, "steps", "code", "dpo")["due_at"].clone();
    town.trust.places.tick(3 * 3600);
    let here = town.act(&path, "reclassify", head, json!({ "matter": "malware", "reason": "It was stolen for that." })).await;
    assert_eq!(one(&here, "steps", "code", "dpo")["due_at"], due);
    town.act(&path, "reclassify", head, json!({ "matter": "loss_or_theft", "reason": "It was not." })).await;

    let moved = town.act(&path, "reclassify", head, json!({ "matter": "data_breach", "reason": "Pupils' names were on it." })).await;
    assert_eq!(moved["state"], "closed");
    let there = format!("/api/v1/cases/{}", one(&moved, "links", "relation", "goes_on_in")["case"].as_str().unwrap());
    let case = town.see(&there, town.token(Duty::Dpo)).await;
    assert_eq!((case["kind"].as_str(), case["marking"].as_str()), (Some("data_breach"), Some("confidential")));
    assert_eq!(one(&case, "open", "kind", "clock")["due_at"], "2026-11-02T16:12:00Z", "the clock of the law moves along");
    assert_eq!(one(&case, "told", "whom", "it_department")["reference"], "IT-9");
    assert_eq!(one(&case, "decisions", "about", "police")["reason"], "It was left on a train.");
    assert_eq!(one(&case, "people", "name", "Callum Reid")["part"], "affected");
    let text = case.to_string();
    assert!(text.contains("Callum Reid") && text.contains("The police are not told"), "{text}");
}

/// P1-ROUTE-1, P0-FORM-10: neither the copy in the child's record nor what is planned is lost because a case turns out to be another kind.
async fn a_case_leaves_nothing_behind_when_it_goes_on_as_another_kind(engine: Engine) {
    let town = Town::new(engine, 741, 0).await;
    let (path, dsl) = town.open(&asks("online_safety_concern", "safeguarding_concern", "online_safety", &[])).await;
    let planned = town.act(&path, "plan", dsl, json!({ "what": "Ring the mother", "owner": "George Xu" })).await;
    let action = planned["actions"][0]["id"].as_str().unwrap().to_owned();
    let ask = json!({ "matter": "data_breach", "reason": "A class list was read out.", "shared": "A class list was read out." });
    let refused = town.answer(&path, "reclassify", dsl, &ask).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    for wanted in ["steps.safeguarding_record", &format!("actions.{action}"), "Ring the mother"] {
        assert!(refused.text.contains(wanted), "{wanted}: {}", refused.text);
    }
    town.act(&path, "complete", dsl, json!({ "action": action, "result": "She knows." })).await;
    town.act(&path, "tell", dsl, json!({ "whom": "safeguarding_record", "how": "Copied", "reference": "MC-118" })).await;
    let moved = town.act(&path, "reclassify", dsl, ask).await;
    assert_eq!(moved["state"], "closed", "{moved}");
}

async fn what_is_the_same_is_closed_with_its_link_alone(engine: Engine) {
    let town = Town::new(engine, 725, 0).await;
    let (one_path, dsl) = town.open(&online()).await;
    let (two_path, _) = town.open(&online()).await;
    let close = json!({ "outcome": "duplicate", "reason": "Reported twice." });
    let alone = town.answer(&one_path, "close", dsl, &close).await;
    assert!(alone.status == StatusCode::UNPROCESSABLE_ENTITY && alone.text.contains("which case it is the same as"), "{}", alone.text);
    town.act(&one_path, "link", dsl, json!({ "case": id(&two_path), "relation": "duplicate_of", "reason": "Reported twice." })).await;
    assert_eq!(town.act(&one_path, "close", dsl, close).await["state"], "closed");
}

/// P0-BRE-1.
async fn human_resources_get_what_was_written_for_them(engine: Engine) {
    let town = Town::new(engine, 726, 0).await;
    // Equipment, as far as anybody knows: its story would move to any other owner.
    let mut form = of_type("misuse_of_ict");
    form["what_happened"] = json!("KANARE-story of a screen.");
    let id_of_report = town.file(&form).await;
    let (head, hr) = (town.token(Duty::Headteacher), town.token(Duty::Hr));
    let path = format!("/api/v1/reports/{id_of_report}/assessment");
    let silent = json!({ "categories": ["disciplinary_matter"], "reason": "KANARE-reason" });
    let refused = town.trust.call("POST", &path, Some(head), Some(&silent)).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("what human resources are told"),
        "{}",
        refused.text
    );
    let said =
        json!({ "categories": ["disciplinary_matter"], "reason": "KANARE-reason", "shared": "A laptop was used for private business." });
    let assessed = town.trust.call("POST", &path, Some(head), Some(&said)).await.ok();
    let case = format!("/api/v1/cases/{}", assessed["assessment"]["categories"][0]["case"].as_str().unwrap());
    let shown = town.see(&case, hr).await;
    assert_eq!(shown["summary"], "A laptop was used for private business.");
    assert!(!shown.to_string().contains("KANARE"), "{shown}");
}

async fn what_is_late_goes_on_to_the_next_until_it_is_done(engine: Engine) {
    let town = Town::new(engine, 727, 0).await;
    let (path, dsl) = town.open(&online()).await;
    let lead = town.token(Duty::TrustLead);
    let head = town.token(Duty::Headteacher);
    assert!(town.queued(&path, head).await.is_empty());
    // Steps are due by the end of Monday; a working day later what is late goes on.
    let follow = async || {
        town.trust.app.follow_dates(None).await.unwrap();
        town.trust.app.wait_for_views().await.unwrap();
    };
    town.trust.places.tick(3 * 86_400);
    follow().await;
    assert!(town.queued(&path, head).await.is_empty(), "late since an hour");
    town.trust.places.tick(86_400 + 3600);
    follow().await;
    let row = town.queued(&path, head).await;
    assert_eq!(row.len(), 1, "it went on to the next of the chain");
    let shown = town.see(&path, dsl).await;
    assert!(shown["timeline"].to_string().contains("sent on to the"), "and says so: {}", shown["timeline"]);
    follow().await;
    assert!(town.queued(&path, lead).await.is_empty(), "one step at a time");
    town.trust.deal_with(id(&path), dsl).await;
    town.act(&path, "close", dsl, json!({ "outcome": "action_taken", "reason": "Done." })).await;
    follow().await;
    assert!(town.queued(&path, head).await.is_empty(), "what is done is no longer late");
}

async fn a_report_that_nobody_receives_goes_on_to_the_next(engine: Engine) {
    let town = Town::new(engine, 730, 0).await;
    let follow = async || {
        town.trust.app.follow_dates(None).await.unwrap();
        town.trust.app.wait_for_views().await.unwrap();
    };
    let mut danger = of_type("online_safety_concern");
    danger["danger"] = json!("yes");
    let pressing = format!("/api/v1/reports/{}", town.file(&danger).await);
    danger["danger"] = json!("no");
    let patient = format!("/api/v1/reports/{}", town.file(&danger).await);
    let head = town.token(Duty::Headteacher);
    let reads = async |path: &str| town.trust.call("GET", path, Some(head), None).await.status == StatusCode::OK;
    let listed = async |path: &str| !town.queued(path, head).await.is_empty();
    assert!(!listed(&pressing).await && !listed(&patient).await);
    town.trust.places.tick(3600);
    follow().await;
    assert!(listed(&pressing).await && reads(&pressing).await, "an hour, where a child could be in danger");
    assert!(!listed(&patient).await);
    // Filed on Friday at 16:12, it is to be received by Monday at 17:00.
    town.trust.places.tick(3 * 86_400);
    follow().await;
    assert!(listed(&patient).await && reads(&patient).await, "a working day, where nobody receives it");
    let dsl = town.token(Duty::Dsl);
    let timeline = town.see(&patient, dsl).await["timeline"].to_string();
    assert!(timeline.contains("Late, and sent on to the headteacher: receive it"), "{timeline}");
    let assess = json!({ "categories": ["training_need"], "reason": "A misunderstanding.", "shared": "x" });
    town.trust.call("POST", &format!("{patient}/assessment"), Some(dsl), Some(&assess)).await.ok();
    town.trust.app.wait_for_views().await.unwrap();
    assert!(!listed(&patient).await, "what is assessed is owed no more");
}

/// P0-FORM-10.
async fn the_review_date_of_an_assessment_stands_on_its_case(engine: Engine) {
    let town = Town::new(engine, 731, 0).await;
    let report = format!("/api/v1/reports/{}", town.file(&of_type("breach_of_aup")).await);
    let head = town.token(Duty::Headteacher);
    let assess = json!({ "categories": ["policy_review"], "reason": "As it reads.", "review_on": "2026-12-01" });
    let assessed = town.trust.call("POST", &format!("{report}/assessment"), Some(head), Some(&assess)).await.ok();
    let path = format!("/api/v1/cases/{}", assessed["assessment"]["categories"][0]["case"].as_str().unwrap());
    let case = town.see(&path, head).await;
    assert_eq!(
        (case["actions"][0]["what"].as_str(), case["actions"][0]["due_on"].as_str()),
        (Some("Look at it again"), Some("2026-12-01"))
    );
    assert!(case["open"].as_array().unwrap().iter().any(|open| open["kind"] == "take_up"), "nobody has taken it up by that");
}

async fn before_the_weekend_stands_what_falls_due_before_monday_at_eight(engine: Engine) {
    let town = Town::new(engine, 728, 0).await;
    let mut paths = vec![];
    for due in ["2026-10-30", "2026-11-02"] {
        let (path, head) = town.open(&asks("breach_of_aup", "policy_review", "policy_review", &[])).await;
        town.act(&path, "plan", head, json!({ "what": "Ask the governors", "owner": "Uma Jones", "due_on": due })).await;
        paths.push(path);
    }
    let shown = town.see("/api/v1/before-you-go", town.token(Duty::Headteacher)).await;
    assert_eq!(shown["until"], "2026-11-02T08:00:00Z");
    let listed: Vec<&str> = shown["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(listed, [id(&paths[0])], "what is due on Monday evening waits for Monday");
}

async fn a_head_starts_cover_for_somebody_who_is_not_there(engine: Engine) {
    let town = Town::new(engine, 729, 0).await;
    let (path, _) = town.open(&online()).await;
    let deputy = town.trust.token("carys.evans@example.org", "Carys Evans", Duty::Reporter, Some("SCH01")).await;
    assert!(town.queued(&path, &deputy).await.is_empty());
    let cover = json!({ "person": "SCH01-002", "duty": "dsl", "school": "SCH01", "covered_by": "SCH01-012", "until": "2026-11-06T17:00:00Z",
        "reason": "He rang in ill." });
    let stranger = town.trust.call("POST", "/api/v1/covers", Some(&deputy), Some(&cover)).await;
    assert!(stranger.status.is_client_error(), "not for everybody to say: {}", stranger.text);
    let arranged = town.trust.call("POST", "/api/v1/covers", Some(town.token(Duty::Headteacher)), Some(&cover)).await;
    assert!(arranged.status.is_success(), "{}", arranged.text);
    town.trust.app.wait_for_views().await.unwrap();
    assert_eq!(town.queued(&path, &deputy).await.len(), 1, "what waited for the DSL waits for who covers");
}
