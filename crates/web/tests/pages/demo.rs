//! A demonstration: who gets in, the strip and its clock, one-click sign-in, windows, the tour.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::StatusCode;
use wardbook_domain::Instant;
use wardbook_web::WebOptions;
use wardbook_web::demo::{Act, Demo, Flipped, Flipping, Person, Stage, Stop};

use crate::common::{ADMINISTRATOR, Ahead, Browser, DSL, HEAD, Harness, NOW, PASSWORD, PEOPLE, Page, REPORTER};

const STOPS: &[Stop] = &[
    Stop { title: "File one", sees: "Somebody files.", act: Act::Be(REPORTER, "/file"), button: "Be them", beside: Some(DSL) },
    Stop { title: "Two at once", sees: "Two windows.", act: Act::SideBySide(HEAD, DSL), button: "Show both", beside: None },
    Stop { title: "Fail", sees: "Nothing.", act: Act::Be(ADMINISTRATOR, "/demo/administrator"), button: "Be them", beside: None },
    Stop { title: "Flip", sees: "A byte.", act: Act::Flip, button: "Flip it", beside: None },
];
const WORDS: &str = "Demonstration. The people and the matters here are invented. It is Fri 30 Oct 2026, 16:12 here.";

#[derive(Debug)]
struct TestStage {
    machine: Arc<AtomicI64>,
    ahead: Arc<Ahead>,
}

impl Stage for TestStage {
    fn jump_to(&self, at: Instant) {
        self.ahead.micros.fetch_max(at.as_micros() - self.machine.load(Ordering::SeqCst), Ordering::SeqCst);
        self.ahead.jumps.fetch_add(1, Ordering::SeqCst);
    }

    fn jumps(&self) -> u64 {
        self.ahead.jumps.load(Ordering::SeqCst)
    }

    fn flip(&self) -> Flipping {
        Box::pin(async { Ok(Flipped { position: 7, copy: "NOT intact at position 7".to_owned(), book: "Intact".to_owned() }) })
    }
}

/// A demonstration in which three and the administrator have accounts.
async fn demonstration() -> Harness {
    let machine = Arc::new(AtomicI64::new(Instant::parse(NOW).unwrap().as_micros()));
    let ahead = Arc::new(Ahead::default());
    let stage = TestStage { machine: Arc::clone(&machine), ahead: Arc::clone(&ahead) };
    let person = |(email, name, ..): (&str, &str, _, _)| Person {
        email: email.to_owned(),
        name: name.to_owned(),
        post: "Something, somewhere".to_owned(),
        group: if email == HEAD { "They run a school" } else { "Others" }.to_owned(),
        look: "What there is.".to_owned(),
    };
    let shown = PEOPLE.into_iter().filter(|(email, ..)| [HEAD, DSL, REPORTER, ADMINISTRATOR].contains(email));
    let demo = Demo::new(shown.map(person).collect(), PASSWORD.to_owned(), STOPS, Arc::new(stage));
    let harness = Harness::with_clock(WebOptions { demo: Some(Arc::new(demo)), ..WebOptions::default() }, machine, ahead).await;
    for email in [HEAD, DSL, REPORTER, ADMINISTRATOR] {
        harness.enrol(email).await;
    }
    harness
}

/// Somebody at this very machine.
fn at_home(harness: &Harness) -> Browser {
    Browser { host: "localhost:8080", peer: Some("127.0.0.1:50000".parse().unwrap()), ..harness.browser() }
}

async fn be(browser: &mut Browser, number: &str, to: &str) -> Page {
    let page = browser.get("/demo").await;
    browser.submit(&page, "/demo/sign-in", &[("person", number), ("to", to)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_says_so_on_every_page_with_its_time() {
    let harness = demonstration().await;
    let mut browser = at_home(&harness);
    for path in ["/sign-in", "/what-we-keep", "/nothing", "/demo", "/demo/tour", "/demo/tour/1", "/demo/flip", "/demo/side-by-side/0/1"] {
        let page = browser.get(path).await;
        assert!(page.texts(".wb-demo").concat().starts_with(WORDS), "{path}: {:?}", page.texts(".wb-demo"));
        assert!(page.has_form("/demo/jump"), "{path}");
    }
    assert!(browser.get("/demo/window/0").await.texts(".wb-demo").concat().starts_with(WORDS));
    assert!(browser.get("/sign-in").await.main().contains("with one click"));
    let real = Harness::new().await.browser().get("/sign-in").await;
    assert!(!real.body.contains("invented") && !real.body.contains("/demo"));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_pages_do_not_exist_for_others_or_elsewhere() {
    let harness = demonstration().await;
    let home = at_home(&harness);
    assert_eq!(home.clone().get("/demo").await.status, StatusCode::OK);
    let (mut real, mut nobody) = (Harness::new().await.browser(), harness.browser());
    (real.host, real.peer) = (home.host, home.peer);
    let far = Browser { peer: Some("192.0.2.7:50000".parse().unwrap()), ..home.clone() };
    let rebound = Browser { host: "evil.example", ..home.clone() };
    let unsaid = Browser { peer: None, ..home };
    for mut browser in [far, rebound, unsaid, nobody.clone(), real] {
        let unknown = browser.get("/no/such/page").await;
        for path in [
            "/demo",
            "/demo/tour",
            "/demo/tour/1",
            "/demo/window/0",
            "/demo/window/0/rows",
            "/demo/side-by-side/0/1",
            "/demo/flip",
            "/demo/own-look",
            "/demo/administrator",
        ] {
            let page = browser.get(path).await;
            assert_eq!((page.status, page.main()), (StatusCode::NOT_FOUND, unknown.main()), "{path}");
        }
        for path in ["/demo/sign-in", "/demo/jump", "/demo/flip"] {
            let page = browser.post(path, &[("person", "0"), ("by", "hour")]).await;
            assert_eq!((page.status, page.main()), (StatusCode::NOT_FOUND, unknown.main()), "{path}");
            assert!(page.set_cookies().iter().all(|cookie| !cookie.starts_with("wardbook=")), "{path}");
        }
    }
    assert!(nobody.get("/sign-in").await.texts(".wb-demo").concat().starts_with(WORDS), "nobody moved the clock");
    let mut home = at_home(&harness);
    for path in ["/demo/window/4", "/demo/window/x", "/demo/side-by-side/0/9", "/demo/tour/0", "/demo/tour/5", "/demo/jump"] {
        assert_eq!(home.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    home.get("/demo").await;
    for path in ["/demo/sign-in", "/demo/jump", "/demo/flip"] {
        assert_eq!(
            home.post(path, &[("person", "0"), ("by", "hour")]).await.status,
            StatusCode::FORBIDDEN,
            "{path}: without the form's token"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_signs_in_as_anybody_and_the_clock_jumps_without_ending_the_session() {
    let harness = demonstration().await;
    let mut browser = at_home(&harness);
    let page = browser.get("/demo").await;
    assert_eq!(page.texts("main h2"), ["They run a school", "Others"]);
    assert_eq!(page.texts("main h3"), ["Uma Jones", "George Xu", "Hana Kemp", "Adam Lund"]);
    assert_eq!(be(&mut browser, "0", "/cases").await.location(), "/cases");
    let before = browser.cookies["wardbook"].clone();
    assert_eq!(be(&mut browser, "1", "https://evil.example").await.location(), "/");
    assert_ne!(browser.cookies["wardbook"], before);
    assert_eq!(be(&mut browser, "9", "/").await.status, StatusCode::NOT_FOUND);

    let queue = browser.get("/queue?cursor=").await;
    let jumped = browser.submit(&queue, "/demo/jump", &[("by", "hour")]).await;
    assert_eq!(jumped.location(), "/queue?cursor=", "back to the same page");
    let queue = browser.get("/queue").await;
    assert!(queue.texts(".wb-demo").concat().contains("Fri 30 Oct 2026, 17:12"));
    let monday = browser.submit(&queue, "/demo/jump", &[("by", "monday"), ("back", "//evil.example")]).await;
    assert_eq!(monday.location(), "/", "never to another site");
    let queue = browser.get("/queue?done=received").await;
    assert_eq!(queue.status, StatusCode::OK, "the session goes by the machine's clock");
    assert!(queue.texts(".wb-demo").concat().contains("Mon 2 Nov 2026, 08:00"));
    assert_eq!(queue.field("/demo/jump", "back").as_deref(), Some("/queue"), "what was done is not told again");
    assert_eq!(browser.submit(&queue, "/demo/jump", &[("by", "year")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_shows_what_is_new_and_only_that_is_traced() {
    let harness = demonstration().await;
    let mut dsl = at_home(&harness);
    let window = dsl.get("/demo/window/1").await;
    assert_eq!((window.h1().as_str(), window.header("x-frame-options")), ("What George Xu sees", "SAMEORIGIN"));
    assert!(window.main().contains("Nothing is owed") && window.texts("form").is_empty());
    let tag =
        |page: &Page| page.html().select(&scraper::Selector::parse("#rows").unwrap()).next().unwrap().attr("data-tag").unwrap().to_owned();
    let first = tag(&window);
    let look = async |seen: &str| {
        let mut browser = at_home(&harness);
        browser.headers.push(("if-none-match", seen.to_owned()));
        browser.get("/demo/window/1/rows").await
    };
    assert_eq!(look(&first).await.status, StatusCode::NOT_MODIFIED);

    let mut reporter = at_home(&harness);
    be(&mut reporter, "2", "/file").await;
    let check = crate::filing::to_check(&mut reporter, &[]).await;
    assert_eq!(reporter.fill(&check, crate::filing::SIGN).await.h1(), "Report sent");
    let size = harness.app.head_size().await.unwrap();
    let rows = look(&first).await;
    assert_eq!(rows.status, StatusCode::OK);
    assert!(rows.body.contains("1 thing is owed") && !rows.body.contains("<html"), "{}", rows.body);
    assert_eq!(harness.app.head_size().await.unwrap(), size + 1, "shown, so traced");
    let second = rows.header("etag").to_owned();
    for _ in 0..3 {
        let same = look(&second).await;
        assert_eq!((same.status, same.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert!(same.header("wardbook-now").starts_with("2026-10-30T16:12"));
    }
    assert_eq!(harness.app.head_size().await.unwrap(), size + 1, "not shown, so not traced");
    let queue = dsl.get("/demo").await;
    dsl.submit(&queue, "/demo/jump", &[("by", "hour")]).await;
    assert_eq!(look(&second).await.status, StatusCode::OK, "the time on the screen jumped");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_leads_where_its_list_says() {
    let harness = demonstration().await;
    let mut browser = at_home(&harness);
    let tour = browser.get("/demo/tour").await;
    assert_eq!(tour.texts("main ol a"), ["File one", "Two at once", "Fail", "Flip"]);
    let first = browser.get("/demo/tour/1").await;
    assert!(first.body.contains("href=\"/demo/window/1\"") && !first.main().contains("Previous stop"));
    assert_eq!(browser.submit(&first, "/demo/sign-in", &[]).await.location(), "/file");
    assert!(browser.get("/demo/tour/2").await.body.contains("href=\"/demo/side-by-side/0/1\""));
    let side = browser.get("/demo/side-by-side/0/1").await;
    assert!(side.body.contains("src=\"/demo/window/0\"") && side.header("x-frame-options") == "DENY");
    let last = browser.get("/demo/tour/4").await;
    assert!(!last.main().contains("Next stop"));
    let flipped = browser.submit(&last, "/demo/flip", &[]).await;
    assert_eq!(flipped.texts("#flipped-copy"), ["NOT intact at position 7"]);
    assert_eq!(flipped.texts("#flipped-book"), ["Intact"]);
    assert!(browser.get("/demo/flip").await.texts("#flipped-copy").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_s_own_look_is_found_and_the_administrator_fails_at_the_very_same_record() {
    let harness = demonstration().await;
    let mut browser = at_home(&harness);
    be(&mut browser, "2", "/file").await;
    let check = crate::filing::to_check(&mut browser, &[]).await;
    assert_eq!(browser.fill(&check, crate::filing::SIGN).await.h1(), "Report sent");
    be(&mut browser, "3", "/demo/administrator").await;
    let early = browser.get("/demo/administrator").await;
    assert!(early.main().contains("find your own look first") && !early.body.contains("/reports/"), "{}", early.main());

    be(&mut browser, "1", "/queue").await;
    assert_eq!(browser.get("/demo/own-look").await.location(), "/reads", "a row of a list is no record that was opened");
    assert_eq!(browser.get("/demo/administrator").await.location(), "/demo/tour", "what there is to try is the administrator's");
    let report = browser.get("/queue").await.href(".wb-card__action");
    browser.open(&report).await;
    let stop = be(&mut browser, "1", "/demo/own-look").await;
    assert_eq!(browser.get(&stop.location()).await.location(), format!("{report}/reads"));
    let looks = browser.open(&format!("{report}/reads")).await;
    assert!(looks.texts("tbody tr").iter().any(|row| row.contains("You") && row.contains("Opened it")), "{:?}", looks.texts("tbody tr"));

    be(&mut browser, "3", "/demo/administrator").await;
    let tries = browser.get("/demo/administrator").await;
    let nothing = browser.get("/reports/00000000000000000000000000000000").await;
    for path in [report.clone(), format!("{report}/reads"), "/people/waiting".to_owned()] {
        assert!(tries.body.contains(&format!("href=\"{path}\"")), "{path}: {}", tries.body);
        let answer = browser.get(&path).await;
        assert_eq!((answer.status, answer.main()), (StatusCode::NOT_FOUND, nothing.main()), "{path}");
    }
    let looks = browser.get("/reads").await;
    assert_eq!(looks.status, StatusCode::OK);
    assert!(!looks.body.contains("/reports/") && looks.main().contains("Signed in"), "{}", looks.main());
    assert!(browser.get("/people").await.main().contains("Add a person, or a duty for one"));
}
