CREATE FUNCTION breakglass.commit(items jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp
SET standard_conforming_strings = on SET exit_on_error = off AS $$
DECLARE
  are_apart boolean;
  item jsonb;
  results jsonb;
BEGIN
  PERFORM breakglass.lock_head();
  IF jsonb_array_length(items) > 1 THEN
    SELECT count(DISTINCT value ->> 'commandId') = count(*) AND count(DISTINCT value #>> '{stream,n}') = count(value #>> '{stream,n}')
    INTO are_apart FROM jsonb_array_elements(items);
    IF are_apart THEN
      results := breakglass.try_append(items, NULL, NULL);
    END IF;
    IF results IS NOT NULL THEN
      RETURN results;
    END IF;
  END IF;
  -- One by one, so that a rejected item does not affect the others.
  results := '[]';
  FOR item IN SELECT value FROM jsonb_array_elements(items) WITH ORDINALITY ORDER BY ordinality LOOP
    results := results || breakglass.try_append(jsonb_build_array(item), NULL, NULL);
  END LOOP;
  RETURN results;
END $$;

COMMENT ON FUNCTION breakglass.commit(jsonb) IS 'run-time: appends state changes to the trail, each all or nothing and on its own, and returns one result each, in order.';
