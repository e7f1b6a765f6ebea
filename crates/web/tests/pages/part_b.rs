//! Part B of the form: assessed, told, followed up, signed; whom it is about; what old papers say.

use axum::http::StatusCode;
use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};

use crate::common::{Browser, DSL, HEAD, Harness, Page, REPORTER};
use crate::filing::file;

const ASSESS: &[(&str, &str)] = &[
    ("assessment", "safeguarding_concern"),
    ("assessment", "training_need"),
    ("reason", "A stranger asked for a photo."),
    ("declaration", "George Xu"),
];

/// The receiver's page of a report that was filed with these answers.
async fn filed(harness: &Harness, receiver: &str, other: &[(&str, &[(&str, &str)])]) -> (Browser, Page) {
    let receipt = file(&mut harness.signed_in(REPORTER).await, other).await;
    let mut browser = harness.signed_in(receiver).await;
    let page = browser.get(&receipt.path.replace("receipts", "reports")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    (browser, page)
}

fn fields(page: &Page) -> Vec<String> {
    page.errors().into_iter().map(|(href, _)| href).collect()
}

/// P0-FORM-10, P0-FORM-11, P0-FORM-12.
#[tokio::test(flavor = "multi_thread")]
async fn p0_form_9_to_12_every_field_is_kept_and_every_case_is_linked() {
    let harness = crate::kinds::harness().await;
    let (mut dsl, report) = filed(&harness, DSL, &[]).await;
    let assess = format!("{}/assess", report.path);
    let part_b = [
        ("action_to_be_taken", "Speak to the family."),
        ("follow_up", "Look at the tablet."),
        ("review_day", "6"),
        ("review_month", "11"),
        ("review_year", "2026"),
        ("told", "police"),
        ("told_police_day", "30"),
        ("told_police_month", "10"),
        ("told_police_year", "2026"),
        ("told_police_hour", "15"),
        ("told_police_minute", "30"),
        ("told_police_how", "By telephone, George Xu"),
        ("told_police_reference", "CAD 12"),
        ("told", "insurer"),
    ];
    let done = dsl.submit(&report, &assess, &[ASSESS, &part_b].concat()).await;
    let done = dsl.follow(done).await;
    let main = done.main();
    for words in [
        "Assessed as Safeguarding concernTraining need identified",
        "Follow-up Look at the tablet.",
        "Looked at again on Friday 6 November 2026",
        "Police, Friday 30 October 2026 at 3:30pm, By telephone, George Xu, reference CAD 12Insurer",
        "George Xu, Friday 30 October 2026 at 4:12pm: This is my assessment, and these are my reasons.",
        "Open the case: Safeguarding concern",
        "Open the case: Training need identified",
    ] {
        assert!(main.contains(words), "{words}: {main}");
    }
    assert_eq!(main.matches("The text is the one that was signed.").count(), 2, "the report's and the assessment's");
}

#[tokio::test(flavor = "multi_thread")]
async fn part_b_says_what_is_wrong_and_keeps_what_was_typed() {
    let harness = Harness::new().await;
    let (mut dsl, report) = filed(&harness, DSL, &[]).await;
    let assess = format!("{}/assess", report.path);
    let wrong = [
        ("declaration", " "),
        ("review_day", "1"),
        ("review_month", "10"),
        ("review_year", "2026"),
        ("told", "parents"),
        ("told_parents_hour", "9"),
        ("told_parents_how", "At the gate"),
    ];
    let again = dsl.submit(&report, &assess, &[&ASSESS[..3], &wrong].concat()).await;
    assert_eq!(
        (again.status, fields(&again)),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            ["#review_day", "#told_parents_day", "#told_parents_hour", "#declaration"].map(str::to_owned).to_vec()
        )
    );
    assert_eq!(again.field(&assess, "told_parents_how").as_deref(), Some("At the gate"));
    assert!(again.form(&assess).contains(&("told".to_owned(), "parents".to_owned())));
    let unknown = dsl.submit(&report, &assess, &[ASSESS, &[("told", "the_king")]].concat()).await;
    assert_eq!(fields(&unknown), ["#told"]);
    let long = "x".repeat(501);
    let unknown = dsl.submit(&report, &assess, &[ASSESS, &[("told", "parents"), ("told_parents_how", &long)]].concat()).await;
    assert_eq!(fields(&unknown), ["#told_parents_how"]);
    assert!(!dsl.get(&report.path).await.main().contains("Assessed as"), "nothing was recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_it_is_about_is_settled_with_a_reason_and_may_take_the_report_away() {
    let harness = Harness::new().await;
    let about: (&str, &[(&str, &str)]) = ("about", &[("about", "another"), ("about_name", "Ms Quayle")]);
    let (mut head, report) = filed(&harness, HEAD, &[("danger", &[("danger", "no")]), about]).await;
    assert!(report.main().contains("The report names Ms Quayle"), "{}", report.main());
    let settle = format!("{}/settle", report.path);
    let empty = head.submit(&report, &settle, &[]).await;
    assert_eq!(
        (empty.status, fields(&empty)),
        (StatusCode::UNPROCESSABLE_ENTITY, ["#settle_names", "#settle_reason"].map(str::to_owned).to_vec())
    );
    let both = head.submit(&report, &settle, &[("settle_names", "x"), ("settle_nobody", "yes"), ("settle_reason", "x")]).await;
    assert_eq!(fields(&both), ["#settle_names"]);
    let nobody = head.submit(&report, &settle, &[("settle_names", "Nobody Known"), ("settle_reason", "I asked.")]).await;
    assert_eq!(nobody.errors(), [("#settle_names".to_owned(), "“Nobody Known” fits nobody in the directory".to_owned())]);
    assert_eq!(nobody.field(&settle, "settle_reason").unwrap().trim(), "I asked.");

    // By the number in the staff list: the DSL, who knows nothing of it from then on.
    let done = head.submit(&report, &settle, &[("settle_names", "SCH01-002"), ("settle_reason", "It was George Xu.")]).await;
    let done = head.follow(done).await;
    assert_eq!(done.banner().as_deref(), Some("Whom it is about is recorded"));
    assert!(done.main().contains("Settled whom it is about") && !done.main().contains("The report names"), "{}", done.main());
    assert_eq!(harness.signed_in(DSL).await.get(&report.path).await.status, StatusCode::NOT_FOUND);

    // Then the head finds that it is about herself: recorded, and no longer hers to see.
    let away = head.submit(&done, &settle, &[("settle_names", "Uma Jones"), ("settle_reason", "It was me.")]).await;
    let away = head.follow(away).await;
    assert_eq!((away.path.split('?').next(), away.banner().as_deref()), (Some("/queue"), Some("Recorded. It is no longer yours to see")));
    assert_eq!(head.get(&report.path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_does_not_change_when_its_reporter_turns_out_to_be_the_one() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let about: (&str, &[(&str, &str)]) = ("about", &[("about", "another"), ("about_name", "Ms Quayle")]);
    let receipt = file(&mut reporter, &[("danger", &[("danger", "no")]), about]).await;
    let (mut head, path) = (harness.signed_in(HEAD).await, receipt.path.replace("receipts", "reports"));
    let report = head.get(&path).await;
    let before = (reporter.get(&receipt.path).await.main(), reporter.get(&path).await.main());
    let done = head.submit(&report, &format!("{path}/settle"), &[("settle_names", "Hana Kemp"), ("settle_reason", "It was her.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!((reporter.get(&receipt.path).await.main(), reporter.get(&path).await.main()), before, "design §1.4");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_papers_show_what_they_say_and_are_not_assessed_here() {
    let harness = Harness::new().await;
    let row = serde_json::json!({
        "reference": "P-17", "reported_at": "2025-11-03T09:10:00+00:00", "school": "SCH01", "types": ["online_safety_concern"],
        "what_happened": "An old matter.", "reporter": { "name": "Petra Lane" }, "outcome": "Spoke to the family",
        "closed_at": "2025-11-10T12:00:00+00:00",
    });
    let rows = vec![ImportRow { line: 1, fields: row.as_object().unwrap().clone() }];
    let token = harness.token(DSL).await;
    let caller = harness.app.by_token(&token).await.unwrap().unwrap();
    let batch = ImportBatch { as_history: true, ..ImportBatch::new(ImportKind::Reports, rows) };
    let imported = harness.app.import(batch, Some(&caller)).await.unwrap();
    assert_eq!(imported.refused, []);
    let id = harness.app.reports(&caller, None, None).await.unwrap().items[0].id.clone();
    let mut dsl = harness.signed_in(DSL).await;
    let page = dsl.get(&format!("/reports/{id}")).await;
    assert_eq!(page.texts("main .govuk-tag"), ["Imported, not assessed here", "Confidential"], "{}", page.main());
    for words in
        ["Outcome Spoke to the family", "Closed Monday 10 November 2025 at 12:00pm", "reporter: name Petra Lane", "Reference on paper P-17"]
    {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    assert!(!page.body.contains("/assess") && !page.body.contains("/settle"));
}
