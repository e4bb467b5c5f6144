-- The caller sets when the bypass is checked next, but no later than the end of the grant, or the last time at which the
-- request may still be waiting.
CREATE FUNCTION breakglass.violation_of_due(b breakglass.bypasses, declared jsonb, before jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  latest constant timestamptz := CASE b.status
    WHEN 'active' THEN b.ends_at
    WHEN 'requested' THEN greatest(
      b.declared_at + (declared #>> '{ack,giveUpAfterSeconds}')::integer * interval '1 second',
      (before ->> 'at')::timestamptz + (declared #>> '{ack,remindEverySeconds}')::integer * interval '1 second')
  END;
BEGIN
  RETURN CASE WHEN ((b.next_due_at IS NULL) = (latest IS NULL) AND (b.next_due_at BETWEEN b.declared_at AND latest) IS NOT FALSE) IS NOT TRUE
    THEN 'the next check is missing or too late' END;
END $$;
