//! A headteacher's first screen: what only they can do, what is late and whose, what changed since they last looked.

use axum::http::StatusCode;

use crate::common::{Browser, DSL, HEAD, Harness, PASSWORD, REPORTER};
use crate::notices::{breach, file};

async fn back(harness: &Harness) -> Browser {
    let mut head = harness.browser();
    head.sign_in(HEAD, PASSWORD).await;
    head
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_begins_with_what_only_they_can_do_and_sees_what_changed_and_what_is_late() {
    let harness = Harness::new().await;
    let reporter = harness.token(REPORTER).await;
    let mut head = harness.signed_in(HEAD).await;
    let first = head.get("/today").await;
    assert!(
        first.main().contains("Nothing waits for you alone") && first.main().contains("You look for the first time"),
        "{}",
        first.main()
    );
    assert_eq!(first.href("main a.govuk-button"), "/queue");

    harness.tick(5 * 3_600);
    file(&harness, &reporter, &breach()).await;
    harness.app.wait_for_views().await.unwrap();
    let mut head = back(&harness).await;
    let today = head.get("/today").await;
    let begin = today.texts("main a.govuk-button").remove(0);
    assert!(begin.starts_with("Begin with: Receive a report"), "{begin}");
    assert!(today.main().contains("Report filed") && today.main().contains("Nothing that you may know of is late"), "{}", today.main());
    let again = head.get("/today").await;
    assert!(again.main().contains("Report filed"), "a reload forgets nothing");
    assert_eq!(head.get(&today.href("main a.govuk-button")).await.status, StatusCode::OK);

    harness.tick(4 * 86_400);
    let late = back(&harness).await.get("/today").await;
    assert!(late.main().contains("Uma Jones"), "whose it is, by name: {}", late.main());
    assert!(!late.main().contains("Report filed") && late.main().contains("Nothing since"), "{}", late.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_has_such_a_page_and_begins_with_their_queue() {
    let harness = Harness::new().await;
    let mut dsl = harness.signed_in(DSL).await;
    assert_eq!(dsl.get("/today").await.status, StatusCode::NOT_FOUND);
    assert_eq!(dsl.get("/").await.location(), "/queue");
}
