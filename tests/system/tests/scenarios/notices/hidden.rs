//! What did not arrive tells an administrator of no record about them (design §1.4): two trusts of one seed, equal but for one hidden record
//! of which others are told, while the mail server fails in every way that it can.

use wardbook_system_tests::{
    people::Wanted,
    plain::Plain,
    registry::{Ids, Route},
};
use wardbook_testkit::smtp::Mood;

use super::*;

/// What the administrator is shown, page and API, in order, with random values as their order of appearance.
async fn shown(post: &Post, person: &wardbook_system_tests::people::Person, plain: &mut Plain) -> String {
    let mut all = String::new();
    for path in ["/notices", "/api/v1/notices"] {
        let route = Route { path: path.into(), method: "GET" };
        let answer = post.trust.ask(&route, &Ids::all(&"0".repeat(32)), Some(person)).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
        all.push_str(&plain.answer(&answer));
    }
    all
}

/// Lives through days of failing mail, with the hidden record or without; what the administrator saw each evening.
async fn seen(has_hidden: bool) -> Vec<String> {
    let people =
        [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("George Xu", Duty::Dsl), ("Ines Okoye", Duty::TrustLead)];
    let (post, tokens) = Post::new(Engine::Sqlite, 741, &people).await;
    let wanted = Wanted { email: &email("Ola Birch"), name: "Ola Birch", duty: Duty::Administrator, school: "SCH01" };
    let mut ola = post.trust.person(wanted).await;
    post.at("2026-10-31T07:45Z").await;
    let (mut plain, mut all) = (Plain::default(), vec![]);
    for (day, mood) in [Mood::Refuses, Mood::Later, Mood::Closed, Mood::BreaksOff, Mood::Takes].into_iter().enumerate() {
        post.server.set_mood(mood);
        let day = day + 1;
        post.at(&format!("2026-11-{day:02}T09:00Z")).await;
        if has_hidden {
            // About the administrator: those who receive it are told at once, and with the next digest.
            for form in [dangerous(), breach()] {
                let mut form = form;
                form["about"] = json!({ "whom": "another", "name": "Ola Birch" });
                post.file(&tokens["Hana Kemp"], &form).await;
            }
            post.give().await;
        }
        // Long enough after it, and few enough, that neither the gap between two messages nor a day's budget comes into it: what these
        // could tell is said in `docs/threat-model.md`.
        post.at(&format!("2026-11-{day:02}T12:30Z")).await;
        post.at(&format!("2026-11-{day:02}T13:00Z")).await;
        for form in [ordinary(), dangerous(), breach()] {
            post.file(&tokens["Hana Kemp"], &form).await;
        }
        for minute in 0..(10 * 60 / 5) {
            post.trust.places.tick(300);
            if minute % 6 == 0 || minute < 30 {
                post.give().await;
            }
        }
        ola.session = post.trust.session(&ola.email).await;
        all.push(shown(&post, &ola, &mut plain).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_learns_of_no_record_about_them_from_what_did_not_arrive() {
    let (with, without) = tokio::join!(seen(true), seen(false));
    assert_eq!(with.len(), without.len());
    for (day, (with, without)) in with.iter().zip(&without).enumerate() {
        let pair = with.lines().zip(without.lines()).find(|(a, b)| a != b);
        assert_eq!(pair, None, "day {}", day + 1);
        assert_eq!(with, without, "day {}", day + 1);
    }
    assert!(without[0].contains("refused") && without[0].contains("George Xu"), "{}", without[0]);
    assert!(without[1].contains("later"), "{}", without[1]);
}
