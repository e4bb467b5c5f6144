CREATE FUNCTION breakglass.schedule_follow_up(of_n integer, at_version integer, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  violation text;
BEGIN
  SELECT breakglass.violation_of_follow_up(b, until, breakglass.now()) INTO violation FROM breakglass.bypasses b
  WHERE b.n = of_n AND b.version = at_version;
  IF violation IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = violation;
  END IF;
  UPDATE breakglass.bypasses b SET follow_up_at = until WHERE b.n = of_n AND b.version = at_version;
END $$;

COMMENT ON FUNCTION breakglass.schedule_follow_up(integer, integer, timestamptz) IS 'run-time: sets when to look again whether a review or an action needs a reminder.';
