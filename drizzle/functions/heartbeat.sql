-- One statement, so that it works through a pooler and needs no session. Names rather too few effects than too many: the sweep
-- finds the rest.
CREATE FUNCTION breakglass.heartbeat(instance text, ttl_ms integer, alone boolean)
RETURNS TABLE (id uuid, claim integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  wall timestamptz := clock_timestamp();
  today timestamptz := breakglass.now();
  ttl interval := least(greatest(ttl_ms, 100), 10000) * interval '1 millisecond';
  may_judge_from timestamptz;
  living text[];
BEGIN
  PERFORM breakglass.commit_asynchronously();
  -- Whoever was silent for too long, or meets a clock that was set back, begins a new life, and judges nobody until the others
  -- have had time for a beat of their own.
  INSERT INTO breakglass.instances AS i (id, alive_until, judges_from)
  VALUES (instance, wall + ttl, CASE WHEN alone THEN '-infinity' ELSE wall + ttl / 2 END)
  ON CONFLICT ON CONSTRAINT instances_pkey DO UPDATE SET alive_until = excluded.alive_until,
    judges_from = CASE WHEN i.alive_until >= wall AND i.judges_from <= excluded.judges_from THEN i.judges_from
      ELSE excluded.judges_from END
  RETURNING i.judges_from INTO may_judge_from;
  DELETE FROM breakglass.instances i
  WHERE i.id <> instance AND (alone OR i.alive_until < wall - interval '1 hour');
  -- What this instance holds, by its own account or not.
  RETURN QUERY SELECT o.id, o.claim_number FROM breakglass.outbox o
  WHERE o.done_at IS NULL AND o.run_at <= today AND o.claimed_by = instance
  LIMIT 100;
  IF may_judge_from <= wall THEN
    SELECT array_agg(i.id) INTO living FROM breakglass.instances i
    WHERE i.alive_until BETWEEN wall AND wall + interval '1 minute';
  END IF;
  RETURN QUERY SELECT o.id, NULL::integer FROM breakglass.outbox o
  WHERE o.done_at IS NULL AND o.run_at <= today
    AND (o.claimed_by <> ALL (living)
      OR o.run_at <= today - interval '1 second' AND (o.lease_until BETWEEN wall AND wall + interval '2 minutes') IS NOT TRUE)
    AND NOT EXISTS (
      SELECT FROM breakglass.outbox e
      WHERE e.n = o.n AND e.lane = o.lane AND e.done_at IS NULL AND e.position < o.position
    )
  ORDER BY o.run_at LIMIT 50;
END $$;

COMMENT ON FUNCTION breakglass.heartbeat(text, integer, boolean) IS 'run-time: the instance lives for another ttl, 10 s at most; alone: no other one does. Returns the rows that it holds, with the number of its claim, and those that nobody performs although they are due.';
