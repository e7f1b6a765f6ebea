//! Files of cases (EVI-3, IMG-1, IMG-2): taken in with their source, for the case's readers alone; what an e-mail says, confirmed by a
//! person; quarantine, after which no process opens the file and the recovery shares do; and contents that stream through.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::StatusCode;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use wardbook_app::{
    AppError, SealedWhy,
    evidence::{FilesPolicy, Incoming, NewFile, Previewed, Under, Unread},
    reports::Conditions,
};
use wardbook_domain::{Duty, evidence::Given};
use wardbook_ledger::Database;
use wardbook_system_tests::{Engine, PURPOSE, Places, Trust, on_both_engines, report, sample_rows};
use wardbook_vault::{BLOB_HEADER, BlobPlace, KeyError, KeyStore, Surroundings, Vault, blob_key_id, open_blob, shares};
use wardbook_views::sql::fetch;

use crate::town::{Town, asks};

on_both_engines!(
    a_file_of_a_case_is_for_those_who_read_the_case,
    a_case_asks_where_a_file_comes_from,
    no_file_of_a_case_beside_an_image,
    what_an_e_mail_says_is_proposed_and_a_person_confirms_it,
    hostile_e_mails_are_kept_and_propose_little,
    after_a_quarantine_nobody_opens_the_file_and_the_recovery_shares_do,
    another_process_loses_the_file_within_a_minute,
    a_quarantine_is_the_safeguarding_lead_s,
    a_file_of_a_report_goes_into_quarantine_too,
    a_file_goes_along_with_its_case_and_nobody_opens_it_anywhere_after_a_quarantine,
    a_large_file_streams_in_and_out,
);

const PDF: &[u8] = b"%PDF-1.7\nA letter.\n%%EOF\n";
/// SHA-256 of it, worked out elsewhere.
const DIGEST: &str = "2d12544daa90e1ed4836a8ee5d24923bf611b21a0139ab8e468beb07a3371b89";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0kept as it is";
const MAIL: &[u8] =
    b"Received: from a by b\r\nFrom: =?utf-8?q?Fr=C3=A9d=C3=A9ric_Lark?= <lark@example.org>\r\nTo: office@school.example\r\n\
    Date: Fri, 30 Oct 2026 15:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n--x\r\n\
    Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\n\r\n%PDF-\r\n--x--\r\n";

struct World {
    trust: Trust,
    reporter: String,
    head: String,
    dsl: String,
    report: String,
    case: String,
}

impl World {
    /// A safeguarding matter at a school: its report, and its case with the DSL.
    async fn new(engine: Engine, seed: u64) -> Self {
        Self::at(Places::new(engine, seed).await).await
    }

    async fn at(places: Places) -> Self {
        use wardbook_app::import::ImportKind;
        let trust = Trust::create(places).await;
        for kind in [ImportKind::Schools, ImportKind::Staff, ImportKind::Pupils] {
            assert_eq!(trust.import(kind, sample_rows(kind)).await.refused, vec![], "{kind:?}");
        }
        let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
        let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
        let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
        let form = report("SCH01", "online_safety_concern", "A stranger asked a child for a photo.");
        let report = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
        let assess = json!({ "categories": ["safeguarding_concern"], "reason": "To be looked into." });
        let path = format!("/api/v1/reports/{report}/assessment");
        let assessed = trust.call("POST", &path, Some(&dsl), Some(&assess)).await.ok();
        let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
        Self { trust, reporter, head, dsl, report, case }
    }

    async fn add(&self, token: &str, name: &str, content: &[u8]) -> wardbook_system_tests::Answer {
        let path = format!("/api/v1/cases/{}/evidence", self.case);
        self.trust.upload(&path, token, &parts(name, content), &[]).await
    }

    async fn added(&self, name: &str, content: &[u8]) -> String {
        let added = self.add(&self.dsl, name, content).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        added.json()["id"].as_str().unwrap().to_owned()
    }

    async fn get(&self, token: &str, file: &str) -> wardbook_system_tests::Answer {
        self.trust.call("GET", &format!("/api/v1/evidence/{file}"), Some(token), None).await
    }

    async fn case(&self) -> Value {
        self.trust.call("GET", &format!("/api/v1/cases/{}", self.case), Some(&self.dsl), None).await.ok()
    }

    async fn quarantine(&self, token: &str, file: &str) -> wardbook_system_tests::Answer {
        let ask = json!({ "reason": "A parent says that it shows a child." });
        self.trust.call("POST", &format!("/api/v1/evidence/{file}/quarantine"), Some(token), Some(&ask)).await
    }

    fn under(&self) -> Under {
        Under::Case(id(&self.case))
    }
}

fn id(text: &str) -> [u8; 16] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// Parts of a file of a case, after the answer no.
fn parts<'a>(name: &'a str, content: &'a [u8]) -> Vec<(&'a str, Option<&'a str>, &'a [u8])> {
    vec![
        ("image", None, b"no".as_slice()),
        ("what", None, b"What she had".as_slice()),
        ("given_by", None, b"Mrs Lark, a parent".as_slice()),
        ("how", None, b"By e-mail".as_slice()),
        ("file", Some(name), content),
    ]
}

/// A blob as it lies in its store, wherever that is.
async fn stored(trust: &Trust, file: &str) -> Vec<u8> {
    let folder = trust.places.dir().join("blobs").join(trust.places.trust().to_string());
    if let Ok(bytes) = std::fs::read(folder.join(&file[..2]).join(&file[2..4]).join(file)) {
        return bytes;
    }
    let db = Database::connect(trust.places.database()).await.unwrap();
    let args = [wardbook_views::sql::Arg::Bytes(&id(file))];
    let rows = fetch(&db, "SELECT sealed FROM blobs WHERE id = $1".into(), &args).await.unwrap();
    rows[0].bytes(0).unwrap()
}

async fn a_file_of_a_case_is_for_those_who_read_the_case(engine: Engine) {
    let world = World::new(engine, 301).await;
    let added = world.add(&world.head, "C:\\letters\\Letter.PDF", PDF).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let shown = added.json();
    let file = shown["id"].as_str().unwrap().to_owned();
    assert_eq!(added.header("location"), format!("/api/v1/evidence/{file}"));
    assert_eq!((shown["belongs_to"].as_str(), shown["record"].as_str()), (Some("case"), Some(world.case.as_str())));
    // EVI-3: source, collector, time, SHA-256, all of it on the case.
    let case = world.case().await;
    let listed = &case["evidence"][0];
    assert_eq!(listed["sha256"].as_str().unwrap(), DIGEST);
    assert_eq!((listed["given_by"].as_str(), listed["how"].as_str()), (Some("Mrs Lark, a parent"), Some("By e-mail")));
    assert_eq!((listed["collected_by"].as_str(), listed["collected_at"].as_str()), (Some("Uma Jones"), Some("2026-10-30T16:12:00Z")));
    assert_eq!((listed["name"].as_str(), listed["size"].as_u64()), (Some("Letter.PDF"), Some(PDF.len() as u64)));
    assert!(case["timeline"].to_string().contains("File added"), "{case}");

    for token in [&world.head, &world.dsl] {
        let got = world.get(token, &file).await;
        assert_eq!((got.status, got.bytes.as_slice()), (StatusCode::OK, PDF));
        assert!(got.header("content-disposition").starts_with("attachment; ") && got.header("content-security-policy").contains("sandbox"));
    }
    // Who reported it keeps the receipt of the report; the data protection officer reads no safeguarding.
    let dpo = world.trust.token("priya.anand@example.org", "Priya Anand", Duty::Dpo, None).await;
    for token in [&world.reporter, &dpo] {
        let (there, not) = (world.get(token, &file).await, world.get(token, &"0".repeat(32)).await);
        assert_eq!((there.status, there.text, there.headers), (StatusCode::NOT_FOUND, not.text, not.headers));
        let (there, path) = (world.add(token, "a.pdf", PDF).await, format!("/api/v1/cases/{}/evidence", "0".repeat(32)));
        let not = world.trust.upload(&path, token, &parts("a.pdf", PDF), &[]).await;
        assert_eq!((there.status, there.text), (StatusCode::NOT_FOUND, not.text));
    }
    // Somebody named on the case reads it and brings in what they find; taken off, it is gone at once, and so is the file.
    let name = json!({ "person": "priya.anand@example.org", "named_for": "investigation", "reason": "Looks into it." });
    let path = format!("/api/v1/cases/{}", world.case);
    world.trust.call("POST", &format!("{path}/share"), Some(&world.dsl), Some(&name)).await.ok();
    assert_eq!(world.get(&dpo, &file).await.bytes, PDF);
    assert_eq!(world.add(&dpo, "found.txt", b"Found in the log.").await.status, StatusCode::CREATED);
    let remove = json!({ "person": "priya.anand@example.org", "reason": "Done." });
    world.trust.call("POST", &format!("{path}/unshare"), Some(&world.dsl), Some(&remove)).await.ok();
    assert_eq!(world.get(&dpo, &file).await.status, StatusCode::NOT_FOUND);
    // Whoever stands aside loses it too.
    let aside = json!({ "person": "uma.jones@example.org", "reason": "A neighbour." });
    world.trust.call("POST", &format!("{path}/recuse"), Some(&world.dsl), Some(&aside)).await.ok();
    assert_eq!(world.get(&world.head, &file).await.status, StatusCode::NOT_FOUND);

    // Every look at the content named the case and the file, with its purpose.
    let mut looks = world.trust.looks().await;
    looks.retain(|shown| {
        let records: Vec<String> = shown.records.iter().map(ToString::to_string).collect();
        shown.page == "evidence" && records == [world.case.clone(), file.clone()] && shown.purpose == "case_work"
    });
    assert_eq!(looks.len(), 4, "the answer to its sending, and three downloads");
    // About an adult's conduct a purpose is asked for, of a file as of the case (design §1.5).
    let form = report("SCH01", "low_level_concern", "He drove a pupil home alone.");
    let concern = world.trust.call("POST", "/api/v1/reports", Some(&world.reporter), Some(&form)).await.ok();
    let path_of_concern = format!("/api/v1/reports/{}", concern["id"].as_str().unwrap());
    let assess = json!({ "categories": ["low_level_concern"], "reason": "To be looked into." });
    let boss = world.trust.token("ines.okoye@example.org", "Ines Okoye", Duty::TrustLead, None).await;
    let mut owner = &boss;
    for token in [&world.head, &boss] {
        if world.trust.call("GET", &path_of_concern, Some(token), None).await.status.is_success() {
            owner = token;
        }
    }
    let assessed = world.trust.call("POST", &format!("{path_of_concern}/assessment"), Some(owner), Some(&assess)).await.ok();
    let conduct = assessed["assessment"]["categories"][0]["case"].as_str().unwrap();
    let note = world.trust.upload(&format!("/api/v1/cases/{conduct}/evidence"), owner, &parts("note.pdf", PDF), &[]).await.ok();
    let note = format!("/api/v1/evidence/{}", note["id"].as_str().unwrap());
    let without = world.trust.call_with("GET", &note, owner, None, &[(PURPOSE, "")]).await;
    assert_eq!((without.status, without.json()["type"].as_str()), (StatusCode::BAD_REQUEST, Some("/problems/purpose-required")));
    assert_eq!(world.trust.call("GET", &note, Some(owner), None).await.bytes, PDF);
    // A closed case takes what is found later.
    let close = json!({ "outcome": "action_taken", "reason": "Done." });
    world.trust.deal_with(&world.case, &world.dsl).await;
    world.trust.call("POST", &format!("{path}/close"), Some(&world.dsl), Some(&close)).await.ok();
    assert_eq!(world.add(&world.dsl, "late.pdf", PDF).await.status, StatusCode::CREATED);
}

async fn a_case_asks_where_a_file_comes_from(engine: Engine) {
    let world = World::new(engine, 302).await;
    let path = format!("/api/v1/cases/{}/evidence", world.case);
    let all = parts("a.pdf", PDF);
    for (left_out, field) in [(2, "given_by"), (3, "how")] {
        let mut some = all.clone();
        some.remove(left_out);
        let refused = world.trust.upload(&path, &world.dsl, &some, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    let mut twice = all.clone();
    twice.insert(2, ("how", None, b"On a stick"));
    assert_eq!(world.trust.upload(&path, &world.dsl, &twice, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (name, content) in [("a.gif", b"GIF89a".as_slice()), ("a.exe", b"MZ\x90\0"), ("a.pdf", b"")] {
        assert_eq!(world.add(&world.dsl, name, content).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    let key = [("idempotency-key", "letter-1")];
    let first = world.trust.upload(&path, &world.dsl, &all, &key).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(world.trust.upload(&path, &world.dsl, &all, &key).await.json(), first.json(), "a repeated command is one command");
    let other = world.trust.upload(&path, &world.dsl, &parts("b.pdf", PDF), &key).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    assert_eq!(world.case().await["evidence"].as_array().unwrap().len(), 1);
}

async fn no_file_of_a_case_beside_an_image(engine: Engine) {
    let world = World::new(engine, 303).await;
    let path = format!("/api/v1/cases/{}/evidence", world.case);
    let unsure = [("image", None, b"unsure".as_slice()), ("file", Some("KANARIE.jpg"), b"\xff\xd8\xff KANARIE")];
    let named = world.trust.upload(&path, &world.head, &unsure, &[]).await;
    assert_eq!((named.status, named.json()["stored"].as_bool()), (StatusCode::OK, Some(false)), "{}", named.text);
    // The DSL is asked to act, in the report; until they have, neither record takes a file.
    let shown = world.trust.call("GET", &format!("/api/v1/reports/{}", world.report), Some(&world.dsl), None).await.ok();
    assert_eq!(shown["image_open"], true);
    for token in [&world.head, &world.dsl] {
        let refused = world.add(token, "a.pdf", PDF).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert!(refused.text.contains("do not look at it"), "{}", refused.text);
    }
    let acted = json!({ "action": "The police have the telephone." });
    world.trust.call("POST", &format!("/api/v1/reports/{}/image/taken-up", world.report), Some(&world.dsl), Some(&acted)).await.ok();
    assert_eq!(world.add(&world.head, "a.pdf", PDF).await.status, StatusCode::CREATED, "each file is asked about anew");
    // Named on the form itself: the case of such a report never takes one.
    let mut form = report("SCH01", "online_safety_concern", "A picture was passed on.");
    form["image"] = json!("yes");
    let report =
        world.trust.call("POST", "/api/v1/reports", Some(&world.reporter), Some(&form)).await.ok()["id"].as_str().unwrap().to_owned();
    let assess = json!({ "categories": ["safeguarding_concern"], "reason": "To be looked into." });
    let assessed = world.trust.call("POST", &format!("/api/v1/reports/{report}/assessment"), Some(&world.dsl), Some(&assess)).await.ok();
    let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
    world.trust.call("POST", &format!("/api/v1/reports/{report}/image/taken-up"), Some(&world.dsl), Some(&acted)).await.ok();
    let refused = world.trust.upload(&format!("/api/v1/cases/{case}/evidence"), &world.dsl, &parts("a.pdf", PDF), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "IMG-1: {}", refused.text);
}

async fn what_an_e_mail_says_is_proposed_and_a_person_confirms_it(engine: Engine) {
    let world = World::new(engine, 304).await;
    let added = world.add(&world.dsl, "complaint.eml", MAIL).await;
    let shown = added.json();
    assert_eq!((added.status, shown["media_type"].as_str()), (StatusCode::CREATED, Some("message/rfc822")), "{}", added.text);
    let proposed = json!({ "sender": "Frédéric Lark <lark@example.org>", "sent_at": "2026-10-30T15:00:00Z",
        "recipients": ["office@school.example"], "recipients_count": 1, "attachments": ["scan.pdf"], "attachments_count": 1 });
    assert_eq!(shown["proposed"], proposed);
    assert!(world.case().await["evidence"][0].get("message").is_none(), "nobody has confirmed it yet");

    let file = shown["id"].as_str().unwrap();
    let path = format!("/api/v1/evidence/{file}/message");
    let confirm = async |token: &str, says: &Value, tag: &str| {
        let headers: &[(&str, &str)] = &[("if-match", tag)];
        world.trust.call_with("POST", &path, token, Some(says), headers).await
    };
    assert_eq!(confirm(&world.reporter, &proposed, "*").await.status, StatusCode::NOT_FOUND);
    assert_eq!(confirm(&world.dsl, &json!({ "sender": " " }), "*").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(confirm(&world.dsl, &proposed, "\"00\"").await.status, StatusCode::PRECONDITION_FAILED);
    let tag = world.get(&world.dsl, file).await.header("etag").to_owned();
    let confirmed = confirm(&world.dsl, &proposed, &tag).await.ok();
    assert_eq!((confirmed["message"]["as_proposed"].as_bool(), confirmed["message"]["by"].as_str()), (Some(true), Some("George Xu")));
    let mut otherwise = proposed.clone();
    otherwise["sender"] = json!("The aunt, as she says herself");
    let confirmed = confirm(&world.head, &otherwise, "*").await.ok();
    assert_eq!((confirmed["message"]["as_proposed"].as_bool(), confirmed["message"]["by"].as_str()), (Some(false), Some("Uma Jones")));
    let case = world.case().await;
    assert_eq!(case["evidence"][0]["message"]["sender"], otherwise["sender"]);
    assert_eq!(case["timeline"].to_string().matches("Confirmed what an e-mail says").count(), 2, "what stood there stays");
    let letter = world.added("letter.pdf", PDF).await;
    let path = format!("/api/v1/evidence/{letter}/message");
    assert_eq!(world.trust.call("POST", &path, Some(&world.dsl), Some(&proposed)).await.status, StatusCode::CONFLICT, "no e-mail");
}

async fn hostile_e_mails_are_kept_and_propose_little(engine: Engine) {
    let world = World::new(engine, 305).await;
    let head = b"From: a@x\r\nDate: Fri, 30 Oct 2026 16:00:00 +0000\r\n".as_slice();
    let hostile = [
        [head, &b"Content-Type: message/rfc822\r\n\r\nFrom: b@x\r\n".repeat(40_000)].concat(),
        [head, b"To: ", &b"a@x, ".repeat(200_000)].concat(),
        [head, b"Subject: ", &vec![b'x'; 3 << 20]].concat(),
        [head, b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\n\xc3\x28\xff"].concat(),
    ];
    for (n, mail) in hostile.iter().enumerate() {
        let added = world.add(&world.dsl, &format!("{n}.eml"), mail).await;
        assert_eq!(added.status, StatusCode::CREATED, "{n}: {}", added.text);
        assert!(added.text.len() < 100_000, "{n}: what is proposed is bounded, not {} bytes", added.text.len());
        assert_eq!(world.get(&world.dsl, added.json()["id"].as_str().unwrap()).await.bytes, *mail, "{n}: kept as it came");
    }
    let many = world.case().await["evidence"].as_array().unwrap().len();
    assert_eq!(many, hostile.len(), "the service lives on");
    assert_eq!(world.add(&world.dsl, "nul.eml", &[head, b"\r\n\0"].concat()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn after_a_quarantine_nobody_opens_the_file_and_the_recovery_shares_do(engine: Engine) {
    let policy = FilesPolicy { bytes_max: 5 << 20, key_backups_days: Some(30) };
    let world = World::at(Places::new(engine, 306).await.with_files(policy)).await;
    let (file, other) = (world.added("holiday.png", PNG).await, world.added("letter.pdf", PDF).await);
    let mail = world.added("mail.eml", MAIL).await;
    assert_eq!(world.get(&world.head, &file).await.bytes, PNG);
    let before = stored(&world.trust, &file).await;
    let done = world.quarantine(&world.dsl, &file).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!((done.json()["quarantined"]["by"].as_str(), done.json()["sha256"].as_str().map(str::len)), (Some("George Xu"), Some(64)));
    assert_eq!(world.quarantine(&world.dsl, &file).await.status, StatusCode::CONFLICT, "once");
    world.quarantine(&world.dsl, &mail).await.ok();

    // The record says who, why, when; what was written down at intake stays; the blob lies where it lay, unchanged.
    let case = world.case().await;
    let listed = &case["evidence"][0]["quarantined"];
    assert_eq!((listed["by"].as_str(), listed["at"].as_str()), (Some("George Xu"), Some("2026-10-30T16:12:00Z")));
    assert!(case["timeline"].to_string().contains("A parent says that it shows a child."));
    assert!(stored(&world.trust, &file).await == before, "nothing is destroyed");

    // No way in, now and after a restart; the other file opens as ever.
    let World { trust, head, dsl, case, .. } = world;
    let mut trust = trust;
    for round in 0..2 {
        for token in [&dsl, &head] {
            let by = trust.app.by_token(token).await.unwrap().unwrap();
            let under = Under::Case(id(&case));
            let got = trust.call("GET", &format!("/api/v1/evidence/{file}"), Some(token), None).await;
            assert_eq!(got.status, StatusCode::GONE, "{}", got.text);
            assert!(got.text.contains("in quarantine") && !got.text.contains("kept as it is"), "{}", got.text);
            let sealed = |result: Result<(), AppError>| assert!(matches!(result, Err(AppError::Sealed(SealedWhy::Quarantined))), "{round}");
            sealed(trust.app.evidence(&by, under, id(&file)).await.map(drop));
            sealed(trust.app.preview_file(&by, under, id(&file)).await.map(drop));
            sealed(trust.app.message(&by, id(&case), id(&mail)).await.map(drop));
            let about = trust.app.file_about(&by, under, id(&file)).await.unwrap();
            assert!(about.preview.is_none() && !about.may_quarantine);
            let copies = about.copies.unwrap();
            assert!(copies.contains("taken before") && copies.contains("30 days") && copies.contains("29 Nov 2026"), "{copies}");
            let got = trust.call("GET", &format!("/api/v1/evidence/{other}"), Some(token), None).await;
            assert_eq!(got.bytes, PDF);
        }
        let places = trust.stop().await;
        trust = places.open(7 + round).await.unwrap();
    }
    let says = json!({ "sender": "x" });
    let confirmed = trust.call("POST", &format!("/api/v1/evidence/{mail}/message"), Some(&dsl), Some(&says)).await;
    assert_eq!(confirmed.status, StatusCode::GONE, "{}", confirmed.text);
    trust.places.tick(31 * 86_400);
    let by = trust.app.by_token(&dsl).await.unwrap().unwrap();
    let about = trust.app.file_about(&by, Under::Case(id(&case)), id(&file)).await.unwrap();
    assert!(about.copies.unwrap().contains("have expired"));

    // What the service holds opens the row no more; three of five people with their papers do, from the key store and the blob alone.
    let store = KeyStore::connect(&format!("sqlite://{}", trust.places.key_store().display())).await.unwrap();
    let sealed = stored(&trust, &file).await;
    let key_id = blob_key_id(&sealed[..BLOB_HEADER], sealed.len()).unwrap();
    let row = store.quarantined(*trust.places.trust().as_bytes(), key_id).await.unwrap().unwrap();
    let mut rng = <StdRng as rand::SeedableRng>::from_seed([9; 32]);
    let papers = shares::split(&trust.places.recovery(), 3, 5, &mut rng).unwrap();
    let recovery = shares::combine(&papers[2..], Some(&trust.places.recovery().recipient())).unwrap();
    let key = row.open(&recovery).unwrap();
    let place = BlobPlace { trust: *trust.places.trust().as_bytes(), blob: id(&file) };
    assert_eq!(open_blob(&place, &key, &sealed).unwrap().as_slice(), PNG);
}

async fn another_process_loses_the_file_within_a_minute(engine: Engine) {
    let world = World::new(engine, 307).await;
    let file = world.added("holiday.png", PNG).await;
    let other = world.trust.places.open(77).await.unwrap();
    let path = format!("/api/v1/evidence/{file}");
    assert_eq!(other.call("GET", &path, Some(&world.head), None).await.bytes, PNG, "its cache holds the key");
    let sealed = stored(&world.trust, &file).await;
    let key = blob_key_id(&sealed[..BLOB_HEADER], sealed.len()).unwrap();
    let store = KeyStore::connect(&format!("sqlite://{}", world.trust.places.key_store().display())).await.unwrap();
    let (opening, clock) = (world.trust.places.opening(78), world.trust.places.clock());
    let around = Surroundings::new(Arc::new(move || clock.now().as_micros()), Box::new(<StdRng as rand::SeedableRng>::from_seed([8; 32])));
    let elsewhere = Vault::open(&store, *opening.trust.as_bytes(), &opening.identity, around).await.unwrap();
    elsewhere.record_key(key).await.unwrap();
    world.quarantine(&world.dsl, &file).await.ok();
    // The book tells the other process at once; a key in its cache tells nobody anything, as the record is asked first.
    assert_eq!(other.call("GET", &path, Some(&world.head), None).await.status, StatusCode::GONE);
    assert_eq!(world.get(&world.head, &file).await.status, StatusCode::GONE);
    // And where a process asks nobody but its cache, the key is in it for a minute at most.
    assert!(elsewhere.record_key(key).await.is_ok());
    world.trust.places.tick(60);
    let failed = elsewhere.record_key(key).await.unwrap_err();
    assert!(matches!(failed, KeyError::Quarantined { .. }), "{failed:?}");
}

async fn a_quarantine_is_the_safeguarding_lead_s(engine: Engine) {
    let world = World::new(engine, 308).await;
    let file = world.added("holiday.png", PNG).await;
    for token in [&world.head, &world.reporter] {
        let refused = world.quarantine(token, &file).await;
        let none = world.quarantine(token, &"0".repeat(32)).await;
        assert_eq!((refused.status, refused.text), (StatusCode::NOT_FOUND, none.text));
    }
    let empty = json!({ "reason": " " });
    let path = format!("/api/v1/evidence/{file}/quarantine");
    assert_eq!(world.trust.call("POST", &path, Some(&world.dsl), Some(&empty)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let old = world.trust.call_with("POST", &path, &world.dsl, Some(&json!({ "reason": "x" })), &[("if-match", "\"00\"")]).await;
    assert_eq!(old.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(world.get(&world.head, &file).await.bytes, PNG, "nothing of this has touched it");
    let key = [("idempotency-key", "quarantine-1")];
    let ask = json!({ "reason": "Named by a parent." });
    let first = world.trust.call_with("POST", &path, &world.dsl, Some(&ask), &key).await.ok();
    assert_eq!(world.trust.call_with("POST", &path, &world.dsl, Some(&ask), &key).await.ok(), first, "a repeated command is one command");
    let by = world.trust.app.by_token(&world.dsl).await.unwrap().unwrap();
    let about = world.trust.app.file_about(&by, world.under(), id(&file)).await.unwrap();
    assert!(about.copies.unwrap().starts_with("No copies of the key store are configured"));
}

async fn a_file_of_a_report_goes_into_quarantine_too(engine: Engine) {
    let world = World::new(engine, 309).await;
    let path = format!("/api/v1/reports/{}/evidence", world.report);
    let parts = [("image", None, b"no".as_slice()), ("file", Some("holiday.png"), PNG)];
    let added = world.trust.upload(&path, &world.reporter, &parts, &[]).await.json();
    let file = added["id"].as_str().unwrap();
    assert_eq!(world.get(&world.dsl, file).await.bytes, PNG, "found by its id, in the report");
    assert_eq!(world.quarantine(&world.reporter, file).await.status, StatusCode::NOT_FOUND);
    world.quarantine(&world.dsl, file).await.ok();
    for path in [format!("{path}/{file}"), format!("/api/v1/evidence/{file}")] {
        assert_eq!(world.trust.call("GET", &path, Some(&world.dsl), None).await.status, StatusCode::GONE, "{path}");
    }
    let shown = world.trust.call("GET", &format!("/api/v1/reports/{}", world.report), Some(&world.dsl), None).await.ok();
    assert_eq!(shown["evidence"][0]["quarantined"], true);
    assert!(shown["timeline"].to_string().contains("A file was put into quarantine"));
}

/// A content that is made as it is asked for; how much of it is held at once is counted.
struct Made {
    left: usize,
    held: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

struct Piece(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0.len(), Ordering::SeqCst);
    }
}

impl Incoming for Made {
    type Piece = Piece;

    async fn next(&mut self) -> Result<Option<Piece>, Unread> {
        let size = self.left.min(16 << 10);
        self.left -= size;
        let held = self.held.fetch_add(size, Ordering::SeqCst) + size;
        self.most.fetch_max(held, Ordering::SeqCst);
        Ok((size > 0).then(|| Piece(vec![b'x'; size], Arc::clone(&self.held))))
    }
}

/// IMG-1: where a case turns out to be about an image of a child, its files stay where they are.
async fn a_file_goes_along_with_its_case_and_nobody_opens_it_anywhere_after_a_quarantine(engine: Engine) {
    let town = Town::new(engine, 1511, 0).await;
    let (dsl, dpo) = (town.token(Duty::Dsl), town.token(Duty::Dpo));
    let cases = async || {
        let all = town.see("/api/v1/cases?limit=200", dsl).await;
        all["items"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let moves = async |matter: &str| {
        let (path, owner) = town.open(&asks("loss_of_equipment", "other", "loss_or_theft", &[])).await;
        let added = town.trust.upload(&format!("{path}/evidence"), owner, &parts("letter.pdf", PDF), &[]).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        let before = cases().await;
        town.act(&path, "reclassify", owner, json!({ "matter": matter, "reason": "A child was written to." })).await;
        let there = cases().await.into_iter().find(|case| !before.contains(case)).expect("a case of the DSL's");
        let listed = town.see(&format!("/api/v1/cases/{there}"), dsl).await["evidence"].clone();
        (owner, added.json()["id"].as_str().unwrap().to_owned(), listed)
    };
    let file = async |token: &str, file: &str| town.trust.call("GET", &format!("/api/v1/evidence/{file}"), Some(token), None).await;
    let (owner, id, listed) = moves("child_on_child_abuse").await;
    assert_eq!((&listed[0]["name"], &listed[0]["given_by"]), (&json!("letter.pdf"), &json!("Mrs Lark, a parent")));
    assert_eq!(file(dsl, &id).await.bytes, PDF, "who has the case now");
    assert_eq!(file(owner, &id).await.bytes, PDF, "and who had it");
    assert_eq!(file(dpo, &id).await.status, StatusCode::NOT_FOUND);
    let ask = json!({ "reason": "A parent says that it shows a child." });
    town.trust.call("POST", &format!("/api/v1/evidence/{id}/quarantine"), Some(dsl), Some(&ask)).await.ok();
    for reader in [dsl, owner] {
        assert_eq!(file(reader, &id).await.status, StatusCode::GONE);
    }
    let (owner, id, listed) = moves("image").await;
    assert_eq!(listed, json!([]));
    assert_eq!(file(owner, &id).await.bytes, PDF);
}

async fn a_large_file_streams_in_and_out(engine: Engine) {
    let world = World::new(engine, 310).await;
    let by = world.trust.app.by_token(&world.dsl).await.unwrap().unwrap();
    let size = 5 << 20;
    let (held, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut content = Made { left: size, held: Arc::clone(&held), most: Arc::clone(&most) };
    let given = Given { what: None, given_by: Some("The firewall".into()), how: Some("Its log".into()) };
    let new = || NewFile { name: "log.txt".into(), given: given.clone() };
    let conditions = Conditions { key: None, if_match: None };
    let taken = world.trust.app.take_file(&by, world.under(), new(), conditions, &mut content).await.unwrap();
    let shown = world.trust.app.add_evidence(&by, world.under(), taken).await.unwrap();
    assert_eq!((shown.size, held.load(Ordering::SeqCst)), (size as u64, 0));
    let most = most.load(Ordering::SeqCst);
    assert!(most <= 7 * (16 << 10), "however large a file is, {most} bytes of it are on the way at once");
    // One byte more than is taken in is too large, wherever it comes from.
    let mut larger = Made { left: size + 1, held: Arc::default(), most: Arc::default() };
    let refused = world.trust.app.take_file(&by, world.under(), new(), conditions, &mut larger).await.unwrap_err();
    assert!(matches!(refused, wardbook_app::evidence::AddError::Unread(Unread::TooLarge)), "{refused:?}");

    let file = id(&shown.id);
    let (_, mut going) = world.trust.app.evidence(&by, world.under(), file).await.unwrap();
    let mut got = 0;
    while let Some(piece) = going.next().await {
        let piece = piece.unwrap();
        assert!(piece.len() <= 64 << 10 && piece.iter().all(|byte| *byte == b'x'));
        got += piece.len();
    }
    assert_eq!((got, going.size), (size, size as u64));
    let Ok((_, Previewed::Text(text, true))) = world.trust.app.preview_file(&by, world.under(), file).await else { panic!("no preview") };
    assert_eq!(text.len(), 64 << 10, "the beginning of a text");

    // What is altered while it goes out ends in an error, and is not taken for the whole: it had not been read ahead.
    let (_, mut going) = world.trust.app.evidence(&by, world.under(), file).await.unwrap();
    going.next().await.unwrap().unwrap();
    match engine {
        Engine::Sqlite => {
            let folder = world.trust.places.dir().join("blobs").join(world.trust.places.trust().to_string());
            let path = folder.join(&shown.id[..2]).join(&shown.id[2..4]).join(&shown.id);
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[3 << 20..].fill(0);
            // In place: the one who reads it has it open.
            std::io::Write::write_all(&mut std::fs::OpenOptions::new().write(true).open(&path).unwrap(), &bytes).unwrap();
        }
        Engine::Postgres => {
            let db = Database::connect(world.trust.places.database()).await.unwrap();
            fetch(&db, "UPDATE blob_parts SET sealed = set_byte(sealed, 9, 255 - get_byte(sealed, 9)) WHERE number > 2".into(), &[])
                .await
                .unwrap();
        }
    }
    let (mut got, mut broke) = (64 << 10, false);
    while let Some(piece) = going.next().await {
        match piece {
            Ok(piece) => got += piece.len(),
            Err(_) => broke = true,
        }
    }
    assert!(broke && got < size, "{got} of {size}");
    let again = world.trust.app.evidence(&by, world.under(), file).await.map(drop);
    assert!(matches!(again, Err(AppError::Sealed(SealedWhy::Damaged))), "and of what is altered nothing goes out again");
    // A text that is on its way in and breaks off leaves nothing behind.
    let path = format!("/api/v1/cases/{}/evidence", world.case);
    let none = world.trust.call_with("POST", &path, &world.dsl, None, &[(PURPOSE, "case_work")]).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.case().await["evidence"].as_array().unwrap().len(), 1);
}
