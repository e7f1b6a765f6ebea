//! Filing a report, a question a page.

use axum::http::StatusCode;

use crate::common::{Browser, DSL, HEAD, Harness, OTHER_HEAD, Page, REPORTER};

const HOSTILE: &str = "<b>bold</b> & \"quoted\" </textarea><script>alert(1)</script>";

/// Fields as typed.
type Typed<'a> = &'a [(&'a str, &'a str)];

/// Answers that are right, by step.
pub(crate) fn answers(step: &str) -> &'static [(&'static str, &'static str)] {
    match step {
        "school" => &[("school", "SCH01")],
        "about" => &[("about", "nobody")],
        "kind" => &[("types", "online_safety_concern"), ("types", "filtering_or_monitoring_failure")],
        "when" => &[("when", "earlier"), ("day", "29"), ("month", "10"), ("year", "2026"), ("hour", "9"), ("minute", "05")],
        "what" => &[("what_happened", "\nA pupil showed me a chat.\nA stranger asked for a photo."), ("location", "Library")],
        "pupils" => &[("pupils_involved", "yes"), ("pupils", "Sam Okafor, Year 5\n\nOkafor, Mia\n")],
        "staff" => &[("staff_involved", "yes"), ("staff_name", "Robin Quayle"), ("staff_part", "witness")],
        "danger" => &[("danger", "unsure")],
        "emergency" => &[("image", "no"), ("own_police_hour", "")],
        "advice" => &[("image", "no")],
        "told" => &[("already_reported", "yes"), ("reported_to", "The librarian"), ("immediate_action", "Took the tablet away")],
        "data" => &[("data_affected", "no_data"), ("individuals_affected", ""), ("dpo_told", "not_applicable")],
        other => panic!("{other} is no question"),
    }
}

/// The declaration on the check page.
pub(crate) const SIGN: &[(&str, &str)] = &[("declaration", "Hana Kemp")];

pub(crate) fn step(page: &Page) -> String {
    page.path.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// From `/file` to the check page; `other` answers a step otherwise.
pub(crate) async fn to_check(browser: &mut Browser, other: &[(&str, &[(&str, &str)])]) -> Page {
    let mut page = browser.open("/file").await;
    for _ in 0..14 {
        let at = step(&page);
        if at == "check" {
            return page;
        }
        if at == "file" {
            // Drafts of before are offered first.
            page = browser.get(&page.href("main a[href^='/file/new/']")).await;
            continue;
        }
        let typed = other.iter().find(|(step, _)| *step == at).map_or_else(|| answers(&at), |(_, typed)| typed);
        page = browser.fill(&page, typed).await;
        assert_ne!(step(&page), at, "{:?}", page.errors());
    }
    panic!("the questions never end");
}

/// Files a report; its receipt.
pub(crate) async fn file(browser: &mut Browser, other: &[(&str, &[(&str, &str)])]) -> Page {
    let check = to_check(browser, other).await;
    let receipt = browser.fill(&check, SIGN).await;
    assert!(receipt.path.starts_with("/receipts/"), "{:?}", receipt.errors());
    receipt
}

/// P0-FORM-3, P0-FORM-5.
#[tokio::test(flavor = "multi_thread")]
async fn every_question_says_what_is_wrong_and_loses_nothing() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let long = "x".repeat(20_001);
    let wrong: [(&str, Typed<'_>, &[&str]); 12] = [
        ("danger", &[("danger", "perhaps")], &["#danger"]),
        (
            "emergency",
            &[("own", "police"), ("own_police_hour", "9"), ("own_police_reference", HOSTILE), ("image", "perhaps")],
            &["#own_police_hour", "#image"],
        ),
        ("about", &[("about", "another"), ("about_name", " ")], &["#about_name"]),
        ("kind", &[("types", "other"), ("types", "fire"), ("other_type", "")], &["#types", "#other_type"]),
        (
            "when",
            &[("when", "earlier"), ("day", "32"), ("month", "10"), ("year", "26"), ("hour", "x"), ("minute", "")],
            &["#day", "#year", "#hour"],
        ),
        ("when", &[("when", "earlier"), ("day", "1"), ("month", "11"), ("year", "2026"), ("hour", "9"), ("minute", "00")], &["#day"]),
        ("what", &[("what_happened", &long), ("location", &long[..501])], &["#what_happened", "#location"]),
        ("pupils", &[("pupils_involved", "yes"), ("pupils", " \n ")], &["#pupils"]),
        (
            "staff",
            &[("staff_involved", "yes"), ("staff_name", HOSTILE), ("staff_part", ""), ("staff_name", ""), ("staff_part", "witness")],
            &["#staff_part_1", "#staff_name_2"],
        ),
        ("told", &[("already_reported", "yes"), ("reported_to", ""), ("immediate_action", HOSTILE)], &["#reported_to"]),
        (
            "data",
            &[("data_affected", "no_data"), ("data_affected", "financial_data"), ("individuals_affected", "lots"), ("dpo_told", "")],
            &["#data_affected", "#individuals_affected", "#dpo_told"],
        ),
        ("check", &[("declaration", "")], &["#declaration"]),
    ];
    let mut page = browser.open("/file").await;
    for (at, typed, fields) in wrong {
        if step(&page) == "advice" {
            page = browser.fill(&page, &[]).await;
        }
        assert_eq!(step(&page), at);
        let action = page.action();
        let first = browser.submit(&page, &action, &[]).await;
        assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY, "{at}: an empty answer is not one");
        let shown = browser.submit(&page, &action, typed).await;
        // The first answer, right or wrong, made the draft.
        let action = shown.action();
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{at}");
        assert_eq!(shown.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>(), fields, "{at}: {:?}", shown.errors());
        assert!(shown.texts("title")[0].starts_with("Error: "));
        let kept = |name: &str, value: &str| !matches!((name, value), ("types", "fire") | (_, "perhaps") | ("dpo_told", ""));
        for (name, value) in typed.iter().filter(|(name, value)| kept(name, value)) {
            assert!(
                shown.form(&action).iter().any(|(known, kept)| (known, kept.trim_end_matches('\n')) == (&(*name).to_owned(), value)),
                "{at}: {name} is lost"
            );
        }
        if at == "check" {
            continue;
        }
        let again = browser.get(&action).await;
        assert_eq!(again.form(&action), shown.form(&action), "{at}: what is wrong is kept as well");
        let is_repeated = at == "when" && fields.len() == 3;
        if !is_repeated {
            page = browser.fill(&shown, answers(at)).await;
        }
    }
    assert_eq!(step(&page), "check");
    assert!(page.errors().is_empty());
}

/// P0-FORM-1, P0-FORM-6.
#[tokio::test(flavor = "multi_thread")]
async fn the_check_page_shows_the_answers_and_leads_to_what_is_missing() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[("what", &[("what_happened", HOSTILE), ("location", "Library")])]).await;
    let main = check.main();
    for words in [
        "Gull Lane Primary School",
        "Nobody in particular",
        "An online safety concern",
        "Thursday 29 October 2026 at 9:05am",
        "Library",
        HOSTILE,
        "Sam Okafor, Year 5",
        "Okafor, Mia",
        "Robin Quayle: they saw or heard it",
        "I am not sure",
        "The librarian",
        "Took the tablet away",
        "No data is involved",
    ] {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(main.contains(&words), "{words}: {main}");
    }
    assert!(!check.body.contains("<script>alert") && !check.body.contains("<b>bold"));

    // A change leads back here.
    let draft = check.path.trim_end_matches("/check").to_owned();
    let place = browser.get(&format!("{draft}/what?change=1")).await;
    assert_eq!(place.action(), format!("{draft}/what?change=1"));
    let check = browser.fill(&place, &[("location", "Bus")]).await;
    assert!(step(&check) == "check" && check.main().contains("Bus") && !check.main().contains("Library"));

    // An answer made wrong again is missing here, and nothing is filed.
    let danger = browser.get(&format!("{draft}/danger?change=1")).await;
    let wrong = browser.submit(&danger, &danger.action(), &[("danger", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let check = browser.get(&format!("{draft}/check")).await;
    assert_eq!(check.errors(), [(format!("{draft}/danger?change=1"), "Choose whether a child could be hurt or in danger".to_owned())]);
    let submit = format!("{draft}/submit");
    assert_eq!(browser.submit(&check, &submit, SIGN).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(harness.signed_in(DSL).await.get("/queue").await.h1(), "Nothing is owed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_sent_twice_is_one_report_and_its_receipt_names_duties_only() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[]).await;
    let (mut other, action) = (browser.clone(), check.action());
    let (first, second) = tokio::join!(browser.submit(&check, &action, SIGN), other.submit(&check, &action, SIGN));
    assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, second.location()));
    let third = browser.submit(&check, &action, SIGN).await;
    assert_eq!(third.location(), first.location(), "the draft is gone, the receipt is not");
    assert_eq!(browser.get(&check.path).await.location(), first.location());
    let shouted = action.to_uppercase().replace("/FILE/", "/file/").replace("/SUBMIT", "/submit");
    let token = check.field(&action, "csrf").unwrap();
    assert_eq!(browser.post(&shouted, &[("csrf", &token)]).await.location(), first.location(), "an id has one spelling");

    let receipt = browser.follow(first).await;
    assert_eq!(receipt.h1(), "Report sent");
    let main = receipt.main();
    assert!(main.contains("Sent on Friday 30 October 2026 at 4:12pm for Gull Lane Primary School"), "{main}");
    assert!(main.contains("Your report goes to the designated safeguarding lead (DSL) of the school."), "{main}");
    assert!(main.contains("call 999 now"), "unsure about danger");
    assert!(!main.contains("George") && !main.contains("Xu"), "by duty, not by name: {main}");
    let queue = harness.signed_in(DSL).await.get("/queue").await;
    assert_eq!((queue.h1().as_str(), queue.texts(".wb-card").len()), ("1 thing is owed", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_its_writer_s_alone() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[]).await;
    let mut other = harness.signed_in(HEAD).await;
    let unknown = other.get(&format!("/file/{}/check", "0".repeat(32))).await;
    for path in [check.path.clone(), check.path.replace("check", "what")] {
        let page = other.get(&path).await;
        assert_eq!((page.status, page.body == unknown.body), (StatusCode::NOT_FOUND, true));
    }
    let form = other.open("/file").await;
    assert!(!form.main().contains("unfinished"), "another's drafts are not listed");
    let token = form.field(&form.action(), "csrf").unwrap();
    let answer = other.post(&check.path.replace("check", "what"), &[("csrf", &token), ("what_happened", "mine now")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(browser.get(&check.path).await.main().contains("A stranger asked for a photo."));
}

#[tokio::test(flavor = "multi_thread")]
async fn just_now_is_when_it_was_answered_and_the_hour_that_happened_twice_is_asked_about() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[("when", &[("when", "now")])]).await;
    harness.tick(1800);
    let when = browser.get(&check.path.replace("check", "when?change=1")).await;
    let check = browser.fill(&when, &[]).await;
    assert!(check.main().contains("Friday 30 October 2026 at 4:12pm"), "{}", check.main());

    let action = when.action();
    let twice = [("when", "earlier"), ("day", "25"), ("month", "10"), ("year", "2026"), ("hour", "1"), ("minute", "30")];
    let asked = browser.submit(&when, &action, &twice).await;
    assert_eq!(asked.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>(), ["#which"]);
    assert!(asked.main().contains("The first: Sun 25 Oct 2026, 01:30 (BST)"));
    let check = browser.fill(&asked, &[("which", "1")]).await;
    assert!(check.main().contains("Sunday 25 October 2026 at 1:30am"));
    let receipt = browser.fill(&check, SIGN).await;
    let report = harness.signed_in(DSL).await.get(&receipt.path.replace("receipts", "reports")).await;
    assert!(report.main().contains("Sunday 25 October 2026 at 1:30am"));

    let never = [("when", "earlier"), ("day", "29"), ("month", "3"), ("year", "2026"), ("hour", "1"), ("minute", "30")];
    let mut page = browser.open("/file").await;
    while step(&page) != "when" {
        page = browser.fill(&page, answers(&step(&page))).await;
    }
    assert_eq!(browser.fill(&page, &never).await.errors()[0].0, "#hour");
}

/// P0-FORM-4.
#[tokio::test(flavor = "multi_thread")]
async fn people_are_added_a_row_at_a_time_up_to_a_bound() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let check = to_check(&mut browser, &[]).await;
    let mut page = browser.get(&check.path.replace("check", "staff?change=1")).await;
    let mut rows = 1;
    while page.body.contains("name=\"add\"") {
        page = browser.fill(&page, &[("add", "person")]).await;
        rows += 1;
        assert_eq!(page.texts(".wb-person-row").len(), rows);
        assert_eq!(page.field(&page.action(), "staff_name").unwrap(), "Robin Quayle", "what was typed is kept");
    }
    assert_eq!(rows, 20);
    let check = browser.fill(&page, &[]).await;
    assert!(step(&check) == "check" && check.errors().is_empty(), "empty rows are left out: {:?}", check.errors());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_about_oneself_is_a_self_referral_and_stays_the_reporter_s_own_words() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let receipt = file(&mut browser, &[("about", &[("about", "myself")]), ("kind", &[("types", "low_level_concern")])]).await;
    assert!(receipt.main().contains("goes to the person whose duty it is"), "{}", receipt.main());
    assert!(receipt.main().contains("Thank you for telling us about this yourself"), "P0-LLC-6");
    let copy = browser.get(&receipt.path.replace("receipts", "reports")).await;
    assert_eq!((copy.status, copy.texts("main .govuk-tag")), (StatusCode::OK, vec!["Your copy".to_owned()]));
    assert!(
        copy.main().contains("A stranger asked for a photo.")
            && !copy.main().contains("What happened to it")
            && !copy.main().contains("It went to")
    );
    assert!(!copy.body.contains("/assess") && !copy.body.contains("/receive"));
    assert!(harness.signed_in(HEAD).await.get("/queue").await.main().contains("It comes to you as Headteacher"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trust_wide_reporter_chooses_the_school_and_an_unknown_one_is_refused() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in("adam.lund@example.org").await;
    let page = browser.open("/file").await;
    assert_eq!(page.texts(".govuk-radios__label"), ["Gull Lane Primary School", "Breakwater Academy"]);
    let wrong = browser.submit(&page, &page.action(), &[("school", "SCH99")]).await;
    assert_eq!(wrong.errors(), [("#school".to_owned(), "Choose the school".to_owned())]);
    file(&mut browser, &[("school", &[("school", "SCH02")]), ("kind", &[("types", "loss_of_equipment")])]).await;
    assert_eq!(harness.signed_in(OTHER_HEAD).await.get("/queue").await.h1(), "1 thing is owed");
    assert_eq!(harness.signed_in(HEAD).await.get("/queue").await.h1(), "Nothing is owed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_in_words() {
    let harness = Harness::new().await;
    let mut browser = harness.signed_in(REPORTER).await;
    let page = browser.open("/file").await;
    let answer = browser.submit(&page, "/file/new/danger", &[("danger", &"x".repeat(1024 * 1024))]).await;
    assert_eq!((answer.status, answer.h1().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "That is too long"));
}
