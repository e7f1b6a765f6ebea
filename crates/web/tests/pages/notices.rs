//! Messages that did not arrive, and dates in somebody's own calendar.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_web::WebOptions;

use crate::common::{ADMINISTRATOR, Browser, DPO, DSL, HEAD, Harness, REPORTER};

const URL: &str = "https://wardbook.example.org";

pub(crate) async fn file(harness: &Harness, token: &str, form: &Value) -> String {
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/api/v1/reports")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(axum::body::Body::from(form.to_string()))
        .unwrap();
    let answer = tower::ServiceExt::oneshot(harness.browser().router, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let bytes = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    serde_json::from_slice::<Value>(&bytes).unwrap()["id"].as_str().unwrap().to_owned()
}

pub(crate) fn breach() -> Value {
    json!({ "school": "SCH01", "types": ["loss_of_data"], "what_happened": "A list went to the wrong address.", "danger": "no",
        "data_affected": ["pupil_personal_data"] })
}

/// Gives what is due; no mail server is set up here.
async fn give(harness: &Harness) {
    harness.app.wait_for_views().await.unwrap();
    harness.app.give_notices(None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_what_did_not_arrive_and_sends_it_again() {
    let harness = Harness::new().await;
    let mut administrator = harness.signed_in(ADMINISTRATOR).await;
    let mut head = harness.signed_in(HEAD).await;
    let reporter = harness.token(REPORTER).await;
    give(&harness).await;
    let page = administrator.open("/people").await;
    assert!(page.body.contains("href=\"/notices\""));
    let none = administrator.open("/notices").await;
    assert_eq!((none.status, none.main().contains("Every message has arrived.")), (StatusCode::OK, true));
    let mut form = breach();
    form["danger"] = json!("yes");
    file(&harness, &reporter, &form).await;
    give(&harness).await;
    let page = administrator.open("/notices").await;
    let told = page.main();
    assert!(told.contains("No mail server is set up") && told.contains("Not yet") && told.contains("Send again"), "{told}");
    for word in ["Gull Lane", "wrong address", "data", "danger", "R-", "Hana Kemp"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    // The head is told, and the safeguarding lead who reads along.
    let action = page.action_like("/notices/", "/again");
    let sent = administrator.submit(&page, &action, &[]).await;
    assert_eq!(sent.location(), "/notices?done=again");
    assert!(administrator.follow(sent).await.main().contains("It is tried again by itself"));
    // To all others there is no such page, and no such act.
    let nothing = head.asked("/notices").await;
    assert_eq!((nothing.status, nothing.body.clone()), {
        let page = head.asked("/nothing-there").await;
        (page.status, page.body)
    });
    let csrf = head.get("/account").await.field("/sign-out", "csrf").unwrap();
    assert_eq!(head.post(&action, &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(administrator.post(&action, &[]).await.status, StatusCode::FORBIDDEN, "a form that is none of ours");
}

/// The path of the calendar on a page that shows it once.
fn path(page: &crate::common::Page) -> String {
    let address = page.texts(".wb-secret").remove(0);
    address.strip_prefix(URL).unwrap_or_else(|| panic!("{address}")).to_owned()
}

async fn make(browser: &mut Browser) -> String {
    let page = browser.get("/account/calendar/new").await;
    let made = browser.submit(&page, "/account/calendar/new", &[]).await;
    assert_eq!((made.status, made.h1().as_str()), (StatusCode::OK, "Your calendar address"));
    path(&made)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_has_the_due_instants_of_one_s_own_queue_and_one_sentence() {
    let harness = Harness::with(WebOptions { public_url: Some(URL.into()), ..WebOptions::default() }).await;
    let reporter = harness.token(REPORTER).await;
    let mut dpo = harness.signed_in(DPO).await;
    let mine = make(&mut dpo).await;
    let empty = harness.file(&mine, None).await;
    assert_eq!((empty.status, empty.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "text/calendar; charset=utf-8"));
    assert_eq!(empty.headers["cache-control"], "no-store");
    file(&harness, &reporter, &breach()).await;
    harness.app.wait_for_views().await.unwrap();
    let text = String::from_utf8(harness.file(&mine, None).await.body.to_vec()).unwrap();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
    assert!(text.contains("DTSTART:20261102T161200Z\r\n"), "72 hours: {text}");
    let summaries: Vec<&str> = text.split("\r\n").filter(|line| line.starts_with("SUMMARY:")).collect();
    assert_eq!(summaries, ["SUMMARY:Something in your Wardbook queue is due."]);
    assert_eq!(text.matches("http").count(), 1);
    assert!(text.contains(&format!("URL:{URL}/queue\r\n")));
    for word in ["Gull", "SCH01", "list", "breach", "Hana"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    // What runs no clock of the law is due by when it is to be received.
    let mut dsl = harness.signed_in(DSL).await;
    let theirs = make(&mut dsl).await;
    let calm = json!({ "school": "SCH01", "types": ["online_safety_concern"], "what_happened": "x", "danger": "yes", "data_affected": ["no_data"] });
    file(&harness, &reporter, &calm).await;
    harness.app.wait_for_views().await.unwrap();
    let text = String::from_utf8_lossy(&harness.file(&theirs, None).await.body).into_owned();
    assert!(text.matches("BEGIN:VEVENT").count() == 1 && text.contains("DTSTART:20261030T171200Z\r\n"), "within the hour: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_about_an_adult_s_conduct_is_ever_in_a_calendar() {
    let harness = Harness::with(WebOptions { public_url: Some(URL.into()), ..WebOptions::default() }).await;
    let reporter = harness.token(REPORTER).await;
    let (mut head, mut dpo) = (harness.signed_in(HEAD).await, harness.signed_in(DPO).await);
    let (of_head, of_dpo) = (make(&mut head).await, make(&mut dpo).await);
    // It runs a breach clock, and is about an adult: the head's queue has it with its due instant, and the DPO's board has its clock.
    let mut form = breach();
    form["types"] = json!(["low_level_concern", "loss_of_data"]);
    form["staff"] = json!([{ "staff_id": "SCH01-010", "name": "Hana Kemp", "part": "subject" }]);
    file(&harness, &harness.token(DSL).await, &form).await;
    harness.app.wait_for_views().await.unwrap();
    assert!(head.open("/queue").await.main().contains("Monday 2 November 2026 at 4:12pm"), "it is owed by then");
    for path in [&of_head, &of_dpo] {
        let text = String::from_utf8_lossy(&harness.file(path, None).await.body).into_owned();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && !text.contains("VEVENT"), "{text}");
    }
    file(&harness, &reporter, &breach()).await;
    harness.app.wait_for_views().await.unwrap();
    for path in [&of_head, &of_dpo] {
        assert_eq!(String::from_utf8_lossy(&harness.file(path, None).await.body).matches("BEGIN:VEVENT").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_made_with_a_code_ended_at_once_and_never_told_of() {
    let harness = Harness::with(WebOptions { public_url: Some(URL.into()), ..WebOptions::default() }).await;
    let mut dpo = harness.signed_in(DPO).await;
    let first = make(&mut dpo).await;
    assert!(!dpo.get("/account/calendar").await.body.contains(&first), "it is shown once");
    assert_eq!(harness.file(&first, None).await.status, StatusCode::OK);
    let second = make(&mut dpo).await;
    assert_ne!(first, second);
    let nothing = harness.file("/nothing-there", None).await;
    let is_nothing = async |path: &str| {
        let answer = harness.file(path, None).await;
        let without_length = |headers: &axum::http::HeaderMap| headers.iter().map(|(n, v)| (n.clone(), v.clone())).collect::<Vec<_>>();
        assert_eq!((answer.status, answer.body.clone()), (StatusCode::NOT_FOUND, nothing.body.clone()), "{path}");
        assert_eq!(without_length(&answer.headers), without_length(&nothing.headers), "{path}");
    };
    is_nothing(&first).await;
    assert_eq!(harness.file(&second, None).await.status, StatusCode::OK);
    // Whatever is no token of today is answered as a path that does not exist.
    let api = harness.token(DPO).await;
    for path in [
        "/calendar/x.ics",
        "/calendar/",
        "/calendar/x",
        &second.replace(".ics", ""),
        &format!("/calendar/{api}.ics"),
        &format!("/calendar/{}.ics", "0".repeat(64)),
    ] {
        is_nothing(path).await;
    }
    // It opens nothing else.
    let token = second.trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
    assert!(harness.app.by_token(&token).await.unwrap().is_none() && harness.app.by_session(&token).await.unwrap().is_none());
    let page = dpo.get("/account/calendar").await;
    dpo.submit(&page, "/account/calendar/end", &[]).await;
    is_nothing(&second).await;
    // A code of the last minutes is asked for, as for a token.
    harness.tick(11 * 60);
    assert!(dpo.get("/account/calendar/new").await.location().starts_with("/account/confirm?next="));
    // Its year ends, too.
    let mut dsl = harness.signed_in(DSL).await;
    let old = make(&mut dsl).await;
    assert_eq!(harness.file(&old, None).await.status, StatusCode::OK);
    harness.tick(366 * 86_400);
    is_nothing(&old).await;
}
