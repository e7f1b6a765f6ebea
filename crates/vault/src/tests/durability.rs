//! Settings that make "acknowledged" mean durable, whatever the database was set to.

use wardbook_testkit::TestPg;

use crate::KeyStore;
use crate::store::Pool;

#[tokio::test]
async fn postgres_commits_durably_though_the_role_says_otherwise() {
    let pg = TestPg::own(false);
    let url = pg.fresh_database().await;
    let setting = async || {
        let store = KeyStore::connect(&url).await.unwrap();
        let Pool::Postgres(pool) = &store.pool else { panic!("a PostgreSQL store") };
        sqlx::query_scalar::<_, String>("SHOW synchronous_commit").fetch_one(pool).await.unwrap()
    };
    let store = KeyStore::connect(&url).await.unwrap();
    let Pool::Postgres(pool) = &store.pool else { panic!("a PostgreSQL store") };
    for (role, ours) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")] {
        let alter = format!("ALTER ROLE CURRENT_USER SET synchronous_commit = {role}");
        sqlx::query(sqlx::AssertSqlSafe(alter)).execute(pool).await.unwrap();
        assert_eq!(setting().await, ours, "role says {role}");
    }
}

#[tokio::test]
async fn sqlite_syncs_every_commit_and_wipes_what_it_deletes() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::connect(&format!("sqlite://{}", folder.path().join("k.db").display())).await.unwrap();
    let Pool::Sqlite(pool) = &store.pool else { panic!("a SQLite store") };
    for (pragma, value) in [("synchronous", 2), ("secure_delete", 1), ("temp_store", 2)] {
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("PRAGMA {pragma}"))).fetch_one(pool).await.unwrap();
        assert_eq!(found, value, "{pragma}");
    }
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
    assert_eq!(journal, "wal");
}
