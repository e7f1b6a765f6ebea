//! Notices: who gets which message, and that each is handed over at least once under one id, whatever breaks off.
//!
//! * `telling.rs`: who is told, when, and who is not; `handing.rs`: crashes, replicas, servers that refuse;
//!   `hidden.rs`: what an administrator sees of what did not arrive; `year.rs`: the sample year live.
//!
//! Mail goes to a server of the tests' own, which keeps it word for word.

mod handing;
mod hidden;
mod telling;
mod year;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wardbook_app::import::{ImportKind, ImportRow};
use wardbook_domain::{Duty, Instant};
use wardbook_mail::Smtp;
use wardbook_system_tests::{
    Engine, Trust, on_both_engines,
    post::{URL, mailer},
    report,
    scenes::{email, row},
};
use wardbook_testkit::smtp::Smtp as Server;

use handing::*;
use telling::*;

on_both_engines!(
    a_record_is_told_to_its_receivers_with_the_next_digest_and_once,
    what_cannot_wait_is_told_at_once_at_night_and_gathered,
    what_nobody_acts_on_is_told_at_once_to_whoever_comes_next,
    an_alert_is_told_by_its_severity_and_to_whoever_comes_next,
    the_person_concerned_is_told_nothing_in_any_form,
    a_mailbox_that_the_person_concerned_reads_gets_nothing,
    a_clock_reminds_those_who_owe_it_until_it_is_settled,
    a_case_s_clock_reminds_though_something_else_of_it_is_due_first,
    a_clock_that_is_moved_reminds_of_the_new_instant_alone,
    a_cover_gets_what_the_absent_would_have_got,
    a_new_holder_is_told_in_the_place_of_the_former,
    the_person_and_the_trust_lead_hear_of_access,
    every_message_is_one_of_three,
    a_message_that_broke_off_is_sent_again_under_its_id,
    two_replicas_send_one_message,
    what_a_server_refuses_is_seen_and_sent_again_when_asked,
    a_server_that_is_away_is_tried_less_and_less_often,
    without_mail_nothing_is_sent_and_all_of_it_is_seen,
    notices_begin_when_they_are_switched_on,
);

/// A trust whose notices are switched on, and a mail server.
struct Post {
    trust: Trust,
    server: Server,
    mailer: Smtp,
}

impl Post {
    /// A trust with these people at SCH01, and notices from then on.
    async fn new(engine: Engine, seed: u64, people: &[(&str, Duty)]) -> (Self, BTreeMap<String, String>) {
        let trust = Trust::with_schools(engine, seed, &["SCH01", "SCH02"]).await;
        let mut tokens = BTreeMap::new();
        for (name, duty) in people {
            tokens.insert((*name).to_owned(), trust.holder(name, *duty).await);
        }
        let server = Server::start().await;
        let mailer = mailer(&server);
        let post = Self { trust, server, mailer };
        post.give().await;
        assert_eq!(post.server.mails(), [], "what was before notices were switched on is told to nobody");
        (post, tokens)
    }

    /// Gives what is due by now.
    async fn give(&self) {
        self.trust.app.wait_for_views().await.unwrap();
        self.trust.app.give_notices(Some(&self.mailer)).await.unwrap();
    }

    /// Moves the clock to this instant and gives what is due.
    async fn at(&self, text: &str) {
        self.set_clock(text);
        self.give().await;
    }

    fn set_clock(&self, text: &str) {
        let seconds = (Instant::parse(text).unwrap().as_micros() - self.trust.app.clock().now().as_micros()) / 1_000_000;
        assert!(seconds >= 0, "the clock goes forward");
        self.trust.places.tick(seconds);
    }

    /// Who got what since this was last asked, in order: the name before the at sign, and the first words of the sentence.
    fn took(&self, from: usize) -> Vec<String> {
        let line = |mail: &wardbook_testkit::smtp::Mail| {
            let words = if mail.body().contains("needs you now") {
                "now"
            } else if mail.body().contains("needs you today") {
                "today"
            } else {
                "digest"
            };
            format!("{} {words}", mail.to[0].split('@').next().unwrap())
        };
        let mut lines: Vec<String> = self.server.mails()[from..].iter().map(line).collect();
        lines.sort_unstable();
        lines
    }

    /// How many messages the server has.
    fn count(&self) -> usize {
        self.server.mails().len()
    }

    async fn file(&self, token: &str, form: &Value) -> String {
        self.trust.file(token, form).await
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        self.trust.call("POST", path, Some(token), Some(&body)).await.ok()
    }
}

/// An ordinary report, which runs no clock.
fn ordinary() -> Value {
    let mut form = report("SCH01", "misuse_of_ict", "Somebody plays games in lessons.");
    form["data_affected"] = json!(["no_data"]);
    form["danger"] = json!("no");
    form
}

/// One after which a child could be in danger.
fn dangerous() -> Value {
    let mut form = ordinary();
    form["danger"] = json!("yes");
    form
}

/// One that runs a breach clock.
fn breach() -> Value {
    let mut form = report("SCH01", "loss_of_data", "A list was sent to the wrong address.");
    form["data_affected"] = json!(["pupil_personal_data"]);
    form["danger"] = json!("no");
    form
}
