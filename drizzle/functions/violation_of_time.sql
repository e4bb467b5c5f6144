CREATE FUNCTION breakglass.violation_of_time(at timestamptz, before timestamptz, now timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  -- A decision uses the database's clock and is committed within seconds, including retries. Minutes are allowed for a process
  -- that was suspended in between, and for a failover to a server whose clock is off.
  leeway constant interval := '5 minutes';
BEGIN
  IF at < before THEN
    RETURN 'the entry is older than the one before it';
  END IF;
  -- If the clock was set back, a stream may be ahead of it; its time then stands still until the clock has caught up. Any other
  -- time is a conflict, so that the decision is made again with the current time.
  IF at < now - leeway OR at > greatest(now + leeway, before) THEN
    RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'the time of the entry is not that of the database';
  END IF;
  RETURN NULL;
END $$;
