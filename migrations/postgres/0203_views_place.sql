-- Where a row stands in its list: its due instant, after all of them where it has none, far before them where it cannot wait.
ALTER TABLE view_rows ADD COLUMN place bigint NOT NULL DEFAULT 9223372036854775807;
UPDATE view_rows SET place = due WHERE due IS NOT NULL;
DROP INDEX view_rows_by_due;
CREATE INDEX view_rows_by_place ON view_rows (trust_id, generation, register, holder, place, since, stream_id, due);
-- All of a record's rows, without the table itself: whom it is hidden from, and which of its rows comes first.
DROP INDEX view_rows_by_stream;
CREATE INDEX view_rows_by_stream ON view_rows (trust_id, generation, stream_id, register, holder, place, since);
