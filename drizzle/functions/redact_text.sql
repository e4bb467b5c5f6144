-- Removes a text of the stream, and every origin that may hold it.
CREATE FUNCTION breakglass.redact_text(stream_name text, text_seq bigint, text_field text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE breakglass.trail_text x SET text = NULL, nonce = NULL
  FROM breakglass.trail t
  WHERE t.seq = x.seq AND t.stream = stream_name AND x.seq = text_seq AND x.field = text_field AND x.text IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such text, or it was redacted before';
  END IF;
  UPDATE breakglass.trail_text x SET text = NULL, nonce = NULL
  WHERE x.field = 'origin' AND x.seq IN (SELECT breakglass.origins_going(text_seq, text_field));
END $$;
