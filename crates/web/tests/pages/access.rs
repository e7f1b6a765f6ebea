//! Who may read a record, absences and break-glass, as pages without a script.

use axum::http::StatusCode;

use crate::common::{DSL, HEAD, Harness, OTHER_HEAD, REPORTER};
use crate::filing::file;
use crate::records::{href, next};

#[tokio::test(flavor = "multi_thread")]
async fn a_dsl_stands_aside_and_the_next_in_the_chain_has_it() {
    let harness = Harness::new().await;
    file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let mut dsl = harness.signed_in(DSL).await;
    let report = next(&mut dsl, "/queue").await;
    let path = report.path.clone();
    let people = dsl.get(&href(&report, "main a[href$='/people']")).await;
    assert_eq!(people.h1(), "Who may read this");
    let empty = dsl.submit(&people, &format!("{path}/recuse"), &[("own_reason", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.main().contains("The reason is empty"), "{}", empty.main());
    let gone = dsl.submit(&people, &format!("{path}/recuse"), &[("own_reason", "The child is my niece")]).await;
    let gone = dsl.follow(gone).await;
    assert_eq!(gone.banner().unwrap(), "You stand aside. It is no longer yours to see");
    assert_eq!(dsl.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(dsl.get(&format!("{path}/people")).await.status, StatusCode::NOT_FOUND);
    let mut head = harness.signed_in(HEAD).await;
    let people = head.get(&format!("{path}/people")).await;
    assert!(people.main().contains("George Xu") && people.main().contains("The child is my niece"), "{}", people.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cover_is_arranged_and_ended_on_one_page() {
    let harness = Harness::new().await;
    let mut dsl = harness.signed_in(DSL).await;
    let page = dsl.get("/access").await;
    let wrong = dsl.submit(&page, "/access/cover", &[("cover_person", "nobody"), ("cover_reason", "a course")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.main().contains("Choose the duty") && wrong.main().contains("Give the day as a date"), "{}", wrong.main());
    let duty = page.option("cover_duty", "George Xu");
    let fields = [("cover_duty", duty.as_str()), ("cover_person", REPORTER), ("cover_until", "2026-11-06"), ("cover_reason", "a course")];
    let done = dsl.submit(&page, "/access/cover", &fields).await;
    let done = dsl.follow(done).await;
    assert_eq!(done.banner().unwrap(), "The cover is arranged");
    assert!(done.main().contains("Hana Kemp covers for George Xu"), "{}", done.main());
    let mut cover = harness.signed_in(REPORTER).await;
    assert_eq!(cover.get("/queue").await.status, StatusCode::OK, "they have a queue now");
    let action = done.action_like("/access/cover/", "/end");
    let ended = dsl.submit(&done, &action, &[("end_reason", "back early")]).await;
    assert_eq!(dsl.follow(ended).await.banner().unwrap(), "The cover has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn break_glass_is_told_to_the_holder_who_reviews_it() {
    let harness = Harness::new().await;
    file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let mut other = harness.signed_in(OTHER_HEAD).await;
    let page = other.get("/access").await;
    let short = [("glass_duty", "dsl/SCH01"), ("glass_hours", "1"), ("glass_reason", "urgent")];
    let refused = other.submit(&page, "/access/glass", &short).await;
    assert!(refused.main().contains("at least 20 characters"), "{}", refused.main());
    let why = "George cannot be reached and a child may be in danger";
    let fields = [("glass_duty", "dsl/SCH01"), ("glass_hours", "1"), ("glass_reason", why)];
    let opened = other.submit(&page, "/access/glass", &fields).await;
    assert_eq!(other.follow(opened).await.banner().unwrap(), "The queue is open to you. Others have been told");
    assert!(other.get("/queue").await.main().contains("Online safety concern"));
    let mut dsl = harness.signed_in(DSL).await;
    let queue = dsl.get("/queue").await;
    assert!(queue.main().contains("A queue was opened by break-glass"), "it is loud: {}", queue.main());
    let page = dsl.get("/access").await;
    assert!(page.main().contains("Omar Reid opened the queue of"), "{}", page.main());
    let action = page.action_like("/access/glass/", "/review");
    let reviewed = dsl.submit(&page, &action, &[("justified", "yes"), ("finding", "I was on a flight")]).await;
    let reviewed = dsl.follow(reviewed).await;
    assert!(reviewed.main().contains("Reviewed by George Xu: it was right. I was on a flight"), "{}", reviewed.main());
    assert!(!reviewed.main().contains("waits for a review"));
}
