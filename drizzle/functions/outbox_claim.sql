-- The same claim again is a retry whose first answer was late: it gets its row, and is not counted as another attempt.
CREATE FUNCTION breakglass.outbox_claim(row_id uuid, instance text, claim integer, lease_ms bigint)
RETURNS TABLE (id uuid, n integer, effect jsonb, attempt integer, created_at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS wall, breakglass.now() AS now),
  taken AS (
    SELECT o.id, (o.claimed_by = instance AND o.claim_number = claim) IS TRUE AS again FROM breakglass.outbox o, clock
    WHERE o.id = row_id AND o.done_at IS NULL AND o.run_at <= clock.now
      AND ((o.lease_until BETWEEN clock.wall AND clock.wall + interval '2 minutes') IS NOT TRUE
        OR o.claimed_by = instance AND o.claim_number = claim
        OR breakglass.is_dead(o.claimed_by, instance, clock.wall))
      AND NOT EXISTS (
        SELECT FROM breakglass.outbox e
        WHERE e.n = o.n AND e.lane = o.lane AND e.done_at IS NULL AND e.position < o.position
      )
    FOR UPDATE OF o SKIP LOCKED
  )
  UPDATE breakglass.outbox o
  SET attempts = o.attempts + CASE WHEN taken.again THEN 0 ELSE 1 END, claimed_by = instance, claim_number = claim,
    lease_until = clock.wall + least(greatest(lease_ms, 0), 60000) * interval '1 millisecond'
  FROM taken, clock WHERE o.id = taken.id
  RETURNING o.id, o.n, o.effect, o.attempts, o.created_at
$$;

COMMENT ON FUNCTION breakglass.outbox_claim(uuid, text, integer, bigint) IS 'run-time: claims that row if it is due, first in its lane, pending, and held by nobody who lives; for a minute at most. The same claim again succeeds again.';
