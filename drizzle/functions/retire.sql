-- Whoever still holds something may have a call under way: that is taken over when its time is up, not at once.
CREATE FUNCTION breakglass.retire(instance text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  DELETE FROM breakglass.instances i WHERE i.id = instance AND NOT EXISTS (
    SELECT FROM breakglass.outbox o WHERE o.done_at IS NULL AND o.run_at <= breakglass.now() AND o.claimed_by = instance)
$$;

COMMENT ON FUNCTION breakglass.retire(text) IS 'run-time: the instance has ended and holds nothing.';
