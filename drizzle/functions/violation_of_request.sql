-- Checks the entries of a request: approvals, settlements, and reminders and escalations while it waits.
CREATE FUNCTION breakglass.violation_of_request(
  b breakglass.bypasses, at_version integer, event jsonb, declared jsonb, before jsonb
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := event ->> 'type';
  at constant timestamptz := event ->> 'at';
  needed constant integer := declared #>> '{ack,needed}';
  by_requester constant boolean := declared -> 'accounts' ? (event #>> '{actor,user}');
  -- The person who gives the last approval, or proceeds alone, also activates the bypass in the same commit.
  same_actor constant boolean := before -> 'actor' = event -> 'actor';
  step constant jsonb := CASE kind WHEN 'ack.escalated'
    THEN jsonb_path_query_first(declared, '$.ack.escalation[$n]', jsonb_build_object('n', event -> 'step')) END;
  given integer;
BEGIN
  IF b.status <> 'requested' THEN
    RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'settled before';
  END IF;
  IF kind = 'ack.given' THEN
    RETURN breakglass.violation_of_approval(b.n, at_version, event, declared);
  ELSIF kind = 'bypass.activated' THEN
    SELECT count(DISTINCT a.version) INTO given FROM breakglass.approvals a WHERE a.n = b.n;
    RETURN CASE
      WHEN event ->> 'endsAt' IS DISTINCT FROM to_char(
          (at + (declared ->> 'durationSeconds')::integer * interval '1 second') AT TIME ZONE 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        THEN 'the grant is not as long as was declared'
      WHEN (CASE event -> 'approved'
          WHEN 'true' THEN needed > 0 AND given >= needed AND before ->> 'type' = 'ack.given' AND same_actor
          WHEN 'false' THEN by_requester AND (needed = 0 OR before ->> 'type' = 'bypass.proceeded_alone' AND same_actor)
        END) IS NOT TRUE
        THEN 'the grant was not earned'
    END;
  ELSIF kind = 'bypass.denied' AND breakglass.actor_is_requester(event, declared) IS NOT FALSE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot deny their own request';
  END IF;
  RETURN CASE
    WHEN kind = 'bypass.proceeded_alone' AND by_requester IS NOT TRUE THEN 'only the requester can proceed alone'
    WHEN kind = 'bypass.proceeded_alone'
        AND (needed > 0 AND at >= b.declared_at + (declared #>> '{ack,aloneAfterSeconds}')::integer * interval '1 second') IS NOT TRUE
      THEN 'proceeding alone was not allowed, or not yet'
    WHEN kind = 'bypass.withdrawn' AND by_requester IS NOT TRUE THEN 'only the requester can withdraw'
    WHEN kind = 'bypass.lapsed' AND event ->> 'why' = 'no_ack'
        AND at < b.declared_at + (declared #>> '{ack,giveUpAfterSeconds}')::integer * interval '1 second'
      THEN 'it is too early to give up'
    -- Otherwise the step counts as raised, and its people are never paged.
    WHEN kind = 'ack.escalated' AND (step ->> 'role' = event ->> 'role'
        AND at >= b.declared_at + (step ->> 'afterSeconds')::integer * interval '1 second') IS NOT TRUE
      THEN 'the step was not declared, or is not due'
    -- Otherwise no reminder is due for as long as the count says.
    WHEN kind = 'ack.reminded' AND ((event ->> 'count')::integer >= 1 AND at >= b.declared_at
        + (event ->> 'count')::integer * (declared #>> '{ack,remindEverySeconds}')::integer * interval '1 second') IS NOT TRUE
      THEN 'it is too early for that reminder'
  END;
END $$;
