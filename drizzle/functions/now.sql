-- The database's clock, the only one that decisions and the outbox use. Leases use clock_timestamp(), because advancing this
-- clock in a test must not make a delivery in flight look abandoned. STABLE although it advances, so that an index scan can use
-- it; a statement that needs the same time throughout calls it once.
CREATE FUNCTION breakglass.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN pg_catalog.clock_timestamp();
END $$;

COMMENT ON FUNCTION breakglass.now() IS 'run-time: the time by which the trail is written.';
