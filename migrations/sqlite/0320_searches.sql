-- What somebody searched for: see `app::state`.
CREATE TABLE state_search (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX state_search_by_owner ON state_search (owner);
