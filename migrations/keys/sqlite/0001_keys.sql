-- The key store. Never in the file, log, backup or standby of the book. See docs/format.md, "Key store".
-- WITHOUT ROWID: rows lie in the order of their random ids, so the file does not tell in which order they came.

-- One row a trust: who may open its key set, and a MAC over the set under the service identity.
CREATE TABLE key_trust (
    trust_id           BLOB NOT NULL PRIMARY KEY CHECK (length(trust_id) = 16),
    service_recipient  TEXT NOT NULL,
    recovery_recipient TEXT NOT NULL,
    set_mac            BLOB NOT NULL CHECK (length(set_mac) = 32)
) STRICT, WITHOUT ROWID;

-- The outer key and the audience keys, told apart only by whoever opens them.
CREATE TABLE key_audience (
    trust_id BLOB NOT NULL,
    id       BLOB NOT NULL CHECK (length(id) = 16),
    sealed   BLOB NOT NULL,
    PRIMARY KEY (trust_id, id)
) STRICT, WITHOUT ROWID;

-- Record keys. A destroyed key leaves a tombstone: no wrapped key, and when it was destroyed (microseconds).
CREATE TABLE key_record (
    trust_id     BLOB NOT NULL,
    key_id       BLOB NOT NULL CHECK (length(key_id) = 16),
    wrapped      BLOB,
    destroyed_at INTEGER,
    PRIMARY KEY (trust_id, key_id),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Named 32-byte secrets; the name is inside.
CREATE TABLE key_secret (
    trust_id BLOB NOT NULL,
    id       BLOB NOT NULL CHECK (length(id) = 16),
    sealed   BLOB NOT NULL,
    PRIMARY KEY (trust_id, id)
) STRICT, WITHOUT ROWID;
