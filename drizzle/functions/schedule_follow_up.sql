-- While a review or an action is open, the next check is at most about a week away. Otherwise the run-time role could silence
-- the reminders without an entry.
CREATE FUNCTION breakglass.schedule_follow_up(of_n integer, at_version integer, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  IF (until <= breakglass.now() + interval '8 days') IS NOT TRUE AND EXISTS (
    SELECT FROM breakglass.bypasses b WHERE b.n = of_n AND b.version = at_version
      AND (b.review_status = 'open' AND b.ended_at IS NOT NULL
        OR EXISTS (SELECT FROM breakglass.actions a WHERE a.n = b.n AND a.status = 'open')))
  THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a follow-up is due within a week while a review or an action is open';
  END IF;
  UPDATE breakglass.bypasses b SET follow_up_at = until WHERE b.n = of_n AND b.version = at_version;
END $$;

COMMENT ON FUNCTION breakglass.schedule_follow_up(integer, integer, timestamptz) IS 'run-time: sets when to look again whether a review or an action needs a reminder.';
