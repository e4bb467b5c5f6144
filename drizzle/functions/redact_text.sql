CREATE FUNCTION breakglass.redact_text(stream_name text, text_seq bigint, text_field text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE breakglass.trail_text x SET text = NULL, nonce = NULL
  FROM breakglass.trail t
  WHERE t.seq = x.seq AND t.stream = stream_name AND x.seq = text_seq AND x.field = text_field AND x.text IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such text, or it was redacted before';
  END IF;
END $$;
