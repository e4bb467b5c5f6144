-- Checks an entry against the trail itself: the state after the entries before it, the declaration (version 1) and the entry
-- right before, all of the same stream. Nothing depends on what the caller says about the bypass.
CREATE FUNCTION breakglass.violation_of_decision(
  b breakglass.bypasses, at_version integer, event jsonb, declared jsonb, before jsonb
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := event ->> 'type';
BEGIN
  IF kind = 'bypass.declared' THEN
    RETURN breakglass.violation_of_declaration(event);
  ELSIF kind IN ('ack.given', 'ack.reminded', 'ack.escalated',
    'bypass.activated', 'bypass.denied', 'bypass.withdrawn', 'bypass.lapsed', 'bypass.proceeded_alone')
  THEN
    RETURN breakglass.violation_of_request(b, at_version, event, declared, before);
  ELSIF kind IN ('grant.warned', 'bypass.expired', 'bypass.closed', 'bypass.revoked') THEN
    RETURN breakglass.violation_of_grant(b, event, declared);
  ELSIF kind IN ('review.submitted', 'review.amended') AND breakglass.actor_is_requester(event, declared) IS NOT FALSE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot write the review';
  ELSIF kind = 'review.waived'
    AND (before ->> 'type' IN ('bypass.denied', 'bypass.withdrawn', 'bypass.lapsed')) IS NOT TRUE
  THEN
    RETURN 'a review is waived only when nothing was ever active';
  ELSIF kind = 'alert.posted' AND b.alert_ts IS NOT NULL THEN
    RETURN 'the alert was posted before';
  ELSIF kind = 'alert.lost' AND (b.alert_ts = event ->> 'ts' AND b.channel = event ->> 'channel') IS NOT TRUE THEN
    RETURN 'the alert was not posted there';
  ELSIF kind = 'bypass.rejected_late' THEN
    RETURN breakglass.violation_of_late_rejection(b, event, declared);
  ELSIF kind IN ('ack.blocked', 'ack.unblocked') AND b.status <> 'requested' THEN
    RETURN 'the request was settled before';
  END IF;
  RETURN NULL;
END $$;
