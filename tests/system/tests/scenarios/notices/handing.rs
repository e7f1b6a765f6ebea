//! What breaks off, comes twice, or is refused.

use std::sync::Arc;

use futures::future::BoxFuture;
use wardbook_app::{
    Caller,
    notices::{Letter, Mailer, UndeliveredState},
};
use wardbook_domain::notice::Fault;
use wardbook_testkit::smtp::Mood;

use super::*;

/// Two do the duty of the DSL: each is told.
const PEOPLE: [(&str, Duty); 5] = [
    ("Hana Kemp", Duty::Reporter),
    ("Uma Jones", Duty::Headteacher),
    ("George Xu", Duty::Dsl),
    ("Bea Ash", Duty::Dsl),
    ("Ola Birch", Duty::Administrator),
];

async fn caller(post: &Post, token: &str) -> Caller {
    post.trust.app.by_token(token).await.unwrap().unwrap()
}

/// Sends a message, and then never comes back: as a process that is killed before it can say that it was sent.
struct Killed<'a>(&'a Smtp);

impl Mailer for Killed<'_> {
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            self.0.hand_over(letter).await?;
            std::future::pending().await
        })
    }
}

pub(crate) async fn a_message_that_broke_off_is_sent_again_under_its_id(engine: Engine) {
    let (post, tokens) = Post::new(engine, 721, &PEOPLE).await;
    post.file(&tokens["Hana Kemp"], &dangerous()).await;
    post.trust.app.wait_for_views().await.unwrap();
    // Killed between sending and settling, for each who is told.
    let killed = Killed(&post.mailer);
    for _ in 0..2 {
        let before = post.count();
        let giving = post.trust.app.give_notices(Some(&killed));
        let sent = async {
            while post.count() == before {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            done = giving => panic!("it never comes back: {done:?}"),
            () = sent => {}
        }
    }
    let receivers = post.took(0);
    assert_eq!(receivers.len(), 2, "{receivers:?}");
    post.give().await;
    assert_eq!(post.count(), 2, "what somebody may still be sending is left alone");
    // The process of a restart, when the claim's time is over; something newer waits by then for the same people.
    let places = Arc::clone(&post.trust.places);
    places.tick(151);
    let again = places.open(1).await.unwrap();
    again.app.give_notices(Some(&post.mailer)).await.unwrap();
    assert_eq!(post.count(), 4, "sent once more, as nobody knows that it was");
    let ids = post.server.ids();
    assert_eq!((ids.len(), ids.values().sum::<usize>()), (2, 4), "under the same ids: a mailbox shows each once");
    for _ in 0..20 {
        places.tick(3600);
        again.app.give_notices(Some(&post.mailer)).await.unwrap();
    }
    assert_eq!(post.count(), 4, "and then never again");
    // A server that takes a message and breaks off before it says so looks the same from here.
    post.server.set_mood(Mood::BreaksOff);
    post.file(&tokens["Hana Kemp"], &dangerous()).await;
    post.give().await;
    post.server.set_mood(Mood::Takes);
    let newer = post.file(&tokens["Hana Kemp"], &dangerous()).await;
    for _ in 0..10 {
        places.tick(600);
        post.give().await;
    }
    assert!(!newer.is_empty());
    let ids = post.server.ids();
    assert!(ids.values().all(|count| *count <= 2), "{ids:?}");
    for name in ["bea.ash", "george.xu"] {
        // Something newer is never told under an id that the server knows: it would be dropped as a repeat.
        let after: Vec<_> = post.server.mails().into_iter().skip(4).filter(|mail| mail.to[0].starts_with(name)).collect();
        let fresh: std::collections::BTreeSet<&str> = after.iter().map(|mail| mail.header("Message-ID")).collect();
        assert!(!fresh.is_empty(), "{name}");
    }
}

pub(crate) async fn two_replicas_send_one_message(engine: Engine) {
    let (post, tokens) = Post::new(engine, 722, &PEOPLE).await;
    let places = Arc::clone(&post.trust.places);
    let (second, third) = (places.open(1).await.unwrap(), places.open(2).await.unwrap());
    for round in 0..6 {
        for _ in 0..3 {
            let form = if round % 2 == 0 { dangerous() } else { ordinary() };
            post.file(&tokens["Hana Kemp"], &form).await;
        }
        places.tick(4 * 3600 + 7 * 60);
        for trust in [&post.trust, &second, &third] {
            trust.app.wait_for_views().await.unwrap();
        }
        // All at once, each with a mailer of its own; a pause between would hide what they do to each other.
        let (one, two, three) = (mailer(&post.server), mailer(&post.server), mailer(&post.server));
        let (one, two, three) = tokio::join!(
            post.trust.app.give_notices(Some(&one)),
            second.app.give_notices(Some(&two)),
            third.app.give_notices(Some(&three))
        );
        for done in [one, two, three] {
            done.unwrap();
        }
    }
    post.at("2026-11-03T12:30Z").await;
    let ids = post.server.ids();
    assert!(ids.values().all(|count| *count == 1), "each once: {ids:?}");
    let mut by_time: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mail in post.server.mails() {
        *by_time.entry((mail.to[0].clone(), mail.header("Date").to_owned())).or_default() += 1;
    }
    assert!(by_time.values().all(|count| *count == 1), "one message to one person at one time: {by_time:?}");
    assert!(by_time.len() >= 6, "{by_time:?}");
}

pub(crate) async fn what_a_server_refuses_is_seen_and_sent_again_when_asked(engine: Engine) {
    let (post, tokens) = Post::new(engine, 723, &PEOPLE).await;
    let administrator = caller(&post, &tokens["Ola Birch"]).await;
    assert_eq!(post.trust.app.undelivered(&administrator).await.unwrap(), []);
    post.server.set_mood(Mood::Refuses);
    post.file(&tokens["Hana Kemp"], &dangerous()).await;
    post.give().await;
    let seen = post.trust.app.undelivered(&administrator).await.unwrap();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.iter().all(|row| (row.state, row.tries, row.fault) == (UndeliveredState::GivenUp, 1, Fault::Refused)), "{seen:?}");
    let names: std::collections::BTreeSet<&str> = seen.iter().map(|row| row.person.as_str()).collect();
    assert_eq!(names, ["Bea Ash", "George Xu"].into());
    let shown = serde_json::to_value(&seen).unwrap().to_string();
    for word in ["SCH01", "misuse", "owed", "now", "danger"] {
        assert!(!shown.contains(word), "{word}: {shown}");
    }
    // The address is put right by the people who run the mail server.
    post.server.set_mood(Mood::Takes);
    post.at("2026-10-31T12:30Z").await;
    assert_eq!(post.count(), 0, "what was given up stays so");
    let id: [u8; 16] = hex::decode(&seen[0].id).unwrap().try_into().unwrap();
    for (name, _) in PEOPLE.iter().filter(|(name, _)| *name != "Ola Birch") {
        let other = caller(&post, &tokens[*name]).await;
        assert!(post.trust.app.undelivered(&other).await.is_err() && post.trust.app.send_again(&other, id).await.is_err(), "{name}");
    }
    post.trust.app.send_again(&administrator, id).await.unwrap();
    post.give().await;
    assert_eq!(post.count(), 1);
    assert_eq!(post.server.mails()[0].header("Message-ID"), format!("<{}@oakfield.example>", seen[0].id), "under the id that it had");
    assert_eq!(post.trust.app.undelivered(&administrator).await.unwrap().len(), 1);
    assert!(post.trust.app.send_again(&administrator, [7; 16]).await.is_err(), "there is no such row");
    assert!(post.trust.app.send_again(&administrator, id).await.is_err(), "it has arrived");
}

pub(crate) async fn a_server_that_is_away_is_tried_less_and_less_often(engine: Engine) {
    let (post, tokens) = Post::new(engine, 724, &PEOPLE).await;
    let administrator = caller(&post, &tokens["Ola Birch"]).await;
    post.set_clock("2026-11-02T09:00Z");
    post.server.set_mood(Mood::Later);
    post.file(&tokens["Hana Kemp"], &dangerous()).await;
    let mut tries = vec![];
    for minute in 0..(20 * 60) {
        post.give().await;
        let most = post.trust.app.undelivered(&administrator).await.unwrap().iter().map(|row| row.tries).max().unwrap_or(0);
        if tries.last().is_none_or(|(_, last)| *last != most) {
            tries.push((minute, most));
        }
        post.trust.places.tick(60);
    }
    let at: Vec<i32> = tries.iter().map(|(minute, _)| *minute).collect();
    assert_eq!(tries.last().map(|(_, tries)| *tries), Some(8), "{tries:?}");
    assert!(at.windows(3).all(|three| three[1] - three[0] <= three[2] - three[1]), "{tries:?}");
    let seen = post.trust.app.undelivered(&administrator).await.unwrap();
    assert!(seen.iter().all(|row| (row.state, row.fault) == (UndeliveredState::GivenUp, Fault::Later)), "{seen:?}");
    // Somebody whose message waits for another try is told of something newer in one message.
    post.server.set_mood(Mood::Takes);
    let before = post.count();
    post.file(&tokens["Hana Kemp"], &dangerous()).await;
    post.give().await;
    assert_eq!(post.count(), before + 2);
}

pub(crate) async fn without_mail_nothing_is_sent_and_all_of_it_is_seen(engine: Engine) {
    let (post, tokens) = Post::new(engine, 725, &PEOPLE).await;
    let administrator = caller(&post, &tokens["Ola Birch"]).await;
    post.file(&tokens["Hana Kemp"], &dangerous()).await;
    post.trust.app.wait_for_views().await.unwrap();
    post.trust.app.give_notices(None).await.unwrap();
    let seen = post.trust.app.undelivered(&administrator).await.unwrap();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.iter().all(|row| (row.fault, row.tries) == (Fault::NoMail, 0)));
    // Once a server is set up they can be sent: those who still owe the record get theirs.
    let id: [u8; 16] = hex::decode(&seen[0].id).unwrap().try_into().unwrap();
    post.trust.app.send_again(&administrator, id).await.unwrap();
    post.give().await;
    assert_eq!(post.count(), 1);
}

pub(crate) async fn notices_begin_when_they_are_switched_on(engine: Engine) {
    let trust = Trust::with_schools(engine, 726, &["SCH01"]).await;
    let hana = trust.holder("Hana Kemp", Duty::Reporter).await;
    trust.holder("Uma Jones", Duty::Headteacher).await;
    let server = Server::start().await;
    let post = Post { mailer: mailer(&server), trust, server };
    post.file(&hana, &dangerous()).await;
    post.give().await;
    assert_eq!(post.count(), 0);
    post.file(&hana, &dangerous()).await;
    post.give().await;
    assert_eq!(post.took(0), ["uma.jones now"]);
    // A restart goes on where it stopped, also with what came while nobody ran.
    post.file(&hana, &dangerous()).await;
    let again = post.trust.places.open(3).await.unwrap();
    again.app.wait_for_views().await.unwrap();
    post.trust.places.tick(16 * 60);
    again.app.give_notices(Some(&post.mailer)).await.unwrap();
    assert_eq!(post.took(1), ["uma.jones now"]);
}
