-- When a head last looked at what changed: see `app::state`.
CREATE TABLE state_visit (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX state_visit_by_owner ON state_visit (owner);
