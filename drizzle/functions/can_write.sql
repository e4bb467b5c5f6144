-- Proves that the trail could be written now, and returns the time: writes a row of its own as commit would, by the same rights
-- and settings, to the disk and to synchronous standbys. From time to time it makes the table's file anew, because on a full
-- disk a row that fits into a page of an old file can still be written while no entry can. Whoever may call the functions can
-- keep the head, or this row, locked in a transaction that they do not end: then nothing can be recorded (BG011).
CREATE FUNCTION breakglass.can_write() RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp
SET standard_conforming_strings = on SET exit_on_error = off AS $$
DECLARE
  name text;
  moment constant timestamptz := clock_timestamp();
  stretched timestamptz;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = 'the trail is written in READ COMMITTED only';
  END IF;
  -- Under such a timeout this function may pass while a commit, which waits for others, does not.
  FOREACH name IN ARRAY ARRAY['statement_timeout', 'lock_timeout', 'transaction_timeout'] LOOP
    IF coalesce(current_setting(name, true), '0')::interval BETWEEN '1 ms' AND '99 ms' THEN
      RAISE EXCEPTION USING ERRCODE = 'BG010', MESSAGE = name;
    END IF;
  END LOOP;
  IF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  PERFORM set_config('lock_timeout', '400ms', true);
  BEGIN
    PERFORM FROM breakglass.head FOR NO KEY UPDATE;
    -- Lets the head go at once, and not only when this transaction has reached the disk.
    RAISE EXCEPTION USING ERRCODE = 'BG012', MESSAGE = 'the head is free';
  EXCEPTION
    WHEN SQLSTATE 'BG012' THEN NULL;
    WHEN lock_not_available THEN
      RAISE EXCEPTION USING ERRCODE = 'BG011', MESSAGE = 'another session holds the head of the trail';
  END;
  BEGIN
    UPDATE breakglass.write_probe SET at = moment RETURNING stretched_at INTO stretched;
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'BG011', MESSAGE = 'another session holds the row of this proof';
  END;
  IF stretched > moment - interval '10 s' AND stretched <= moment THEN
    RETURN breakglass.now();
  END IF;
  BEGIN
    LOCK TABLE breakglass.write_probe IN ACCESS EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    -- Another instance is here, or a backup reads the table: then the row alone has to do.
    RETURN breakglass.now();
  END;
  TRUNCATE breakglass.write_probe;
  INSERT INTO breakglass.write_probe (at, stretched_at) VALUES (moment, moment);
  RETURN breakglass.now();
END $$;

COMMENT ON FUNCTION breakglass.can_write() IS 'run-time: proves that the trail could be written, and returns the time.';
