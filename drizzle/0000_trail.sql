-- The trail and everything that is written together with it. Run as the owner of the schema; nothing here needs a
-- superuser. Functions whose comment starts with "run-time:" are the only ones that the run-time role may call.
CREATE SCHEMA IF NOT EXISTS breakglass;
--> statement-breakpoint
CREATE TABLE breakglass.trail (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  stream text NOT NULL CHECK (stream = 'system' OR stream ~ '^BG-[1-9][0-9]*$'),
  version integer CHECK (version > 0),
  body text NOT NULL,
  prev bytea NOT NULL CHECK (octet_length(prev) = 32),
  leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  CHECK ((stream = 'system') = (version IS NULL))
);
--> statement-breakpoint
-- Not a partial index: a statement prepared with the stream as a parameter could not use one.
CREATE UNIQUE INDEX trail_stream_version ON breakglass.trail (stream, version);
--> statement-breakpoint
COMMENT ON TABLE breakglass.trail IS 'The system of record: one hash chain, appended by the function commit alone, never changed.';
--> statement-breakpoint
-- Here and in the outbox no foreign key: commit alone writes them, in the statement that writes what they belong to, and
-- the check of each row would hold everybody up.
CREATE TABLE breakglass.trail_text (
  seq bigint NOT NULL,
  field text NOT NULL,
  nonce bytea CHECK (octet_length(nonce) = 16),
  text text,
  PRIMARY KEY (seq, field),
  CHECK ((nonce IS NULL) = (text IS NULL))
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.trail_text IS 'Free texts of entries; the entry holds sha256(nonce || text). A redacted one has lost both, so that guesses cannot be tested.';
--> statement-breakpoint
CREATE TABLE breakglass.head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
--> statement-breakpoint
INSERT INTO breakglass.head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
--> statement-breakpoint
CREATE TABLE breakglass.commands (
  id text PRIMARY KEY,
  result jsonb NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.commands IS 'What each command did, so that the same command a second time does nothing and gets the same answer.';
--> statement-breakpoint
CREATE TABLE breakglass.bypasses (
  n integer PRIMARY KEY CHECK (n > 0),
  declared_seq bigint NOT NULL UNIQUE REFERENCES breakglass.trail (seq),
  version integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('bypass', 'drill')),
  status text NOT NULL CHECK (status IN ('requested', 'active', 'denied', 'withdrawn', 'lapsed', 'expired', 'closed', 'revoked')),
  path text NOT NULL,
  gates text[] NOT NULL,
  requester_user text NOT NULL,
  requester_person text NOT NULL,
  target_kind text NOT NULL,
  incident text,
  channel text NOT NULL,
  alert_ts text,
  declared_at timestamptz NOT NULL,
  settled_at timestamptz,
  ends_at timestamptz,
  ended_at timestamptz,
  next_due_at timestamptz,
  review_status text NOT NULL CHECK (review_status IN ('open', 'waived')),
  review_due_at timestamptz NOT NULL,
  reviewer_role text NOT NULL
-- Room for later versions of a row in its page, so that a change of no indexed column touches no index; so with the outbox.
) WITH (fillfactor = 70);
--> statement-breakpoint
CREATE INDEX bypasses_open ON breakglass.bypasses (n) WHERE status IN ('requested', 'active');
--> statement-breakpoint
CREATE INDEX bypasses_due ON breakglass.bypasses (next_due_at) WHERE next_due_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX bypasses_review ON breakglass.bypasses (review_due_at) WHERE review_status = 'open';
--> statement-breakpoint
CREATE INDEX bypasses_denied ON breakglass.bypasses (settled_at) WHERE status = 'denied';
--> statement-breakpoint
CREATE INDEX bypasses_message ON breakglass.bypasses (alert_ts, channel);
--> statement-breakpoint
COMMENT ON TABLE breakglass.bypasses IS 'A projection for reading: each row follows from the entries of its stream and can be rebuilt from them.';
--> statement-breakpoint
CREATE TABLE breakglass.approvals (
  n integer NOT NULL,
  account text NOT NULL,
  person text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (n, account)
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.approvals IS 'A row per account of everybody who approved, so that no person counts twice; version is that of the entry.';
--> statement-breakpoint
CREATE TABLE breakglass.fact_types (
  type text PRIMARY KEY,
  stream text NOT NULL CHECK (stream IN ('bypass', 'system', 'both')),
  actor text NOT NULL CHECK (actor IN ('person', 'system', 'both')),
  fields text[] NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.fact_types IS 'What an entry may tell, in which stream, by whom, and with which fields besides frame and texts.';
--> statement-breakpoint
INSERT INTO breakglass.fact_types (type, stream, actor, fields) VALUES
  ('bypass.declared', 'bypass', 'person', '{accounts,ack,again,channel,durationSeconds,gates,incident,kind,path,policyHash,roleAsOf,target}'),
  ('review.opened', 'bypass', 'system', '{dueAt,reviewer}'),
  ('review.waived', 'bypass', 'system', '{why}'),
  ('alert.posted', 'bypass', 'system', '{channel,ts}'),
  ('alert.failed', 'bypass', 'system', '{code}'),
  ('page.addressed', 'bypass', 'system', '{purpose,role,rung,users}'),
  ('page.sent', 'bypass', 'system', '{rung,user,via}'),
  ('page.failed', 'bypass', 'system', '{code,role,rung,user,via}'),
  ('ack.reminded', 'bypass', 'system', '{count}'),
  ('ack.escalated', 'bypass', 'system', '{role,rung}'),
  ('ack.given', 'bypass', 'person', '{accounts,count,needed,policyHash,roleAsOf}'),
  ('bypass.proceeded_alone', 'bypass', 'person', '{}'),
  ('bypass.activated', 'bypass', 'person', '{approved,endsAt}'),
  ('bypass.denied', 'bypass', 'person', '{roleAsOf}'),
  ('bypass.withdrawn', 'bypass', 'person', '{}'),
  ('bypass.lapsed', 'bypass', 'system', '{why}'),
  ('grant.warned', 'bypass', 'system', '{}'),
  ('bypass.expired', 'bypass', 'system', '{}'),
  ('bypass.closed', 'bypass', 'person', '{}'),
  ('bypass.revoked', 'bypass', 'both', '{roleAsOf,why}'),
  ('bypass.logged', 'bypass', 'person', '{via}'),
  ('attempt.refused', 'both', 'person', '{action,code}'),
  ('text.redacted', 'bypass', 'person', '{field,seq}'),
  ('bot.started', 'system', 'system', '{instance,policyHash,release}'),
  ('bot.stopped', 'system', 'system', '{instance}'),
  ('policy.changed', 'system', 'system', '{policyHash,was}'),
  ('policy.refused', 'system', 'system', '{errors,policyHash}'),
  ('trail.unprotected', 'system', 'system', '{reasons}');
--> statement-breakpoint
CREATE TABLE breakglass.policies (
  seq bigint PRIMARY KEY REFERENCES breakglass.trail (seq),
  hash text NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.policies IS 'A projection of the entries policy.changed: which policy was in force from which entry on.';
--> statement-breakpoint
CREATE TABLE breakglass.outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  position bigint GENERATED ALWAYS AS IDENTITY,
  n integer NOT NULL,
  lane text NOT NULL,
  effect jsonb NOT NULL,
  message_key text,
  run_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  done_at timestamptz,
  failed_code text,
  posted_channel text,
  posted_ts text,
  rendered_version integer
) WITH (fillfactor = 70);
--> statement-breakpoint
CREATE INDEX outbox_lane ON breakglass.outbox (n, lane, position) WHERE done_at IS NULL;
--> statement-breakpoint
CREATE INDEX outbox_waiting ON breakglass.outbox (run_at) WHERE done_at IS NULL;
--> statement-breakpoint
CREATE INDEX outbox_message ON breakglass.outbox (n, message_key);
--> statement-breakpoint
COMMENT ON TABLE breakglass.outbox IS 'What must happen outside. A row is unfinished while done_at is null; failed_code on a finished row means that it was given up.';
--> statement-breakpoint
CREATE FUNCTION breakglass.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('%s of %s is refused: the trail is never changed', TG_OP, TG_TABLE_NAME);
END $$;
--> statement-breakpoint
CREATE TRIGGER trail_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON breakglass.trail
FOR EACH STATEMENT EXECUTE FUNCTION breakglass.refuse_change();
--> statement-breakpoint
-- ALWAYS: a session that poses as a replica does not get past it.
ALTER TABLE breakglass.trail ENABLE ALWAYS TRIGGER trail_is_never_changed;
--> statement-breakpoint
CREATE TRIGGER texts_are_never_removed BEFORE DELETE OR TRUNCATE ON breakglass.trail_text
FOR EACH STATEMENT EXECUTE FUNCTION breakglass.refuse_change();
--> statement-breakpoint
ALTER TABLE breakglass.trail_text ENABLE ALWAYS TRIGGER texts_are_never_removed;
--> statement-breakpoint
CREATE TRIGGER texts_are_only_redacted BEFORE UPDATE ON breakglass.trail_text FOR EACH ROW
WHEN (NOT (OLD.text IS NOT NULL AND NEW.text IS NULL AND NEW.nonce IS NULL AND NEW.seq = OLD.seq AND NEW.field = OLD.field))
EXECUTE FUNCTION breakglass.refuse_change();
--> statement-breakpoint
ALTER TABLE breakglass.trail_text ENABLE ALWAYS TRIGGER texts_are_only_redacted;
--> statement-breakpoint
CREATE FUNCTION breakglass.begin_writing() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- In any other mode the statements below would see the head as it was before the lock was waited for.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = 'the trail is written in READ COMMITTED only';
  END IF;
  IF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- The lock on the row of the head, held until the commit has reached the disk. Nobody but the owner can take it; an
  -- advisory lock could be taken, and kept, by whoever may connect. Not FOR UPDATE: the update that follows in a
  -- subtransaction would then need a multixact, which costs every batch some 15 % of its speed.
  UPDATE breakglass.head SET seq = seq;
END $$;
--> statement-breakpoint
-- How an entry is judged. Each of these functions answers what is wrong in words, or null; it raises only what the caller
-- has to tell apart (BG001 to BG004). They are plain expressions, without a look into a table wherever that can be: a
-- batch of commits runs through them while everybody else waits for the head. They set no search_path: only the owner may
-- call them, and they run under that of commit or redact; setting it again for each call would be dearer than the work.
CREATE FUNCTION breakglass.fault_of_body(
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
        CASE WHEN rule.type IN ('review.opened', 'review.waived') THEN replace(stream_name, 'BG-', 'REV-') END
      THEN 'the body names another review'
    WHEN (at_version IS NOT DISTINCT FROM 1) <> (rule.type = 'bypass.declared')
      THEN 'the declaration is not the first entry, or the first entry is no declaration'
    WHEN (at_version IS NOT DISTINCT FROM 2) <> (rule.type = 'review.opened')
      THEN 'the review is not opened right after the declaration'
  END;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.fault_of_time(at timestamptz, before timestamptz, now timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  -- A decision is made on the database's clock and committed, tries included, within seconds. Minutes are left for a
  -- process that was suspended in between, and for a failover to a server whose clock is off.
  leeway constant interval := '5 minutes';
BEGIN
  IF at < before THEN
    RETURN 'the entry is older than the one before it';
  END IF;
  -- After a clock was set back, a stream may stand ahead of it: then time stands still there until the clock is level.
  -- A conflict: the decision is made again, on the clock of then.
  IF at < now - leeway OR at > greatest(now + leeway, before) THEN
    RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'the time of the entry is not that of the database';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.holds_actor(fact jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_typeof(fact -> 'accounts') = 'array' AND fact -> 'accounts' ? (fact #>> '{actor,user}')
$$;
--> statement-breakpoint
CREATE FUNCTION breakglass.fault_of_declaration(fact jsonb) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  -- What is decided later rests on these.
  RETURN CASE WHEN (breakglass.holds_actor(fact) AND jsonb_typeof(fact -> 'gates') = 'array'
    AND jsonb_array_length(fact -> 'gates') > 0
    AND NOT jsonb_path_exists(fact, '$.gates[*] ? (@.type() != "string")')
    AND jsonb_typeof(fact -> 'path') = 'string' AND jsonb_typeof(fact -> 'durationSeconds') = 'number'
    AND NOT jsonb_path_exists(fact -> 'ack', '$.keyvalue() ? (@.key != "roles" && @.key != "ladder" && @.value.type() == "string")')
    AND (fact ->> 'durationSeconds')::integer > 0 AND (fact #>> '{ack,needed}')::integer >= 0
    AND (fact #>> '{ack,giveUpAfterSeconds}')::integer > 0 AND (fact #>> '{ack,remindEverySeconds}')::integer > 0)
    IS NOT TRUE THEN 'the declaration lacks what it is judged by' END;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.fault_of_approval(bypass integer, at_version integer, fact jsonb, declared jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  person_name constant text := fact #>> '{actor,person}';
  own text[];
  given integer;
  repeated boolean;
BEGIN
  IF breakglass.holds_actor(fact) IS NOT TRUE THEN
    RETURN 'the accounts of the approval are not those of its actor';
  END IF;
  own := ARRAY(SELECT DISTINCT jsonb_array_elements_text(fact -> 'accounts'));
  IF person_name = declared #>> '{actor,person}' OR declared -> 'accounts' ?| own THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot approve';
  END IF;
  SELECT count(DISTINCT a.version), coalesce(bool_or(a.person = person_name OR a.account = ANY (own)), false)
  INTO given, repeated FROM breakglass.approvals a WHERE a.n = bypass;
  IF repeated THEN
    RAISE EXCEPTION USING ERRCODE = 'BG003', MESSAGE = 'this person approved before';
  END IF;
  IF (fact -> 'needed' = declared #> '{ack,needed}' AND (fact ->> 'count')::integer = given + 1
    AND given < (declared #>> '{ack,needed}')::integer) IS NOT TRUE
  THEN
    RETURN 'the approval counts wrong';
  END IF;
  INSERT INTO breakglass.approvals (n, account, person, version)
  SELECT bypass, account, person_name, at_version FROM unnest(own) AS account;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.refuse_requester(fact jsonb, declared jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF fact #>> '{actor,person}' = declared #>> '{actor,person}' OR declared -> 'accounts' ? (fact #>> '{actor,user}') THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot answer the own request';
  END IF;
END $$;
--> statement-breakpoint
-- Of an entry that a request leads to: acks, settlements, and what goes on while it waits.
CREATE FUNCTION breakglass.fault_of_settlement(
  b breakglass.bypasses, at_version integer, fact jsonb, declared jsonb, before jsonb
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
  needed constant integer := declared #>> '{ack,needed}';
  by_requester constant boolean := declared -> 'accounts' ? (fact #>> '{actor,user}');
  -- Whoever completes an approval, or goes alone, activates in the same breath.
  goes_on constant boolean := before -> 'actor' = fact -> 'actor';
  given integer;
BEGIN
  IF b.status <> 'requested' THEN
    RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'settled before';
  END IF;
  IF kind = 'ack.given' THEN
    RETURN breakglass.fault_of_approval(b.n, at_version, fact, declared);
  ELSIF kind = 'bypass.activated' THEN
    SELECT count(DISTINCT a.version) INTO given FROM breakglass.approvals a WHERE a.n = b.n;
    RETURN CASE
      WHEN fact ->> 'endsAt' IS DISTINCT FROM to_char(
          (at + (declared ->> 'durationSeconds')::integer * interval '1 second') AT TIME ZONE 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        THEN 'the grant is not as long as was declared'
      WHEN (CASE fact -> 'approved'
          WHEN 'true' THEN needed > 0 AND given >= needed AND before ->> 'type' = 'ack.given' AND goes_on
          WHEN 'false' THEN by_requester AND (needed = 0 OR before ->> 'type' = 'bypass.proceeded_alone' AND goes_on)
        END) IS NOT TRUE
        THEN 'the grant was not earned'
    END;
  ELSIF kind = 'bypass.denied' THEN
    PERFORM breakglass.refuse_requester(fact, declared);
  END IF;
  RETURN CASE
    WHEN kind = 'bypass.proceeded_alone' AND by_requester IS NOT TRUE THEN 'only the requester can go alone'
    WHEN kind = 'bypass.proceeded_alone'
        AND (needed > 0 AND at >= b.declared_at + (declared #>> '{ack,aloneAfterSeconds}')::integer * interval '1 second') IS NOT TRUE
      THEN 'going alone was not allowed, or not yet'
    WHEN kind = 'bypass.withdrawn' AND by_requester IS NOT TRUE THEN 'only the requester can withdraw'
    WHEN kind = 'bypass.lapsed' AND fact ->> 'why' = 'no_ack'
        AND at < b.declared_at + (declared #>> '{ack,giveUpAfterSeconds}')::integer * interval '1 second'
      THEN 'it is too early to give up'
  END;
END $$;
--> statement-breakpoint
-- Of an entry that a grant leads to: its warning and its end.
CREATE FUNCTION breakglass.fault_of_end(b breakglass.bypasses, fact jsonb, declared jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
  by_person constant boolean := fact #>> '{actor,kind}' = 'person';
  fault text;
BEGIN
  fault := CASE
    WHEN b.ends_at IS NULL THEN 'there is no grant'
    WHEN kind = 'bypass.expired' AND at < b.ends_at THEN 'the grant has time left'
    WHEN kind <> 'bypass.expired' AND at >= b.ends_at THEN 'the grant has reached its end'
    WHEN kind = 'bypass.closed' AND (declared -> 'accounts' ? (fact #>> '{actor,user}')) IS NOT TRUE
      THEN 'only the requester can close'
    WHEN kind = 'bypass.revoked' AND (fact ->> 'why' = 'person') <> by_person
      THEN 'the actor is not the one of this revocation'
  END;
  IF fault IS NULL AND kind = 'bypass.revoked' AND by_person THEN
    PERFORM breakglass.refuse_requester(fact, declared);
  END IF;
  IF fault IS NULL AND b.status <> 'active' THEN
    RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'ended before';
  END IF;
  RETURN fault;
END $$;
--> statement-breakpoint
-- Judges an entry by the trail itself: by how the entries before it left the bypass, by the declaration (version 1) and by
-- the entry right before, all of the same stream. Nothing here rests on what the caller says of the bypass.
CREATE FUNCTION breakglass.fault_of_decision(
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
CREATE FUNCTION breakglass.with_entry(b breakglass.bypasses, at_version integer, fact jsonb) RETURNS breakglass.bypasses
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
    WHEN 'review.opened' THEN
      b.review_status := 'open';
      b.review_due_at := fact ->> 'dueAt';
      b.reviewer_role := fact ->> 'reviewer';
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
-- When somebody looks again is the caller's to say, but by the end of the grant, or by the latest moment at which the
-- request may still be waiting, somebody does.
CREATE FUNCTION breakglass.fault_of_due(b breakglass.bypasses, declared jsonb, before jsonb) RETURNS text
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
    THEN 'nobody would look at the bypass in time' END;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.fault_of_texts(fact jsonb, texts jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  fields constant text[] := '{reason,target_typed,target_key,line,policy,lesson}';
  left_over jsonb := fact;
  given jsonb;
  field text;
BEGIN
  IF jsonb_typeof(texts) IS DISTINCT FROM 'array' THEN
    RETURN 'the body and its texts do not belong together';
  END IF;
  FOR k IN 0 .. jsonb_array_length(texts) - 1 LOOP
    given := texts -> k;
    field := given ->> 'field';
    IF octet_length(given ->> 'text') > (CASE field WHEN 'policy' THEN 1048576 ELSE 65536 END) THEN
      RETURN 'a text is too long';
    END IF;
    IF (field = ANY (fields) AND left_over -> field = jsonb_build_object('sha256',
      encode(sha256(decode(given ->> 'nonce', 'hex') || convert_to(given ->> 'text', 'UTF8')), 'hex'))) IS NOT TRUE
    THEN
      RETURN 'a text is not the one that the body names';
    END IF;
    left_over := left_over - field;
  END LOOP;
  RETURN CASE WHEN left_over ?| fields THEN 'the body and its texts do not belong together' END;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.null_text(stream_name text, text_seq bigint, text_field text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  UPDATE breakglass.trail_text x SET text = NULL, nonce = NULL
  FROM breakglass.trail t
  WHERE t.seq = x.seq AND t.stream = stream_name AND x.seq = text_seq AND x.field = text_field AND x.text IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such text, or it was redacted before';
  END IF;
END $$;
--> statement-breakpoint
CREATE TYPE breakglass.work AS (id uuid, n integer, lane text, effect jsonb, message_key text);
--> statement-breakpoint
COMMENT ON TYPE breakglass.work IS 'A row of the outbox that is not written yet.';
--> statement-breakpoint
-- Takes all items, or raises what is wrong with one of them; what somebody else was faster with is no fault, and is answered.
-- All are judged first, and what they lead to is written with one statement a table: a statement for each item would cost
-- several times as much, under the lock for which everybody waits. No two items may be of one bypass or one command.
CREATE FUNCTION breakglass.take(items jsonb, moved interval, text_seq bigint, text_field text) RETURNS jsonb
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
  done breakglass.commands[] := '{}';
BEGIN
  SELECT h.seq, h.hash INTO STRICT at_seq, chain FROM breakglass.head h;
  SELECT coalesce(max(x.n), 0) INTO newest FROM breakglass.bypasses x;

  -- OFFSET 0 keeps each look to an index and to its own item, whatever the planner believes of the tables.
  FOR it IN
    SELECT i.command_id, i.kind, i.n, i.expected, i.due, i.entries, i.effects, c.result AS known, x AS bypass,
      first.body::jsonb AS declared, last.version, last.body::jsonb AS before
    FROM (
      SELECT ordinality, value ->> 'commandId' AS command_id, value #>> '{stream,kind}' AS kind,
        (value #>> '{stream,n}')::integer AS n, (value ->> 'expectedVersion')::integer AS expected,
        (value ->> 'nextDueAt')::timestamptz AS due, value -> 'entries' AS entries, value -> 'effects' AS effects
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
    ELSIF it.kind IS DISTINCT FROM 'system' OR it.n IS NOT NULL OR it.due IS NOT NULL OR jsonb_array_length(it.effects) <> 0
      -- The text of a policy is what later readers judge by; it is not what the right to redact is for.
      OR text_seq IS NOT NULL
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
      IF fault IS NULL AND b.n IS NOT NULL THEN
        declared := coalesce(declared, fact);
        fault := breakglass.fault_of_decision(b, at_version, fact, declared, before);
        before := fact;
        b := breakglass.with_entry(b, at_version, fact);
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
      fault := breakglass.fault_of_due(b, declared, before);
      IF fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = fault;
      END IF;
      bypasses := array_append(bypasses, b);
      FOR k IN 0 .. jsonb_array_length(it.effects) - 1 LOOP
        given := it.effects -> k;
        IF (given #>> '{effect,kind}' IN ('alert.post', 'thread.post', 'dm.post', 'message.update', 'redraw', 'page')
          AND coalesce(jsonb_typeof(given #> '{effect,version}'), 'number') = 'number') IS NOT TRUE
        THEN
          RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'nobody knows how to perform such an effect';
        END IF;
        effect_id := gen_random_uuid();
        ids := ids || jsonb_build_array(jsonb_build_object('id', effect_id));
        works := array_append(works,
          (effect_id, b.n, given ->> 'lane', given -> 'effect', given ->> 'messageKey')::breakglass.work);
      END LOOP;
    END IF;
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
    next_due_at = excluded.next_due_at, review_status = excluded.review_status;
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
-- As take, but a fault of the items is an answer: of the one item, or null when one of several is at fault and nothing was
-- written.
CREATE FUNCTION breakglass.try_to_take(items jsonb, moved interval, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  why text;
  detail text;
BEGIN
  RETURN breakglass.take(items, moved, text_seq, text_field);
EXCEPTION
  WHEN OTHERS THEN
    why := CASE SQLSTATE
      WHEN 'BG001' THEN 'conflict'
      WHEN 'BG002' THEN 'self_approval'
      WHEN 'BG003' THEN 'repeated_approval'
      WHEN 'BG004' THEN 'settled'
      WHEN 'BG000' THEN 'poisoned'
    END;
    -- Faults of the values are the item's own. Anything else (disk full, out of memory, rights) concerns all of them.
    IF why IS NULL AND left(SQLSTATE, 2) NOT IN ('22', '23', '54') THEN
      RAISE;
    END IF;
    IF jsonb_array_length(items) > 1 THEN
      RETURN NULL;
    END IF;
    -- The server's own message may quote what a person typed.
    detail := CASE WHEN why IS NULL THEN SQLSTATE WHEN why = 'poisoned' THEN SQLERRM END;
    RETURN jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('ok', false, 'why', coalesce(why, 'poisoned'), 'detail', detail)));
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.commit(items jsonb, offset_ms bigint DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  moved constant interval := offset_ms * interval '1 millisecond';
  are_apart boolean;
  item jsonb;
  results jsonb;
BEGIN
  PERFORM breakglass.begin_writing();
  IF jsonb_array_length(items) > 1 THEN
    SELECT count(DISTINCT value ->> 'commandId') = count(*) AND count(DISTINCT value #>> '{stream,n}') = count(value #>> '{stream,n}')
    INTO are_apart FROM jsonb_array_elements(items);
    IF are_apart THEN
      results := breakglass.try_to_take(items, moved, NULL, NULL);
    END IF;
    IF results IS NOT NULL THEN
      RETURN results;
    END IF;
  END IF;
  -- One by one, it shows who is at fault; nobody else is harmed by it.
  results := '[]';
  FOR item IN SELECT value FROM jsonb_array_elements(items) WITH ORDINALITY ORDER BY ordinality LOOP
    results := results || breakglass.try_to_take(jsonb_build_array(item), moved, NULL, NULL);
  END LOOP;
  RETURN results;
END $$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.commit(jsonb, bigint) IS 'run-time: appends state changes to the trail, each all or nothing and on its own, and answers one result each, in order.';
--> statement-breakpoint
CREATE FUNCTION breakglass.redact(item jsonb, text_seq bigint, text_field text, offset_ms bigint DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  IF text_seq IS NULL OR text_field IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'a redaction names a text';
  END IF;
  PERFORM breakglass.begin_writing();
  RETURN breakglass.try_to_take(jsonb_build_array(item), offset_ms * interval '1 millisecond', text_seq, text_field) -> 0;
END $$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.redact(jsonb, bigint, text, bigint) IS 'run-time: as commit for one item, and removes the text that its entry text.redacted names.';
--> statement-breakpoint
CREATE FUNCTION breakglass.outbox_claim(row_id uuid, lease_ms bigint, offset_ms bigint DEFAULT 0)
RETURNS TABLE (id uuid, n integer, effect jsonb, attempt integer, created_at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  -- A lease goes by the clock on the wall: moving time on must not make a post that is under way look abandoned.
  WITH clock AS (SELECT clock_timestamp() AS wall, clock_timestamp() + offset_ms * interval '1 millisecond' AS now),
  taken AS (
    SELECT o.id FROM breakglass.outbox o, clock
    WHERE o.id = row_id AND o.done_at IS NULL AND o.run_at <= clock.now
      AND (o.lease_until IS NULL OR o.lease_until <= clock.wall)
      AND NOT EXISTS (
        SELECT FROM breakglass.outbox e
        WHERE e.n = o.n AND e.lane = o.lane AND e.done_at IS NULL AND e.position < o.position
      )
    FOR UPDATE OF o SKIP LOCKED
  )
  UPDATE breakglass.outbox o
  SET attempts = o.attempts + 1, lease_until = clock.wall + least(greatest(lease_ms, 0), 60000) * interval '1 millisecond'
  FROM taken, clock WHERE o.id = taken.id
  RETURNING o.id, o.n, o.effect, o.attempts, o.created_at
$$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.outbox_claim(uuid, bigint, bigint) IS 'run-time: claims that row if it is due, first in its lane, unfinished and not claimed; for a minute at most.';
--> statement-breakpoint
-- The outcome of a try is not waited for on the disk. The claim before it was, and counts the try: if a crash of the server takes
-- the outcome away, the next try knows that there was one, and looks in Slack for what it posted.
CREATE FUNCTION breakglass.need_not_wait() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.outbox_next(of_n integer, of_lane text, moved interval) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, breakglass, pg_temp AS $$
  SELECT first.id FROM (
    SELECT o.id, o.run_at, o.lease_until FROM breakglass.outbox o
    WHERE o.n = of_n AND o.lane = of_lane AND o.done_at IS NULL ORDER BY o.position LIMIT 1
  ) first
  WHERE first.run_at <= clock_timestamp() + moved
    AND (first.lease_until IS NULL OR first.lease_until <= clock_timestamp())
$$;
--> statement-breakpoint
CREATE FUNCTION breakglass.outbox_finish(
  row_id uuid, channel text, ts text, rendered integer, offset_ms bigint DEFAULT 0
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  moved constant interval := offset_ms * interval '1 millisecond';
  finished breakglass.outbox;
BEGIN
  PERFORM breakglass.need_not_wait();
  UPDATE breakglass.outbox o
  SET done_at = clock_timestamp() + moved, lease_until = NULL, failed_code = NULL,
    posted_channel = channel, posted_ts = ts, rendered_version = rendered
  WHERE o.id = row_id AND o.done_at IS NULL RETURNING o.* INTO finished;
  IF NOT FOUND THEN
    -- Finished before, and the answer was lost: say again what comes next.
    RETURN QUERY SELECT next FROM breakglass.outbox o, breakglass.outbox_next(o.n, o.lane, moved) AS next
      WHERE o.id = row_id AND o.done_at IS NOT NULL;
    RETURN;
  END IF;
  -- What was rendered just now shows those later changes too.
  UPDATE breakglass.outbox o
  SET done_at = finished.done_at, rendered_version = rendered
  WHERE o.n = finished.n AND o.message_key = finished.message_key AND o.done_at IS NULL
    AND o.effect ->> 'kind' = 'message.update' AND (o.effect ->> 'version')::integer <= rendered;
  RETURN QUERY SELECT breakglass.outbox_next(finished.n, finished.lane, moved);
END $$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.outbox_finish(uuid, text, text, integer, bigint) IS 'run-time: the row is done, and with it the later updates of the same message that it already shows; answers what became claimable.';
--> statement-breakpoint
CREATE FUNCTION breakglass.outbox_fail(row_id uuid, attempt integer, code text, offset_ms bigint DEFAULT 0) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  moved constant interval := offset_ms * interval '1 millisecond';
  finished breakglass.outbox;
BEGIN
  PERFORM breakglass.need_not_wait();
  UPDATE breakglass.outbox o
  SET done_at = clock_timestamp() + moved, lease_until = NULL, failed_code = code
  WHERE o.id = row_id AND o.done_at IS NULL AND o.attempts = attempt
  RETURNING o.* INTO finished;
  IF NOT FOUND THEN
    RETURN QUERY SELECT next FROM breakglass.outbox o, breakglass.outbox_next(o.n, o.lane, moved) AS next
      WHERE o.id = row_id AND o.done_at IS NOT NULL;
    RETURN;
  END IF;
  RETURN QUERY SELECT breakglass.outbox_next(finished.n, finished.lane, moved);
END $$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.outbox_fail(uuid, integer, text, bigint) IS 'run-time: gives the row up for good, unless somebody else has claimed it since; answers what became claimable.';
--> statement-breakpoint
CREATE FUNCTION breakglass.outbox_release(
  row_id uuid, attempt integer, delay_ms bigint, code text, offset_ms bigint DEFAULT 0
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  SELECT breakglass.need_not_wait();
  UPDATE breakglass.outbox o
  SET lease_until = NULL, failed_code = code,
    run_at = clock_timestamp() + (offset_ms + least(greatest(delay_ms, 0), 3600000)) * interval '1 millisecond'
  WHERE o.id = row_id AND o.done_at IS NULL AND o.attempts = attempt
$$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.outbox_release(uuid, integer, bigint, text, bigint) IS 'run-time: gives the row back for another try after the delay, an hour at most, unless somebody else has claimed it since.';
--> statement-breakpoint
REVOKE ALL ON ALL TABLES IN SCHEMA breakglass FROM PUBLIC;
--> statement-breakpoint
REVOKE ALL ON ALL ROUTINES IN SCHEMA breakglass FROM PUBLIC;
