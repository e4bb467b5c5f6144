CREATE FUNCTION breakglass.outbox_finish(row_id uuid, channel text, ts text, rendered integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  finished breakglass.outbox;
BEGIN
  PERFORM breakglass.commit_asynchronously();
  UPDATE breakglass.outbox o
  SET done_at = breakglass.now(), lease_until = NULL, claimed_by = NULL, claim_number = NULL, failed_code = NULL,
    posted_channel = channel, posted_ts = ts, rendered_version = rendered
  WHERE o.id = row_id AND o.done_at IS NULL RETURNING o.* INTO finished;
  IF FOUND THEN
    -- The message that was just rendered already shows these later changes. numeric: a queued version may be beyond integer.
    UPDATE breakglass.outbox o
    SET done_at = finished.done_at, rendered_version = rendered
    WHERE o.n = finished.n AND o.message_key = finished.message_key AND o.done_at IS NULL
      AND o.effect ->> 'kind' = 'message.update' AND (o.effect ->> 'version')::numeric <= rendered;
  ELSE
    -- It was finished before: by this process, whose answer was lost, or by another one, which may have posted it too.
    SELECT o.* INTO finished FROM breakglass.outbox o WHERE o.id = row_id;
  END IF;
  RETURN jsonb_build_object(
    'next', (SELECT coalesce(jsonb_agg(next), '[]') FROM breakglass.outbox_next(finished.n, finished.lane) AS next),
    'posted', CASE WHEN finished.posted_ts IS NOT NULL THEN
      jsonb_build_object('channel', finished.posted_channel, 'ts', finished.posted_ts) END);
END $$;

COMMENT ON FUNCTION breakglass.outbox_finish(uuid, text, text, integer) IS 'run-time: the row is done, and with it the later updates of the same message that it already shows; returns what can be claimed next, and where the message is.';
