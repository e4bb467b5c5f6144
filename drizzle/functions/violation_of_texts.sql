-- The texts of an entry must be exactly those whose hashes its body names.
CREATE FUNCTION breakglass.violation_of_texts(event jsonb, texts jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  fields constant text[] := '{reason,target_typed,target_key,line,policy,lesson,origin}';
  left_over jsonb := event;
  given jsonb;
  field text;
BEGIN
  IF jsonb_typeof(texts) IS DISTINCT FROM 'array' THEN
    RETURN 'the body and its texts do not belong together';
  END IF;
  FOR k IN 0 .. jsonb_array_length(texts) - 1 LOOP
    given := texts -> k;
    field := given ->> 'field';
    IF octet_length(given ->> 'text') > (CASE field WHEN 'policy' THEN 1048576 WHEN 'origin' THEN 393216 ELSE 65536 END) THEN
      RETURN 'a text is too long';
    END IF;
    IF (field = ANY (fields) AND left_over -> field = jsonb_build_object('sha256',
      encode(sha256(decode(given ->> 'nonce', 'hex') || convert_to(given ->> 'text', 'UTF8')), 'hex'))) IS NOT TRUE
    THEN
      RETURN 'a text is not the one that the body names';
    END IF;
    left_over := left_over - field;
  END LOOP;
  RETURN CASE WHEN left_over ?| fields THEN 'the body and its texts do not belong together' END;
END $$;
