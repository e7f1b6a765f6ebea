-- By when a record is due is read with its rows: an index without it sent SQLite through all rows of a view for each urgent record.
DROP INDEX view_rows_by_stream;
CREATE INDEX view_rows_by_stream ON view_rows (trust_id, generation, stream_id, register, holder, place, since, due);
