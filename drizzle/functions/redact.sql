-- `origins`: the entries whose origins the caller has looked at before they are lost. One that came in since has to be looked
-- at first, so the redaction is decided again.
CREATE FUNCTION breakglass.redact(item jsonb, text_seq bigint, text_field text, origins bigint[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp
SET standard_conforming_strings = on SET exit_on_error = off AS $$
BEGIN
  IF text_seq IS NULL OR text_field IS NULL OR origins IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'a redaction names a text, and the origins that go with it';
  END IF;
  PERFORM breakglass.lock_head();
  IF EXISTS (SELECT FROM breakglass.origins_going(text_seq, text_field) going WHERE going <> ALL (origins)) THEN
    RETURN '{"ok": false, "why": "conflict"}';
  END IF;
  RETURN breakglass.try_append(jsonb_build_array(item), text_seq, text_field) -> 0;
END $$;

COMMENT ON FUNCTION breakglass.redact(jsonb, bigint, text, bigint[]) IS 'run-time: as commit for one item, and removes the text that its entry text.redacted names.';
