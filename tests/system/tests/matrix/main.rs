//! Who hears what: every route and command, asked by every duty in every relationship to a record of every class.
//!
//! The table is `tests/system/matrix.txt`; `WARDBOOK_WRITE_CONTRACTS=1` writes it anew and the change is read in the diff. What the table
//! may never say is asserted beside it. A new route is asked as soon as it is written (`wardbook_system_tests::registry`), and fails
//! here until its lines are in the table.
#![allow(clippy::unwrap_used, reason = "tests")]

mod beside;
mod table;
mod world;

use std::sync::Arc;

use wardbook_domain::Duty;
use wardbook_system_tests::{
    Answer, Engine,
    people::says_no,
    plain::{Plain, words},
    registry::{Door, Ids, Route, routes},
};
use world::{Actor, CANARY, Matter, Relation, World};

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

/// Acts on a case that are asked for on the second engine too, where all go one way: whose it is, who reads it, and one that many may do.
const ALSO: [&str; 4] = ["note", "share", "merge", "print"];

/// The same answers from the other engine, by the API.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_says_who_hears_what_on_postgresql() {
    let of_act = |route: &Route| {
        let verb = route.path.strip_prefix("/api/v1/cases/{id}/").filter(|_| route.method == "POST");
        verb.is_none_or(|verb| verb == "evidence" || ALSO.contains(&verb))
    };
    let wanted = |route: &Route| route.door() == Door::Api && of_act(route);
    let table = ask_everything(Arc::new(World::new(Engine::Postgres).await), wanted).await;
    table.compare_part();
}

async fn ask_everything(world: Arc<World>, wanted: impl Fn(&Route) -> bool) -> Table {
    let mut table = Table::default();
    let (mut of_records, mut others): (Vec<Route>, Vec<Route>) =
        routes().into_iter().filter(|route| wanted(route)).partition(Route::is_of_a_record);
    of_records.sort_by_key(|route| (route.door(), route.path.clone()));
    others.sort_by_key(|route| (route.ends_the_session(), route.door(), route.path.clone()));
    for (turn, route) in of_records.into_iter().enumerate() {
        let asked = (0..world.actors.len()).map(|actor| tokio::spawn(ask_of_records(Arc::clone(&world), route.clone(), turn, actor)));
        for (actor, asked) in asked.collect::<Vec<_>>().into_iter().enumerate() {
            for (class, answer) in asked.await.unwrap() {
                table.put(Some(class), &route, &world.actors[actor], &answer);
            }
        }
    }
    let ask = |actor: &Actor| matches!(actor.relation, Relation::Own | Relation::OtherTrust | Relation::Nobody);
    for route in others {
        let is_asked = |actor: &usize| {
            let actor = &world.actors[*actor];
            ask(actor) || route.is_of_something() && actor.relation == Relation::OtherSchool
        };
        let actors = (0..world.actors.len()).filter(is_asked);
        if route.is_of_something() {
            // One after another, as what one of them uses up is made anew for the next.
            for actor in actors {
                let answer = ask_of_something(&world, &route, &world.actors[actor]).await;
                table.put(None, &route, &world.actors[actor], &answer);
            }
            continue;
        }
        let asked = actors.map(|actor| (actor, tokio::spawn(ask_without_record(Arc::clone(&world), route.clone(), actor))));
        for (actor, asked) in asked.collect::<Vec<_>>() {
            table.put(None, &route, &world.actors[actor], &asked.await.unwrap());
        }
    }
    table
}

/// Asks about a record of each class, and about none.
async fn ask_of_records(world: Arc<World>, route: Route, turn: usize, actor: usize) -> Vec<(&'static str, Answer)> {
    let number = actor;
    let actor = &world.actors[actor];
    let nothing = world.trust.ask(&route, &Ids::all(NO_ID), actor.person.as_ref()).await;
    let mut heard = vec![];
    // Human resources have cases of their own, which come of a report about conduct.
    let classes: Vec<&Matter> = world.matters.iter().filter(|matter| matter.class != "hr" || route.path.contains("/cases/")).collect();
    // To whom none exists, each route is asked about one of them, in turn.
    let are_many = actor.relation.is_shut_out() && actor.relation != Relation::Nobody;
    let one = are_many.then(|| (number + turn) % classes.len());
    for matter in classes.iter().enumerate().filter(|(at, _)| one.is_none_or(|one| one == *at)).map(|(_, matter)| matter) {
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

/// Asks about what is no record and has an id of its own, and about none: whom it is none of hears what they would hear if there were none.
async fn ask_of_something(world: &World, route: &Route, actor: &Actor) -> Answer {
    let nothing = world.trust.ask(route, &Ids::all(NO_ID), actor.person.as_ref()).await;
    check(route, actor, "no", &nothing);
    let ids = world.beside.ids(&world.trust, route).await;
    let answer = world.trust.ask(route, &ids, actor.person.as_ref()).await;
    check(route, actor, "no", &answer);
    let told = |answer: &Answer| format!("{} {}", answer.status, words(answer));
    let alike = same(&answer, &ids, &nothing);
    let (relation, duty) = (actor.relation, actor.duty);
    assert!(!says_no(&answer) || alike, "{route} by {relation:?} {duty:?}: {}\nand for none: {}", told(&answer), told(&nothing));
    let is_away = matches!(relation, Relation::OtherTrust | Relation::Nobody);
    assert!(!is_away || says_no(&answer), "{route} by {relation:?} {duty:?}: {}", told(&answer));
    answer
}

/// Asks what is about no record; a record's id in the place of another is as good as none.
async fn ask_without_record(world: Arc<World>, route: Route, actor: usize) -> Answer {
    let actor = &world.actors[actor];
    let answer = world.trust.ask(&route, &Ids::all(NO_ID), actor.person.as_ref()).await;
    check(&route, actor, "none", &answer);
    if route.path.contains('{') && route.door() != Door::Local {
        let ids = Ids::all(&world.matters[0].ids.report);
        let again = world.trust.ask(&route, &ids, actor.person.as_ref()).await;
        assert!(same(&again, &ids, &answer), "{route} by {:?}: {}\nnot {}", actor.duty, words(&again), words(&answer));
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

/// Whether two answers are the same, but for the id that was asked for and for random values.
fn same(answer: &Answer, ids: &Ids, other: &Answer) -> bool {
    let without = |answer: &Answer, ids: &Ids| Plain::default().text(&ids.out_of(&words(answer)));
    answer.status == other.status && (answer.bytes == other.bytes || without(answer, ids) == without(other, &Ids::all(NO_ID)))
}
