-- The book: events, the head of each trust, command records. trust_id leads every key.
-- Instants are microseconds since 1970-01-01T00:00:00Z; ids, hashes and sealed bytes are raw.
-- No sequence, trigger or function: order comes from the head row.

CREATE TABLE events (
    trust_id    bytea  NOT NULL CHECK (octet_length(trust_id) = 16),
    position    bigint NOT NULL CHECK (position >= 0),
    stream_id   bytea  NOT NULL CHECK (octet_length(stream_id) = 16),
    version     bigint NOT NULL CHECK (version >= 1),
    recorded_at bigint NOT NULL,
    item_root   bytea  NOT NULL CHECK (octet_length(item_root) = 32),
    leaf_hash   bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
    sealed      bytea  NOT NULL,
    PRIMARY KEY (trust_id, position),
    UNIQUE (trust_id, stream_id, version)
);
-- Ciphertext does not compress; trying costs time on every append.
ALTER TABLE events ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Updated once a batch: room in the page keeps the new row beside the old one, without index work.
CREATE TABLE heads (
    trust_id    bytea  NOT NULL PRIMARY KEY CHECK (octet_length(trust_id) = 16),
    size        bigint NOT NULL CHECK (size >= 0),
    frontier    bytea  NOT NULL,
    root        bytea  NOT NULL CHECK (octet_length(root) = 32),
    recorded_at bigint NOT NULL
) WITH (fillfactor = 25);

CREATE TABLE commands (
    trust_id    bytea  NOT NULL CHECK (octet_length(trust_id) = 16),
    key         bytea  NOT NULL CHECK (octet_length(key) = 32),
    digest      bytea  NOT NULL CHECK (octet_length(digest) = 32),
    recorded_at bigint NOT NULL,
    outcome     bytea  NOT NULL,
    mac         bytea  NOT NULL CHECK (octet_length(mac) = 32),
    PRIMARY KEY (trust_id, key)
);
