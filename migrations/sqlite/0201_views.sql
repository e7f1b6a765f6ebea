-- Read models: ids, instants, blind values and references to events. One table for every register, so that table names tell nothing.
CREATE TABLE view_rows (
    trust_id BLOB NOT NULL,
    generation BLOB NOT NULL,
    register BLOB NOT NULL,
    holder BLOB NOT NULL,
    stream_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    since INTEGER NOT NULL,
    due INTEGER,
    PRIMARY KEY (trust_id, generation, register, holder, stream_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_rows_by_stream ON view_rows (trust_id, generation, stream_id);
CREATE INDEX view_rows_by_position ON view_rows (trust_id, generation, register, holder, position);

-- One row for each generation of each view; the live one is served, another is being rebuilt beside it.
CREATE TABLE view_checkpoints (
    trust_id BLOB NOT NULL,
    view TEXT NOT NULL,
    generation BLOB NOT NULL,
    view_version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    live INTEGER NOT NULL,
    PRIMARY KEY (trust_id, view, generation)
) STRICT, WITHOUT ROWID;
