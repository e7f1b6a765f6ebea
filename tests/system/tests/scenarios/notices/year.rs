//! The sample year live: every report filed when it was, nobody doing anything about any of it, and every message counted. The budget of a
//! day (issue: at most 6 messages to one person in a day) then holds at its worst.

use std::collections::BTreeSet;
use std::sync::Mutex;

use futures::future::BoxFuture;
use wardbook_app::{
    import::ImportBatch,
    notices::{Letter, Mailer},
};
use wardbook_domain::{
    clock::{Date, day_of},
    notice::{Fault, Handed, NoticeRules, Urgency, may_go},
};
use wardbook_ledger::Database;
use wardbook_system_tests::sample_rows;
use wardbook_views::sql::{Arg, fetch};

use super::*;

/// Messages to one person on one day at most.
const BUDGET: usize = 6;

/// Keeps what it is handed.
#[derive(Default)]
struct Recorder(Mutex<Vec<Letter>>);

impl Mailer for Recorder {
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Fault>> {
        self.0.lock().unwrap().push(letter.clone());
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Year {
    trust: Trust,
    book: Database,
    recorder: Recorder,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_year_live_sends_nobody_more_than_six_messages_a_day() {
    let trust = Trust::with_directory(Engine::Sqlite, 731).await;
    for (name, duty) in
        [("Priya Anand", Duty::Dpo), ("Ines Okoye", Duty::TrustLead), ("Ivo Lane", Duty::ItLead), ("Carl Holt", Duty::Chair)]
    {
        trust.token(&email(name), name, duty, None).await;
    }
    let importer = trust.importer().await;
    let book = Database::connect(trust.places.database()).await.unwrap();
    let year = Year { trust, book, recorder: Recorder::default() };
    year.give().await;
    // The year of the reports is put where the clock is: each report comes at its hour.
    let moved = Instant::parse("2026-11-02T00:00Z").unwrap().as_micros() - Instant::parse("2025-09-01T00:00Z").unwrap().as_micros();
    let shift = |text: &str| Instant::from_micros(Instant::parse(text).unwrap().as_micros() + moved);
    let mut rows = sample_rows(ImportKind::Reports);
    rows.sort_by_key(|row| shift(row.fields["reported_at"].as_str().unwrap()));
    for row in rows {
        let mut fields = row.fields.clone();
        for name in ["reported_at", "incident_at"] {
            if let Some(text) = fields.get(name).and_then(Value::as_str) {
                let shifted = json!(shift(text).to_string());
                fields.insert(name.to_owned(), shifted);
            }
        }
        year.until(shift(row.fields["reported_at"].as_str().unwrap())).await;
        let batch = ImportBatch::new(ImportKind::Reports, vec![ImportRow { line: row.line, fields }]);
        let done = year.trust.app.import(batch, Some(&importer)).await.unwrap();
        assert_eq!(done.refused, vec![]);
        year.give().await;
    }
    year.until(year.now().plus_seconds(5 * 86_400)).await;
    let letters = year.recorder.0.lock().unwrap().clone();
    let (mut days, mut urgent): (BTreeMap<(String, Date), usize>, usize) = (BTreeMap::new(), 0);
    for letter in &letters {
        *days.entry((letter.to.clone(), day_of(letter.at))).or_default() += 1;
        urgent += usize::from(letter.urgency == Urgency::Now);
    }
    let most = days.iter().max_by_key(|(_, count)| **count).unwrap();
    let people: BTreeSet<&String> = days.keys().map(|(person, _)| person).collect();
    println!("{} messages, {urgent} that cannot wait, to {} people; most on one day: {most:?}", letters.len(), people.len());
    assert!(*most.1 <= BUDGET, "{most:?}");
    assert!(letters.len() > 300 && urgent > 50 && people.len() >= 8, "{} messages to {} people", letters.len(), people.len());
    let ids: BTreeSet<&String> = letters.iter().map(|letter| &letter.id).collect();
    assert_eq!(ids.len(), letters.len(), "each once");
}

impl Year {
    fn now(&self) -> Instant {
        self.trust.app.clock().now()
    }

    async fn give(&self) {
        self.trust.app.wait_for_views().await.unwrap();
        self.trust.app.give_notices(Some(&self.recorder)).await.unwrap();
    }

    /// Goes on to an instant, from one due row of the outbox to the next.
    async fn until(&self, when: Instant) {
        loop {
            let sql = "SELECT MIN(due) FROM state_notice WHERE due > $1".to_owned();
            let rows = fetch(&self.book, sql, &[Arg::Int(self.now().as_micros())]).await.unwrap();
            let due = rows[0].opt_int(0).unwrap().map(Instant::from_micros).filter(|due| *due <= when);
            let next = due.unwrap_or(when);
            // A whole second: the clock of a trust goes by seconds.
            self.trust.places.tick((next.as_micros() - self.now().as_micros() + 999_999) / 1_000_000);
            self.give().await;
            if due.is_none() {
                return;
            }
        }
    }
}

/// Whatever comes in whatever order, the planner alone keeps the budget for what can wait, and never holds back what cannot for an hour.
#[test]
fn no_order_of_notices_breaks_the_budget() {
    let rules = NoticeRules::default();
    let mut random = 12_345_u64;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    for _ in 0..200 {
        let (mut handed, mut now) = (vec![], Instant::parse("2026-11-02T00:00Z").unwrap());
        for _ in 0..300 {
            now = now.plus_seconds(i64::try_from(next() % 3_000).unwrap());
            let urgency = Urgency::ALL[usize::try_from(next() % 3).unwrap()];
            let goes = may_go(&rules, urgency, &handed, now);
            assert!(goes >= now && (urgency != Urgency::Now || goes <= now.plus_seconds(3_600)));
            if goes == now {
                handed.push(Handed { at: now, urgency });
            }
        }
        let mut days: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for one in &handed {
            let (all, waiting) = days.entry(day_of(one.at).to_string()).or_default();
            *all += 1;
            if one.urgency != Urgency::Now && *all > 4 {
                *waiting += 1;
            }
        }
        assert!(days.values().all(|(_, waiting)| *waiting == 0), "digests leave two for what cannot wait: {days:?}");
    }
}
