-- A large attachment comes in parts, so that no server holds it whole: `blobs.sealed` is its beginning, `blobs.parts` names the rest,
-- which was written before. Parts that no row of `blobs` names are leftovers of a write that was cut off.
ALTER TABLE blobs ADD COLUMN parts BLOB;
CREATE UNIQUE INDEX blobs_parts ON blobs (trust_id, parts);
CREATE TABLE blob_parts (
    trust_id  BLOB    NOT NULL CHECK (length(trust_id) = 16),
    parts     BLOB    NOT NULL CHECK (length(parts) = 16),
    number    INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (trust_id, parts, number)
) STRICT;
