-- Sealed attachments, where they are not kept in a folder: see `app::blobs`.
CREATE TABLE blobs (
    trust_id  bytea  NOT NULL CHECK (length(trust_id) = 16),
    id        bytea  NOT NULL CHECK (length(id) = 16),
    stored_at bigint NOT NULL,
    sealed    bytea  NOT NULL,
    PRIMARY KEY (trust_id, id)
);
