CREATE FUNCTION breakglass.outbox_fail(row_id uuid, instance text, claim integer, code text) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  PERFORM breakglass.commit_asynchronously();
  UPDATE breakglass.outbox o
  SET done_at = breakglass.now(), lease_until = NULL, claimed_by = NULL, claim_number = NULL, failed_code = code
  WHERE o.id = row_id AND o.done_at IS NULL AND o.claimed_by = instance AND o.claim_number = claim;
  RETURN QUERY SELECT next FROM breakglass.outbox o, breakglass.outbox_next(o.n, o.lane) AS next
    WHERE o.id = row_id AND o.done_at IS NOT NULL;
END $$;

COMMENT ON FUNCTION breakglass.outbox_fail(uuid, text, integer, text) IS 'run-time: gives the row up for good, if that claim still holds it; returns what can be claimed next.';
