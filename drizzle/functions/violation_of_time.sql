-- Decisions are made on the time of this database and committed within seconds, including retries.
CREATE FUNCTION breakglass.violation_of_time(kind text, at timestamptz, before timestamptz, now timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  -- A process may have been suspended between its decision and the commit.
  behind constant interval := '5 minutes';
  -- A failover may lead to a server whose clock is a little behind. What only time allows, and what lasts from its own time on,
  -- is not allowed a moment earlier.
  ahead constant interval := CASE
    WHEN kind IN ('bypass.activated', 'bypass.proceeded_alone', 'bypass.lapsed', 'bypass.expired') THEN '0' ELSE '2 seconds' END;
BEGIN
  IF at < before THEN
    RETURN 'the entry is older than the one before it';
  END IF;
  -- If the clock was set back, a stream may be ahead of it; its time then stands still until the clock has caught up. Any other
  -- time is a conflict, so that the decision is made again with the current time.
  IF at < now - behind OR at > greatest(now + ahead, before) THEN
    RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'the time of the entry is not that of the database';
  END IF;
  RETURN NULL;
END $$;
