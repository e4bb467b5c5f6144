-- Checks a no after the end: the first one, by somebody else than the requester, within the time of REJECTABLE_FOR_MS.
CREATE FUNCTION breakglass.violation_of_late_rejection(b breakglass.bypasses, event jsonb, declared jsonb) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  IF breakglass.actor_is_requester(event, declared) IS NOT FALSE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot say no to their own bypass';
  END IF;
  RETURN CASE
    WHEN b.status IN ('requested', 'active') THEN 'the bypass is not over'
    WHEN b.rejected_at IS NOT NULL THEN 'somebody said no before'
    WHEN event ->> 'answer' = 'revoke' AND b.ends_at IS NULL THEN 'there was no grant'
    WHEN ((event ->> 'at')::timestamptz <= coalesce(b.ended_at, b.settled_at) + interval '15 minutes') IS NOT TRUE
      THEN 'the bypass has been over for too long'
  END;
END $$;
