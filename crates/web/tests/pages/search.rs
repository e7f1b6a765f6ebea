//! Searching, the overview and the published figures, as pages.

use axum::http::StatusCode;

use crate::common::{ADMINISTRATOR, DPO, DSL, HEAD, Harness, REPORTER};
use crate::filing::file;

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_looks_for_is_sent_in_a_form_and_stands_in_no_address() {
    let harness = Harness::new().await;
    let receipt = file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let record = receipt.path.replace("receipts", "reports");
    let mut dsl = harness.signed_in(DSL).await;
    let form = dsl.get("/queue").await;
    let form = dsl.get(&form.href("nav a[href='/search']")).await;
    assert_eq!((form.h1().as_str(), form.texts("nav [aria-current]")), ("Search", vec!["Search".to_owned()]));

    let nothing = dsl.submit(&form, "/search", &[("purpose", "case_work")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(nothing.errors().len(), 1, "{:?}", nothing.errors());
    assert!(nothing.errors()[0].1.starts_with("This form says nothing"), "{:?}", nothing.errors());
    let wrong = [("from_day", "31"), ("from_month", "2"), ("from_year", "2026"), ("words", "x")];
    let wrong = dsl.submit(&form, "/search", &wrong).await;
    assert_eq!(wrong.errors(), [("#from_day".to_owned(), "Give a day that there is, for example 27 3 2026".to_owned())]);
    assert_eq!((wrong.field("/search", "words"), wrong.field("/search", "from_day")), (Some("x".to_owned()), Some("31".to_owned())));
    let without = dsl.submit(&form, "/search", &[("kind", "online_safety_concern")]).await;
    assert_eq!(without.errors(), [("#purpose".to_owned(), "Say why you search".to_owned())]);

    let asked =
        [("kind", "online_safety_concern"), ("from_day", "30"), ("from_month", "10"), ("from_year", "2026"), ("purpose", "case_work")];
    let answer = dsl.submit(&form, "/search", &asked).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let place = answer.location();
    assert!(place.strip_prefix("/search/").is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())), "{place}");
    let found = dsl.get(&place).await;
    assert_eq!((found.h1().as_str(), found.href("main .wb-cards a")), ("Found", record));
    assert_eq!(found.field("/search", "from_year"), Some("2026".to_owned()), "to search again");
    let missed = dsl.submit(&found, "/search", &[("from_year", "2027"), ("purpose", "case_work")]).await;
    let missed = dsl.follow(missed).await;
    assert_eq!((missed.h1().as_str(), missed.texts("main .wb-cards li").len()), ("Nothing found", 0));

    let mut head = harness.signed_in(HEAD).await;
    let (theirs, none) = (head.get(&place).await, head.get(&format!("/search/{}", "0".repeat(32))).await);
    assert_eq!((theirs.status, &theirs.body), (StatusCode::NOT_FOUND, &none.body), "somebody else’s search is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_finds_their_receipt() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let receipt = file(&mut reporter, &[]).await;
    let form = reporter.get("/search").await;
    assert!(!form.body.contains("name=\"purpose\""), "nobody says why they look for their own words");
    let found = reporter.fill(&form, &[("kind", "online_safety_concern")]).await;
    assert_eq!(found.href("main .wb-cards a"), receipt.path);
    assert!(found.texts("main .wb-cards li").remove(0).contains("Your report"), "{}", found.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_an_overview_with_its_charts_and_their_tables() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    file(&mut reporter, &[("kind", &[("types", "loss_of_equipment")])]).await;
    let mut head = harness.signed_in(HEAD).await;
    let page = head.get("/queue").await;
    let page = head.get(&page.href("nav a[href='/overview']")).await;
    assert_eq!(page.h1(), "1 record is open, none of them late");
    assert_eq!(page.texts("svg[role=img] title"), ["Reports for each 100 adults", "Reports by type", "Reports by month"]);
    assert_eq!(page.texts("main table caption").len(), 3, "a table beside each");
    assert!(page.main().contains("Loss of equipment") && page.main().contains("October 2026"), "{}", page.main());
    for mut other in [reporter, harness.signed_in(ADMINISTRATOR).await] {
        assert_eq!(other.get("/overview").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_is_published_from_its_page_once_and_with_a_reason() {
    let harness = Harness::new().await;
    let mut dpo = harness.signed_in(DPO).await;
    let page = dpo.get("/board").await;
    assert!(page.main().contains("Nothing is published yet"), "{}", page.main());
    let wrong = dpo.submit(&page, "/board", &[]).await;
    assert_eq!(wrong.errors().iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["Choose what you publish", "Say why"]);
    let published = dpo.fill(&page, &[("publish_what", "2026-summer"), ("publish_reason", "Termly report to the board")]).await;
    assert_eq!(published.banner().as_deref(), Some("The figures are published"));
    assert_eq!(published.texts("main h2.wb-section").remove(0), "Summer term 2026");
    assert!(published.main().contains("Number 1, published by Dora Pike"), "{}", published.main());
    assert_eq!(published.option("publish_what", "A correction of summer term 2026"), "2026-summer/1");
    let again = dpo.submit(&page, "/board", &[("publish_what", "2026-summer"), ("publish_reason", "Once more")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the same form with another reason is another command");
    let fresh = dpo.submit(&published, "/board", &[("publish_what", "2026-summer"), ("publish_reason", "Once more")]).await;
    assert_eq!(fresh.status, StatusCode::CONFLICT, "never twice");
    let (status, headers, body) = dpo.download("/board/figures.csv").await;
    assert_eq!(
        (status, headers["content-disposition"].to_str().unwrap()),
        (StatusCode::OK, "attachment; filename=\"published-figures.csv\"")
    );
    assert!(String::from_utf8(body).unwrap().contains("Taken from Wardbook by Dora Pike"));
    for email in [HEAD, REPORTER] {
        let mut other = harness.signed_in(email).await;
        assert_eq!(other.get("/board").await.status, StatusCode::NOT_FOUND, "{email}");
        let sent = other.get("/queue").await;
        let csrf = sent.form("/sign-out").into_iter().find(|(name, _)| name == "csrf").unwrap().1;
        assert_eq!(other.post("/board", &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND, "{email}");
    }
}
