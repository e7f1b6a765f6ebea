//! What somebody who reads a case is given to do on it, and what was written down wrongly.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, on_both_engines};

use crate::town::{Town, asks, id};

on_both_engines!(
    an_action_stands_on_the_queue_of_whoever_it_was_given_to,
    whoever_is_named_ends_their_own_action_and_loses_it_with_the_case,
    an_action_goes_along_with_its_case,
    what_was_written_down_wrongly_is_corrected_and_the_old_stays,
);

async fn safeguarding(engine: Engine, seed: u64) -> (Town, String) {
    let town = Town::new(engine, seed, 0).await;
    let (path, _) = town.open(&asks("online_safety_concern", "safeguarding_concern", "online_safety", &[])).await;
    (town, path)
}

fn action(shown: &Value, what: &str) -> Value {
    shown["actions"].as_array().unwrap().iter().find(|one| one["what"] == what).cloned().unwrap_or_else(|| panic!("{what}: {shown}"))
}

/// A head reads a safeguarding case and owes nothing on it, until something of it is theirs to do.
async fn an_action_stands_on_the_queue_of_whoever_it_was_given_to(engine: Engine) {
    let (town, path) = safeguarding(engine, 1501).await;
    let (dsl, head) = (town.token(Duty::Dsl), town.token(Duty::Headteacher));
    assert_eq!(town.queued(&path, head).await, Vec::<Value>::new());
    let give = |what: &str, due: &str| json!({ "what": what, "person": "SCH01-001", "due_on": due });
    let planned = town.act(&path, "plan", dsl, give("Write to the family", "2026-11-05")).await;
    assert_eq!(action(&planned, "Write to the family")["owner"], "Uma Jones", "by name");
    let planned = town.act(&path, "plan", dsl, give("See the family", "2026-11-03")).await;
    let rows = town.queued(&path, head).await;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(
        (&row["next_action"], &row["why"], &row["others_open"], &row["due_at"]),
        (&json!("See the family"), &json!("an action given to you"), &json!(1), &json!("2026-11-03T17:00:00Z"))
    );
    assert_ne!(town.queued(&path, dsl).await[0]["why"], "an action given to you", "the DSL owes the case");
    // Planned anew for somebody who does not read it, one is with nobody; the other is ended.
    let anew = json!({ "action": action(&planned, "See the family")["id"], "what": "See the family", "owner": "The class teacher", "reason": "She knows them." });
    assert_eq!(action(&town.act(&path, "plan", dsl, anew).await, "See the family")["person"], Value::Null);
    assert_eq!(town.queued(&path, head).await[0]["next_action"], "Write to the family");
    let end = json!({ "action": action(&planned, "Write to the family")["id"], "result": "Sent.", "done": true });
    town.act(&path, "complete", head, end).await;
    assert_eq!(town.queued(&path, head).await, Vec::<Value>::new());
}

/// P1-EVID-1: who is named on a case does what they were given, and nothing else; it goes with their name.
async fn whoever_is_named_ends_their_own_action_and_loses_it_with_the_case(engine: Engine) {
    let (town, path) = safeguarding(engine, 1502).await;
    let dsl = town.token(Duty::Dsl);
    let colleague = town.trust.holder("Ola Birch", Duty::Reporter).await;
    let ola = "ola.birch@example.org";
    let give = |what: &str| json!({ "what": what, "person": ola, "owner": "" });
    let refused = town.answer(&path, "plan", dsl, &give("Speak to her friend")).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("may not read this case"), "{}", refused.text);
    town.act(&path, "share", dsl, json!({ "person": ola, "named_for": "help", "reason": "She teaches her." })).await;
    let both = town.answer(&path, "plan", dsl, &json!({ "what": "x", "person": ola, "owner": "Ola" })).await;
    assert!(both.status == StatusCode::UNPROCESSABLE_ENTITY && both.text.contains("owner"), "{}", both.text);
    town.act(&path, "plan", dsl, give("Speak to her friend")).await;
    town.act(&path, "plan", dsl, give("Look after her at lunch")).await;
    let planned = town.act(&path, "plan", dsl, json!({ "what": "Ring the mother", "owner": "George Xu" })).await;
    assert_eq!(town.queued(&path, &colleague).await[0]["next_action"], "Speak to her friend");
    assert_eq!(town.see(&path, &colleague).await["may"], json!(["note", "complete", "recuse"]));
    let end = |what: &str| json!({ "action": action(&planned, what)["id"], "result": "Done.", "done": true });
    let others = town.answer(&path, "complete", &colleague, &end("Ring the mother")).await;
    assert_eq!(others.status, StatusCode::NOT_FOUND, "not theirs: {}", others.text);
    assert_eq!(town.answer(&path, "plan", &colleague, &give("Another")).await.status, StatusCode::NOT_FOUND);
    town.act(&path, "complete", &colleague, end("Speak to her friend")).await;
    assert_eq!(town.queued(&path, &colleague).await[0]["next_action"], "Look after her at lunch");
    let gone = town.act(&path, "unshare", dsl, json!({ "person": ola, "reason": "She is away." })).await;
    assert_eq!(action(&gone, "Look after her at lunch")["person"], Value::Null);
    assert!(gone["timeline"].to_string().contains("No action is with Ola Birch any more"), "{}", gone["timeline"]);
    town.trust.knows_nothing(&colleague, id(&path)).await;
}

/// A case that goes on in another takes along who has what to do.
async fn an_action_goes_along_with_its_case(engine: Engine) {
    let (town, path) = safeguarding(engine, 1503).await;
    let (dsl, head) = (town.token(Duty::Dsl), town.token(Duty::Headteacher));
    let (into, _) = town.open(&asks("online_safety_concern", "safeguarding_concern", "online_safety", &[])).await;
    town.act(&path, "plan", dsl, json!({ "what": "See the family", "person": "SCH01-001" })).await;
    town.act(&path, "merge", dsl, json!({ "into": id(&into), "reason": "One matter." })).await;
    assert_eq!(town.queued(&path, head).await, Vec::<Value>::new());
    assert_eq!(town.queued(&into, head).await[0]["next_action"], "See the family");
    // Closed as the same as another, with the action open, and opened again.
    let (other, _) = town.open(&asks("online_safety_concern", "safeguarding_concern", "online_safety", &[])).await;
    town.act(&into, "link", dsl, json!({ "case": id(&other), "relation": "duplicate_of", "reason": "Reported twice." })).await;
    town.act(&into, "close", dsl, json!({ "outcome": "duplicate", "reason": "It is the other one." })).await;
    assert_eq!(town.queued(&into, head).await, Vec::<Value>::new());
    town.act(&into, "reopen", dsl, json!({ "reason": "It is not." })).await;
    assert_eq!(town.queued(&into, head).await[0]["next_action"], "See the family");
}

/// Design §1.1: what was written stays, and what reads otherwise now says so.
async fn what_was_written_down_wrongly_is_corrected_and_the_old_stays(engine: Engine) {
    let (town, path) = safeguarding(engine, 1504).await;
    let dsl = town.token(Duty::Dsl);
    town.act(&path, "note", dsl, json!({ "text": "He rang at nine." })).await;
    town.act(&path, "place", dsl, json!({ "name": "Alun Husain", "part": "witness" })).await;
    town.act(&path, "tell", dsl, json!({ "whom": "police", "how": "By telephone" })).await;
    let corrects = async |field: &str, text: &str| {
        town.act(&path, "correct", dsl, json!({ "field": field, "text": text, "reason": "It was misheard." })).await
    };
    corrects("notes.1", "He rang at ten.").await;
    corrects("people.Alun Husain", "Alun Hussain").await;
    let shown = corrects("told.1.reference", "NY-20261102").await;
    assert_eq!(shown["people"][0]["name"], "Alun Hussain");
    assert_eq!(shown["told"][0]["reference"], "NY-20261102");
    let entry = |what: &str| shown["timeline"].as_array().unwrap().iter().find(|one| one["what"] == what).cloned();
    assert_eq!(entry("Note (corrected later)").expect("it says so")["text"], "He rang at nine.");
    assert!(entry("Corrected: a note").unwrap()["text"].as_str().unwrap().starts_with("He rang at ten."));
    let wrong = json!({ "field": "notes.9", "text": "x", "reason": "y" });
    let wrong = town.answer(&path, "correct", dsl, &wrong).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("field") && !wrong.text.contains("Alun"),
        "{}",
        wrong.text
    );
}
