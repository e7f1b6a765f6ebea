-- The rows of one register and holder in the order of a list, so that a page reads as many rows as it shows, however many stand behind it.
CREATE INDEX view_rows_by_due
    ON view_rows (trust_id, generation, register, holder, COALESCE(due, 9223372036854775807), since, stream_id);
