-- The origins that go with a text, because they may hold it: that of its own entry, those of the other entries of its bypass,
-- and those of entries elsewhere whose request showed that bypass. The origin of a redaction holds only the reason that was
-- typed with it, so it stays, whatever is said to be shown in it: whoever redacts must remain provable.
CREATE FUNCTION breakglass.origins_going(text_seq bigint, text_field text) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  SELECT x.seq FROM breakglass.trail_text x
  WHERE x.field = 'origin' AND x.text IS NOT NULL AND x.seq IN (
    SELECT text_seq
    UNION ALL
    SELECT t.seq FROM breakglass.trail own, breakglass.trail t
    WHERE own.seq = text_seq AND own.stream <> 'system' AND text_field <> 'origin' AND t.body NOT LIKE '%"type":"text.redacted"%'
      AND (t.stream = own.stream OR t.seq IN (
        SELECT s.seq FROM breakglass.origin_shows s WHERE s.n = substring(own.stream FROM '^BG-(.*)$')::integer
      ))
  )
$$;

COMMENT ON FUNCTION breakglass.origins_going(bigint, text) IS 'run-time: the entries whose origins a redaction of that text removes.';
