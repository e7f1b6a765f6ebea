-- Sealed attachments, where they are not kept in a folder: see `app::blobs`. The large column stands last, so that a list of ids
-- and instants does not read through it.
CREATE TABLE blobs (
    trust_id  BLOB    NOT NULL CHECK (length(trust_id) = 16),
    id        BLOB    NOT NULL CHECK (length(id) = 16),
    stored_at INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (trust_id, id)
) STRICT;
