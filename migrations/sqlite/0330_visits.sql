-- When a head last looked at what changed: see `app::state`.
CREATE TABLE state_visit (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX state_visit_by_owner ON state_visit (owner);
