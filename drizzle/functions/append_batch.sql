-- Appends all items, or raises the violation of one of them. A version conflict is not a violation: the item's result says
-- conflict. All items are checked first and then written with one statement per table, because one statement per item would
-- take several times as long under the lock that every writer waits for. No two items may share a bypass or a command.
CREATE FUNCTION breakglass.append_batch(items jsonb, text_seq bigint, text_field text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  now constant timestamptz := breakglass.now();
  effect_kinds constant text[] := '{alert.post,thread.post,dm.post,message.update,rerender,page,notify,reminder,overdue,readings,reminder.post,overdue.post,digest.post,gate.post,gate.reply,gate.update,gap.post,use.post,webhook.send}';
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
  event jsonb;
  kind text;
  rule breakglass.event_types;
  violation text;
  leaf bytea;
  prev bytea;
  given jsonb;
  effect_id uuid;
  ids jsonb;
  events text;
  result jsonb;
  results jsonb[] := '{}';
  redactions integer := 0;
  entries breakglass.trail[] := '{}';
  texts breakglass.trail_text[] := '{}';
  shows breakglass.origin_shows[] := '{}';
  bypasses breakglass.bypasses[] := '{}';
  policies breakglass.policies[] := '{}';
  drafts breakglass.outbox_draft[] := '{}';
  done breakglass.commands[] := '{}';
BEGIN
  SELECT h.seq, h.hash INTO STRICT at_seq, chain FROM breakglass.head h;
  SELECT coalesce(max(x.n), 0) INTO newest FROM breakglass.bypasses x;

  -- OFFSET 0 makes each lookup use an index for its own item, whatever the planner believes about the tables.
  FOR it IN
    SELECT i.command_id, i.kind, i.n, i.expected, i.due, i.follow_up, i.entries, i.effects, i.shows, c.result AS known, c.events AS known_events, x AS bypass,
      first.body::jsonb AS declared, last.version, last.body::jsonb AS before
    FROM (
      SELECT ordinality, value ->> 'commandId' AS command_id, value #>> '{stream,kind}' AS kind,
        (value #>> '{stream,n}')::integer AS n, (value ->> 'expectedVersion')::integer AS expected,
        (value ->> 'nextDueAt')::timestamptz AS due, (value ->> 'followUpAt')::timestamptz AS follow_up,
        value -> 'entries' AS entries, value -> 'effects' AS effects,
        nullif(value -> 'originShows', '[]') AS shows
      FROM jsonb_array_elements(items) WITH ORDINALITY
    ) i
    LEFT JOIN LATERAL (SELECT k.result, k.events FROM breakglass.commands k WHERE k.id = i.command_id OFFSET 0) c ON true
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
      -- A command id that was used for another change is rejected; it is not a duplicate of this change.
      IF (it.known -> 'n' = 'null') <> (it.kind = 'system') OR (it.known ->> 'n')::integer <> it.n THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command id was used for another stream';
      END IF;
      IF it.kind = 'bypass' AND it.n IS NULL AND NOT EXISTS (SELECT FROM breakglass.bypasses y
          WHERE y.n = (it.known ->> 'n')::integer AND y.declared_seq = (it.known ->> 'firstSeq')::bigint)
        OR EXISTS (SELECT FROM breakglass.trail_text x WHERE x.seq = text_seq AND x.field = text_field AND x.text IS NOT NULL)
      THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command id was used for another change';
      END IF;
      -- A declaration may be followed by the activation or not, depending on the policy at the time.
      IF it.kind = 'system' OR it.n IS NOT NULL THEN
        SELECT string_agg((value ->> 'body')::jsonb ->> 'type', ' ' ORDER BY ordinality) INTO events
        FROM jsonb_array_elements(it.entries) WITH ORDINALITY;
        IF starts_with(events, 'bypass.expired ') THEN
          events := substr(events, length('bypass.expired ') + 1);
        END IF;
        IF events IS DISTINCT FROM it.known_events THEN
          -- Decided on an older state, the same command may well have done something else: it is decided again.
          IF it.kind = 'bypass' AND it.version IS DISTINCT FROM it.expected THEN
            results := array_append(results, '{"ok": false, "why": "conflict"}'::jsonb);
            CONTINUE;
          END IF;
          RAISE EXCEPTION USING ERRCODE = 'BG005', MESSAGE = 'the command id was used for other events';
        END IF;
      END IF;
      results := array_append(results, it.known || '{"duplicate": true}');
      CONTINUE;
    END IF;
    IF length(it.command_id) BETWEEN 1 AND 300 IS NOT TRUE OR jsonb_array_length(it.entries) > 0 IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'the command has no id or no entries';
    END IF;
    events := NULL;
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
    ELSIF it.kind IS DISTINCT FROM 'system' OR it.n IS NOT NULL OR it.due IS NOT NULL OR it.follow_up IS NOT NULL
      -- The text of a policy cannot be redacted: later readers judge the trail by it.
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
        -- Matches only the placeholders: inside a string of the body these quotes would be escaped.
        body := replace(body, '"bypass":"BG-?"', '"bypass":"' || stream_name || '"');
        body := replace(body, '"review":"REV-?"', '"review":"REV-' || b.n || '"');
      END IF;
      event := body::jsonb;
      kind := event ->> 'type';
      -- Any command may come upon a grant that has ended, and record that first. It is no part of what the command does.
      events := CASE WHEN events IS NULL OR events = 'bypass.expired' THEN kind ELSE events || ' ' || kind END;
      IF rule.type IS DISTINCT FROM kind THEN
        SELECT r.* INTO rule FROM breakglass.event_types r WHERE r.type = kind;
      END IF;
      violation := coalesce(
        breakglass.violation_of_body(body, event, rule, stream_name, at_version, it.command_id),
        breakglass.violation_of_time(kind, (event ->> 'at')::timestamptz, (before ->> 'at')::timestamptz, now),
        breakglass.violation_of_texts(event, entry -> 'texts'));
      IF violation IS NULL AND b.n IS NOT NULL THEN
        declared := coalesce(declared, event);
        violation := breakglass.violation_of_decision(b, at_version, event, declared, before);
        before := event;
        IF violation IS NULL THEN
          b := breakglass.project_bypass(b, at_version, event);
        END IF;
        IF violation IS NULL AND kind IN ('review.submitted', 'review.amended', 'action.opened', 'action.put_off', 'action.ended', 'text.redacted') THEN
          PERFORM breakglass.project_review(b.n, at_seq, event);
        END IF;
      ELSIF violation IS NULL AND starts_with(kind, 'gate.') THEN
        -- Applied at once, not at the end of the batch, because a batch may hold several events of one gate.
        PERFORM breakglass.project_gate(at_seq, event);
      ELSIF violation IS NULL AND kind = 'grant.used' THEN
        PERFORM breakglass.project_use(at_seq, event, now, bypasses);
      ELSIF violation IS NULL AND kind = 'policy.changed' THEN
        policies := array_append(policies, (at_seq, event ->> 'policyHash')::breakglass.policies);
        IF (entry #>> '{texts,0,field}' = 'policy'
          AND event ->> 'policyHash' = encode(sha256(convert_to(entry #>> '{texts,0,text}', 'UTF8')), 'hex')) IS NOT TRUE
        THEN
          violation := 'the hash is not that of the policy';
        END IF;
      END IF;
      IF violation IS NULL AND kind = 'text.redacted' THEN
        redactions := redactions + 1;
        IF (event ->> 'seq')::bigint IS DISTINCT FROM text_seq OR event ->> 'field' IS DISTINCT FROM text_field THEN
          violation := 'the entry tells of a redaction that is not asked for';
        END IF;
      END IF;
      IF violation IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = violation;
      END IF;
      leaf := sha256('\x00'::bytea || convert_to(body, 'UTF8'));
      prev := chain;
      chain := sha256('\x02'::bytea || prev || int8send(at_seq) || leaf);
      entries := array_append(entries, (at_seq, stream_name, at_version, body, prev, leaf, chain)::breakglass.trail);
      FOR j IN 0 .. jsonb_array_length(entry -> 'texts') - 1 LOOP
        given := entry #> ARRAY['texts', j::text];
        texts := array_append(texts,
          (at_seq, given ->> 'field', decode(given ->> 'nonce', 'hex'), given ->> 'text')::breakglass.trail_text);
        IF it.shows IS NOT NULL AND given ->> 'field' = 'origin' THEN
          shows := shows || ARRAY(SELECT (at_seq, x.n)::breakglass.origin_shows
            FROM (SELECT DISTINCT jsonb_array_elements_text(it.shows)::integer AS n) x WHERE x.n IS DISTINCT FROM b.n);
        END IF;
      END LOOP;
    END LOOP;

    ids := '[]';
    IF b.n IS NOT NULL THEN
      b.next_due_at := it.due;
      b.follow_up_at := it.follow_up;
      violation := coalesce(breakglass.violation_of_due(b, declared, before), breakglass.violation_of_follow_up(b, it.follow_up, now));
      IF violation IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = violation;
      END IF;
      bypasses := array_append(bypasses, b);
    END IF;
    FOR k IN 0 .. jsonb_array_length(it.effects) - 1 LOOP
      given := it.effects -> k;
      -- An effect that cannot be performed would block its lane forever.
      IF (given #>> '{effect,kind}' = ANY (effect_kinds)
        AND coalesce(jsonb_typeof(given #> '{effect,version}'), 'number') = 'number') IS NOT TRUE
      THEN
        RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'there is no such effect';
      END IF;
      effect_id := gen_random_uuid();
      ids := ids || jsonb_build_array(jsonb_build_object('id', effect_id));
      drafts := array_append(drafts,
        (effect_id, coalesce(b.n, 0), given ->> 'lane', given -> 'effect', given ->> 'messageKey')::breakglass.outbox_draft);
    END LOOP;
    result := jsonb_build_object('ok', true, 'duplicate', false, 'n', b.n, 'firstSeq', first_seq, 'lastSeq', at_seq,
      'head', left(encode(chain, 'hex'), 24), 'effects', ids);
    done := array_append(done, (it.command_id, result, events)::breakglass.commands);
    results := array_append(results, result);
  END LOOP;

  IF redactions <> (text_seq IS NOT NULL AND cardinality(done) > 0)::integer THEN
    RAISE EXCEPTION USING ERRCODE = 'BG000', MESSAGE = 'a redaction needs exactly one entry that tells of it';
  END IF;
  IF cardinality(done) = 0 THEN
    RETURN to_jsonb(results);
  END IF;
  INSERT INTO breakglass.trail SELECT * FROM unnest(entries);
  -- Skipped when there is nothing to write, because even an empty statement has a cost.
  IF cardinality(texts) > 0 THEN
    INSERT INTO breakglass.trail_text SELECT * FROM unnest(texts);
  END IF;
  IF cardinality(shows) > 0 THEN
    INSERT INTO breakglass.origin_shows SELECT * FROM unnest(shows);
  END IF;
  IF cardinality(policies) > 0 THEN
    INSERT INTO breakglass.policies SELECT * FROM unnest(policies);
  END IF;
  -- The columns from the declaration and the opening of the review never change.
  INSERT INTO breakglass.bypasses SELECT * FROM unnest(bypasses)
  ON CONFLICT (n) DO UPDATE SET
    version = excluded.version, status = excluded.status, channel = excluded.channel, alert_ts = excluded.alert_ts,
    settled_at = excluded.settled_at, ends_at = excluded.ends_at, ended_at = excluded.ended_at,
    rejected_at = excluded.rejected_at, next_due_at = excluded.next_due_at, review_status = excluded.review_status, verdict = excluded.verdict,
    gates_at_fault = excluded.gates_at_fault, forced_by = excluded.forced_by, reviewed_at = excluded.reviewed_at,
    review_edition = excluded.review_edition, actions_opened = excluded.actions_opened, review_roles = excluded.review_roles,
    review_put_off_until = excluded.review_put_off_until, follow_up_at = excluded.follow_up_at;
  IF cardinality(drafts) > 0 THEN
    INSERT INTO breakglass.outbox (id, n, lane, effect, message_key, run_at, created_at)
    SELECT d.id, d.n, d.lane, d.effect, d.message_key, now, now FROM unnest(drafts) d;
  END IF;
  INSERT INTO breakglass.commands SELECT * FROM unnest(done);
  IF text_seq IS NOT NULL THEN
    PERFORM breakglass.redact_text(stream_name, text_seq, text_field);
  END IF;
  UPDATE breakglass.head SET seq = at_seq, hash = chain;
  RETURN to_jsonb(results);
END $$;
