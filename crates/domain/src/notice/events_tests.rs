//! Whom each event notifies; the events are those of `tests/vectors`, with what a test is about put in.

use serde_json::{Map, Value, json};

use super::*;
use crate::directory::tests::directory as directory_of;

const VECTORS: &str = include_str!("../../../../tests/vectors/events-v1.json");
const AT: &str = "2026-10-30T16:12:00Z";

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn id(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

/// The newest version of an event's vector, with some of its fields put in anew.
fn event(name: &str, fields: &Value) -> AnyEvent {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let newest = vectors.iter().filter(|vector| vector["type"] == name).max_by_key(|vector| vector["schema_version"].as_u64()).unwrap();
    let mut all: Map<String, Value> = newest["fields"].as_object().unwrap().clone();
    all.extend(fields.as_object().unwrap().clone());
    AnyEvent::read(name, u16::try_from(newest["schema_version"].as_u64().unwrap()).unwrap(), all).unwrap()
}

fn told(event: &AnyEvent, before: &Before, actor: Option<PersonId>) -> Vec<Notice> {
    notices(event, at(AT), actor, before, &Directory::default())
}

/// Rule, recipient and urgency in one line each; reminders with their hours from now.
fn lines(all: &[Notice]) -> Vec<String> {
    let line = |notice: &Notice| {
        let to = match &notice.to {
            Recipient::Duty(address) => {
                format!("{}{}", address.duty, address.school.as_ref().map(|code| format!("@{code}")).unwrap_or_default())
            }
            Recipient::Person(person) => format!("person {}", person.as_bytes()[0]),
            Recipient::Owing => "owing".to_owned(),
        };
        let hours = (notice.at.as_micros() - at(AT).as_micros()) / 3_600_000_000;
        let when = if hours == 0 { String::new() } else { format!(" +{hours}h") };
        format!("{} {to} {}{when}", notice.rule, notice.urgency)
    };
    all.iter().map(line).collect()
}

fn filed(fields: &Value) -> AnyEvent {
    let mut all = json!({ "danger": "no", "data_affected": ["no_data"], "loss_types": [], "clock_owner": null, "facts_to": [], "history": null,
        "from_old_papers": false });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event("report.filed", &all)
}

#[test]
fn a_new_record_is_news_to_its_owner_and_second_reader() {
    let heard = lines(&told(&filed(&json!({})), &Before::default(), None));
    assert_eq!(heard, ["owed headteacher@SCH01 digest", "owed dsl@SCH01 digest"]);
    let old = filed(&json!({ "from_old_papers": true, "danger": "yes" }));
    assert_eq!(told(&old, &Before::default(), None), [], "what was brought in as history is news to nobody");
}

#[test]
fn a_child_in_danger_and_an_image_cannot_wait() {
    for danger in ["yes", "unsure"] {
        let heard = lines(&told(&filed(&json!({ "danger": danger })), &Before::default(), None));
        assert_eq!(heard, ["owed headteacher@SCH01 now", "owed dsl@SCH01 now"], "IMG-1, design §6: {danger}");
    }
    let image = event("report.image_reported", &json!({}));
    assert!(lines(&told(&image, &Before::default(), None))[0].starts_with("image dsl"));
    assert!(told(&image, &Before::default(), None).iter().all(|notice| notice.urgency == Urgency::Now));
}

#[test]
fn bre_2_a_clock_is_news_of_the_day_and_reminds_before_it_runs_out() {
    let breach = json!({ "data_affected": ["pupil_personal_data"], "aware_at": AT, "clock_owner": { "duty": "dpo", "school": null },
        "facts_to": [{ "duty": "it-lead", "school": null }, { "duty": "dpo", "school": null }] });
    let heard = lines(&told(&filed(&breach), &Before::default(), None));
    assert_eq!(
        heard,
        [
            "owed headteacher@SCH01 today",
            "owed dsl@SCH01 today",
            "clock dpo today",
            "facts it-lead digest",
            "due_soon owing today +48h",
            "due_close owing now +60h",
            "overdue owing today +72h"
        ]
    );
    let all = told(&filed(&breach), &Before::default(), Some(id(7)));
    let of_clock: Vec<&Notice> = all.iter().filter(|notice| notice.clock.is_some()).collect();
    assert!(of_clock.iter().all(|notice| notice.clock == Some(at("2026-11-02T16:12:00Z")) && notice.except.is_none()));
    assert!(all.iter().filter(|notice| notice.clock.is_none()).all(|notice| notice.except == Some(id(7))), "nobody is told what they did");
}

#[test]
fn a_clock_that_began_long_ago_cannot_wait() {
    let breach = |aware: &str| filed(&json!({ "data_affected": ["pupil_personal_data"], "aware_at": aware }));
    let heard = |aware: &str| lines(&told(&breach(aware), &Before::default(), None));
    // Ten hours are left.
    assert_eq!(heard("2026-10-28T02:12:00Z"), ["owed headteacher@SCH01 now", "owed dsl@SCH01 now", "overdue owing today +10h"]);
    // It ran out before anybody filed it.
    assert_eq!(heard("2026-10-20T02:12:00Z"), ["owed headteacher@SCH01 now", "owed dsl@SCH01 now"]);
}

#[test]
fn a_record_that_moves_is_news_only_where_it_was_not() {
    let moved = event(
        "report.rerouted",
        &json!({ "standing": { "class": "conduct", "school": "SCH01", "since": AT, "due_at": null,
        "owed": true, "reporter": null }, "clock_owner": null, "image_open": true }),
    );
    let before = Before { told: vec![Address::of(Duty::Headteacher, "SCH01")], danger: true, in_hand: None };
    assert_eq!(lines(&told(&moved, &before, None)), ["owed dsl@SCH01 now", "facts it-lead digest", "image dsl@SCH01 now"]);
    let everybody = Before {
        told: vec![Address::of(Duty::Headteacher, "SCH01"), Address::of(Duty::Dsl, "SCH01"), Address::trust_wide(Duty::ItLead)],
        danger: true,
        in_hand: None,
    };
    assert_eq!(told(&moved, &everybody, None), []);
    let case = event(
        "case.rerouted",
        &json!({ "standing": { "class": "conduct", "school": "SCH01", "since": AT, "due_at": null, "owed": true, "reporter": null } }),
    );
    assert!(lines(&told(&case, &Before::default(), None)).iter().all(|line| line.starts_with("owed ") && line.ends_with(" digest")));
}

#[test]
fn tim_4_a_clock_that_is_moved_reminds_anew() {
    let moved = |aware: &str| event("report.clock_moved", &json!({ "corrected_aware_at": aware }));
    let heard = |aware: &str| lines(&told(&moved(aware), &Before::default(), Some(id(7))));
    assert_eq!(heard(AT), ["due_soon owing today +48h", "due_close owing now +60h", "overdue owing today +72h"]);
    assert_eq!(heard("2026-10-28T12:12:00Z"), ["due_soon owing today", "due_close owing now +8h", "overdue owing today +20h"]);
    assert_eq!(heard("2026-10-28T02:12:00Z"), ["due_close owing now", "overdue owing today +10h"], "little is left: at once");
    assert_eq!(heard("2026-10-20T02:12:00Z"), ["overdue owing today"]);
    let mine = told(&moved("2026-10-20T02:12:00Z"), &Before::default(), Some(id(7)));
    assert_eq!(mine[0].except, Some(id(7)), "whoever moved it knows");
}

#[test]
fn the_person_and_the_trust_lead_are_told_of_access() {
    for (name, rule, urgency) in [
        ("person.code_asked", "request", "today"),
        ("person.duty_asked", "request", "today"),
        ("person.code_released", "access", "today"),
        ("person.enrolled", "access", "today"),
        ("person.duty_granted", "access", "digest"),
        ("person.duty_ended", "access", "digest"),
        ("person.request_refused", "access", "digest"),
    ] {
        let person = "05".repeat(16);
        let all = told(&event(name, &json!({ "person": person })), &Before::default(), Some(id(5)));
        assert_eq!(lines(&all), [format!("{rule} person 5 {urgency}"), format!("{rule} trust-lead {urgency}")], "{name}");
        assert_eq!((all[0].except, all[1].except), (None, Some(id(5))), "{name}: whoever acts in a person's name is heard by the person");
    }
}

#[test]
fn a_cover_is_told_to_who_covers_and_who_is_away() {
    let (person, covered_by) = ("05".repeat(16), "06".repeat(16));
    let arranged = |from: &str| event("person.cover_arranged", &json!({ "person": person, "covered_by": covered_by, "from": from }));
    let heard = |from: &str| lines(&told(&arranged(from), &Before::default(), None));
    assert_eq!(heard("2026-10-30T17:00:00Z"), ["cover person 6 today", "cover person 5 digest"]);
    assert_eq!(heard("2026-11-05T17:00:00Z"), ["cover person 6 digest", "cover person 5 digest"]);
    let own = told(&arranged("2026-11-05T17:00:00Z"), &Before::default(), Some(id(5)));
    assert_eq!(lines(&own), ["cover person 6 digest"], "whoever arranged it knows");
    let AnyEvent::Directory(before) = arranged(AT) else { panic!("a cover is of the directory") };
    let mut directory = directory_of(&[]);
    directory.apply(&before);
    let ended = event("person.cover_ended", &json!({ "person": person }));
    let all = notices(&ended, at(AT), None, &Before::default(), &directory);
    assert_eq!(lines(&all), ["cover person 6 today", "cover person 5 today"]);
}

#[test]
fn break_glass_is_told_to_those_who_review_it() {
    let broken = event("person.glass_broken", &json!({ "address": { "duty": "dsl", "school": "SCH01" } }));
    let mut heard = lines(&told(&broken, &Before::default(), None));
    heard.sort_unstable();
    assert_eq!(heard, ["glass chair-of-trustees today", "glass chair@SCH01 today", "glass dsl@SCH01 today", "glass trust-lead today"]);
}

#[test]
fn a_profile_that_moves_a_receiver_waits_for_a_second_person() {
    let proposed = |moves: Value| told(&event("profile.proposed", &json!({ "moves": moves })), &Before::default(), Some(id(5)));
    assert_eq!(lines(&proposed(json!(["x"]))), ["request trust-lead today"]);
    assert_eq!(proposed(json!([])), []);
}

/// What is about one record goes to those who owe it, and what is about access to people and trust leads: never to a subject, a reporter or
/// somebody named.
#[test]
fn no_event_of_a_record_notifies_a_person() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    for vector in &vectors {
        let (name, schema) = (vector["type"].as_str().unwrap(), u16::try_from(vector["schema_version"].as_u64().unwrap()).unwrap());
        let event = AnyEvent::read(name, schema, vector["fields"].as_object().unwrap().clone()).unwrap();
        for notice in told(&event, &Before::default(), None) {
            let of_record = matches!(event, AnyEvent::Report(_) | AnyEvent::Case(_) | AnyEvent::Alert(_));
            assert_eq!(notice.rule.is_of_a_record(), of_record, "{name}");
            assert!(!of_record || !matches!(notice.to, Recipient::Person(_)), "{name}");
            assert!(notice.at >= at(AT), "{name}: nothing is told before it happened");
        }
    }
}

/// What is not asked for is taken to be nothing: a notice that depended on it would be wrong in silence.
#[test]
fn whatever_depends_on_how_a_record_stood_before_asks_for_it() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut asked = 0;
    for vector in &vectors {
        let version = u16::try_from(vector["schema_version"].as_u64().unwrap()).unwrap();
        let event = AnyEvent::read(vector["type"].as_str().unwrap(), version, vector["fields"].as_object().unwrap().clone()).unwrap();
        let usual = told(&event, &Before::default(), None);
        let heard = usual.iter().filter_map(|notice| if let Recipient::Duty(address) = &notice.to { Some(address.clone()) } else { None });
        let before = [(vec![], true), (heard.collect(), false)].map(|(told, danger)| Before { told, danger, in_hand: None });
        let depends = before.iter().any(|before| told(&event, before, None) != usual);
        assert!(!depends || asks_before(&event), "{}", vector["type"]);
        asked += usize::from(depends);
    }
    assert!(asked > 3, "some do: {asked}");
}
