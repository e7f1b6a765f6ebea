-- A large attachment comes in parts, so that no server holds it whole: `blobs.sealed` is its beginning, `blobs.parts` names the rest,
-- which was written before. Parts that no row of `blobs` names are leftovers of a write that was cut off.
ALTER TABLE blobs ADD COLUMN parts bytea;
CREATE UNIQUE INDEX blobs_parts ON blobs (trust_id, parts);
CREATE TABLE blob_parts (
    trust_id  bytea  NOT NULL CHECK (length(trust_id) = 16),
    parts     bytea  NOT NULL CHECK (length(parts) = 16),
    number    bigint NOT NULL,
    stored_at bigint NOT NULL,
    sealed    bytea  NOT NULL,
    PRIMARY KEY (trust_id, parts, number)
);
-- What is sealed does not compress, and part of it is read without the rest.
ALTER TABLE blob_parts ALTER COLUMN sealed SET STORAGE EXTERNAL;
