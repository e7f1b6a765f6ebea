//! A whole trust for tests: real database, real vault, real router, a clock that stands still until it is moved, seeded randomness.
//!
//! Tests speak to it as people do: [`Trust::call`] sends an HTTP request through the router.
#![forbid(unsafe_code)]

pub mod host;
mod open_ends;
pub mod people;
pub mod plain;
pub mod post;
pub mod registry;
pub mod scenes;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;
use wardbook_app::{
    App, Caller, Clock, Entropy,
    accounts::NewUser,
    blobs::BlobsAt,
    evidence::FilesPolicy,
    import::{ImportBatch, ImportKind, ImportRow, Imported},
    setup::{Opening, SHIPPED_PROFILES, SetupError},
};
use wardbook_domain::{Duty, Instant};
use wardbook_ledger::TrustId;
use wardbook_testkit::{TempDir, TestPg, sqlite_url, temp_dir};
use wardbook_vault::{RecoveryIdentity, Secret32, ServiceIdentity};
use wardbook_web::{WebOptions, local_router, router};

/// Friday 30 October 2026, 16:12 in England.
pub const NOW: &str = "2026-10-30T16:12Z";

/// The header that says for which purpose a record is opened.
pub const PURPOSE: &str = "wardbook-purpose";

/// Tests take in files of up to 5 MiB, a hundredth of what there may be.
const FILES: FilesPolicy = FilesPolicy { bytes_max: 5 << 20, key_backups_days: None };

/// Where the book is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// An SQLite file.
    Sqlite,
    /// A PostgreSQL database; the key store stays an SQLite file.
    Postgres,
}

/// A trust's places, which outlive the opened trust: for restarts and replicas.
pub struct Places {
    dir: TempDir,
    database: String,
    secret: [u8; 32],
    trust: TrustId,
    clock: Arc<AtomicI64>,
    seed: u64,
    blobs: BlobsAt,
    files: FilesPolicy,
}

impl Places {
    /// Fresh places on an engine.
    pub async fn new(engine: Engine, seed: u64) -> Self {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(TestPg::shared().fresh_database().await),
        };
        Self::at(database, seed)
    }

    /// Places with the book in this database, or in an SQLite file.
    pub fn at(database: Option<String>, seed: u64) -> Self {
        let dir = temp_dir();
        std::fs::create_dir(dir.path().join("keys")).expect("a fresh folder can hold a folder");
        // As the binary chooses: a folder beside an embedded book, the table of any other.
        let blobs = if database.is_some() { BlobsAt::Table } else { BlobsAt::Folder(dir.path().join("blobs")) };
        let database = database.unwrap_or_else(|| sqlite_url(dir.path(), "book.db"));
        let mut rng = StdRng::seed_from_u64(seed);
        let now = Instant::parse(NOW).expect("NOW is an instant").as_micros();
        let (secret, trust) = (random(&mut rng), TrustId::from_bytes(random(&mut rng)));
        Self { dir, database, secret, trust, clock: Arc::new(AtomicI64::new(now)), seed, blobs, files: FILES }
    }

    /// The same with another word on files.
    #[must_use]
    pub fn with_files(self, files: FilesPolicy) -> Self {
        Self { files, ..self }
    }

    /// The recovery identity of this trust, which its people have on paper.
    pub fn recovery(&self) -> RecoveryIdentity {
        RecoveryIdentity::generate(&mut StdRng::seed_from_u64(self.seed ^ 0xdead))
    }

    /// The trust's id.
    pub fn trust(&self) -> TrustId {
        self.trust
    }

    /// The folder that holds everything but a PostgreSQL database.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The book's URL.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The key store's file.
    pub fn key_store(&self) -> PathBuf {
        self.dir.path().join("keys/keys.db")
    }

    /// The clock that every process of this trust reads.
    pub fn clock(&self) -> Clock {
        let clock = Arc::clone(&self.clock);
        Clock::new(move || clock.load(Ordering::SeqCst))
    }

    /// Moves the clock.
    pub fn tick(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// What opens this trust; `salt` keeps the randomness of replicas and restarts apart.
    pub fn opening(&self, salt: u64) -> Opening {
        Opening {
            database: self.database.clone(),
            keys: sqlite_url(&self.dir.path().join("keys"), "keys.db"),
            trust: self.trust,
            notes: self.dir.path().join("notes"),
            blobs: self.blobs.clone(),
            files: self.files,
            identity: ServiceIdentity::from_secret(Secret32::new(self.secret)),
            clock: self.clock(),
            machine: self.clock(),
            entropy: Entropy::new(StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(salt))),
        }
    }

    /// Opens the trust once more: another replica, or the same after a restart.
    pub async fn open(self: &Arc<Self>, salt: u64) -> Result<Trust, SetupError> {
        let app = App::open(self.opening(salt)).await?;
        Ok(Trust::around(Arc::clone(self), app))
    }
}

fn random<const N: usize>(rng: &mut StdRng) -> [u8; N] {
    let mut bytes = [0; N];
    rand::Rng::fill_bytes(rng, &mut bytes);
    bytes
}

/// An opened trust with its routers; its views run beside.
pub struct Trust {
    /// The use cases.
    pub app: App,
    /// Where it is kept.
    pub places: Arc<Places>,
    router: Router,
    local: Router,
    runner: tokio::task::JoinHandle<()>,
}

impl Trust {
    /// A new, empty trust with the shipped profile.
    pub async fn new(engine: Engine, seed: u64) -> Self {
        Self::create(Places::new(engine, seed).await).await
    }

    /// A new trust at these places.
    pub async fn create(places: Places) -> Self {
        Self::following(places, SHIPPED_PROFILES[0].1).await
    }

    /// A new trust at these places that follows this profile.
    pub async fn following(places: Places, profile: &str) -> Self {
        let recovery = places.recovery().recipient();
        let app = App::create(places.opening(0), "Oakfield Trust", profile, &recovery).await.expect("a fresh trust can be made");
        Self::around(Arc::new(places), app)
    }

    fn around(places: Arc<Places>, app: App) -> Self {
        let runner = app.start();
        let options = WebOptions::default;
        Self { router: router(app.clone(), options()), local: local_router(app.clone(), options()), app, places, runner }
    }

    /// A new trust with the sample year's schools, staff and pupils.
    pub async fn with_directory(engine: Engine, seed: u64) -> Self {
        Self::new(engine, seed).await.and_directory().await
    }

    /// The same trust, with the sample year's schools, staff and pupils.
    pub async fn and_directory(self) -> Self {
        for kind in [ImportKind::Schools, ImportKind::Staff, ImportKind::Pupils] {
            let imported = self.import(kind, sample_rows(kind)).await;
            assert_eq!(imported.refused, vec![], "{kind:?}");
        }
        self
    }

    /// The person who imports reports: a trust lead.
    pub async fn importer(&self) -> Caller {
        // Made once: giving an account writes to the book each time.
        let token = match self.app.create_token("ines.okoye@example.org").await {
            Ok(token) => token.secret,
            Err(_) => self.token("ines.okoye@example.org", "Ines Okoye", Duty::TrustLead, None).await,
        };
        self.app.by_token(&token).await.expect("tokens can be read").expect("the token has just been made")
    }

    /// Imports rows as the command line does.
    pub async fn import(&self, kind: ImportKind, rows: Vec<ImportRow>) -> Imported {
        let importer = if matches!(kind, ImportKind::Reports | ImportKind::Alerts) { Some(self.importer().await) } else { None };
        let mut all = Imported::default();
        for chunk in rows.chunks(200) {
            let batch = ImportBatch::new(kind, chunk.to_vec());
            let done = self.app.import(batch, importer.as_ref()).await.expect("a batch of rows is answered");
            all.accepted += done.accepted;
            all.refused.extend(done.refused);
            all.duties_granted += done.duties_granted;
            all.to_link += done.to_link;
        }
        all
    }

    /// Gives a person an account and a duty; an API token for them.
    pub async fn token(&self, email: &str, name: &str, duty: Duty, school: Option<&str>) -> String {
        let user = NewUser { email: email.into(), name: name.into(), duty, school: school.map(str::to_owned) };
        self.app.add_user(&user).await.expect("a user can be added");
        self.app.create_token(email).await.expect("a token can be made").secret
    }

    /// A request to the public router.
    pub async fn call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        self.send(&self.router, method, path, token, body, &[]).await
    }

    /// A request with further headers.
    pub async fn call_with(&self, method: &str, path: &str, token: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Answer {
        self.send(&self.router, method, path, Some(token), body, headers).await
    }

    /// A request on the local socket.
    pub async fn local(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send(&self.local, method, path, None, body, &[]).await
    }

    async fn send(
        &self,
        router: &Router,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        // Most tests are of something else than the purpose: those that are say which they give, an empty one being none.
        let says_purpose = headers.iter().any(|(name, _)| *name == PURPOSE);
        let purpose = (token.is_some() && !says_purpose).then_some((PURPOSE, "case_work"));
        for (name, value) in headers.iter().copied().chain(purpose).filter(|pair| *pair != (PURPOSE, "")) {
            request = request.header(name, value);
        }
        let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
        let request = request.header("content-type", "application/json").body(body).expect("a request of the test is well formed");
        answer(router.clone().oneshot(request).await.expect("the router always answers")).await
    }

    /// An upload: its parts in order, each with its name, its file name where it is a file, and its content.
    pub async fn upload(&self, path: &str, token: &str, parts: &[(&str, Option<&str>, &[u8])], headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method("POST").uri(path).header("authorization", format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let request = request.body(Body::from(in_parts(parts))).expect("a request of the test is well formed");
        answer(self.router.clone().oneshot(request).await.expect("the router always answers")).await
    }

    /// Stops the views and the book's writer, as an orderly end of the process does.
    pub async fn stop(self) -> Arc<Places> {
        self.app.shutdown().await;
        let _ = self.runner.await;
        self.places
    }
}

async fn answer(response: axum::response::Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.expect("an answer has a body").to_bytes();
    Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes: bytes.to_vec() }
}

/// What stands between the parts of an upload.
pub const BOUNDARY: &str = "wardbook-system-tests";

/// The body of an upload: name, file name where it is a file, and content of each part.
pub fn in_parts(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let part = |(name, file, content): &(&str, Option<&str>, &[u8])| {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n"].concat()
    };
    let body: Vec<u8> = parts.iter().flat_map(part).collect();
    [body, format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
    /// Its body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.status, self.text))
    }

    /// The body of an answer that must be a success.
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        self.json()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or(""))
    }
}

/// The folder of the sample year.
pub fn year() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/year")
}

/// The rows of a file of the sample year.
pub fn sample_rows(kind: ImportKind) -> Vec<ImportRow> {
    match kind {
        ImportKind::Schools => csv_rows("schools.csv"),
        ImportKind::Staff => csv_rows("staff.csv"),
        ImportKind::Pupils => csv_rows("pupils.csv"),
        ImportKind::Assets => csv_rows("assets.csv"),
        ImportKind::Loans => csv_rows("loans.csv"),
        ImportKind::Alerts => csv_rows("monitoring_alerts.csv"),
        ImportKind::Reports => {
            read("reports.jsonl").lines().zip(1..).map(|(text, line)| ImportRow { line, fields: object(text) }).collect()
        }
        ImportKind::Leavers => panic!("leavers have no use yet"),
    }
}

/// The year's files quote nothing, so a comma is always the end of a cell.
fn csv_rows(file: &str) -> Vec<ImportRow> {
    let text = read(file);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a list has a header").split(',').collect();
    let fields = |line: &str| -> Map<String, Value> {
        header.iter().zip(line.split(',')).map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect()
    };
    lines.zip(2..).map(|(text, line)| ImportRow { line, fields: fields(text) }).collect()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(year().join(file)).expect("the sample year is part of the project")
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).expect("a line of the sample year is an object")
}

/// A report that has every field that must be there.
pub fn report(school: &str, kind: &str, story: &str) -> Value {
    json!({ "school": school, "types": [kind], "what_happened": story })
}

/// Runs an async test on both engines, each in a runtime of its own.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        mod sqlite {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { super::$name($crate::Engine::Sqlite).await })+
        }
        mod postgres {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { super::$name($crate::Engine::Postgres).await })+
        }
    };
}
