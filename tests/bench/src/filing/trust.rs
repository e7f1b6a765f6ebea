//! A trust that files: the sample year's directory, a school for each client with its head, DSL and teacher, and tokens.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use rand::Rng as _;
use serde_json::{Map, Value, json};
use wardbook_app::accounts::NewUser;
use wardbook_app::blobs::BlobsAt;
use wardbook_app::import::{ImportBatch, ImportKind, ImportRow};
use wardbook_app::setup::{Opening, SHIPPED_PROFILES};
use wardbook_app::{App, Clock, Entropy};
use wardbook_domain::event::AnyEvent;
use wardbook_domain::report::ReportEvent;
use wardbook_domain::{Duty, FieldGroup, Instant, Scope};
use wardbook_ledger::TrustId;
use wardbook_testkit::sqlite_url;
use wardbook_vault::{RecoveryIdentity, ServiceIdentity};

use crate::clock::{micros_from, system_rng};

const SCHOOLS: &str = include_str!("../../../../fixtures/year/schools.csv");
const STAFF: &str = include_str!("../../../../fixtures/year/staff.csv");
const PUPILS: &str = include_str!("../../../../fixtures/year/pupils.csv");
/// The end of the sample year: no form of it tells of a time to come.
const START: &str = "2026-10-30T16:12Z";
/// Rows in one batch of an import.
const BATCH_ROWS: usize = 200;
/// Events that are read from the book at once.
const BATCH_EVENTS: usize = 500;

/// A school, the teacher who files and the DSL who receives.
#[derive(Clone)]
pub(crate) struct School {
    pub(crate) code: String,
    pub(crate) teacher: String,
    pub(crate) dsl: String,
}

/// Makes a trust with its book in the database at `url`, its keys in a key store of their own, and opens it.
pub(crate) async fn create(url: &str, folder: &Path) -> Result<App> {
    create_with(url, folder, BlobsAt::Folder(folder.join("blobs"))).await
}

/// The same with attachments kept there.
pub(crate) async fn create_with(url: &str, folder: &Path, blobs: BlobsAt) -> Result<App> {
    let keys = folder.join("keys");
    std::fs::create_dir_all(&keys)?;
    let rng = &mut system_rng();
    let mut trust = [0; 16];
    rng.fill_bytes(&mut trust);
    let recovery = RecoveryIdentity::generate(rng).recipient();
    let opening = Opening {
        database: url.to_owned(),
        keys: sqlite_url(&keys, "keys.db"),
        trust: TrustId::from_bytes(trust),
        notes: folder.join("notes"),
        blobs,
        files: wardbook_app::evidence::FilesPolicy::default(),
        identity: ServiceIdentity::generate(rng),
        clock: Clock::new(micros_from(Instant::parse(START).context("START is an instant")?.as_micros())),
        machine: Clock::new(micros_from(Instant::parse(START).context("START is an instant")?.as_micros())),
        entropy: Entropy::new(system_rng()),
    };
    Ok(App::create(opening, "Oakfield Trust", SHIPPED_PROFILES[0].1, &recovery).await?)
}

/// Fills the directory and gives a teacher and the DSL of `count` further schools an account and an API token each. The views run
/// beside.
pub(crate) async fn populate(app: &App, count: usize) -> Result<Arc<[School]>> {
    let codes: Vec<String> = (1..=count).map(|number| format!("BEN{number:02}")).collect();
    let schools = codes.iter().map(|code| {
        json!({ "code": code, "name": format!("School {code}"), "head_staff_id": format!("{code}-001"),
                "dsl_staff_id": format!("{code}-002") })
    });
    let posts = [("001", "Headteacher", "Head"), ("002", "Designated Safeguarding Lead", "Dsl"), ("003", "Teacher", "Teacher")];
    let staff = codes.iter().flat_map(|code| {
        posts.map(|(number, role, name)| {
            json!({ "staff_id": format!("{code}-{number}"), "name": full_name(name, code), "role": role, "email": email(name, code),
                    "school": code, "engagement": "employee" })
        })
    });
    import(app, ImportKind::Schools, csv_rows(SCHOOLS).into_iter().chain(schools.map(object))).await?;
    import(app, ImportKind::Staff, csv_rows(STAFF).into_iter().chain(staff.map(object))).await?;
    import(app, ImportKind::Pupils, csv_rows(PUPILS).into_iter()).await?;
    let mut made = Vec::with_capacity(count);
    for code in codes {
        let teacher = token(app, "Teacher", &code, Duty::Reporter).await?;
        let dsl = token(app, "Dsl", &code, Duty::Dsl).await?;
        made.push(School { code, teacher, dsl });
    }
    Ok(made.into())
}

fn full_name(name: &str, code: &str) -> String {
    format!("{name} {code}")
}

fn email(name: &str, code: &str) -> String {
    format!("{name}.{code}@example.org").to_lowercase()
}

/// Gives a person of a school's an account with a duty; their API token. A duty for the trust has no school.
pub(crate) async fn token(app: &App, name: &str, code: &str, duty: Duty) -> Result<String> {
    let school = (duty.scope() != Scope::Trust).then(|| code.to_owned());
    let user = NewUser { email: email(name, code), name: full_name(name, code), duty, school };
    app.add_user(&user).await?;
    Ok(app.create_token(&user.email).await?.secret)
}

async fn import(app: &App, kind: ImportKind, rows: impl Iterator<Item = Map<String, Value>>) -> Result<()> {
    let rows: Vec<ImportRow> = rows.zip(1..).map(|(fields, line)| ImportRow { line, fields }).collect();
    for chunk in rows.chunks(BATCH_ROWS) {
        let imported = app.import(ImportBatch::new(kind, chunk.to_vec()), None).await?;
        ensure!(imported.refused.is_empty(), "{kind:?} were refused: {:?}", imported.refused);
    }
    Ok(())
}

/// The year's lists quote nothing, so a comma is always the end of a cell.
fn csv_rows(text: &str) -> Vec<Map<String, Value>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().map(|line| line.split(',').collect()).unwrap_or_default();
    lines.map(|line| header.iter().zip(line.split(',')).map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect()).collect()
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

/// The reports that are in the book: every event is read and opened.
pub(crate) async fn count_reports(app: &App) -> Result<u64> {
    let (mut from, mut reports) = (0, 0);
    loop {
        let events = app.read_book(from, BATCH_EVENTS).await?;
        if events.is_empty() {
            return Ok(reports);
        }
        for stored in &events {
            let opened = app.opener().open(stored, &[FieldGroup::Record]).await?;
            reports += u64::from(matches!(opened.event, AnyEvent::Report(ReportEvent::Filed(_))));
        }
        from += events.len() as u64;
    }
}
