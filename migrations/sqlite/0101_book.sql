-- The book: events, the head of each trust, command records. trust_id leads every key.
-- Instants are microseconds since 1970-01-01T00:00:00Z; ids, hashes and sealed bytes are raw.

CREATE TABLE events (
    trust_id    BLOB    NOT NULL CHECK (length(trust_id) = 16),
    position    INTEGER NOT NULL CHECK (position >= 0),
    stream_id   BLOB    NOT NULL CHECK (length(stream_id) = 16),
    version     INTEGER NOT NULL CHECK (version >= 1),
    recorded_at INTEGER NOT NULL,
    item_root   BLOB    NOT NULL CHECK (length(item_root) = 32),
    leaf_hash   BLOB    NOT NULL CHECK (length(leaf_hash) = 32),
    sealed      BLOB    NOT NULL,
    PRIMARY KEY (trust_id, position),
    UNIQUE (trust_id, stream_id, version)
) STRICT;

CREATE TABLE heads (
    trust_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(trust_id) = 16),
    size        INTEGER NOT NULL CHECK (size >= 0),
    frontier    BLOB    NOT NULL,
    root        BLOB    NOT NULL CHECK (length(root) = 32),
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (
    trust_id    BLOB    NOT NULL CHECK (length(trust_id) = 16),
    key         BLOB    NOT NULL CHECK (length(key) = 32),
    digest      BLOB    NOT NULL CHECK (length(digest) = 32),
    recorded_at INTEGER NOT NULL,
    outcome     BLOB    NOT NULL,
    mac         BLOB    NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (trust_id, key)
) STRICT, WITHOUT ROWID;
