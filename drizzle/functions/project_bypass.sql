-- Applies an entry to the row of a bypass. This is the domain's fold, as far as lists and rules need it.
CREATE FUNCTION breakglass.project_bypass(b breakglass.bypasses, at_version integer, event jsonb) RETURNS breakglass.bypasses
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := event ->> 'type';
  at constant timestamptz := event ->> 'at';
BEGIN
  b.version := at_version;
  CASE kind
    WHEN 'bypass.declared' THEN
      b.kind := event ->> 'kind';
      b.status := 'requested';
      b.path := event ->> 'path';
      b.gates := ARRAY(SELECT value FROM jsonb_array_elements_text(event -> 'gates') WITH ORDINALITY ORDER BY ordinality);
      b.requester_user := event #>> '{actor,user}';
      b.requester_person := event #>> '{actor,person}';
      b.target_kind := event #>> '{target,kind}';
      b.incident := event ->> 'incident';
      b.channel := event ->> 'channel';
      b.declared_at := at;
      b.declared_for := event ->> 'channel';
      b.gates_at_fault := '{}';
      b.review_edition := 0;
      b.actions_opened := 0;
    WHEN 'review.opened' THEN
      b.review_status := 'open';
      b.review_due_at := event ->> 'dueAt';
      b.reviewer_role := event ->> 'reviewer';
      b.review_roles := ARRAY[event ->> 'reviewer'];
    WHEN 'review.submitted', 'review.amended' THEN
      b.review_status := 'submitted';
      b.verdict := event ->> 'verdict';
      b.gates_at_fault := ARRAY(SELECT value FROM jsonb_array_elements_text(event -> 'gatesAtFault') WITH ORDINALITY ORDER BY ordinality);
      b.forced_by := event ->> 'forcedBy';
      b.reviewed_at := at;
      b.review_edition := event ->> 'edition';
    WHEN 'review.escalated' THEN
      IF NOT event ->> 'role' = ANY (b.review_roles) THEN
        b.review_roles := b.review_roles || (event ->> 'role');
      END IF;
      b.review_put_off_until := NULL;
    WHEN 'review.put_off' THEN
      b.review_put_off_until := event ->> 'until';
    WHEN 'action.opened' THEN
      b.actions_opened := event ->> 'action';
    WHEN 'review.waived' THEN
      b.review_status := 'waived';
    WHEN 'alert.posted' THEN
      b.channel := event ->> 'channel';
      b.alert_ts := event ->> 'ts';
    WHEN 'alert.lost' THEN
      b.channel := b.declared_for;
      b.alert_ts := NULL;
    WHEN 'bypass.activated' THEN
      b.status := 'active';
      b.settled_at := at;
      b.ends_at := event ->> 'endsAt';
    WHEN 'bypass.denied', 'bypass.withdrawn', 'bypass.lapsed' THEN
      b.status := substr(kind, 8);
      b.settled_at := at;
      IF kind = 'bypass.denied' THEN
        b.rejected_at := at;
      END IF;
    WHEN 'bypass.expired', 'bypass.closed', 'bypass.revoked' THEN
      b.status := substr(kind, 8);
      -- An expired grant ended at its end time, however late the expiry is recorded.
      b.ended_at := CASE kind WHEN 'bypass.expired' THEN b.ends_at ELSE at END;
      IF kind = 'bypass.revoked' AND event ->> 'why' = 'person' THEN
        b.rejected_at := at;
      END IF;
    WHEN 'bypass.rejected_late' THEN
      b.rejected_at := at;
    ELSE
      NULL;
  END CASE;
  RETURN b;
END $$;
