//! Several trusts on one host: whoever works in two sees both on one page and leaves a trace in each; to everybody else, and to every
//! statement, the other trust is not there.

use axum::http::StatusCode;
use serde_json::json;
use wardbook_app::{import::ImportKind, setup::SHIPPED_PROFILES};
use wardbook_domain::{Duty, trace::Shown};
use wardbook_system_tests::{
    Answer, Engine, Places, Trust,
    host::Host,
    on_both_engines,
    people::{Person, Wanted},
    plain::{Plain, words},
    registry::{Door, Ids, Route, routes},
    scenes::row,
};
use wardbook_testkit::TestPg;

on_both_engines!(
    whoever_works_in_two_trusts_has_one_queue_and_leaves_a_trace_in_each,
    the_id_in_a_path_and_the_token_of_a_form_say_which_trust,
    nothing_of_one_trust_reaches_the_people_of_the_other,
    a_restart_finds_both_and_a_trust_that_is_not_opened_is_not_there,
    what_somebody_keeps_in_one_trust_is_not_in_the_other,
);

/// No record has this id.
const NO_ID: &str = "00000000000000000000000000000000";
/// Stands in the records of each trust, with its place.
const CANARY: &str = "kanaryword";

struct Scene {
    host: Host,
    /// A report of a loss of data in each trust, which its data protection officer answers for.
    reports: [String; 2],
    /// An outsourced data protection officer of both.
    dpo: [Person; 2],
    /// A head of each.
    heads: [Person; 2],
}

async fn scene(host: Host) -> Scene {
    let (mut reports, mut heads) = (vec![], vec![]);
    for (place, trust) in host.each().into_iter().enumerate() {
        let school = json!({ "code": "SCH01", "name": format!("{CANARY}{place} School") });
        trust.import(ImportKind::Schools, vec![row(2, school)]).await;
        let email = format!("head{place}@example.org");
        let name = format!("Hedda {CANARY}{place}");
        heads.push(trust.person(Wanted { email: &email, name: &name, duty: Duty::Headteacher, school: "SCH01" }).await);
        let form = json!({ "school": "SCH01", "types": ["loss_of_data"], "danger": "no", "data_affected": ["pupil_personal_data"],
            "what_happened": format!("{CANARY}{place} is lost.") });
        let filed = trust.call("POST", "/api/v1/reports", Some(&heads[place].token), Some(&form)).await.ok();
        reports.push(filed["id"].as_str().unwrap().to_owned());
        trust.app.wait_for_views().await.unwrap();
        trust.places.tick(60);
    }
    let dpo = host.in_both(Wanted { email: "dora@outside.example", name: "Dora Pike", duty: Duty::Dpo, school: "" }).await;
    Scene { host, reports: reports.try_into().unwrap(), dpo, heads: heads.try_into().unwrap() }
}

impl Scene {
    async fn get(&self, path: &str, person: &Person) -> Answer {
        // Either router serves both trusts.
        ask(&self.host.first, "GET", path, person).await
    }
}

async fn ask(trust: &Trust, method: &'static str, path: &str, person: &Person) -> Answer {
    trust.ask(&Route { path: path.to_owned(), method }, &Ids::default(), Some(person)).await
}

async fn whoever_works_in_two_trusts_has_one_queue_and_leaves_a_trace_in_each(engine: Engine) {
    let scene = scene(Host::new(engine, 601).await).await;
    let [one, two] = [0, 1].map(|place| &scene.reports[place]);
    for path in ["/queue", "/breaches"] {
        let page = scene.get(path, &scene.dpo[0]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        let row = |id: &str| page.text.find(id).unwrap_or_else(|| panic!("{path}: {}", page.text));
        assert!(row(one) < row(two), "{path}: the one that is due first stands first");
        for said in [format!("{CANARY}0 School, Oakfield Trust"), format!("{CANARY}1 School, Harbour Trust")] {
            assert!(page.text.contains(&said), "{path}: each row says which trust it is of: {}", page.text);
        }
    }
    assert!(scene.get("/queue", &scene.dpo[0]).await.text.contains("2 things are owed"));
    assert_eq!(scene.get("/", &scene.dpo[0]).await.header("location"), "/queue");
    for (place, trust) in scene.host.each().into_iter().enumerate() {
        let clock = scene.get(&format!("/breaches/{}", scene.reports[place]), &scene.dpo[0]).await;
        assert_eq!(clock.status, StatusCode::OK, "{}", clock.text);
        assert!(clock.text.contains(trust.app.trust_name()), "the page says in which trust one is");
    }
    // Each look is in the book of the trust whose record it is, and of no other.
    for (place, trust) in scene.host.each().into_iter().enumerate() {
        let me = trust.app.directory().await.unwrap().by_email("dora@outside.example").unwrap();
        let mine: Vec<Shown> = trust.looks().await.into_iter().filter(|look| look.reader == me).collect();
        let pages: Vec<&str> = mine.iter().map(|look| look.page.as_str()).collect();
        assert_eq!(pages, ["queue", "breaches", "queue", "breach"]);
        let records: Vec<String> = mine.iter().flat_map(|look| look.records.iter().map(ToString::to_string)).collect();
        assert!(records.iter().all(|record| *record == scene.reports[place]), "{records:?}");
        let seen = trust.call("GET", "/api/v1/reads?mine=true", Some(&scene.dpo[place].token), None).await.ok();
        assert!(!seen.to_string().contains(&scene.reports[1 - place]), "{seen}");
    }
}

async fn the_id_in_a_path_and_the_token_of_a_form_say_which_trust(engine: Engine) {
    let scene = scene(Host::new(engine, 602).await).await;
    let [dpo, of_second] = &scene.dpo;
    let [one, two] = [0, 1].map(|place| &scene.reports[place]);
    let here = async || -> String { scene.host.first.app.trusts_of_session(&dpo.session).await.unwrap()[0].trust_name().to_owned() };
    assert_eq!(here().await, "Oakfield Trust");
    assert_eq!(scene.get(&format!("/breaches/{two}"), dpo).await.status, StatusCode::OK);
    assert_eq!(here().await, "Harbour Trust", "whoever opens a record works in its trust");
    // A form of the first trust, sent from a page that was left open meanwhile.
    let decide = Route { path: "/breaches/{id}/decision".into(), method: "POST" };
    let sent = scene.host.first.ask(&decide, &Ids::all(one), Some(dpo)).await;
    assert_eq!(sent.status, StatusCode::PRECONDITION_FAILED, "it is asked of its own trust: {}", sent.text);
    assert_eq!(here().await, "Oakfield Trust");
    // The form of one trust with the id of the other does nothing in either.
    let mixed = scene.host.second.ask(&decide, &Ids::all(one), Some(dpo)).await;
    assert_eq!(mixed.status, StatusCode::NOT_FOUND, "{}", mixed.text);
    // What no trust has is there in none, and does not move anybody.
    let before = here().await;
    assert_eq!(scene.get(&format!("/breaches/{NO_ID}"), dpo).await.status, StatusCode::NOT_FOUND);
    assert_eq!(here().await, before);
    // A token is of one trust, whatever the path says.
    for (person, own, other) in [(dpo, one, two), (of_second, two, one)] {
        let get = async |id: &str| scene.host.second.call("GET", &format!("/api/v1/breaches/{id}"), Some(&person.token), None).await.status;
        assert_eq!((get(own).await, get(other).await), (StatusCode::OK, StatusCode::NOT_FOUND));
        let queue = scene.host.first.call("GET", "/api/v1/queue", Some(&person.token), None).await.ok().to_string();
        assert!(queue.contains(own.as_str()) && !queue.contains(other.as_str()), "{queue}");
    }
    // Whoever works in both chooses where.
    let page = scene.get("/account/trusts", dpo).await;
    assert!(page.text.contains("Work in Oakfield Trust") || page.text.contains("Work in Harbour Trust"), "{}", page.text);
}

async fn nothing_of_one_trust_reaches_the_people_of_the_other(engine: Engine) {
    let scene = scene(Host::new(engine, 603).await).await;
    let (theirs, ours) = (&scene.heads[1], &scene.heads[0]);
    let caller = scene.host.second.app.by_token(&theirs.token).await.unwrap().unwrap();
    let draft = hex::encode(scene.host.second.app.start_draft(&caller, &json!({ "what_happened": CANARY })).await.unwrap());
    let person = caller.person.to_string();
    let cursor = {
        let form = json!({ "school": "SCH01", "types": ["loss_of_data"], "danger": "no", "what_happened": format!("{CANARY}1 again") });
        scene.host.second.call("POST", "/api/v1/reports", Some(&theirs.token), Some(&form)).await.ok();
        scene.host.second.app.wait_for_views().await.unwrap();
        let page = scene.host.second.call("GET", "/api/v1/reports?limit=1", Some(&theirs.token), None).await.ok();
        page["next"].as_str().unwrap().to_owned()
    };
    let none = Ids::all(NO_ID);
    for id in [&scene.reports[1], &draft, &person] {
        let ids = Ids::all(id);
        for route in routes().iter().filter(|route| route.door() != Door::Local && !route.ends_the_session()) {
            let (answer, nothing) =
                (scene.host.first.ask(route, &ids, Some(ours)).await, scene.host.first.ask(route, &none, Some(ours)).await);
            assert!(!answer.text.contains(&format!("{CANARY}1")) && !answer.text.contains("Harbour"), "{route}: {}", answer.text);
            assert!(!answer.status.is_server_error(), "{route}: {}", answer.text);
            if route.path.contains('{') {
                let heard = |answer: &Answer, ids: &Ids| Plain::default().text(&ids.out_of(&words(answer)));
                assert_eq!(heard(&answer, &ids), heard(&nothing, &none), "{route}");
            }
        }
    }
    for list in ["reports", "queue"] {
        let answer = scene.host.first.call("GET", &format!("/api/v1/{list}?cursor={cursor}"), Some(&ours.token), None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
    }
    // Whoever is nobody yet is on the page of the host, which names no trust.
    for path in ["/sign-in", "/enrol", "/what-we-keep"] {
        let page = scene.host.first.ask(&Route { path: path.into(), method: "GET" }, &none, None).await;
        assert!(!page.text.contains("Harbour") && !page.text.contains("Oakfield"), "{path}: {}", page.text);
    }
    let form = scene.host.first.ask(&Route { path: "/form.pdf".into(), method: "GET" }, &none, None).await;
    assert_eq!(form.header("location"), "/sign-in?next=/form.pdf");
}

async fn a_restart_finds_both_and_a_trust_that_is_not_opened_is_not_there(engine: Engine) {
    let scene = scene(Host::new(engine, 604).await).await;
    let (dpo, two) = (scene.dpo[0].clone(), scene.reports[1].clone());
    let places = scene.host.stop().await;
    let again = Host::open(&places, 20).await.unwrap();
    assert_eq!(again.second.app.trust_name(), "Harbour Trust");
    let clock = ask(&again.first, "GET", &format!("/breaches/{two}"), &dpo).await;
    assert_eq!(clock.status, StatusCode::OK, "the session goes on in both: {}", clock.text);
    for trust in again.each() {
        trust.app.maintain_state().await.unwrap();
        let verdict = trust.app.verify(&wardbook_app::checkpoint::VerifyAsk::default(), |_, _| ()).await.unwrap();
        assert!(verdict.intact && verdict.commands_checked, "{verdict:?}");
        let note = trust.app.sign_checkpoint().await.unwrap();
        assert!(note.contains(&trust.app.trust().to_string()), "{note}");
    }
    let places = again.stop().await;
    let alone = places.open(30).await.unwrap();
    let gone = ask(&alone, "GET", &format!("/breaches/{two}"), &dpo).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let queue = ask(&alone, "GET", "/queue", &Person { session: alone.session(&dpo.email).await, ..dpo }).await;
    assert!(queue.text.contains("1 thing is owed") && !queue.text.contains("Harbour"), "{}", queue.text);
}

async fn what_somebody_keeps_in_one_trust_is_not_in_the_other(engine: Engine) {
    let scene = scene(Host::new(engine, 606).await).await;
    let mut standings = vec![];
    for (trust, person) in scene.host.each().into_iter().zip(&scene.dpo) {
        standings.push((&trust.app, trust.app.standing(&person.session).await.unwrap().unwrap()));
    }
    let (mut drafts, mut feeds) = (vec![], vec![]);
    for (app, standing) in &standings {
        drafts.push(app.start_draft(&standing.caller, &json!({ "of": app.trust_name() })).await.unwrap());
        feeds.push(app.make_feed(standing).await.unwrap().secret);
    }
    for (place, (app, standing)) in standings.iter().enumerate() {
        let kept = app.drafts::<serde_json::Value>(&standing.caller).await.unwrap();
        assert_eq!(kept.iter().map(|draft| &draft.value["of"]).collect::<Vec<_>>(), [app.trust_name()]);
        assert!(app.draft::<serde_json::Value>(&standing.caller, drafts[1 - place]).await.is_err());
        assert!(app.drop_draft(&standing.caller, drafts[1 - place]).await.is_err());
        assert_eq!(app.due_dates(&feeds[place]).await.unwrap().len(), 1, "a feed is of one trust");
        assert!(app.due_dates(&feeds[1 - place]).await.is_err());
    }
    standings[0].0.end_feed(&standings[0].1.caller).await.unwrap();
    assert!(standings[0].0.feed(&standings[0].1.caller).await.unwrap().is_none());
    assert!(standings[1].0.feed(&standings[1].1.caller).await.unwrap().is_some());
}

/// What the database was asked, with its parameters: entries of the server's log that belong together.
fn asked(log: &str) -> Vec<String> {
    let mut entries: Vec<String> = vec![];
    for line in log.lines() {
        let begins = line.contains(" LOG: ");
        match entries.last_mut() {
            Some(last) if !begins => last.push_str(line),
            _ => entries.push(line.to_owned()),
        }
    }
    entries.retain(|entry| entry.to_lowercase().contains("parameters: "));
    entries
}

/// No statement is of two trusts: the server writes down all that it is asked, with parameters, while two trusts are worked in at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_names_two_trusts() {
    let pg = TestPg::own(false);
    let url = pg.fresh_database().await;
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let admin = wardbook_ledger::Database::connect(&pg.admin_url()).await.unwrap();
    let sql = format!("-- test.log_all\nALTER DATABASE {name} SET log_statement = 'all'");
    wardbook_views::sql::execute(&admin, sql, &[]).await.unwrap();
    let scene = scene(Host::create(Places::at(Some(url), 605), SHIPPED_PROFILES[1].1).await).await;
    for path in ["/queue", "/breaches", "/", "/account/trusts", "/account", "/account/sessions", "/reads", "/cases", "/people"] {
        scene.get(path, &scene.dpo[0]).await;
    }
    for report in &scene.reports {
        assert_eq!(scene.get(&format!("/breaches/{report}"), &scene.dpo[0]).await.status, StatusCode::OK);
    }
    for trust in scene.host.each() {
        trust.app.maintain_state().await.unwrap();
        trust.app.rebuild(None, |_, _, _| ()).await.unwrap();
    }
    let ids = scene.host.each().map(|trust| trust.app.trust().to_string());
    scene.host.stop().await;
    let log = std::fs::read_to_string(pg.data_dir().parent().unwrap().join("log")).unwrap();
    let asked = asked(&log);
    let of = |id: &String| asked.iter().filter(|entry| entry.contains(id.as_str())).count();
    assert!(of(&ids[0]) > 100 && of(&ids[1]) > 100, "the log holds what was asked: {} {}", of(&ids[0]), of(&ids[1]));
    let both: Vec<&String> = asked.iter().filter(|entry| ids.iter().all(|id| entry.contains(id.as_str()))).collect();
    assert!(both.is_empty(), "{both:?}");
    let without = |entry: &&String| ["view_rows", "events", "heads", "commands"].iter().any(|table| entry.contains(&format!(" {table} ")));
    let of_none: Vec<&String> = asked.iter().filter(without).filter(|entry| !ids.iter().any(|id| entry.contains(id.as_str()))).collect();
    assert!(of_none.is_empty(), "and one that reads a book or its lists names its own: {of_none:?}");
}
