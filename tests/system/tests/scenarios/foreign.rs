//! What belongs to one trust is useless in another: ids, tokens, sessions, form tokens, receipts, cursors, ETags, files; as they are, and
//! changed in every way that a forger would try.

use axum::http::StatusCode;
use proptest::{
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::{Index, select},
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use wardbook_app::import::{ImportKind, ImportRow};
use wardbook_domain::Duty;
use wardbook_system_tests::{
    Answer, Engine, Places, Trust, on_both_engines,
    people::{Person, Wanted, says_no},
    plain::{Plain, words},
    registry::{Door, Ids, Route, routes},
};

on_both_engines!(another_trust_s_ids_and_people_are_nobody_s, nothing_forged_opens_anything);

/// No record has this id.
const NO_ID: &str = "00000000000000000000000000000000";

/// Stands in every record of either trust; nobody may read the other's.
const CANARY: &str = "kanaryword";

/// A trust with a head and what the head was given.
struct Held {
    trust: Trust,
    head: Person,
    ids: Ids,
    cursor: String,
    etag: String,
    form_token: String,
}

impl Held {
    async fn new(engine: Engine, seed: u64) -> Self {
        let trust = Trust::create(Places::new(engine, seed).await).await;
        let row = |fields: Value| vec![ImportRow { line: 2, fields: fields.as_object().unwrap().clone() }];
        trust.import(ImportKind::Schools, row(json!({ "code": "SCH01", "name": "One School" }))).await;
        let wanted = |email, name, duty| Wanted { email, name, duty, school: "SCH01" };
        let head = trust.person(wanted("head@example.org", "Hedda Abernathy", Duty::Headteacher)).await;
        let reporter = trust.person(wanted("teacher@example.org", "Tessa Abernathy", Duty::Reporter)).await;
        let mut report = String::new();
        for n in 0..3 {
            let story = format!("{CANARY}{seed} number {n}");
            let form = json!({ "school": "SCH01", "types": ["loss_of_equipment"], "danger": "no", "what_happened": story });
            let filed = trust.call("POST", "/api/v1/reports", Some(&reporter.token), Some(&form)).await.ok();
            filed["id"].as_str().unwrap().clone_into(&mut report);
            trust.places.tick(60);
        }
        let parts: [(&str, Option<&str>, &[u8]); 2] = [("image", None, b"no"), ("file", Some("a.txt"), CANARY.as_bytes())];
        let path = format!("/api/v1/reports/{report}");
        let evidence =
            trust.upload(&format!("{path}/evidence"), &reporter.token, &parts, &[]).await.ok()["id"].as_str().unwrap().to_owned();
        let assess = json!({ "categories": ["training_need"], "reason": CANARY });
        let assessed = trust.call("POST", &format!("{path}/assessment"), Some(&head.token), Some(&assess)).await.ok();
        let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
        let parts: [(&str, Option<&str>, &[u8]); 4] =
            [parts[0], ("given_by", None, CANARY.as_bytes()), ("how", None, CANARY.as_bytes()), parts[1]];
        let added = trust.upload(&format!("/api/v1/cases/{case}/evidence"), &head.token, &parts, &[]).await.ok();
        let case_evidence = added["id"].as_str().unwrap().to_owned();
        let cursor = trust.call("GET", "/api/v1/reports?limit=1", Some(&head.token), None).await.ok()["next"].as_str().unwrap().to_owned();
        let etag = trust.call("GET", &path, Some(&head.token), None).await.header("etag").to_owned();
        let caller = trust.app.by_token(&head.token).await.unwrap().unwrap();
        let draft = hex::encode(trust.app.start_draft(&caller, &json!({ "what_happened": CANARY })).await.unwrap());
        let form_token = trust.app.form_token(&head.session);
        Self {
            ids: Ids { report, case, evidence, case_evidence, draft, person: caller.person.to_string(), ..Ids::all(NO_ID) },
            trust,
            head,
            cursor,
            etag,
            form_token,
        }
    }

    /// Everything that its head holds.
    fn secrets(&self) -> Vec<String> {
        let (token, session) = (self.head.token.clone(), self.head.session.clone());
        let ids = self.ids.each().into_iter().filter(|id| *id != NO_ID).map(str::to_owned);
        ids.chain([token, session, self.cursor.clone(), self.etag.clone(), self.form_token.clone()]).collect()
    }
}

async fn both(engine: Engine) -> (Held, Held) {
    tokio::join!(Held::new(engine, 91), Held::new(engine, 92))
}

fn tells_nothing(answer: &Answer, place: &str) {
    assert!(!answer.status.is_server_error(), "{place}: {} {}", answer.status, answer.text);
    assert!(!answer.text.contains("kanaryword91"), "{place}: {}", answer.text);
}

async fn another_trust_s_ids_and_people_are_nobody_s(engine: Engine) {
    let (theirs, ours) = Box::pin(both(engine)).await;
    for route in routes().iter().filter(|route| route.door() != Door::Local) {
        // Their person, here: as nobody.
        let stranger = ours.trust.ask(route, &ours.ids, Some(&theirs.head)).await;
        let nobody = ours.trust.ask(route, &ours.ids, None).await;
        tells_nothing(&stranger, &route.to_string());
        assert_eq!(Plain::default().answer(&stranger), Plain::default().answer(&nobody), "{route}: their token and session are none");
        // Their ids, asked for by ours.
        if route.path.contains("{id}") || route.path.contains("{draft}") {
            let answer = ours.trust.ask(route, &theirs.ids, Some(&ours.head)).await;
            tells_nothing(&answer, &route.to_string());
            let none = Ids::all(NO_ID);
            let nothing = ours.trust.ask(route, &none, Some(&ours.head)).await;
            let heard = |answer: &Answer, ids: &Ids| Plain::default().text(&ids.out_of(&words(answer)));
            assert!(!answer.status.is_success(), "{route}: their id is none: {} {}", answer.status, answer.text);
            assert_eq!(heard(&answer, &theirs.ids), heard(&nothing, &none), "{route}");
        }
    }
    let ask = async |path: &str| ours.trust.call("GET", path, Some(&ours.head.token), None).await;
    for list in ["reports", "queue", "cases", "breaches"] {
        let answer = ask(&format!("/api/v1/{list}?cursor={}", theirs.cursor)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}: their cursor is none");
    }
    let path = format!("/api/v1/reports/{}/correct", ours.ids.report);
    let correct = json!({ "field": "location", "text": "x", "reason": "y" });
    let with = async |etag: &str| ours.trust.call_with("POST", &path, &ours.head.token, Some(&correct), &[("if-match", etag)]).await.status;
    assert_eq!(with(&theirs.etag).await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(with(&ours.etag).await, StatusCode::OK, "our own is good: the test asks the right question");
    // A file of theirs under a report of ours.
    let mixed = Ids { evidence: theirs.ids.evidence.clone(), case_evidence: theirs.ids.case_evidence.clone(), ..ours.ids.clone() };
    for path in ["/api/v1/reports/{id}/evidence/{evidence}", "/api/v1/evidence/{id}", "/cases/{id}/evidence/{evidence}/about"] {
        let file = Route { path: path.into(), method: "GET" };
        assert!(says_no(&ours.trust.ask(&file, &mixed, Some(&ours.head)).await), "{path}");
        assert!(!says_no(&ours.trust.ask(&file, &ours.ids, Some(&ours.head)).await), "{path}");
    }
}

/// What a forger does to a value.
fn forged(secrets: Vec<String>) -> impl Strategy<Value = String> {
    let changed = |secrets: Vec<String>| (select(secrets), any::<Index>(), any::<Index>(), any::<u8>());
    let digit = |number: u8| char::from(b"0123456789abcdef"[usize::from(number % 16)]);
    prop_oneof![
        3 => select(secrets.clone()),
        3 => changed(secrets.clone()).prop_map(move |(secret, at, _, number)| {
            let mut letters: Vec<char> = secret.chars().collect();
            let at = at.index(letters.len());
            letters[at] = if letters[at] == digit(number) { digit(number.wrapping_add(1)) } else { digit(number) };
            letters.into_iter().collect()
        }),
        1 => changed(secrets.clone()).prop_map(|(secret, at, _, _)| secret.chars().take(at.index(secret.len())).collect()),
        1 => changed(secrets.clone()).prop_map(|(secret, ..)| secret.to_uppercase()),
        1 => changed(secrets.clone()).prop_map(|(secret, ..)| format!("{secret}{secret}")),
        1 => (select(secrets.clone()), select(secrets)).prop_map(|(one, other)| {
            let half: String = one.chars().take(one.len() / 2).collect();
            format!("{half}{}", other.chars().skip(other.len() / 2).collect::<String>())
        }),
        1 => "[0-9a-f]{32}",
        1 => "[0-9a-f]{64}",
        1 => "[!-~]{0,40}",
        1 => Just("../../etc".to_owned()),
        1 => Just("0".repeat(5000)),
    ]
}

/// Only what a path or query can hold as it is.
fn escaped(value: &str) -> String {
    value.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

async fn nothing_forged_opens_anything(engine: Engine) {
    let (theirs, ours) = Box::pin(both(engine)).await;
    let all: Vec<Route> = routes().into_iter().filter(|route| route.door() != Door::Local).collect();
    let with_ids: Vec<Route> = all.iter().filter(|route| route.is_of_a_record() || route.path.contains("{draft}")).cloned().collect();
    let case = (forged(theirs.secrets()), select(all), select(with_ids), 0_usize..4);
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for _ in 0..400 {
        let (value, any_route, of_id, place) = case.new_tree(&mut runner).unwrap().current();
        let told = format!("{value:?} at {of_id} or {any_route}, {place}");
        match place {
            0 => {
                let answer = ours.trust.ask(&of_id, &Ids::all(&escaped(&value)), Some(&ours.head)).await;
                tells_nothing(&answer, &told);
                // A path that ends early may be another page; it is never a record.
                assert!(!answer.status.is_success() || value.is_empty(), "{told}: {} {}", answer.status, answer.text);
            }
            1 => {
                let forged = Person { token: value.clone(), session: value.clone(), email: String::new() };
                if !forged.token.chars().all(|c| c.is_ascii_graphic()) {
                    continue;
                }
                let answer = ours.trust.ask(&any_route, &ours.ids, Some(&forged)).await;
                let nobody = ours.trust.ask(&any_route, &ours.ids, None).await;
                tells_nothing(&answer, &told);
                assert_eq!(Plain::default().answer(&answer), Plain::default().answer(&nobody), "{told}");
            }
            2 => {
                let path = format!("/api/v1/queue?cursor={}", escaped(&value));
                let answer = ours.trust.call("GET", &path, Some(&ours.head.token), None).await;
                tells_nothing(&answer, &told);
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            }
            _ => {
                let path = format!("/api/v1/reports/{}/correct", ours.ids.report);
                let correct = json!({ "field": "location", "text": "x", "reason": "y" });
                let answer = ours.trust.call_with("POST", &path, &ours.head.token, Some(&correct), &[("if-match", &value)]).await;
                tells_nothing(&answer, &told);
                // A star asks for no particular state, as HTTP has it.
                assert!(value == "*" || answer.status == StatusCode::PRECONDITION_FAILED, "{told}: {} {}", answer.status, answer.text);
            }
        }
    }
}
