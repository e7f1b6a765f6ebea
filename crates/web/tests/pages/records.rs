//! Queue, reports and cases: from filing to closing, and what nobody may learn.

use axum::http::StatusCode;
use wardbook_app::reports::Conditions;

use crate::common::{Browser, DPO, DSL, HEAD, Harness, OTHER_HEAD, Page, REPORTER};
use crate::filing::{SIGN, file, to_check};

const ASSESS: &[(&str, &str)] = &[
    ("assessment", "safeguarding_concern"),
    ("reason", "A stranger asked for a photo."),
    ("action_to_be_taken", "Speak to the family."),
    ("declaration", "George Xu"),
];

/// The declaration of whoever assesses.
const SIGNED: (&str, &str) = ("declaration", "George Xu");

/// The receiver's page of a fresh report.
async fn fresh(harness: &Harness) -> (Browser, Page) {
    file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let mut dsl = harness.signed_in(DSL).await;
    let queue = dsl.get("/queue").await;
    let href = href(&queue, ".wb-card__action");
    let page = dsl.get(&href).await;
    (dsl, page)
}

/// A DSL on the page of a safeguarding case.
pub(crate) async fn case(harness: &Harness) -> (Browser, Page) {
    let (mut dsl, report) = fresh(harness).await;
    let assessed = dsl.submit(&report, &format!("{}/assess", report.path), ASSESS).await;
    let assessed = dsl.follow(assessed).await;
    let case = dsl.get(&href(&assessed, "main a[href^='/cases/']")).await;
    (dsl, case)
}

/// The page to which the first card of a list leads.
pub(crate) async fn next(browser: &mut Browser, list: &str) -> Page {
    let list = browser.get(list).await;
    browser.get(&href(&list, ".wb-card__action")).await
}

pub(crate) fn href(page: &Page, selector: &str) -> String {
    page.href(selector)
}

/// P0-FORM-8.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_from_filing_to_closing_without_a_script() {
    let harness = Harness::new().await;
    file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let mut dsl = harness.signed_in(DSL).await;
    let queue = dsl.get("/queue").await;
    let card = queue.texts(".wb-card").remove(0);
    let now = "A child could be in danger: receive and assess it now (Online safety concern, Filtering or monitoring system failure) Now";
    assert!(card.contains(now) && !card.contains("verdue"), "{card}");
    assert!(card.contains("It comes to you as DSL (P0-ROUTE-1)") && card.contains("Gull Lane Primary School"), "{card}");

    let report = dsl.get(&href(&queue, ".wb-card__action")).await;
    let path = report.path.clone();
    assert_eq!(report.texts("main .govuk-tag"), ["Waiting to be received", "Confidential"], "P0-MARK-1");
    assert!(report.main().contains("Reported by Hana Kemp, Class teacher"), "{}", report.main());
    let received = dsl.submit(&report, &format!("{path}/receive"), &[]).await;
    let received = dsl.follow(received).await;
    assert_eq!(received.banner().unwrap(), "You have confirmed that you received this report");
    assert!(!received.has_form(&format!("{path}/receive")) && received.texts("main .govuk-tag") == ["Received", "Confidential"]);
    assert!(dsl.get("/queue").await.main().contains("A child could be in danger: assess it now"));

    let assessed = dsl.submit(&received, &format!("{path}/assess"), ASSESS).await;
    let assessed = dsl.follow(assessed).await;
    assert!(
        !assessed.has_form(&format!("{path}/assess")) && assessed.main().contains("Assessed: Safeguarding concern"),
        "{}",
        assessed.main()
    );

    let case = dsl.get(&href(&assessed, "main a[href^='/cases/']")).await;
    assert_eq!(
        (case.h1().as_str(), case.texts("main .govuk-tag")),
        ("Safeguarding concern", vec!["Open".to_owned(), "Confidential".to_owned()])
    );
    assert_eq!(href(&case, "main a[href^='/reports/']"), path);
    let at = case.path.clone();
    let noted = dsl.submit(&case, &format!("{at}/note"), &[("note", "Spoke to <b>the family</b>.\nThey know.")]).await;
    let noted = dsl.follow(noted).await;
    assert!(noted.main().contains("Spoke to <b>the family</b>. They know.") && !noted.body.contains("<b>the"));
    let correct = [("new_text", "A stranger asked two pupils."), ("correct_reason", "There were two.")];
    let corrected = dsl.submit(&noted, &format!("{at}/correct"), &correct).await;
    let corrected = dsl.follow(corrected).await;
    assert!(corrected.main().contains("A stranger asked two pupils."));
    let close = [("outcome", "action_taken"), ("close_reason", "The account is blocked.")];
    let early = dsl.submit(&corrected, &format!("{at}/close"), &close).await;
    assert_eq!((early.status, early.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#next-heading"));
    let ready = super::work::deal_with(&mut dsl, &at).await;
    let closed = dsl.submit(&ready, &format!("{at}/close"), &close).await;
    let closed = dsl.follow(closed).await;
    assert_eq!(
        (closed.banner().as_deref(), closed.texts("main .govuk-tag")),
        (Some("The case is closed"), vec!["Closed".to_owned(), "Confidential".to_owned()])
    );
    assert!(!closed.has_form(&format!("{at}/close")) && closed.has_form(&format!("{at}/note")));
    assert_eq!(dsl.get("/queue").await.h1(), "Nothing is owed");
    assert_eq!(dsl.get("/cases").await.texts("main .govuk-tag"), ["Closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_concerned_gets_the_very_page_of_a_record_that_does_not_exist() {
    let harness = Harness::new().await;
    let receipt = file(&mut harness.signed_in(REPORTER).await, &[("about", &[("about", "headteacher")])]).await;
    assert!(!receipt.main().contains("Uma") && !receipt.main().contains("George"));
    let mut head = harness.signed_in(HEAD).await;
    let (report, unknown) = (receipt.path.replace("receipts", "reports"), format!("/reports/{}", "0".repeat(32)));
    let empty = head.get("/queue").await;
    assert_eq!((empty.h1().as_str(), head.get("/cases").await.main().contains("no cases")), ("Nothing is owed", true));
    let token = empty.field("/sign-out", "csrf").unwrap();
    let there = head.get(&report).await;
    assert_eq!((there.status, there.h1().as_str()), (StatusCode::NOT_FOUND, "We cannot show that page"));
    assert_eq!(there.body, head.get(&unknown).await.body);
    assert_eq!(there.body, head.get(&receipt.path).await.body);
    let command = [
        ("csrf", token.as_str()),
        ("command", &"ab".repeat(16)),
        ("seen", "\"00\""),
        ("assessment", "other"),
        ("assessment_other", "x"),
        ("reason", "x"),
        SIGNED,
        ("settle_names", "Omar Reid"),
        ("settle_reason", "x"),
    ];
    for act in ["receive", "assess", "settle"] {
        let (there, not) = (head.post(&format!("{report}/{act}"), &command).await, head.post(&format!("{unknown}/{act}"), &command).await);
        assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, not.body), "{act}");
    }
    let wrong = &command[..3];
    let (there, not) = (head.post(&format!("{report}/assess"), wrong).await, head.post(&format!("{unknown}/assess"), wrong).await);
    assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, not.body), "with errors in the form as well");

    // It went past the head, to the next in the chain; and to nobody else.
    assert_eq!(harness.signed_in(DSL).await.get(&report).await.status, StatusCode::OK);
    for email in [OTHER_HEAD, DPO, "adam.lund@example.org"] {
        assert_eq!(harness.signed_in(email).await.get(&report).await.status, StatusCode::NOT_FOUND, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_is_looked_at_again_and_a_second_press_is_one_command() {
    let harness = Harness::new().await;
    let (mut dsl, report) = fresh(&harness).await;
    let (path, mut head) = (report.path.clone(), harness.signed_in(HEAD).await);
    // The head may open safeguarding reports too, and was faster.
    let theirs = head.get(&path).await;
    head.submit(&theirs, &format!("{path}/receive"), &[]).await;
    let stale = dsl.submit(&report, &format!("{path}/assess"), ASSESS).await;
    assert_eq!((stale.status, stale.h1().as_str()), (StatusCode::PRECONDITION_FAILED, "Someone else changed this"));
    assert_eq!(href(&stale, "main a"), path);

    let now = dsl.get(&path).await;
    let assess = format!("{path}/assess");
    let first = dsl.submit(&now, &assess, ASSESS).await;
    let second = dsl.submit(&now, &assess, ASSESS).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(dsl.get("/cases").await.texts(".wb-card").len(), 1, "one case, not two");
    let other = dsl.submit(&now, &assess, &[("assessment", "data_breach"), ("reason", "Other words, same button."), SIGNED]).await;
    assert_eq!((other.status, other.h1().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "This form was sent before"));
    let late =
        dsl.submit(&now, &assess, &[("command", &"cd".repeat(16)), ("assessment", "data_breach"), ("reason", "Late."), SIGNED]).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let done = dsl.get(&path).await;
    let (token, seen) = (done.field("/sign-out", "csrf").unwrap(), "*");
    let star = dsl
        .post(
            &assess,
            &[("csrf", &token), ("command", &"ef".repeat(16)), ("seen", seen), ("assessment", "data_breach"), ("reason", "x"), SIGNED],
        )
        .await;
    assert_eq!(star.status, StatusCode::FORBIDDEN, "a star says nothing of what was seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_a_record_that_is_wrong_comes_back_as_typed() {
    let harness = Harness::new().await;
    let (mut dsl, report) = fresh(&harness).await;
    let (assess, typed) =
        (format!("{}/assess", report.path), [("assessment", "other"), ("reason", " "), ("action_to_be_taken", "Wait & see"), SIGNED]);
    let wrong = dsl.submit(&report, &assess, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>(), ["#assessment_other", "#reason"]);
    assert_eq!(wrong.field(&assess, "action_to_be_taken").unwrap().trim(), "Wait & see");
    assert_eq!(
        dsl.submit(&report, &assess, &[("assessment", "fire"), ("reason", "x"), SIGNED]).await.errors()[0].1,
        "Tick what is on the list"
    );
    let long = "x".repeat(20_001);
    let long = dsl.submit(&report, &assess, &[("assessment", "other"), ("assessment_other", "A kiln"), ("reason", &long), SIGNED]).await;
    assert_eq!(long.errors()[0].0, "#reason");
    let opened = dsl.submit(&wrong, &assess, &[("assessment_other", "A kiln"), ("reason", "It smokes.")]).await;
    let opened = dsl.follow(opened).await;
    assert!(opened.main().contains("Assessed as OtherA kiln Why It smokes."), "{}", opened.main());

    let case = dsl.get(&href(&opened, "main a[href^='/cases/']")).await;
    let at = case.path.clone();
    let note = dsl.submit(&case, &format!("{at}/note"), &[("note", "\n ")]).await;
    assert_eq!((note.status, note.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#note"));
    let close = dsl.submit(&case, &format!("{at}/close"), &[("outcome", "fire"), ("close_reason", "")]).await;
    assert_eq!(close.errors().len(), 2);
    let kept = dsl.submit(&case, &format!("{at}/close"), &[("outcome", "referred"), ("close_reason", "")]).await;
    assert_eq!(kept.field(&format!("{at}/close"), "outcome").as_deref(), Some("referred"));
    let same = dsl.submit(&case, &format!("{at}/correct"), &[("new_text", ""), ("correct_reason", "typo")]).await;
    assert_eq!(
        (same.errors()[0].0.as_str(), same.field(&format!("{at}/correct"), "correct_reason").as_deref()),
        ("#new_text", Some("typo"))
    );
    assert_eq!(dsl.get(&at).await.texts(".wb-timeline__entry").len(), 1, "nothing was recorded");
    let case = super::work::deal_with(&mut dsl, &at).await;
    let closed = [("outcome", "referred"), ("close_reason", "To the insurer.")];
    dsl.submit(&case, &format!("{at}/close"), &closed).await;
    let now = dsl.get(&at).await;
    let fields = [
        ("csrf", now.field("/sign-out", "csrf").unwrap()),
        ("command", "ab".repeat(16)),
        ("seen", now.field(&format!("{at}/note"), "seen").unwrap()),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).chain(closed).collect();
    let again = dsl.post(&format!("{at}/close"), &fields).await;
    assert_eq!((again.status, again.h1().as_str()), (StatusCode::CONFLICT, "Not possible as things stand"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banner_says_only_what_we_wrote() {
    let harness = Harness::new().await;
    let (mut dsl, report) = fresh(&harness).await;
    for done in ["", "unknown", "%3Cb%3Ecall+this+number"] {
        assert_eq!(dsl.get(&format!("{}?done={done}", report.path)).await.banner(), None);
    }
    assert_eq!(dsl.get("/queue?cursor=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_breach_clock_runs_on_the_queue_and_a_link_shows_only_what_may_be_opened() {
    let harness = Harness::new().await;
    // Before the report: a case goes to a duty that somebody holds.
    let mut dpo = harness.signed_in(DPO).await;
    file(
        &mut harness.signed_in(REPORTER).await,
        &[("kind", &[("types", "loss_of_data")]), ("data", &[("data_affected", "pupil_personal_data"), ("dpo_told", "no")])],
    )
    .await;
    let mut head = harness.signed_in(HEAD).await;
    let queue = head.get("/queue").await;
    assert!(queue.main().contains("Due in 1 hour"), "a child could be in danger: {}", queue.main());
    assert!(queue.main().contains("Its breach clock runs out Monday 2 November 2026 at 4:12pm."), "{}", queue.main());
    let report = head.get(&href(&queue, ".wb-card__action")).await;
    let assess = [("assessment", "data_breach"), ("reason", "Data is out of our hands."), SIGNED];
    let done = head.submit(&report, &format!("{}/assess", report.path), &assess).await;
    let done = head.follow(done).await;
    let case = href(&done, "main a[href^='/cases/']");
    harness.tick(72 * 3600 + 60);
    let mut dpo_again = harness.browser();
    dpo_again.sign_in(DPO, crate::common::PASSWORD).await;
    let queue = dpo_again.get("/queue").await;
    assert_eq!(queue.texts(".wb-overdue"), ["1 is overdue"], "{} {}", queue.status, queue.body);
    assert_eq!(href(&queue, ".wb-card__action"), case);
    assert_eq!(dpo.get(&case).await.status, StatusCode::SEE_OTHER, "three days later the first session has ended");
    assert!(dpo_again.get(&case).await.main().contains("A stranger asked for a photo."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_has_pages_and_whole_totals() {
    let harness = Harness::new().await;
    let token = harness.token(REPORTER).await;
    let caller = harness.app.by_token(&token).await.unwrap().unwrap();
    for n in 0..53 {
        let form = serde_json::json!({ "school": "SCH01", "types": ["online_safety_concern"], "what_happened": format!("Number {n}") });
        let form = serde_json::from_value(form).unwrap();
        harness.app.file_report(&caller, &form, Conditions::default()).await.unwrap();
    }
    let mut dsl = harness.signed_in(DSL).await;
    let first = dsl.get("/queue").await;
    assert_eq!((first.h1().as_str(), first.texts(".wb-card").len()), ("53 things are owed", 50));
    let second = dsl.get(&href(&first, "a[rel=next]")).await;
    assert_eq!((second.h1().as_str(), second.texts(".wb-card").len()), ("53 things are owed", 3));
    assert!(second.texts("a[rel=next]").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_markup_stays_text_on_every_page_that_shows_it() {
    let harness = Harness::new().await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"'";
    let mut reporter = harness.signed_in(REPORTER).await;
    let other: &[(&str, &[(&str, &str)])] = &[("what", &[("what_happened", hostile), ("location", hostile)])];
    let check = to_check(&mut reporter, other).await;
    let receipt = reporter.fill(&check, SIGN).await;
    let mut dsl = harness.signed_in(DSL).await;
    let report = dsl.get(&receipt.path.replace("receipts", "reports")).await;
    let assess = [("assessment", "training_need"), ("reason", hostile), ("action_to_be_taken", hostile), SIGNED];
    let done = dsl.submit(&report, &format!("{}/assess", report.path), &assess).await;
    let done = dsl.follow(done).await;
    let case = dsl.get(&href(&done, "main a[href^='/cases/']")).await;
    for page in [check, report, done, case] {
        assert!(page.main().contains(hostile), "{}", page.path);
        assert!(page.texts("main script, main img").is_empty() && !page.body.contains("<img"), "{}", page.path);
    }
}
