-- State outside the book, each kind sealed under keys with a stated life: see `app::state`, which lists every table and its days.
CREATE TABLE state_account (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE TABLE state_session (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE TABLE state_token (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE TABLE state_code (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE TABLE state_draft (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX state_session_by_owner ON state_session (owner);
CREATE INDEX state_token_by_owner ON state_token (owner);
CREATE INDEX state_code_by_owner ON state_code (owner);
CREATE INDEX state_draft_by_owner ON state_draft (owner);
