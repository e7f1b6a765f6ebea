//! Danger first, the image question, and what a person reported themself.

use axum::http::StatusCode;

use crate::common::{DSL, Harness, REPORTER};
use crate::filing::{SIGN, answers, file, step, to_check};

#[tokio::test(flavor = "multi_thread")]
async fn alg_3_danger_is_asked_first_and_what_to_do_stands_before_everything_else() {
    let harness = crate::kinds::harness().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let first = browser.open("/file").await;
    assert_eq!((first.h1().as_str(), first.main().contains("call 999 now")), ("Could a child be hurt or in danger?", true));
    for answer in ["yes", "unsure"] {
        let page = browser.fill(&first, &[("danger", answer)]).await;
        let main = page.main();
        assert_eq!((step(&page).as_str(), page.h1().as_str()), ("emergency", "Do this first"), "{answer}");
        for words in [
            "If a child is in immediate danger, call 999 now.",
            "Find the DSL of Gull Lane Primary School; if it is about the DSL, the headteacher.",
            "Do not wait for this form.",
            "What you write here is not a report to the police or to children’s social care.",
            "Do not ask leading questions",
            "Do not promise to keep it secret",
            "female genital mutilation (FGM), you must report it to the police yourself, by the close of the next working day",
            "the duty to report it is your own",
            "Social care for tests01632 960 123",
            "999 in an emergency",
        ] {
            assert!(main.contains(words), "{words}: {main}");
        }
    }
    let on = browser.fill(&first, &[("danger", "no")]).await;
    assert_eq!(step(&on), "about");
    let skipped = browser.get(&on.path.replace("about", "emergency")).await;
    assert_eq!(skipped.status, StatusCode::NOT_FOUND, "no danger, no emergency");
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_urgent_1_where_a_child_is_in_danger_nothing_is_asked_about_data() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[("danger", &[("danger", "yes")])]).await;
    assert!(check.main().contains("As a child is in danger, we did not ask about data"), "{}", check.main());
    assert_eq!(check.href(".govuk-back-link"), check.path.replace("check", "told"));
    // It can still be said.
    let data = browser.get(&check.path.replace("check", "data?change=1")).await;
    let half = browser.submit(&data, &data.action(), &[("individuals_affected", "3")]).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    let open = browser.get(&check.path).await;
    assert_eq!(open.errors()[0].0, check.path.replace("check", "data?change=1"), "what was begun is finished or taken back");
    let check = browser.fill(&data, &[("data_affected", "pupil_personal_data"), ("dpo_told", "no")]).await;
    assert!(!check.main().contains("we did not ask") && check.main().contains("Pupils’ personal data"));
    assert_eq!(browser.fill(&check, SIGN).await.h1(), "Report sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn oth_4_what_a_person_reported_themself_is_kept_with_time_and_reference() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let first = browser.open("/file").await;
    let page = browser.fill(&first, &[("danger", "yes")]).await;
    let today: Vec<_> = ["day", "month", "year"].map(|part| page.field(&page.action(), &format!("own_police_{part}")).unwrap()).to_vec();
    assert_eq!(today, ["30", "10", "2026"], "today is not asked for");
    let own = [
        ("own", "police"),
        ("own_police_hour", "15"),
        ("own_police_minute", "40"),
        ("own_police_reference", "CAD 77"),
        ("own", "social_care"),
        ("image", "no"),
    ];
    let wrong = browser.submit(&page, &page.action(), &[own[0], ("own_police_hour", "17"), ("own_police_minute", "00"), own[5]]).await;
    assert_eq!(wrong.errors(), [("#own_police_day".to_owned(), "This time lies in the future".to_owned())]);
    let mut page = browser.fill(&wrong, &own).await;
    while step(&page) != "check" {
        page = browser.fill(&page, answers(&step(&page))).await;
    }
    assert!(page.main().contains("The police, Friday 30 October 2026 at 3:40pm, CAD 77"), "{}", page.main());
    assert!(page.main().contains("Children’s social care"));
    let receipt = browser.fill(&page, SIGN).await;
    assert!(receipt.main().contains("not a report to the police"));
    let report = harness.signed_in(DSL).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert!(report.main().contains("The police, Friday 30 October 2026 at 3:40pm, reference CAD 77"), "{}", report.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn img_1_the_image_question_comes_with_danger_or_with_a_type_about_children_and_nowhere_else() {
    let harness = crate::kinds::harness().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let no_danger: &[(&str, &str)] = &[("danger", "no")];
    // A lost laptop: neither first steps nor the question.
    let check = to_check(&mut browser, &[("danger", no_danger), ("kind", &[("types", "loss_of_equipment")])]).await;
    assert!(!check.main().contains("without clothes"));
    assert_eq!(browser.get(&check.path.replace("check", "advice")).await.status, StatusCode::NOT_FOUND);
    // The kind is changed: the question is shown at once, and is missing until it is answered.
    let kind = browser.get(&check.path.replace("check", "kind?change=1")).await;
    let asked = browser.fill(&kind, &[("types", "child_on_child_abuse_online")]).await;
    assert_eq!((asked.path.clone(), asked.h1()), (check.path.replace("check", "advice?change=1"), "Before you go on".to_owned()));
    assert!(asked.main().contains("Do not look at it, copy it, send it, save it or delete it"));
    assert_eq!(browser.submit(&asked, &asked.action(), &[]).await.errors()[0].0, "#image");
    assert_eq!(browser.get(&check.path).await.errors()[0].0, asked.path);
    let check = browser.fill(&asked, &[("image", "unsure")]).await;
    assert!(check.main().contains("could show a child without clothes I am not sure"), "{}", check.main());
    let what = browser.get(&check.path.replace("check", "what?change=1")).await;
    assert!(what.main().contains("nothing is uploaded here"));
    let receipt = browser.fill(&check, SIGN).await;
    assert!(receipt.main().contains("About the picture or video") && receipt.main().contains("Nobody is blamed"));
    let report = harness.signed_in(DSL).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert!(report.main().contains("There is, or could be, an image of a child without clothes."), "{}", report.main());
    assert!(report.main().contains("switched off and locked away"));
    // With danger it was asked on the page before; the answer there stays.
    let receipt = file(&mut browser, &[("emergency", &[("image", "yes")]), ("kind", &[("types", "loss_of_equipment")])]).await;
    assert!(receipt.main().contains("About the picture or video"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_danger_found_while_checking_shows_what_to_do_before_the_report_is_sent() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[("danger", &[("danger", "no")]), ("kind", &[("types", "loss_of_equipment")])]).await;
    let danger = browser.get(&check.path.replace("check", "danger?change=1")).await;
    let page = browser.fill(&danger, &[("danger", "yes")]).await;
    assert_eq!((page.h1().as_str(), page.path.clone()), ("Do this first", check.path.replace("check", "emergency?change=1")));
    let check = browser.fill(&page, &[("image", "no")]).await;
    assert!(step(&check) == "check" && check.errors().is_empty(), "{:?}", check.errors());
}
