//! Accounts, sessions, cookies, attempts.

use axum::http::StatusCode;
use wardbook_web::WebOptions;

use crate::common::{HEAD, Harness, PASSWORD, REPORTER};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_becomes_a_password_and_a_password_a_session() {
    let harness = Harness::new().await;
    let code = harness.code(HEAD).await;
    let mut browser = harness.browser();
    let page = browser.get("/enrol").await;
    let short = browser.submit(&page, "/enrol", &[("code", &code), ("password", "short"), ("password_again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(short.errors()[0].0, "#password");
    assert_eq!(short.field("/enrol", "code").unwrap(), code, "what was typed is kept");
    assert_eq!(short.field("/enrol", "password").unwrap(), "", "but never a password");
    let unlike = browser.submit(&short, "/enrol", &[("password", PASSWORD), ("password_again", "x")]).await;
    assert_eq!(unlike.errors(), [("#password_again".to_owned(), "The two passwords are not the same".to_owned())]);
    let done = browser.submit(&unlike, "/enrol", &[("password", PASSWORD), ("password_again", PASSWORD)]).await;
    let page = browser.follow(done).await;
    assert_eq!(page.banner().unwrap(), "Your password is saved. Sign in with it");
    let again = browser.submit(&unlike, "/enrol", &[("password", "Four random words 2"), ("password_again", "Four random words 2")]).await;
    assert_eq!(again.errors()[0].0, "#code", "a code works once");

    let answer = browser.submit(&page, "/sign-in", &[("email", "UMA.Jones@example.org "), ("password", PASSWORD)]).await;
    let page = browser.follow(answer).await;
    assert_eq!(page.h1(), "Set up a second step for signing in", "a headteacher needs one before anything else");
    assert!(page.texts(".wb-person").contains(&"Uma Jones".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_account_are_one_answer() {
    let harness = Harness::new().await;
    harness.enrol(HEAD).await;
    harness.code(REPORTER).await;
    let mut answers = vec![];
    for (email, password) in [(HEAD, "not my password"), ("nobody@example.org", PASSWORD), (REPORTER, PASSWORD), (HEAD, ""), ("", "")] {
        let mut browser = harness.browser();
        browser.cookies.insert("wardbook-visitor".to_owned(), "a".repeat(64));
        let page = browser.give_password(email, password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.errors(), [("#email".to_owned(), "Check your email address and password".to_owned())]);
        assert!(!browser.cookies.contains_key("wardbook"));
        let email = format!(" value=\"{email}\"");
        answers.push(page.body.replace(&email, ""));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_strict_and_signing_in_never_takes_over_a_session() {
    let harness = Harness::with(WebOptions { secure_cookies: true, ..WebOptions::default() }).await;
    harness.enrol(REPORTER).await;
    let mut browser = harness.browser();
    browser.cookies.insert("__Host-wardbook".to_owned(), "b".repeat(64));
    let page = browser.get("/sign-in").await;
    let [visitor] = page.set_cookies().try_into().unwrap();
    assert!(
        visitor.starts_with("__Host-wardbook-visitor=")
            && visitor.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000; Secure"),
        "{visitor}"
    );
    let first = browser.submit(&page, "/sign-in", &[("email", REPORTER), ("password", PASSWORD)]).await;
    let line = first.set_cookies().remove(0);
    assert!(line.starts_with("__Host-wardbook=") && line.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{line}");
    let session = browser.cookies["__Host-wardbook"].clone();
    assert_ne!(session, "b".repeat(64));

    let mut other = browser.clone();
    let page = other.get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    // Signed in once more from the same browser: a new session, and the old one has ended.
    other.cookies.remove("__Host-wardbook");
    let page = other.get("/sign-in").await;
    other.cookies.insert("__Host-wardbook".to_owned(), session.clone());
    other.submit(&page, "/sign-in", &[("email", REPORTER), ("password", PASSWORD)]).await;
    assert_ne!(other.cookies["__Host-wardbook"], session);
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);

    let page = other.get("/account").await;
    let out = other.submit(&page, "/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-in");
    assert!(out.set_cookies()[0].starts_with("__Host-wardbook=; ") && out.set_cookies()[0].contains("Max-Age=0"));
    other.cookies.insert("__Host-wardbook".to_owned(), session);
    assert_eq!(other.get("/account").await.status, StatusCode::SEE_OTHER, "the session ended on the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_session_ends_sooner_for_those_who_open_records() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(HEAD).await;
    harness.tick(1700);
    assert_eq!(browser.get("/queue").await.status, StatusCode::OK);
    harness.tick(1801);
    assert_eq!(browser.get("/queue").await.location(), "/sign-in?next=%2Fqueue");

    let mut reporter = harness.signed_in(REPORTER).await;
    harness.tick(3500);
    assert_eq!(reporter.get("/account").await.status, StatusCode::OK);
    harness.tick(3601);
    assert_eq!(reporter.get("/account").await.location(), "/sign-in?next=%2Faccount");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_comes_back_to_where_they_were_going_and_nowhere_else() {
    let harness = Harness::new().await;
    harness.enrol(REPORTER).await;
    let mut browser = harness.browser();
    let answer = browser.get("/cases").await;
    assert_eq!(answer.location(), "/sign-in?next=%2Fcases");
    let page = browser.follow(answer).await;
    let wrong = browser.submit(&page, "/sign-in", &[("email", REPORTER), ("password", "wrong")]).await;
    let right = browser.submit(&wrong, "/sign-in", &[("password", PASSWORD)]).await;
    assert_eq!(right.location(), "/cases");
    assert_eq!(browser.get("/sign-in?next=/cases").await.location(), "/cases", "already signed in");

    for next in ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil", "/x:y@evil.example"] {
        let mut browser = harness.browser();
        let query: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let page = browser.get(&format!("/sign-in?next={query}")).await;
        assert_eq!(page.field("/sign-in", "next"), None, "{next}");
        let answer = browser.submit(&page, "/sign-in", &[("email", REPORTER), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!(answer.location(), "/", "{next}");
        harness.tick(60);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_attempts_are_held_up_and_a_colleague_is_not_locked_out() {
    let harness = Harness::new().await;
    let mut colleague = harness.signed_in(HEAD).await;
    let page = colleague.get("/queue").await;
    colleague.submit(&page, "/sign-out", &[]).await;

    let mut guesser = harness.browser();
    for _ in 0..5 {
        assert_eq!(guesser.give_password(HEAD, "a wrong guess").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let held = guesser.give_password(HEAD, PASSWORD).await;
    assert_eq!((held.status, held.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert_eq!(held.h1(), "Too many attempts");
    for _ in 0..20 {
        harness.browser().sign_in(HEAD, "a wrong guess").await;
    }
    assert_eq!(harness.browser().give_password(HEAD, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS, "a fresh browser buys nothing");
    assert_eq!(colleague.sign_in(HEAD, PASSWORD).await.status, StatusCode::SEE_OTHER);
    // A proof belongs to one account and one browser.
    let mut thief = harness.browser();
    thief.get("/sign-in").await;
    let proof = colleague.cookies["wardbook-visitor"].split_once('.').unwrap().1.to_owned();
    thief.cookies.entry("wardbook-visitor".to_owned()).and_modify(|value| *value = format!("{value}.{proof}"));
    assert_eq!(thief.give_password(HEAD, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    harness.tick(60);
    assert_eq!(guesser.sign_in(HEAD, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_may_not_be_tried_for_ever() {
    let harness = Harness::new().await;
    let mut browser = harness.browser();
    let page = browser.get("/enrol").await;
    let wrong = [("code", "AAAAA-BBBBB"), ("password", PASSWORD), ("password_again", PASSWORD)];
    let mut tried = 0;
    while browser.submit(&page, "/enrol", &wrong).await.status == StatusCode::UNPROCESSABLE_ENTITY {
        tried += 1;
    }
    assert_eq!(tried, 20);
    assert_eq!(browser.submit(&page, "/enrol", &wrong).await.status, StatusCode::TOO_MANY_REQUESTS);
}
