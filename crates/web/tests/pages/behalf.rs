//! A report that somebody types in for somebody else: reporter, typist and channel are three things.

use axum::http::StatusCode;

use crate::common::{DSL, Harness, REPORTER};
use crate::filing::{SIGN, answers, step};

const PAPER: &[(&str, &str)] = &[
    ("channel", "paper"),
    ("behalf_name", "Petra Lane"),
    ("behalf_role", "parent"),
    ("told_day", "28"),
    ("told_month", "10"),
    ("told_year", "2026"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_report_keeps_its_reporter_its_day_and_its_channel_apart_from_the_typist() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let first = browser.open("/file").await;
    let mut page = browser.get(&first.href("main a[href$='/behalf']")).await;
    assert_eq!(page.h1(), "Whose report is it?");
    page = browser.fill(&page, PAPER).await;
    assert_eq!(page.h1(), "Could a child be hurt or in danger?");
    assert!(page.href(".govuk-back-link").ends_with("/behalf"));
    while step(&page) != "check" {
        if step(&page) == "about" {
            assert!(page.main().contains("The person whose report it is") && !page.main().contains(" Me "), "{}", page.main());
        }
        let at = step(&page);
        let typed: &[(&str, &str)] = match at.as_str() {
            "when" => {
                assert!(!page.main().contains("It has just happened"), "what is typed in later did not just happen");
                &[("when", "earlier"), ("day", "27"), ("month", "10"), ("year", "2026")]
            }
            _ => answers(&at),
        };
        page = browser.fill(&page, typed).await;
        assert_ne!(step(&page), at, "{:?}", page.errors());
    }
    let main = page.main();
    assert!(main.contains("Reported by Petra Lane") && main.contains("How it reached you On paper"), "{main}");
    assert!(
        main.contains("When the school was told Wednesday 28 October 2026") && main.contains("I have typed in what I was given"),
        "{main}"
    );
    let receipt = browser.fill(&page, SIGN).await;
    assert!(receipt.main().contains("as it was given to me"), "{}", receipt.main());
    let report = harness.signed_in(DSL).await.get(&receipt.path.replace("receipts", "reports")).await;
    let main = report.main();
    for words in [
        "Reported by Petra Lane, parent",
        "The school was told Wednesday 28 October 2026",
        "On paperTyped in by somebody else",
        "Filed here",
    ] {
        assert!(main.contains(words), "{words}: {main}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_may_stay_unnamed_and_every_field_says_what_is_wrong() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let page = browser.get("/file/new/behalf").await;
    let fields = |page: &crate::common::Page| page.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>();
    let wrong = browser.submit(&page, &page.action(), &[]).await;
    assert_eq!(
        (wrong.status, fields(&wrong)),
        (StatusCode::UNPROCESSABLE_ENTITY, ["#channel", "#behalf_name", "#told_day"].map(str::to_owned).to_vec())
    );
    let both = [PAPER, &[("behalf_unnamed", "yes")]].concat();
    let wrong = browser.submit(&wrong, &wrong.action(), &both).await;
    assert_eq!(fields(&wrong), ["#behalf_name"]);
    let long = "x".repeat(201);
    let wrong = browser.submit(&wrong, &wrong.action(), &[("behalf_name", ""), ("behalf_role", &long)]).await;
    assert_eq!(fields(&wrong), ["#behalf_role"]);
    let wrong = browser.submit(&wrong, &wrong.action(), &[("behalf_role", ""), ("told_day", "31"), ("told_hour", "9")]).await;
    assert_eq!(fields(&wrong), ["#told_hour"]);
    let wrong = browser.submit(&wrong, &wrong.action(), &[("told_minute", "00")]).await;
    assert_eq!(wrong.errors(), [("#told_day".to_owned(), "This time lies in the future".to_owned())]);
    let mut page = browser.fill(&wrong, &[("told_day", "28")]).await;
    while step(&page) != "check" {
        let at = step(&page);
        let typed: &[(&str, &str)] = if at == "when" { &[("when", "unknown")] } else { answers(&at) };
        page = browser.fill(&page, typed).await;
    }
    assert!(page.main().contains("Somebody who does not want to be named"), "{}", page.main());
    let receipt = browser.fill(&page, SIGN).await;
    let report = harness.signed_in(DSL).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert!(!report.main().contains("Reported by") && report.main().contains("Wednesday 28 October 2026 at 9:00am"), "{}", report.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_one_s_own_report_after_all() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let page = browser.get("/file/new/behalf").await;
    let page = browser.fill(&page, PAPER).await;
    let behalf = browser.get(&page.href(".govuk-back-link")).await;
    assert_eq!(behalf.field(&behalf.action(), "behalf_name").as_deref(), Some("Petra Lane"));
    let page = browser.fill(&behalf, &[("mine", "yes")]).await;
    assert_eq!(page.h1(), "Could a child be hurt or in danger?");
    assert!(page.texts(".govuk-back-link").is_empty() && !page.href("main a[href$='/behalf']").is_empty());
    let check = browser.get(&page.path.replace("danger", "check")).await;
    assert!(!check.main().contains("Petra") && check.main().contains("What I have written here is true"));
}
