//! A trust for tests of pages and API: the real router over a real book, a clock that stands still until it is moved, seeded
//! randomness, and browsers without scripts.
//!
//! [`Harness::new`] makes a trust with two schools and the people of [`PEOPLE`]; [`Harness::browser`] is a visitor with an empty cookie
//! jar, [`Harness::signed_in`] one who has signed in, [`Harness::token`] an API token. A [`Browser`] keeps cookies and checks on every
//! page what holds for all of them; [`Browser::submit`] sends a form of a page as a browser would, with what was typed laid over it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared by several test programs, of which none uses everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use rand::{SeedableRng as _, rngs::StdRng};
use scraper::{ElementRef, Html, Selector};
use serde_json::json;
use tower::ServiceExt as _;
use wardbook_app::accounts::NewUser;
use wardbook_app::blobs::BlobsAt;
use wardbook_app::evidence::FilesPolicy;
use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};
use wardbook_app::setup::{Opening, SHIPPED_PROFILES};
use wardbook_app::{App, Clock, Entropy};
use wardbook_domain::{Duty, Instant};
use wardbook_ledger::TrustId;
use wardbook_testkit::{Authenticator, TempDir, sqlite_url, temp_dir};
use wardbook_vault::{RecoveryIdentity, ServiceIdentity};
use wardbook_web::{WebOptions, local_router, router};

/// Friday 30 October 2026, 16:12 in England.
pub const NOW: &str = "2026-10-30T16:12Z";
/// Everybody's password.
pub const PASSWORD: &str = "Three random words 1";

/// E-mail, name, duty, school. The first two hold their duty by the list of schools already.
pub const PEOPLE: [(&str, &str, Duty, Option<&str>); 6] = [
    ("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")),
    ("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")),
    ("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")),
    ("omar.reid@example.org", "Omar Reid", Duty::Headteacher, Some("SCH02")),
    ("dora.pike@example.org", "Dora Pike", Duty::Dpo, None),
    ("adam.lund@example.org", "Adam Lund", Duty::Administrator, None),
];
pub const HEAD: &str = PEOPLE[0].0;
pub const DSL: &str = PEOPLE[1].0;
pub const REPORTER: &str = PEOPLE[2].0;
pub const OTHER_HEAD: &str = PEOPLE[3].0;
pub const DPO: &str = PEOPLE[4].0;
pub const ADMINISTRATOR: &str = PEOPLE[5].0;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
                   manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A trust behind its router.
pub struct Harness {
    pub app: App,
    router: Router,
    pub local: Router,
    clock: Arc<AtomicI64>,
    /// Everybody's authenticator app.
    pub apps: Arc<Authenticator>,
    _dir: TempDir,
}

/// How far the book's clock of a demonstration is ahead, and how often it was moved.
#[derive(Debug, Default)]
pub struct Ahead {
    pub micros: AtomicI64,
    pub jumps: AtomicU64,
}

impl Harness {
    pub async fn new() -> Self {
        Self::with(WebOptions::default()).await
    }

    pub async fn with(options: WebOptions) -> Self {
        Self::with_clock(options, Arc::new(AtomicI64::new(Instant::parse(NOW).unwrap().as_micros())), Arc::default()).await
    }

    /// A trust with a profile of its own.
    pub async fn with_profile(profile: &str) -> Self {
        let clock = Arc::new(AtomicI64::new(Instant::parse(NOW).unwrap().as_micros()));
        Self::made(WebOptions::default(), clock, Arc::default(), profile).await
    }

    /// A trust whose book's clock is ahead of the machine's.
    pub async fn with_clock(options: WebOptions, clock: Arc<AtomicI64>, ahead: Arc<Ahead>) -> Self {
        Self::made(options, clock, ahead, SHIPPED_PROFILES[0].1).await
    }

    async fn made(options: WebOptions, clock: Arc<AtomicI64>, ahead: Arc<Ahead>, profile: &str) -> Self {
        let dir = temp_dir();
        let mut rng = StdRng::seed_from_u64(42);
        let shared = Arc::clone(&clock);
        let machine = Clock::new(move || shared.load(Ordering::SeqCst));
        let shared = Arc::clone(&clock);
        let book = Clock::new(move || shared.load(Ordering::SeqCst) + ahead.micros.load(Ordering::SeqCst));
        let opening = Opening {
            database: sqlite_url(dir.path(), "book.db"),
            keys: sqlite_url(dir.path(), "keys.db"),
            trust: TrustId::from_bytes([7; 16]),
            notes: dir.path().join("notes"),
            blobs: BlobsAt::Folder(dir.path().join("blobs")),
            files: FilesPolicy { bytes_max: 5 << 20, ..FilesPolicy::default() },
            identity: ServiceIdentity::generate(&mut rng),
            clock: book,
            machine,
            entropy: Entropy::new(StdRng::seed_from_u64(43)),
        };
        let recovery = RecoveryIdentity::generate(&mut rng).recipient();
        let app = App::create(opening, "Harbour Learning Trust", profile, &recovery).await.unwrap();
        app.start();
        let local = local_router(app.clone(), WebOptions::default());
        let harness = Self { router: router(app.clone(), options), local, app, clock, apps: Arc::default(), _dir: dir };
        harness.import(ImportKind::Schools, &SCHOOLS).await;
        harness.import(ImportKind::Staff, &STAFF).await;
        harness
    }

    async fn import<const N: usize>(&self, kind: ImportKind, table: &[[&str; N]]) {
        let fields = |row: &[&str; N]| table[0].iter().zip(row).map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect();
        let rows = table[1..].iter().zip(2..).map(|(row, line)| ImportRow { line, fields: fields(row) }).collect();
        let imported = self.app.import(ImportBatch::new(kind, rows), None).await.unwrap();
        assert_eq!(imported.refused, []);
    }

    /// The code with which a person of [`PEOPLE`] chooses a password.
    pub async fn code(&self, email: &str) -> String {
        let (email, name, duty, school) = PEOPLE.into_iter().find(|(known, ..)| *known == email).unwrap();
        let user = NewUser { email: email.to_owned(), name: name.to_owned(), duty, school: school.map(str::to_owned) };
        self.app.add_user(&user).await.unwrap().secret
    }

    /// Gives a person of [`PEOPLE`] an account with [`PASSWORD`].
    pub async fn enrol(&self, email: &str) {
        let code = self.code(email).await;
        self.app.enrol(&code, PASSWORD).await.unwrap();
    }

    /// An API token of a person of [`PEOPLE`].
    pub async fn token(&self, email: &str) -> String {
        self.code(email).await;
        self.app.create_token(email).await.unwrap().secret
    }

    /// A visitor with an empty cookie jar.
    pub fn browser(&self) -> Browser {
        let (apps, clock) = (Arc::clone(&self.apps), Arc::clone(&self.clock));
        let router = self.router.clone();
        Browser { router, cookies: BTreeMap::new(), headers: vec![], host: "wardbook.test", peer: None, apps, clock }
    }

    /// A person of [`PEOPLE`] who has signed in; the account is made where there is none yet.
    pub async fn signed_in(&self, email: &str) -> Browser {
        self.enrol(email).await;
        let mut browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    /// What is no page: a file, asked for without cookies.
    pub async fn file(&self, path: &str, known: Option<&str>) -> File {
        let mut request = Request::builder().uri(path);
        if let Some(known) = known {
            request = request.header("if-none-match", known);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        File { status, headers, body: response.into_body().collect().await.unwrap().to_bytes() }
    }

    /// Moves the clock.
    pub fn tick(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

const SCHOOLS: [[&str; 5]; 3] = [
    ["code", "name", "head_staff_id", "dsl_staff_id", "deputy_staff_id"],
    ["SCH01", "Gull Lane Primary School", "SCH01-001", "SCH01-002", "SCH01-003"],
    ["SCH02", "Breakwater Academy", "SCH02-001", "", ""],
];
const STAFF: [[&str; 5]; 6] = [
    ["staff_id", "name", "role", "email", "school"],
    ["SCH01-001", "Uma Jones", "Headteacher", "uma.jones@example.org", "SCH01"],
    ["SCH01-002", "George Xu", "Designated Safeguarding Lead", "george.xu@example.org", "SCH01"],
    ["SCH01-003", "Ivy Patel", "Deputy Headteacher", "ivy.patel@example.org", "SCH01"],
    ["SCH01-010", "Hana Kemp", "Class teacher", "hana.kemp@example.org", "SCH01"],
    ["SCH02-001", "Omar Reid", "Headteacher", "omar.reid@example.org", "SCH02"],
];

/// A browser without scripts.
#[derive(Clone)]
pub struct Browser {
    pub router: Router,
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
    /// The host that is asked for.
    pub host: &'static str,
    /// Where the connection comes from, where the server is told.
    pub peer: Option<SocketAddr>,
    /// The app of whoever sits there, and its clock.
    pub apps: Arc<Authenticator>,
    pub clock: Arc<AtomicI64>,
}

impl Browser {
    /// A page; what is asked before a record is shown is answered on the way, unless [`Browser::asked`] is what a test is about.
    pub async fn get(&mut self, path: &str) -> Page {
        let page = self.asked(path).await;
        if page.status != StatusCode::SEE_OTHER || !page.location().starts_with("/look?") {
            return page;
        }
        let question = self.asked(&page.location()).await;
        if question.status != StatusCode::OK {
            return Page { path: path.to_owned(), ..question };
        }
        let answered = self.submit(&question, "/look", &[("purpose", "case_work")]).await;
        assert_eq!((answered.status, answered.location().as_str()), (StatusCode::SEE_OTHER, path), "{}", answered.body);
        self.asked(path).await
    }

    /// The answer to a request for a page, whatever it is.
    pub async fn asked(&mut self, path: &str) -> Page {
        self.send("GET", path, "").await
    }

    /// Follows redirects by `GET`.
    pub async fn follow(&mut self, answer: Page) -> Page {
        let mut answer = answer;
        for _ in 0..5 {
            if answer.status != StatusCode::SEE_OTHER {
                return answer;
            }
            answer = self.get(&answer.location()).await;
        }
        panic!("a redirect leads on for ever: {}", answer.location());
    }

    /// Opens a page, wherever redirects lead.
    pub async fn open(&mut self, path: &str) -> Page {
        let answer = self.get(path).await;
        self.follow(answer).await
    }

    /// Sends fields as they are, without any hidden ones.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send("POST", path, &encoded(fields.iter().copied())).await
    }

    /// Sends the form of `page` that posts to `action`: its hidden and filled-in fields, those named in `typed` replaced.
    pub async fn submit(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        self.send("POST", action, &filled(page, action, typed)).await
    }

    /// The same where the answer is a file.
    pub async fn submit_for_file(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        self.raw("POST", action, "application/x-www-form-urlencoded", filled(page, action, typed).into_bytes()).await
    }

    /// Fills in the one form of the page in `main` and goes where it leads.
    pub async fn fill(&mut self, page: &Page, typed: &[(&str, &str)]) -> Page {
        let answer = self.submit(page, &page.action(), typed).await;
        self.follow(answer).await
    }

    /// The whole ceremony: password, code where there is a second factor, setting one up where a duty needs it, and what they are told.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        let mut answer = self.give_password(email, password).await;
        if answer.location().starts_with("/sign-in/code") {
            let page = self.get(&answer.location()).await;
            let code = self.code(email);
            answer = self.submit(&page, "/sign-in/code", &[("code", &code)]).await;
        }
        if answer.status == StatusCode::SEE_OTHER {
            if self.get("/account").await.location().starts_with("/account/factor") {
                self.set_factor(email).await;
            }
            let page = self.get("/account").await;
            if page.body.contains("/account/read") {
                self.submit(&page, "/account/read", &[]).await;
            }
        }
        answer
    }

    /// The first step alone.
    pub async fn give_password(&mut self, email: &str, password: &str) -> Page {
        let page = self.get("/sign-in").await;
        self.submit(&page, "/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Scans the picture (here: types the key) and confirms it; the page with the recovery codes.
    pub async fn set_factor(&mut self, email: &str) -> Page {
        let page = self.get("/account/factor").await;
        self.apps.scan(email, &page.texts(".wb-factor__key").remove(0));
        let code = self.code(email);
        let done = self.submit(&page, "/account/factor", &[("code", &code)]).await;
        assert_eq!((done.status, done.h1().as_str()), (StatusCode::OK, "Your recovery codes"));
        done
    }

    /// A code that this person's app shows and that was not used yet.
    pub fn code(&self, email: &str) -> String {
        self.apps.code(email, self.clock.load(Ordering::SeqCst) / 1_000_000)
    }

    /// Sends the form of `page` that posts to `action` in parts: its hidden fields in their order, what was typed, then the file.
    pub async fn send_file(&mut self, page: &Page, action: &str, what: &str, name: &str, content: &[u8]) -> Page {
        self.send_file_with(page, action, &[("what", what)], name, content).await
    }

    /// The same with what is typed beside it.
    pub async fn send_file_with(&mut self, page: &Page, action: &str, typed: &[(&str, &str)], name: &str, content: &[u8]) -> Page {
        const BOUNDARY: &str = "wardbook-test-boundary";
        let is_typed = |name: &str| name == "file" || typed.iter().any(|(known, _)| *known == name);
        let fields = page.form(action).into_iter().filter(|(name, _)| !is_typed(name));
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut body = Vec::new();
        for (name, value) in fields.chain(typed) {
            let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let body = [body.as_slice(), head.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        self.request("POST", action, &format!("multipart/form-data; boundary={BOUNDARY}"), body).await
    }

    /// An answer that is no page.
    pub async fn download(&mut self, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        self.raw("GET", path, "", vec![]).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        self.request(method, path, "application/x-www-form-urlencoded", body.as_bytes().to_vec()).await
    }

    async fn raw(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path).header("host", self.host).header("accept", "text/html");
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        if method == "POST" {
            request = request.header("content-type", kind);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, headers, bytes.to_vec())
    }

    async fn request(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Page {
        let (status, headers, bytes) = self.raw(method, path, kind, body).await;
        let page = Page { path: path.to_owned(), status, headers, body: String::from_utf8(bytes).unwrap() };
        page.check();
        for line in page.set_cookies() {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        page
    }
}

/// The policy of a page; only a demonstration's windows, and what shows two of them, have another.
fn policy(path: &str, status: StatusCode) -> String {
    match path.split('/').nth(2) {
        Some("window") if status == StatusCode::OK && !path.ends_with("/rows") => CSP.replace("ancestors 'none'", "ancestors 'self'"),
        Some("side-by-side") if status == StatusCode::OK => CSP.replace("frame-ancestors", "frame-src 'self'; frame-ancestors"),
        _ => CSP.to_owned(),
    }
}

fn filled(page: &Page, action: &str, typed: &[(&str, &str)]) -> String {
    let fields = page.form(action);
    let kept = fields.iter().filter(|(name, _)| !typed.iter().any(|(typed, _)| typed == name));
    encoded(kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(typed.iter().copied()))
}

fn encoded<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// An answer that is no page.
#[derive(Debug, Clone)]
pub struct File {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl File {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// An answer, nearly always a page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Of the request.
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// What holds for every answer: headers, and for every page its shape.
    fn check(&self) {
        assert_eq!(self.header("content-security-policy"), policy(&self.path, self.status), "{}", self.path);
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("cache-control"), "no-store", "{}", self.path);
        let is_part = self.path.ends_with("/rows") && self.status == StatusCode::OK;
        if !self.header("content-type").starts_with("text/html") || is_part {
            return;
        }
        let html = self.html();
        assert_eq!(select(&html, "main h1").len(), 1, "{}", self.path);
        let title = words(select(&html, "title")[0]);
        assert!(title.ends_with(" – Wardbook") && title.len() > 12, "{}: {title}", self.path);
        let ids: Vec<_> = select(&html, "[id]").iter().map(|element| element.attr("id").unwrap().to_owned()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{}: an id stands twice", self.path);
        for link in select(&html, ".govuk-error-summary a[href^='#']") {
            let id = link.attr("href").unwrap().trim_start_matches('#').to_owned();
            assert!(ids.contains(&id), "{}: no #{id} to mend", self.path);
        }
        for form in select(&html, "form") {
            assert!(!select_in(form, "input[name=csrf]").is_empty(), "{}: a form without a token", self.path);
        }
        assert!(!self.body.contains("/assets/missing"), "{}", self.path);
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> String {
        self.header("location").to_owned()
    }

    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// The words of every element that matches.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        select(&self.html(), selector).into_iter().map(words).collect()
    }

    pub fn h1(&self) -> String {
        self.texts("main h1").remove(0)
    }

    /// The words of the main part.
    pub fn main(&self) -> String {
        self.texts("main").remove(0)
    }

    pub fn banner(&self) -> Option<String> {
        self.texts(".govuk-notification-banner__heading").pop()
    }

    /// The error summary: where each leads, and what it says.
    pub fn errors(&self) -> Vec<(String, String)> {
        let html = self.html();
        let links = select(&html, ".govuk-error-summary a");
        links.into_iter().map(|link| (link.attr("href").unwrap().to_owned(), words(link))).collect()
    }

    /// Where the one form of the main part posts to.
    pub fn action(&self) -> String {
        let html = self.html();
        let forms = select(&html, "main form");
        assert_eq!(forms.len(), 1, "{}: {} forms", self.path, forms.len());
        forms[0].attr("action").unwrap().to_owned()
    }

    /// Where the first link that matches leads.
    pub fn href(&self, selector: &str) -> String {
        self.attribute(selector, "href")
    }

    /// Where the links that match lead, in order.
    pub fn hrefs(&self, selector: &str) -> Vec<String> {
        let html = self.html();
        select(&html, selector).iter().filter_map(|element| element.attr("href")).map(str::to_owned).collect()
    }

    /// Where the first form posts to whose action matches both ends.
    pub fn action_like(&self, start: &str, end: &str) -> String {
        self.attribute(&format!("form[action^='{start}'][action$='{end}']"), "action")
    }

    /// The value of the option of a list whose words begin so.
    pub fn option(&self, select_id: &str, start: &str) -> String {
        let html = self.html();
        let options = select(&html, &format!("select#{select_id} option"));
        let found = options.into_iter().find(|option| words(*option).starts_with(start));
        found.and_then(|option| option.attr("value")).unwrap_or_else(|| panic!("{}: no option {start}", self.path)).to_owned()
    }

    fn attribute(&self, selector: &str, name: &str) -> String {
        let html = self.html();
        let found = select(&html, selector).first().and_then(|element| element.attr(name)).map(str::to_owned);
        found.unwrap_or_else(|| panic!("{}: no {selector}: {}", self.path, self.main()))
    }

    pub fn has_form(&self, action: &str) -> bool {
        !select(&self.html(), &format!("form[action='{action}']")).is_empty()
    }

    /// The fields of the form that posts to `action`, as a browser would send them unchanged.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let html = self.html();
        let forms = select(&html, &format!("form[action='{action}']"));
        let form = forms.first().unwrap_or_else(|| panic!("{}: no form posts to {action}: {}", self.path, self.main()));
        select_in(*form, "input, textarea, select").into_iter().filter_map(field).collect()
    }

    /// The value of one field of the form that posts to `action`.
    pub fn field(&self, action: &str, name: &str) -> Option<String> {
        self.form(action).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn field(element: ElementRef<'_>) -> Option<(String, String)> {
    let name = element.attr("name")?.to_owned();
    let value = match (element.value().name(), element.attr("type")) {
        ("textarea", _) => element.text().collect(),
        ("select", _) => {
            select_in(element, "option[selected]").first().and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
        }
        (_, Some("checkbox" | "radio")) if element.attr("checked").is_none() => return None,
        _ => element.attr("value").unwrap_or_default().to_owned(),
    };
    Some((name, value))
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn select_in<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    element.select(&Selector::parse(selector).unwrap()).collect()
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
