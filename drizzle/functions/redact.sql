CREATE FUNCTION breakglass.redact(item jsonb, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp
SET standard_conforming_strings = on SET exit_on_error = off AS $$
BEGIN
  IF text_seq IS NULL OR text_field IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'a redaction names a text';
  END IF;
  PERFORM breakglass.lock_head();
  RETURN breakglass.try_append(jsonb_build_array(item), text_seq, text_field) -> 0;
END $$;

COMMENT ON FUNCTION breakglass.redact(jsonb, bigint, text) IS 'run-time: as commit for one item, and removes the text that its entry text.redacted names.';
