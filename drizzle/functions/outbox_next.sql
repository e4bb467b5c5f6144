-- Returns the first pending row of a lane, if it can be claimed now.
CREATE FUNCTION breakglass.outbox_next(of_n integer, of_lane text) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
  SELECT first.id FROM (
    SELECT o.id, o.run_at, o.lease_until FROM breakglass.outbox o
    WHERE o.n = of_n AND o.lane = of_lane AND o.done_at IS NULL ORDER BY o.position LIMIT 1
  ) first
  WHERE first.run_at <= breakglass.now()
    AND (first.lease_until IS NULL OR first.lease_until <= clock_timestamp())
$$;
