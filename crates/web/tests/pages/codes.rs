//! Who is given what by whom: set-up's end, codes and duties that two people give, and an administrator who tries everything.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wardbook_domain::{Address, Duty, event::AnyEvent, settings::SettingsEvent};

use crate::common::{ADMINISTRATOR, Browser, DPO, DSL, HEAD, Harness, OTHER_HEAD, PASSWORD, REPORTER};

const NEW: &str = "nia.cole@example.org";

/// A command at the local socket.
async fn local(router: &Router, path: &str, token: Option<&str>, body: Value) -> (StatusCode, Value) {
    let mut request = Request::builder().method("POST").uri(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = router.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn new_user(duty: &str, school: Option<&str>) -> Value {
    json!({ "email": NEW, "name": "Nia Cole", "duty": duty, "school": school })
}

/// How often set-up has ended, by the book.
async fn ends(harness: &Harness) -> usize {
    let mut ends = 0;
    for stored in harness.app.read_book(0, 10_000).await.unwrap() {
        let opened = harness.app.opener().open(&stored, &wardbook_domain::FieldGroup::ALL).await.unwrap();
        ends += usize::from(matches!(opened.event, AnyEvent::Settings(SettingsEvent::SetupEnded(_))));
    }
    ends
}

/// A trust whose set-up has ended: the administrator, the headteacher and the DSL, signed in with their second factors.
async fn running() -> (Harness, Browser, Browser, Browser) {
    let harness = Harness::new().await;
    let mut all = vec![];
    for email in [ADMINISTRATOR, HEAD, DSL] {
        harness.signed_in(email).await;
    }
    for email in [ADMINISTRATOR, HEAD, DSL] {
        assert!(!harness.app.setup_ended().await.unwrap(), "before {email}");
        let mut browser = harness.browser();
        browser.sign_in(email, PASSWORD).await;
        all.push(browser);
    }
    assert!(harness.app.setup_ended().await.unwrap());
    let [administrator, head, dsl] = all.try_into().ok().unwrap();
    (harness, administrator, head, dsl)
}

/// Asks for a person as an administrator.
async fn ask(administrator: &mut Browser, duty: &str, school: &str) {
    let form = administrator.get("/people/add").await;
    let fields = [("email", NEW), ("name", "Nia Cole"), ("duty", duty), ("school", school), ("reason", "She starts on Monday")];
    let asked = administrator.submit(&form, "/people/add", &fields).await;
    assert_eq!((asked.status, asked.location().as_str()), (StatusCode::SEE_OTHER, "/people?done=waiting"), "{}", asked.body);
}

/// Opens the one request whose words hold `what`.
async fn open_request(person: &mut Browser, what: &str) -> crate::common::Page {
    let list = person.get("/people/waiting").await;
    let html = list.html();
    let selector = scraper::Selector::parse("main a[href^='/people/waiting/']").unwrap();
    let links = html.select(&selector).filter_map(|link| {
        let text = link.text().collect::<String>();
        text.contains(what).then(|| link.attr("href").unwrap().to_owned())
    });
    let links: Vec<String> = links.collect();
    assert_eq!(links.len(), 1, "{what}: {}", list.main());
    person.get(&links[0]).await
}

/// What an administrator may have put aside while the command still made it for anybody.
struct Kept {
    tokens: Vec<String>,
    /// Of the DPO, who opens records, and of a reporter, who does not.
    codes: [String; 2],
}

impl Kept {
    async fn by(harness: &Harness) -> Self {
        let mut tokens = vec![];
        for email in [ADMINISTRATOR, HEAD, DSL] {
            let token = harness.app.create_token(email).await.unwrap().secret;
            assert!(harness.app.by_token(&token).await.unwrap().is_some(), "{email}");
            tokens.push(token);
        }
        Self { tokens, codes: [harness.code(DPO).await, harness.code(REPORTER).await] }
    }

    async fn is_good_for_nothing(&self, harness: &Harness) {
        for token in &self.tokens {
            assert!(harness.app.by_token(token).await.unwrap().is_none(), "a token that the command made reads nothing after set-up");
        }
        for (code, good) in self.codes.iter().zip([false, true]) {
            let mut browser = harness.browser();
            let page = browser.get("/enrol").await;
            let typed = [("code", code.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
            let used = browser.submit(&page, "/enrol", &typed).await;
            assert_eq!(used.location() == "/sign-in?done=enrolled", good, "{:?}", used.errors());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn set_up_ends_once_and_no_command_gives_anybody_anything_after_it() {
    let harness = Harness::new().await;
    for email in [ADMINISTRATOR, HEAD, DSL] {
        harness.signed_in(email).await;
    }
    assert_eq!(ends(&harness).await, 0, "setting a factor up is no sign-in with it");
    let (status, code) = local(&harness.local, "/local/v1/users", None, new_user("reporter", Some("SCH01"))).await;
    assert!(status.is_success() && code["secret"].is_string(), "until then the command alone gives a code: {code}");
    let kept = Kept::by(&harness).await;
    let (mut one, mut two, mut three) = (harness.browser(), harness.browser(), harness.browser());
    one.sign_in(ADMINISTRATOR, PASSWORD).await;
    // The two others at once: whoever comes last ends it, and it ends once.
    tokio::join!(two.sign_in(HEAD, PASSWORD), three.sign_in(DSL, PASSWORD));
    assert!(harness.app.setup_ended().await.unwrap());
    assert_eq!(ends(&harness).await, 1);
    kept.is_good_for_nothing(&harness).await;
    let page = one.get("/account/tokens/new").await;
    let token = one.submit(&page, "/account/tokens/new", &[("label", "My script")]).await.texts(".wb-secret").remove(0);

    for (path, body) in [
        ("/local/v1/users", new_user("reporter", Some("SCH01"))),
        ("/local/v1/users", new_user("dsl", Some("SCH01"))),
        ("/local/v1/users", json!({ "email": HEAD, "name": "Uma Jones", "duty": "headteacher", "school": "SCH01" })),
        ("/local/v1/tokens", json!({ "user": HEAD })),
        ("/local/v1/tokens", json!({ "user": ADMINISTRATOR })),
    ] {
        let (status, answer) = local(&harness.local, path, None, body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {answer}");
        assert!(answer.to_string().contains("set-up has ended"), "{answer}");
    }
    // With the administrator's token it is asked for, and the answer holds no code.
    let ask = json!({ "email": NEW, "name": "Nia Cole", "duty": "dsl", "school": "SCH01", "reason": "She starts on Monday" });
    let (status, asked) = local(&harness.local, "/local/v1/users", Some(&token), ask).await;
    assert_eq!((status, &asked["duty_waits"]), (StatusCode::OK, &json!(true)));
    assert!(asked.get("secret").is_none(), "{asked}");
    let nia = harness.app.directory().await.unwrap().by_email(NEW).unwrap();
    assert!(!harness.app.directory().await.unwrap().people[&nia].duties.contains(&Address::of(Duty::Dsl, "SCH01")));
    // Taking a duty away takes one person.
    let end = json!({ "email": HEAD, "duty": "headteacher", "school": "SCH01", "reason": "She has left" });
    assert_eq!(local(&harness.local, "/local/v1/users/end-duty", None, end).await.0, StatusCode::OK);
    assert_eq!(two.get("/queue").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_needs_two_others_and_the_administrator_never_sees_the_code() {
    let (harness, mut administrator, mut head, _) = running().await;
    ask(&mut administrator, "deputy-dsl", "SCH01").await;
    let own = administrator.get("/people").await;
    assert!(own.main().contains("Nia Cole: Deputy DSL, Gull Lane Primary School"), "{}", own.main());
    assert_eq!(administrator.get("/people/waiting").await.status, StatusCode::NOT_FOUND, "an administrator is no second person");
    let nav = head.get("/account").await.texts("nav a");
    assert!(nav.contains(&"Waiting for you (2)".to_owned()), "{nav:?}");

    let duty = open_request(&mut head, "Deputy DSL").await;
    let agreed = head.submit(&duty, &format!("{}/release", duty.path), &[]).await;
    assert_eq!(agreed.location(), "/people/waiting?done=agreed");
    let code = open_request(&mut head, "first password").await;
    let shown = head.submit(&code, &format!("{}/release", code.path), &[]).await;
    let secret = shown.texts(".wb-secret").remove(0);
    assert_eq!(head.get(&code.path).await.status, StatusCode::NOT_FOUND, "it is settled, and the code is shown once");

    let mut nia = harness.browser();
    let page = nia.get("/enrol").await;
    let typed = [("code", secret.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
    assert_eq!(nia.submit(&page, "/enrol", &typed).await.location(), "/sign-in?done=enrolled");
    nia.give_password(NEW, PASSWORD).await;
    nia.set_factor(NEW).await;
    let page = nia.get("/account").await;
    let told = page.texts(".govuk-notification-banner").remove(0);
    assert!(told.contains("Adam Lund asked for and Uma Jones released") && told.contains("Fri 30 Oct 2026, 16:12"), "{told}");
    let read = nia.submit(&page, "/account/read", &[]).await;
    assert_eq!(read.location(), "/");
    assert!(nia.get("/account").await.texts(".govuk-notification-banner").is_empty());
    assert_eq!(nia.get("/queue").await.status, StatusCode::OK);
    let directory = harness.app.directory().await.unwrap();
    assert!(directory.people[&directory.by_email(NEW).unwrap()].duties.contains(&Address::of(Duty::DeputyDsl, "SCH01")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_needs_a_second_person_who_is_not_the_person_and_resets_everything() {
    let (harness, mut administrator, mut head, mut dsl) = running().await;
    let token = {
        let page = dsl.get("/account/tokens/new").await;
        dsl.submit(&page, "/account/tokens/new", &[("label", "A list")]).await.texts(".wb-secret").remove(0)
    };
    let people = administrator.get("/people").await;
    let uma = harness.app.directory().await.unwrap().by_email(DSL).unwrap();
    assert!(people.body.contains(&format!("/people/{uma}/recover")));
    let path = format!("/people/{uma}/recover");
    let form = administrator.get(&path).await;
    assert_eq!(administrator.submit(&form, &path, &[("reason", " ")]).await.errors()[0].0, "#reason");
    administrator.submit(&form, &path, &[("reason", "The phone is lost")]).await;
    assert!(dsl.get("/people/waiting").await.main().contains("Nothing waits for you"), "it is about them");

    // The second person proves who they are afresh.
    harness.tick(11 * 60);
    let list = head.get("/people/waiting").await;
    let link = list.href("main a[href^='/people/waiting/']");
    assert!(head.get(&link).await.location().starts_with("/account/confirm?next="));
    let csrf = list.field("/sign-out", "csrf").unwrap();
    assert!(head.post(&format!("{link}/release"), &[("csrf", &csrf)]).await.location().starts_with("/account/confirm"), "nor by a form");
    let page = head.get(&format!("/account/confirm?next={link}")).await;
    let code = head.code(HEAD);
    let page = head.submit(&page, "/account/confirm", &[("code", &code)]).await;
    let page = head.follow(page).await;
    let secret = head.submit(&page, &format!("{link}/release"), &[]).await.texts(".wb-secret").remove(0);

    assert_eq!(dsl.get("/account").await.status, StatusCode::OK, "a code that nobody uses changes nothing");
    let mut fresh = harness.browser();
    let page = fresh.get("/enrol").await;
    let new = "Quite other words 5";
    fresh.submit(&page, "/enrol", &[("code", &secret), ("password", new), ("password_again", new)]).await;
    assert_eq!(dsl.get("/account").await.status, StatusCode::SEE_OTHER, "sessions end");
    assert!(harness.app.by_token(&token).await.unwrap().is_none(), "tokens end");
    assert_eq!(fresh.give_password(DSL, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    fresh.give_password(DSL, new).await;
    assert!(fresh.get("/queue").await.location().starts_with("/account/factor"), "and the second factor is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_turned_down_or_withdrawn_gives_nothing() {
    let (harness, mut administrator, mut head, mut dsl) = running().await;
    ask(&mut administrator, "headteacher", "SCH02").await;
    let (duty, same) = (open_request(&mut head, "Headteacher").await, open_request(&mut dsl, "Headteacher").await);
    let refuse = format!("{}/refuse", duty.path);
    assert_eq!(head.submit(&duty, &refuse, &[("reason", "")]).await.errors()[0].0, "#reason");
    assert_eq!(head.submit(&duty, &refuse, &[("reason", "Nobody told me")]).await.location(), "/people/waiting?done=refused");
    let late = dsl.submit(&same, &format!("{}/release", same.path), &[]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "it is settled");
    let own = administrator.get("/people").await;
    let link = own.href("main a[href^='/people/waiting/']");
    let page = administrator.get(&link).await;
    assert!(!page.body.contains("/release"), "who asked may only withdraw");
    let csrf = page.field("/sign-out", "csrf").unwrap();
    assert_eq!(administrator.post(&format!("{link}/release"), &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
    administrator.submit(&page, &format!("{link}/refuse"), &[("reason", "A mistake")]).await;
    assert!(head.get("/people/waiting").await.main().contains("Nothing waits"));
    let directory = harness.app.directory().await.unwrap();
    let nia = &directory.people[&directory.by_email(NEW).unwrap()];
    assert!(nia.holdings.is_empty() && directory.access.asked.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_agree_at_once_grant_once() {
    let (harness, mut administrator, mut head, mut dsl) = running().await;
    ask(&mut administrator, "dpo", "").await;
    let (left, right) = (open_request(&mut head, "DPO").await, open_request(&mut dsl, "DPO").await);
    let path = format!("{}/release", left.path);
    let (one, other) = tokio::join!(head.submit(&left, &path, &[]), dsl.submit(&right, &path, &[]));
    let agreed = [&one, &other].iter().filter(|page| page.location() == "/people/waiting?done=agreed").count();
    assert_eq!(agreed, 1, "{} {}", one.status, other.status);
    let mut grants = 0;
    for stored in harness.app.read_book(0, 10_000).await.unwrap() {
        let opened = harness.app.opener().open(&stored, &wardbook_domain::FieldGroup::ALL).await.unwrap();
        if let AnyEvent::Directory(wardbook_domain::directory::DirectoryEvent::DutyGranted(granted)) = opened.event {
            grants += usize::from(granted.request.is_some());
            assert!(granted.request.is_none() || granted.agreed_by.is_some());
        }
    }
    assert_eq!(grants, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_ask_and_only_the_trust_lead_sees_every_change() {
    let harness = Harness::new().await;
    let mut pages = vec![];
    for email in [HEAD, DSL, REPORTER, DPO, OTHER_HEAD] {
        let mut browser = harness.signed_in(email).await;
        let uma = harness.app.directory().await.unwrap().by_email(HEAD).unwrap();
        for path in ["/people", "/people/add", &format!("/people/{uma}/recover"), &format!("/people/{uma}/end-duty"), "/people/changes"] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{email} {path}");
        }
        pages.push(browser);
    }
    let csrf = pages[0].get("/account").await.field("/sign-out", "csrf").unwrap();
    let fields = [("csrf", csrf.as_str()), ("email", NEW), ("name", "Nia Cole"), ("duty", "dsl"), ("school", "SCH01"), ("reason", "x")];
    assert_eq!(pages[0].post("/people/add", &fields).await.status, StatusCode::NOT_FOUND);

    let user = json!({ "email": "tom.lead@example.org", "name": "Tom Lead", "duty": "trust-lead" });
    let code = local(&harness.local, "/local/v1/users", None, user).await.1["secret"].as_str().unwrap().to_owned();
    harness.app.enrol(&code, PASSWORD).await.unwrap();
    let mut lead = harness.browser();
    lead.sign_in("tom.lead@example.org", PASSWORD).await;
    let nav = lead.get("/account").await.texts("nav a");
    assert!(nav.iter().any(|text| text.starts_with("Changes of access (")), "{nav:?}");
    let changes = lead.get("/people/changes").await;
    let rows = changes.texts("tbody tr");
    assert!(rows[0].contains("Tom Lead: used a code to choose a first password"), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("Uma Jones: given the duty Headteacher")), "{rows:?}");
    harness.tick(1);
    assert!(lead.get("/account").await.texts("nav a").contains(&"Changes of access".to_owned()), "all of it was looked at");
    harness.code(REPORTER).await;
    assert!(lead.get("/account").await.texts("nav a").contains(&"Changes of access (2)".to_owned()), "a code asked for and released");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_set_up_a_list_asks_for_duties_and_ends_them_at_once() {
    use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};
    let (harness, _, mut head, _) = running().await;
    let row = json!({ "code": "SCH02", "name": "Breakwater Academy", "head_staff_id": "SCH01-003" });
    let rows = vec![ImportRow { line: 2, fields: row.as_object().unwrap().clone() }];
    for waiting in [1, 0] {
        let imported = harness.app.import(ImportBatch::new(ImportKind::Schools, rows.clone()), None).await.unwrap();
        assert_eq!((imported.duties_granted, imported.duties_waiting), (0, waiting), "asked for once");
    }
    let directory = harness.app.directory().await.unwrap();
    let address = Address::of(Duty::Headteacher, "SCH02");
    assert!(directory.holders(&address).is_empty(), "the old head's duty ended at once, the new one's waits");
    let page = open_request(&mut head, "Ivy Patel").await;
    assert!(page.main().contains("A list that was brought in"));
    head.submit(&page, &format!("{}/release", page.path), &[]).await;
    let directory = harness.app.directory().await.unwrap();
    let ivy = directory.by_staff_id("SCH01-003").unwrap();
    assert!(directory.people[&ivy].holdings[&address].from_list, "and is a duty of the list again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_seventy_two_hours() {
    let harness = Harness::new().await;
    for (seconds, good) in [(72 * 3600 - 1, true), (72 * 3600, false)] {
        let code = harness.code(REPORTER).await;
        harness.tick(seconds);
        let mut browser = harness.browser();
        let page = browser.get("/enrol").await;
        let typed = [("code", code.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
        let used = browser.submit(&page, "/enrol", &typed).await;
        assert_eq!(used.location() == "/sign-in?done=enrolled", good, "after {seconds} s: {:?}", used.errors());
        harness.tick(86_400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_move_a_receiver_wait_where_a_second_person_sees_them() {
    let (harness, mut administrator, mut head, mut dsl) = running().await;
    let now = harness.app.profile();
    let (first, second) = (now.version + 1, now.version + 2);
    let version = |number: u32| {
        let shipped = wardbook_app::setup::SHIPPED_PROFILES[0].1;
        shipped.replacen(&format!("version = {}", now.version), &format!("version = {number}"), 1)
    };
    let moved = version(first).replacen(
        "class = \"conduct\"\nchain = [\"headteacher\"",
        "class = \"conduct\"\nchain = [\"dpo\", \"headteacher\"",
        1,
    );
    let page = administrator.get("/account/tokens/new").await;
    let token = administrator.submit(&page, "/account/tokens/new", &[("label", "Rules")]).await.texts(".wb-secret").remove(0);
    let proposer = harness.app.by_token(&token).await.unwrap().unwrap();
    let propose = async |text: &str, why: &str| {
        let conditions = wardbook_app::reports::Conditions::default();
        let waits = harness.app.propose_profile(&proposer, text, why, conditions).await.unwrap();
        assert_eq!(waits.state, "waiting");
        waits.id
    };
    let id = propose(&moved, "The DPO has more time").await;
    let queue = head.get("/queue").await.main();
    assert!(queue.contains("Settle a request that needs a second person"), "{queue}");
    let page = open_request(&mut head, "which change who receives reports").await;
    let shown = page.main();
    assert!(
        shown.contains(&format!("{}@{first}", now.id)) && shown.contains("The DPO has more time") && shown.contains("Adam Lund"),
        "{shown}"
    );
    assert!(page.texts("main li").iter().any(|moved| moved.contains("Conduct")), "{shown}");
    assert!(shown.matches("From then onDPO, then Headteacher").count() == 1, "once for all types: {shown}");
    let release = format!("/people/waiting/{id}/release");
    let csrf = administrator.get("/people").await.field("/sign-out", "csrf").unwrap();
    assert_eq!(administrator.post(&release, &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND, "never whoever proposed it");
    harness.tick(11 * 60);
    assert!(head.submit(&page, &release, &[]).await.location().starts_with("/account/confirm"), "they prove who they are");
    assert_eq!(harness.app.profile().version, now.version);
    let page = dsl.get("/account/confirm").await;
    let code = dsl.code(DSL);
    dsl.submit(&page, "/account/confirm", &[("code", &code)]).await;
    let page = open_request(&mut dsl, "which change who receives reports").await;
    assert_eq!(dsl.submit(&page, &release, &[]).await.location(), "/people/waiting?done=agreed");
    assert_eq!(harness.app.profile().version, first);
    assert!(head.get("/people/waiting").await.main().contains("Nothing waits for you"), "it is settled");
    let back = propose(&version(second), "As it was").await;
    let page = open_request(&mut dsl, &format!("@{second}")).await;
    let refuse = format!("/people/waiting/{back}/refuse");
    assert_eq!(dsl.submit(&page, &refuse, &[("reason", "")]).await.errors()[0].0, "#reason");
    assert_eq!(dsl.submit(&page, &refuse, &[("reason", "Not before the summer")]).await.location(), "/people/waiting?done=refused");
    assert!(dsl.get("/people/waiting").await.main().contains("Nothing waits for you"));
    assert_eq!(harness.app.profile().version, first);
}
