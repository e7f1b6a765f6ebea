//! Lists beside a model that looks through all rows in memory: whatever was written, whoever reads, page by page, on both engines.

mod model;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use wardbook_domain::{Address, Duty, PersonId, RecordClass, Scope};
use wardbook_ledger::{Database, TrustId};
use wardbook_testkit::{TestPg, sqlite_url, temp_dir};

use super::{After, Listed, Place, Reading, Wanted, list, owed};
use crate::{
    At, Blinds, Change, Holder, Row,
    queue::{ASIDE, CLOCK, COVERED, EXCLUDED, FACTS, IMAGE, OWED, URGENT},
    sql::{Arg, Tx, execute},
    write::Target,
};
use model::{Model, Stands};

const TRUST: [u8; 16] = [7; 16];
const SCHOOLS: usize = 3;
const DUTIES: [Duty; 4] = [Duty::Dsl, Duty::ItLead, Duty::Chair, Duty::Dpo];
const OTHERS: [Wanted; 8] = [
    Wanted::Dates,
    Wanted::Reports,
    Wanted::OwnReports,
    Wanted::Cases,
    Wanted::Board,
    Wanted::BoardOfOldPapers,
    Wanted::Alerts,
    Wanted::DecidedAlerts,
];

/// One view of one trust, written as the runner writes it, and its model.
struct World {
    db: Database,
    blinds: Blinds,
    rng: StdRng,
    model: Model,
}

impl World {
    async fn new(db: &Database, seed: u64) -> Self {
        for table in ["view_rows", "view_checkpoints"] {
            execute(db, format!("DELETE FROM {table}"), &[]).await.unwrap();
        }
        Self { db: db.clone(), blinds: Blinds::for_tests(), rng: StdRng::seed_from_u64(seed), model: Model::default() }
    }

    /// Writes so many random changes into the view that a list is of, to records of a few schools, a few of them at one instant.
    async fn write(&mut self, wanted: Wanted, records: u8, changes: usize) {
        let view = wanted.place().view;
        let live = "INSERT INTO view_checkpoints (trust_id, view, generation, view_version, position, live) VALUES ($1, $2, $3, 1, 0, $4)";
        for (generation, is_live) in [(GENERATION, 1), (OTHER, 0)] {
            let args = [Arg::Bytes(&TRUST), Arg::Text(view), Arg::Bytes(&generation), Arg::Int(is_live)];
            execute(&self.db, live.to_owned(), &args).await.unwrap();
        }
        let blinds = self.blinds.clone();
        let mut tx = Tx::begin(&self.db).await.unwrap();
        for position in 0..changes as u64 {
            let record = self.rng.random_range(0..records);
            let at = At { position, stream: stream(record), version: position, recorded_at: 0 };
            let change = self.change(wanted, record);
            self.model.apply(at.stream, &change);
            let target = |trust, generation| Target { trust: TrustId::from_bytes(trust), blinds: &blinds, view, generation };
            target(TRUST, GENERATION).apply(&mut tx, &at, &change).await.unwrap();
            // Another trust and a generation that is not live have rows of their own, which are nobody's here.
            let noise = self.change(wanted, record);
            target([8; 16], GENERATION).apply(&mut tx, &at, &noise).await.unwrap();
            target(TRUST, OTHER).apply(&mut tx, &at, &noise).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    fn change(&mut self, wanted: Wanted, record: u8) -> Change {
        let Place { sent, named, .. } = wanted.place();
        let is_named = sent.is_empty() || (!named.is_empty() && self.rng.random_bool(0.3));
        let register = *(if is_named { named } else { sent }).choose(&mut self.rng).unwrap();
        let class = *RecordClass::ALL.choose(&mut self.rng).unwrap();
        let due = self.rng.random_bool(0.6).then(|| self.rng.random_range(0..9));
        let row = |register, holder, since| Row { register, class: Some(class), holder, since, due };
        let (since, someone) = (self.rng.random_range(0..5), Holder::Person(person(self.rng.random_range(0..3))));
        match self.rng.random_range(0..40) {
            0..20 => {
                let row = row(register, if is_named { someone } else { Holder::Address(self.sent_to(record)) }, since);
                match register {
                    IMAGE => Change::PutFirst(row),
                    OWED | COVERED if wanted.place().view == crate::QUEUE => Change::PutFirstIf(URGENT, row),
                    _ => Change::Put(row),
                }
            }
            20..26 => Change::Put(row([EXCLUDED, ASIDE][record as usize % 2], someone, since)),
            26..28 => Change::Put(row(URGENT, Holder::Service, since)),
            28 => Change::DropRegister(URGENT),
            29..32 => Change::InTurn([OWED, COVERED][record as usize % 2]),
            32..34 => Change::DropRegister([OWED, CLOCK, FACTS, EXCLUDED].choose(&mut self.rng).copied().unwrap()),
            34..37 => Change::SetDue(register, due),
            37..39 => Change::DropOne([EXCLUDED, ASIDE][record as usize % 2], class, someone),
            _ => Change::Drop,
        }
    }

    /// A duty at the record's school, or for the trust.
    fn sent_to(&mut self, record: u8) -> Address {
        let duty = *DUTIES.choose(&mut self.rng).unwrap();
        let for_trust = duty.scope() == Scope::Trust || (duty == Duty::Chair && record.is_multiple_of(2));
        model::at(duty, (!for_trust).then_some(record as usize % SCHOOLS))
    }

    /// Somebody with some of the duties.
    fn reader(&mut self) -> (Vec<Address>, PersonId) {
        let each = DUTIES.iter().flat_map(|duty| {
            let schools = (duty.scope() != Scope::Trust).then_some((0..SCHOOLS).map(Some)).into_iter().flatten();
            let trust = (duty.scope() != Scope::School).then_some(None);
            schools.chain(trust).map(|school| model::at(*duty, school))
        });
        let part = [0.0, 0.2, 0.6, 1.0].choose(&mut self.rng).copied().unwrap();
        (each.filter(|_| self.rng.random_bool(part)).collect(), person(self.rng.random_range(0..3)))
    }

    /// Reads a list to its end in pages of random lengths.
    async fn pages(&mut self, wanted: Wanted, reading: Reading<'_>) -> Vec<Listed> {
        let (mut all, mut after): (Vec<Listed>, Option<After>) = (vec![], None);
        loop {
            let limit = self.rng.random_range(1..9);
            let page = list(&self.db, TrustId::from_bytes(TRUST), &self.blinds, wanted, reading, after, limit).await.unwrap();
            assert!(page.len() <= limit as usize);
            let more = page.len() == limit as usize;
            after = page.last().map(Listed::after);
            all.extend(page);
            if !more {
                return all;
            }
        }
    }

    /// Compares everything that can be asked; how many records there were.
    async fn compare(&mut self, wanted: Wanted) -> usize {
        let (addresses, person) = self.reader();
        let reading = Reading { addresses: &addresses, person, only: None };
        let trust = TrustId::from_bytes(TRUST);
        let expected = self.model.list(wanted, reading);
        let shown = self.pages(wanted, reading).await;
        let of = |row: &Listed| Stands { urgent: row.urgent, since: row.since, stream: *row.stream.as_bytes(), due: row.due };
        assert_eq!(shown.iter().map(of).collect::<Vec<_>>(), expected, "{wanted:?} {reading:?}");
        // One record alone stands as it does among all.
        for record in 0..12 {
            let only = Reading { only: Some(stream(record)), ..reading };
            let alone = list(&self.db, trust, &self.blinds, wanted, only, None, 2).await.unwrap();
            let among = shown.iter().find(|row| row.stream.as_bytes() == &stream(record));
            assert_eq!(alone.first(), among, "{record} {wanted:?} {reading:?}");
            assert!(alone.len() < 2);
        }
        if wanted == Wanted::Owed {
            for now in [0, 4, 100] {
                let late = expected.iter().filter(|stands| stands.due.is_some_and(|due| due < now)).count();
                let counted = owed(&self.db, trust, &self.blinds, reading, now, 1000).await.unwrap();
                assert_eq!(counted, (expected.len(), late));
            }
            let first = &expected[..expected.len().min(3)];
            let late = first.iter().filter(|stands| stands.due.is_some_and(|due| due < 4)).count();
            assert_eq!(owed(&self.db, trust, &self.blinds, reading, 4, 3).await.unwrap(), (first.len(), late));
        }
        expected.len()
    }
}

const GENERATION: [u8; 16] = [1; 16];
const OTHER: [u8; 16] = [2; 16];

/// Ids in no order.
fn stream(record: u8) -> [u8; 16] {
    [record.reverse_bits(); 16]
}

fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

async fn equal_to_the_model(db: &Database) {
    let mut most = 0;
    for seed in 0..20 {
        // The queue has the most ways to stand.
        let wanted = if seed % 2 == 0 { Wanted::Owed } else { OTHERS[usize::try_from(seed / 2 % OTHERS.len() as u64).unwrap()] };
        let mut world = World::new(db, seed).await;
        let (records, changes) = *[(8, 60), (30, 200), (90, 500)].choose(&mut world.rng).unwrap();
        world.write(wanted, records, changes).await;
        for _ in 0..5 {
            most = most.max(world.compare(wanted).await);
        }
    }
    assert!(most > 50, "long lists are among them: {most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_as_the_model_has_them_on_sqlite() {
    let folder = temp_dir();
    let db = Database::connect(&sqlite_url(folder.path(), "views.db")).await.unwrap();
    db.migrate(crate::MIGRATIONS).await.unwrap();
    equal_to_the_model(&db).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_as_the_model_has_them_on_postgres() {
    let db = Database::connect(&TestPg::shared().fresh_database().await).await.unwrap();
    db.migrate(crate::MIGRATIONS).await.unwrap();
    equal_to_the_model(&db).await;
}
