CREATE FUNCTION breakglass.outbox_finish(row_id uuid, channel text, ts text, rendered integer) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  finished breakglass.outbox;
BEGIN
  PERFORM breakglass.commit_asynchronously();
  UPDATE breakglass.outbox o
  SET done_at = breakglass.now(), lease_until = NULL, failed_code = NULL,
    posted_channel = channel, posted_ts = ts, rendered_version = rendered
  WHERE o.id = row_id AND o.done_at IS NULL RETURNING o.* INTO finished;
  IF NOT FOUND THEN
    -- It was finished before and the answer was lost: return the next rows again.
    RETURN QUERY SELECT next FROM breakglass.outbox o, breakglass.outbox_next(o.n, o.lane) AS next
      WHERE o.id = row_id AND o.done_at IS NOT NULL;
    RETURN;
  END IF;
  -- The message that was just rendered already shows these later changes.
  UPDATE breakglass.outbox o
  SET done_at = finished.done_at, rendered_version = rendered
  WHERE o.n = finished.n AND o.message_key = finished.message_key AND o.done_at IS NULL
    AND o.effect ->> 'kind' = 'message.update' AND (o.effect ->> 'version')::integer <= rendered;
  RETURN QUERY SELECT breakglass.outbox_next(finished.n, finished.lane);
END $$;

COMMENT ON FUNCTION breakglass.outbox_finish(uuid, text, text, integer) IS 'run-time: the row is done, and with it the later updates of the same message that it already shows; returns what can be claimed next.';
