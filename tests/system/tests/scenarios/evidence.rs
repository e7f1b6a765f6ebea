//! Files of a report: taken in sealed and whole, given out to its readers alone, never beside an image that could show a child
//! without clothes (IMG-1, P1-NUDE-1, EVI-3), and nothing left behind where an attempt was cut off.

use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::{
    AppError, Caller,
    evidence::{AddError, EvidenceShown, Incoming, NewFile, Under, Unread, Welcome},
    reports::Conditions,
};
use wardbook_domain::{Duty, FieldGroup, event::AnyEvent, evidence::Given};
use wardbook_ledger::Database;
use wardbook_system_tests::{Engine, Trust, on_both_engines, report};
use wardbook_views::sql::fetch;

on_both_engines!(
    a_file_goes_round_and_only_readers_get_it,
    what_is_no_such_file_is_refused_by_name_and_not_kept,
    an_image_is_never_taken_in_and_a_dsl_must_act,
    the_person_concerned_gets_one_answer_on_every_way_in,
    a_reporter_learns_nothing_of_later_acts_by_adding_a_file,
    the_dsl_who_must_act_is_never_the_person_concerned,
    an_attempt_that_was_cut_off_is_taken_up_again_or_swept,
    a_kept_file_that_was_altered_or_lost_is_not_given_out,
);

const PDF: &[u8] = b"%PDF-1.7\nA scan of the paper form.\n%%EOF\n";
const DAY: i64 = 86_400;

struct People {
    reporter: String,
    head: String,
    dsl: String,
}

async fn people(trust: &Trust) -> People {
    People {
        reporter: trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await,
        head: trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await,
        dsl: trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await,
    }
}

fn laptop() -> Value {
    report("SCH01", "loss_of_equipment", "A laptop was left on the train.")
}

/// Parts of a file after the answer no.
fn no<'a>(what: &'a str, name: &'a str, content: &'a [u8]) -> Vec<(&'a str, Option<&'a str>, &'a [u8])> {
    vec![("image", None, b"no".as_slice()), ("what", None, what.as_bytes()), ("file", Some(name), content)]
}

async fn caller(trust: &Trust, token: &str) -> Caller {
    trust.app.by_token(token).await.unwrap().unwrap()
}

/// A content that comes whole.
struct Whole(Option<Vec<u8>>);

impl Incoming for Whole {
    type Piece = Vec<u8>;
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Unread> {
        Ok(self.0.take())
    }
}

async fn add(trust: &Trust, by: &Caller, under: Under, key: &str, content: &[u8]) -> Result<EvidenceShown, AppError> {
    let conditions = Conditions { key: Some(key), if_match: None };
    let new = NewFile { name: "scan.pdf".into(), given: Given::default() };
    let added = async {
        let taken = trust.app.take_file(by, under, new, conditions, &mut Whole(Some(content.to_vec()))).await?;
        trust.app.add_evidence(by, under, taken).await
    };
    added.await.map_err(|error| match error {
        AddError::App(error) => error,
        AddError::Unread(unread) => panic!("{unread:?}"),
    })
}

/// Every sealed attachment that is kept, wherever that is.
async fn blobs(trust: &Trust) -> Vec<Vec<u8>> {
    let db = Database::connect(trust.places.database()).await.unwrap();
    let table = fetch(&db, "SELECT sealed FROM blobs ORDER BY id".into(), &[]).await.unwrap();
    let table = table.iter().map(|row| row.bytes(0).unwrap());
    table.chain(files(&trust.places.dir().join("blobs")).into_iter().map(|path| std::fs::read(path).unwrap())).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

async fn a_file_goes_round_and_only_readers_get_it(engine: Engine) {
    let trust = Trust::with_directory(engine, 201).await;
    let People { reporter, head, dsl } = people(&trust).await;
    let id = trust.file(&reporter, &laptop()).await;
    let path = format!("/api/v1/reports/{id}/evidence");
    let parts = no("The paper form", "C:\\scans\\Form é 1.PDF", PDF);
    let key = [("idempotency-key", "scan-1")];
    let added = trust.upload(&path, &reporter, &parts, &key).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let shown = added.json();
    assert_eq!((shown["media_type"].as_str(), shown["name"].as_str()), (Some("application/pdf"), Some("Form é 1.PDF")));
    assert_eq!((shown["size"].as_u64(), shown["method"].as_str()), (Some(PDF.len() as u64), Some("upload")), "EVI-3");
    assert_eq!((shown["collected_by"].as_str(), shown["collected_at"].as_str()), (Some("Hana Kemp"), Some("2026-10-30T16:12:00Z")));
    let evidence = shown["id"].as_str().unwrap().to_owned();
    assert_eq!(added.header("location"), format!("{path}/{evidence}"));
    assert_eq!(trust.upload(&path, &reporter, &parts, &key).await.json(), shown, "a repeated command is one command");
    let other = trust.upload(&path, &reporter, &no("Another", "b.pdf", PDF), &key).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    assert_eq!(blobs(&trust).await.len(), 1);

    let got = trust.call("GET", &format!("{path}/{evidence}"), Some(&head), None).await;
    assert_eq!((got.status, got.bytes.as_slice()), (StatusCode::OK, PDF));
    assert_eq!(got.header("content-disposition"), "attachment; filename=\"Form _ 1.PDF\"; filename*=UTF-8''Form%20%C3%A9%201.PDF");
    assert_eq!((got.header("content-type"), got.header("x-content-type-options")), ("application/pdf", "nosniff"));
    assert_eq!((got.header("cache-control"), got.header("content-security-policy")), ("no-store", "default-src 'none'; sandbox"));
    let report = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    assert_eq!(
        (report["evidence"][0]["id"].as_str(), report["evidence"][0]["name"].as_str()),
        (Some(evidence.as_str()), Some("Form é 1.PDF"))
    );

    // The reporter keeps their own words and no more; the DSL of the school does not read an equipment report.
    for token in [&reporter, &dsl] {
        let not = trust.call("GET", &format!("{path}/{evidence}"), Some(token), None).await;
        let unknown = trust.call("GET", &format!("{path}/{}", "0".repeat(32)), Some(token), None).await;
        assert_eq!((not.status, not.text), (StatusCode::NOT_FOUND, unknown.text));
    }
    assert_eq!(trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&reporter), None).await.ok()["evidence"], json!([]));
    assert_eq!(trust.upload(&path, &dsl, &no("x", "a.pdf", PDF), &[]).await.status, StatusCode::NOT_FOUND);
    // A file is found under its own report only.
    let second = trust.file(&reporter, &laptop()).await;
    let crossed = trust.call("GET", &format!("/api/v1/reports/{second}/evidence/{evidence}"), Some(&head), None).await;
    assert_eq!(crossed.status, StatusCode::NOT_FOUND);

    // Reading it left a trace that names both records.
    let mut read = trust.looks().await;
    read.retain(|shown| shown.page == "evidence" && shown.reading_as == Some(Duty::Headteacher));
    let read: Vec<Vec<String>> = read.iter().map(|shown| shown.records.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(read, [[id, evidence]]);
    assert_eq!(trust.app.sweep_blobs().await.unwrap(), 0);
    trust.places.tick(2 * DAY);
    assert_eq!(trust.app.sweep_blobs().await.unwrap(), 0, "what an event names stays");
    assert_eq!(blobs(&trust).await.len(), 1);
}

async fn what_is_no_such_file_is_refused_by_name_and_not_kept(engine: Engine) {
    let trust = Trust::with_directory(engine, 202).await;
    let People { reporter, head, .. } = people(&trust).await;
    let id = trust.file(&reporter, &laptop()).await;
    let path = format!("/api/v1/reports/{id}/evidence");
    let size = trust.app.head_size().await.unwrap();
    for (name, content, says) in [
        ("a.pdf", b"".as_slice(), "is empty"),
        ("a.gif", b"GIF89a....", "a GIF image"),
        ("a.pdf", b"MZ\x90\0\x03", "a program"),
        ("a.pdf", b"PK\x03\x04....", "an archive"),
        ("a.mp4", b"\0\0\0\x18ftypmp42....", "a video"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older Office file"),
        ("a.txt", b"one\0two", "not known"),
    ] {
        let refused = trust.upload(&path, &reporter, &no("x", name, content), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", refused.text);
        let error = &refused.json()["errors"][0];
        assert!(error["field"] == "file" && error["problem"].as_str().unwrap().contains(says), "{error}");
    }
    // As large as may be, and one byte more; above the bound of the whole body nothing is read on.
    let mut large = vec![b'x'; 5 << 20];
    large[..PDF.len()].copy_from_slice(PDF);
    let added = trust.upload(&path, &head, &no("x", "large.pdf", &large), &[]).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let got = trust.call("GET", added.header("location"), Some(&head), None).await;
    assert!(got.bytes == large, "{}", got.bytes.len());
    for more in [1, 2 << 20] {
        large.resize((5 << 20) + more, b'x');
        let refused = trust.upload(&path, &reporter, &no("x", "large.pdf", &large), &[]).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", refused.text);
    }
    // The question comes first, whatever follows.
    let file = ("file", Some("a.pdf"), PDF);
    for parts in [vec![file], vec![file, ("image", None, b"no")], vec![("what", None, b"x"), ("image", None, b"no"), file], vec![]] {
        let refused = trust.upload(&path, &reporter, &parts, &[]).await;
        assert!(refused.text.contains("image") && refused.status == StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    }
    for parts in [vec![("image", None, b"maybe".as_slice()), file], vec![("image", None, b"no"), ("other", None, b"x"), file]] {
        assert_eq!(trust.upload(&path, &reporter, &parts, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let long = "x".repeat(501);
    assert!(trust.upload(&path, &reporter, &no(&long, "a.pdf", PDF), &[]).await.text.contains("what"));
    let json = trust.call("POST", &path, Some(&reporter), Some(&json!({ "image": "no" }))).await;
    assert_eq!(json.status, StatusCode::BAD_REQUEST, "{}", json.text);
    assert_eq!(blobs(&trust).await.len(), 1, "only the one that was taken in");
    // One file, on two streams, and the traces of its two answers.
    assert_eq!(trust.app.head_size().await.unwrap(), size + 4);
}

async fn an_image_is_never_taken_in_and_a_dsl_must_act(engine: Engine) {
    let trust = Trust::with_directory(engine, 203).await;
    let People { reporter, head, dsl } = people(&trust).await;
    let secret = b"\xff\xd8\xff\xe0 KANARIE-of-the-image";
    for (answer, by, n) in [("yes", &reporter, 0), ("unsure", &head, 1)] {
        let id = trust.file(&reporter, &laptop()).await;
        let path = format!("/api/v1/reports/{id}");
        assert_eq!(trust.call("GET", &path, Some(&dsl), None).await.status, StatusCode::NOT_FOUND, "an equipment report");
        let parts = [("image", None, answer.as_bytes()), ("what", None, b"KANARIE"), ("file", Some("KANARIE.jpg"), secret.as_slice())];
        let key = [("idempotency-key", "image")];
        let named = trust.upload(&format!("{path}/evidence"), by, &parts, &key).await;
        assert_eq!((named.status, named.json()["stored"].as_bool()), (StatusCode::OK, Some(false)), "{}", named.text);
        let guidance = named.json()["guidance"][0]["text"].as_str().unwrap().to_owned();
        for never in ["look", "copy", "send", "save", "delete"] {
            assert!(guidance.contains(never), "{guidance}");
        }
        assert_eq!(trust.upload(&format!("{path}/evidence"), by, &parts, &key).await.json(), named.json(), "told once, heard twice");

        let queue = trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok();
        let row = queue["items"].as_array().unwrap().iter().find(|item| item["id"] == json!(id)).unwrap_or_else(|| panic!("{queue}"));
        assert_eq!(row["next_action"], "Act on an image: do not look at it");
        let shown = trust.call("GET", &path, Some(&dsl), None).await;
        assert_eq!(shown.json()["image_open"], true, "P1-NUDE-1: to the DSL, whatever the report is about");
        assert_eq!(shown.json()["image_for"], json!([{ "duty": "dsl", "school": "SCH01" }]));

        // From then on no file from anybody who knows of it; a reporter is not told by a refusal what somebody else found.
        for token in [by, &head, &dsl] {
            let refused = trust.upload(&format!("{path}/evidence"), token, &no("x", "a.pdf", PDF), &[]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
            assert!(refused.text.contains("do not look at it"), "{}", refused.text);
        }
        // The DSL alone acts, in words; what was named again meanwhile is acted on with it.
        let again = json!({ "answer": "yes", "device": "In the office safe" });
        trust.call("POST", &format!("{path}/image"), Some(&reporter), Some(&again)).await.ok();
        let acted = json!({ "action": "The police have the device, 101 reference 4711." });
        let take_up = format!("{path}/image/taken-up");
        for token in [&reporter, &head] {
            assert_eq!(trust.call("POST", &take_up, Some(token), Some(&acted)).await.status, StatusCode::NOT_FOUND);
        }
        let empty = trust.call("POST", &take_up, Some(&dsl), Some(&json!({ "action": " " }))).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = trust.call("POST", &take_up, Some(&dsl), Some(&acted)).await.ok();
        assert_eq!(done["image_open"], false);
        assert!(done["timeline"].to_string().contains("In the office safe") && done["timeline"].to_string().contains("4711"));
        let queue = trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok();
        assert!(!queue.to_string().contains(&id), "{queue}");
        assert_eq!(trust.call("POST", &take_up, Some(&dsl), Some(&acted)).await.status, StatusCode::CONFLICT, "it is done");
        let after = trust.upload(&format!("{path}/evidence"), &head, &no("x", "a.pdf", PDF), &[]).await;
        assert_eq!(after.status, StatusCode::CREATED, "each file is asked about anew");
        let own = trust.upload(&format!("{path}/evidence"), &reporter, &no("x", "a.pdf", PDF), &[]).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "to the reporter it is as they left it: that somebody acted is not told");
        assert_eq!(blobs(&trust).await.len(), n + 1);
    }
    let none =
        trust.call("POST", &format!("/api/v1/reports/{}/image", "0".repeat(32)), Some(&dsl), Some(&json!({ "answer": "yes" }))).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);

    // Named on the form itself: nothing is ever taken in.
    let mut form = laptop();
    form["image"] = json!("unsure");
    let id = trust.file(&reporter, &form).await;
    let refused = trust.upload(&format!("/api/v1/reports/{id}/evidence"), &reporter, &no("x", "a.pdf", PDF), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let nothing = trust.call("POST", &format!("/api/v1/reports/{id}/image"), Some(&reporter), Some(&json!({ "answer": "no" }))).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(blobs(&trust).await.len(), 2);
    let size = trust.app.head_size().await.unwrap();
    for blob in blobs(&trust).await {
        assert!(!blob.windows(7).any(|part| part == b"KANARIE"));
    }
    for path in files(trust.places.dir()) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"KANARIE"), "{}", path.display());
    }
    for stored in trust.app.read_book(0, usize::try_from(size).unwrap()).await.unwrap() {
        let opened = trust.app.opener().open(&stored, &FieldGroup::ALL).await;
        let AnyEvent::Report(event) = opened.unwrap().event else { continue };
        let text: String = event.written().fields.iter().map(|(_, _, value)| value.to_string()).collect();
        assert!(!text.contains("KANARIE"), "not even its name is kept");
    }
}

async fn the_person_concerned_gets_one_answer_on_every_way_in(engine: Engine) {
    let trust = Trust::with_directory(engine, 204).await;
    let People { reporter, head, dsl } = people(&trust).await;
    let mut form = report("SCH01", "low_level_concern", "She drove a pupil home alone.");
    form["about"] = json!({ "whom": "headteacher" });
    let id = trust.file(&reporter, &form).await;
    let added = trust.upload(&format!("/api/v1/reports/{id}/evidence"), &reporter, &no("x", "a.pdf", PDF), &[]).await;
    let evidence = added.json()["id"].as_str().unwrap().to_owned();
    let unknown = "0".repeat(32);
    for answer in ["no", "yes", "nonsense"] {
        let parts = [("image", None, answer.as_bytes()), ("file", Some("a.pdf"), PDF)];
        let there = trust.upload(&format!("/api/v1/reports/{id}/evidence"), &head, &parts, &[]).await;
        let not = trust.upload(&format!("/api/v1/reports/{unknown}/evidence"), &head, &parts, &[]).await;
        assert_eq!((there.status, there.text, there.headers), (StatusCode::NOT_FOUND, not.text, not.headers));
    }
    for (method, suffix, body) in [
        ("GET", format!("evidence/{evidence}"), None),
        ("POST", "image".to_owned(), Some(json!({ "answer": "yes" }))),
        ("POST", "image".to_owned(), Some(json!({ "answer": "no" }))),
        ("POST", "image/taken-up".to_owned(), Some(json!({ "action": "x" }))),
    ] {
        let there = trust.call(method, &format!("/api/v1/reports/{id}/{suffix}"), Some(&head), body.as_ref()).await;
        let not = trust.call(method, &format!("/api/v1/reports/{unknown}/{suffix}"), Some(&head), body.as_ref()).await;
        assert_eq!((there.status, there.text, there.headers), (StatusCode::NOT_FOUND, not.text, not.headers), "{suffix}");
    }
    let got = trust.call("GET", &format!("/api/v1/reports/{id}/evidence/{evidence}"), Some(&dsl), None).await;
    assert_eq!(got.bytes, PDF, "its receiver has it");
}

async fn a_reporter_learns_nothing_of_later_acts_by_adding_a_file(engine: Engine) {
    let trust = Trust::with_directory(engine, 209).await;
    let People { reporter, head, .. } = people(&trust).await;
    let mine = caller(&trust, &reporter).await;
    let place = async |id: &str| trust.app.file_place(&mine, Under::Report(wardbook_app::cases::parse_id(id).unwrap()), None).await;

    // A self-referrer has their words and their receipt, and no way to add.
    let mut own = report("SCH01", "low_level_concern", "I gave a pupil a lift home.");
    own["self_referral"] = json!(true);
    let own = trust.file(&reporter, &own).await;
    let path = format!("/api/v1/reports/{own}");
    let unknown = format!("/api/v1/reports/{}", "0".repeat(32));
    for answer in ["no", "yes"] {
        let parts = [("image", None, answer.as_bytes()), ("file", Some("a.pdf"), PDF)];
        let there = trust.upload(&format!("{path}/evidence"), &reporter, &parts, &[]).await;
        let not = trust.upload(&format!("{unknown}/evidence"), &reporter, &parts, &[]).await;
        assert_eq!((there.status, there.text), (StatusCode::NOT_FOUND, not.text));
    }
    let named = trust.call("POST", &format!("{path}/image"), Some(&reporter), Some(&json!({ "answer": "yes" }))).await;
    assert_eq!(named.status, StatusCode::NOT_FOUND);
    assert!(matches!(place(&own).await, Err(AppError::NotFound)));

    // What the head does with a report shows in no answer to its reporter, nor does it that the report was found to be about them.
    let id = trust.file(&reporter, &report("SCH01", "misuse_of_ict", "A screen was left open.")).await;
    let before = place(&id).await.unwrap();
    assert_eq!(before.welcome, Welcome::Yes);
    trust.call("POST", &format!("/api/v1/reports/{id}/image"), Some(&head), Some(&json!({ "answer": "yes" }))).await.ok();
    assert_eq!(place(&id).await.unwrap(), before);
    let settle = json!({ "subjects": [{ "name": mine.name }], "reason": "It was her screen." });
    trust.call("POST", &format!("/api/v1/reports/{id}/subjects"), Some(&head), Some(&settle)).await.ok();
    assert_eq!(place(&id).await.unwrap(), before, "the receipt of a reporter who becomes the subject is frozen");
    let added = trust.upload(&format!("/api/v1/reports/{id}/evidence"), &reporter, &no("x", "a.pdf", PDF), &[]).await;
    assert_eq!(added.status, StatusCode::CREATED);
}

async fn the_dsl_who_must_act_is_never_the_person_concerned(engine: Engine) {
    let trust = Trust::with_directory(engine, 205).await;
    let People { reporter, head, dsl } = people(&trust).await;
    let deputy = trust.token("bea.ashworth-fletcher@example.org", "Bea Ashworth-Fletcher", Duty::DeputyDsl, Some("SCH01")).await;
    let mut form = report("SCH01", "low_level_concern", "He has pictures on his telephone.");
    form["about"] = json!({ "whom": "dsl" });
    let id = trust.file(&reporter, &form).await;
    trust.call("POST", &format!("/api/v1/reports/{id}/image"), Some(&reporter), Some(&json!({ "answer": "unsure" }))).await.ok();
    assert_eq!(trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&dsl), None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok()["items"], json!([]));
    let queue = trust.call("GET", "/api/v1/queue", Some(&deputy), None).await.ok();
    assert_eq!(queue["items"][0]["next_action"], "Act on an image: do not look at it", "{queue}");
    let acted = json!({ "action": "Told the police." });
    let path = format!("/api/v1/reports/{id}/image/taken-up");
    assert_eq!(trust.call("POST", &path, Some(&head), Some(&acted)).await.status, StatusCode::NOT_FOUND, "the owner is not who was told");

    // The report turns out to be about the deputy as well: the image goes to whoever is left, and stays open.
    let settle = json!({ "subjects": [{ "name": "George Xu" }, { "name": "Bea Ashworth-Fletcher" }], "reason": "Both were named." });
    trust.call("POST", &format!("/api/v1/reports/{id}/subjects"), Some(&head), Some(&settle)).await.ok();
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&deputy), None).await.ok()["items"], json!([]));
    assert_eq!(trust.call("POST", &path, Some(&deputy), Some(&acted)).await.status, StatusCode::NOT_FOUND);
    let queue = trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok();
    assert_eq!(queue["items"][0]["id"], json!(id), "{queue}");
    let done = trust.call("POST", &path, Some(&head), Some(&acted)).await;
    assert!(done.status.is_success(), "no DSL is left, so the owner acts: {}", done.text);
}

async fn an_attempt_that_was_cut_off_is_taken_up_again_or_swept(engine: Engine) {
    let trust = Trust::with_directory(engine, 206).await;
    let People { reporter, head, .. } = people(&trust).await;
    let id = trust.file(&reporter, &laptop()).await;
    let number: [u8; 16] = hex::decode(&id).unwrap().try_into().unwrap();
    let under = Under::Report(number);
    let by = caller(&trust, &reporter).await;
    let scan = trust.upload(&format!("/api/v1/reports/{id}/evidence"), &reporter, &no("x", "first.pdf", PDF), &[]).await;
    assert_eq!(scan.status, StatusCode::CREATED);
    let mut places = trust.stop().await;
    let other = [PDF, b"other".as_slice()].concat();
    for (round, keep) in [(1, true), (2, false), (3, false)] {
        // A server that stops between the content and its event: the book takes nothing more in.
        let cut = places.open(10 * round).await.unwrap();
        cut.app.shutdown().await;
        let key = format!("cut off {round}");
        let failed = add(&cut, &by, under, &key, PDF).await.unwrap_err();
        assert!(matches!(failed, AppError::Unavailable(_) | AppError::Busy(_) | AppError::Internal(_)), "{failed:?}");
        assert_eq!(blobs(&cut).await.len(), if keep { 2 } else { 3 }, "round {round}: what is named, and what is left");
        places = cut.stop().await;
        let again = places.open(10 * round + 1).await.unwrap();
        if keep {
            let changed = add(&again, &by, under, &key, &other).await.unwrap_err();
            assert!(matches!(changed, AppError::OtherBody), "{changed:?}");
            add(&again, &by, under, &key, PDF).await.unwrap();
            let shown = again.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
            let evidence = shown["evidence"][1]["id"].as_str().unwrap();
            let got = again.call("GET", &format!("/api/v1/reports/{id}/evidence/{evidence}"), Some(&head), None).await;
            assert_eq!(got.bytes, PDF, "{}", got.text);
        } else {
            again.places.tick(DAY * 3 / 4);
            assert_eq!(again.app.sweep_blobs().await.unwrap(), 0, "not within a day");
            let late = add(&again, &by, under, &key, PDF).await.unwrap_err();
            assert!(matches!(late, AppError::State(_)), "too near to the sweep: {late:?}");
            again.places.tick(DAY / 2);
            assert_eq!(again.app.sweep_blobs().await.unwrap(), 1);
            assert_eq!(blobs(&again).await.len(), 2);
        }
        places = again.stop().await;
    }
}

async fn a_kept_file_that_was_altered_or_lost_is_not_given_out(engine: Engine) {
    let trust = Trust::with_directory(engine, 207).await;
    let People { reporter, head, .. } = people(&trust).await;
    let id = trust.file(&reporter, &laptop()).await;
    let path = format!("/api/v1/reports/{id}/evidence");
    let evidence = trust.upload(&path, &reporter, &no("x", "a.pdf", PDF), &[]).await.json()["id"].as_str().unwrap().to_owned();
    let db = Database::connect(trust.places.database()).await.unwrap();
    let at = files(&trust.places.dir().join("blobs"));
    match engine {
        Engine::Sqlite => {
            let mut bytes = std::fs::read(&at[0]).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            std::fs::write(&at[0], bytes).unwrap();
        }
        Engine::Postgres => {
            let flip = "UPDATE blobs SET sealed = set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)";
            fetch(&db, flip.into(), &[]).await.unwrap();
        }
    }
    let altered = trust.call("GET", &format!("{path}/{evidence}"), Some(&head), None).await;
    assert_eq!(altered.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(altered.text.contains("was altered") && !altered.text.contains("scan of the paper"), "{}", altered.text);
    match engine {
        Engine::Sqlite => std::fs::remove_file(&at[0]).unwrap(),
        Engine::Postgres => drop(fetch(&db, "DELETE FROM blobs".into(), &[]).await.unwrap()),
    }
    let lost = trust.call("GET", &format!("{path}/{evidence}"), Some(&head), None).await;
    assert_eq!((lost.status, lost.text), (StatusCode::INTERNAL_SERVER_ERROR, altered.text));
}
