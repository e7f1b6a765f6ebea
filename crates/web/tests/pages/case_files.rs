//! Files of a case on the pages: their source is asked for, what was written down at intake stands on the case, text and plain images are
//! shown, what an e-mail says is confirmed, and the safeguarding lead puts a file into quarantine.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::common::{Browser, DPO, DSL, HEAD, Harness, PASSWORD, Page, REPORTER};
use crate::filing::file;
use crate::records::{href, next};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0kept as it is";
const MAIL: &[u8] = b"From: Mrs Lark <lark@example.org>\r\nTo: office@school.example\r\nDate: Fri, 30 Oct 2026 15:00:00 +0000\r\n\r\nHello";
const ASSESS: &[(&str, &str)] = &[
    ("assessment", "safeguarding_concern"),
    ("reason", "A stranger asked for a photo."),
    ("action_to_be_taken", "Speak to the family."),
    ("declaration", "George Xu"),
];

/// The page of a safeguarding case, as the DSL who owns it.
async fn case(harness: &Harness) -> (Browser, Page) {
    file(&mut harness.signed_in(REPORTER).await, &[]).await;
    let mut dsl = harness.signed_in(DSL).await;
    let report = next(&mut dsl, "/queue").await;
    let received = dsl.submit(&report, &format!("{}/receive", report.path), &[]).await;
    let received = dsl.follow(received).await;
    let assessed = dsl.submit(&received, &format!("{}/assess", report.path), ASSESS).await;
    assert_eq!(assessed.status, StatusCode::SEE_OTHER, "{}", assessed.body);
    let cases = dsl.get("/cases").await;
    let case = dsl.get(&href(&cases, "main a[href^='/cases/']")).await;
    (dsl, case)
}

/// From the case through the question to the page on which the file is chosen.
async fn choose(browser: &mut Browser, case: &Page) -> Page {
    let question = browser.get(&href(case, "main a[href$='/evidence']")).await;
    assert!(question.h1().contains("Could it show anyone under 18 without clothes"), "IMG-1 comes first: {}", question.h1());
    browser.submit(&question, &question.path, &[("image", "no")]).await
}

/// The path of the last file in the list.
fn last_file(case: &Page) -> String {
    let before = case.body.rsplit_once("/about\"").unwrap().0;
    before.rsplit_once('"').unwrap().1.to_owned()
}

const SOURCE: &[(&str, &str)] = &[("what", "What she had"), ("given_by", "Mrs Lark, a parent"), ("how", "On a stick")];

/// Adds a file and follows where that leads.
async fn add(browser: &mut Browser, case: &Page, name: &str, content: &[u8]) -> Page {
    let page = choose(browser, case).await;
    let added = browser.send_file_with(&page, &page.action(), SOURCE, name, content).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    browser.follow(added).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_with_its_source_and_stands_on_the_case() {
    let harness = Harness::new().await;
    let (mut dsl, case) = case(&harness).await;
    let page = choose(&mut dsl, &case).await;
    let upload = page.action();
    let wrong = dsl.send_file_with(&page, &upload, &[("what", "x"), ("given_by", " "), ("how", "")], "note.txt", b"A note.").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.errors().iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["#given_by", "#how"], "EVI-3");
    assert_eq!(wrong.field(&upload, "what").as_deref(), Some("x"), "what was typed is kept");

    let story = "What she wrote: <b>x</b> & \u{e9}.".as_bytes();
    let back = add(&mut dsl, &case, "note.txt", story).await;
    assert!(back.path.starts_with(&case.path), "{}", back.path);
    assert_eq!(back.banner().as_deref(), Some("The file is kept with the case"));
    let listed = back.texts(".wb-files li").remove(0);
    for fact in ["note.txt", "Plain text", "From: Mrs Lark, a parent; On a stick", "Taken in by George Xu", "SHA-256 "] {
        assert!(listed.contains(fact), "{fact}: {listed}");
    }
    let about = dsl.get(&href(&back, ".wb-files a")).await;
    assert!(about.main().contains("SHA-256 as it came") && about.main().contains("Mrs Lark, a parent"), "{}", about.main());
    let shown = dsl.get(&href(&about, "main a[href$='/preview']")).await;
    assert!(shown.body.contains("What she wrote: &#60;b&#62;x") && shown.main().contains("What she wrote: <b>x</b>"), "{}", shown.body);
    let (status, headers, content) = dsl.download(&href(&about, ".wb-download")).await;
    assert_eq!((status, content.as_slice()), (StatusCode::OK, story));
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; "));
    let looks = dsl.get(&href(&back, "main a[href$='/reads']")).await;
    for look in ["Looked at a file of it", "Opened a file of it", "Read what was written down about a file of it"] {
        assert!(looks.main().contains(look), "{look}: {}", looks.main());
    }
    // Nobody else's page.
    harness.enrol(DPO).await;
    for address in [REPORTER, DPO] {
        let mut other = harness.browser();
        other.sign_in(address, PASSWORD).await;
        for path in [&about.path, &shown.path, &about.path.replace("/about", "/image"), &upload.replace("/file", "")] {
            let refused = other.get(path).await;
            assert_eq!((refused.status, refused.h1().as_str()), (StatusCode::NOT_FOUND, "We cannot show that page"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_image_is_shown_by_its_own_bytes_alone() {
    let harness = Harness::new().await;
    let (mut dsl, case) = case(&harness).await;
    let back = add(&mut dsl, &case, "holiday.png", PNG).await;
    let about = dsl.get(&href(&back, ".wb-files a")).await;
    let shown = dsl.get(&href(&about, "main a[href$='/preview']")).await;
    let (status, headers, content) = dsl.download(&format!("{}/image", about.path.trim_end_matches("/about"))).await;
    assert!(shown.body.contains("<img") && shown.body.contains("/image\""), "{}", shown.body);
    assert_eq!((status, content.as_slice()), (StatusCode::OK, PNG));
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type").as_str(), header("x-content-type-options").as_str()), ("image/png", "nosniff"));
    assert_eq!((header("content-security-policy").as_str(), header("cache-control").as_str()), ("default-src 'none'; sandbox", "no-store"));
    // One whose size in points is beyond what is shown, and what is no image: downloaded and no more.
    let mut wide = PNG.to_vec();
    wide[16..20].fill(0xff);
    for (name, content) in [("wide.png", wide.as_slice()), ("letter.pdf", b"%PDF-1.7"), ("mail.eml", MAIL)] {
        let page = choose(&mut dsl, &case).await;
        dsl.send_file_with(&page, &page.action(), SOURCE, name, content).await;
        let listed = dsl.get(&case.path).await;
        let file = last_file(&listed);
        for more in ["preview", "image"] {
            let refused = dsl.get(&format!("{file}/{more}")).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{name} {more}: {}", refused.body);
            assert!(!refused.body.contains("kept as it is"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_e_mail_says_is_proposed_and_confirmed() {
    let harness = Harness::new().await;
    let (mut dsl, case) = case(&harness).await;
    let says = add(&mut dsl, &case, "complaint.eml", MAIL).await;
    assert_eq!((says.h1().as_str(), says.banner().as_deref()), ("What the e-mail says", Some("The file is kept with the case")));
    let action = says.action();
    assert_eq!(says.field(&action, "sender").as_deref(), Some("Mrs Lark <lark@example.org>"));
    assert_eq!(says.field(&action, "recipients_count").as_deref(), Some("1"));
    assert!(says.main().contains("office@school.example") && says.main().contains("30 Oct"), "{}", says.main());
    let wrong = dsl.submit(&says, &action, &[("sender", " "), ("recipients_count", "many")]).await;
    assert_eq!(wrong.errors().iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["#recipients_count"]);
    let wrong = dsl.submit(&says, &action, &[("sender", " ")]).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#sender"));
    let confirmed = dsl.submit(&says, &action, &[]).await;
    let about = dsl.follow(confirmed).await;
    assert_eq!(about.banner().as_deref(), Some("What the e-mail says is recorded"));
    assert!(about.main().contains("The e-mail is from Mrs Lark <lark@example.org>"), "{}", about.main());
    assert!(about.main().contains("Confirmed by George Xu"), "{}", about.main());
    assert!(dsl.get(&case.path).await.main().contains("Confirmed what an e-mail says"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_safeguarding_lead_puts_a_file_into_quarantine() {
    let harness = Harness::new().await;
    let (mut dsl, case) = case(&harness).await;
    let back = add(&mut dsl, &case, "holiday.png", PNG).await;
    let about = dsl.get(&href(&back, ".wb-files a")).await;
    let file = about.path.trim_end_matches("/about").to_owned();
    let act = format!("{file}/quarantine");
    let mut head = harness.signed_in(HEAD).await;
    let theirs = head.get(&about.path).await;
    assert!(theirs.status == StatusCode::OK && !theirs.has_form(&act), "a reader who is no safeguarding lead");
    // By a token it needs the leave that its owner gives with a code.
    let page = dsl.get("/account/tokens/new").await;
    let token = dsl.submit(&page, "/account/tokens/new", &[("label", "A script")]).await.texts(".wb-secret").remove(0);
    let path = format!("/api/v1/evidence/{}/quarantine", file.rsplit('/').next().unwrap());
    let request = Request::builder().method("POST").uri(path).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {token}")).header("wardbook-purpose", "case_work");
    let refused = harness.browser().router.oneshot(request.body(Body::from(r#"{ "reason": "x" }"#)).unwrap()).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = dsl.submit(&about, &act, &[("quarantine_reason", " ")]).await;
    assert_eq!((wrong.status, wrong.errors()[0].0.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "#quarantine_reason"));
    let done = dsl.submit(&wrong, &act, &[("quarantine_reason", "A parent says that it shows a child.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let done = dsl.follow(done).await;
    assert_eq!(done.banner().as_deref(), Some("The file is in quarantine. Nobody can open it here any more"));
    for words in [
        "It was not destroyed",
        "A parent says that it shows a child.",
        "George Xu",
        "No copies of the key store are configured, so none is known to hold its key.",
        "SHA-256 as it came",
    ] {
        assert!(done.main().contains(words), "{words}: {}", done.main());
    }
    assert!(done.texts(".wb-download").is_empty() && !done.has_form(&act));
    for browser in [&mut dsl, &mut head] {
        for more in ["", "/preview", "/image"] {
            let refused = browser.get(&format!("{file}{more}")).await;
            assert_eq!((refused.status, refused.h1().as_str()), (StatusCode::GONE, "This record is sealed"), "{more}");
        }
        let listed = browser.get(&case.path).await.texts(".wb-files li").remove(0);
        assert!(listed.contains("In quarantine"), "{listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_named_in_a_case_is_not_taken_in() {
    let harness = Harness::new().await;
    let (mut dsl, case) = case(&harness).await;
    let question = dsl.get(&href(&case, "main a[href$='/evidence']")).await;
    let named = dsl.submit(&question, &question.path, &[("image", "unsure"), ("device", "Locked in the office")]).await;
    let guidance = dsl.follow(named).await;
    assert_eq!(guidance.h1(), "Do not look at it");
    assert!(guidance.main().contains("Nothing of the file was taken in"), "{}", guidance.main());
    assert_eq!(dsl.get(&question.path).await.h1(), "Do not look at it", "no file until somebody has acted");
    let queue = dsl.get("/queue").await;
    assert!(queue.main().contains("Act on an image: do not look at it"), "{}", queue.main());
}
