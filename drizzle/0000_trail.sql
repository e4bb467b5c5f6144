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
CREATE TABLE breakglass.trail_text (
  seq bigint NOT NULL REFERENCES breakglass.trail (seq),
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
);
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
CREATE TABLE breakglass.settlements (
  n integer PRIMARY KEY,
  type text NOT NULL,
  version integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE breakglass.ends (
  n integer PRIMARY KEY,
  type text NOT NULL,
  version integer NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE breakglass.ends IS 'How a grant ended; as with settlements, the primary key is what makes it happen once.';
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
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  n integer NOT NULL REFERENCES breakglass.bypasses (n),
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
);
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
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  -- In any other mode the statements below would see the head as it was before the lock was waited for.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = 'the trail is written in READ COMMITTED only';
  END IF;
  IF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- The lock on the row of the head, held until the commit has reached the disk. Nobody but the owner can take it; an
  -- advisory lock could be taken, and kept, by whoever may connect. Not FOR UPDATE: the update that follows in the
  -- subtransaction of an item would then need a multixact, which costs every batch some 15 % of its speed.
  UPDATE breakglass.head SET seq = seq;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.check_body(body text, fact jsonb, stream_name text, at_version integer, command_id text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  frame constant text[] := '{v,type,at,actor,command,version,bypass,review,reason,target_typed,target_key,line,policy,lesson}';
  written constant text := fact::text;
  bare text;
  canonical_length integer;
  who constant jsonb := fact -> 'actor';
  rule breakglass.fact_types;
  fault text;
BEGIN
  IF jsonb_typeof(fact) IS DISTINCT FROM 'object' OR octet_length(body) > 131072 THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the body is no object, or is too long';
  END IF;
  -- Canonical text differs from PostgreSQL's in the spaces after colons and commas. Strings with spaces are rare in a body.
  canonical_length := octet_length(replace(written, ' ', ''));
  IF strpos(body, ' ') > 0 THEN
    bare := regexp_replace(written, '"([^"\\]|\\.)*"', '', 'g');
    canonical_length := octet_length(written) - length(bare) + length(replace(bare, ' ', ''));
  END IF;
  SELECT * INTO rule FROM breakglass.fact_types r WHERE r.type = fact ->> 'type';
  fault := CASE
    WHEN fact -> 'v' IS DISTINCT FROM '1'::jsonb THEN 'the body is of an unknown format'
    WHEN rule.type IS NULL THEN 'the type is not known'
    WHEN rule.stream NOT IN ('both', CASE stream_name WHEN 'system' THEN 'system' ELSE 'bypass' END)
      THEN 'the type does not belong into this stream'
    WHEN NOT fact ?& rule.fields OR cardinality(ARRAY(SELECT jsonb_object_keys(fact - frame))) <> cardinality(rule.fields)
      THEN 'the fields are not those of the type'
    -- Finds spaces, keys that come twice, and letters or numbers in another writing. The order of keys and the kinds of
    -- values would cost more than all the rest: breakglass verify looks at them, and such an entry harms its bypass alone.
    WHEN octet_length(body) <> canonical_length
      THEN 'the body is not canonical'
    WHEN coalesce(fact ->> 'at', '') !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$' THEN 'the time is not ISO 8601 in UTC'
    WHEN (who ->> 'kind' IN ('person', 'system') AND rule.actor IN ('both', who ->> 'kind')) IS NOT TRUE
      THEN 'the actor is not of the kind that the type needs'
    WHEN who ->> 'kind' = 'person' AND ((who ->> 'user') ~ '^[UW][A-Z0-9]{2,20}$' AND who - '{kind,user,person}'::text[] = '{}'
        AND (who ->> 'person' = who ->> 'user' OR (who ->> 'person') ~ '^[a-z0-9][a-z0-9._-]{0,62}$')) IS NOT TRUE
      THEN 'the actor has no name'
    WHEN who ->> 'kind' = 'system' AND (who ->> 'part' IN ('bot', 'clock', 'delivery', 'directory', 'policy')
        AND who - '{kind,part}'::text[] = '{}') IS NOT TRUE
      THEN 'the actor is no part of the system'
    WHEN fact ->> 'command' IS DISTINCT FROM command_id THEN 'the body names another command'
    WHEN NOT fact ? 'version' OR (fact ->> 'version')::integer IS DISTINCT FROM at_version THEN 'the body names another version'
    WHEN fact ->> 'bypass' IS DISTINCT FROM nullif(stream_name, 'system') THEN 'the body names another bypass'
    WHEN fact ->> 'review' IS DISTINCT FROM
        CASE WHEN rule.type IN ('review.opened', 'review.waived') THEN replace(stream_name, 'BG-', 'REV-') END
      THEN 'the body names another review'
    WHEN (at_version IS NOT DISTINCT FROM 1) <> (rule.type = 'bypass.declared')
      THEN 'the declaration is not the first entry, or the first entry is no declaration'
    WHEN (at_version IS NOT DISTINCT FROM 2) <> (rule.type = 'review.opened')
      THEN 'the review is not opened right after the declaration'
  END;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = fault;
  END IF;
END $$;
--> statement-breakpoint

CREATE FUNCTION breakglass.check_time(at timestamptz, before timestamptz, moved interval) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  now constant timestamptz := clock_timestamp() + moved;
  -- A decision is made on the database's clock and committed, tries included, within seconds. Minutes are left for a
  -- process that was suspended in between, and for a failover to a server whose clock is off.
  leeway constant interval := interval '5 minutes';
BEGIN
  IF at < before THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the entry is older than the one before it';
  END IF;
  -- After a clock was set back, a stream may stand ahead of it: then time stands still there until the clock is level.
  -- A conflict: the decision is made again, on the clock of then.
  IF at < now - leeway OR at > greatest(now + leeway, before) THEN
    RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'the time of the entry is not that of the database';
  END IF;
END $$;
--> statement-breakpoint

CREATE FUNCTION breakglass.check_declaration(fact jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  -- What is decided later rests on these.
  IF (breakglass.holds_actor(fact) AND jsonb_typeof(fact -> 'gates') = 'array' AND jsonb_array_length(fact -> 'gates') > 0
    AND (fact ->> 'durationSeconds')::integer > 0 AND (fact #>> '{ack,needed}')::integer >= 0
    AND (fact #>> '{ack,giveUpAfterSeconds}')::integer > 0 AND (fact #>> '{ack,remindEverySeconds}')::integer > 0)
    IS NOT TRUE
  THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the declaration lacks what it is judged by';
  END IF;
END $$;
--> statement-breakpoint

CREATE FUNCTION breakglass.holds_actor(fact jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, breakglass, pg_temp AS $$
  SELECT jsonb_typeof(fact -> 'accounts') = 'array' AND fact -> 'accounts' ? (fact #>> '{actor,user}')
$$;
--> statement-breakpoint
CREATE FUNCTION breakglass.guard_approval(bypass integer, at_version integer, fact jsonb, declared jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  person_name constant text := fact #>> '{actor,person}';
  own text[];
  given integer;
  repeated boolean;
BEGIN
  IF breakglass.holds_actor(fact) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the accounts of the approval are not those of its actor';
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
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the approval counts wrong';
  END IF;
  INSERT INTO breakglass.approvals (n, account, person, version)
  SELECT bypass, account, person_name, at_version FROM unnest(own) AS account;
END $$;
--> statement-breakpoint

CREATE FUNCTION breakglass.guard_settlement(bypass integer, at_version integer, fact jsonb, declared jsonb, before jsonb)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
  needed constant integer := declared #>> '{ack,needed}';
  asked constant timestamptz := declared ->> 'at';
  by_requester constant boolean := declared -> 'accounts' ? (fact #>> '{actor,user}');
  -- Whoever completes an approval, or goes alone, activates in the same breath.
  goes_on constant boolean := before -> 'actor' = fact -> 'actor';
  given integer;
  fault text;
BEGIN
  IF kind = 'bypass.proceeded_alone' OR kind LIKE 'ack.%' THEN
    IF EXISTS (SELECT FROM breakglass.settlements s WHERE s.n = bypass) THEN
      RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'settled before';
    END IF;
  ELSE
    INSERT INTO breakglass.settlements (n, type, version) VALUES (bypass, kind, at_version) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'settled before';
    END IF;
  END IF;
  IF kind = 'ack.given' THEN
    PERFORM breakglass.guard_approval(bypass, at_version, fact, declared);
  ELSIF kind = 'bypass.activated' THEN
    SELECT count(DISTINCT a.version) INTO given FROM breakglass.approvals a WHERE a.n = bypass;
    fault := CASE
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
  ELSIF kind = 'bypass.proceeded_alone' THEN
    fault := CASE
      WHEN by_requester IS NOT TRUE THEN 'only the requester can go alone'
      WHEN (needed > 0 AND at >= asked + (declared #>> '{ack,aloneAfterSeconds}')::integer * interval '1 second') IS NOT TRUE
        THEN 'going alone was not allowed, or not yet'
    END;
  ELSIF kind = 'bypass.withdrawn' AND by_requester IS NOT TRUE THEN
    fault := 'only the requester can withdraw';
  ELSIF kind = 'bypass.lapsed' AND fact ->> 'why' = 'no_ack'
    AND at < asked + (declared #>> '{ack,giveUpAfterSeconds}')::integer * interval '1 second'
  THEN
    fault := 'it is too early to give up';
  ELSIF kind = 'bypass.denied' THEN
    PERFORM breakglass.guard_answer(fact, declared);
  END IF;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = fault;
  END IF;
END $$;
--> statement-breakpoint

CREATE FUNCTION breakglass.guard_answer(fact jsonb, declared jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  IF fact #>> '{actor,person}' = declared #>> '{actor,person}' OR declared -> 'accounts' ? (fact #>> '{actor,user}') THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot answer the own request';
  END IF;
END $$;
--> statement-breakpoint

CREATE FUNCTION breakglass.guard_end(bypass integer, at_version integer, fact jsonb, declared jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  kind constant text := fact ->> 'type';
  at constant timestamptz := fact ->> 'at';
  end_at timestamptz;
  fault text;
BEGIN
  SELECT t.body::jsonb ->> 'endsAt' INTO end_at FROM breakglass.settlements s
  JOIN breakglass.trail t ON t.stream = 'BG-' || s.n AND t.version = s.version
  WHERE s.n = bypass AND s.type = 'bypass.activated';
  fault := CASE
    WHEN end_at IS NULL THEN 'there is no grant'
    WHEN kind = 'bypass.expired' AND at < end_at THEN 'the grant has time left'
    WHEN kind <> 'bypass.expired' AND at >= end_at THEN 'the grant has reached its end'
    WHEN kind = 'bypass.closed' AND (declared -> 'accounts' ? (fact #>> '{actor,user}')) IS NOT TRUE
      THEN 'only the requester can close'
    WHEN kind = 'bypass.revoked' AND (fact ->> 'why' = 'person') <> (fact #>> '{actor,kind}' = 'person')
      THEN 'the actor is not the one of this revocation'
  END;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = fault;
  END IF;
  IF kind = 'bypass.revoked' AND fact ->> 'why' = 'person' THEN
    PERFORM breakglass.guard_answer(fact, declared);
  END IF;
  IF kind = 'grant.warned' THEN
    IF EXISTS (SELECT FROM breakglass.ends e WHERE e.n = bypass) THEN
      RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'ended before';
    END IF;
  ELSE
    INSERT INTO breakglass.ends (n, type, version) VALUES (bypass, kind, at_version) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'ended before';
    END IF;
  END IF;
END $$;
--> statement-breakpoint

-- Judges an entry by the trail itself: by the declaration (version 1) and the entry before it, both of the same stream,
-- and by what was recorded of approvals, settlement and end. Nothing here rests on the row that the caller sends along.
CREATE FUNCTION breakglass.guard_decision(bypass integer, at_version integer, fact jsonb, declared jsonb, before jsonb)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  kind constant text := fact ->> 'type';
BEGIN
  IF kind = 'bypass.declared' THEN
    PERFORM breakglass.check_declaration(fact);
  ELSIF kind LIKE 'ack.%'
    OR kind IN ('bypass.activated', 'bypass.denied', 'bypass.withdrawn', 'bypass.lapsed', 'bypass.proceeded_alone')
  THEN
    PERFORM breakglass.guard_settlement(bypass, at_version, fact, declared, before);
  ELSIF kind IN ('grant.warned', 'bypass.expired', 'bypass.closed', 'bypass.revoked') THEN
    PERFORM breakglass.guard_end(bypass, at_version, fact, declared);
  ELSIF kind = 'review.waived'
    AND (before ->> 'type' IN ('bypass.denied', 'bypass.withdrawn', 'bypass.lapsed')) IS NOT TRUE
  THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'a review is waived only when nothing was ever active';
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.put_texts(entry_seq bigint, fact jsonb, texts jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  given jsonb;
  promised integer;
BEGIN
  SELECT count(*) INTO promised FROM jsonb_each(fact) f WHERE jsonb_typeof(f.value) = 'object' AND f.value ? 'sha256';
  IF promised <> jsonb_array_length(texts) THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the body and its texts do not belong together';
  END IF;
  FOR given IN SELECT value FROM jsonb_array_elements(texts) LOOP
    IF octet_length(given ->> 'text') > (CASE given ->> 'field' WHEN 'policy' THEN 1048576 ELSE 65536 END) THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'a text is too long';
    END IF;
    IF fact #>> ARRAY[given ->> 'field', 'sha256'] IS DISTINCT FROM
      encode(sha256(decode(given ->> 'nonce', 'hex') || convert_to(given ->> 'text', 'UTF8')), 'hex')
    THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'a text is not the one that the body names';
    END IF;
    INSERT INTO breakglass.trail_text (seq, field, nonce, text)
    VALUES (entry_seq, given ->> 'field', decode(given ->> 'nonce', 'hex'), given ->> 'text');
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.put_row(
  bypass integer, declared_seq bigint, at_version integer, r jsonb, declared jsonb, last jsonb, told jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  due constant timestamptz := r ->> 'nextDueAt';
  was breakglass.bypasses;
  settling jsonb;
  ending jsonb;
  status_now text;
  ends_at jsonb;
  latest timestamptz;
BEGIN
  SELECT t.body::jsonb INTO settling FROM breakglass.settlements s
  JOIN breakglass.trail t ON t.stream = 'BG-' || s.n AND t.version = s.version WHERE s.n = bypass;
  SELECT t.body::jsonb INTO ending FROM breakglass.ends e
  JOIN breakglass.trail t ON t.stream = 'BG-' || e.n AND t.version = e.version WHERE e.n = bypass;
  SELECT b.* INTO was FROM breakglass.bypasses b WHERE b.n = bypass;
  ends_at := settling -> 'endsAt';
  status_now := CASE
    WHEN settling IS NULL THEN 'requested'
    WHEN ends_at IS NOT NULL AND ending IS NULL THEN 'active'
    ELSE replace(coalesce(ending, settling) ->> 'type', 'bypass.', '')
  END;
  -- By the end of the grant, or by the latest moment at which the request may still be waiting, somebody looks again.
  latest := CASE status_now
    WHEN 'active' THEN (ends_at #>> '{}')::timestamptz
    WHEN 'requested' THEN greatest(
      (declared ->> 'at')::timestamptz + (declared #>> '{ack,giveUpAfterSeconds}')::integer * interval '1 second',
      (last ->> 'at')::timestamptz + (declared #>> '{ack,remindEverySeconds}')::integer * interval '1 second')
  END;
  IF (r -> 'gates' = declared -> 'gates' AND (due IS NULL) = (latest IS NULL) AND (due <= latest) IS NOT FALSE
    AND r @> jsonb_build_object(
      'version', at_version, 'status', status_now, 'kind', declared -> 'kind', 'path', declared -> 'path',
      'requesterUser', declared #> '{actor,user}', 'requesterPerson', declared #> '{actor,person}',
      'targetKind', declared #> '{target,kind}', 'incident', declared -> 'incident', 'declaredAt', declared -> 'at',
      'channel', coalesce(told #> '{alert.posted,channel}', to_jsonb(was.channel), declared -> 'channel'),
      'alertTs', coalesce(told #> '{alert.posted,ts}', to_jsonb(was.alert_ts)),
      'settledAt', settling -> 'at', 'endsAt', ends_at,
      'endedAt', CASE ending ->> 'type' WHEN 'bypass.expired' THEN ends_at ELSE ending -> 'at' END,
      'reviewStatus', CASE WHEN told ? 'review.waived' OR was.review_status = 'waived' THEN 'waived' ELSE 'open' END
    )
    AND (was.n IS NOT NULL
      OR r @> jsonb_build_object(
        'reviewDueAt', told #> '{review.opened,dueAt}', 'reviewerRole', told #> '{review.opened,reviewer}'))
  ) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the row is not what its entries say';
  END IF;
  INSERT INTO breakglass.bypasses AS b VALUES (
    bypass, declared_seq, at_version, r ->> 'kind', r ->> 'status', r ->> 'path',
    ARRAY(SELECT value FROM jsonb_array_elements_text(r -> 'gates') WITH ORDINALITY ORDER BY ordinality),
    r ->> 'requesterUser', r ->> 'requesterPerson', r ->> 'targetKind', r ->> 'incident',
    r ->> 'channel', r ->> 'alertTs', (r ->> 'declaredAt')::timestamptz, (r ->> 'settledAt')::timestamptz,
    (r ->> 'endsAt')::timestamptz, (r ->> 'endedAt')::timestamptz, due,
    r ->> 'reviewStatus', (r ->> 'reviewDueAt')::timestamptz, r ->> 'reviewerRole'
  )
  -- What the declaration and the opening of the review said is never written again.
  ON CONFLICT (n) DO UPDATE SET
    version = excluded.version, status = excluded.status, channel = excluded.channel, alert_ts = excluded.alert_ts,
    settled_at = excluded.settled_at, ends_at = excluded.ends_at, ended_at = excluded.ended_at,
    next_due_at = excluded.next_due_at, review_status = excluded.review_status;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.put_effects(bypass integer, effects jsonb, moved interval) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  given jsonb;
  row_id uuid;
  ids jsonb := '[]';
BEGIN
  FOR given IN SELECT value FROM jsonb_array_elements(effects) WITH ORDINALITY ORDER BY ordinality LOOP
    IF (given #>> '{effect,kind}' IN ('alert.post', 'thread.post', 'dm.post', 'message.update', 'redraw', 'page')) IS NOT TRUE
    THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'nobody knows how to perform such an effect';
    END IF;
    INSERT INTO breakglass.outbox (n, lane, effect, message_key, run_at, created_at)
    VALUES (bypass, given ->> 'lane', given -> 'effect', given ->> 'messageKey', clock_timestamp() + moved, clock_timestamp() + moved)
    RETURNING id INTO row_id;
    ids := ids || jsonb_build_array(jsonb_build_object('id', row_id));
  END LOOP;
  RETURN ids;
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
CREATE FUNCTION breakglass.take_item(item jsonb, moved interval, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  command_id constant text := item ->> 'commandId';
  expected constant integer := (item ->> 'expectedVersion')::integer;
  bypass integer := (item #>> '{stream,n}')::integer;
  is_new constant boolean := item #>> '{stream,kind}' = 'bypass' AND bypass IS NULL;
  stream_name text := 'system';
  at_version integer;
  at_seq bigint;
  first_seq bigint;
  declared_seq bigint;
  declared jsonb;
  before jsonb;
  told jsonb := '{}';
  chain bytea;
  leaf bytea;
  entry jsonb;
  body text;
  fact jsonb;
  redactions integer := 0;
  result jsonb;
BEGIN
  SELECT c.result INTO result FROM breakglass.commands c WHERE c.id = command_id;
  IF FOUND THEN
    -- An id that was used for something else is told, not taken for the change that is asked for now.
    IF (result -> 'n' = 'null') <> (item #>> '{stream,kind}' = 'system') OR (result ->> 'n')::integer <> bypass THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command id was used for another stream';
    END IF;
    RETURN result || '{"duplicate": true}';
  END IF;
  IF length(command_id) BETWEEN 1 AND 300 IS NOT TRUE OR jsonb_array_length(item -> 'entries') > 0 IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command has no id or no entries';
  END IF;
  SELECT h.seq, h.hash INTO STRICT at_seq, chain FROM breakglass.head h;
  first_seq := at_seq + 1;

  IF item #>> '{stream,kind}' = 'bypass' THEN
    IF is_new THEN
      SELECT coalesce(max(b.n), 0) + 1 INTO bypass FROM breakglass.bypasses b;
      at_version := 0;
      declared_seq := first_seq;
    ELSE
      SELECT b.declared_seq INTO declared_seq FROM breakglass.bypasses b WHERE b.n = bypass;
      IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such bypass';
      END IF;
      SELECT t.version, t.body::jsonb INTO STRICT at_version, before
      FROM breakglass.trail t WHERE t.stream = 'BG-' || bypass ORDER BY t.version DESC LIMIT 1;
      SELECT t.body::jsonb INTO STRICT declared FROM breakglass.trail t WHERE t.stream = 'BG-' || bypass AND t.version = 1;
    END IF;
    stream_name := 'BG-' || bypass;
    IF at_version IS DISTINCT FROM expected THEN
      RAISE EXCEPTION USING ERRCODE = 'BG001', MESSAGE = 'the bypass was changed by somebody else';
    END IF;
  ELSIF item #>> '{stream,kind}' IS DISTINCT FROM 'system' OR bypass IS NOT NULL
    OR jsonb_typeof(item -> 'row') IS DISTINCT FROM 'null' OR jsonb_array_length(item -> 'effects') <> 0
    -- The text of a policy is what later readers judge by; it is not what the right to redact is for.
    OR text_seq IS NOT NULL
  THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the stream is neither a bypass nor the system, or takes no such change';
  END IF;

  FOR entry IN SELECT value FROM jsonb_array_elements(item -> 'entries') WITH ORDINALITY ORDER BY ordinality LOOP
    at_seq := at_seq + 1;
    at_version := at_version + 1;
    body := entry ->> 'body';
    IF is_new THEN
      -- Exact: inside a string of the body these quotes would be escaped.
      body := replace(body, '"bypass":"BG-?"', '"bypass":"' || stream_name || '"');
      body := replace(body, '"review":"REV-?"', '"review":"REV-' || bypass || '"');
    END IF;
    fact := body::jsonb;
    PERFORM breakglass.check_body(body, fact, stream_name, at_version, command_id);
    PERFORM breakglass.check_time((fact ->> 'at')::timestamptz, (before ->> 'at')::timestamptz, moved);
    IF bypass IS NOT NULL THEN
      declared := coalesce(declared, fact);
      PERFORM breakglass.guard_decision(bypass, at_version, fact, declared, before);
      before := fact;
      IF fact ->> 'type' IN ('review.opened', 'review.waived', 'alert.posted') THEN
        told := told || jsonb_build_object(fact ->> 'type', fact);
      END IF;
    END IF;
    IF fact ->> 'type' = 'text.redacted' THEN
      redactions := redactions + 1;
      IF (fact ->> 'seq')::bigint IS DISTINCT FROM text_seq OR fact ->> 'field' IS DISTINCT FROM text_field THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the entry tells of a redaction that is not asked for';
      END IF;
    END IF;
    leaf := sha256('\x00'::bytea || convert_to(body, 'UTF8'));
    INSERT INTO breakglass.trail (seq, stream, version, body, prev, leaf, hash)
    VALUES (at_seq, stream_name, at_version, body, chain, leaf, sha256('\x02'::bytea || chain || int8send(at_seq) || leaf))
    RETURNING hash INTO chain;
    PERFORM breakglass.put_texts(at_seq, fact, entry -> 'texts');
    IF stream_name = 'system' AND fact ->> 'type' = 'policy.changed' THEN
      IF fact ->> 'policyHash' IS DISTINCT FROM
        (SELECT encode(sha256(convert_to(x.text, 'UTF8')), 'hex') FROM breakglass.trail_text x
         WHERE x.seq = at_seq AND x.field = 'policy')
      THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the hash is not that of the policy';
      END IF;
      INSERT INTO breakglass.policies (seq, hash) VALUES (at_seq, fact ->> 'policyHash');
    END IF;
  END LOOP;

  IF redactions <> (text_seq IS NOT NULL)::integer THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'a redaction needs exactly one entry that tells of it';
  END IF;
  IF text_seq IS NOT NULL THEN
    PERFORM breakglass.null_text(stream_name, text_seq, text_field);
  END IF;
  UPDATE breakglass.head SET seq = at_seq, hash = chain;
  result := jsonb_build_object('ok', true, 'duplicate', false, 'n', bypass, 'firstSeq', first_seq, 'lastSeq', at_seq,
    'head', left(encode(chain, 'hex'), 24), 'effects', '[]'::jsonb);
  IF bypass IS NOT NULL THEN
    PERFORM breakglass.put_row(bypass, declared_seq, at_version, item -> 'row', declared, before, told);
    result := result || jsonb_build_object('effects', breakglass.put_effects(bypass, item -> 'effects', moved));
  END IF;
  INSERT INTO breakglass.commands (id, result) VALUES (command_id, result);
  RETURN result;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.try_item(item jsonb, moved interval, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  RETURN breakglass.take_item(item, moved, text_seq, text_field);
EXCEPTION
  WHEN SQLSTATE 'BG001' THEN RETURN '{"ok": false, "why": "conflict"}';
  WHEN SQLSTATE 'BG002' THEN RETURN '{"ok": false, "why": "self_approval"}';
  WHEN SQLSTATE 'BG003' THEN RETURN '{"ok": false, "why": "repeated_approval"}';
  WHEN SQLSTATE 'BG004' THEN RETURN '{"ok": false, "why": "settled"}';
  WHEN SQLSTATE 'BG000' THEN RETURN jsonb_build_object('ok', false, 'why', 'poisoned', 'detail', SQLERRM);
  WHEN OTHERS THEN
    -- Faults of the values are the item's own. Anything else (disk full, out of memory, rights) concerns all of them.
    IF left(SQLSTATE, 2) IN ('22', '23', '54') THEN
      -- The server's message may quote what a person typed.
      RETURN jsonb_build_object('ok', false, 'why', 'poisoned', 'detail', SQLSTATE);
    END IF;
    RAISE;
END $$;
--> statement-breakpoint
CREATE FUNCTION breakglass.commit(items jsonb, offset_ms bigint DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
DECLARE
  item jsonb;
  results jsonb := '[]';
BEGIN
  PERFORM breakglass.begin_writing();
  FOR item IN SELECT value FROM jsonb_array_elements(items) WITH ORDINALITY ORDER BY ordinality LOOP
    results := results || jsonb_build_array(breakglass.try_item(item, offset_ms * interval '1 millisecond', NULL, NULL));
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
  RETURN breakglass.try_item(item, offset_ms * interval '1 millisecond', text_seq, text_field);
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
