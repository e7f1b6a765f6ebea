//! What is particular to one engine: files and their modes on SQLite, cluster identity and lost connections on
//! PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "shared with the contract tests, which use all of it")]
mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use support::World;
use tokio::time::Instant;
use wardbook_testkit::TestPg;
use wardbook_vault::{Audience, KeyError, KeyStore, StoreError};

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("keys.db").display())
}

#[tokio::test]
async fn sqlite_files_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(sqlite(folder.path())).await;
    world.create(1).await.new_record_key(Audience::Hr).await.unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 2, "the log is there while the store is open");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
    assert_eq!(world.store.system_identifier().await.unwrap(), None);
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    KeyStore::connect(&url).await.unwrap().close().await;
    let path = folder.path().join("keys.db");
    for mode in [0o644, 0o640, 0o606] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = KeyStore::connect(&url).await.unwrap_err();
        assert!(matches!(error, StoreError::TooOpen { mode: found, .. } if found == mode), "{error:?}");
    }
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    KeyStore::connect(&url).await.unwrap();
}

#[tokio::test]
async fn urls_and_folders_that_cannot_be() {
    assert!(matches!(KeyStore::connect("mysql://x").await.unwrap_err(), StoreError::Url(None)));
    assert!(matches!(KeyStore::connect("postgres://[").await.unwrap_err(), StoreError::Url(Some(_))));
    let folder = tempfile::tempdir().unwrap();
    let error = KeyStore::connect(&sqlite(&folder.path().join("none"))).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error:?}");
    let error = KeyStore::connect("postgres://u:CANARY@127.0.0.1:1/x?sslmode=nonsense").await.unwrap_err();
    assert!(!error.to_string().contains("CANARY"));
}

#[tokio::test]
async fn a_newer_store_is_not_touched_by_an_older_release() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(sqlite(folder.path())).await;
    world
        .raw
        .run("INSERT INTO key_migrations (version, description, success, checksum, execution_time) VALUES (99, 'later', 1, x'00', 0)")
        .await;
    let error = KeyStore::connect(&world.url).await.unwrap_err();
    assert!(matches!(error, StoreError::Migrate(_)), "{error:?}");
}

/// Every file of the store, as a thief would read it.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

#[tokio::test]
async fn a_destroyed_key_is_gone_from_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(sqlite(folder.path())).await;
    let vault = world.create(8).await;
    let key = vault.new_record_key(Audience::Conduct).await.unwrap();
    let neighbour = vault.new_record_key(Audience::Conduct).await.unwrap();
    let rows = world.raw.pairs("SELECT key_id, wrapped FROM key_record").await;
    let wrapped = |id: [u8; 16]| rows.iter().find(|(found, _)| *found == id).unwrap().1.clone();
    // Any 24 bytes of the row: a page may be overwritten in part.
    let pieces: Vec<Vec<u8>> = wrapped(key.id().0).chunks(24).take(5).map(<[u8]>::to_vec).collect();
    assert!(pieces.iter().all(|piece| holds(folder.path(), piece)), "the search finds what is there");
    vault.destroy(key.id(), 1).await.unwrap();
    assert!(!pieces.iter().any(|piece| holds(folder.path(), piece)));
    assert!(holds(folder.path(), &wrapped(neighbour.id().0)));
}

#[tokio::test]
async fn forgotten_state_keys_are_gone_from_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(sqlite(folder.path())).await;
    let vault = world.create(1).await;
    vault.state_key("draft", 1).await.unwrap();
    let (_, sealed) = world.raw.pairs("SELECT id, sealed FROM key_secret").await.remove(0);
    assert!(holds(folder.path(), &sealed[24..64]));
    vault.forget_state_keys("draft", 2).await.unwrap();
    assert!(!holds(folder.path(), &sealed[24..64]));
}

/// What keys, names and audiences must never be, in any file of the store.
#[tokio::test]
async fn the_files_hold_no_secret_and_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(sqlite(folder.path())).await;
    let vault = world.create(4).await;
    let secret = vault.secret("index/canary-name").await.unwrap();
    vault.new_record_key(Audience::Safeguarding).await.unwrap();
    assert!(holds(folder.path(), world.recovery.recipient().to_string().as_bytes()), "the search finds what is there");
    assert!(!holds(folder.path(), secret.expose()));
    assert!(!holds(folder.path(), b"canary-name"));
    for audience in Audience::ALL.into_iter().filter(|audience| audience.as_str().len() > 3) {
        assert!(!holds(folder.path(), audience.as_str().as_bytes()), "{audience}");
    }
}

#[tokio::test]
async fn one_cluster_has_one_identifier() {
    let pg = TestPg::shared();
    let (a, b) = (pg.fresh_database().await, pg.fresh_database().await);
    let (a, b) = (KeyStore::connect(&a).await.unwrap(), KeyStore::connect(&b).await.unwrap());
    let identifier = a.system_identifier().await.unwrap();
    assert!(identifier.is_some_and(|identifier| identifier != 0));
    assert_eq!(identifier, b.system_identifier().await.unwrap());
    let other = TestPg::own(false);
    let other = KeyStore::connect(&other.fresh_database().await).await.unwrap();
    assert_ne!(identifier, other.system_identifier().await.unwrap());
}

#[tokio::test]
async fn a_role_that_may_not_ask_is_told_which_grant_is_missing() {
    let pg = TestPg::own(false);
    let url = pg.fresh_database().await;
    let world = World::new(url.clone()).await;
    world.raw.run("CREATE ROLE plain LOGIN").await;
    world.raw.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain").await;
    world.raw.run("GRANT ALL ON SCHEMA public TO plain").await;
    world.raw.run("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC").await;
    let plain = url.replacen("wardbook@", "plain@", 1);
    let store = KeyStore::connect(&plain).await.unwrap();
    let error = store.system_identifier().await.unwrap_err();
    assert!(matches!(error, StoreError::NotPermitted(_)), "{error:?}");
    assert!(error.to_string().contains("GRANT EXECUTE ON FUNCTION pg_control_system()"));
    world.raw.run("GRANT EXECUTE ON FUNCTION pg_control_system() TO plain").await;
    assert!(store.system_identifier().await.unwrap().is_some());
}

/// After a restart callers get an error that says "try again", or an answer; and soon only answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_server_is_found_again() {
    let pg = TestPg::own(false);
    let world = World::new(pg.fresh_database().await).await;
    let vault = world.create(1).await;
    let key = vault.new_record_key(Audience::It).await.unwrap();
    tokio::task::block_in_place(|| pg.restart());
    world.clock.advance_seconds(60);
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match vault.record_key(key.id()).await {
            Ok(found) => break assert!(found == key),
            Err(KeyError::Store(error)) => assert!(error.is_retryable(), "{error:?}"),
            Err(error) => panic!("{error:?}"),
        }
        assert!(Instant::now() < deadline, "not found again");
    }
}
