//! Bare INSERTs of rows of the same size: nothing is sealed, hashed, compared or remembered.

use std::time::Duration;

use anyhow::{Result, ensure};
use rand::Rng as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::clock::system_rng;
use crate::load::{Caller, Slice, drive};

/// Rows in one transaction of the larger kind.
pub(crate) const ROWS: usize = 64;

const TRUST: [u8; 16] = [3; 16];

/// A table and the one connection that fills it.
pub(crate) struct Bare {
    inserter: Option<Inserter>,
}

struct Inserter {
    connection: PgConnection,
    sql: &'static str,
    /// Rows a transaction.
    batch: usize,
    position: i64,
    streams: Vec<[u8; 16]>,
    hashes: Vec<[u8; 32]>,
    /// Random, so that nothing in between can make them smaller.
    sealed: Vec<Vec<u8>>,
}

const ONE: &str = "-- bench.insert.one
INSERT INTO bare_one (trust_id, position, stream_id, version, recorded_at, item_root, leaf_hash, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const MANY: &str = "-- bench.insert.many
INSERT INTO bare_many (trust_id, position, stream_id, version, recorded_at, item_root, leaf_hash, sealed)
SELECT $1, e.position, e.stream_id, e.version, $2, e.item_root, e.leaf_hash, e.sealed
FROM unnest($3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[])
    AS e (position, stream_id, version, item_root, leaf_hash, sealed)";

impl Bare {
    /// One row a transaction.
    pub(crate) async fn one(url: &str, sealed_len: usize) -> Result<Self> {
        Self::create(url, "bare_one", ONE, 1, sealed_len).await
    }

    /// [`ROWS`] rows a transaction, in one statement.
    pub(crate) async fn many(url: &str, sealed_len: usize) -> Result<Self> {
        Self::create(url, "bare_many", MANY, ROWS, sealed_len).await
    }

    async fn create(url: &str, table: &str, sql: &'static str, batch: usize, sealed_len: usize) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        // The columns and the primary key of the book's table, without its checks and its second index.
        let table = format!(
            "CREATE TABLE {table} (trust_id bytea NOT NULL, position bigint NOT NULL, stream_id bytea NOT NULL, \
             version bigint NOT NULL, recorded_at bigint NOT NULL, item_root bytea NOT NULL, leaf_hash bytea NOT NULL, \
             sealed bytea NOT NULL, PRIMARY KEY (trust_id, position)); \
             ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL"
        );
        connection.execute(AssertSqlSafe(table)).await?;
        let rng = &mut system_rng();
        let mut random = |length| {
            let mut bytes = vec![0; length];
            rng.fill_bytes(&mut bytes);
            bytes
        };
        let sealed = (0..ROWS).map(|_| random(sealed_len)).collect();
        let (streams, hashes) = ((0..64).map(|byte| [byte; 16]).collect(), (0..64).map(|byte| [byte; 32]).collect());
        Ok(Self { inserter: Some(Inserter { connection, sql, batch, position: 0, streams, hashes, sealed }) })
    }

    pub(crate) async fn run(&mut self, length: Duration) -> Result<Slice> {
        let (slice, mut back) = drive(self.inserter.take().into_iter().collect(), length).await?;
        self.inserter = back.pop();
        Ok(slice)
    }
}

impl Inserter {
    async fn one(&mut self) -> Result<u64> {
        let at = usize::try_from(self.position)? % ROWS;
        let query = sqlx::query(self.sql)
            .bind(&TRUST[..])
            .bind(self.position)
            .bind(&self.streams[at][..])
            .bind(self.position)
            .bind(self.position)
            .bind(&self.hashes[at][..])
            .bind(&self.hashes[at][..])
            .bind(&self.sealed[at][..]);
        Ok(query.execute(&mut self.connection).await?.rows_affected())
    }

    async fn many(&mut self) -> Result<u64> {
        let positions: Vec<i64> = (self.position..).take(ROWS).collect();
        let streams: Vec<&[u8]> = self.streams.iter().map(|one| &one[..]).collect();
        let hashes: Vec<&[u8]> = self.hashes.iter().map(|one| &one[..]).collect();
        let sealed: Vec<&[u8]> = self.sealed.iter().map(|one| &one[..]).collect();
        let query = sqlx::query(self.sql)
            .bind(&TRUST[..])
            .bind(self.position)
            .bind(&positions)
            .bind(streams)
            .bind(&positions)
            .bind(&hashes)
            .bind(&hashes)
            .bind(sealed);
        Ok(query.execute(&mut self.connection).await?.rows_affected())
    }
}

impl Caller for Inserter {
    async fn call(&mut self) -> Result<u64> {
        let rows = if self.batch == 1 { self.one().await? } else { self.many().await? };
        ensure!(rows == self.batch as u64, "an INSERT wrote {rows} rows");
        self.position += i64::try_from(rows)?;
        Ok(rows)
    }
}
