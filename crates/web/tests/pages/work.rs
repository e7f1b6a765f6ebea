//! The work on a case through its pages, without a script: what to do next, one page an act, until nothing is open.

use axum::http::StatusCode;

use crate::common::{Browser, Harness, PASSWORD, Page, REPORTER};

/// Does what stands first on the page until nothing is open but closing it.
pub(crate) async fn deal_with(browser: &mut Browser, at: &str) -> Page {
    for _ in 0..30 {
        let case = browser.get(at).await;
        let next = case.hrefs(".wb-todo__item a").into_iter().find(|href| href.contains("/act/"));
        let Some(next) = next else { return case };
        let page = browser.get(&next).await;
        let verb = next.split("/act/").nth(1).unwrap().split('?').next().unwrap().to_owned();
        let fields: Vec<(&str, &str)> = match verb.as_str() {
            "receive" => vec![],
            "tell" if next.ends_with("safeguarding_record") => vec![("how", "In the system"), ("reference", "MC-118")],
            "tell" => vec![("how", "By telephone")],
            "decide" => vec![("decision", "not_told"), ("reason", "Nothing in it is against the law.")],
            "assess" => {
                vec![("facts.illegal_or_serious", "no"), ("facts.risk", "contact"), ("facts.support", "The mentor sees her every day.")]
            }
            other => panic!("{other}"),
        };
        let done = browser.submit(&page, &format!("{at}/act/{verb}"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{next}: {}", done.main());
    }
    panic!("a case that has no end");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_done_stands_first_and_each_act_has_a_page() {
    let harness = Harness::new().await;
    let (mut dsl, at) = opened(&harness).await;
    let case = dsl.get(&at).await;
    assert!(
        case.texts(".wb-todo__item").iter().any(|item| item.contains("Decide whether the police are told") && item.contains("P1-POLICE-1"))
    );
    // Wrong input comes back at its field, with what was typed.
    let plan = dsl.get(&format!("{at}/act/plan")).await;
    let wrong = dsl.submit(&plan, &format!("{at}/act/plan"), &[("what", "Ring the family"), ("owner", ""), ("due_on", "2020-01-01")]).await;
    assert_eq!((wrong.status, wrong.errors().len()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
    assert!(wrong.body.contains("Ring the family"));
    let right = dsl
        .submit(&wrong, &format!("{at}/act/plan"), &[("what", "Ring the family"), ("owner", "George Xu"), ("due_on", "2026-11-02")])
        .await;
    let case = dsl.follow(right).await;
    assert_eq!(case.banner().as_deref(), Some("It is recorded"));
    assert!(case.texts(".wb-todo__item").iter().any(|item| item.contains("Ring the family (George Xu)")));
    let refused = dsl.submit(&case, &format!("{at}/close"), &[("outcome", "action_taken"), ("close_reason", "x")]).await;
    assert!(refused.main().contains("This is open: Ring the family"), "{}", refused.main());
    // An act about nothing that is open, and one that does not exist, have no page.
    for none in ["complete?of=00", "answer", "set-aside?of=weather", "burn", "note"] {
        assert_eq!(dsl.get(&format!("{at}/act/{none}")).await.status, StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_answers_a_question_beside_their_own_words_and_sees_nothing_of_the_case() {
    let harness = Harness::new().await;
    let (mut dsl, at) = opened(&harness).await;
    let page = dsl.get(&format!("{at}/act/ask")).await;
    dsl.submit(&page, &format!("{at}/act/ask"), &[("question", "Which game was it?")]).await;
    let mut reporter = back(&harness).await;
    // A reporter has no queue in their menu: where they begin says that something waits.
    let begins = reporter.get("/file").await;
    assert_eq!((begins.status, begins.main().contains("Something waits")), (StatusCode::OK, true), "{}", begins.main());
    let queue = reporter.get(&begins.href("main a[href='/queue']")).await;
    assert!(queue.main().contains("Answer a question about what you reported"), "{}", queue.main());
    let report = reporter.get(&queue.href(".wb-card__action")).await;
    assert!(report.main().contains("A question for you") && !report.main().contains("George"), "{}", report.main());
    let path = report.path.clone();
    let form = report.action_like("/reports/", "/answer");
    let question = report.field(&form, "question").unwrap();
    let field = format!("answer_{question}");
    let empty = reporter.submit(&report, &form, &[(&field, " ")]).await;
    assert_eq!((empty.status, empty.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, format!("#{field}").as_str()));
    let sent = reporter.submit(&empty, &form, &[(&field, "The one with the castles.")]).await;
    let after = reporter.follow(sent).await;
    assert!(after.path.starts_with(&path) && after.banner().as_deref() == Some("Your answer is recorded"), "{}", after.path);
    assert!(!after.main().contains("Which game"), "a question that waits no more is not shown");
    assert_eq!(reporter.get("/queue").await.h1(), "Nothing is owed");
    assert_eq!(reporter.get("/file").await.status, StatusCode::SEE_OTHER, "nothing waits: the first question at once");
    let case = dsl.get(&at).await;
    assert!(case.main().contains("The one with the castles.") && case.main().contains("Whoever reported it"), "{}", case.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_it_in_hand_works_on_it_and_its_owner_keeps_it() {
    let harness = Harness::new().await;
    let (mut dsl, at) = opened(&harness).await;
    let page = dsl.get(&format!("{at}/act/hand-over")).await;
    let nobody = dsl.submit(&page, &format!("{at}/act/hand-over"), &[("person", "nobody@example.org"), ("reason", "On a course.")]).await;
    assert_eq!(nobody.errors()[0].0, "#person");
    let given = dsl.submit(&nobody, &format!("{at}/act/hand-over"), &[("person", REPORTER), ("reason", "She knows the family.")]).await;
    assert!(dsl.follow(given).await.main().contains("has it in hand"));
    let mut colleague = back(&harness).await;
    assert!(colleague.get("/queue").await.main().contains("has it in hand"));
    let case = colleague.get(&at).await;
    assert_eq!(case.status, StatusCode::OK);
    let ready = deal_with(&mut colleague, &at).await;
    let closed =
        colleague.submit(&ready, &format!("{at}/close"), &[("outcome", "action_taken"), ("close_reason", "The account is blocked.")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.main());
    assert_eq!(dsl.get("/queue").await.h1(), "Nothing is owed");
}

/// A PDF that is offered as a file of this name.
fn pdf((status, headers, bytes): &(StatusCode, axum::http::HeaderMap, Vec<u8>)) -> String {
    assert_eq!(*status, StatusCode::OK, "{}", String::from_utf8_lossy(bytes));
    assert_eq!((headers["content-type"].as_bytes(), headers["cache-control"].as_bytes()), (&b"application/pdf"[..], &b"no-store"[..]));
    assert!(bytes.starts_with(b"%PDF-1.7\n") && !String::from_utf8_lossy(bytes).contains("Lena"), "no text of it is in the open");
    headers["content-disposition"].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn p0_print_1_a_case_leaves_on_paper_with_a_purpose_a_number_and_its_line_in_the_record() {
    let harness = Harness::new().await;
    let (mut dsl, at) = opened(&harness).await;
    let print = format!("{at}/act/print");
    assert!(dsl.get(&at).await.hrefs("main a").contains(&print));
    let page = dsl.get(&print).await;
    assert!(page.main().contains("Confidential") && page.main().contains("it is copy 1; none was made before"), "{}", page.main());
    let wrong = dsl.submit(&page, &print, &[("kind", "record")]).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#purpose"));
    let first = dsl.submit_for_file(&wrong, &print, &[("kind", "record"), ("purpose", "audit")]).await;
    assert!(pdf(&first).ends_with("-copy-1.pdf\""), "{}", pdf(&first));
    assert_eq!(
        dsl.submit_for_file(&wrong, &print, &[("kind", "record"), ("purpose", "audit")]).await.2,
        first.2,
        "sent twice it is one copy"
    );
    let case = dsl.get(&at).await;
    assert!(case.main().contains("Print of the record: copy 1"), "{}", case.main());
    let looks = dsl.get(&format!("{at}/reads")).await;
    assert!(looks.main().contains("Made a copy of it on paper") && looks.main().contains("Audit or inspection"), "{}", looks.main());
    // One click for the child's record, with a number of its own.
    let summary = dsl.submit_for_file(&case, &print, &[]).await;
    assert!(pdf(&summary).ends_with("-copy-2.pdf\""));
    assert!(summary.2 != first.2 && dsl.get(&at).await.main().contains("Summary for the child's safeguarding record: copy 2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_needs_a_second_factor_afresh_and_is_not_for_who_is_only_named() {
    let harness = Harness::new().await;
    let (mut dsl, at) = opened(&harness).await;
    let (print, page) = (format!("{at}/act/print"), dsl.get(&format!("{at}/act/print")).await);
    harness.tick(11 * 60);
    let confirm = "/account/confirm?next=";
    assert!(dsl.get(&print).await.location().starts_with(confirm));
    let answer = dsl.submit(&page, &print, &[("kind", "record"), ("purpose", "audit")]).await;
    assert!(answer.location().starts_with(confirm), "nor by a form");
    assert!(!dsl.get(&at).await.main().contains("copy 1"), "nothing was made");
    let people = dsl.get(&format!("{at}/people")).await;
    let named = [("name_person", REPORTER), ("named_for", "help"), ("name_reason", "She knows the family.")];
    let shared = dsl.submit(&people, &format!("{at}/share"), &named).await;
    assert_eq!(shared.status, StatusCode::SEE_OTHER, "{}", shared.main());
    let mut helper = back(&harness).await;
    let case = helper.get(&at).await;
    assert_eq!(case.status, StatusCode::OK);
    assert!(!case.hrefs("main a").contains(&print));
    assert_eq!(helper.get(&print).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_on_a_case_sets_up_a_second_factor_before_they_read_it() {
    let harness = Harness::new().await;
    let (mut dsl, at) = opened(&harness).await;
    // Signed in before anybody named them, with a password alone.
    let mut helper = back(&harness).await;
    assert_eq!(helper.get("/account").await.status, StatusCode::OK);
    let people = dsl.get(&format!("{at}/people")).await;
    let named = [("name_person", REPORTER), ("named_for", "help"), ("name_reason", "She knows the family.")];
    dsl.submit(&people, &format!("{at}/share"), &named).await;
    for path in [at.as_str(), "/cases", "/file"] {
        assert!(helper.get(path).await.location().starts_with("/account/factor"), "{path}");
    }
    helper.set_factor(REPORTER).await;
    let case = helper.get(&at).await;
    assert_eq!(case.status, StatusCode::OK, "{} {}", case.location(), case.main());
    harness.tick(31 * 60);
    assert!(helper.get(&at).await.location().starts_with("/sign-in"), "a session that reads records is short");
}

/// Whoever reported it, signed in again.
pub(crate) async fn back(harness: &Harness) -> Browser {
    let mut browser = harness.browser();
    browser.sign_in(REPORTER, PASSWORD).await;
    browser
}

/// A DSL with a safeguarding case that came of a report.
async fn opened(harness: &Harness) -> (Browser, String) {
    let (dsl, case) = super::records::case(harness).await;
    (dsl, case.path)
}
