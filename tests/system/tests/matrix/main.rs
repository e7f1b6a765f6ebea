//! Who hears what: every route and command, asked by every duty in every relationship to a record of every class.
//!
//! The table is `tests/system/matrix.txt`; `WARDBOOK_WRITE_CONTRACTS=1` writes it anew and the change is read in the diff. What the table
//! may never say is asserted beside it. A new route is asked as soon as it is written (`wardbook_system_tests::registry`), and fails
//! here until its lines are in the table.
#![allow(clippy::unwrap_used, reason = "tests")]

mod table;
mod world;

use std::{collections::BTreeMap, sync::Arc};

use wardbook_domain::Duty;
use wardbook_system_tests::{
    Answer, Engine,
    people::says_no,
    registry::{Door, Ids, Route, routes},
};
use world::{Actor, CANARY, Relation, World};

use table::Table;

/// No record has this id.
const NO_ID: &str = "00000000000000000000000000000000";

/// Duties that never open what is sealed.
const CLOSED: [Duty; 4] = [Duty::Administrator, Duty::Auditor, Duty::Governor, Duty::FilteringTrustee];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_says_who_hears_what_on_sqlite() {
    let table = ask_everything(Arc::new(World::new(Engine::Sqlite).await), |_| true).await;
    table.compare();
}

/// The same answers from the other engine, by the API.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_says_who_hears_what_on_postgresql() {
    let table = ask_everything(Arc::new(World::new(Engine::Postgres).await), |route| route.door() == Door::Api).await;
    table.compare_part();
}

async fn ask_everything(world: Arc<World>, wanted: impl Fn(&Route) -> bool) -> Table {
    let mut table = Table::default();
    let (mut of_records, mut others): (Vec<Route>, Vec<Route>) =
        routes().into_iter().filter(|route| wanted(route)).partition(Route::is_of_a_record);
    of_records.sort_by_key(|route| (route.door(), route.path.clone()));
    others.sort_by_key(|route| (route.ends_the_session(), route.door(), route.path.clone()));
    for route in of_records {
        let asked = (0..world.actors.len()).map(|actor| tokio::spawn(ask_of_records(Arc::clone(&world), route.clone(), actor)));
        for (actor, asked) in asked.collect::<Vec<_>>().into_iter().enumerate() {
            for (class, answer) in asked.await.unwrap() {
                table.put(Some(class), &route, &world.actors[actor], &answer);
            }
        }
    }
    let ask = |actor: &Actor| matches!(actor.relation, Relation::Own | Relation::OtherTrust | Relation::Nobody);
    for route in others {
        let actors = (0..world.actors.len()).filter(|actor| ask(&world.actors[*actor]));
        let asked = actors.map(|actor| (actor, tokio::spawn(ask_without_record(Arc::clone(&world), route.clone(), actor))));
        for (actor, asked) in asked.collect::<Vec<_>>() {
            table.put(None, &route, &world.actors[actor], &asked.await.unwrap());
        }
    }
    table
}

/// Asks about a record of each class, and about none.
async fn ask_of_records(world: Arc<World>, route: Route, actor: usize) -> Vec<(&'static str, Answer)> {
    let actor = &world.actors[actor];
    let nothing = world.trust.ask(&route, &Ids::all(NO_ID), actor.person.as_ref()).await;
    let mut heard = vec![];
    // Human resources have cases of their own, which come of a report about conduct.
    for matter in world.matters.iter().filter(|matter| matter.class != "hr" || route.path.contains("/cases/")) {
        let answer = world.trust.ask(&route, &matter.ids, actor.person.as_ref()).await;
        check(&route, actor, matter.class, &answer);
        let alike = same(&answer, &matter.ids, &nothing);
        let place = || format!("{route} of a {} record by {:?} {:?}", matter.class, actor.relation, actor.duty);
        if actor.relation.is_shut_out() {
            let told = |answer: &Answer| format!("{} {}", answer.status, answer.text);
            assert!(says_no(&answer) && alike, "{}: {}\nand for no record: {}", place(), told(&answer), told(&nothing));
        } else if says_no(&answer) {
            assert!(alike, "{}: a record that is not for them is answered as none would be", place());
        }
        heard.push((matter.class, answer));
    }
    heard
}

/// Asks what is about no record; a record's id in the place of another is as good as none.
async fn ask_without_record(world: Arc<World>, route: Route, actor: usize) -> Answer {
    let actor = &world.actors[actor];
    let answer = world.trust.ask(&route, &Ids::all(NO_ID), actor.person.as_ref()).await;
    check(&route, actor, "none", &answer);
    if route.path.contains('{') && route.door() != Door::Local {
        let ids = Ids::all(&world.matters[0].ids.report);
        let again = world.trust.ask(&route, &ids, actor.person.as_ref()).await;
        assert!(same(&again, &ids, &answer), "{route} by {:?}: {} {}\n{}", actor.duty, again.status, again.text, answer.text);
    }
    answer
}

/// What no table may loosen.
fn check(route: &Route, actor: &Actor, class: &str, answer: &Answer) {
    let place = || format!("{route} of a {class} record by {:?} {:?}: {} {}", actor.relation, actor.duty, answer.status, answer.text);
    assert!(!answer.status.is_server_error(), "{}", place());
    let closed = actor.duty.is_some_and(|duty| CLOSED.contains(&duty));
    if closed || actor.relation.is_shut_out() {
        let bytes = answer.bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        assert!(!bytes, "sealed text: {}", place());
    }
}

/// Whether two answers are the same, but for the id that was asked for.
fn same(answer: &Answer, ids: &Ids, other: &Answer) -> bool {
    let headers = |answer: &Answer, ids: &Ids| -> BTreeMap<String, String> {
        let line = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            // A visitor without a session gets a random cookie.
            let value = if name == "set-cookie" && value.starts_with("wardbook-visitor=") { "visitor".to_owned() } else { ids.out_of(&value) };
            (name.to_string(), value)
        };
        answer.headers.iter().map(line).collect()
    };
    let none = Ids::all(NO_ID);
    let text = ids.out_of(&answer.text) == none.out_of(&other.text);
    answer.status == other.status && headers(answer, ids) == headers(other, &none) && text
}
