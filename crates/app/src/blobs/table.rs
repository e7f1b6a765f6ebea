//! Blobs in the tables `blobs` and `blob_parts`, on either engine. A statement is a transaction, which is durable when it returns.
//! Writer and reader block, on a thread that serves no requests.

use tokio::runtime::Handle;
use wardbook_domain::{BlobId, Instant};
use wardbook_ledger::{Database, TrustId};
use wardbook_views::sql::{Arg, Tx, execute, fetch};

use super::BlobError;

pub(super) const LIST: &str = "-- blobs.list
SELECT id FROM blobs WHERE trust_id = $1 AND id > $2 AND stored_at < $3 ORDER BY id LIMIT $4";

/// Bytes of a part: some chunks, so that a part is a statement and a moment.
const PART: usize = 1 << 20;

/// A blob that is being written: its parts first, in statements of their own, and at last the row that names them.
pub(super) struct Writer {
    db: Database,
    trust: TrustId,
    id: BlobId,
    parts: [u8; 16],
    at: Instant,
    /// The part that is being filled, and its number.
    part: Vec<u8>,
    number: i64,
    runtime: Handle,
}

impl Writer {
    pub(super) fn new(db: Database, trust: TrustId, id: BlobId, parts: [u8; 16], at: Instant) -> Self {
        Self { db, trust, id, parts, at, part: Vec::new(), number: 0, runtime: Handle::current() }
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> Result<(), sqlx::Error> {
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(PART - self.part.len()));
            self.part.extend_from_slice(now);
            bytes = rest;
            if self.part.len() == PART {
                self.end_part()?;
            }
        }
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), sqlx::Error> {
        let sql = "-- blobs.part
INSERT INTO blob_parts (trust_id, parts, number, stored_at, sealed) VALUES ($1, $2, $3, $4, $5)";
        let args = [
            Arg::Bytes(self.trust.as_bytes()),
            Arg::Bytes(&self.parts),
            Arg::Int(self.number),
            Arg::Int(self.at.as_micros()),
            Arg::Bytes(&self.part),
        ];
        self.runtime.block_on(execute(&self.db, sql.to_owned(), &args))?;
        self.part.clear();
        self.number += 1;
        Ok(())
    }

    /// Writes the row that names the parts, unless one of this id is there: then `false`.
    pub(super) fn finish(mut self, head: &[u8]) -> Result<bool, sqlx::Error> {
        if !self.part.is_empty() {
            self.end_part()?;
        }
        let sql = "-- blobs.put
INSERT INTO blobs (trust_id, id, stored_at, sealed, parts) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (trust_id, id) DO NOTHING";
        let args = [
            Arg::Bytes(self.trust.as_bytes()),
            Arg::Bytes(self.id.as_bytes()),
            Arg::Int(self.at.as_micros()),
            Arg::Bytes(head),
            Arg::Bytes(&self.parts),
        ];
        let kept = self.runtime.block_on(execute(&self.db, sql.to_owned(), &args))? > 0;
        if !kept {
            self.discard()?;
        }
        Ok(kept)
    }

    /// Takes the parts away again.
    pub(super) fn discard(self) -> Result<(), sqlx::Error> {
        if self.number > 0 {
            let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Bytes(&self.parts)];
            self.runtime.block_on(execute(&self.db, DISCARD.to_owned(), &args))?;
        }
        Ok(())
    }
}

const DISCARD: &str = "-- blobs.discard\nDELETE FROM blob_parts WHERE trust_id = $1 AND parts = $2";

/// A blob that is being read, part by part.
pub(super) struct Reader {
    db: Database,
    trust: TrustId,
    parts: Option<[u8; 16]>,
    pub(super) stored: usize,
    /// The part at hand, how far it is read, and the number of the next.
    part: Vec<u8>,
    at: usize,
    next: i64,
    runtime: Handle,
}

impl Reader {
    pub(super) fn open(db: &Database, trust: TrustId, id: BlobId) -> Result<Option<Self>, sqlx::Error> {
        let runtime = Handle::current();
        let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(id.as_bytes())];
        let sql = "-- blobs.get
SELECT sealed, parts,
  (SELECT COALESCE(SUM(length(p.sealed)), 0) FROM blob_parts p WHERE p.trust_id = b.trust_id AND p.parts = b.parts)
FROM blobs b WHERE trust_id = $1 AND id = $2";
        let rows = runtime.block_on(fetch(db, sql.to_owned(), &args))?;
        let Some(row) = rows.first() else { return Ok(None) };
        let part = row.bytes(0)?;
        let parts = row.opt_id(1)?;
        let stored = part.len() + usize::try_from(row.int(2)?).unwrap_or(0);
        Ok(Some(Self { db: db.clone(), trust, parts, stored, part, at: 0, next: 0, runtime }))
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, sqlx::Error> {
        if self.at == self.part.len() {
            let Some(parts) = self.parts else { return Ok(0) };
            let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Bytes(&parts), Arg::Int(self.next)];
            let sql = "-- blobs.get_part\nSELECT sealed FROM blob_parts WHERE trust_id = $1 AND parts = $2 AND number = $3";
            let rows = self.runtime.block_on(fetch(&self.db, sql.to_owned(), &args))?;
            let Some(row) = rows.first() else { return Ok(0) };
            (self.part, self.at) = (row.bytes(0)?, 0);
            self.next += 1;
        }
        let now = buffer.len().min(self.part.len() - self.at);
        buffer[..now].copy_from_slice(&self.part[self.at..self.at + now]);
        self.at += now;
        Ok(now)
    }
}

/// Whether it is there; it is never made older.
pub(super) async fn renew(db: &Database, trust: TrustId, id: BlobId, now: Instant) -> Result<bool, BlobError> {
    let sql = "-- blobs.renew
UPDATE blobs SET stored_at = CASE WHEN stored_at < $3 THEN $3 ELSE stored_at END WHERE trust_id = $1 AND id = $2";
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(id.as_bytes()), Arg::Int(now.as_micros())];
    Ok(execute(db, sql.to_owned(), &args).await.map_err(BlobError::Table)? > 0)
}

/// The row first: what is cut off after it leaves parts that nothing names.
pub(super) async fn remove(db: &Database, trust: TrustId, id: BlobId) -> Result<bool, BlobError> {
    let sql = "-- blobs.remove\nDELETE FROM blobs WHERE trust_id = $1 AND id = $2 RETURNING parts";
    let mut tx = Tx::begin(db).await.map_err(BlobError::Table)?;
    let removed = tx.fetch(sql.to_owned(), &[Arg::Bytes(trust.as_bytes()), Arg::Bytes(id.as_bytes())]).await;
    let removed = removed.map_err(BlobError::Table)?;
    if let Some(parts) = removed.first().map(|row| row.opt_id(0)).transpose().map_err(BlobError::Table)?.flatten() {
        let args = [Arg::Bytes(trust.as_bytes()), Arg::Bytes(&parts)];
        tx.execute(DISCARD.to_owned(), &args).await.map_err(BlobError::Table)?;
    }
    tx.commit().await.map_err(BlobError::Table)?;
    Ok(!removed.is_empty())
}

/// Removes parts that were written before an instant and that no row names; how many.
pub(super) async fn remove_leftovers(db: &Database, trust: TrustId, before: Instant) -> Result<u64, BlobError> {
    let sql = "-- blobs.remove_leftovers
DELETE FROM blob_parts WHERE trust_id = $1 AND stored_at < $2
  AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.trust_id = blob_parts.trust_id AND b.parts = blob_parts.parts)";
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Int(before.as_micros())];
    execute(db, sql.to_owned(), &args).await.map_err(BlobError::Table)
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
