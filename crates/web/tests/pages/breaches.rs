//! The board of breach clocks and the first facts.

use axum::http::StatusCode;

use crate::common::{DPO, DSL, HEAD, Harness, OTHER_HEAD, PASSWORD, REPORTER};
use crate::filing::file;
use crate::records::{href, next};

const LOSS: &[(&str, &[(&str, &str)])] = &[
    ("kind", &[("types", "loss_of_data")]),
    ("what", &[("what_happened", "SECRET STORY of a folder.")]),
    (
        "data",
        &[
            ("data_affected", "pupil_personal_data"),
            ("data_affected", "financial_data"),
            ("individuals_affected", "31"),
            ("dpo_told", "no"),
        ],
    ),
    ("danger", &[("danger", "no")]),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_board_shows_the_clock_with_its_zone_and_first_facts_only() {
    let harness = Harness::new().await;
    let mut dpo = harness.signed_in(DPO).await;
    let empty = dpo.get("/breaches").await;
    assert_eq!((empty.h1().as_str(), empty.texts(".wb-card").len()), ("No breach clock runs", 0));
    assert!(empty.texts("nav a").contains(&"Breaches".to_owned()), "always for a DPO");
    file(&mut harness.signed_in(REPORTER).await, LOSS).await;

    let board = dpo.get("/breaches").await;
    assert_eq!(board.h1(), "1 breach clock runs");
    let card = board.texts(".wb-card").remove(0);
    for words in [
        "in 3 days",
        "Monday 2 November 2026 at 4:12pm GMT",
        "Provisional: nobody has decided yet",
        "Loss of data",
        "Gull Lane Primary School",
    ] {
        assert!(card.contains(words), "{words}: {card}");
    }
    let queue = dpo.get("/queue").await;
    assert_eq!(href(&queue, ".wb-card__action"), href(&board, ".wb-card__action"), "the queue leads to the clock");
    assert!(queue.texts(".wb-card")[0].contains("Confirm or end the breach clock"));

    let facts = dpo.get(&href(&board, ".wb-card__action")).await;
    for words in [
        "First facts only: the story stays with its receiver.",
        "Thursday 29 October 2026 at 9:05am GMT",
        "Friday 30 October 2026 at 4:12pm GMT",
        "Monday 2 November 2026 at 4:12pm GMT (UTC+0)",
        "Pupils’ personal data",
        "Financial data",
        "31",
    ] {
        assert!(facts.main().contains(words), "{words}: {}", facts.main());
    }
    for page in [&board, &facts, &queue] {
        for never in ["SECRET", "Okafor", "Quayle", "Library", "Hana Kemp"] {
            assert!(!page.body.contains(never), "{never} on {}", page.path);
        }
    }
    assert_eq!(facts.texts("main table tr").len(), 5, "four instants apart, and the due one");

    // The rest have no board to look at; who may have one, and has none, has no way to it.
    for email in [OTHER_HEAD, DSL, "adam.lund@example.org"] {
        let mut other = harness.signed_in(email).await;
        assert!(!other.open("/").await.texts("nav a").contains(&"Breaches".to_owned()), "{email}");
        assert_eq!(other.get(&facts.path).await.status, StatusCode::NOT_FOUND, "{email}");
        let board = other.get("/breaches").await;
        assert_eq!(board.texts(".wb-card").len(), 0, "{email}");
        assert_eq!(board.h1(), "No breach clock is yours to watch", "{email}: whether one runs is not said");
    }
    // Under six hours, and past: coloured, and said in words.
    for (seconds, class, says) in
        [(67 * 3600, ".wb-card--soon", "Soon Due in 5 hours"), (6 * 3600, ".wb-card--overdue", "Overdue Was due 1 hour ago")]
    {
        harness.tick(seconds);
        let mut dpo = harness.browser();
        dpo.sign_in(DPO, PASSWORD).await;
        let card = dpo.get("/breaches").await.texts(class).remove(0);
        assert!(card.contains(says), "{card}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_is_moved_and_decided_with_reasons() {
    let harness = Harness::new().await;
    let happened: &[(&str, &[(&str, &str)])] =
        &[("when", &[("when", "earlier"), ("day", "24"), ("month", "10"), ("year", "2026"), ("hour", "15"), ("minute", "00")])];
    file(&mut harness.signed_in(REPORTER).await, &[happened, LOSS].concat()).await;
    let mut dpo = harness.signed_in(DPO).await;
    let facts = next(&mut dpo, "/breaches").await;
    let (aware, decide) = (format!("{}/aware", facts.path), format!("{}/decision", facts.path));
    let at = |day: &'static str, month: &'static str, hour: &'static str| {
        [("day", day), ("month", month), ("year", "2026"), ("hour", hour), ("minute", "30")]
    };
    let typed = |parts: [(&'static str, &'static str); 5], reason: &'static str| [parts.as_slice(), &[("aware_reason", reason)]].concat();

    let wrong = dpo.submit(&facts, &aware, &typed(at("32", "10", "x"), " ")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>(), ["#day", "#hour", "#aware_reason"]);
    let future = dpo.submit(&facts, &aware, &typed(at("1", "11", "9"), "r")).await;
    assert_eq!(future.errors()[0].1, "This time lies in the future");
    let before = dpo.submit(&facts, &aware, &typed(at("24", "10", "9"), "r")).await;
    assert_eq!(before.errors()[0].1, "This time is earlier than when it happened; nobody can have known before");
    let twice = dpo.submit(&facts, &aware, &typed(at("25", "10", "1"), "The caretaker knew.")).await;
    assert_eq!(twice.errors()[0].0, "#which", "TIM-2: an hour that happened twice is asked about");
    assert!(twice.body.contains("<details class=\"govuk-details\" open"), "the form with the error stands open");
    let first = dpo.submit(&twice, &aware, &[("which", "0")]).await;
    let first = dpo.follow(first).await;
    assert_eq!(first.banner().as_deref(), Some("The correction is recorded and the clock runs from there"));
    for words in
        ["Sunday 25 October 2026 at 1:30am BST", "Wednesday 28 October 2026 at 12:30am GMT", "The caretaker knew.", "Dora Pike", "Overdue"]
    {
        assert!(first.main().contains(words), "{words}: {}", first.main());
    }
    let stale = dpo.submit(&facts, &aware, &typed(at("29", "10", "9"), "r")).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);

    let wrong = dpo.submit(&first, &decide, &[("decision_reason", "")]).await;
    assert_eq!(wrong.errors().into_iter().map(|(href, _)| href).collect::<Vec<_>>(), ["#decision", "#decision_reason"]);
    let ended = dpo.submit(&wrong, &decide, &[("decision", "ended"), ("decision_reason", "The folder was empty.")]).await;
    let ended = dpo.follow(ended).await;
    assert_eq!(ended.texts("main .govuk-tag"), ["Ended: no breach"]);
    assert!(ended.main().contains("No clock runs") && ended.main().contains("The folder was empty.") && !ended.has_form(&aware));
    assert_eq!(dpo.get("/queue").await.h1(), "Nothing is owed");
    assert!(ended.body.contains("value=\"confirmed\"") && !ended.body.contains("value=\"ended\""), "what was decided is not decided again");
    let again = dpo.submit(&ended, &decide, &[("decision", "confirmed"), ("decision_reason", "One page was left.")]).await;
    assert_eq!(dpo.follow(again).await.texts("main .govuk-tag")[0], "Confirmed as a breach");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receiver_finds_the_record_behind_the_clock_and_the_person_concerned_nothing() {
    let harness = Harness::new().await;
    let (mut dpo, mut reporter) = (harness.signed_in(DPO).await, harness.signed_in(REPORTER).await);
    file(&mut reporter, LOSS).await;
    let mut head = harness.signed_in(HEAD).await;
    let report = next(&mut head, "/queue").await;
    let clock = head.get(&report.path.replace("reports", "breaches")).await;
    assert_eq!(href(&clock, "main a[href^='/reports/']"), report.path);
    let done = head
        .submit(
            &report,
            &format!("{}/assess", report.path),
            &[("assessment", "data_breach"), ("reason", "It is out."), ("declaration", "Uma Jones")],
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let board = dpo.get("/breaches").await;
    assert_eq!(board.texts("main .govuk-tag"), ["Breach case open"]);
    let facts = dpo.get(&href(&board, ".wb-card__action")).await;
    assert!(href(&facts, "main a[href^='/cases/']").starts_with("/cases/"));

    let about: Vec<(&str, &[(&str, &str)])> = [LOSS, &[("about", &[("about", "another"), ("about_name", "Dora Pike")])]].concat();
    let receipt = file(&mut reporter, &about).await;
    let hers = receipt.path.replace("receipts", "breaches");
    let unknown = format!("/breaches/{}", "0".repeat(32));
    assert_eq!(dpo.get("/breaches").await.texts(".wb-card").len(), 1, "the other one alone");
    let (there, not) = (dpo.get(&hers).await, dpo.get(&unknown).await);
    assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, not.body));
    let token = dpo.get("/queue").await.field("/sign-out", "csrf").unwrap();
    let command = "ab".repeat(16);
    let fields = [("csrf", token.as_str()), ("command", &command), ("seen", "\"00\""), ("decision", "ended"), ("decision_reason", "x")];
    for suffix in ["decision", "aware"] {
        let (there, not) = (dpo.post(&format!("{hers}/{suffix}"), &fields).await, dpo.post(&format!("{unknown}/{suffix}"), &fields).await);
        assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, not.body), "{suffix}");
    }
    let mut head = harness.browser();
    head.sign_in(HEAD, PASSWORD).await;
    assert!(head.get("/breaches").await.texts("nav a").contains(&"Breaches".to_owned()), "the stand-in has the clock");
    assert_eq!(head.get(&hers).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_of_old_papers_stand_in_a_table_of_their_own() {
    use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};
    let harness = Harness::new().await;
    let mut dpo = harness.signed_in(DPO).await;
    let token = harness.token(HEAD).await;
    let importer = harness.app.by_token(&token).await.unwrap().unwrap();
    let fields = serde_json::json!({ "school": "SCH01", "types": ["loss_of_data"], "what_happened": "SECRET STORY.",
        "reference": "P-17", "reported_at": "2025-10-24T17:10+01:00", "data_affected": ["pupil_personal_data"] });
    let row = ImportRow { line: 1, fields: fields.as_object().unwrap().clone() };
    let batch = ImportBatch { as_history: true, ..ImportBatch::new(ImportKind::Reports, vec![row]) };
    assert_eq!(harness.app.import(batch, Some(&importer)).await.unwrap().refused, []);
    let board = dpo.get("/breaches").await;
    assert_eq!(board.h1(), "No breach clock runs");
    let old = dpo.get(&href(&board, "main a[href*='old_papers']")).await;
    let row = old.texts("tbody tr").remove(0);
    for words in ["P-17", "Friday 24 October 2025 at 5:10pm BST", "Monday 27 October 2025 at 4:10pm GMT", "Imported, not assessed here"] {
        assert!(row.contains(words), "{words}: {row}");
    }
    let facts = dpo.get(&href(&old, "tbody a")).await;
    assert!(facts.main().contains("No clock runs: this came from old papers") && !facts.body.contains("SECRET"), "{}", facts.main());
    assert!(facts.texts("main form").is_empty());
}
