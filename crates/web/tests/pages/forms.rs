//! What every form and every path has in common.

use axum::http::StatusCode;

use crate::common::{Browser, DSL, HEAD, Harness, PASSWORD, Page, REPORTER};

async fn refused(browser: &mut Browser, page: &Page, typed: &[(&str, &str)]) {
    let answer = browser.submit(page, "/file/new/danger", typed).await;
    assert_eq!((answer.status, answer.h1().as_str()), (StatusCode::FORBIDDEN, "This form has expired"), "{typed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_own_token_does_nothing() {
    let harness = Harness::new().await;
    let (mut browser, mut other) = (harness.signed_in(REPORTER).await, harness.signed_in(HEAD).await);
    let page = browser.open("/file").await;
    let theirs = other.get("/queue").await.field("/sign-out", "csrf").unwrap();
    let mine = page.field("/file/new/danger", "csrf").unwrap();
    assert_ne!(theirs, mine);
    for token in ["", "0", &theirs, &mine[1..], &mine.to_uppercase()] {
        refused(&mut browser, &page, &[("csrf", token), ("danger", "no")]).await;
    }
    let bare = browser.post("/file/new/danger", &[("danger", "no")]).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!((out.status, browser.get("/queue").await.status), (StatusCode::FORBIDDEN, StatusCode::OK), "still signed in");
    // A stranger's form is bound to their cookie as well.
    let mut stranger = harness.browser();
    let page = stranger.get("/sign-in").await;
    stranger.cookies.clear();
    assert_eq!(stranger.submit(&page, "/sign-in", &[("email", HEAD), ("password", "x")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_refused_by_what_the_browser_says() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let page = browser.open("/file").await;
    for headers in [
        [("sec-fetch-site", "cross-site"), ("origin", "null")],
        [("sec-fetch-site", "same-site"), ("origin", "https://wardbook.test")],
        [("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    ] {
        browser.headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
        refused(&mut browser, &page, &[("danger", "no")]).await;
    }
    // What browsers send with a form of ours: the referrer policy makes the origin null.
    browser.headers = vec![("sec-fetch-site", "same-origin".to_owned()), ("origin", "null".to_owned())];
    let answer = browser.submit(&page, "/file/new/danger", &[("danger", "no")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_does_not_exist_is_a_page_for_people_and_a_problem_for_programs() {
    let harness = Harness::new().await;
    let mut stranger = harness.browser();
    let page = stranger.get("/nothing/here").await;
    assert_eq!((page.status, page.h1().as_str()), (StatusCode::NOT_FOUND, "We cannot show that page"));
    let problem = stranger.get("/api/v1/nothing").await;
    assert_eq!((problem.status, problem.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    let mut browser = harness.signed_in(HEAD).await;
    for path in
        ["/nothing", "/reports/1", "/reports/zz", &format!("/reports/{}", "0".repeat(32)), "/cases/-", "/file/new/check", "/file/new/fire"]
    {
        let page = browser.get(path).await;
        assert_eq!((page.status, page.h1().as_str()), (StatusCode::NOT_FOUND, "We cannot show that page"), "{path}");
    }
    assert_eq!(browser.get("/reports/00/receive").await.status, StatusCode::NOT_FOUND, "a form's path is no page");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_keep_is_for_everybody_and_the_start_page_is_the_day_s_work() {
    let harness = Harness::new().await;
    assert_eq!(harness.browser().get("/what-we-keep").await.status, StatusCode::OK);
    let mut head = harness.signed_in(HEAD).await;
    let page = head.get("/what-we-keep").await;
    assert!(page.has_form("/sign-out"));
    assert_eq!(head.get("/").await.location(), "/today");
    assert_eq!(harness.signed_in(DSL).await.get("/").await.location(), "/queue");
    let mut reporter = harness.signed_in(REPORTER).await;
    let page = reporter.open("/").await;
    assert_eq!(page.path, "/file/new/danger", "one school: it is not asked");
    assert!(!page.body.contains("href=\"/queue\"") && !page.body.contains("href=\"/cases\""));
    let mut admin = harness.signed_in("adam.lund@example.org").await;
    assert_eq!(admin.get("/file").await.location(), "/file/new/school", "a trust-wide duty: every school");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_the_form_keeps_nothing() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(DSL).await;
    for _ in 0..30 {
        assert_eq!(browser.open("/file").await.status, StatusCode::OK);
    }
    let page = browser.open("/file").await;
    assert_eq!(browser.fill(&page, &[("danger", "no")]).await.h1(), "Who is it about?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_after_the_session_ended_leads_back_to_its_page() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = crate::filing::to_check(&mut browser, &[]).await;
    harness.tick(3601);
    let answer = browser.submit(&check, &check.action(), &[]).await;
    let page = browser.follow(answer).await;
    let back = browser.submit(&page, "/sign-in", &[("email", REPORTER), ("password", PASSWORD)]).await;
    assert_eq!(back.location(), check.path);
    let check = browser.follow(back).await;
    assert!(check.main().contains("A stranger asked for a photo."), "the answers are still there");
    assert_eq!(browser.fill(&check, crate::filing::SIGN).await.h1(), "Report sent");
}
