//! A report through its pages before it is a case: handed over, put off, printed; and what waits beside the records of a queue.

use axum::http::StatusCode;

use crate::common::{Browser, DSL, HEAD, Harness, Page, REPORTER};
use crate::filing::file;

/// The DSL's page of a report in which no child is in danger.
async fn report(harness: &Harness) -> (Browser, Page) {
    file(&mut harness.signed_in(REPORTER).await, &[("danger", &[("danger", "no")])]).await;
    let mut dsl = harness.signed_in(DSL).await;
    let queue = dsl.get("/queue").await;
    let page = dsl.get(&queue.href(".wb-card__action")).await;
    (dsl, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_handed_over_to_a_duty_of_the_list() {
    let harness = Harness::new().await;
    let (mut dsl, page) = report(&harness).await;
    let act = format!("{}/act/hand-over", page.path);
    assert!(page.hrefs("main a").contains(&act), "{:?}", page.hrefs("main a"));
    let form = dsl.get(&act).await;
    assert_eq!(form.h1(), "Hand it over");
    let wrong = dsl.submit(&form, &act, &[("reason", " ")]).await;
    let errors: Vec<String> = wrong.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!((wrong.status, errors), (StatusCode::UNPROCESSABLE_ENTITY, vec!["#duty".to_owned(), "#reason".to_owned()]));
    let done = dsl.submit(&wrong, &act, &[("duty", "headteacher/SCH01"), ("reason", "I am on a course.")]).await;
    let after = dsl.follow(done).await;
    assert_eq!(after.banner().as_deref(), Some("It is recorded"));
    assert!(after.main().contains("In hand: ") && after.main().contains("I am on a course."), "{}", after.main());
    let mut head = harness.signed_in(HEAD).await;
    let queue = head.get("/queue").await;
    assert!(queue.main().contains("(handed over).") && queue.main().contains("P0-FORM-8"), "{}", queue.main());
    let theirs = head.get(&queue.href(".wb-card__action")).await;
    assert!(theirs.has_form(&format!("{}/receive", theirs.path)), "who has it in hand receives it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_put_off_only_once_it_was_received() {
    let harness = Harness::new().await;
    let (mut dsl, page) = report(&harness).await;
    let act = format!("{}/act/snooze", page.path);
    assert_eq!(dsl.get(&act).await.status, StatusCode::NOT_FOUND, "nobody has read it");
    dsl.submit(&page, &format!("{}/receive", page.path), &[]).await;
    let form = dsl.get(&act).await;
    let typed = |hour, minute| {
        let day = [("until_day", "30"), ("until_month", "10"), ("until_year", "2026")];
        [day.as_slice(), &[("until_hour", hour), ("until_minute", minute), ("reason", "They ring at five.")]].concat()
    };
    let past = dsl.submit(&form, &act, &typed("9", "00")).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", past.main());
    let done = dsl.submit(&past, &act, &typed("17", "30")).await;
    let after = dsl.follow(done).await;
    assert!(after.main().contains("Put off until") && after.main().contains("They ring at five."), "{}", after.main());
    assert!(dsl.get("/queue").await.main().contains("Put off until"));
}

#[tokio::test(flavor = "multi_thread")]
async fn p0_print_1_a_report_leaves_on_paper_after_a_fresh_second_factor() {
    let harness = Harness::new().await;
    let (mut dsl, page) = report(&harness).await;
    let print = format!("{}/act/print", page.path);
    let form = dsl.get(&print).await;
    assert!(form.main().contains("Confidential") && form.main().contains("it is copy 1; none was made before"), "{}", form.main());
    let wrong = dsl.submit(&form, &print, &[]).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#purpose"));
    let (status, headers, bytes) = dsl.submit_for_file(&wrong, &print, &[("purpose", "audit")]).await;
    assert_eq!(
        (status, headers["content-type"].as_bytes(), headers["cache-control"].as_bytes()),
        (StatusCode::OK, &b"application/pdf"[..], &b"no-store"[..])
    );
    assert!(bytes.starts_with(b"%PDF-1.7\n") && headers["content-disposition"].to_str().unwrap().ends_with("-copy-1.pdf\""));
    let after = dsl.get(&page.path).await;
    assert!(after.main().contains("Copy 1 made on paper, marked Confidential"), "{}", after.main());
    let looks = dsl.get(&format!("{}/reads", page.path)).await;
    assert!(looks.main().contains("Made a copy of it on paper") && looks.main().contains("Audit or inspection"), "{}", looks.main());
    harness.tick(11 * 60);
    assert!(dsl.get(&print).await.location().starts_with("/account/confirm?next="));
    let answer = dsl.submit(&form, &print, &[("purpose", "audit")]).await;
    assert!(answer.location().starts_with("/account/confirm?next="), "nor by a form");
    let mut reporter = super::work::back(&harness).await;
    assert_eq!(reporter.get(&print).await.status, StatusCode::NOT_FOUND, "their receipt is what they keep");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_that_wait_are_a_row_of_the_queue() {
    let harness = Harness::new().await;
    super::alerts::with_alerts(&harness).await;
    let mut dsl = harness.signed_in(DSL).await;
    let queue = dsl.get("/queue").await;
    assert_eq!(queue.h1(), "1 thing is owed");
    assert!(queue.main().contains("monitoring alerts") && queue.main().contains("(FIL-1)"), "{}", queue.main());
    assert_eq!(queue.href(".wb-card__action"), "/alerts");
    let head = harness.signed_in(REPORTER).await.get("/queue").await;
    assert!(!head.main().contains("alerts"), "{}", head.main());
}
