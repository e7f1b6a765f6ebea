//! Blobs in the table `blobs`, on either engine. A statement is a transaction, which is durable when it returns.

use wardbook_domain::{BlobId, Instant};
use wardbook_ledger::{Database, TrustId};
use wardbook_views::sql::{Arg, execute, fetch};

use super::BlobError;

pub(super) const LIST: &str = "-- blobs.list
SELECT id FROM blobs WHERE trust_id = $1 AND id > $2 AND stored_at < $3 ORDER BY id LIMIT $4";

/// `false` when other bytes are there.
pub(super) async fn put(db: &Database, trust: TrustId, id: BlobId, sealed: &[u8], now: Instant) -> Result<bool, BlobError> {
    let sql = "-- blobs.put
INSERT INTO blobs (trust_id, id, stored_at, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (trust_id, id) DO UPDATE
SET stored_at = CASE WHEN excluded.stored_at > blobs.stored_at THEN excluded.stored_at ELSE blobs.stored_at END
WHERE blobs.sealed = excluded.sealed";
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(id.as_bytes()), Arg::Int(now.as_micros()), Arg::Bytes(sealed)];
    Ok(execute(db, sql.to_owned(), &args).await.map_err(BlobError::Table)? > 0)
}

pub(super) async fn get(db: &Database, trust: TrustId, id: BlobId) -> Result<Option<Vec<u8>>, BlobError> {
    let sql = "-- blobs.get\nSELECT sealed FROM blobs WHERE trust_id = $1 AND id = $2";
    let rows = fetch(db, sql.to_owned(), &[Arg::Bytes(trust.as_bytes()), Arg::Bytes(id.as_bytes())]).await;
    rows.map_err(BlobError::Table)?.first().map(|row| row.bytes(0)).transpose().map_err(BlobError::Table)
}

pub(super) async fn remove(db: &Database, trust: TrustId, id: BlobId) -> Result<bool, BlobError> {
    let sql = "-- blobs.remove\nDELETE FROM blobs WHERE trust_id = $1 AND id = $2";
    let removed = execute(db, sql.to_owned(), &[Arg::Bytes(trust.as_bytes()), Arg::Bytes(id.as_bytes())]).await;
    Ok(removed.map_err(BlobError::Table)? > 0)
}

pub(super) async fn list(
    db: &Database,
    trust: TrustId,
    before: Instant,
    after: Option<BlobId>,
    most: usize,
) -> Result<Vec<BlobId>, BlobError> {
    // No bytes at all come before every id.
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(after), Arg::Int(before.as_micros()), Arg::Int(most)];
    let rows = fetch(db, LIST.to_owned(), &args).await.map_err(BlobError::Table)?;
    rows.iter().map(|row| row.id(0).map(BlobId::from_bytes).map_err(BlobError::Table)).collect()
}
