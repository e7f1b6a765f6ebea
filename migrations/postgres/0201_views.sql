-- Read models: ids, instants, blind values and references to events. One table for every register, so that table names tell nothing.
CREATE TABLE view_rows (
    trust_id bytea NOT NULL,
    generation bytea NOT NULL,
    register bytea NOT NULL,
    holder bytea NOT NULL,
    stream_id bytea NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    since bigint NOT NULL,
    due bigint,
    PRIMARY KEY (trust_id, generation, register, holder, stream_id)
);
CREATE INDEX view_rows_by_stream ON view_rows (trust_id, generation, stream_id);
CREATE INDEX view_rows_by_position ON view_rows (trust_id, generation, register, holder, position);

-- One row for each generation of each view; the live one is served, another is being rebuilt beside it.
CREATE TABLE view_checkpoints (
    trust_id bytea NOT NULL,
    view text NOT NULL,
    generation bytea NOT NULL,
    view_version bigint NOT NULL,
    position bigint NOT NULL,
    live bigint NOT NULL,
    PRIMARY KEY (trust_id, view, generation)
);
