-- Reviews that are written and chased, actions, gate items, and notices: their facts, their projections, and what the commit
-- asks of them. Functions that stood before are replaced as a whole.
ALTER TABLE breakglass.bypasses DROP CONSTRAINT bypasses_review_status_check;
--> statement-breakpoint
ALTER TABLE breakglass.bypasses
  ADD CONSTRAINT bypasses_review_status_check CHECK (review_status IN ('open', 'submitted', 'waived')),
  ADD COLUMN verdict text CHECK (verdict IN ('justified', 'avoidable', 'gate-at-fault')),
  ADD COLUMN gates_at_fault text[] NOT NULL DEFAULT '{}',
  ADD COLUMN forced_by text,
  ADD COLUMN reviewed_at timestamptz,
  ADD COLUMN review_edition integer NOT NULL DEFAULT 0,
  ADD COLUMN actions_opened integer NOT NULL DEFAULT 0,
  ADD COLUMN review_roles text[] NOT NULL DEFAULT '{}',
  ADD COLUMN review_snoozed_until timestamptz,
  ADD COLUMN declared_for text NOT NULL DEFAULT '',
  ADD COLUMN chase_at timestamptz;
--> statement-breakpoint
-- Reviews that were opened before: who writes them, and from now on somebody looks whether they are to be chased.
UPDATE breakglass.bypasses b SET review_roles = ARRAY[b.reviewer_role], declared_for = t.body::jsonb ->> 'channel',
  chase_at = CASE WHEN b.review_status = 'open' AND b.ended_at IS NOT NULL THEN b.ended_at END
FROM breakglass.trail t WHERE t.seq = b.declared_seq;
--> statement-breakpoint
CREATE INDEX bypasses_chase ON breakglass.bypasses (chase_at) WHERE chase_at IS NOT NULL;
--> statement-breakpoint
-- What counts in a reading.
CREATE INDEX bypasses_counted ON breakglass.bypasses (settled_at) WHERE ends_at IS NOT NULL AND kind = 'bypass';
--> statement-breakpoint
-- The bypasses of a week.
CREATE INDEX bypasses_declared ON breakglass.bypasses (declared_at);
--> statement-breakpoint
-- When a path was last rehearsed.
CREATE INDEX bypasses_drills ON breakglass.bypasses (path, declared_at) WHERE kind = 'drill';
--> statement-breakpoint
COMMENT ON COLUMN breakglass.bypasses.chase_at IS 'When somebody looks again whether the review or an action is to be chased: a hint that follows from the policy in force too, and no part of the fold.';
--> statement-breakpoint
CREATE TABLE breakglass.actions (
  n integer NOT NULL,
  action integer NOT NULL CHECK (action > 0),
  seq bigint NOT NULL,
  owner text NOT NULL,
  due_at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'done', 'dropped')),
  snoozed_until timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (n, action)
);
--> statement-breakpoint
CREATE INDEX actions_open ON breakglass.actions (owner, due_at) WHERE status = 'open';
--> statement-breakpoint
COMMENT ON TABLE breakglass.actions IS 'A projection of the facts of actions: what is to be done because of a review, by whom and until when.';
--> statement-breakpoint
CREATE TABLE breakglass.gate_items (
  gate text PRIMARY KEY,
  item integer NOT NULL CHECK (item > 0),
  status text NOT NULL CHECK (status IN ('open', 'mended', 'recovered')),
  owner text NOT NULL,
  opened_seq bigint NOT NULL,
  opened_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  closed_at timestamptz,
  reminded_to timestamptz,
  told boolean NOT NULL,
  snoozed_until timestamptz,
  mended_at timestamptz
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.gate_items IS 'A projection of the facts of gates: the newest item of each gate that was ever sick.';
--> statement-breakpoint
CREATE TABLE breakglass.gate_marks (
  seq bigint PRIMARY KEY,
  gate text NOT NULL,
  item integer NOT NULL,
  what text NOT NULL CHECK (what IN ('sickened', 'changed', 'retired', 'recovered')),
  at timestamptz NOT NULL
);
--> statement-breakpoint
CREATE INDEX gate_marks_gate ON breakglass.gate_marks (gate, seq);
--> statement-breakpoint
COMMENT ON TABLE breakglass.gate_marks IS 'A projection of the facts of gates: what was done to each, oldest first.';
--> statement-breakpoint
CREATE TABLE breakglass.drafts (
  n integer NOT NULL,
  account text NOT NULL,
  content jsonb NOT NULL CHECK (octet_length(content::text) <= 131072),
  kept_at timestamptz NOT NULL,
  PRIMARY KEY (n, account)
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.drafts IS 'Reviews that are being written. No facts: a draft is its writer''s own, and goes when the review is handed in.';
--> statement-breakpoint
CREATE TABLE breakglass.home_viewers (
  account text PRIMARY KEY,
  opened_at timestamptz NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.home_viewers IS 'Who has opened the App Home, so that it is drawn again when something changes. No facts.';
--> statement-breakpoint
INSERT INTO breakglass.fact_types (type, stream, actor, fields) VALUES
  ('pager.rung', 'bypass', 'system', '{deed,rung,via}'),
  ('review.submitted', 'bypass', 'person', '{aftermath,asApprover,edition,forcedBy,gatesAtFault,roleAsOf,verdict}'),
  ('review.amended', 'bypass', 'person', '{aftermath,asApprover,edition,forcedBy,gatesAtFault,roleAsOf,verdict}'),
  ('review.view_added', 'bypass', 'person', '{}'),
  ('review.reminded', 'bypass', 'system', '{role,slot,stage}'),
  ('review.overdue', 'bypass', 'system', '{slot}'),
  ('review.escalated', 'bypass', 'system', '{role,slot}'),
  ('review.snoozed', 'bypass', 'person', '{roleAsOf,until}'),
  ('action.opened', 'bypass', 'person', '{action,dueAt,owner}'),
  ('action.reminded', 'bypass', 'system', '{action,slot,stage}'),
  ('action.overdue', 'bypass', 'system', '{action,slot}'),
  ('action.snoozed', 'bypass', 'person', '{action,roleAsOf,until}'),
  ('action.ended', 'bypass', 'person', '{action,outcome,roleAsOf}'),
  ('gate.sickened', 'system', 'system', '{atFault,because,bypasses,count,dueAt,gate,item,owner,reviewed,windowSeconds}'),
  ('gate.reminded', 'system', 'system', '{gate,item,role,slot,stage}'),
  ('gate.overdue', 'system', 'system', '{gate,item,slot}'),
  ('gate.snoozed', 'system', 'person', '{gate,item,roleAsOf,until}'),
  ('gate.mended', 'system', 'person', '{gate,how,item,roleAsOf}'),
  ('gate.recovered', 'system', 'system', '{count,gate,item}'),
  ('nudge.addressed', 'system', 'system', '{role,slot,users}'),
  ('overdue.told', 'system', 'system', '{channel,slot}'),
  ('digest.told', 'system', 'system', '{channel,slot}'),
  ('drill.reminded', 'system', 'system', '{path,role,slot,stage}'),
  ('drill.overdue', 'system', 'system', '{path,slot}');
--> statement-breakpoint
-- The owner of a gate types a reason, too, and it must be possible to take it out.
UPDATE breakglass.fact_types SET stream = 'both' WHERE type = 'text.redacted';
--> statement-breakpoint
-- How an entry is judged. Each of these functions answers what is wrong in words, or null; it raises only what the caller
-- has to tell apart (BG001 to BG004). They are plain expressions, without a look into a table wherever that can be: a
-- batch of commits runs through them while everybody else waits for the head. They set no search_path: only the owner may
-- call them, and they run under that of commit or redact; setting it again for each call would be dearer than the work.
CREATE OR REPLACE FUNCTION breakglass.fault_of_body(
  body text, fact jsonb, rule breakglass.fact_types, stream_name text, at_version integer, command_id text
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  frame constant text[] := '{v,type,at,actor,command,version,bypass,review,reason,target_typed,target_key,line,policy,lesson}';
  written constant text := fact::text;
  bare text;
  canonical_length integer;
  who constant jsonb := fact -> 'actor';
BEGIN
  IF jsonb_typeof(fact) IS DISTINCT FROM 'object' OR octet_length(body) > 131072 THEN
    RETURN 'the body is no object, or is too long';
  END IF;
  -- Canonical text differs from PostgreSQL's in the spaces after colons and commas. Strings with spaces are rare in a body.
  IF strpos(body, ' ') = 0 THEN
    canonical_length := octet_length(replace(written, ' ', ''));
  ELSE
    bare := regexp_replace(written, '"([^"\\]|\\.)*"', '', 'g');
    canonical_length := octet_length(written) - length(bare) + length(replace(bare, ' ', ''));
  END IF;
  RETURN CASE
    WHEN fact -> 'v' IS DISTINCT FROM '1'::jsonb THEN 'the body is of an unknown format'
    WHEN rule.type IS NULL THEN 'the type is not known'
    WHEN rule.stream NOT IN ('both', CASE stream_name WHEN 'system' THEN 'system' ELSE 'bypass' END)
      THEN 'the type does not belong into this stream'
    WHEN NOT fact ?& rule.fields OR fact - frame - rule.fields <> '{}' THEN 'the fields are not those of the type'
    -- Finds spaces, keys that come twice, and letters or numbers in another writing. The order of keys and the kinds of
    -- values would cost more than all the rest: breakglass verify looks at them, and such an entry harms its bypass alone.
    WHEN octet_length(body) <> canonical_length
      THEN 'the body is not canonical'
    WHEN coalesce(fact ->> 'at', '') !~ '^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d{3}Z$' THEN 'the time is not ISO 8601 in UTC'
    WHEN (who ->> 'kind' IN ('person', 'system') AND rule.actor IN ('both', who ->> 'kind')) IS NOT TRUE
      THEN 'the actor is not of the kind that the type needs'
    WHEN who ->> 'kind' = 'person' AND ((who ->> 'user') ~ '^[UW][A-Z0-9]{2,20}$' AND who - '{kind,user,person}'::text[] = '{}'
        AND (who ->> 'person' = who ->> 'user' OR (who ->> 'person') ~ '^[a-z0-9][a-z0-9._-]{0,62}$')) IS NOT TRUE
      THEN 'the actor has no name'
    WHEN who ->> 'kind' = 'system' AND (who ->> 'part' IN ('bot', 'clock', 'delivery', 'directory', 'policy')
        AND who - '{kind,part}'::text[] = '{}') IS NOT TRUE
      THEN 'the actor is no part of the system'
    WHEN fact ->> 'command' IS DISTINCT FROM command_id THEN 'the body names another command'
    WHEN fact -> 'version' IS DISTINCT FROM coalesce(to_jsonb(at_version), 'null') THEN 'the body names another version'
    WHEN fact ->> 'bypass' IS DISTINCT FROM nullif(stream_name, 'system') THEN 'the body names another bypass'
    WHEN fact ->> 'review' IS DISTINCT FROM
        CASE WHEN starts_with(rule.type, 'review.') THEN replace(stream_name, 'BG-', 'REV-') END
      THEN 'the body names another review'
    WHEN (at_version IS NOT DISTINCT FROM 1) <> (rule.type = 'bypass.declared')
      THEN 'the declaration is not the first entry, or the first entry is no declaration'
    WHEN (at_version IS NOT DISTINCT FROM 2) <> (rule.type = 'review.opened')
      THEN 'the review is not opened right after the declaration'
  END;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.is_moment(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT value ~ '^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d{3}Z$'
$$;
--> statement-breakpoint
-- A reminder is written when its moment has come, and a snooze is no way out: a moment far away would silence whatever is
-- chased for good.
CREATE FUNCTION breakglass.is_slot(value text, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN breakglass.is_moment(value) THEN value::timestamptz <= at + interval '1 day' END
$$;
--> statement-breakpoint
-- The longest that the domain allows, with a closure of the office at its end, and a day.
CREATE FUNCTION breakglass.is_snooze(value text, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN breakglass.is_moment(value) THEN value::timestamptz BETWEEN at AND at + interval '41 days' END
$$;
--> statement-breakpoint
CREATE FUNCTION breakglass.is_count(value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_typeof(value) = 'number' AND value::text ~ '^\d{1,15}$'
$$;
--> statement-breakpoint
-- Of an entry of the review or of an action: all of it comes after the end of a grant.
CREATE FUNCTION breakglass.fault_of_review(b breakglass.bypasses, fact jsonb, declared jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
  by_requester constant boolean := declared -> 'accounts' ? (fact #>> '{actor,user}');
  same_name constant boolean := fact #>> '{actor,person}' = declared #>> '{actor,person}';
  number constant integer := fact ->> 'action';
BEGIN
  IF b.ended_at IS NULL THEN
    RETURN 'a review is written once the bypass is over';
  END IF;
  IF kind IN ('review.submitted', 'review.amended') THEN
    IF by_requester OR same_name THEN
      RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot write the review';
    END IF;
    -- Somebody else was faster: what is to be handed in was written without knowing of it.
    IF (b.review_status = 'open') <> (kind = 'review.submitted') THEN
      RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'the review stands otherwise';
    END IF;
    RETURN CASE
      WHEN (fact ->> 'edition')::integer IS DISTINCT FROM b.review_edition + 1 THEN 'the edition counts wrong'
      WHEN (fact ->> 'verdict' IN ('justified', 'avoidable', 'gate-at-fault')) IS NOT TRUE THEN 'there is no such verdict'
      -- Read for every gate at once: a word that nobody knows would take all readings away.
      WHEN (fact ->> 'forcedBy' IN ('real-emergency', 'flaky', 'slow', 'broken', 'unavailable', 'rule-unclear', 'other')) IS NOT TRUE
        THEN 'nothing of that name forces a bypass'
      WHEN (fact ->> 'aftermath' IN ('passed-later', 'failed-later', 'not-run-yet', 'will-not-run', 'unknown')) IS NOT TRUE
        THEN 'there is no such aftermath'
      WHEN (jsonb_typeof(fact -> 'gatesAtFault') = 'array' AND declared -> 'gates' @> (fact -> 'gatesAtFault')
          AND (jsonb_array_length(fact -> 'gatesAtFault') > 0) = (fact ->> 'verdict' = 'gate-at-fault')) IS NOT TRUE
        THEN 'the gates at fault are not those of a verdict on this bypass'
      -- An approver by what the policy says of persons now may be none by what it said at the approval, not the other way round.
      WHEN (fact -> 'asApprover' = 'true' OR fact -> 'asApprover' = 'false' AND NOT EXISTS (SELECT FROM breakglass.approvals a
          WHERE a.n = b.n AND (a.account = fact #>> '{actor,user}' OR a.person = fact #>> '{actor,person}'))) IS NOT TRUE
        THEN 'the review hides that its writer approved the bypass'
    END;
  END IF;
  IF kind LIKE 'review.%' THEN
    RETURN CASE
      WHEN kind = 'review.view_added' AND NOT (by_requester OR same_name) THEN 'only the requester adds the own view'
      WHEN kind = 'review.view_added' THEN NULL
      WHEN b.review_status <> 'open' THEN 'nobody is reminded of a review that is written'
      WHEN kind = 'review.snoozed' AND (by_requester OR same_name) THEN 'the requester cannot put the review off'
      WHEN kind = 'review.snoozed' AND breakglass.is_snooze(fact ->> 'until', at) IS NOT TRUE THEN 'the snooze has no end'
      WHEN kind <> 'review.snoozed' AND breakglass.is_slot(fact ->> 'slot', at) IS NOT TRUE THEN 'the reminder has no moment'
    END;
  END IF;
  IF kind = 'action.opened' THEN
    RETURN CASE
      WHEN b.review_status <> 'submitted' THEN 'actions come out of a review'
      WHEN number IS DISTINCT FROM b.actions_opened + 1 THEN 'the action counts wrong'
      WHEN breakglass.is_moment(fact ->> 'dueAt') IS NOT TRUE THEN 'the action is not due at any time'
      WHEN ((fact ->> 'owner') ~ '^[UW][A-Z0-9]{2,20}$') IS NOT TRUE THEN 'the action has no owner'
    END;
  END IF;
  IF NOT EXISTS (SELECT FROM breakglass.actions a WHERE a.n = b.n AND a.action = number AND a.status = 'open') THEN
    RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'there is no such action, or it is over';
  END IF;
  RETURN CASE
    WHEN kind = 'action.snoozed' AND breakglass.is_snooze(fact ->> 'until', at) IS NOT TRUE THEN 'the snooze has no end'
    WHEN kind IN ('action.reminded', 'action.overdue') AND breakglass.is_slot(fact ->> 'slot', at) IS NOT TRUE
      THEN 'the reminder has no moment'
    WHEN kind = 'action.ended' AND (fact ->> 'outcome' IN ('done', 'dropped')) IS NOT TRUE THEN 'an action ends done or dropped'
  END;
END $$;
--> statement-breakpoint
-- Judges a fact of a gate by its newest item, and keeps the projections. At once, and not with the rest of the batch: facts of
-- gates are rare, and those of one gate may stand in one batch.
CREATE FUNCTION breakglass.fault_of_gate(at_seq bigint, fact jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
  number constant integer := fact ->> 'item';
  known breakglass.gate_items;
BEGIN
  SELECT g.* INTO known FROM breakglass.gate_items g WHERE g.gate = fact ->> 'gate';
  IF kind = 'gate.sickened' THEN
    IF known.status = 'open' OR number IS DISTINCT FROM coalesce(known.item, 0) + 1 THEN
      RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'the gate has an open item, or had this one';
    END IF;
    -- Read back for each message about the gate: numbers that are words would keep all of them from being told.
    IF (length(fact ->> 'gate') BETWEEN 1 AND 63 AND length(fact ->> 'owner') > 0
      AND jsonb_typeof(fact -> 'gate') = 'string' AND jsonb_typeof(fact -> 'owner') = 'string'
      AND fact ->> 'because' IN ('count', 'verdicts') AND breakglass.is_moment(fact ->> 'dueAt')
      AND breakglass.is_count(fact -> 'count') AND breakglass.is_count(fact -> 'reviewed')
      AND breakglass.is_count(fact -> 'atFault') AND breakglass.is_count(fact -> 'windowSeconds')
      AND CASE WHEN jsonb_typeof(fact -> 'bypasses') = 'array' THEN NOT EXISTS (
        SELECT FROM jsonb_array_elements(fact -> 'bypasses') AS one WHERE breakglass.is_count(one) IS NOT TRUE) END) IS NOT TRUE
    THEN
      RETURN 'the item lacks what it is judged by';
    END IF;
    INSERT INTO breakglass.gate_items AS g (gate, item, status, owner, opened_seq, opened_at, due_at, told)
    VALUES (fact ->> 'gate', number, 'open', fact ->> 'owner', at_seq, at, (fact ->> 'dueAt')::timestamptz, false)
    ON CONFLICT (gate) DO UPDATE SET item = excluded.item, status = excluded.status, owner = excluded.owner,
      opened_seq = excluded.opened_seq, opened_at = excluded.opened_at, due_at = excluded.due_at, told = false,
      closed_at = NULL, reminded_to = NULL, snoozed_until = NULL;
  ELSE
    IF (known.status = 'open' AND number = known.item) IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'the gate has no such open item';
    END IF;
    IF (CASE kind
        WHEN 'gate.snoozed' THEN breakglass.is_snooze(fact ->> 'until', at)
        WHEN 'gate.mended' THEN fact ->> 'how' IN ('changed', 'retired')
        WHEN 'gate.recovered' THEN breakglass.is_count(fact -> 'count')
        ELSE breakglass.is_slot(fact ->> 'slot', at)
      END) IS NOT TRUE
    THEN
      RETURN 'the fact of the gate lacks what it is judged by';
    END IF;
    UPDATE breakglass.gate_items g SET
      status = CASE kind WHEN 'gate.mended' THEN 'mended' WHEN 'gate.recovered' THEN 'recovered' ELSE g.status END,
      closed_at = CASE WHEN kind IN ('gate.mended', 'gate.recovered') THEN at END,
      mended_at = CASE kind WHEN 'gate.mended' THEN at ELSE g.mended_at END,
      reminded_to = CASE kind WHEN 'gate.reminded' THEN (fact ->> 'slot')::timestamptz ELSE g.reminded_to END,
      told = g.told OR kind = 'gate.overdue',
      snoozed_until = CASE kind WHEN 'gate.snoozed' THEN (fact ->> 'until')::timestamptz ELSE g.snoozed_until END
    WHERE g.gate = known.gate;
  END IF;
  IF kind IN ('gate.sickened', 'gate.mended', 'gate.recovered') THEN
    INSERT INTO breakglass.gate_marks (seq, gate, item, what, at)
    VALUES (at_seq, fact ->> 'gate', number, CASE kind WHEN 'gate.mended' THEN fact ->> 'how' ELSE substr(kind, 6) END, at);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Judges an entry by the trail itself: by how the entries before it left the bypass, by the declaration (version 1) and by
-- the entry right before, all of the same stream. Nothing here rests on what the caller says of the bypass.
CREATE OR REPLACE FUNCTION breakglass.fault_of_decision(
  b breakglass.bypasses, at_version integer, fact jsonb, declared jsonb, before jsonb
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := fact ->> 'type';
BEGIN
  IF kind = 'bypass.declared' THEN
    RETURN breakglass.fault_of_declaration(fact);
  ELSIF kind IN ('ack.given', 'ack.reminded', 'ack.escalated',
    'bypass.activated', 'bypass.denied', 'bypass.withdrawn', 'bypass.lapsed', 'bypass.proceeded_alone')
  THEN
    RETURN breakglass.fault_of_settlement(b, at_version, fact, declared, before);
  ELSIF kind IN ('grant.warned', 'bypass.expired', 'bypass.closed', 'bypass.revoked') THEN
    RETURN breakglass.fault_of_end(b, fact, declared);
  ELSIF kind LIKE 'action.%' OR kind LIKE 'review.%' AND kind NOT IN ('review.opened', 'review.waived') THEN
    RETURN breakglass.fault_of_review(b, fact, declared);
  ELSIF kind = 'alert.posted' AND b.alert_ts IS NOT NULL THEN
    RETURN 'the alert stands elsewhere';
  ELSIF kind = 'review.opened' AND (fact ->> 'dueAt' ~ '^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d{3}Z$') IS NOT TRUE THEN
    RETURN 'the review is not due at any time';
  ELSIF kind = 'review.waived'
    AND (before ->> 'type' IN ('bypass.denied', 'bypass.withdrawn', 'bypass.lapsed')) IS NOT TRUE
  THEN
    RETURN 'a review is waived only when nothing was ever active';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- The projection of a bypass with one more entry: the same fold as the domain's, as far as lists and guards need it.
CREATE OR REPLACE FUNCTION breakglass.with_entry(b breakglass.bypasses, at_version integer, fact jsonb) RETURNS breakglass.bypasses
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
BEGIN
  b.version := at_version;
  CASE kind
    WHEN 'bypass.declared' THEN
      b.kind := fact ->> 'kind';
      b.status := 'requested';
      b.path := fact ->> 'path';
      b.gates := ARRAY(SELECT value FROM jsonb_array_elements_text(fact -> 'gates') WITH ORDINALITY ORDER BY ordinality);
      b.requester_user := fact #>> '{actor,user}';
      b.requester_person := fact #>> '{actor,person}';
      b.target_kind := fact #>> '{target,kind}';
      b.incident := fact ->> 'incident';
      b.channel := fact ->> 'channel';
      b.declared_at := at;
      b.declared_for := fact ->> 'channel';
      b.gates_at_fault := '{}';
      b.review_edition := 0;
      b.actions_opened := 0;
    WHEN 'review.opened' THEN
      b.review_status := 'open';
      b.review_due_at := fact ->> 'dueAt';
      b.reviewer_role := fact ->> 'reviewer';
      b.review_roles := ARRAY[fact ->> 'reviewer'];
    WHEN 'review.submitted', 'review.amended' THEN
      b.review_status := 'submitted';
      b.verdict := fact ->> 'verdict';
      b.gates_at_fault := ARRAY(SELECT value FROM jsonb_array_elements_text(fact -> 'gatesAtFault') WITH ORDINALITY ORDER BY ordinality);
      b.forced_by := fact ->> 'forcedBy';
      b.reviewed_at := at;
      b.review_edition := fact ->> 'edition';
    WHEN 'review.escalated' THEN
      IF NOT fact ->> 'role' = ANY (b.review_roles) THEN
        b.review_roles := b.review_roles || (fact ->> 'role');
      END IF;
    WHEN 'review.snoozed' THEN
      b.review_snoozed_until := fact ->> 'until';
    WHEN 'action.opened' THEN
      b.actions_opened := fact ->> 'action';
    WHEN 'review.waived' THEN
      b.review_status := 'waived';
    WHEN 'alert.posted' THEN
      b.channel := fact ->> 'channel';
      b.alert_ts := fact ->> 'ts';
    WHEN 'bypass.activated' THEN
      b.status := 'active';
      b.settled_at := at;
      b.ends_at := fact ->> 'endsAt';
    WHEN 'bypass.denied', 'bypass.withdrawn', 'bypass.lapsed' THEN
      b.status := substr(kind, 8);
      b.settled_at := at;
    WHEN 'bypass.expired', 'bypass.closed', 'bypass.revoked' THEN
      b.status := substr(kind, 8);
      -- However late it was noticed: an expired grant was over at its end.
      b.ended_at := CASE kind WHEN 'bypass.expired' THEN b.ends_at ELSE at END;
    ELSE
      NULL;
  END CASE;
  RETURN b;
END $$;
--> statement-breakpoint
-- What an entry of a review changes beside its bypass: the draft that it was, and the action that it is about.
CREATE FUNCTION breakglass.keep_aside(bypass integer, fact jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF fact ->> 'type' = 'text.redacted' THEN
    -- What is gone from the record must not come back out of somebody's draft.
    DELETE FROM breakglass.drafts d WHERE d.n = bypass;
  ELSIF starts_with(fact ->> 'type', 'review.') THEN
    DELETE FROM breakglass.drafts d WHERE d.n = bypass AND d.account = fact #>> '{actor,user}';
  ELSE
    UPDATE breakglass.actions a SET
      status = coalesce(fact ->> 'outcome', a.status),
      ended_at = CASE WHEN fact ? 'outcome' THEN (fact ->> 'at')::timestamptz END,
      snoozed_until = coalesce((fact ->> 'until')::timestamptz, a.snoozed_until)
    WHERE a.n = bypass AND a.action = (fact ->> 'action')::integer;
  END IF;
END $$;
--> statement-breakpoint
-- Takes all items, or raises what is wrong with one of them; what somebody else was faster with is no fault, and is answered.
-- All are judged first, and what they lead to is written with one statement a table: a statement for each item would cost
-- several times as much, under the lock for which everybody waits. No two items may be of one bypass or one command.
CREATE OR REPLACE FUNCTION breakglass.take(items jsonb, moved interval, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  now constant timestamptz := clock_timestamp() + moved;
  at_seq bigint;
  chain bytea;
  newest integer;
  it record;
  b breakglass.bypasses;
  is_new boolean;
  stream_name text;
  at_version integer;
  first_seq bigint;
  declared jsonb;
  before jsonb;
  entry jsonb;
  body text;
  fact jsonb;
  rule breakglass.fact_types;
  fault text;
  leaf bytea;
  prev bytea;
  given jsonb;
  effect_id uuid;
  ids jsonb;
  result jsonb;
  results jsonb[] := '{}';
  redactions integer := 0;
  entries breakglass.trail[] := '{}';
  texts breakglass.trail_text[] := '{}';
  bypasses breakglass.bypasses[] := '{}';
  policies breakglass.policies[] := '{}';
  works breakglass.work[] := '{}';
  todos breakglass.actions[] := '{}';
  done breakglass.commands[] := '{}';
BEGIN
  SELECT h.seq, h.hash INTO STRICT at_seq, chain FROM breakglass.head h;
  SELECT coalesce(max(x.n), 0) INTO newest FROM breakglass.bypasses x;

  -- OFFSET 0 keeps each look to an index and to its own item, whatever the planner believes of the tables.
  FOR it IN
    SELECT i.command_id, i.kind, i.n, i.expected, i.due, i.chase, i.entries, i.effects, c.result AS known, x AS bypass,
      first.body::jsonb AS declared, last.version, last.body::jsonb AS before
    FROM (
      SELECT ordinality, value ->> 'commandId' AS command_id, value #>> '{stream,kind}' AS kind,
        (value #>> '{stream,n}')::integer AS n, (value ->> 'expectedVersion')::integer AS expected,
        (value ->> 'nextDueAt')::timestamptz AS due, (value ->> 'chaseAt')::timestamptz AS chase, value -> 'entries' AS entries, value -> 'effects' AS effects
      FROM jsonb_array_elements(items) WITH ORDINALITY
    ) i
    LEFT JOIN LATERAL (SELECT k.result FROM breakglass.commands k WHERE k.id = i.command_id OFFSET 0) c ON true
    LEFT JOIN LATERAL (SELECT y.* FROM breakglass.bypasses y WHERE y.n = i.n OFFSET 0) x ON true
    LEFT JOIN LATERAL (
      SELECT t.body FROM breakglass.trail t WHERE t.stream = 'BG-' || i.n AND t.version = 1 OFFSET 0
    ) first ON true
    LEFT JOIN LATERAL (
      SELECT t.version, t.body FROM breakglass.trail t WHERE t.stream = 'BG-' || i.n ORDER BY t.version DESC LIMIT 1
    ) last ON true
    ORDER BY i.ordinality
  LOOP
    IF it.known IS NOT NULL THEN
      -- An id that was used for something else is told, not taken for the change that is asked for now.
      IF (it.known -> 'n' = 'null') <> (it.kind = 'system') OR (it.known ->> 'n')::integer <> it.n THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command id was used for another stream';
      END IF;
      IF it.kind = 'bypass' AND it.n IS NULL AND NOT EXISTS (SELECT FROM breakglass.bypasses y
          WHERE y.n = (it.known ->> 'n')::integer AND y.declared_seq = (it.known ->> 'firstSeq')::bigint)
        OR EXISTS (SELECT FROM breakglass.trail_text x WHERE x.seq = text_seq AND x.field = text_field AND x.text IS NOT NULL)
      THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command id was used for another change';
      END IF;
      results := array_append(results, it.known || '{"duplicate": true}');
      CONTINUE;
    END IF;
    IF length(it.command_id) BETWEEN 1 AND 300 IS NOT TRUE OR jsonb_array_length(it.entries) > 0 IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command has no id or no entries';
    END IF;
    first_seq := at_seq + 1;
    is_new := it.kind = 'bypass' AND it.n IS NULL;
    declared := it.declared;
    before := it.before;
    b := it.bypass;
    at_version := NULL;
    stream_name := 'system';
    IF it.kind = 'bypass' THEN
      IF NOT is_new AND b.n IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such bypass';
      END IF;
      at_version := CASE WHEN is_new THEN 0 ELSE it.version END;
      IF at_version IS DISTINCT FROM it.expected THEN
        results := array_append(results, '{"ok": false, "why": "conflict"}'::jsonb);
        CONTINUE;
      END IF;
      IF is_new THEN
        newest := newest + 1;
        b.n := newest;
        b.declared_seq := first_seq;
      END IF;
      stream_name := 'BG-' || b.n;
    ELSIF it.kind IS DISTINCT FROM 'system' OR it.n IS NOT NULL OR it.due IS NOT NULL OR it.chase IS NOT NULL
      -- The text of a policy is what later readers judge by; it is not what the right to redact is for.
      OR text_field = 'policy'
    THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the stream is neither a bypass nor the system, or takes no such change';
    END IF;

    FOR k IN 0 .. jsonb_array_length(it.entries) - 1 LOOP
      entry := it.entries -> k;
      at_seq := at_seq + 1;
      at_version := at_version + 1;
      body := entry ->> 'body';
      IF is_new THEN
        -- Exact: inside a string of the body these quotes would be escaped.
        body := replace(body, '"bypass":"BG-?"', '"bypass":"' || stream_name || '"');
        body := replace(body, '"review":"REV-?"', '"review":"REV-' || b.n || '"');
      END IF;
      fact := body::jsonb;
      IF rule.type IS DISTINCT FROM fact ->> 'type' THEN
        SELECT r.* INTO rule FROM breakglass.fact_types r WHERE r.type = fact ->> 'type';
      END IF;
      fault := breakglass.fault_of_body(body, fact, rule, stream_name, at_version, it.command_id);
      IF fault IS NULL THEN
        fault := breakglass.fault_of_time((fact ->> 'at')::timestamptz, (before ->> 'at')::timestamptz, now);
      END IF;
      IF fault IS NULL AND starts_with(rule.type, 'gate.') THEN
        fault := breakglass.fault_of_gate(at_seq, fact);
      END IF;
      IF fault IS NULL AND rule.type = 'action.opened' THEN
        todos := array_append(todos, (b.n, (fact ->> 'action')::integer, at_seq, fact ->> 'owner',
          (fact ->> 'dueAt')::timestamptz, 'open', NULL, NULL)::breakglass.actions);
      END IF;
      IF fault IS NULL AND b.n IS NOT NULL THEN
        declared := coalesce(declared, fact);
        fault := breakglass.fault_of_decision(b, at_version, fact, declared, before);
        before := fact;
        b := breakglass.with_entry(b, at_version, fact);
        IF fault IS NULL AND (rule.type IN ('review.submitted', 'review.amended', 'action.snoozed', 'action.ended', 'text.redacted')) THEN
          PERFORM breakglass.keep_aside(b.n, fact);
        END IF;
      END IF;
      IF fault IS NULL THEN
        fault := breakglass.fault_of_texts(fact, entry -> 'texts');
      END IF;
      IF fault IS NULL AND fact ->> 'type' = 'text.redacted' THEN
        redactions := redactions + 1;
        IF (fact ->> 'seq')::bigint IS DISTINCT FROM text_seq OR fact ->> 'field' IS DISTINCT FROM text_field THEN
          fault := 'the entry tells of a redaction that is not asked for';
        END IF;
      END IF;
      IF fault IS NULL AND fact ->> 'type' = 'policy.changed' THEN
        policies := array_append(policies, (at_seq, fact ->> 'policyHash')::breakglass.policies);
        IF (entry #>> '{texts,0,field}' = 'policy'
          AND fact ->> 'policyHash' = encode(sha256(convert_to(entry #>> '{texts,0,text}', 'UTF8')), 'hex')) IS NOT TRUE
        THEN
          fault := 'the hash is not that of the policy';
        END IF;
      END IF;
      IF fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = fault;
      END IF;
      leaf := sha256('\x00'::bytea || convert_to(body, 'UTF8'));
      prev := chain;
      chain := sha256('\x02'::bytea || prev || int8send(at_seq) || leaf);
      entries := array_append(entries, (at_seq, stream_name, at_version, body, prev, leaf, chain)::breakglass.trail);
      FOR j IN 0 .. jsonb_array_length(entry -> 'texts') - 1 LOOP
        given := entry #> ARRAY['texts', j::text];
        texts := array_append(texts,
          (at_seq, given ->> 'field', decode(given ->> 'nonce', 'hex'), given ->> 'text')::breakglass.trail_text);
      END LOOP;
    END LOOP;

    ids := '[]';
    IF b.n IS NOT NULL THEN
      b.next_due_at := it.due;
      b.chase_at := it.chase;
      fault := breakglass.fault_of_due(b, declared, before);
      IF fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = fault;
      END IF;
      bypasses := array_append(bypasses, b);
    END IF;
    FOR k IN 0 .. jsonb_array_length(it.effects) - 1 LOOP
      given := it.effects -> k;
      IF (given #>> '{effect,kind}' IN ('alert.post', 'thread.post', 'dm.post', 'message.update', 'redraw', 'page', 'ring',
          'nudge', 'overdue', 'readings', 'nudge.post', 'overdue.post', 'digest.post', 'gate.post', 'gate.reply', 'gate.update')
        -- What is posted of no single bypass follows from an entry that says so, in the stream of the system.
        AND CASE WHEN b.n IS NULL
          THEN given #>> '{effect,kind}' IN ('nudge', 'overdue', 'nudge.post', 'overdue.post', 'digest.post',
            'gate.post', 'gate.reply', 'gate.update')
          ELSE given #>> '{effect,kind}' NOT IN ('nudge.post', 'overdue.post', 'digest.post',
            'gate.post', 'gate.reply', 'gate.update') END
        AND coalesce(jsonb_typeof(given #> '{effect,version}'), 'number') = 'number') IS NOT TRUE
      THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'nobody knows how to perform such an effect';
      END IF;
      effect_id := gen_random_uuid();
      ids := ids || jsonb_build_array(jsonb_build_object('id', effect_id));
      works := array_append(works,
        (effect_id, coalesce(b.n, 0), given ->> 'lane', given -> 'effect', given ->> 'messageKey')::breakglass.work);
    END LOOP;
    result := jsonb_build_object('ok', true, 'duplicate', false, 'n', b.n, 'firstSeq', first_seq, 'lastSeq', at_seq,
      'head', left(encode(chain, 'hex'), 24), 'effects', ids);
    done := array_append(done, (it.command_id, result)::breakglass.commands);
    results := array_append(results, result);
  END LOOP;

  IF redactions <> (text_seq IS NOT NULL AND cardinality(done) > 0)::integer THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'a redaction needs exactly one entry that tells of it';
  END IF;
  IF cardinality(done) = 0 THEN
    RETURN to_jsonb(results);
  END IF;
  INSERT INTO breakglass.trail SELECT * FROM unnest(entries);
  -- A statement costs its start even when there is nothing to write.
  IF cardinality(texts) > 0 THEN
    INSERT INTO breakglass.trail_text SELECT * FROM unnest(texts);
  END IF;
  IF cardinality(policies) > 0 THEN
    INSERT INTO breakglass.policies SELECT * FROM unnest(policies);
  END IF;
  -- What the declaration and the opening of the review said is never written again.
  INSERT INTO breakglass.bypasses SELECT * FROM unnest(bypasses)
  ON CONFLICT (n) DO UPDATE SET
    version = excluded.version, status = excluded.status, channel = excluded.channel, alert_ts = excluded.alert_ts,
    settled_at = excluded.settled_at, ends_at = excluded.ends_at, ended_at = excluded.ended_at,
    next_due_at = excluded.next_due_at, review_status = excluded.review_status, verdict = excluded.verdict,
    gates_at_fault = excluded.gates_at_fault, forced_by = excluded.forced_by, reviewed_at = excluded.reviewed_at,
    review_edition = excluded.review_edition, actions_opened = excluded.actions_opened, review_roles = excluded.review_roles,
    review_snoozed_until = excluded.review_snoozed_until, chase_at = excluded.chase_at;
  IF cardinality(todos) > 0 THEN
    INSERT INTO breakglass.actions SELECT * FROM unnest(todos);
  END IF;
  IF cardinality(works) > 0 THEN
    INSERT INTO breakglass.outbox (id, n, lane, effect, message_key, run_at, created_at)
    SELECT w.id, w.n, w.lane, w.effect, w.message_key, now, now FROM unnest(works) w;
  END IF;
  INSERT INTO breakglass.commands SELECT * FROM unnest(done);
  IF text_seq IS NOT NULL THEN
    PERFORM breakglass.null_text(stream_name, text_seq, text_field);
  END IF;
  UPDATE breakglass.head SET seq = at_seq, hash = chain;
  RETURN to_jsonb(results);
END $$;
--> statement-breakpoint
-- Sooner or later somebody looks, as long as anything is open: else whoever may write could silence it without an entry.
CREATE FUNCTION breakglass.look_again(of_n integer, at_version integer, at timestamptz, offset_ms bigint DEFAULT 0) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  IF (at <= clock_timestamp() + offset_ms * interval '1 millisecond' + interval '8 days') IS NOT TRUE AND EXISTS (
    SELECT FROM breakglass.bypasses b WHERE b.n = of_n AND b.version = at_version
      AND (b.review_status = 'open' AND b.ended_at IS NOT NULL
        OR EXISTS (SELECT FROM breakglass.actions a WHERE a.n = b.n AND a.status = 'open')))
  THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'somebody looks again within a week while anything is open';
  END IF;
  UPDATE breakglass.bypasses b SET chase_at = at WHERE b.n = of_n AND b.version = at_version;
END $$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.look_again(integer, integer, timestamptz, bigint) IS 'run-time: says when somebody looks again whether a review or an action is to be chased.';
--> statement-breakpoint
CREATE FUNCTION breakglass.keep_draft(of_n integer, of_account text, draft jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  INSERT INTO breakglass.drafts AS d (n, account, content, kept_at)
  SELECT b.n, of_account, draft, clock_timestamp() FROM breakglass.bypasses b
  WHERE b.n = of_n AND of_account ~ '^[UW][A-Z0-9]{2,20}$'
  ON CONFLICT (n, account) DO UPDATE SET content = excluded.content, kept_at = excluded.kept_at
$$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.keep_draft(integer, text, jsonb) IS 'run-time: keeps what somebody has written of a review so far.';
--> statement-breakpoint
CREATE FUNCTION breakglass.home_opened(of_account text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  INSERT INTO breakglass.home_viewers AS v (account, opened_at) SELECT of_account, clock_timestamp()
  WHERE of_account ~ '^[UW][A-Z0-9]{2,20}$'
  ON CONFLICT (account) DO UPDATE SET opened_at = excluded.opened_at
$$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.home_opened(text) IS 'run-time: somebody has opened the App Home.';
--> statement-breakpoint
REVOKE ALL ON ALL TABLES IN SCHEMA breakglass FROM PUBLIC;
--> statement-breakpoint
REVOKE ALL ON ALL ROUTINES IN SCHEMA breakglass FROM PUBLIC;
