-- Applies an entry of a review, an action or a redaction to the tables other than that of bypasses.
CREATE FUNCTION breakglass.project_review(bypass integer, at_seq bigint, event jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  CASE event ->> 'type'
    WHEN 'text.redacted' THEN
      -- A redacted text must not come back from a draft.
      DELETE FROM breakglass.drafts d WHERE d.n = bypass;
    WHEN 'review.submitted', 'review.amended' THEN
      DELETE FROM breakglass.drafts d WHERE d.n = bypass AND d.account = event #>> '{actor,user}';
    WHEN 'action.opened' THEN
      INSERT INTO breakglass.actions (n, action, seq, owner, due_at, status)
      VALUES (bypass, (event ->> 'action')::integer, at_seq, event ->> 'owner', (event ->> 'dueAt')::timestamptz, 'open');
    WHEN 'action.put_off', 'action.ended' THEN
      UPDATE breakglass.actions a SET
        status = coalesce(event ->> 'outcome', a.status),
        ended_at = CASE WHEN event ? 'outcome' THEN (event ->> 'at')::timestamptz ELSE a.ended_at END,
        put_off_until = coalesce((event ->> 'until')::timestamptz, a.put_off_until)
      WHERE a.n = bypass AND a.action = (event ->> 'action')::integer AND a.status = 'open';
      IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'there is no such action, or it is over';
      END IF;
    ELSE
      NULL;
  END CASE;
END $$;
