CREATE FUNCTION breakglass.outbox_release(row_id uuid, instance text, claim integer, delay_ms bigint, code text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  SELECT breakglass.commit_asynchronously();
  UPDATE breakglass.outbox o
  SET lease_until = NULL, claimed_by = NULL, claim_number = NULL, failed_code = code,
    run_at = breakglass.now() + least(greatest(delay_ms, 0), 3600000) * interval '1 millisecond'
  WHERE o.id = row_id AND o.done_at IS NULL AND o.claimed_by = instance AND o.claim_number = claim
$$;

COMMENT ON FUNCTION breakglass.outbox_release(uuid, text, integer, bigint, text) IS 'run-time: gives the row back for a retry after the delay, an hour at most, if that claim still holds it.';
