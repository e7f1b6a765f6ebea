//! The second factor: setting it up, signing in with it, recovery codes, a code once more.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use tower::ServiceExt as _;

use crate::common::{ADMINISTRATOR, Browser, DSL, HEAD, Harness, PASSWORD, REPORTER};

/// P1-MFA-1.
#[tokio::test(flavor = "multi_thread")]
async fn who_opens_records_or_looks_after_accounts_reaches_nothing_without_a_second_factor() {
    let harness = Harness::new().await;
    for email in [HEAD, ADMINISTRATOR] {
        harness.enrol(email).await;
        let mut browser = harness.browser();
        browser.give_password(email, PASSWORD).await;
        for path in ["/", "/queue", "/file", "/cases", "/account", "/account/sessions", "/account/tokens/new", "/people", "/people/waiting"]
        {
            let location = browser.get(path).await.location();
            assert!(location.starts_with("/account/factor?next="), "{email} {path}: {location}");
        }
        let page = browser.get("/account/factor?next=/queue").await;
        assert_eq!((page.status, page.h1().as_str()), (StatusCode::OK, "Set up a second step for signing in"));
        assert!(page.texts("nav a").iter().all(|link| link != "Queue" && link != "File a report"), "no way on is shown");
        assert!(page.body.contains("<svg role=\"img\"") && !page.body.contains("<?xml"));
        let wrong = browser.submit(&page, "/account/factor", &[("code", "000000")]).await;
        assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#code"));
        assert_eq!(wrong.texts(".wb-factor__key"), page.texts(".wb-factor__key"), "the key stays the one that was scanned");
        let codes = browser.set_factor(email).await;
        assert_eq!(codes.texts(".wb-codes li").len(), 10);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    }
    let mut reporter = harness.signed_in(REPORTER).await;
    assert_eq!(reporter.get("/account").await.status, StatusCode::OK, "others may set one up of their own will");
    reporter.set_factor(REPORTER).await;
    assert!(reporter.get("/account").await.main().contains("You have 10 left"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_alone_opens_nothing_and_a_code_works_once() {
    let harness = Harness::new().await;
    harness.signed_in(HEAD).await;
    let mut browser = harness.browser();
    let half = browser.give_password(HEAD, PASSWORD).await;
    assert_eq!(half.location(), "/sign-in/code?next=%2F");
    assert!(!half.set_cookies().iter().any(|cookie| cookie.contains('.')), "no proof of having signed in before the second step");
    for path in ["/queue", "/account", "/account/factor", "/account/password", "/account/sessions"] {
        assert!(browser.get(path).await.location().starts_with("/sign-in?next="), "{path}");
    }
    let page = browser.get("/sign-in/code").await;
    let wrong = browser.submit(&page, "/sign-in/code", &[("code", "000000")]).await;
    assert_eq!((wrong.status, wrong.errors().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    let code = browser.code(HEAD);
    let before = browser.cookies["wardbook"].clone();
    let right = browser.submit(&wrong, "/sign-in/code", &[("code", &code)]).await;
    assert_eq!((right.status, right.location().as_str()), (StatusCode::SEE_OTHER, "/"));
    assert_ne!(browser.cookies["wardbook"], before, "what stood for the password is no session");
    assert_eq!(browser.get("/queue").await.status, StatusCode::OK);

    let mut second = harness.browser();
    second.give_password(HEAD, PASSWORD).await;
    let page = second.get("/sign-in/code").await;
    let again = second.submit(&page, "/sign-in/code", &[("code", &code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a code works once");
    // What stood for the password is good for one sign-in.
    second.cookies.insert("wardbook".to_owned(), before);
    let code = second.code(HEAD);
    assert_eq!(second.submit(&page, "/sign-in/code", &[("code", &code)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_give_one_code_at_once_are_one_sign_in() {
    let harness = Harness::new().await;
    harness.signed_in(HEAD).await;
    let (mut left, mut right) = (harness.browser(), harness.browser());
    left.give_password(HEAD, PASSWORD).await;
    right.give_password(HEAD, PASSWORD).await;
    let (left_page, right_page) = (left.get("/sign-in/code").await, right.get("/sign-in/code").await);
    let code = left.code(HEAD);
    let typed = [("code", code.as_str())];
    let (one, other) = tokio::join!(left.submit(&left_page, "/sign-in/code", &typed), right.submit(&right_page, "/sign-in/code", &typed));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]);
}

/// The head's browser once they have a second factor, with the recovery codes that they were given.
async fn with_recovery_codes(harness: &Harness) -> (Browser, Vec<String>) {
    harness.enrol(HEAD).await;
    let mut browser = harness.browser();
    browser.give_password(HEAD, PASSWORD).await;
    let codes = browser.set_factor(HEAD).await.texts(".wb-codes li");
    (browser, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_a_replaced_factor_no_more() {
    let harness = Harness::new().await;
    let (mut browser, codes) = with_recovery_codes(&harness).await;
    for (code, expected) in [
        (&codes[3], StatusCode::SEE_OTHER),
        (&codes[3], StatusCode::UNPROCESSABLE_ENTITY),
        (&codes[4].to_lowercase().replace('-', " "), StatusCode::SEE_OTHER),
    ] {
        let mut browser = harness.browser();
        browser.give_password(HEAD, PASSWORD).await;
        let page = browser.get("/sign-in/code").await;
        assert_eq!(browser.submit(&page, "/sign-in/code", &[("code", code)]).await.status, expected, "{code}");
        harness.tick(60);
    }
    // Who has a factor proves it before another one takes its place.
    harness.tick(11 * 60);
    assert_eq!(browser.get("/account/factor").await.location(), "/account/confirm?next=%2Faccount%2Ffactor");
    let page = browser.get("/account/confirm?next=/account/factor").await;
    let code = browser.code(HEAD);
    assert_eq!(browser.submit(&page, "/account/confirm", &[("code", &code)]).await.location(), "/account/factor");
    browser.set_factor(HEAD).await;
    let mut other = harness.browser();
    other.give_password(HEAD, PASSWORD).await;
    let page = other.get("/sign-in/code").await;
    let old = other.submit(&page, "/sign-in/code", &[("code", &codes[5])]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY, "the old recovery codes ended with the old factor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_lets_a_fresh_browser_in_whatever_strangers_try() {
    let harness = Harness::new().await;
    let (_, codes) = with_recovery_codes(&harness).await;
    for _ in 0..25 {
        harness.browser().sign_in(HEAD, "a wrong guess").await;
    }
    let mut fresh = harness.browser();
    let held = fresh.give_password(HEAD, PASSWORD).await;
    assert_eq!((held.status, held.href("main a")), (StatusCode::TOO_MANY_REQUESTS, "/sign-in/browser".to_owned()));
    let page = fresh.get("/sign-in/browser").await;
    // A wrong code, one of somebody else's account and an account that is not there are one answer, and sign nobody in.
    let mut answers = vec![];
    for (email, code) in [(HEAD, "AAAAA-BBBBB"), (REPORTER, codes[0].as_str()), ("nobody@example.org", codes[0].as_str())] {
        let wrong = fresh.submit(&page, "/sign-in/browser", &[("email", email), ("code", code)]).await;
        assert_eq!((wrong.status, wrong.errors().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1), "{email}");
        answers.push(wrong.body.replace(email, "E"));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    let right = fresh.submit(&page, "/sign-in/browser", &[("email", HEAD), ("code", &codes[0])]).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/sign-in?done=browser".to_owned()));
    assert!(fresh.get("/queue").await.location().starts_with("/sign-in?next="), "it signs nobody in");
    harness.tick(31);
    assert_eq!(fresh.sign_in(HEAD, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(fresh.get("/queue").await.status, StatusCode::OK);
    // It is used, and what it gave belongs to that browser alone.
    let mut other = harness.browser();
    let page = other.get("/sign-in/browser").await;
    assert_eq!(
        other.submit(&page, "/sign-in/browser", &[("email", HEAD), ("code", &codes[0])]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // Guessing is bounded for a browser by itself.
    let mut tried = 0;
    while other.submit(&page, "/sign-in/browser", &[("email", HEAD), ("code", "AAAAA-BBBBB")]).await.status != StatusCode::TOO_MANY_REQUESTS
    {
        tried += 1;
        assert!(tried < 10, "it goes on for ever");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_step_tells_nobody_whether_there_is_an_account_and_holds_up_no_colleague() {
    let harness = Harness::new().await;
    let mut colleague = harness.signed_in(HEAD).await;
    let mut guesser = harness.browser();
    guesser.give_password(HEAD, PASSWORD).await;
    let (mut stranger, visitor) = (harness.browser(), guesser.cookies["wardbook-visitor"].clone());
    stranger.cookies.insert("wardbook-visitor".to_owned(), visitor);
    let mut bodies = vec![];
    for browser in [&mut guesser, &mut stranger] {
        let page = browser.get("/sign-in/code").await;
        bodies.push(page.body.clone());
        let wrong = browser.submit(&page, "/sign-in/code", &[("code", "123456")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        bodies.push(wrong.body);
    }
    assert_eq!(bodies[..2], bodies[2..], "with a right password, and with none at all");
    // Somebody who found out the password tries codes until they are held up; the colleague's own browser is not.
    for _ in 0..6 {
        harness.tick(1);
        let mut thief = harness.browser();
        if thief.give_password(HEAD, PASSWORD).await.status != StatusCode::SEE_OTHER {
            break;
        }
        let page = thief.get("/sign-in/code").await;
        for _ in 0..6 {
            thief.submit(&page, "/sign-in/code", &[("code", "123456")]).await;
        }
    }
    let mut thief = harness.browser();
    thief.give_password(HEAD, PASSWORD).await;
    let page = thief.get("/sign-in/code").await;
    assert_eq!(thief.submit(&page, "/sign-in/code", &[("code", "123456")]).await.status, StatusCode::TOO_MANY_REQUESTS);
    let page = colleague.get("/account").await;
    colleague.submit(&page, "/sign-out", &[]).await;
    harness.tick(31);
    assert_eq!(colleague.sign_in(HEAD, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(colleague.get("/queue").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_by_its_owner_with_a_code_of_the_last_minutes() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(DSL).await;
    harness.tick(10 * 60);
    let away = browser.get("/account/tokens/new").await;
    assert_eq!(away.location(), "/account/confirm?next=%2Faccount%2Ftokens%2Fnew");
    let page = browser.follow(away).await;
    let wrong = browser.submit(&page, "/account/confirm", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.get("/account/tokens/new").await.status, StatusCode::SEE_OTHER);
    let code = browser.code(DSL);
    let right = browser.submit(&wrong, "/account/confirm", &[("code", &code)]).await;
    let page = browser.follow(right).await;
    assert_eq!(page.h1(), "Make a token");
    let empty = browser.submit(&page, "/account/tokens/new", &[("label", " ")]).await;
    assert_eq!(empty.errors()[0].0, "#label");
    let made = browser.submit(&page, "/account/tokens/new", &[("label", "The nightly list")]).await;
    let secret = made.texts(".wb-secret").remove(0);
    assert_eq!(harness.app.by_token(&secret).await.unwrap().unwrap().name, "George Xu");
    let list = browser.get("/account/tokens").await;
    assert!(list.main().contains("The nightly list") && !list.body.contains(&secret));
    // Another's token is no token: one answer, and it goes on working.
    let mut other = harness.signed_in(REPORTER).await;
    let id = list.field("/account/tokens/end", "token").unwrap();
    let token = other.get("/account/tokens").await.field("/sign-out", "csrf").unwrap();
    other.post("/account/tokens/end", &[("csrf", &token), ("token", &id)]).await;
    assert!(harness.app.by_token(&secret).await.unwrap().is_some());
    browser.submit(&list, "/account/tokens/end", &[]).await;
    assert!(harness.app.by_token(&secret).await.unwrap().is_none());
    // Who has no second factor is led to set one up before they make a token.
    assert!(other.get("/account/tokens/new").await.location().starts_with("/account/factor?next="));
}

/// What a code of the last minutes is asked for on a page is asked of a token by the leave that its owner gave it with one.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_takes_copies_away_by_its_owner_s_leave_alone() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(DSL).await;
    for (leave, answer) in [(&[][..], StatusCode::UNPROCESSABLE_ENTITY), (&[("exports", "yes")], StatusCode::NOT_FOUND)] {
        let page = browser.get("/account/tokens/new").await;
        let typed = [&[("label", "A script")], leave].concat();
        let token = browser.submit(&page, "/account/tokens/new", &typed).await.texts(".wb-secret").remove(0);
        let id = "0".repeat(32);
        for (method, path, body) in [
            ("POST", format!("/api/v1/cases/{id}/print"), json!({ "kind": "record", "purpose": "case_work" })),
            ("POST", format!("/api/v1/reports/{id}/print"), json!({ "purpose": "case_work" })),
            ("GET", format!("/api/v1/reports/{id}/evidence/{id}"), json!(null)),
        ] {
            let request = Request::builder().method(method).uri(&path).header("content-type", "application/json");
            let request = request.header("authorization", format!("Bearer {token}")).header("wardbook-purpose", "case_work");
            let heard = harness.browser().router.oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
            assert_eq!(heard.status(), answer, "{path}: of no record either can be said more");
        }
    }
}
