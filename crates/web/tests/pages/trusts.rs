//! Somebody who works in two trusts of one host, as their browser sees it.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use rand::{SeedableRng as _, rngs::StdRng};
use wardbook_app::accounts::NewUser;
use wardbook_app::blobs::BlobsAt;
use wardbook_app::setup::{Opening, SHIPPED_PROFILES};
use wardbook_app::{App, Clock, Entropy};
use wardbook_domain::Duty;
use wardbook_ledger::TrustId;
use wardbook_testkit::{TempDir, temp_dir};
use wardbook_vault::{RecoveryIdentity, ServiceIdentity};
use wardbook_web::{WebOptions, router};

use crate::common::{Browser, DPO, HEAD, Harness, PASSWORD, REPORTER};
use crate::filing::file;
use crate::records::href;

const LOSS: &[(&str, &[(&str, &str)])] = &[
    ("kind", &[("types", "loss_of_data")]),
    ("what", &[("what_happened", "A folder is lost.")]),
    ("data", &[("data_affected", "pupil_personal_data"), ("individuals_affected", "31"), ("dpo_told", "no")]),
    ("danger", &[("danger", "no")]),
];

/// The harness's trust with another beside it.
struct Two {
    first: Harness,
    second: App,
    _dir: TempDir,
}

impl Two {
    async fn new() -> Self {
        let (first, dir) = (Harness::new().await, temp_dir());
        let clock = first.browser().clock;
        let clock = Clock::new(move || clock.load(Ordering::SeqCst));
        let mut rng = StdRng::seed_from_u64(44);
        let opening = Opening {
            database: String::new(),
            keys: String::new(),
            trust: TrustId::from_bytes([8; 16]),
            notes: dir.path().join("notes"),
            blobs: BlobsAt::Table,
            files: wardbook_app::evidence::FilesPolicy::default(),
            identity: ServiceIdentity::generate(&mut rng),
            clock: clock.clone(),
            machine: clock,
            entropy: Entropy::new(StdRng::seed_from_u64(45)),
        };
        let recovery = RecoveryIdentity::generate(&mut rng).recipient();
        let second = first.app.create_beside(opening, "Lighthouse Trust", SHIPPED_PROFILES[0].1, &recovery).await.unwrap();
        second.start();
        Self { first, second, _dir: dir }
    }

    /// A browser that sees both.
    fn browser(&self) -> Browser {
        Browser { router: router(self.first.app.clone(), WebOptions::default()), ..self.first.browser() }
    }

    async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER, "{email}");
        browser
    }

    /// A code of the second trust.
    async fn code(&self, email: &str, name: &str, duty: Duty) -> String {
        let user = NewUser { email: email.to_owned(), name: name.to_owned(), duty, school: None };
        self.second.add_user(&user).await.unwrap().secret
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_trust_is_used_while_signed_in_and_nowhere_else() {
    let two = Two::new().await;
    two.first.enrol(DPO).await;
    let code = two.code(DPO, "Dora Pike", Duty::Dpo).await;
    let mut stranger = two.browser();
    let enrol = stranger.get("/enrol").await;
    assert!(!enrol.body.contains("Lighthouse") && !enrol.body.contains("Harbour"), "a visitor is on nobody's page");
    let try_code = async |stranger: &mut Browser, code: &str| {
        let typed = [("code", code), ("password", "Quite other words 22"), ("password_again", "Quite other words 22")];
        let refused = stranger.submit(&enrol, "/enrol", &typed).await;
        (refused.status, refused.errors())
    };
    let known = try_code(&mut stranger, &code).await;
    assert_eq!(known, try_code(&mut stranger, "AAAAA-BBBBB-CCCCC-DDDDD").await, "of an account and of none: one answer");
    assert_eq!(known.0, StatusCode::UNPROCESSABLE_ENTITY);

    let mut dpo = two.signed_in(DPO).await;
    let account = dpo.get("/account").await;
    assert!(account.body.contains("/account/trusts") && !account.body.contains("Lighthouse"));
    let page = dpo.get("/account/trusts").await;
    assert_eq!(page.h1(), "Your trusts");
    assert!(!page.body.contains("Lighthouse"), "a trust that asks does not show before its code is used");
    let wrong = dpo.submit(&page, "/account/trusts/join", &[("code", "AAAAA-BBBBB-CCCCC-DDDDD")]).await;
    assert_eq!((wrong.status, wrong.errors().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    let joined = dpo.submit(&page, "/account/trusts/join", &[("code", &code)]).await;
    assert_eq!(joined.location(), "/sign-in?done=joined");
    assert!(dpo.get("/sign-in?done=joined").await.banner().unwrap().starts_with("The code is used"));
    assert!(dpo.get("/queue").await.location().starts_with("/sign-in"), "signed out, to sign in for both");
    let mut dpo = two.signed_in(DPO).await;
    let page = dpo.get("/account/trusts").await;
    assert!(page.main().contains("Harbour Learning Trust: you work here now") && page.has_form("/account/trusts"), "{}", page.main());
    let moved = dpo.submit(&page, "/account/trusts", &[("trust", "1")]).await;
    assert_eq!(moved.location(), "/");
    let page = dpo.get("/account").await;
    assert!(page.texts(".wb-trust")[0].starts_with("Lighthouse Trust"));
    assert!(page.body.contains("Your sign-in was joined to this trust on"), "they are told, in that trust");
    assert_eq!(dpo.submit(&dpo.clone().get("/account/trusts").await, "/account/trusts", &[("trust", "7")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_queue_leads_into_each_trust_and_a_page_left_open_does_too() {
    let two = Two::new().await;
    two.first.enrol(DPO).await;
    file(&mut two.first.signed_in(REPORTER).await, LOSS).await;
    // The second trust has a report of the same kind.
    let head = two.code("hal@lighthouse.example", "Hal Reed", Duty::TrustLead).await;
    two.second.enrol(&head, PASSWORD).await.unwrap();
    let fields = [("code", "SCH09"), ("name", "Beacon School")].map(|(name, value)| (name.to_owned(), value.into()));
    let row = wardbook_app::import::ImportRow { line: 2, fields: fields.into_iter().collect() };
    let schools = wardbook_app::import::ImportBatch::new(wardbook_app::import::ImportKind::Schools, vec![row]);
    two.second.import(schools, None).await.unwrap();
    let mut hal = two.signed_in("hal@lighthouse.example").await;
    assert!(!hal.get("/queue").await.body.contains("Harbour"), "who works in one trust sees one");
    file(&mut hal, LOSS).await;

    let mut dpo = two.signed_in(DPO).await;
    let page = dpo.get("/account/trusts").await;
    let code = two.code(DPO, "Dora Pike", Duty::Dpo).await;
    dpo.submit(&page, "/account/trusts/join", &[("code", &code)]).await;
    let mut dpo = two.signed_in(DPO).await;
    two.second.wait_for_views().await.unwrap();
    let queue = dpo.open("/").await;
    let cards = queue.texts(".wb-card");
    assert_eq!((queue.h1().as_str(), cards.len()), ("2 things are owed", 2));
    assert!(cards[0].contains("Gull Lane Primary School, Harbour Learning Trust"), "{cards:?}");
    assert!(cards[1].contains("Beacon School, Lighthouse Trust"), "{cards:?}");
    let links: Vec<String> = queue
        .html()
        .select(&scraper::Selector::parse(".wb-card__action").unwrap())
        .map(|link| link.attr("href").unwrap().to_owned())
        .collect();
    let first = dpo.get(&links[0]).await;
    assert_eq!((first.status, first.texts(".wb-trust")[0].starts_with("Harbour Learning Trust")), (StatusCode::OK, true));
    let second = dpo.get(&links[1]).await;
    assert_eq!((second.status, second.texts(".wb-trust")[0].starts_with("Lighthouse Trust")), (StatusCode::OK, true));
    // The page of the first trust was left open: its form is still its own.
    let action = format!("{}/decision", links[0]);
    let decided = dpo.submit(&first, &action, &[("decision", "confirmed"), ("decision_reason", "It was theirs.")]).await;
    assert_eq!((decided.status, decided.location()), (StatusCode::SEE_OTHER, format!("{}?done=decided", links[0])), "{}", decided.body);
    let after = dpo.get(&decided.location()).await;
    assert!(after.banner().is_some() && after.texts(".wb-trust")[0].starts_with("Harbour Learning Trust"));
    assert_eq!(href(&dpo.get("/breaches").await, ".wb-card__action"), links[0]);
    // Where a form of neither trust is sent, nothing happens.
    let mut forged = first.clone();
    forged.body = forged.body.replace(&first.field(&action, "csrf").unwrap(), &"0".repeat(64));
    assert_eq!(dpo.submit(&forged, &action, &[("decision", "ended")]).await.status, StatusCode::FORBIDDEN);

    // On Monday both fall due before Tuesday; cover is arranged in the trust in which they work.
    two.first.tick(66 * 3600);
    let mut dpo = two.signed_in(DPO).await;
    let left = dpo.get("/before-you-go").await;
    let cards = left.texts(".wb-card");
    assert_eq!(cards.len(), 2, "{cards:?}");
    for (card, trust) in cards.iter().zip(["Harbour Learning Trust", "Lighthouse Trust"]) {
        assert!(card.contains(trust), "{card}");
    }
    let covers: Vec<String> = left.hrefs(".wb-card a").into_iter().filter(|href| href.starts_with("/a")).collect();
    assert!(covers.len() == 2 && covers.contains(&"/account/trusts".to_owned()), "{covers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_one_trust_has_no_page_of_trusts() {
    let harness = Harness::new().await;
    let mut head = harness.signed_in(HEAD).await;
    assert_eq!(head.get("/account/trusts").await.status, StatusCode::NOT_FOUND);
    let account = head.get("/account").await;
    assert!(!account.body.contains("/account/trusts"));
    for path in ["/account/trusts", "/account/trusts/join"] {
        let csrf = account.field("/sign-out", "csrf").unwrap();
        assert_eq!(head.post(path, &[("csrf", &csrf), ("trust", "0"), ("code", "x")]).await.status, StatusCode::NOT_FOUND);
    }
}
