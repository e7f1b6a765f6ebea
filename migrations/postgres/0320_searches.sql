-- What somebody searched for: see `app::state`.
CREATE TABLE state_search (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX state_search_by_owner ON state_search (owner);
