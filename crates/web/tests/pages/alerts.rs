//! Monitoring alerts, and the register of assets, as a browser without scripts sees them.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};

use crate::common::{ADMINISTRATOR, Browser, DSL, HEAD, Harness, Page, REPORTER};

fn row(line: u64, fields: &Value) -> ImportRow {
    ImportRow { line, fields: fields.as_object().unwrap().clone() }
}

/// Two repeats of one pupil, one of another, and one about the DSL.
pub(crate) async fn with_alerts(harness: &Harness) {
    let alert = |reference: &str, user: &str, at: &str, excerpt: &str| {
        json!({ "alert_id": reference, "occurred_at": at, "school": "SCH01", "device": "PC-382", "user": user, "severity": "3",
            "category": "self-harm", "excerpt": excerpt })
    };
    let rows = [
        alert("M1", "SCH01-P001", "2026-10-29T09:00Z", "SECRET one"),
        alert("M2", "SCH01-P001", "2026-10-29T11:00Z", "SECRET two"),
        alert("M3", "SCH01-P002", "2026-10-30T09:00Z", "SECRET three"),
        alert("M4", "SCH01-002", "2026-10-30T09:00Z", "SECRET own"),
    ];
    let rows = (2..).zip(&rows).map(|(line, fields)| row(line, fields)).collect();
    let token = harness.token(HEAD).await;
    let importer = harness.app.by_token(&token).await.unwrap();
    let done = harness.app.import(ImportBatch::new(ImportKind::Alerts, rows), importer.as_ref()).await.unwrap();
    assert_eq!((done.accepted, done.refused), (4, vec![]));
}

/// The value of the box of the `n`-th group.
fn ids(page: &Page, n: usize) -> String {
    let html = page.html();
    let boxes = html.select(&scraper::Selector::parse("input[name=alerts][type=checkbox]").unwrap()).collect::<Vec<_>>();
    boxes[n].attr("value").unwrap().to_owned()
}

/// Sends the form that dismisses, with these boxes ticked.
async fn dismiss(browser: &mut Browser, page: &Page, ticked: &[&str], reason: &str) -> Page {
    let typed: Vec<(&str, &str)> = ticked.iter().map(|ids| ("alerts", *ids)).chain([("reason", reason)]).collect();
    browser.submit(page, "/alerts/dismiss", &typed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dsl_looks_on_a_private_screen_dismisses_with_one_reason_and_raises_what_is_a_concern() {
    let harness = Harness::new().await;
    with_alerts(&harness).await;
    let mut dsl = harness.signed_in(DSL).await;
    assert!(dsl.open("/queue").await.texts("nav a").contains(&"Alerts (3)".to_owned()), "what is about him is not counted");
    let stopped = dsl.asked("/alerts").await;
    assert_eq!((stopped.status, stopped.location().as_str()), (StatusCode::SEE_OTHER, "/look?next=%2Falerts"));
    let question = dsl.asked(&stopped.location()).await;
    assert!(question.main().contains("Is your screen private?") && !question.body.contains("SECRET"), "{}", question.main());

    let page = dsl.get("/alerts").await;
    assert_eq!((page.h1().as_str(), page.texts(".wb-card").len()), ("2 alerts to look at", 2));
    let card = &page.texts(".wb-card")[0];
    for words in [
        "Self-harm",
        "2 times, from Thursday 29 October 2026 at 9:00am",
        "PC-382",
        "Gull Lane Primary School",
        "severity 3 of 5",
        "SECRET two",
    ] {
        assert!(card.contains(words), "{words}: {card}");
    }
    assert!(!page.body.contains("SECRET own"));

    let wrong = dismiss(&mut dsl, &page, &[], " ").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let says: Vec<String> = wrong.errors().into_iter().map(|(href, text)| format!("{href} {text}")).collect();
    assert_eq!(says, ["#alerts Tick what is no concern", "#reason Say why they are no concern"]);
    let (first, second) = (ids(&page, 0), ids(&page, 1));
    let kept = dismiss(&mut dsl, &page, &[&second], "").await;
    assert_eq!(
        kept.html().select(&scraper::Selector::parse("input[type=checkbox][checked]").unwrap()).count(),
        1,
        "what was ticked stays so"
    );
    let done = dismiss(&mut dsl, &page, &[&second], "A song in class.").await;
    assert_eq!(done.location(), "/alerts?done=dismissed");
    let left = dsl.get("/alerts?done=dismissed").await;
    assert_eq!((left.banner().as_deref(), left.h1().as_str()), (Some("The alerts are dismissed"), "1 alert to look at"));
    assert_eq!(ids(&left, 0), first);

    let unreasoned = dsl.submit(&left, "/alerts/raise", &[("reason", "")]).await;
    assert_eq!(unreasoned.errors(), [("#raise-1".to_owned(), "Say why it is a concern".to_owned())]);
    let raised = dsl.submit(&left, "/alerts/raise", &[("reason", "Twice in two hours.")]).await;
    assert!(raised.location().starts_with("/reports/") && raised.location().ends_with("?done=raised"), "{}", raised.location());
    let again = dsl.submit(&left, "/alerts/raise", &[("reason", "Twice in two hours.")]).await;
    assert_eq!(again.location(), raised.location(), "a form that is sent twice files one report");
    let report = dsl.get(&raised.location()).await;
    assert!(report.banner().unwrap().contains("filed as a report") && report.main().contains("SECRET two"), "{}", report.main());
    assert_eq!(dsl.get("/alerts").await.h1(), "No alert waits");
    let decided = dsl.get("/alerts?decided=yes").await;
    assert_eq!(decided.texts(".wb-card").len(), 3);
    assert!(decided.main().contains("A song in class.") && decided.main().contains("Raised as a concern: George Xu"), "{}", decided.main());
    assert!(decided.href(".wb-card a").starts_with("/reports/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_reads_and_what_is_about_the_dsl_is_theirs_to_decide() {
    let harness = Harness::new().await;
    with_alerts(&harness).await;
    let mut head = harness.signed_in(HEAD).await;
    let page = head.get("/alerts").await;
    assert_eq!((page.h1().as_str(), page.texts("input[type=checkbox]").len()), ("3 alerts to look at", 1), "FIL-1: the DSL decides");
    assert!(page.main().contains("George Xu, an adult"));
    let raised = head.submit(&page, "/alerts/raise", &[("reason", "On a staff device.")]).await;
    assert!(raised.location().starts_with("/reports/"), "{}", raised.location());
    let path = raised.location().split('?').next().unwrap().to_owned();
    let report = head.get(&path).await;
    assert!(report.main().contains("SECRET own"), "{}", report.main());
    let mut dsl = harness.signed_in(DSL).await;
    assert_eq!(dsl.get(&path).await.status, StatusCode::NOT_FOUND);
    for email in [REPORTER, ADMINISTRATOR] {
        let mut other = harness.signed_in(email).await;
        assert_eq!(other.get("/alerts").await.status, StatusCode::NOT_FOUND, "{email}");
        assert!(!other.open("/").await.body.contains("/alerts"), "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_of_assets_is_searched_without_an_address_that_tells() {
    let harness = Harness::new().await;
    let asset = json!({ "asset_number": "LAP-0042", "description": "Laptop", "school": "SCH01", "serial": "5CG123AB", "encrypted": "no",
        "holder_staff_id": "SCH01-010" });
    let loan =
        json!({ "asset_number": "LAP-0042", "borrower_staff_id": "SCH01-002", "declared_on": "2025-09-05", "approved_by": "SCH01-001" });
    for (kind, fields) in [(ImportKind::Assets, &asset), (ImportKind::Loans, &loan)] {
        harness.app.import(ImportBatch::new(kind, vec![row(2, fields)]), None).await.unwrap();
    }
    let mut head = harness.signed_in(HEAD).await;
    let page = head.get("/assets").await;
    assert!(page.texts("nav a").contains(&"Assets".to_owned()));
    assert!(page.main().contains("George Xu, since Friday 5 September 2025"), "{}", page.main());
    let none = head.submit(&page, "/assets", &[("tag", " ")]).await;
    assert_eq!(none.errors(), [("#tag".to_owned(), "Type a tag or a serial number".to_owned())]);
    let found = head.submit(&page, "/assets", &[("tag", "5cg-123ab")]).await;
    assert_eq!((found.status, found.path.as_str()), (StatusCode::OK, "/assets"));
    for words in
        ["LAP-0042, Laptop", "Not encrypted", "Hana Kemp", "Approved by Uma Jones", "Next check due Saturday 5 September 2026", "overdue"]
    {
        assert!(found.main().contains(words), "{words}: {}", found.main());
    }
    assert!(head.submit(&page, "/assets", &[("tag", "LAP-0043")]).await.main().contains("No asset of your schools"));
    assert_eq!(harness.signed_in(DSL).await.get("/assets").await.status, StatusCode::NOT_FOUND);
}
