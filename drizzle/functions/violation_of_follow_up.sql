-- While a review or an action is open, the next check is at most about a week away. Otherwise the run-time role could silence
-- the reminders: without an entry, or by one that says nothing of it.
CREATE FUNCTION breakglass.violation_of_follow_up(b breakglass.bypasses, until timestamptz, now timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE WHEN (until <= now + interval '8 days') IS NOT TRUE
      AND (b.review_status = 'open' AND b.ended_at IS NOT NULL
        OR b.actions_opened > 0 AND EXISTS (SELECT FROM breakglass.actions a WHERE a.n = b.n AND a.status = 'open'))
    THEN 'a follow-up is due within a week while a review or an action is open' END;
END $$;
