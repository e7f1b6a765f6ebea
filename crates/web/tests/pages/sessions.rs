//! Sessions and passwords: limits, one's own list, ended with a duty, a password past its age.

use axum::http::StatusCode;
use wardbook_domain::{Address, Duty};

use crate::common::{ADMINISTRATOR, HEAD, Harness, PASSWORD, REPORTER};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_their_own_sessions_and_ends_them() {
    let harness = Harness::new().await;
    let mut here = harness.signed_in(REPORTER).await;
    harness.tick(60);
    let mut there = harness.browser();
    there.sign_in(REPORTER, PASSWORD).await;
    let list = here.get("/account/sessions").await;
    assert_eq!(list.texts("tbody tr").len(), 2);
    assert!(list.texts("tbody tr")[0].contains("This one") && !list.body.contains("127.0.0.1"));
    // Another person's session is not theirs to end.
    let mut head = harness.signed_in(HEAD).await;
    let id = list.field("/account/sessions/end", "session").unwrap();
    let csrf = head.get("/account/sessions").await.field("/sign-out", "csrf").unwrap();
    head.post("/account/sessions/end", &[("csrf", &csrf), ("session", &id)]).await;
    assert_eq!(there.get("/account").await.status, StatusCode::OK);
    assert_eq!(here.submit(&list, "/account/sessions/end", &[]).await.location(), "/account/sessions");
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/account").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_the_latest_after_ten_hours_however_busy() {
    let harness = Harness::new().await;
    let mut head = harness.signed_in(HEAD).await;
    for _ in 0..24 {
        harness.tick(25 * 60 - 5);
        assert_eq!(head.get("/account").await.status, StatusCode::OK);
    }
    harness.tick(3 * 60);
    assert_eq!(head.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_when_a_duty_ends() {
    let harness = Harness::new().await;
    let mut head = harness.signed_in(HEAD).await;
    assert_eq!(head.get("/queue").await.status, StatusCode::OK);
    let directory = harness.app.directory().await.unwrap();
    let uma = directory.by_email(HEAD).unwrap();
    harness.app.end_duty_of(None, uma, Some(&Address::of(Duty::Headteacher, "SCH01")), "She has left").await.unwrap();
    assert!(head.get("/queue").await.location().starts_with("/sign-in"), "no page more");
    assert!(harness.app.end_duty_of(None, uma, Some(&Address::of(Duty::Headteacher, "SCH01")), "again").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn p0_auth_1_a_password_of_three_months_is_changed_before_anything_else() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let page = reporter.get("/account/password").await;
    let old = [("old", "not it"), ("password", "Quite other 2 words"), ("password_again", "Quite other 2 words")];
    assert_eq!(reporter.submit(&page, "/account/password", &old).await.errors()[0].0, "#old");
    for weak in ["Shrt 1!", "no capital 1", "No number here", "Three random words 2", PASSWORD] {
        let typed = [("old", PASSWORD), ("password", weak), ("password_again", weak)];
        harness.tick(60);
        assert_eq!(reporter.submit(&page, "/account/password", &typed).await.errors()[0].0, "#password", "{weak}");
    }
    harness.tick(90 * 86_400 - 300);
    let mut browser = harness.browser();
    assert_eq!(browser.give_password(REPORTER, PASSWORD).await.location(), "/");
    assert_eq!(browser.get("/file").await.location(), "/account/password?next=%2Ffile", "ninety days, with the five minutes above");
    harness.tick(60);
    let page = browser.get("/account/password?next=/file").await;
    assert!(page.main().contains("yours is due now"));
    let typed = [("old", PASSWORD), ("password", "Quite other 2 words"), ("password_again", "Quite other 2 words")];
    let done = browser.submit(&page, "/account/password", &typed).await;
    assert_eq!((done.status, done.location().as_str()), (StatusCode::SEE_OTHER, "/file"));
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    let mut again = harness.browser();
    assert_eq!(again.give_password(REPORTER, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again.give_password(REPORTER, "Quite other 2 words").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_audit_1_the_site_is_asked_where_the_profile_says_so_and_stands_in_the_trace() {
    use wardbook_domain::{FieldGroup, event::AnyEvent, trace::TraceEvent};
    let profile = include_str!("../common/profile.toml").replacen("[titles]", "[sessions]\nsite-asked = true\n\n[titles]", 1);
    let harness = Harness::with_profile(&profile).await;
    harness.enrol(REPORTER).await;
    let mut browser = harness.browser();
    let page = browser.get("/sign-in").await;
    let typed = [("email", REPORTER), ("password", PASSWORD)];
    let unsaid = browser.submit(&page, "/sign-in", &typed).await;
    assert_eq!(unsaid.errors(), [("#site".to_owned(), "Choose where you are now".to_owned())]);
    let wrong = browser.submit(&page, "/sign-in", &[typed[0], ("password", "not it"), ("site", "SCH01")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (site, right) in [("SCH99", false), ("SCH02", true)] {
        let answer = browser.submit(&page, "/sign-in", &[typed[0], typed[1], ("site", site)]).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, right, "{site}");
    }
    harness.tick(60);
    harness.app.write_failures().await.unwrap();
    let (mut sites, mut failed_at) = (vec![], vec![]);
    for stored in harness.app.read_book(0, 1000).await.unwrap() {
        let opened = harness.app.opener().open(&stored, &FieldGroup::ALL).await.unwrap();
        match opened.event {
            AnyEvent::Trace(TraceEvent::SignedIn(signed_in)) => sites.push(signed_in.site),
            AnyEvent::Trace(TraceEvent::SignInFailed(failed)) => failed_at.push(failed.sites),
            _ => {}
        }
    }
    assert_eq!(sites, [Some("SCH02".to_owned())]);
    assert_eq!(failed_at, [["SCH01"]], "failed ones too");
    let shown = browser.get("/reads").await.main();
    assert!(shown.contains("Signed in at Breakwater Academy (password alone)"), "{shown}");
    assert!(shown.contains("Failed to sign in at Gull Lane Primary School, once: the password"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_left_signs_in_no_more_and_their_token_is_nobody_s() {
    let harness = Harness::new().await;
    let token = harness.token(REPORTER).await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let mut administrator = harness.signed_in(ADMINISTRATOR).await;
    assert!(harness.app.by_token(&token).await.unwrap().is_some());
    let person = harness.app.directory().await.unwrap().by_email(REPORTER).unwrap();
    let path = format!("/people/{person}/end-duty");
    let page = administrator.get(&path).await;
    let ended = administrator.submit(&page, &path, &[("duty", "all"), ("reason", "Has moved away")]).await;
    assert_eq!(ended.location(), "/people?done=ended");

    assert!(reporter.get("/file").await.location().starts_with("/sign-in"));
    let mut elsewhere = harness.browser();
    let right = elsewhere.give_password(REPORTER, PASSWORD).await;
    let wrong = elsewhere.give_password(REPORTER, "no such words 1").await;
    assert_eq!((right.status, right.errors()), (wrong.status, wrong.errors()), "as if there were no such account");
    assert!(harness.app.by_token(&token).await.unwrap().is_none());
    // Back with a duty: what ended stays ended.
    let code = harness.code(REPORTER).await;
    harness.app.enrol(&code, "Quite other words 22").await.unwrap();
    let mut back = harness.browser();
    back.sign_in(REPORTER, "Quite other words 22").await;
    assert_eq!(back.get("/account").await.status, StatusCode::OK);
    assert!(harness.app.by_token(&token).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_is_held_from_its_first_day_to_its_last() {
    let harness = Harness::new().await;
    let mut person = harness.signed_in(REPORTER).await;
    let mut administrator = harness.signed_in(ADMINISTRATOR).await;
    let page = administrator.get("/people/add").await;
    let typed = |from: &'static str, until: &'static str| {
        [
            ("email", REPORTER),
            ("name", "Hana Kemp"),
            ("duty", "governor"),
            ("school", ""),
            ("reason", "Elected"),
            ("starts_on", from),
            ("ends_on", until),
        ]
    };
    for (from, until, field) in [("2026-11-06", "2026-11-02", "#ends_on"), ("soon", "", "#starts_on"), ("", "2026-10-01", "#ends_on")] {
        assert_eq!(administrator.submit(&page, "/people/add", &typed(from, until)).await.errors()[0].0, field);
    }
    // A duty that opens no record is given by one person.
    let asked = administrator.submit(&page, "/people/add", &typed("2026-11-02", "2026-11-06")).await;
    assert!(asked.location().starts_with("/people?done="), "{}", asked.main());
    assert_eq!(person.get("/board").await.status, StatusCode::NOT_FOUND, "not yet");
    harness.tick(3 * 86_400);
    let mut governor = harness.browser();
    governor.sign_in(REPORTER, PASSWORD).await;
    assert_eq!(governor.get("/board").await.status, StatusCode::OK, "on its first day");
    harness.tick(4 * 86_400 + 7 * 3600 + 40 * 60);
    let mut last = harness.browser();
    last.sign_in(REPORTER, PASSWORD).await;
    assert_eq!(last.get("/board").await.status, StatusCode::OK, "still on its last");
    harness.tick(20 * 60);
    assert!(last.get("/board").await.location().starts_with("/sign-in"), "with its last day the session ends");
    last.sign_in(REPORTER, PASSWORD).await;
    assert_eq!(last.get("/board").await.status, StatusCode::NOT_FOUND);
}
