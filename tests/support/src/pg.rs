//! A PostgreSQL server for tests, and databases on it.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::cluster::Cluster;

/// A PostgreSQL server that tests may fill with databases.
///
/// A failure to start or reach it is a panic that says what to install or set: no test can go on without it.
pub struct TestPg {
    server: Server,
}

enum Server {
    /// `WARDBOOK_TEST_PG`: somebody else's server, by the URL of an administrator.
    Given(String),
    Own(Cluster),
}

impl TestPg {
    /// The server all tests of this process share: the one named by `WARDBOOK_TEST_PG`, else a cluster of this
    /// process, started on first use (blocking, about two seconds), without fsync.
    pub fn shared() -> &'static TestPg {
        static SHARED: OnceLock<TestPg> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("WARDBOOK_TEST_PG") {
            Ok(url) if !url.is_empty() => TestPg { server: Server::Given(url) },
            _ => TestPg::own(false),
        })
    }

    /// A cluster of this test's own, removed when dropped. Kill tests and benchmarks ask for `fsync`. Blocks.
    pub fn own(fsync: bool) -> TestPg {
        TestPg { server: Server::Own(Cluster::start_new(fsync)) }
    }

    /// Makes an empty database and returns its URL (`postgres://…`).
    pub async fn fresh_database(&self) -> String {
        let admin = self.admin_url();
        let name = unique_name();
        let mut connection = PgConnection::connect(&admin).await.unwrap_or_else(|error| panic!("PostgreSQL cannot be reached: {error}"));
        // template0 never has visitors, so copies of it can be made side by side.
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0");
        connection.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("no database can be made: {error}"));
        let _ = connection.close().await;
        with_database(&admin, &name)
    }

    /// The URL of an administrator, in the database `postgres` of an own cluster.
    pub fn admin_url(&self) -> String {
        match &self.server {
            Server::Given(url) => url.clone(),
            Server::Own(cluster) => format!("postgres://wardbook@127.0.0.1:{}/postgres?sslmode=disable", cluster.port()),
        }
    }

    /// The folder of the cluster's files (own clusters only), for tests that search what is stored.
    pub fn data_dir(&self) -> PathBuf {
        self.cluster().data_dir()
    }

    /// Restarts as after a power cut: clients are cut off, the WAL is replayed. Blocks until it answers again.
    pub fn restart(&self) {
        self.cluster().stop("immediate");
        self.cluster().start();
    }

    /// `kill -9` to the server; [`TestPg::start`] brings it back.
    pub fn kill(&self) {
        self.cluster().kill();
    }

    /// Stops in order, with a checkpoint; [`TestPg::start`] brings it back.
    pub fn stop(&self) {
        self.cluster().stop("fast");
    }

    /// Starts again after [`TestPg::stop`] or [`TestPg::kill`]. Blocks until it answers.
    pub fn start(&self) {
        self.cluster().start();
    }

    fn cluster(&self) -> &Cluster {
        match &self.server {
            Server::Own(cluster) => cluster,
            Server::Given(_) => {
                panic!("WARDBOOK_TEST_PG names a shared server; ask for TestPg::own")
            }
        }
    }
}

/// Unlike any other in this process, in other processes of this run, and in earlier runs on a given server.
#[expect(clippy::disallowed_methods, reason = "tells this run from earlier ones on a server that stays")]
fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970").as_micros();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("wb_{now:x}_{}_{number}", std::process::id())
}

/// `url` with its database replaced by `name`, its parameters kept.
fn with_database(url: &str, name: &str) -> String {
    let (base, parameters) = url.split_once('?').unwrap_or((url, ""));
    let authority_at = base.find("://").map_or(0, |at| at + 3);
    let host_end = base[authority_at..].find('/').map_or(base.len(), |at| authority_at + at);
    let question = if parameters.is_empty() { "" } else { "?" };
    format!("{}/{name}{question}{parameters}", &base[..host_end])
}

#[cfg(test)]
mod tests {
    use super::{TestPg, with_database};
    use sqlx::{Connection as _, Executor as _, PgConnection};

    #[test]
    fn only_the_database_of_a_url_is_replaced() {
        let expected = "postgres://u:p@h:1/n?sslmode=disable";
        assert_eq!(with_database("postgres://u:p@h:1/postgres?sslmode=disable", "n"), expected);
        assert_eq!(with_database("postgres://u@h", "n"), "postgres://u@h/n");
    }

    #[tokio::test]
    async fn a_private_cluster_survives_restart_and_kill() {
        let pg = TestPg::own(true);
        let url = pg.fresh_database().await;
        let mut first = PgConnection::connect(&url).await.expect("it answers");
        first.execute("CREATE TABLE t (n int)").await.expect("DDL");
        pg.restart();
        assert!(first.execute("SELECT 1").await.is_err(), "cut off");
        pg.kill();
        pg.start();
        let mut second = PgConnection::connect(&url).await.expect("back again");
        second.execute("SELECT n FROM t").await.expect("durable table");
    }

    #[tokio::test]
    async fn fresh_databases_are_apart() {
        let pg = TestPg::shared();
        let (a, b) = tokio::join!(pg.fresh_database(), pg.fresh_database());
        assert_ne!(a, b);
    }
}
