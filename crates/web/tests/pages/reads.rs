//! Who has looked at what, as pages.

use axum::http::StatusCode;

use crate::common::{DPO, DSL, HEAD, Harness, OTHER_HEAD, REPORTER};
use crate::filing::file;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_know_a_record_sees_who_looked_and_nobody_else_sees_the_page() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let receipt = file(&mut reporter, &[]).await;
    let path = receipt.path.replace("receipts", "reports");
    let (mut head, mut dsl) = (harness.signed_in(HEAD).await, harness.signed_in(DSL).await);
    head.get(&path).await;
    let report = dsl.get(&path).await;
    assert_eq!(report.texts("main a[href$='/reads']"), ["Who has looked at this"]);
    let looks = dsl.get(&report.href("main a[href$='/reads']")).await;
    assert!(looks.h1().starts_with("Who has looked at ") && looks.href("main ~ *, .govuk-back-link") == path, "{}", looks.h1());
    let rows = looks.texts("tbody tr");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].contains("You DSL Opened it") && rows[0].contains("Work on this record"), "{rows:?}");
    assert!(rows[1].contains("Uma Jones") && rows[1].contains("Friday 30 October 2026 at 4:12pm"), "{rows:?}");
    assert!(!looks.main().contains("Hana"), "who reads their own papers is nobody else's to see");

    // Looking who has looked is a look.
    let again = dsl.get(&format!("{path}/reads")).await;
    assert!(again.texts("tbody tr")[0].contains("You DSL Looked who had looked"), "{:?}", again.texts("tbody tr"));

    let unknown = format!("/reports/{}/reads", "0".repeat(32));
    let (other_head, administrator) = (harness.signed_in(OTHER_HEAD).await, harness.signed_in("adam.lund@example.org").await);
    for (email, mut other) in [(OTHER_HEAD, other_head), (REPORTER, reporter), ("an administrator", administrator)] {
        let (there, not) = (other.get(&format!("{path}/reads")).await, other.get(&unknown).await);
        assert_eq!((there.status, &there.body), (StatusCode::NOT_FOUND, &not.body), "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_their_own_look() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let receipt = file(&mut reporter, &[]).await;
    let path = receipt.path.replace("receipts", "reports");
    let own = reporter.get("/reads").await;
    assert_eq!((own.h1().as_str(), own.texts("nav [aria-current]")), ("What you have looked at", vec!["Looks".to_owned()]));
    // The sign-in comes into the book on its own, and may stand here already.
    let rows: Vec<String> = own.texts("tbody tr").into_iter().filter(|row| !row.contains("You Signed in")).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("You") && row.contains("Opened the receipt")), "{rows:?}");
    assert_eq!(own.href("tbody a"), receipt.path);

    let mut head = harness.signed_in(HEAD).await;
    head.get(&path).await;
    let case = head.get("/reads").await;
    assert!(case.texts("tbody tr")[0].contains("You Headteacher Opened it"), "{:?}", case.texts("tbody tr"));
    assert_eq!(case.href("tbody a"), path);
    let me = harness.app.directory().await.unwrap().by_email(HEAD).unwrap();
    assert_eq!(head.get(&format!("/people/{me}/reads")).await.texts("tbody tr"), case.texts("tbody tr"));
    assert_eq!(reporter.get(&format!("/people/{me}/reads")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_protection_officer_sees_the_kind_of_a_closed_record_and_no_more() {
    let harness = Harness::new().await;
    let about = [("about", "another"), ("about_name", "Quentin Ellison")];
    let receipt = file(&mut harness.signed_in(REPORTER).await, &[("kind", &[("types", "low_level_concern")]), ("about", &about)]).await;
    let path = receipt.path.replace("receipts", "reports");
    let mut head = harness.signed_in(HEAD).await;
    assert_eq!(head.get(&path).await.status, StatusCode::OK);
    let mut dpo = harness.signed_in(DPO).await;
    let all = dpo.get("/reads").await;
    assert_eq!(all.h1(), "Who has looked at what");
    let rows = all.texts("tbody tr");
    assert_eq!(rows, ["Friday 30 October 2026 at 4:12pm Not shown Headteacher Looked A conduct record"], "{}", all.main());
    let reference = head.get(&path).await.texts(".govuk-caption-l").remove(0);
    for secret in ["Uma", "Ellison", "Gull Lane", reference.trim_start_matches("Report "), path.trim_start_matches("/reports/")] {
        assert!(!all.body.contains(secret), "{secret}");
    }
    let uma = harness.app.directory().await.unwrap().by_email(HEAD).unwrap();
    let of_uma = dpo.get(&format!("/people/{uma}/reads")).await;
    assert_eq!((of_uma.status, of_uma.texts("tbody tr").len()), (StatusCode::OK, 0), "beside a name even the kind would tell");
    assert_eq!(dpo.get(&all.href("main a[href*='mine']")).await.h1(), "What you have looked at");
    assert_eq!(dpo.get(&format!("/people/{}/reads", "0".repeat(32))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_looks_are_pointed_out_and_can_be_shown_alone() {
    let harness = Harness::new().await;
    let receipt = file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let path = receipt.path.replace("receipts", "reports");
    let mut head = harness.signed_in(HEAD).await;
    head.get(&path).await;
    harness.tick(4 * 3600);
    let mut dsl = harness.signed_in(DSL).await;
    dsl.get(&path).await; // 20:12 on a Friday
    let looks = dsl.get(&format!("{path}/reads")).await;
    assert_eq!(looks.texts("tbody .govuk-tag"), ["Out of hours"]);
    let only = dsl.get(&looks.href("main a[href*='unusual']")).await;
    let rows = only.texts("tbody tr");
    assert!(rows.iter().all(|row| row.contains("Out of hours")) && !only.main().contains("Uma"), "{rows:?}");
    assert_eq!(only.href("main a[href$='/reads']"), format!("{path}/reads"));
}

/// P2-AUDIT-1: who watches over reading sees everybody's sign-ins, and those that failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_protection_officer_sees_who_signed_in_and_who_failed_to() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let mut stranger = harness.browser();
    let page = stranger.get("/sign-in").await;
    for email in [REPORTER, "nobody@example.org"] {
        stranger.submit(&page, "/sign-in", &[("email", email), ("password", "not it at all")]).await;
    }
    harness.tick(60);
    harness.app.write_failures().await.unwrap();
    let mut dpo = harness.signed_in(DPO).await;
    let looks = dpo.get("/reads").await;
    assert!(looks.texts("main a").contains(&"See everybody’s sign-ins".to_owned()), "{:?}", looks.texts("main a"));
    let list = dpo.get("/reads?sign_ins=yes").await;
    let rows = list.texts("tbody tr");
    assert_eq!(list.h1(), "Sign-ins");
    for (who, what) in [
        ("You", "Signed in"),
        ("Hana", "Signed in"),
        ("Hana", "Failed to sign in, once: the password"),
        ("Nobody of ours", "once: the password"),
    ] {
        assert!(rows.iter().any(|row| row.contains(who) && row.contains(what)), "{who} {what}: {rows:?}");
    }
    let own = reporter.get("/reads?sign_ins=yes").await;
    assert_eq!(own.h1(), "What you have looked at", "anybody else has their own list");
}
