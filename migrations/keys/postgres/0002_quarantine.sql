-- A quarantined key: `wrapped` is an age file for the recovery identity alone, and this says since when (microseconds).
ALTER TABLE key_record ADD COLUMN quarantined_at BIGINT;
