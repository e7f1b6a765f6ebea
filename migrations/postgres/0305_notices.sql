-- Notices to be handed over, and feeds: kinds of state outside the book, see `app::state`. `due` says when a notice is looked at next,
-- `stream_id` of which record it is, so that a list leaves out in its statement what is hidden from its reader.
CREATE TABLE state_notice (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL, trust_id bytea NOT NULL CHECK (length(trust_id) = 16), stream_id bytea, due bigint, undelivered bigint NOT NULL);
CREATE INDEX state_notice_by_due ON state_notice (trust_id, due) WHERE due IS NOT NULL;
CREATE INDEX state_notice_by_owner ON state_notice (owner);
CREATE INDEX state_notice_undelivered ON state_notice (trust_id, expires_at) WHERE undelivered = 1;
CREATE TABLE state_feed (id bytea NOT NULL PRIMARY KEY, owner bytea NOT NULL, epoch bigint NOT NULL, sealed bytea NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX state_feed_by_owner ON state_feed (owner);
-- How far the book was read for notices: no view, and never set back.
CREATE TABLE notice_checkpoint (trust_id bytea NOT NULL PRIMARY KEY CHECK (length(trust_id) = 16), position bigint NOT NULL);
