//! Drafts: kept on every step, continued on another device, given up.

use axum::http::StatusCode;

use crate::common::{HEAD, Harness, PASSWORD, REPORTER};
use crate::filing::{SIGN, answers, step};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_continued_in_another_session_at_the_first_question_without_an_answer() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let mut page = browser.open("/file").await;
    assert_eq!(step(&page), "danger", "without a draft the form begins at once");
    while step(&page) != "pupils" {
        page = browser.fill(&page, answers(&step(&page))).await;
    }
    let draft = page.path.trim_end_matches("/pupils").to_owned();
    harness.tick(600);

    let mut tablet = harness.browser();
    tablet.sign_in(REPORTER, PASSWORD).await;
    let list = tablet.open("/file").await;
    assert_eq!((list.status, list.h1().as_str()), (StatusCode::OK, "Your unfinished reports"));
    let card = list.texts(".wb-card").remove(0);
    assert!(card.contains("An online safety concern, Filtering or monitoring failed"), "{card}");
    assert!(card.contains("Started Friday 30 October 2026 at 4:12pm"), "{card}");
    assert!(!list.body.contains("stranger"), "nothing of the story");
    assert_eq!(list.href(".wb-card a"), format!("{draft}/pupils"));
    let mut page = tablet.get(&list.href(".wb-card a")).await;
    while step(&page) != "check" {
        page = tablet.fill(&page, answers(&step(&page))).await;
    }
    assert!(page.main().contains("A stranger asked for a photo."));
    assert_eq!(tablet.open("/file").await.href(".wb-card a"), format!("{draft}/check"), "nothing is open: it can be sent");
    assert_eq!(tablet.fill(&page, SIGN).await.h1(), "Report sent");
    assert_eq!(step(&browser.open("/file").await), "danger", "what was sent is no draft any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_given_up_by_its_writer_alone() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let first = browser.open("/file").await;
    let second = browser.fill(&first, &[("danger", "no")]).await;
    let draft = second.path.trim_end_matches("/about").to_owned();
    let list = browser.open("/file").await;
    assert!(list.texts(".wb-card")[0].contains("A report") && list.href("main > a, main a.govuk-button") == "/file/new/danger");
    let delete = format!("{draft}/delete");

    let mut other = harness.signed_in(HEAD).await;
    let token = other.get("/queue").await.field("/sign-out", "csrf").unwrap();
    assert_eq!(other.post(&delete, &[("csrf", &token)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.post(&delete, &[]).await.status, StatusCode::FORBIDDEN, "a form without its token");

    let gone = browser.submit(&list, &delete, &[]).await;
    let gone = browser.follow(gone).await;
    assert_eq!((gone.banner().as_deref(), gone.main().contains("You have none.")), (Some("The draft is deleted"), true));
    assert_eq!(browser.get(&second.path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.submit(&list, &delete, &[]).await.status, StatusCode::NOT_FOUND, "twice");
    assert_eq!(step(&browser.open("/file").await), "danger");
}
