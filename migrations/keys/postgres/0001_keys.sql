-- The key store. Never in the cluster, log, backup or standby of the book. See docs/format.md, "Key store".

-- One row a trust: who may open its key set, and a MAC over the set under the service identity.
CREATE TABLE key_trust (
    trust_id           BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(trust_id) = 16),
    service_recipient  TEXT NOT NULL,
    recovery_recipient TEXT NOT NULL,
    set_mac            BYTEA NOT NULL CHECK (octet_length(set_mac) = 32)
);

-- The outer key and the audience keys, told apart only by whoever opens them.
CREATE TABLE key_audience (
    trust_id BYTEA NOT NULL,
    id       BYTEA NOT NULL CHECK (octet_length(id) = 16),
    sealed   BYTEA NOT NULL,
    PRIMARY KEY (trust_id, id)
);

-- Record keys. A destroyed key leaves a tombstone: no wrapped key, and when it was destroyed (microseconds).
CREATE TABLE key_record (
    trust_id     BYTEA NOT NULL,
    key_id       BYTEA NOT NULL CHECK (octet_length(key_id) = 16),
    wrapped      BYTEA,
    destroyed_at BIGINT,
    PRIMARY KEY (trust_id, key_id),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

-- Named 32-byte secrets; the name is inside.
CREATE TABLE key_secret (
    trust_id BYTEA NOT NULL,
    id       BYTEA NOT NULL CHECK (octet_length(id) = 16),
    sealed   BYTEA NOT NULL,
    PRIMARY KEY (trust_id, id)
);
