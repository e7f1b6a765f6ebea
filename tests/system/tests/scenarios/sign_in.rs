//! Signing in is on the record (P2-AUDIT-1), and set-up ends once, whichever process finds it.

use std::sync::Arc;

use serde_json::{Value, json};
use wardbook_app::{
    App,
    accounts::{NewUser, SignIn},
};
use wardbook_domain::{
    Duty, FieldGroup, PersonId,
    event::AnyEvent,
    settings::SettingsEvent,
    trace::{Factor, Failed, TraceEvent},
};
use wardbook_system_tests::{Engine, Trust, on_both_engines};
use wardbook_testkit::code_at;

on_both_engines!(
    every_sign_in_is_on_the_record_and_failures_are_one_event_a_minute,
    set_up_ends_once_though_two_processes_find_it,
    what_failed_last_is_written_when_the_process_ends,
    what_was_begun_and_never_finished_and_who_has_left_are_on_the_record,
);

const PASSWORD: &str = "Three random words 1";
const PEOPLE: [(&str, &str, Duty, Option<&str>); 3] = [
    ("adam.lund@example.org", "Adam Lund", Duty::Administrator, None),
    ("dora.pike@example.org", "Dora Pike", Duty::Dpo, None),
    ("hal.reed@example.org", "Hal Reed", Duty::Hr, None),
];

/// Somebody with a password and a second factor: their key.
async fn with_factor(trust: &Trust, (email, name, duty, school): (&str, &str, Duty, Option<&str>)) -> String {
    let user = NewUser { email: email.into(), name: name.into(), duty, school: school.map(str::to_owned) };
    let code = trust.app.add_user(&user).await.unwrap();
    trust.app.enrol(&code.secret, PASSWORD).await.unwrap();
    let SignIn::In(session) = trust.app.sign_in(email, PASSWORD, None).await.unwrap() else { panic!("no second factor yet") };
    let key = trust.app.factor_key(&session).await.unwrap().key;
    let code = code_at(&key, seconds(trust) - 30);
    assert_eq!(trust.app.confirm_factor(&session, &code).await.unwrap().unwrap().len(), 10);
    key
}

fn seconds(trust: &Trust) -> i64 {
    trust.places.clock().now().as_micros() / 1_000_000
}

async fn signs_in(app: &App, email: &str, code: &str) -> bool {
    let SignIn::Code(half) = app.sign_in(email, PASSWORD, None).await.unwrap() else { panic!("a code is asked for") };
    app.give_code(&half, code).await.unwrap().is_some()
}

/// Every event about signing in: the stream it is in, and what it says.
async fn traces(app: &App) -> Vec<([u8; 16], TraceEvent)> {
    let mut all = vec![];
    for stored in app.read_book(0, 10_000).await.unwrap() {
        if let AnyEvent::Trace(event) = app.opener().open(&stored, &FieldGroup::ALL).await.unwrap().event {
            all.push((*stored.stream.as_bytes(), event));
        }
    }
    all
}

async fn every_sign_in_is_on_the_record_and_failures_are_one_event_a_minute(engine: Engine) {
    let trust = Trust::with_schools(engine, 181, &["SCH01"]).await;
    let (email, app) = (PEOPLE[1].0, trust.app.clone());
    let key = with_factor(&trust, PEOPLE[1]).await;
    let dora: PersonId = app.directory().await.unwrap().by_email(email).unwrap();
    for (email, password) in [(email, "Wrong words 1"), (email, "Wrong words 2"), ("nobody@example.org", PASSWORD), ("x@y.org", "z")] {
        assert!(matches!(app.sign_in(email, password, None).await.unwrap(), SignIn::Wrong));
    }
    assert!(!signs_in(&app, email, "000000").await);
    assert!(app.enrol("AAAAA-BBBBB-CCCCC-DDDDD", PASSWORD).await.is_err());
    app.write_failures().await.unwrap();
    assert_eq!(traces(&app).await.len(), 1, "the minute is not over: only the first sign-in, without a factor, is written");
    trust.places.tick(60);
    app.write_failures().await.unwrap();
    assert!(signs_in(&app, email, &code_at(&key, seconds(&trust))).await);

    let all = traces(&app).await;
    let said: Vec<_> = all.iter().map(|(_, event)| event.clone()).collect();
    let TraceEvent::SignedIn(first) = &said[0] else { panic!("{said:?}") };
    assert_eq!((first.person, first.factor, first.site.as_deref()), (dora, Factor::None, None));
    let failed: Vec<_> = said
        .iter()
        .filter_map(|event| match event {
            TraceEvent::SignInFailed(failed) => Some((failed.person, failed.wrong, failed.attempts, failed.minute.to_string())),
            _ => None,
        })
        .collect();
    let minute = "2026-10-30T16:12:00Z".to_owned();
    assert_eq!(failed, [(None, Failed::Code, 3, minute.clone()), (Some(dora), Failed::Factor, 3, minute)]);
    let TraceEvent::SignedIn(last) = said.last().unwrap() else { panic!("{said:?}") };
    assert_eq!((last.person, last.factor), (dora, Factor::Totp));
    let stream_of = |index: usize| all[index].0;
    let hers = all.iter().position(|(_, event)| matches!(event, TraceEvent::SignInFailed(failed) if failed.person.is_some())).unwrap();
    let strangers = all.iter().position(|(_, event)| matches!(event, TraceEvent::SignInFailed(failed) if failed.person.is_none())).unwrap();
    assert_eq!(stream_of(hers), stream_of(0), "hers are in her access stream");
    assert_ne!(stream_of(strangers), stream_of(0), "strangers' have one of their own");

    // Who watches over reading sees all of them; nobody else does.
    let token = app.create_token(email).await.unwrap().secret;
    let shown = trust.call("GET", "/api/v1/reads?sign_ins=true", Some(&token), None).await.ok();
    let seen: Vec<_> = shown["items"].as_array().unwrap().iter().map(|row| (&row["kind"], &row["reader_name"], &row["attempts"])).collect();
    let (in_, failed, dora, none) = (json!("sign_in"), json!("sign_in_failed"), json!("Dora Pike"), json!(null));
    assert_eq!(seen[0], (&in_, &dora, &none), "the newest first: {seen:?}");
    assert!(seen.contains(&(&failed, &dora, &json!(3))) && seen.contains(&(&failed, &none, &json!(3))), "{seen:?}");
    assert!(
        seen.iter().all(|(kind, ..)| **kind != json!("look")) && shown["items"][1].get("record").is_some_and(Value::is_null),
        "{shown}"
    );
    for duty in [Duty::Headteacher, Duty::Administrator, Duty::Hr] {
        let other = trust.holder(&format!("Somebody {duty}"), duty).await;
        let answer = trust.call("GET", "/api/v1/reads?sign_ins=true", Some(&other), None).await;
        assert_eq!(answer.status, axum::http::StatusCode::NOT_FOUND, "{duty}");
    }
}

async fn set_up_ends_once_though_two_processes_find_it(engine: Engine) {
    let trust = Arc::new(Trust::new(engine, 182).await);
    let mut keys = vec![];
    for person in PEOPLE {
        keys.push(with_factor(&trust, person).await);
    }
    let other = trust.places.open(7).await.unwrap();
    let code = |index: usize| code_at(&keys[index], seconds(&trust));
    assert!(signs_in(&trust.app, PEOPLE[0].0, &code(0)).await);
    assert!(!trust.app.setup_ended().await.unwrap() && !other.app.setup_ended().await.unwrap());
    let (dora, hal) = (code(1), code(2));
    let (one, two) = tokio::join!(signs_in(&trust.app, PEOPLE[1].0, &dora), signs_in(&other.app, PEOPLE[2].0, &hal));
    assert!(one && two);
    assert!(trust.app.setup_ended().await.unwrap() && other.app.setup_ended().await.unwrap(), "each process knows it");
    let mut ends = 0;
    for stored in trust.app.read_book(0, 10_000).await.unwrap() {
        let opened = trust.app.opener().open(&stored, &FieldGroup::ALL).await.unwrap();
        ends += usize::from(matches!(opened.event, AnyEvent::Settings(SettingsEvent::SetupEnded(_))));
    }
    assert_eq!(ends, 1);
    assert!(other.app.create_token(PEOPLE[0].0).await.is_err(), "and none makes a token by command any more");
}

async fn what_failed_last_is_written_when_the_process_ends(engine: Engine) {
    let trust = Trust::new(engine, 183).await;
    trust.app.sign_in("nobody@example.org", PASSWORD, None).await.unwrap();
    let places = trust.stop().await;
    let again = places.open(9).await.unwrap();
    let all = traces(&again.app).await;
    assert!(matches!(&all[..], [(_, TraceEvent::SignInFailed(failed))] if failed.person.is_none() && failed.attempts == 1), "{all:?}");
}

async fn what_was_begun_and_never_finished_and_who_has_left_are_on_the_record(engine: Engine) {
    let trust = Trust::new(engine, 184).await;
    let app = trust.app.clone();
    let (dora, hal) = (PEOPLE[1], PEOPLE[2]);
    let key = with_factor(&trust, dora).await;
    with_factor(&trust, hal).await;
    let directory = app.directory().await.unwrap();
    let (dora_id, hal_id) = (directory.by_email(dora.0).unwrap(), directory.by_email(hal.0).unwrap());
    // One is finished, one is not.
    assert!(matches!(app.sign_in(dora.0, PASSWORD, None).await.unwrap(), SignIn::Code(_)));
    trust.places.tick(60);
    assert!(signs_in(&trust.app, dora.0, &code_at(&key, seconds(&trust))).await);
    trust.places.tick(8 * 60);
    app.write_failures().await.unwrap();
    assert_eq!(failures(&app).await, [], "there is time yet");
    // Hal knows his password and his duty ends between the two steps; he tries once more.
    let SignIn::Code(half) = app.sign_in(hal.0, PASSWORD, None).await.unwrap() else { panic!("a code is asked for") };
    app.end_duty_of(None, hal_id, None, "Has left").await.unwrap();
    assert!(app.give_code(&half, "000000").await.unwrap().is_none(), "which ended what he had begun");
    assert!(matches!(app.sign_in(hal.0, PASSWORD, None).await.unwrap(), SignIn::Wrong), "as if there were no such account");
    trust.places.tick(120);
    // Turned away at the door.
    for email in [Some(dora.0), Some("nobody@example.org"), None] {
        app.turned_away(email, Failed::TooMany, None).await.unwrap();
    }
    trust.places.tick(60);
    app.write_failures().await.unwrap();
    let all = failures(&app).await;
    let of = |person, wrong| all.iter().filter(|found| (found.0, found.1) == (person, wrong)).map(|found| found.2).sum::<u32>();
    assert_eq!(of(Some(dora_id), Failed::Unfinished), 1, "{all:?}");
    assert_eq!(of(Some(dora_id), Failed::TooMany), 1, "{all:?}");
    assert_eq!(of(None, Failed::TooMany), 2, "{all:?}");
    assert_eq!((of(Some(hal_id), Failed::Left), of(None, Failed::Factor)), (1, 1), "{all:?}");
    assert_eq!(all.len(), 5, "{all:?}");
    app.write_failures().await.unwrap();
    assert_eq!(failures(&app).await.len(), 5, "each is counted once");
}

async fn failures(app: &App) -> Vec<(Option<PersonId>, Failed, u32)> {
    let failed = traces(app).await.into_iter().filter_map(|(_, event)| match event {
        TraceEvent::SignInFailed(failed) => Some((failed.person, failed.wrong, failed.attempts)),
        _ => None,
    });
    failed.collect()
}
