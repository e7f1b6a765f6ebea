//! Files of a report on the pages: the question before every file, the upload, the download, and an image that is never taken in.

use axum::http::StatusCode;

use crate::common::{Browser, DPO, DSL, HEAD, Harness, Page, REPORTER};
use crate::filing::file;
use crate::records::{href, next};

const PDF: &[u8] = b"%PDF-1.7\nA scan of the paper form.\n";
const LOSS: &[(&str, &[(&str, &str)])] = &[("kind", &[("types", "loss_of_equipment")]), ("danger", &[("danger", "no")])];

/// From the receipt to the page of the question, as the reporter.
async fn asked(harness: &Harness, other: &[(&str, &[(&str, &str)])]) -> (Browser, Page) {
    let mut reporter = harness.signed_in(REPORTER).await;
    let receipt = file(&mut reporter, other).await;
    let question = reporter.get(&href(&receipt, "main a[href$='/evidence']")).await;
    (reporter, question)
}

async fn answered(browser: &mut Browser, question: &Page, answer: &str) -> Page {
    browser.submit(question, &question.path, &[("image", answer)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_goes_from_the_receipt_to_the_receiver_after_the_question() {
    let harness = Harness::new().await;
    let (mut reporter, question) = asked(&harness, LOSS).await;
    assert!(question.h1().contains("Could it show anyone under 18 without clothes"), "IMG-1 comes first: {}", question.h1());
    assert!(!question.body.contains("type=\"file\""));
    let unanswered = answered(&mut reporter, &question, "").await;
    assert_eq!((unanswered.status, unanswered.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#image"));
    let choose = answered(&mut reporter, &question, "no").await;
    let upload = choose.action();
    assert!(upload.ends_with("/evidence/file") && choose.body.contains("enctype=\"multipart/form-data\""));

    for (name, content, says) in [
        ("", b"".as_slice(), "Choose a file"),
        ("a.gif", b"GIF89a", "The file is a GIF image"),
        ("a.pdf", b"MZ program", "The file is a program"),
    ] {
        let wrong = reporter.send_file(&choose, &upload, "A <b>scan</b>", name, content).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(wrong.errors()[0].1.contains(says) && wrong.errors()[0].0 == "#file", "{:?}", wrong.errors());
        assert_eq!(wrong.field(&upload, "what").as_deref(), Some("A <b>scan</b>"));
    }
    let large = vec![b' '; (5 << 20) + 1];
    let wrong = reporter.send_file(&choose, &upload, "x", "a.txt", &large).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "#file"));

    let added = reporter.send_file(&choose, &upload, "The paper form", "scan.pdf", PDF).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let again = reporter.send_file(&choose, &upload, "The paper form", "scan.pdf", PDF).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "a second press is one command");
    let question = reporter.follow(added).await;
    assert_eq!((question.banner().as_deref(), question.path.contains("/evidence")), (Some("The file is kept with the report"), true));
    assert!(!question.main().contains("scan.pdf"), "nothing after filing stands in the reporter's copy");

    let mut head = harness.signed_in(HEAD).await;
    let report = next(&mut head, "/queue").await;
    assert_eq!(report.texts(".wb-files a"), ["scan.pdf"]);
    let about = head.get(&href(&report, ".wb-files a")).await;
    assert_eq!((about.h1().as_str(), about.texts(".govuk-summary-list__value").len()), ("scan.pdf", 5));
    assert!(!about.has_form("quarantine") && about.texts("main a[href$='/preview']").is_empty(), "a PDF is only downloaded");
    let file = href(&about, ".wb-download");
    let (status, headers, content) = head.download(&file).await;
    assert_eq!((status, content.as_slice()), (StatusCode::OK, PDF));
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; "), "never inline");
    assert_eq!(
        (headers["content-security-policy"].as_bytes(), headers["cache-control"].as_bytes()),
        (b"default-src 'none'; sandbox".as_slice(), b"no-store".as_slice())
    );
    assert!(!report.body.contains("<img"), "no preview");
    for browser in [&mut reporter, &mut harness.signed_in(DPO).await] {
        let refused = browser.get(&file).await;
        assert_eq!((refused.status, refused.h1().as_str()), (StatusCode::NOT_FOUND, "We cannot show that page"));
    }
    // It is a copy that leaves: some minutes later a code is asked for once more.
    harness.tick(11 * 60);
    assert!(head.get(&file).await.location().starts_with("/account/confirm?next="));
    // A reader adds one as well, and comes back to the report.
    let question = head.get(&href(&report, "main a[href$='/evidence']")).await;
    let choose = answered(&mut head, &question, "no").await;
    let added = head.send_file(&choose, &upload, "", "notes.txt", "Spoke to the bus company.".as_bytes()).await;
    let back = head.follow(added).await;
    assert_eq!((back.texts(".wb-files a").len(), back.banner().as_deref()), (2, Some("The file is kept with the report")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_not_taken_in_and_the_dsl_is_told_what_to_do() {
    let harness = Harness::new().await;
    let (mut reporter, question) = asked(&harness, LOSS).await;
    let named = reporter.submit(&question, &question.path, &[("image", "unsure"), ("device", "Locked in the office")]).await;
    let guidance = reporter.follow(named).await;
    assert_eq!(guidance.h1(), "Do not look at it");
    for words in ["copy it, send it, save it or delete it", "(IMG-1, P1-NUDE-1)", "under 13", "Nothing of the file was taken in"] {
        assert!(guidance.main().contains(words), "{words}: {}", guidance.main());
    }
    let refused = reporter.get(&question.path).await;
    assert_eq!((refused.status, refused.h1().as_str()), (StatusCode::OK, "Do not look at it"));
    let refused = answered(&mut reporter, &question, "no").await;
    assert_eq!(refused.h1(), "Do not look at it", "no file beside an image that was named");

    let mut head = harness.signed_in(HEAD).await;
    let report = next(&mut head, "/queue").await;
    assert!(report.main().contains("Nothing of it was taken in here") && report.texts("main a[href$='/evidence']").is_empty());
    let act = format!("{}/image/taken-up", report.path);
    assert!(!report.has_form(&act), "the owner is not the DSL");

    let mut dsl = harness.signed_in(DSL).await;
    let queue = dsl.get("/queue").await;
    assert!(queue.texts(".wb-card")[0].contains("Act on an image: do not look at it"), "{:?}", queue.texts(".wb-card"));
    let report = dsl.get(&href(&queue, ".wb-card__action")).await;
    assert!(report.main().contains("only with the headteacher’s approval") && report.main().contains("Locked in the office"));
    let wrong = dsl.submit(&report, &act, &[("image_action", " ")]).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#image_action"));
    let done = dsl.submit(&wrong, &act, &[("image_action", "Called 101, reference 4711.")]).await;
    let done = dsl.follow(done).await;
    assert_eq!(done.banner().as_deref(), Some("What you did is recorded"));
    assert!(!done.has_form(&act) && done.main().contains("reference 4711"));
    assert_eq!(dsl.get("/queue").await.h1(), "Nothing is owed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_of_a_file_that_is_not_sent_from_our_page() {
    let harness = Harness::new().await;
    let (mut reporter, question) = asked(&harness, LOSS).await;
    let choose = answered(&mut reporter, &question, "no").await;
    let upload = choose.action();
    let with = |from: &str, to: &str| Page { body: choose.body.replace(from, to), ..choose.clone() };
    let token = choose.field(&upload, "csrf").unwrap();
    for page in [
        with(&token, &"0".repeat(token.len())),
        with("name=\"image\" value=\"no\"", "name=\"image\" value=\"yes\""),
        with("name=\"image\"", "name=\"later\""),
    ] {
        let refused = reporter.send_file(&page, &upload, "x", "scan.pdf", PDF).await;
        assert_eq!((refused.status, refused.h1().as_str()), (StatusCode::FORBIDDEN, "This form has expired"));
    }
    reporter.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    assert_eq!(reporter.send_file(&choose, &upload, "x", "scan.pdf", PDF).await.status, StatusCode::FORBIDDEN);
    let mut stranger = harness.browser();
    let led = stranger.send_file(&choose, &upload, "x", "scan.pdf", PDF).await;
    assert_eq!((led.status, led.location().starts_with("/sign-in?next=")), (StatusCode::SEE_OTHER, true));
    let mut head = harness.signed_in(HEAD).await;
    let report = next(&mut head, "/queue").await;
    assert!(report.texts(".wb-files a").is_empty(), "nothing was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_concerned_gets_the_page_of_nothing_on_every_way_to_a_file() {
    let harness = Harness::new().await;
    let (mut reporter, question) = asked(&harness, &[("about", &[("about", "headteacher")])]).await;
    let choose = answered(&mut reporter, &question, "no").await;
    reporter.send_file(&choose, &choose.action(), "x", "scan.pdf", PDF).await;
    let mut head = harness.signed_in(HEAD).await;
    let unknown = format!("/reports/{}", "0".repeat(32));
    let report = question.path.trim_end_matches("/evidence").to_owned();
    let token = head.get("/queue").await.field("/sign-out", "csrf").unwrap();
    let command = "ab".repeat(16);
    let file = format!("/evidence/{}", "1".repeat(32));
    let of_a_file = ["", "/about", "/preview", "/image"].map(|more| format!("{file}{more}"));
    for suffix in ["/evidence", "/evidence/named"].into_iter().chain(of_a_file.iter().map(String::as_str)) {
        let (there, not) = (head.get(&format!("{report}{suffix}")).await, head.get(&format!("{unknown}{suffix}")).await);
        assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, not.body), "{suffix}");
    }
    let fields = [
        ("csrf", token.as_str()),
        ("command", &command),
        ("seen", "\"00\""),
        ("image", "yes"),
        ("image_action", "x"),
        ("quarantine_reason", "x"),
    ];
    let quarantine = format!("{file}/quarantine");
    for suffix in ["/evidence", "/image/taken-up", &quarantine] {
        let (there, not) =
            (head.post(&format!("{report}{suffix}"), &fields).await, head.post(&format!("{unknown}{suffix}"), &fields).await);
        assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, not.body), "{suffix}");
    }
    let theirs = Page { body: choose.body.replace(&choose.field(&choose.action(), "csrf").unwrap(), &token), ..choose.clone() };
    let there = head.send_file(&theirs, &choose.action(), "x", "scan.pdf", PDF).await;
    assert_eq!(there.status, StatusCode::NOT_FOUND);
}
