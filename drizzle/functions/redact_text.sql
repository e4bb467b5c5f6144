-- Removes a text, and every origin that may hold it: that of its own entry, those of the other entries of its bypass, and
-- those of entries elsewhere whose request showed that bypass. The origin of a redaction holds only the reason that was typed
-- with it, so it stays, whatever is said to be shown in it: whoever redacts must remain provable.
CREATE FUNCTION breakglass.redact_text(stream_name text, text_seq bigint, text_field text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE breakglass.trail_text x SET text = NULL, nonce = NULL
  FROM breakglass.trail t
  WHERE t.seq = x.seq AND t.stream = stream_name AND x.seq = text_seq AND x.field = text_field AND x.text IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such text, or it was redacted before';
  END IF;
  IF text_field = 'origin' THEN
    RETURN;
  END IF;
  UPDATE breakglass.trail_text x SET text = NULL, nonce = NULL
  WHERE x.field = 'origin' AND x.text IS NOT NULL AND x.seq IN (
    SELECT text_seq
    UNION ALL
    SELECT t.seq FROM breakglass.trail t
    WHERE stream_name <> 'system' AND t.body NOT LIKE '%"type":"text.redacted"%'
      AND (t.stream = stream_name OR t.seq IN (
        SELECT s.seq FROM breakglass.origin_shows s WHERE s.n = substring(stream_name FROM '^BG-(.*)$')::integer
      ))
  );
END $$;
