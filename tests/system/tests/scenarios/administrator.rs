//! The administrator who would read: their own token, a database superuser's login, write access to settings and profile files, an account of
//! the machine that is not the service's. Every way that we could think of, each ending with nothing read.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::ImportKind;
use wardbook_domain::Duty;
use wardbook_ledger::Database;
use wardbook_system_tests::{
    Engine, Trust,
    host::Host,
    on_both_engines,
    people::{Person, Wanted},
    registry::{Ids, Route},
    report,
    scenes::{email, school_row},
};
use wardbook_testkit::sqlite_url;
use wardbook_views::sql::{Arg, execute, fetch};

on_both_engines!(
    their_own_token_opens_nothing,
    rows_of_lists_that_point_at_them_show_nothing,
    what_is_kept_outside_the_book_is_good_in_its_place_alone,
    accounts_and_tokens_that_change_places_are_nobody_s,
    a_duty_copied_into_their_own_entry_is_no_duty,
    keys_that_change_places_open_nothing,
    exclusions_taken_out_of_the_lists_exclude_all_the_same,
    what_is_moved_from_one_trust_to_another_opens_in_neither,
);

const CANARY: &str = "KANARE-7f3a";
/// No record has this id.
const NO_ID: &str = "00000000000000000000000000000000";

struct Scene {
    trust: Trust,
    administrator: String,
    head: String,
    dsl: String,
    report: String,
    book: Database,
    keys: Database,
}

/// A concern about an adult that its receiver has opened, and an administrator with a token of their own.
async fn scene(engine: Engine, seed: u64) -> Scene {
    let trust = Trust::with_schools(engine, seed, &["SCH01"]).await;
    let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
    let head = trust.holder("Uma Jones", Duty::Headteacher).await;
    let dsl = trust.holder("George Xu", Duty::Dsl).await;
    let administrator = trust.holder("Ada Ray", Duty::Administrator).await;
    let mut form = report("SCH01", "low_level_concern", &format!("{CANARY} of what was seen."));
    form["about"] = json!({ "whom": "another", "name": "Callum Field" });
    let filed = trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await;
    let report = filed.ok()["id"].as_str().unwrap().to_owned();
    let shown = trust.call("GET", &format!("/api/v1/reports/{report}"), Some(&head), None).await;
    assert!(shown.text.contains(CANARY), "{}", shown.text);
    let book = Database::connect(trust.places.database()).await.unwrap();
    let keys = Database::connect(&sqlite_url(trust.places.key_store().parent().unwrap(), "keys.db")).await.unwrap();
    Scene { trust, administrator, head, dsl, report, book, keys }
}

impl Scene {
    /// Nothing of the record reaches the holder of this token by any route that lists or shows.
    async fn reads_nothing(&self, token: &str, what: &str) {
        let id = &self.report;
        let lists = ["queue", "reports", "cases", "breaches", "covers", "glass"].map(|list| format!("/api/v1/{list}"));
        let records = ["reports", "cases", "breaches"].map(|kind| format!("/api/v1/{kind}/{id}"));
        for path in lists.iter().chain(&records) {
            let answer = self.trust.call("GET", path, Some(token), None).await;
            assert!(!answer.text.contains(CANARY) && !answer.text.contains("low_level"), "{what}: {path}: {}", answer.text);
        }
        let refused = self.trust.call("GET", &records[0], Some(token), None).await;
        assert_ne!(refused.status, StatusCode::OK, "{what}: {}", refused.text);
    }

    async fn sql(&self, sql: &str, args: &[Arg<'_>]) -> u64 {
        execute(&self.book, sql.to_owned(), args).await.unwrap()
    }

    async fn rows(&self, sql: &str) -> Vec<wardbook_views::sql::Row> {
        fetch(&self.book, sql.to_owned(), &[]).await.unwrap()
    }

    /// The same trust in a new process: what was in memory is gone.
    async fn restarted(self) -> Self {
        let Self { trust, administrator, head, dsl, report, book, keys } = self;
        let trust = trust.stop().await.open(7).await.unwrap();
        Self { trust, administrator, head, dsl, report, book, keys }
    }
}

async fn their_own_token_opens_nothing(engine: Engine) {
    let scene = scene(engine, 501).await;
    scene.reads_nothing(&scene.administrator, "own token").await;
    let post = async |path: &str, body: Value| scene.trust.call("POST", path, Some(&scene.administrator), Some(&body)).await;
    let id = &scene.report;
    for (path, body) in [
        (format!("/api/v1/reports/{id}/recuse"), json!({ "person": "uma.jones@example.org", "reason": "so that it comes to me" })),
        (format!("/api/v1/reports/{id}/subjects"), json!({ "subjects": [{ "name": "Uma Jones" }], "reason": "x" })),
        (format!("/api/v1/cases/{id}/share"), json!({ "person": "ada.ray@example.org", "named_for": "help", "reason": "x" })),
        (
            "/api/v1/glass".into(),
            json!({ "duty": "headteacher", "school": "SCH01", "hours": 1, "reason": "I want to see it, urgently, now" }),
        ),
        (
            "/api/v1/covers".into(),
            json!({ "person": "uma.jones@example.org", "duty": "headteacher", "school": "SCH01", "covered_by": "ada.ray@example.org",
                "until": "2026-11-30T12:00:00Z", "reason": "she is away" }),
        ),
        (
            "/api/v1/covers".into(),
            json!({ "person": "uma.jones@example.org", "duty": "headteacher", "school": "SCH01", "covered_by": "hana.kemp@example.org",
                "until": "2026-11-30T12:00:00Z", "reason": "a friend would do" }),
        ),
    ] {
        let answer = post(&path, body).await;
        assert!(answer.status.is_client_error(), "{path}: {}: {}", answer.status, answer.text);
    }
    scene.reads_nothing(&scene.administrator, "after trying").await;
}

async fn rows_of_lists_that_point_at_them_show_nothing(engine: Engine) {
    let scene = scene(engine, 502).await;
    // Every row of every list, once more for each holder that there is: theirs is among them.
    let holders = scene.rows("SELECT DISTINCT holder FROM view_rows").await;
    for holder in &holders {
        let holder = holder.bytes(0).unwrap();
        let copy = "INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since, due)
            SELECT trust_id, generation, register, $1, stream_id, version, position, since, due FROM view_rows WHERE holder <> $1
            ON CONFLICT DO NOTHING";
        scene.sql(copy, &[Arg::Bytes(&holder)]).await;
    }
    assert!(holders.len() > 3);
    scene.reads_nothing(&scene.administrator, "rows of lists").await;
    scene.reads_nothing(&scene.dsl, "rows of lists, of somebody who receives other records").await;
}

/// What two people keep outside the book.
struct Kept {
    head: Person,
    administrator: Person,
    /// Paths of what is the head's alone: a form not filed, a search, a calendar.
    of_head: Vec<String>,
}

/// Has the head and the administrator each sign in, begin a form, search, and make an address of their calendar; the head look at what is
/// new; and a notice wait.
async fn kept_by(scene: &Scene) -> Kept {
    let trust = &scene.trust;
    trust.app.wait_for_views().await.unwrap();
    trust.app.give_notices(None).await.unwrap();
    let (mut of_head, mut people) = (vec![], vec![]);
    for (name, duty) in [("Uma Jones", Duty::Headteacher), ("Ada Ray", Duty::Administrator)] {
        let person = trust.person(Wanted { email: &email(name), name, duty, school: "SCH01" }).await;
        let caller = trust.app.by_token(&person.token).await.unwrap().unwrap();
        let draft = trust.app.start_draft(&caller, &json!({ "what_happened": format!("{CANARY} of {name}.") })).await.unwrap();
        let search = json!({ "words": "seen", "from": "2020-01-01" });
        let search = trust.call("POST", "/api/v1/search", Some(&person.token), Some(&search)).await.ok();
        let standing = trust.app.standing(&person.session).await.unwrap().unwrap();
        let feed = trust.app.make_feed(&standing).await.unwrap().secret;
        if duty == Duty::Headteacher {
            let search = search["id"].as_str().unwrap();
            of_head.extend([format!("/file/{}/what", hex::encode(draft)), format!("/search/{search}"), format!("/api/v1/search/{search}")]);
            of_head.push(format!("/calendar/{feed}.ics"));
            trust.call("GET", "/api/v1/today", Some(&person.token), None).await.ok();
        }
        people.push(person);
    }
    let form = report("SCH01", "loss_of_equipment", &format!("{CANARY} of another."));
    trust.call("POST", "/api/v1/reports", Some(&people[0].token), Some(&form)).await.ok();
    trust.app.wait_for_views().await.unwrap();
    trust.app.give_notices(None).await.unwrap();
    let [head, administrator] = people.try_into().unwrap();
    Kept { head, administrator, of_head }
}

/// Every table of state that a migration makes.
fn state_tables() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let texts = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let named =
        |text: String| text.split("CREATE TABLE state_").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    texts.flat_map(named).map(|name| format!("state_{name}")).collect()
}

/// Every table of state, row by row in another's place: what is in a row is good there alone.
async fn what_is_kept_outside_the_book_is_good_in_its_place_alone(engine: Engine) {
    let scene = scene(engine, 503).await;
    let kept = kept_by(&scene).await;
    let mut swapped = vec![];
    let tables = state_tables();
    for kind in &tables {
        let rows = scene.rows(&format!("SELECT id, owner, sealed, epoch FROM {kind} ORDER BY id")).await;
        if rows.len() < 2 {
            continue;
        }
        swapped.push(kind);
        let put = async |place: &wardbook_views::sql::Row, other: &wardbook_views::sql::Row| {
            let (id, owner, sealed) = (place.bytes(0).unwrap(), other.bytes(1).unwrap(), other.bytes(2).unwrap());
            let sql = format!("UPDATE {kind} SET owner = $1, sealed = $2, epoch = $3 WHERE id = $4");
            scene.sql(&sql, &[Arg::Bytes(&owner), Arg::Bytes(&sealed), Arg::Int(other.int(3).unwrap()), Arg::Bytes(&id)]).await;
        };
        for (place, other) in rows.iter().zip(rows.iter().cycle().skip(1)) {
            put(place, other).await;
        }
        scene.reads_nothing(&kept.administrator.token, kind).await;
        for path in kept.of_head.iter().map(String::as_str).chain(["/queue", "/reports", "/file", "/account"]) {
            let route = Route { path: path.to_owned(), method: "GET" };
            let answer = scene.trust.ask(&route, &Ids::all(NO_ID), Some(&kept.administrator)).await;
            assert!(!answer.text.contains("of what was seen") && !answer.text.contains("of Uma Jones"), "{kind}: {path}: {}", answer.text);
        }
        for row in &rows {
            put(row, row).await;
        }
        let again = scene.trust.call("GET", "/api/v1/queue", Some(&kept.head.token), None).await;
        assert_eq!(again.status, StatusCode::OK, "{kind}: put back, it is as it was: {}", again.text);
    }
    let usual = ["state_account", "state_draft", "state_feed", "state_search", "state_session", "state_token"];
    assert!(usual.iter().all(|usual| swapped.iter().any(|kind| kind == usual)), "{swapped:?}");
}

async fn accounts_and_tokens_that_change_places_are_nobody_s(engine: Engine) {
    let scene = scene(engine, 508).await;
    for table in ["state_token", "state_account"] {
        let rows = scene.rows(&format!("SELECT id, owner, sealed, epoch FROM {table} ORDER BY id")).await;
        for (place, other) in rows.iter().zip(rows.iter().cycle().skip(1)) {
            let (id, owner, sealed) = (place.bytes(0).unwrap(), other.bytes(1).unwrap(), other.bytes(2).unwrap());
            let swap = format!("UPDATE {table} SET owner = $1, sealed = $2 WHERE id = $3");
            scene.sql(&swap, &[Arg::Bytes(&owner), Arg::Bytes(&sealed), Arg::Bytes(&id)]).await;
        }
    }
    for token in [&scene.administrator, &scene.head, &scene.dsl] {
        let answer = scene.trust.call("GET", "/api/v1/queue", Some(token), None).await;
        assert!(!answer.status.is_success() && !answer.text.contains(CANARY), "{}: {}", answer.status, answer.text);
    }
}

async fn a_duty_copied_into_their_own_entry_is_no_duty(engine: Engine) {
    let scene = scene(engine, 504).await;
    // The streams with two events or more are people with duties, and the record. Every second event is put in every other's place.
    let events = scene.rows("SELECT stream_id, version, sealed FROM events WHERE version = 2 ORDER BY position").await;
    assert!(events.len() >= 3);
    let head = events.iter().find(|row| row.bytes(0).unwrap() != hex::decode(&scene.report).unwrap()).unwrap();
    for event in &events {
        let (stream, sealed) = (event.bytes(0).unwrap(), head.bytes(2).unwrap());
        let copy = "UPDATE events SET sealed = $1 WHERE stream_id = $2 AND version = 2";
        scene.sql(copy, &[Arg::Bytes(&sealed), Arg::Bytes(&stream)]).await;
    }
    let scene = scene.restarted().await;
    scene.reads_nothing(&scene.administrator, "a copied duty").await;
    let verdict = scene.trust.local("POST", "/local/v1/verify", None).await;
    assert!(!verdict.text.contains("\"intact\":true"), "and verify finds it: {}", verdict.text);
}

async fn keys_that_change_places_open_nothing(engine: Engine) {
    let scene = scene(engine, 505).await;
    let rows =
        fetch(&scene.keys, "SELECT key_id, wrapped FROM key_record WHERE wrapped IS NOT NULL ORDER BY key_id".into(), &[]).await.unwrap();
    for (place, other) in rows.iter().zip(rows.iter().cycle().skip(1)) {
        let (id, wrapped) = (place.bytes(0).unwrap(), other.bytes(1).unwrap());
        let swap = "UPDATE key_record SET wrapped = $1 WHERE key_id = $2".to_owned();
        execute(&scene.keys, swap, &[Arg::Bytes(&wrapped), Arg::Bytes(&id)]).await.unwrap();
    }
    scene.trust.places.tick(61); // opened keys stay in memory for a minute at most
    scene.reads_nothing(&scene.administrator, "keys").await;
    let head = scene.trust.call("GET", &format!("/api/v1/reports/{}", scene.report), Some(&scene.head), None).await;
    assert!(!head.text.contains(CANARY), "a wrong key is noticed, not used: {}", head.text);
    assert!(scene.trust.stop().await.open(7).await.is_err(), "and the service does not start on it");
}

async fn exclusions_taken_out_of_the_lists_exclude_all_the_same(engine: Engine) {
    let scene = scene(engine, 506).await;
    let aside = json!({ "reason": "Callum is my brother" });
    let path = format!("/api/v1/reports/{}/recuse", scene.report);
    assert_eq!(scene.trust.call("POST", &path, Some(&scene.head), Some(&aside)).await.status, StatusCode::NO_CONTENT);
    // Rows for the duty at the school put back, and every row of a person taken out.
    let stream = hex::decode(&scene.report).unwrap();
    let rows = scene.rows("SELECT DISTINCT register, holder FROM view_rows").await;
    for row in rows {
        let copy = "INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since, due)
            SELECT trust_id, generation, $1, $2, stream_id, version, position, since, due FROM view_rows WHERE stream_id = $3
            ON CONFLICT DO NOTHING";
        let (register, holder) = (row.bytes(0).unwrap(), row.bytes(1).unwrap());
        scene.sql(copy, &[Arg::Bytes(&register), Arg::Bytes(&holder), Arg::Bytes(&stream)]).await;
    }
    scene.reads_nothing(&scene.head, "who stands aside, with rows put back").await;
    scene.sql("DELETE FROM view_rows WHERE due IS NULL AND stream_id = $1", &[Arg::Bytes(&stream)]).await;
    scene.reads_nothing(&scene.head, "who stands aside, with rows taken out").await;
}

/// A trust's own administrator, with a superuser's login to the databases that it shares with another: they give the other's record, keys,
/// rows of lists and accounts to their own trust.
async fn what_is_moved_from_one_trust_to_another_opens_in_neither(engine: Engine) {
    let host = Host::new(engine, 507).await;
    for trust in host.each() {
        trust.import(ImportKind::Schools, vec![school_row(2, "SCH01")]).await;
    }
    let head = |email| Wanted { email, name: "Uma Jones", duty: Duty::Headteacher, school: "SCH01" };
    let (uma, theirs) = (host.first.person(head("uma@oakfield.example")).await, host.second.person(head("una@harbour.example")).await);
    let mut form = report("SCH01", "low_level_concern", &format!("{CANARY} of what was seen."));
    form["about"] = json!({ "whom": "another", "name": "Callum Field" });
    let id = {
        let reporter = host.first.token("hana@oakfield.example", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
        let filed = host.first.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await;
        filed.ok()["id"].as_str().unwrap().to_owned()
    };
    host.first.app.wait_for_views().await.unwrap();
    let path = format!("/api/v1/reports/{id}");
    assert_eq!(host.first.call("GET", &path, Some(&uma.token), None).await.status, StatusCode::OK);
    let places = &host.first.places;
    let book = Database::connect(places.database()).await.unwrap();
    let keys = Database::connect(&sqlite_url(places.key_store().parent().unwrap(), "keys.db")).await.unwrap();
    let (from, to) = (*host.first.app.trust().as_bytes(), *host.second.app.trust().as_bytes());
    let both = [Arg::Bytes(&to), Arg::Bytes(&from)];
    // Everything that is the first trust's becomes the second's as well, where there is room for it.
    let size = fetch(&book, "SELECT size FROM heads WHERE trust_id = $1".into(), &both[..1]).await.unwrap()[0].int(0).unwrap();
    for sql in [
        format!(
            "INSERT INTO events (trust_id, position, stream_id, version, recorded_at, item_root, leaf_hash, sealed)
            SELECT $1, position + {size}, stream_id, version, recorded_at, item_root, leaf_hash, sealed FROM events WHERE trust_id = $2
            ON CONFLICT DO NOTHING"
        ),
        "INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since, due)
            SELECT $1, c.generation, r.register, r.holder, r.stream_id, r.version, r.position, r.since, r.due FROM view_rows r
            CROSS JOIN (SELECT generation FROM view_checkpoints WHERE trust_id = $1) c WHERE r.trust_id = $2 ON CONFLICT DO NOTHING"
            .to_owned(),
    ] {
        assert!(execute(&book, sql, &both).await.unwrap() > 0);
    }
    for sql in [
        "INSERT INTO key_record (trust_id, key_id, wrapped, destroyed_at) SELECT $1, key_id, wrapped, destroyed_at FROM key_record WHERE trust_id = $2",
        "INSERT INTO key_audience (trust_id, id, sealed) SELECT $1, id, sealed FROM key_audience WHERE trust_id = $2 ON CONFLICT DO NOTHING",
    ] {
        execute(&keys, sql.to_owned(), &both).await.unwrap();
    }
    let reads_nothing = async |host: &Host| {
        for path in [path.clone(), "/api/v1/queue".into(), "/api/v1/reports".into(), "/api/v1/cases".into()] {
            let answer = host.second.call("GET", &path, Some(&theirs.token), None).await;
            assert!(!answer.text.contains(CANARY) && !answer.text.contains("low_level"), "{path}: {}", answer.text);
        }
        assert_ne!(host.second.call("GET", &path, Some(&theirs.token), None).await.status, StatusCode::OK);
    };
    reads_nothing(&host).await;
    places.tick(61); // opened keys stay in memory for a minute at most
    reads_nothing(&host).await;
    let uma_still = host.first.call("GET", &path, Some(&uma.token), None).await;
    assert!(uma_still.text.contains(CANARY), "whose it is reads it as before: {}", uma_still.text);
    let places = host.stop().await;
    let again = Host::open(&places, 50).await;
    assert!(again.is_err(), "a key set with keys of another is noticed at the start");
}
