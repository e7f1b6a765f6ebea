//! Before a record is shown: the screen, the purpose; and what an idle page turns into.

use axum::http::StatusCode;

use crate::common::{Browser, DPO, DSL, HEAD, Harness, Page, REPORTER};
use crate::filing::file;

/// The path of a report about an adult.
async fn concern(harness: &Harness) -> String {
    concern_of(&mut harness.signed_in(REPORTER).await).await
}

async fn concern_of(reporter: &mut Browser) -> String {
    let receipt = file(
        reporter,
        &[("kind", &[("types", "low_level_concern")]), ("about", &[("about", "another"), ("about_name", "Quentin Ellison")])],
    )
    .await;
    receipt.path.replace("receipts", "reports")
}

/// The question that stands before a page, which says nothing of the record.
async fn question(browser: &mut Browser, path: &str) -> Page {
    let stopped = browser.asked(path).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER, "{}", stopped.body);
    assert!(stopped.location().starts_with("/look?next="), "{}", stopped.location());
    let question = browser.asked(&stopped.location()).await;
    assert_eq!((question.status, question.h1().as_str()), (StatusCode::OK, "Before you look"));
    let main = question.main();
    let reference = path.trim_start_matches("/reports/")[..4].to_uppercase();
    for word in ["Low", "Ellison", "Hana", "Gull Lane", "Received", &reference] {
        assert!(!main.contains(word), "{word}: {main}");
    }
    question
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_about_an_adult_is_shown_on_a_private_screen_and_with_a_purpose() {
    let harness = Harness::new().await;
    let path = concern(&harness).await;
    let mut head = harness.signed_in(HEAD).await;
    let asked = question(&mut head, &path).await;
    assert!(asked.main().contains("Is your screen private?") && asked.main().contains("Why do you open this record?"), "{}", asked.main());
    let without = head.submit(&asked, "/look", &[]).await;
    assert_eq!(without.errors(), [("#purpose".to_owned(), "Say why you open this record".to_owned())]);
    let unknown = head.submit(&asked, "/look", &[("purpose", "nosiness")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(head.asked(&path).await.status, StatusCode::SEE_OTHER, "nothing was answered yet");

    let answered = head.submit(&asked, "/look", &[("purpose", "statutory_duty")]).await;
    assert_eq!((answered.status, answered.location()), (StatusCode::SEE_OTHER, path.clone()));
    assert!(answered.set_cookies().is_empty(), "no cookie holds anything of it");
    let shown = head.asked(&path).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.main().contains("Ellison"));

    let looks = head.get(&shown.href("main a[href$='/reads']")).await;
    assert!(looks.main().contains("A duty by law or statutory guidance"), "{}", looks.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_is_asked_about_again_after_half_an_hour_and_the_purpose_is_not() {
    let harness = Harness::new().await;
    let path = concern(&harness).await;
    let mut head = harness.signed_in(HEAD).await;
    assert_eq!(head.get(&path).await.status, StatusCode::OK);
    harness.tick(29 * 60);
    let shown = head.asked(&path).await;
    assert_eq!(shown.status, StatusCode::OK);
    harness.tick(60);
    let again = question(&mut head, &path).await;
    assert!(!again.main().contains("Why do you open this record?"), "{}", again.main());
    // A form of a page that is on the screen already is not lost over it.
    let received = head.submit(&shown, &format!("{path}/receive"), &[]).await;
    assert_eq!((received.status, received.location()), (StatusCode::SEE_OTHER, format!("{path}?done=received")));
    assert_eq!(head.submit(&again, "/look", &[]).await.location(), path);
    assert_eq!(head.asked(&path).await.status, StatusCode::OK);

    // Another session is asked for itself.
    let mut other = harness.browser();
    other.sign_in(HEAD, crate::common::PASSWORD).await;
    question(&mut other, &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_goes_by_the_class_and_tells_nobody_that_a_record_exists() {
    let harness = Harness::new().await;
    let mut reporter = harness.signed_in(REPORTER).await;
    let concern = concern_of(&mut reporter).await;
    let unknown = format!("/reports/{}", "0".repeat(32));
    let mut dpo = harness.signed_in(DPO).await;
    for path in [&concern, &unknown] {
        let page = dpo.asked(path).await;
        assert_eq!((page.status, page.h1().as_str()), (StatusCode::NOT_FOUND, "We cannot show that page"), "{path}");
        let look = dpo.asked(&format!("/look?next={path}")).await;
        assert_eq!(look.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = |path: &str| format!("/look?next={path}");
    assert_eq!(dpo.asked(&page(&concern)).await.body, dpo.asked(&page(&unknown)).await.body);

    // A lost tablet asks for nothing; an online safety concern for the screen alone.
    let lost = file(&mut reporter, &[("danger", &[("danger", "no")]), ("kind", &[("types", "loss_of_equipment")])]).await;
    let mut head = harness.signed_in(HEAD).await;
    assert_eq!(head.asked(&lost.path.replace("receipts", "reports")).await.status, StatusCode::OK);
    let safeguarding = file(&mut reporter, &[]).await;
    assert_eq!(reporter.asked(&safeguarding.path).await.status, StatusCode::OK, "a reporter's own receipt needs no question");
    let mut dsl = harness.signed_in(DSL).await;
    let asked = question(&mut dsl, &safeguarding.path.replace("receipts", "reports")).await;
    assert!(asked.main().contains("Is your screen private?") && !asked.main().contains("Why do you"), "{}", asked.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_leads_nowhere_but_to_our_own_pages() {
    let harness = Harness::new().await;
    let mut head = harness.signed_in(HEAD).await;
    for next in ["//evil.example", "https://evil.example/reports/x", "/queue", ""] {
        let answer = head.asked(&format!("/look?next={next}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{next}");
        assert_eq!(answer.location(), if next == "/queue" { "/queue" } else { "/" }, "{next}");
    }
    let covered = head.asked("/covered?next=//evil.example").await;
    assert_eq!((covered.status, covered.href("main a")), (StatusCode::OK, "/".to_owned()));
    let stranger = harness.browser().asked("/look?next=/queue").await;
    assert!(stranger.location().starts_with("/sign-in"), "{}", stranger.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_page_covers_itself_also_without_a_script() {
    let harness = Harness::new().await;
    let path = concern(&harness).await;
    let mut head = harness.signed_in(HEAD).await;
    let shown = head.get(&path).await;
    assert!(shown.body.contains("data-blank-after=\"300\""));
    let refresh =
        format!("<noscript><meta http-equiv=\"refresh\" content=\"300;url=/covered?next={}\"></noscript>", path.replace('/', "%2F"));
    assert!(shown.body.contains(&refresh), "{}", &shown.body[..1500]);
    let covered = head.asked(&format!("/covered?next={path}")).await;
    assert!(!covered.body.contains("Ellison") && covered.href("main a") == path);
    assert!(!covered.body.contains("http-equiv"), "a cover stays");
    // A report that is being written is not torn away from whoever writes it without scripts.
    let writing = head.open("/file").await;
    assert!(!writing.body.contains("http-equiv") && writing.body.contains("data-blank-after"));
    let stranger = harness.browser().asked("/sign-in").await;
    assert!(!stranger.body.contains("data-blank-after"));
    let page = harness.browser().asked("/what-we-keep").await;
    assert!(page.body.contains("press Esc"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_says_after_how_long_and_for_what() {
    const PROFILE: &str = include_str!("../common/profile.toml");
    let reading = "[reading]\npurpose-for = [\"safeguarding\"]\nblank-after-minutes = 1\n\n[[purpose]]\ncode = \"lado\"\nlabel = \"The LADO asked\"\n\n[[route]]";
    let harness = Harness::with_profile(&PROFILE.replacen("[[route]]", reading, 1)).await;
    let safeguarding = file(&mut harness.signed_in(REPORTER).await, &[]).await.path.replace("receipts", "reports");
    let mut dsl = harness.signed_in(DSL).await;
    let asked = question(&mut dsl, &safeguarding).await;
    assert!(asked.main().contains("The LADO asked") && !asked.main().contains("Work on this record"), "{}", asked.main());
    dsl.submit(&asked, "/look", &[("purpose", "lado")]).await;
    let shown = dsl.asked(&safeguarding).await;
    assert!(shown.status == StatusCode::OK && shown.body.contains("data-blank-after=\"60\""));
}
