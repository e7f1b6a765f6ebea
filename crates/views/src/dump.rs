//! The canonical dump of a live view: rows in primary-key order, no clock, no generation, no row id (design §1.7).

use std::fmt::Write as _;

use wardbook_ledger::{Database, TrustId};

use crate::sql::{Arg, fetch, live};

/// The dump: a first line with view version and position, then a line a row.
pub async fn dump(db: &Database, trust: TrustId, view: &str) -> Result<String, sqlx::Error> {
    let args = [Arg::Bytes(trust.as_bytes()), Arg::Text(view)];
    let head = "-- views.dump_head
SELECT view_version, position FROM view_checkpoints WHERE trust_id = $1 AND view = $2 AND live = 1";
    let rows = format!(
        "-- views.dump_rows
SELECT r.register, r.holder, r.stream_id, r.version, r.position, r.since, r.due, r.place {}
ORDER BY r.register, r.holder, r.stream_id",
        live("$2")
    );
    let mut out = String::new();
    for row in fetch(db, head.to_owned(), &args).await? {
        let _ = writeln!(out, "{view} version {} position {}", row.int(0)?, row.int(1)?);
    }
    for row in fetch(db, rows, &args).await? {
        let ids = [row.id(0)?, row.id(1)?, row.id(2)?].map(hex::encode).join(" ");
        let _ = writeln!(out, "{ids} {} {} {} {:?} {}", row.int(3)?, row.int(4)?, row.int(5)?, row.opt_int(6)?, row.int(7)?);
    }
    Ok(out)
}
