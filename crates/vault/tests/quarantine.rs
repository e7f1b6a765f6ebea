//! A key in quarantine: out of the service's reach in every process, and in nobody's but the recovery identity's.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::future::Future;
use std::io::Write as _;

use support::{TRUST, World, rng};
use wardbook_testkit::TestPg;
use wardbook_vault::{Audience, BlobPlace, KeyError, KeyId, KeyStore, RecoveryIdentity, open_blob, seal_blob, shares};

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::on_sqlite(super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { super::on_postgres(super::$name); })+
        }
    };
}

on_both!(
    after_it_no_process_has_the_key,
    elsewhere_a_cached_key_lasts_a_minute,
    enough_recovery_shares_bring_it_back_and_fewer_do_not,
    it_happens_once_and_not_to_what_is_gone,
    of_two_at_once_both_hear_one_instant,
    a_forged_file_is_not_taken_for_the_key,
    it_can_still_be_destroyed,
);

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future);
}

fn on_sqlite<F: Future<Output = ()>>(test: fn(World) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("keys.db").display());
    block_on(async { test(World::new(url).await).await });
}

fn on_postgres<F: Future<Output = ()>>(test: fn(World) -> F) {
    let pg = TestPg::shared();
    block_on(async { test(World::new(pg.fresh_database().await).await).await });
}

async fn after_it_no_process_has_the_key(world: World) {
    let vault = world.create(2).await;
    let (key, neighbour) =
        (vault.new_record_key(Audience::Safeguarding).await.unwrap(), vault.new_record_key(Audience::Safeguarding).await.unwrap());
    assert_eq!(vault.quarantine(key.id(), 77).await.unwrap(), 77);
    // Here, in a process that opens later, and as another would that has never seen it.
    for vault in [&vault, &world.open_elsewhere(1).await, &world.open_elsewhere(1).await] {
        assert!(matches!(vault.record_key(key.id()).await.unwrap_err(), KeyError::Quarantined { at: 77 }));
        assert!(matches!(vault.audience_of(key.id()).await.unwrap_err(), KeyError::Quarantined { at: 77 }));
        assert!(vault.record_key(neighbour.id()).await.is_ok());
    }
    let stored = world.store.quarantined(TRUST, key.id()).await.unwrap().unwrap();
    assert_eq!((stored.at, world.store.quarantined(TRUST, neighbour.id()).await.unwrap()), (77, None));
    let for_the_service = age::Decryptor::new_buffered(stored.file.as_slice()).unwrap();
    assert!(for_the_service.decrypt(std::iter::once(world.service.as_age())).is_err(), "the service identity opens nothing");
    assert_eq!(format!("{stored:?}"), format!("QuarantinedKey({}, 77)", key.id()));
}

async fn elsewhere_a_cached_key_lasts_a_minute(world: World) {
    let vault = world.create(2).await;
    let key = vault.new_record_key(Audience::It).await.unwrap();
    let elsewhere = world.open_elsewhere(1).await;
    elsewhere.record_key(key.id()).await.unwrap();
    vault.quarantine(key.id(), 1).await.unwrap();
    assert!(matches!(vault.record_key(key.id()).await.unwrap_err(), KeyError::Quarantined { .. }), "here: at once");
    world.clock.advance_seconds(59);
    elsewhere.record_key(key.id()).await.expect("elsewhere: up to a minute");
    world.clock.advance_seconds(1);
    assert!(matches!(elsewhere.record_key(key.id()).await.unwrap_err(), KeyError::Quarantined { at: 1 }));
}

async fn enough_recovery_shares_bring_it_back_and_fewer_do_not(world: World) {
    let vault = world.create(1).await;
    let shares = shares::split(&world.recovery, 3, 5, &mut rng()).unwrap();
    let key = vault.new_record_key(Audience::Conduct).await.unwrap();
    let place = BlobPlace { trust: TRUST, blob: [9; 16] };
    let blob = seal_blob(&place, &key, b"what it was", &mut rng()).unwrap();
    vault.quarantine(key.id(), 1).await.unwrap();
    drop(vault);
    // Nothing but the store and three of the five papers: no service identity, no process that knew it.
    let store = KeyStore::connect(&world.url).await.unwrap();
    let stored = store.quarantined(TRUST, key.id()).await.unwrap().unwrap();
    let recovery = shares::combine(&shares[1..4], Some(&world.recovery.recipient())).unwrap();
    let back = stored.open(&recovery).unwrap();
    assert!(back == key && *open_blob(&place, &back, &blob.bytes).unwrap() == *b"what it was");
    assert!(shares::combine(&shares[..2], Some(&world.recovery.recipient())).is_err());
    assert!(stored.open(&RecoveryIdentity::generate(&mut rng())).is_none());
}

async fn it_happens_once_and_not_to_what_is_gone(world: World) {
    let vault = world.create(2).await;
    let [key, gone] = [vault.new_record_key(Audience::Hr).await.unwrap(), vault.new_record_key(Audience::Hr).await.unwrap()];
    assert_eq!(vault.quarantine(key.id(), 5).await.unwrap(), 5);
    assert_eq!(world.open_elsewhere(1).await.quarantine(key.id(), 9).await.unwrap(), 5);
    vault.destroy(gone.id(), 7).await.unwrap();
    assert!(matches!(vault.quarantine(gone.id(), 9).await.unwrap_err(), KeyError::Destroyed { at: 7 }));
    assert!(matches!(vault.quarantine(KeyId([0; 16]), 9).await.unwrap_err(), KeyError::Missing));
}

async fn of_two_at_once_both_hear_one_instant(world: World) {
    let vault = world.create(1).await;
    let elsewhere = world.open_elsewhere(1).await;
    for round in 0..10 {
        let key = vault.new_record_key(Audience::Hr).await.unwrap();
        let (one, other) = tokio::join!(vault.quarantine(key.id(), round), elsewhere.quarantine(key.id(), 100 + round));
        assert_eq!(one.unwrap(), other.unwrap());
    }
}

/// Anybody may write an age file to the recovery recipient: one of another key, or of the same bytes under another id, is not this key's.
async fn a_forged_file_is_not_taken_for_the_key(world: World) {
    let vault = world.create(2).await;
    let [key, other] = [vault.new_record_key(Audience::Hr).await.unwrap(), vault.new_record_key(Audience::Hr).await.unwrap()];
    for key in [&key, &other] {
        vault.quarantine(key.id(), 1).await.unwrap();
    }
    let (mut stored, theirs) = (
        world.store.quarantined(TRUST, key.id()).await.unwrap().unwrap(),
        world.store.quarantined(TRUST, other.id()).await.unwrap().unwrap(),
    );
    stored.file = theirs.file;
    assert!(stored.open(&world.recovery).is_none(), "the name inside is another key's");
    let recipient = world.recovery.recipient();
    let mut writer = age::Encryptor::with_recipients(std::iter::once(recipient.as_age())).unwrap().wrap_output(&mut stored.file).unwrap();
    writer.write_all(b"not a key").unwrap();
    writer.finish().unwrap();
    assert!(stored.open(&world.recovery).is_none());
}

async fn it_can_still_be_destroyed(world: World) {
    let vault = world.create(1).await;
    let key = vault.new_record_key(Audience::Hr).await.unwrap();
    vault.quarantine(key.id(), 1).await.unwrap();
    assert_eq!(vault.destroy(key.id(), 2).await.unwrap(), 2);
    assert!(matches!(vault.record_key(key.id()).await.unwrap_err(), KeyError::Destroyed { at: 2 }));
    assert_eq!(world.store.quarantined(TRUST, key.id()).await.unwrap(), None);
}

/// On SQLite no byte of the old wrap stays in any file of the store: what the service could open is gone.
#[tokio::test]
async fn sqlite_files_hold_nothing_that_the_service_opens() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(format!("sqlite://{}", folder.path().join("keys.db").display())).await;
    let vault = world.create(4).await;
    let key = vault.new_record_key(Audience::Safeguarding).await.unwrap();
    let sql = format!("SELECT key_id, wrapped FROM key_record WHERE key_id = {}", world.raw.bytes(&key.id().0));
    let wrapped = world.raw.pairs(&sql).await.remove(0).1;
    let holds = |part: &[u8]| {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(part.len()).any(|window| window == part))
    };
    assert!(holds(&wrapped) && holds(&wrapped[1..33]), "the search finds it while it is there");
    vault.quarantine(key.id(), 1).await.unwrap();
    for part in wrapped.chunks(32).filter(|part| part.len() == 32) {
        assert!(!holds(part));
    }
    assert!(holds(&world.raw.pairs(&sql).await.remove(0).1), "what stays is for the recovery identity");
}

/// A store of the release before is brought up to date, and its keys stay what they were.
#[tokio::test]
async fn a_store_from_before_takes_the_column() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(format!("sqlite://{}", folder.path().join("keys.db").display())).await;
    let key = world.create(1).await.new_record_key(Audience::Hr).await.unwrap();
    world.raw.run("ALTER TABLE key_record DROP COLUMN quarantined_at").await;
    world.raw.run("DELETE FROM key_migrations WHERE version = 2").await;
    let vault = world.open_elsewhere(1).await;
    assert!(vault.record_key(key.id()).await.unwrap() == key);
    assert_eq!(vault.quarantine(key.id(), 3).await.unwrap(), 3);
}
