-- Checks the entries of a grant: its warning and its end.
CREATE FUNCTION breakglass.violation_of_grant(b breakglass.bypasses, event jsonb, declared jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := event ->> 'type';
  at constant timestamptz := event ->> 'at';
  by_person constant boolean := event #>> '{actor,kind}' = 'person';
  violation constant text := CASE
    WHEN b.ends_at IS NULL THEN 'there is no grant'
    WHEN kind = 'bypass.expired' AND at < b.ends_at THEN 'the grant has time left'
    WHEN kind <> 'bypass.expired' AND at >= b.ends_at THEN 'the grant has reached its end'
    WHEN kind = 'bypass.closed' AND (declared -> 'accounts' ? (event #>> '{actor,user}')) IS NOT TRUE
      THEN 'only the requester can close'
    WHEN kind = 'bypass.revoked' AND (event ->> 'why' = 'person') IS DISTINCT FROM by_person
      THEN 'the actor is not the one of this revocation'
  END;
BEGIN
  IF violation IS NULL AND kind = 'bypass.revoked' AND by_person AND breakglass.actor_is_requester(event, declared) IS NOT FALSE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot revoke their own bypass';
  END IF;
  IF violation IS NULL AND b.status <> 'active' THEN
    RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'ended before';
  END IF;
  RETURN violation;
END $$;
