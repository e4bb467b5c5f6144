-- Like append_batch, but returns a violation as the result of a single item, and null if one of several items is rejected, in
-- which case nothing is written.
CREATE FUNCTION breakglass.try_append(items jsonb, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  why text;
  detail text;
BEGIN
  RETURN breakglass.append_batch(items, text_seq, text_field);
EXCEPTION
  WHEN OTHERS THEN
    why := CASE SQLSTATE
      WHEN 'BG001' THEN 'conflict'
      WHEN 'BG002' THEN 'own_bypass'
      WHEN 'BG003' THEN 'repeated_approval'
      WHEN 'BG004' THEN 'already_settled'
      WHEN 'BG005' THEN 'id_used'
      WHEN 'BG000' THEN 'rejected'
    END;
    -- Faulty values are the fault of the item. Any other error (disk full, out of memory, rights) concerns all items.
    IF why IS NULL AND left(SQLSTATE, 2) NOT IN ('22', '23', '54') THEN
      RAISE;
    END IF;
    IF jsonb_array_length(items) > 1 THEN
      RETURN NULL;
    END IF;
    -- The server's own message may quote what a person typed.
    detail := CASE WHEN why IS NULL THEN SQLSTATE WHEN why = 'rejected' THEN SQLERRM END;
    RETURN jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('ok', false, 'why', coalesce(why, 'rejected'), 'detail', detail)));
END $$;
