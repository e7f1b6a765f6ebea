//! Nothing about a matter in clear, at rest or in passing (design §1.3): every text field of every command carries a canary, and no
//! canary is found in the database files, the WAL, the key store, the PostgreSQL cluster, the notes, the logs, the spans or the mail, in any of
//! the forms in which programs write text down. Each search first finds a control that the test itself stored unsealed there.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    io::{Read as _, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

use base64::Engine as _;
use serde_json::{Value, json};
use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _};
use wardbook_app::import::{ImportKind, ImportRow};
use wardbook_domain::Duty;
use wardbook_ledger::Database;
use wardbook_system_tests::{Places, Trust, post::mailer, sample_rows};
use wardbook_testkit::{TestPg, smtp::Smtp as Server, sqlite_url};
use wardbook_views::sql::{Arg, execute};

/// What every canary begins with; the é makes percent and JSON escapes differ from plain text.
const MARK: &str = "Kanaré";
/// What the test stores unsealed itself.
const CONTROL: &str = "Kontrollé-7341-plain";

/// Everything that was logged, spans with their fields included.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn captured() -> Captured {
    static CAPTURED: OnceLock<Captured> = OnceLock::new();
    CAPTURED
        .get_or_init(|| {
            let captured = Captured::default();
            let spans = tracing_subscriber::fmt::format::FmtSpan::FULL;
            let layer = tracing_subscriber::fmt::layer().with_writer(captured.clone()).with_span_events(spans).with_ansi(false);
            tracing_subscriber::registry().with(tracing_subscriber::filter::LevelFilter::TRACE).with(layer).init();
            captured
        })
        .clone()
}

/// A canary for one field.
fn canary(field: &str) -> String {
    format!("{MARK}-{field}-9b1c")
}

/// Every form in which a program might write `text` down; the forms of base64 at each of three offsets are the parts that do not
/// depend on what stands around.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 =
        |big: bool| -> Vec<u8> { text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect() };
    let percent: String = text
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b == b'-' { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let escaped: String =
        text.encode_utf16().map(|u| char::from_u32(u.into()).filter(char::is_ascii).map_or(format!("\\u{u:04x}"), String::from)).collect();
    let mut all = vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-16 LE", utf16(false)),
        ("UTF-16 BE", utf16(true)),
        ("hex", hex::encode(text).into_bytes()),
        ("HEX", hex::encode_upper(text).into_bytes()),
        ("percent", percent.clone().into_bytes()),
        ("percent, lower case", percent.replace("%C3%A9", "%c3%a9").into_bytes()),
        ("JSON escaped", escaped.into_bytes()),
    ];
    for (offset, name) in ["base64", "base64 at 1", "base64 at 2"].into_iter().enumerate() {
        let padded = [&vec![0; offset], text.as_bytes()].concat();
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&padded);
        let whole = encoded[(offset * 8).div_ceil(6)..padded.len() * 8 / 6].to_owned();
        all.push((name, whole.replace('+', "-").replace('/', "_").into_bytes()));
        all.push((name, whole.into_bytes()));
    }
    all
}

/// A search for several texts in all their forms at once: one pass over each place.
struct Search {
    patterns: Vec<(String, &'static str)>,
    automaton: aho_corasick::AhoCorasick,
}

impl Search {
    fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let all = texts.into_iter().flat_map(|text| forms(text).into_iter().map(move |(form, bytes)| (text.to_owned(), form, bytes)));
        let (patterns, bytes): (Vec<_>, Vec<_>) = all.map(|(text, form, bytes)| ((text, form), bytes)).unzip();
        Self { patterns, automaton: aho_corasick::AhoCorasick::new(bytes).unwrap() }
    }

    /// The first text that stands in a place, and in which form.
    fn find(&self, place: &[u8]) -> Option<&(String, &'static str)> {
        self.automaton.find(place).map(|found| &self.patterns[found.pattern().as_usize()])
    }
}

/// The bytes of every file under a folder, gzip members opened beside their files.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let mut opened = vec![];
            for at in (0..bytes.len().saturating_sub(2)).filter(|at| bytes[*at..].starts_with(&[0x1f, 0x8b, 8])) {
                let _ = flate2::read::GzDecoder::new(&bytes[at..]).take(16 << 20).read_to_end(&mut opened);
            }
            all.push((path, [bytes, opened].concat()));
        }
    }
    all
}

/// Sends every command with a canary in every text field.
#[expect(clippy::too_many_lines, reason = "one line a field; in pieces a field would be forgotten")]
async fn send_everything(trust: &Trust) -> Vec<String> {
    let mut used = vec![];
    let mut c = |field: &str| {
        let text = canary(field);
        used.push(text.clone());
        text
    };
    let row = |line, fields: Value| ImportRow { line, fields: fields.as_object().unwrap().clone() };
    let schools = json!({ "code": "KAN", "name": c("school-name"), "head_staff_id": "KAN-1" });
    let staff = json!({ "staff_id": "KAN-1", "name": c("staff-name"), "role": c("staff-role"), "email": "kan1@example.org", "school": "KAN",
        "started_on": "2020-01-01", "engagement": c("engagement"), "employer": c("employer"), "employer_contact": c("employer-contact"),
        "line_manager_id": c("line-manager"), "date_of_birth": "1980-01-01" });
    let pupil = json!({ "pupil_id": c("pupil-id"), "legal_name": c("legal-name"), "known_name": c("known-name"), "school": "KAN",
        "year_group": c("year-group"), "next_school": c("next-school") });
    for (kind, fields) in [(ImportKind::Schools, schools), (ImportKind::Staff, staff), (ImportKind::Pupils, pupil)] {
        assert_eq!(trust.import(kind, vec![row(1, fields)]).await.refused, vec![], "{kind:?}");
    }
    let asset = json!({ "asset_number": c("asset"), "description": c("asset-what"), "make": c("asset-make"), "serial": c("asset-serial"),
        "school": "KAN", "location": c("asset-location"), "holder_staff_id": c("asset-holder") });
    let loan = json!({ "asset_number": c("loan-asset"), "borrower_staff_id": c("loan-borrower"), "declared_on": "2026-01-01",
        "approved_by": c("loan-approved") });
    let alert = json!({ "alert_id": c("alert-id"), "occurred_at": "2026-10-29T09:00Z", "school": "KAN", "device": c("alert-device"),
        "user": c("alert-user"), "severity": "3", "category": c("alert-category"), "excerpt": c("alert-excerpt"),
        "address": c("alert-address"), "action": c("alert-action") });
    for (kind, fields) in [(ImportKind::Assets, asset), (ImportKind::Loans, loan), (ImportKind::Alerts, alert)] {
        assert_eq!(trust.import(kind, vec![row(1, fields)]).await.refused, vec![], "{kind:?}");
    }
    let form = |c: &mut dyn FnMut(&str) -> String, n: &str| {
        json!({ "school": "KAN", "types": ["loss_of_data", "other"], "other_type": c(&format!("{n}-other-type")),
            "about": { "whom": "another", "name": c(&format!("{n}-about-name")) }, "what_happened": c(&format!("{n}-story")).repeat(40),
            "location": c(&format!("{n}-location")), "pupils": [{ "pupil_id": c(&format!("{n}-pid")), "name": c(&format!("{n}-pupil")), "year_group": c(&format!("{n}-year")) }],
            "staff": [{ "staff_id": c(&format!("{n}-sid")), "name": c(&format!("{n}-staff")), "part": "witness" }],
            "reported_to": c(&format!("{n}-told")), "immediate_action": c(&format!("{n}-action")), "data_affected": ["other"],
            "own_reports": [{ "to": "police", "reference": c(&format!("{n}-own-reference")) }],
            "declaration": { "name": c(&format!("{n}-declared")) } })
    };
    let mut paper = form(&mut c, "paper");
    paper["reference"] = json!(c("paper-reference"));
    paper["reporter"] = json!({ "staff_id": c("paper-reporter-id"), "name": c("paper-reporter"), "role": c("paper-role") });
    assert_eq!(trust.import(ImportKind::Reports, vec![row(1, paper)]).await.refused, vec![]);

    let email = format!("{}@example.org", c("email").to_lowercase());
    let reporter = trust.token(&email, &c("user-name"), Duty::Reporter, Some("KAN")).await;
    let head = trust.token("kan1@example.org", &canary("staff-name"), Duty::Headteacher, Some("KAN")).await;
    let code = trust
        .app
        .add_user(&wardbook_app::accounts::NewUser {
            email: email.clone(),
            name: canary("user-name"),
            duty: Duty::Reporter,
            school: Some("KAN".into()),
        })
        .await
        .unwrap();
    let password = format!("{}-Secret words 7", c("password"));
    trust.app.enrol(&code.secret, &password).await.unwrap();
    let wardbook_app::accounts::SignIn::In(session) = trust.app.sign_in(&email, &password, None).await.unwrap() else {
        panic!("the password is right, and a reporter needs no second factor")
    };
    let caller = trust.app.by_session(&session).await.unwrap().unwrap();
    trust.app.start_draft(&caller, &json!({ "what_happened": c("draft") })).await.unwrap();
    used.extend([session, reporter.clone(), head.clone(), code.secret.replace('-', "")]);
    let mut c = |field: &str| {
        let text = canary(field);
        used.push(text.clone());
        text
    };
    let mut online = form(&mut c, "online");
    online["on_behalf_of"] = json!({ "name": c("behalf-name"), "role": c("behalf-role"), "staff_id": c("behalf-id") });
    let dpo = trust.token("priya.anand@example.org", "Priya Anand", Duty::Dpo, None).await;
    let key = [("idempotency-key", "kanare-idempotency-key-9b1c")];
    let filed = trust.call_with("POST", "/api/v1/reports", &reporter, Some(&online), &key).await.ok();
    let id = filed["id"].as_str().unwrap().to_owned();
    let correct = json!({ "field": "location", "text": c("corrected-text"), "reason": c("corrected-reason") });
    // The story is about a name that could be the headteacher's own canary name, so the report is not hers: find whose it is.
    let owner = if trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.status.is_success() {
        head.clone()
    } else {
        trust.token("ines.okoye@example.org", "Ines Okoye", Duty::TrustLead, None).await
    };
    trust.call("POST", &format!("/api/v1/reports/{id}/correct"), Some(&owner), Some(&correct)).await.ok();
    let aware = json!({ "aware_at": "2026-10-30T15:00:00Z", "reason": c("aware-reason") });
    trust.call("POST", &format!("/api/v1/breaches/{id}/aware"), Some(&dpo), Some(&aware)).await.ok();
    let decision = json!({ "decision": "confirmed", "reason": c("clock-reason") });
    trust.call("POST", &format!("/api/v1/breaches/{id}/decision"), Some(&dpo), Some(&decision)).await.ok();
    trust.call("GET", "/api/v1/breaches", Some(&dpo), None).await.ok();
    let settle = json!({ "subjects": [], "reason": c("settle-reason") });
    trust.call("POST", &format!("/api/v1/reports/{id}/subjects"), Some(&owner), Some(&settle)).await.ok();
    let assess = json!({ "categories": ["other"], "other": c("assess-other"), "reason": c("assess-reason"), "action": c("assess-action"),
        "told": [{ "whom": "police", "how": c("told-how"), "reference": c("told-reference") }], "follow_up": c("follow-up"),
        "declaration": { "name": c("assess-declared") } });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&owner), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    for (verb, body) in [
        ("note", json!({ "text": c("note") })),
        ("correct", json!({ "field": "summary", "text": c("case-text"), "reason": c("case-reason") })),
    ] {
        trust.call("POST", &format!("/api/v1/cases/{case}/{verb}"), Some(&owner), Some(&body)).await.ok();
    }
    let shown = work_on(trust, &case, &owner, &mut c).await;
    let complete = json!({ "action": shown["actions"][0]["id"], "result": c("result") });
    trust.call("POST", &format!("/api/v1/cases/{case}/complete"), Some(&owner), Some(&complete)).await.ok();
    trust.deal_with(&case, &owner).await;
    for (verb, body) in [
        ("snooze", json!({ "until": "2026-11-02T08:00:00Z", "reason": c("snooze-reason") })),
        ("close", json!({ "outcome": "referred", "reason": c("close-reason") })),
        ("reopen", json!({ "reason": c("reopen-reason") })),
        ("review", json!({ "finding": c("finding") })),
    ] {
        trust.call("POST", &format!("/api/v1/cases/{case}/{verb}"), Some(&owner), Some(&body)).await.ok();
    }
    let text = format!("%PDF-1.7 {}", c("file-content").repeat(1000));
    let upload_path = format!("/api/v1/reports/{id}/evidence");
    let (what, name) = (c("file-what"), format!("{}.pdf", c("file-name")));
    let parts = |image: &'static str, content| {
        vec![("image", None, image.as_bytes()), ("what", None, what.as_bytes()), ("file", Some(name.as_str()), content)]
    };
    // Every canary begins alike, so the reporter's name could be the one that is given: the owner adds what there is to add.
    let added = trust.upload(&upload_path, &owner, &parts("no", text.as_bytes()), &[]).await.ok();
    let got = trust.call("GET", &format!("{upload_path}/{}", added["id"].as_str().unwrap()), Some(&owner), None).await;
    assert_eq!(got.text, text);
    let program = format!("MZ\0 {}", c("file-refused"));
    assert_eq!(trust.upload(&upload_path, &owner, &parts("no", program.as_bytes()), &[]).await.status.as_u16(), 422);
    let image = format!("\u{fffd} {}", c("file-image"));
    assert_eq!(trust.upload(&upload_path, &owner, &parts("unsure", image.as_bytes()), &[]).await.ok()["stored"], false);
    let device = json!({ "answer": "yes", "device": c("image-device") });
    trust.call("POST", &format!("/api/v1/reports/{id}/image"), Some(&owner), Some(&device)).await.ok();
    let action = json!({ "action": c("image-action") });
    trust.call("POST", &format!("/api/v1/reports/{id}/image/taken-up"), Some(&owner), Some(&action)).await.ok();
    // What somebody searches for, and why figures are published.
    let search = json!({ "person": c("search-person"), "reference": c("search-reference"), "words": c("search-words") });
    let kept = trust.call("POST", "/api/v1/search", Some(&owner), Some(&search)).await.ok();
    trust.call("GET", &format!("/api/v1/search/{}", kept["id"].as_str().unwrap()), Some(&owner), None).await.ok();
    let story = json!({ "words": canary("online-story") });
    let kept = trust.call("POST", "/api/v1/search", Some(&owner), Some(&story)).await.ok();
    let found = trust.call("GET", &format!("/api/v1/search/{}", kept["id"].as_str().unwrap()), Some(&owner), None).await.ok();
    let finds = found["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(id));
    assert!(finds, "the search that was looked for is one that finds: {found}");
    let publish = json!({ "term": "2026-summer", "reason": c("publish-reason") });
    trust.call("POST", "/api/v1/cube", Some(&dpo), Some(&publish)).await.ok();
    trust.call("GET", "/api/v1/overview", Some(&dpo), None).await.ok();
    used.extend(send_files_of_a_case(trust, &owner).await);
    let mut c = |field: &str| {
        let text = canary(field);
        used.push(text.clone());
        text
    };
    // What is refused is not kept or logged either.
    let bad = json!({ "school": "KAN", "types": [c("bad-type")], "what_happened": c("bad-story") });
    assert_eq!(trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&bad)).await.status.as_u16(), 422);
    trust.call("GET", "/api/v1/queue", Some(&owner), None).await.ok();
    // Every canary begins alike, so the alert could be about anybody at that school: somebody of the trust decides.
    let lead = trust.token("tess.garner@example.org", "Tess Garner", Duty::TrustSafeguardingLead, None).await;
    let alerts = trust.call("GET", "/api/v1/alerts", Some(&lead), None).await.ok();
    let alert = alerts["groups"][0]["alerts"][0]["id"].clone();
    for (decision, reason) in [("dismiss", c("dismiss-reason")), ("raise", c("raise-reason"))] {
        let decide = json!({ "alerts": [alert], "decision": decision, "reason": reason });
        trust.call("POST", "/api/v1/alerts/decide", Some(&lead), Some(&decide)).await.ok();
    }
    trust.call("GET", "/api/v1/alerts?decided=yes", Some(&lead), None).await.ok();
    trust.app.sign_checkpoint().await.unwrap();
    used.push("kanare-idempotency-key-9b1c".into());
    used
}

/// Files of a case with a canary in their bytes, their names, what is said of them and the fields of an e-mail; a quarantine. It is a
/// case of its own, as no file comes to one whose report names an image.
async fn send_files_of_a_case(trust: &Trust, owner: &str) -> Vec<String> {
    let mut used = vec![];
    let mut c = |field: &str| {
        let text = canary(field);
        used.push(text.clone());
        text
    };
    let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
    let form = json!({ "school": "SCH01", "types": ["online_safety_concern"], "what_happened": c("case-story") });
    let report = trust.call("POST", "/api/v1/reports", Some(owner), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
    let assess = json!({ "categories": ["safeguarding_concern"], "reason": c("case-assessed") });
    let assessed = trust.call("POST", &format!("/api/v1/reports/{report}/assessment"), Some(&dsl), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    let mail = format!(
        "From: {} <a@example.org>\r\nTo: {} <b@example.org>\r\nSubject: {}\r\nX-Secret: {}\r\nDate: Fri, 30 Oct 2026 15:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{}\r\n--x\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename={}.pdf\r\n\r\n{}\r\n--x--\r\n",
        c("mail-from"),
        c("mail-to"),
        c("mail-subject"),
        c("mail-header"),
        c("mail-body").repeat(100),
        c("mail-attachment-name"),
        c("mail-attachment")
    );
    let hostile =
        format!("From: {}\r\nDate: {}\r\n{}", c("hostile-from"), c("hostile-date"), "Content-Type: message/rfc822\r\n\r\n".repeat(9000));
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0".as_slice(), c("png-bytes").repeat(8000).as_bytes()]
        .concat();
    let (what, by, how) = (c("case-file-what"), c("case-file-given-by"), c("case-file-how"));
    let path = format!("/api/v1/cases/{case}/evidence");
    let mut files = vec![];
    for (name, content) in [
        (format!("{}.eml", c("mail-name")), mail.as_bytes()),
        (format!("{}.eml", c("hostile-name")), hostile.as_bytes()),
        (format!("{}.png", c("png-name")), png.as_slice()),
        (format!("{}.exe", c("program-name")), b"MZ\0 refused"),
    ] {
        let parts = [
            ("image", None, b"no".as_slice()),
            ("what", None, what.as_bytes()),
            ("given_by", None, by.as_bytes()),
            ("how", None, how.as_bytes()),
            ("file", Some(name.as_str()), content),
        ];
        let added = trust.upload(&path, &dsl, &parts, &[]).await;
        if std::path::Path::new(&name).extension().is_some_and(|extension| extension == "exe") {
            assert_eq!(added.status.as_u16(), 422);
            continue;
        }
        let file = added.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(trust.call("GET", &format!("/api/v1/evidence/{file}"), Some(&dsl), None).await.bytes, content);
        files.push(file);
    }
    let says = json!({ "sender": c("confirmed-sender"), "recipients": [c("confirmed-recipient")], "recipients_count": 1,
        "attachments": [c("confirmed-attachment")], "attachments_count": 1 });
    trust.call("POST", &format!("/api/v1/evidence/{}/message", files[0]), Some(&dsl), Some(&says)).await.ok();
    let caller = trust.app.by_token(&dsl).await.unwrap().unwrap();
    let (under, image) = (wardbook_app::evidence::Under::Case(bytes(&case)), bytes(&files[2]));
    trust.app.preview_file(&caller, under, image).await.unwrap();
    let quarantine = json!({ "reason": c("quarantine-reason") });
    let path = format!("/api/v1/evidence/{}/quarantine", files[2]);
    trust.call("POST", &path, Some(&dsl), Some(&quarantine)).await.ok();
    assert_eq!(trust.call("GET", &format!("/api/v1/evidence/{}", files[2]), Some(&dsl), None).await.status.as_u16(), 410);
    used
}

fn bytes(id: &str) -> [u8; 16] {
    wardbook_app::cases::parse_id(id).unwrap()
}

/// Stores the control in every place that is searched, by the test's own hand.
async fn store_control(trust: &Trust, book: &Database) {
    for db in [book, &Database::connect(&sqlite_url(trust.places.key_store().parent().unwrap(), "keys.db")).await.unwrap()] {
        execute(db, "CREATE TABLE control (text TEXT)".into(), &[]).await.unwrap();
        execute(db, "INSERT INTO control VALUES ($1)".into(), &[Arg::Text(CONTROL)]).await.unwrap();
    }
    std::fs::write(trust.places.dir().join("notes/control"), CONTROL).unwrap();
    let span = tracing::info_span!("control", text = CONTROL);
    let _entered = span.enter();
    tracing::info!(text = CONTROL, "control");
}

/// Everything that was mailed about what was done, and the control, word for word but for the address of whoever gets it.
async fn mails(trust: &Trust, server: &Server) -> Vec<u8> {
    let mailer = mailer(server);
    for _ in 0..30 {
        trust.app.wait_for_views().await.unwrap();
        trust.app.give_notices(Some(&mailer)).await.unwrap();
        trust.places.tick(3 * 3600);
    }
    let told = server.mails().len();
    assert!(told > 3, "people are told: {told}");
    let control = format!("EHLO test\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: {CONTROL}\r\n\r\n.\r\nQUIT\r\n");
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, control.as_bytes()).await.unwrap();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut vec![]).await.unwrap();
    let without_address = |raw: &str| raw.split_inclusive("\r\n").filter(|line| !line.starts_with("To: ")).collect::<String>();
    server.mails().iter().flat_map(|mail| without_address(&mail.raw).into_bytes()).collect()
}

fn check(places: &[(PathBuf, Vec<u8>)], control_in: &[&str], used: &[String]) {
    let control = Search::new([CONTROL]);
    for part in control_in {
        let held = places.iter().filter(|(path, _)| path.to_string_lossy().contains(part)).any(|(_, bytes)| control.find(bytes).is_some());
        assert!(held, "the control was not found in {part}: the search is blind there");
    }
    // Every canary begins with the mark, so the mark in any form finds each of them; what has no mark is looked for whole.
    assert!(used.iter().filter(|text| text.starts_with(MARK)).count() > 50);
    let lower = MARK.to_lowercase();
    let unmarked = used.iter().filter(|text| !text.starts_with(MARK)).map(String::as_str);
    let search = Search::new([MARK, lower.as_str()].into_iter().chain(unmarked));
    for (path, bytes) in places {
        assert_eq!(search.find(bytes), None, "in {}", path.display());
    }
}

#[test]
fn the_search_finds_every_form() {
    let search = Search::new([CONTROL]);
    for (name, form) in forms(CONTROL) {
        assert!(search.find(&[b"xx".as_slice(), &form, b"yy"].concat()).is_some(), "{name}");
    }
    for before in 0..3 {
        // A canary's mark is found in the base64 of a longer text, wherever it stands in it.
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{}{} and more", "x".repeat(before), canary("story")));
        assert!(Search::new([MARK]).find(encoded.as_bytes()).is_some_and(|(_, form)| form.starts_with("base64")), "{before}");
    }
    assert_eq!(search.find(b"nothing here"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_files_logs_and_spans_hold_no_canary() {
    let logs = captured();
    let trust = Trust::create(Places::at(None, 41)).await;
    import_people(&trust).await;
    let server = Server::start().await;
    trust.app.give_notices(Some(&mailer(&server))).await.unwrap();
    let used = send_everything(&trust).await;
    let mailed = mails(&trust, &server).await;
    let book = Database::connect(trust.places.database()).await.unwrap();
    store_control(&trust, &book).await;
    std::fs::write(trust.places.dir().join("blobs/control"), CONTROL).unwrap();
    let mut places = files(trust.places.dir());
    assert!(places.iter().any(|(path, bytes)| path.ends_with("book.db-wal") && !bytes.is_empty()), "the WAL is searched too");
    places.push((PathBuf::from("logs"), logs.0.lock().unwrap().clone()));
    places.push((PathBuf::from("mails"), mailed));
    check(&places, &["book.db", "keys.db", "notes", "blobs", "logs", "mails"], &used);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_cluster_holds_no_canary() {
    let logs = captured();
    let cluster = tokio::task::spawn_blocking(|| TestPg::own(true)).await.unwrap();
    let url = cluster.fresh_database().await;
    let trust = Trust::create(Places::at(Some(url.clone()), 42)).await;
    let book = Database::connect(&url).await.unwrap();
    // Plain storage: compression must not hide what should not be there.
    for (table, column) in [
        ("events", "sealed"),
        ("commands", "outcome"),
        ("state_draft", "sealed"),
        ("state_account", "sealed"),
        ("blobs", "sealed"),
        ("blob_parts", "sealed"),
        ("state_search", "sealed"),
        ("state_notice", "sealed"),
    ] {
        execute(&book, format!("ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL"), &[]).await.unwrap();
    }
    import_people(&trust).await;
    let server = Server::start().await;
    trust.app.give_notices(Some(&mailer(&server))).await.unwrap();
    let used = send_everything(&trust).await;
    let mailed = mails(&trust, &server).await;
    store_control(&trust, &book).await;
    execute(&book, "CHECKPOINT".into(), &[]).await.unwrap();
    let data = cluster.data_dir();
    let mut places = files(&data);
    let wal: Vec<u8> = places.iter().filter(|(path, _)| path.to_string_lossy().contains("pg_wal")).flat_map(|(_, b)| b.clone()).collect();
    assert!(Search::new([CONTROL]).find(&wal).is_some(), "the WAL is searched too");
    places.extend(files(trust.places.dir()));
    places.push((PathBuf::from("logs"), logs.0.lock().unwrap().clone()));
    places.push((PathBuf::from("mails"), mailed));
    check(&places, &["base", "keys.db", "notes", "logs", "mails"], &used);
}

/// A few entries without canaries, so that routing has somebody to route to.
async fn import_people(trust: &Trust) {
    for kind in [ImportKind::Schools, ImportKind::Staff] {
        trust.import(kind, sample_rows(kind)).await;
    }
}

/// A canary in every field of the work on a case; the case as it then is.
async fn work_on(trust: &Trust, case: &str, owner: &str, c: &mut impl FnMut(&str) -> String) -> Value {
    let mut shown = Value::Null;
    for (verb, body) in [
        ("reclassify", json!({ "matter": "unauthorised_access", "reason": c("reclassify-reason") })),
        ("assess", json!({ "facts": { "still_open": c("fact") }, "reason": c("fact-reason") })),
        ("plan", json!({ "what": c("action"), "owner": c("action-owner") })),
        (
            "tell",
            json!({ "whom": "dpo", "name": c("told-name"), "how": c("case-told-how"), "told_by": c("told-by"), "reference": c("case-told-ref") }),
        ),
        ("ask", json!({ "question": c("question") })),
        ("decide", json!({ "about": "other", "decision": c("decision"), "reason": c("decision-reason") })),
        ("set-aside", json!({ "step": "police_question", "reason": c("aside-reason") })),
        ("place", json!({ "name": c("placed"), "part": "witness", "detail": c("placed-detail") })),
        ("note", json!({ "text": c("note-before") })),
        ("correct", json!({ "field": "notes.1", "text": c("note-corrected"), "reason": c("note-reason") })),
        ("mark", json!({ "marking": "restricted", "reason": c("mark-reason") })),
    ] {
        let answer = trust.call("POST", &format!("/api/v1/cases/{case}/{verb}"), Some(owner), Some(&body)).await;
        // A canary's name could be the reporter's, who is then not asked; a marking may be as low as it goes already.
        if !["ask", "mark"].contains(&verb) || answer.status.is_success() {
            shown = answer.ok();
        }
    }
    shown
}
