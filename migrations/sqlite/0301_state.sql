-- State outside the book, each kind sealed under keys with a stated life: see `app::state`, which lists every table and its days.
CREATE TABLE state_account (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE state_session (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE state_token (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE state_code (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE state_draft (id BLOB NOT NULL PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX state_session_by_owner ON state_session (owner);
CREATE INDEX state_token_by_owner ON state_token (owner);
CREATE INDEX state_code_by_owner ON state_code (owner);
CREATE INDEX state_draft_by_owner ON state_draft (owner);
