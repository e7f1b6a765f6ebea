//! The types that a profile adds, first steps, and who will get the report.

use axum::http::StatusCode;

use crate::common::{Browser, DSL, HEAD, Harness, Page, REPORTER};
use crate::filing::{SIGN, answers, file, step};

/// A trust whose profile has types, first steps and contacts of its own.
pub(crate) async fn harness() -> Harness {
    Harness::with_profile(include_str!("../common/profile.toml")).await
}

const NO_DANGER: (&str, &[(&str, &str)]) = ("danger", &[("danger", "no")]);
const MISSENT: (&str, &[(&str, &str)]) = ("kind", &[("types", "email_missent")]);

/// The page of a step, reached with these answers.
async fn at(browser: &mut Browser, wanted: &str, other: &[(&str, &[(&str, &str)])]) -> Page {
    let mut page = browser.open("/file").await;
    if step(&page) == "file" {
        page = browser.get(&page.href("main a[href^='/file/new/']")).await;
    }
    while step(&page) != wanted {
        let now = step(&page);
        let typed = other.iter().find(|(step, _)| *step == now).map_or_else(|| answers(&now), |(_, typed)| typed);
        page = browser.fill(&page, typed).await;
        assert_ne!(step(&page), now, "{:?}", page.errors());
    }
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn p0_form_2_a_profile_s_types_stand_among_the_thirteen_and_tick_their_box() {
    let harness = harness().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let kind = at(&mut browser, "kind", &[NO_DANGER]).await;
    let labels = kind.texts(".govuk-checkboxes__label");
    assert_eq!(labels.len(), 15);
    let place = |text: &str| labels.iter().position(|label| label == text).unwrap();
    assert_eq!(place("E-mail sent to the wrong person"), place("Data is lost, or went to the wrong person") + 1);
    assert_eq!(labels.last().unwrap(), "Something else");
    let receipt = file(&mut browser, &[NO_DANGER, MISSENT]).await;
    let report = harness.signed_in(HEAD).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert_eq!(report.h1(), "E-mail sent to the wrong person");
    assert!(report.main().contains("E-mail sent to the wrong person (counts as: Data is lost, or went to the wrong person)"));
    assert!(report.main().contains("in 3 days"), "the box that it ticks starts a clock: {}", report.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn first_steps_are_said_once_with_their_clauses_and_the_way_of_the_report() {
    let harness = harness().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let page = at(&mut browser, "advice", &[NO_DANGER, MISSENT]).await;
    assert_eq!((page.h1().as_str(), page.texts(".wb-steps li").len()), ("First steps", 3), "no step twice");
    let main = page.main();
    for words in
        ["Ask whoever got it to delete it unread.", "T-8", "Tell the headteacher now.", "T-9", "It goes to the headteacher of the school."]
    {
        assert!(main.contains(words), "{words}: {main}");
    }
    assert!(!main.contains("Uma"), "never a name");
    assert_eq!(step(&browser.fill(&page, &[]).await), "when");
    let head: (&str, &[(&str, &str)]) = ("about", &[("about", "headteacher")]);
    let page = at(&mut browser, "advice", &[NO_DANGER, MISSENT, head]).await;
    assert!(
        page.main().contains("It goes to the designated safeguarding lead (DSL) of the school, not to the headteacher."),
        "{}",
        page.main()
    );
    let myself: (&str, &[(&str, &str)]) = ("about", &[("about", "myself")]);
    let page = at(&mut browser, "advice", &[NO_DANGER, MISSENT, myself]).await;
    assert!(page.main().contains("It goes to the person whose duty it is under your trust’s policy"), "{}", page.main());
    let page = at(&mut browser, "advice", &[MISSENT]).await;
    assert!(page.main().contains("As a child could be in danger, the designated safeguarding lead (DSL) of the school reads it too."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_the_profile_does_not_have_is_refused() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let kind = at(&mut browser, "kind", &[NO_DANGER]).await;
    let wrong = browser.submit(&kind, &kind.action(), &[("types", "loss_of_data"), ("types", "no_such_type")]).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#types"));
    assert!(wrong.form(&wrong.action()).contains(&("types".to_owned(), "loss_of_data".to_owned())), "what was right stays ticked");
}

#[tokio::test(flavor = "multi_thread")]
async fn bre_3_who_knew_before_is_asked_where_a_clock_may_start_with_it() {
    let harness = harness().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let online: (&str, &[(&str, &str)]) = ("kind", &[("types", "online_safety_concern")]);
    assert!(!at(&mut browser, "when", &[online]).await.main().contains("knew of it before"));
    let when = at(&mut browser, "when", &[NO_DANGER, ("kind", &[("types", "email_received")])]).await;
    assert!(when.main().contains("Somebody at the school knew of it before this report"));
    let found = [
        ("when", "earlier"),
        ("day", "27"),
        ("month", "10"),
        ("year", "2026"),
        ("found_earlier", "yes"),
        ("found_day", "29"),
        ("found_month", "10"),
        ("found_year", "2026"),
    ];
    let wrong = browser.submit(&when, &when.action(), &found).await;
    assert_eq!(wrong.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>(), ["#found_hour"]);
    let late = [("found_day", "31"), ("found_hour", "9"), ("found_minute", "00")];
    let wrong = browser.submit(&wrong, &wrong.action(), &late).await;
    assert_eq!(wrong.errors()[0], ("#found_day".to_owned(), "This time lies in the future".to_owned()));
    let mut page = browser.fill(&wrong, &[("found_day", "29"), ("found_hour", "9"), ("found_minute", "05")]).await;
    while step(&page) != "check" {
        page = browser.fill(&page, answers(&step(&page))).await;
    }
    let main = page.main();
    assert!(main.contains("When Tuesday 27 October 2026 Change"), "a day without an hour: {main}");
    assert!(main.contains("Known at the school since Thursday 29 October 2026 at 9:05am"), "{main}");
    let data = browser.get(&page.path.replace("check", "data?change=1")).await;
    let check = browser.fill(&data, &[("data_affected", "pupil_personal_data"), ("dpo_told", "no")]).await;
    let receipt = browser.fill(&check, SIGN).await;
    let report = harness.signed_in(HEAD).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert!(report.main().contains("Sunday 1 November 2026 at 9:05am"), "72 hours from what the school knew: {}", report.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn p0_form_7_the_receipt_holds_the_digest_of_the_very_text_and_says_whom_to_ring_where_nobody_is_there() {
    let harness = harness().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let receipt = file(&mut browser, &[NO_DANGER, ("kind", &[("types", "loss_of_equipment")])]).await;
    let main = receipt.main();
    assert!(main.contains("Hana Kemp, Friday 30 October 2026 at 4:12pm") && main.contains("true as far as I know"), "{main}");
    assert_eq!(receipt.texts(".wb-digest span").iter().map(String::len).collect::<Vec<_>>(), [8; 8]);
    assert!(!main.contains("01632 960 999") && main.contains("Keep or print this page"));
    let report = harness.signed_in(HEAD).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert!(report.main().contains(&receipt.texts(".wb-digest span").join(" ")), "{}", report.main());
    assert!(report.main().contains("The text is the one that was signed."));

    // The other school has a head and no DSL: a report about the head has nobody to go to.
    let mut admin = harness.signed_in("adam.lund@example.org").await;
    let about: (&str, &[(&str, &str)]) = ("about", &[("about", "headteacher")]);
    let receipt =
        file(&mut admin, &[("school", &[("school", "SCH02")]), NO_DANGER, about, ("kind", &[("types", "low_level_concern")])]).await;
    let main = receipt.main();
    assert!(main.contains("The designated officer for tests01632 960 999") && !main.contains("Your report goes to"), "{main}");
    assert!(harness.signed_in(DSL).await.get("/queue").await.main().contains("Nothing is owed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_the_person_whom_it_is_about() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let online: (&str, &[(&str, &str)]) = ("kind", &[("types", "online_safety_concern")]);
    let about_dsl: (&str, &[(&str, &str)]) = ("about", &[("about", "dsl")]);
    let usual = at(&mut browser, "advice", &[online]).await;
    assert!(usual.main().contains("Tell the DSL at once"), "{}", usual.main());
    let page = at(&mut browser, "advice", &[online, about_dsl]).await;
    assert!(page.main().contains("Tell the Headteacher at once, in person") && !page.main().contains("Tell the DSL"), "{}", page.main());

    let danger: (&str, &[(&str, &str)]) = ("danger", &[("danger", "yes")]);
    let receipt = file(&mut browser, &[online, about_dsl, danger]).await;
    assert!(receipt.main().contains("Then find the headteacher of the school."), "{}", receipt.main());
    assert!(!receipt.main().contains("safeguarding lead"), "{}", receipt.main());
    let lost: (&str, &[(&str, &str)]) = ("kind", &[("types", "loss_of_equipment")]);
    let receipt = file(&mut browser, &[lost, danger]).await;
    assert!(receipt.main().contains("Then find the designated safeguarding lead (DSL) of the school."), "{}", receipt.main());
}
