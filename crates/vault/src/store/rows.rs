//! Every statement the key store runs. Conflicts are told by row counts.

use sqlx::QueryBuilder;

use super::{KeyStore, StoreError, on};
use crate::secret::KeyId;

/// Rows of one INSERT: SQLite and PostgreSQL take 32,766 and 65,535 parameters, three a row.
const ROWS_MAX: usize = 4096;

/// A trust's line.
pub(crate) struct TrustRow {
    pub(crate) service: String,
    pub(crate) recovery: String,
    pub(crate) set_mac: Vec<u8>,
}

/// A record key's row.
pub(crate) enum RecordRow {
    Wrapped(Vec<u8>),
    /// Wrapped for the recovery identity alone.
    Quarantined {
        at: i64,
        file: Vec<u8>,
    },
    Destroyed {
        at: i64,
    },
}

type Trust = [u8; 16];

/// A row of record keys: the wrapped key, when it was destroyed, when it was quarantined.
type Columns = (Option<Vec<u8>>, Option<i64>, Option<i64>);

impl KeyStore {
    /// Stores a new trust's line and key set, all or nothing; `false`, and nothing stored, when the trust is there.
    pub(crate) async fn insert_trust(&self, trust: &Trust, row: &TrustRow, set: &[([u8; 16], Vec<u8>)]) -> Result<bool, StoreError> {
        on!(self, pool => {
            let mut tx = pool.begin().await?;
            let done = sqlx::query(
                "-- key_store.insert_trust\n\
                 INSERT INTO key_trust (trust_id, service_recipient, recovery_recipient, set_mac) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(trust.as_slice())
            .bind(row.service.as_str())
            .bind(row.recovery.as_str())
            .bind(row.set_mac.as_slice())
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            for (id, sealed) in set {
                sqlx::query(
                    "-- key_store.insert_audience\n\
                     INSERT INTO key_audience (trust_id, id, sealed) VALUES ($1, $2, $3)",
                )
                .bind(trust.as_slice())
                .bind(id.as_slice())
                .bind(sealed.as_slice())
                .execute(&mut *tx)
                .await?;
            }
            tx.commit().await?;
            Ok(true)
        })
    }

    /// A trust's line and key set, the set by id; `None` for an unknown trust.
    pub(crate) async fn load_trust(&self, trust: &Trust) -> Result<Option<(TrustRow, Vec<([u8; 16], Vec<u8>)>)>, StoreError> {
        let found: Option<(String, String, Vec<u8>)> = on!(self, pool => {
            sqlx::query_as(
                "-- key_store.load_trust\n\
                 SELECT service_recipient, recovery_recipient, set_mac FROM key_trust WHERE trust_id = $1",
            )
            .bind(trust.as_slice())
            .fetch_optional(pool)
            .await?
        });
        let Some((service, recovery, set_mac)) = found else { return Ok(None) };
        let set: Vec<(Vec<u8>, Vec<u8>)> = on!(self, pool => {
            sqlx::query_as(
                "-- key_store.load_audiences\n\
                 SELECT id, sealed FROM key_audience WHERE trust_id = $1 ORDER BY id LIMIT 256",
            )
            .bind(trust.as_slice())
            .fetch_all(pool)
            .await?
        });
        let set = set.into_iter().filter_map(|(id, sealed)| Some((id.try_into().ok()?, sealed))).collect();
        Ok(Some((TrustRow { service, recovery, set_mac }, set)))
    }

    /// Stores wrapped record keys in the order given, all or nothing; durable when this returns.
    pub(crate) async fn insert_records(&self, trust: &Trust, rows: &[(KeyId, Vec<u8>)]) -> Result<(), StoreError> {
        const INSERT: &str = "-- key_store.insert_records\nINSERT INTO key_record (trust_id, key_id, wrapped) ";
        assert!(rows.len() <= ROWS_MAX, "the batch is bounded when the vault opens");
        on!(self, pool => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(rows, |mut row, (id, wrapped)| {
                row.push_bind(trust.as_slice()).push_bind(id.0.to_vec()).push_bind(wrapped.as_slice());
            });
            query.build().execute(pool).await?;
        });
        Ok(())
    }

    /// A record key's row, if there is one.
    pub(crate) async fn load_record(&self, trust: &Trust, key: KeyId) -> Result<Option<RecordRow>, StoreError> {
        let found: Option<Columns> = on!(self, pool => {
            sqlx::query_as(
                "-- key_store.load_record\n\
                 SELECT wrapped, destroyed_at, quarantined_at FROM key_record WHERE trust_id = $1 AND key_id = $2",
            )
            .bind(trust.as_slice())
            .bind(key.0.as_slice())
            .fetch_optional(pool)
            .await?
        });
        // The table's CHECK allows exactly one of the first two.
        Ok(found.and_then(|row| match row {
            (_, Some(at), _) => Some(RecordRow::Destroyed { at }),
            (Some(file), None, Some(at)) => Some(RecordRow::Quarantined { at, file }),
            (Some(wrapped), None, None) => Some(RecordRow::Wrapped(wrapped)),
            (None, None, _) => None,
        }))
    }

    /// Puts the age file in the place of the wrapped key that was read; `false` when the row is no longer so.
    pub(crate) async fn quarantine(&self, trust: &Trust, key: KeyId, (old, new): (&[u8], &[u8]), now: i64) -> Result<bool, StoreError> {
        let rows = on!(self, pool => {
            sqlx::query(
                "-- key_store.quarantine\n\
                 UPDATE key_record SET wrapped = $4, quarantined_at = $5 \
                 WHERE trust_id = $1 AND key_id = $2 AND wrapped = $3 AND quarantined_at IS NULL",
            )
            .bind(trust.as_slice())
            .bind(key.0.as_slice())
            .bind(old)
            .bind(new)
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Turns a live row into a tombstone; `false` when there was no live row.
    pub(crate) async fn tombstone(&self, trust: &Trust, key: KeyId, now: i64) -> Result<bool, StoreError> {
        let rows = on!(self, pool => {
            sqlx::query(
                "-- key_store.tombstone\n\
                 UPDATE key_record SET wrapped = NULL, destroyed_at = $3 \
                 WHERE trust_id = $1 AND key_id = $2 AND destroyed_at IS NULL",
            )
            .bind(trust.as_slice())
            .bind(key.0.as_slice())
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Stores a named secret unless its id is there; whoever comes second reads the first one's.
    pub(crate) async fn insert_secret(&self, trust: &Trust, id: &[u8; 16], sealed: &[u8]) -> Result<(), StoreError> {
        on!(self, pool => {
            sqlx::query(
                "-- key_store.insert_secret\n\
                 INSERT INTO key_secret (trust_id, id, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(trust.as_slice())
            .bind(id.as_slice())
            .bind(sealed)
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// A sealed secret, if it is there.
    pub(crate) async fn load_secret(&self, trust: &Trust, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(on!(self, pool => {
            sqlx::query_scalar(
                "-- key_store.load_secret\n\
                 SELECT sealed FROM key_secret WHERE trust_id = $1 AND id = $2",
            )
            .bind(trust.as_slice())
            .bind(id.as_slice())
            .fetch_optional(pool)
            .await?
        }))
    }

    /// All sealed secrets of a trust: dozens, as they are one a purpose, class and epoch.
    pub(crate) async fn list_secrets(&self, trust: &Trust) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        Ok(on!(self, pool => {
            sqlx::query_as(
                "-- key_store.list_secrets\n\
                 SELECT id, sealed FROM key_secret WHERE trust_id = $1 ORDER BY id",
            )
            .bind(trust.as_slice())
            .fetch_all(pool)
            .await?
        }))
    }

    /// Deletes a secret for good; `false` when it was gone.
    pub(crate) async fn delete_secret(&self, trust: &Trust, id: &[u8]) -> Result<bool, StoreError> {
        let rows = on!(self, pool => {
            sqlx::query(
                "-- key_store.delete_secret\n\
                 DELETE FROM key_secret WHERE trust_id = $1 AND id = $2",
            )
            .bind(trust.as_slice())
            .bind(id)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
