-- The database's clock, the only one that decisions and the outbox go by. Leases go by clock_timestamp(): moving time on in a
-- test must not make a delivery that is under way look abandoned. STABLE although it advances, so that an index scan may use
-- it; a statement that needs one moment throughout asks once.
CREATE FUNCTION breakglass.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN pg_catalog.clock_timestamp();
END $$;

COMMENT ON FUNCTION breakglass.now() IS 'run-time: the time by which the trail is written.';
