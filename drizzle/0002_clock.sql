-- Time is moved on in tests and in the demo only: whoever holds the run-time role in earnest writes by the database's clock.
CREATE TABLE breakglass.clock (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  may_be_moved boolean NOT NULL
);
--> statement-breakpoint
INSERT INTO breakglass.clock (may_be_moved) VALUES (false);
--> statement-breakpoint
COMMENT ON TABLE breakglass.clock IS 'Whether commits may go by another time than the database''s. Set by the owner of the schema at each start; false but for tests and the demo.';
--> statement-breakpoint
CREATE FUNCTION breakglass.moved_by(offset_ms bigint) RETURNS interval
LANGUAGE plpgsql AS $$
BEGIN
  -- The look into the table is only for those who ask for another time.
  IF coalesce(offset_ms, 0) <> 0 AND NOT EXISTS (SELECT FROM breakglass.clock c WHERE c.may_be_moved) THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'time may not be moved in this database';
  END IF;
  RETURN coalesce(offset_ms, 0) * interval '1 millisecond';
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION breakglass.commit(items jsonb, offset_ms bigint DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  moved constant interval := breakglass.moved_by(offset_ms);
  are_apart boolean;
  item jsonb;
  results jsonb;
BEGIN
  PERFORM breakglass.begin_writing();
  IF jsonb_array_length(items) > 1 THEN
    SELECT count(DISTINCT value ->> 'commandId') = count(*) AND count(DISTINCT value #>> '{stream,n}') = count(value #>> '{stream,n}')
    INTO are_apart FROM jsonb_array_elements(items);
    IF are_apart THEN
      results := breakglass.try_to_take(items, moved, NULL, NULL);
    END IF;
    IF results IS NOT NULL THEN
      RETURN results;
    END IF;
  END IF;
  -- One by one, it shows who is at fault; nobody else is harmed by it.
  results := '[]';
  FOR item IN SELECT value FROM jsonb_array_elements(items) WITH ORDINALITY ORDER BY ordinality LOOP
    results := results || breakglass.try_to_take(jsonb_build_array(item), moved, NULL, NULL);
  END LOOP;
  RETURN results;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION breakglass.redact(item jsonb, text_seq bigint, text_field text, offset_ms bigint DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  IF text_seq IS NULL OR text_field IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'a redaction names a text';
  END IF;
  PERFORM breakglass.begin_writing();
  RETURN breakglass.try_to_take(jsonb_build_array(item), breakglass.moved_by(offset_ms), text_seq, text_field) -> 0;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION breakglass.outbox_release(
  row_id uuid, attempt integer, delay_ms bigint, code text, offset_ms bigint DEFAULT 0
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  SELECT breakglass.need_not_wait();
  UPDATE breakglass.outbox o
  SET lease_until = NULL, failed_code = code,
    run_at = clock_timestamp() + breakglass.moved_by(offset_ms) + least(greatest(delay_ms, 0), 3600000) * interval '1 millisecond'
  WHERE o.id = row_id AND o.done_at IS NULL AND o.attempts = attempt
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION breakglass.look_again(of_n integer, at_version integer, at timestamptz, offset_ms bigint DEFAULT 0) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  IF (at <= clock_timestamp() + breakglass.moved_by(offset_ms) + interval '8 days') IS NOT TRUE AND EXISTS (
    SELECT FROM breakglass.bypasses b WHERE b.n = of_n AND b.version = at_version
      AND (b.review_status = 'open' AND b.ended_at IS NOT NULL
        OR EXISTS (SELECT FROM breakglass.actions a WHERE a.n = b.n AND a.status = 'open')))
  THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'somebody looks again within a week while anything is open';
  END IF;
  UPDATE breakglass.bypasses b SET chase_at = at WHERE b.n = of_n AND b.version = at_version;
END $$;
--> statement-breakpoint
REVOKE ALL ON breakglass.clock FROM PUBLIC;
--> statement-breakpoint
REVOKE ALL ON FUNCTION breakglass.moved_by(bigint) FROM PUBLIC;
