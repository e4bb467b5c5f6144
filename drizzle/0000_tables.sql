-- The tables, with their indexes, checks and triggers. Functions are in functions/, one a file. The owner of the
-- schema runs this; nothing here needs a superuser, or a right in the database.
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
-- Not a partial index: a statement prepared with the stream as a parameter could not use one.
CREATE UNIQUE INDEX trail_stream_version ON breakglass.trail (stream, version);
-- Read at each start; hardly ever holds a row.
CREATE INDEX trail_gaps ON breakglass.trail (seq) WHERE stream = 'system' AND body LIKE '%"type":"trail.gap"%';
COMMENT ON TABLE breakglass.trail IS 'The system of record: one hash chain, appended by the function commit only, never changed.';
-- No foreign key here or in the outbox: only commit writes them, in the statement that writes what they belong to, and
-- checking each row would slow every commit down.
CREATE TABLE breakglass.trail_text (
  seq bigint NOT NULL,
  field text NOT NULL,
  nonce bytea CHECK (octet_length(nonce) = 16),
  text text,
  PRIMARY KEY (seq, field),
  CHECK ((nonce IS NULL) = (text IS NULL))
);
COMMENT ON TABLE breakglass.trail_text IS 'Free texts of entries; the entry holds sha256(nonce || text). A redacted text loses both, so that guesses cannot be tested.';
CREATE TABLE breakglass.origin_shows (
  seq bigint NOT NULL,
  n integer NOT NULL CHECK (n > 0),
  PRIMARY KEY (seq, n)
);
CREATE INDEX origin_shows_n ON breakglass.origin_shows (n);
COMMENT ON TABLE breakglass.origin_shows IS 'The origin of entry seq, in another stream, may hold texts of bypass n, because the person saw them where they pressed. Hardly any entry has a row.';
CREATE TABLE breakglass.head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
INSERT INTO breakglass.head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
COMMENT ON TABLE breakglass.head IS 'One row: the end of the chain. Its row lock serializes commits.';
CREATE TABLE breakglass.write_probe (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  at timestamptz NOT NULL,
  stretched_at timestamptz NOT NULL
);
COMMENT ON TABLE breakglass.write_probe IS 'At most one row, which /readyz writes to prove that the trail could be written.';
CREATE TABLE breakglass.commands (
  id text PRIMARY KEY,
  result jsonb NOT NULL,
  events text NOT NULL
);
COMMENT ON TABLE breakglass.commands IS 'What each command did, so that the same command again does nothing and returns the same answer.';
COMMENT ON COLUMN breakglass.commands.events IS 'The types of its entries in order, without an expiry that it came upon. Ids can be guessed, so another change under the id is not the same command.';
CREATE TABLE breakglass.event_types (
  type text PRIMARY KEY,
  stream text NOT NULL CHECK (stream IN ('bypass', 'system', 'both')),
  actor text NOT NULL CHECK (actor IN ('person', 'system', 'both'))
);
COMMENT ON TABLE breakglass.event_types IS 'Which events exist, in which stream, by whom. Filled from the catalogue of the code at each start.';
-- Projections. Their checks keep out what would break a list for everyone: words that no release knows, and moments that
-- JavaScript cannot hold (infinity, or a year past 9999).
CREATE TABLE breakglass.bypasses (
  n integer PRIMARY KEY CHECK (n > 0),
  declared_seq bigint NOT NULL UNIQUE REFERENCES breakglass.trail (seq),
  version integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('bypass', 'drill')),
  status text NOT NULL CHECK (status IN ('requested', 'active', 'denied', 'withdrawn', 'lapsed', 'expired', 'closed', 'revoked')),
  path text NOT NULL,
  gates text[] NOT NULL CHECK (cardinality(gates) > 0 AND array_position(gates, NULL) IS NULL),
  requester_user text NOT NULL,
  requester_person text NOT NULL,
  target_kind text NOT NULL,
  incident text,
  channel text NOT NULL,
  alert_ts text,
  declared_at timestamptz NOT NULL,
  settled_at timestamptz,
  ends_at timestamptz CHECK (ends_at BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  ended_at timestamptz,
  rejected_at timestamptz,
  next_due_at timestamptz CHECK (next_due_at BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  review_status text NOT NULL CHECK (review_status IN ('open', 'submitted', 'waived')),
  review_due_at timestamptz NOT NULL CHECK (review_due_at BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  reviewer_role text NOT NULL,
  verdict text CHECK (verdict IN ('justified', 'avoidable', 'gate-at-fault')),
  gates_at_fault text[] NOT NULL CHECK (array_position(gates_at_fault, NULL) IS NULL),
  forced_by text CHECK (forced_by IN ('real-emergency', 'flaky', 'slow', 'broken', 'unavailable', 'rule-unclear', 'other')),
  reviewed_at timestamptz,
  review_edition integer NOT NULL,
  actions_opened integer NOT NULL,
  review_roles text[] NOT NULL CHECK (array_position(review_roles, NULL) IS NULL),
  review_put_off_until timestamptz CHECK (review_put_off_until BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  declared_for text NOT NULL,
  follow_up_at timestamptz CHECK (follow_up_at BETWEEN '2000-01-01Z' AND '9999-12-31Z')
-- Free space in each page, so that a change of unindexed columns touches no index; likewise in the outbox.
) WITH (fillfactor = 70);
CREATE INDEX bypasses_open ON breakglass.bypasses (n) WHERE status IN ('requested', 'active');
CREATE INDEX bypasses_due ON breakglass.bypasses (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX bypasses_review ON breakglass.bypasses (review_due_at) WHERE review_status = 'open';
CREATE INDEX bypasses_rejected ON breakglass.bypasses (rejected_at) WHERE rejected_at IS NOT NULL;
CREATE INDEX bypasses_message ON breakglass.bypasses (alert_ts, channel);
CREATE INDEX bypasses_follow_up ON breakglass.bypasses (follow_up_at) WHERE follow_up_at IS NOT NULL;
-- What counts in a reading.
CREATE INDEX bypasses_counted ON breakglass.bypasses (settled_at) WHERE ends_at IS NOT NULL AND kind = 'bypass';
-- The bypasses of a week.
CREATE INDEX bypasses_declared ON breakglass.bypasses (declared_at);
-- When a path was last rehearsed.
CREATE INDEX bypasses_drills ON breakglass.bypasses (path, declared_at) WHERE kind = 'drill';
COMMENT ON TABLE breakglass.bypasses IS 'A projection: each row follows from the entries of its stream and can be rebuilt from them.';
COMMENT ON COLUMN breakglass.bypasses.follow_up_at IS 'When to look again whether the review or an action needs a reminder. Depends on the policy in force too, so it cannot be rebuilt from the trail.';
CREATE TABLE breakglass.approvals (
  n integer NOT NULL,
  account text NOT NULL,
  person text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (n, account)
);
COMMENT ON TABLE breakglass.approvals IS 'One row per account of each approver, so that no person counts twice; version is that of the entry.';
CREATE TABLE breakglass.actions (
  n integer NOT NULL,
  action integer NOT NULL CHECK (action > 0),
  seq bigint NOT NULL,
  owner text NOT NULL,
  due_at timestamptz NOT NULL CHECK (due_at BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  status text NOT NULL CHECK (status IN ('open', 'done', 'dropped')),
  put_off_until timestamptz CHECK (put_off_until BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  ended_at timestamptz,
  PRIMARY KEY (n, action)
);
CREATE INDEX actions_open ON breakglass.actions (owner, due_at) WHERE status = 'open';
COMMENT ON TABLE breakglass.actions IS 'A projection: what a review asks for, of whom and by when.';
CREATE TABLE breakglass.grant_uses (
  seq bigint PRIMARY KEY,
  n integer NOT NULL,
  gate text NOT NULL,
  run text NOT NULL CHECK (length(run) BETWEEN 1 AND 200),
  issuer text NOT NULL CHECK (length(issuer) <= 300),
  repository text CHECK (length(repository) BETWEEN 1 AND 200),
  commit text NOT NULL CHECK (commit ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  proven boolean NOT NULL,
  at timestamptz NOT NULL,
  UNIQUE (n, gate, issuer, run)
);
COMMENT ON TABLE breakglass.grant_uses IS 'A projection: which run was told that it may skip which gate, once for each. An empty issuer is reserved for API tokens.';
CREATE TABLE breakglass.gate_items (
  gate text PRIMARY KEY CHECK (length(gate) BETWEEN 1 AND 63),
  item integer NOT NULL CHECK (item > 0),
  status text NOT NULL CHECK (status IN ('open', 'fixed', 'recovered')),
  owner text NOT NULL CHECK (owner <> ''),
  opened_seq bigint NOT NULL,
  opened_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL CHECK (due_at BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  closed_at timestamptz,
  reminded_to timestamptz CHECK (reminded_to BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  announced boolean NOT NULL,
  put_off_until timestamptz CHECK (put_off_until BETWEEN '2000-01-01Z' AND '9999-12-31Z'),
  put_offs integer NOT NULL,
  fixed_at timestamptz
);
COMMENT ON TABLE breakglass.gate_items IS 'A projection: the newest item of each gate that ever had one.';
CREATE TABLE breakglass.gate_marks (
  seq bigint PRIMARY KEY,
  gate text NOT NULL,
  item integer NOT NULL,
  what text NOT NULL CHECK (what IN ('flagged', 'put_off', 'changed', 'retired', 'recovered')),
  at timestamptz NOT NULL
);
CREATE INDEX gate_marks_gate ON breakglass.gate_marks (gate, seq);
COMMENT ON TABLE breakglass.gate_marks IS 'A projection: the history of each gate, oldest first.';
CREATE TABLE breakglass.policies (
  seq bigint PRIMARY KEY REFERENCES breakglass.trail (seq),
  hash text NOT NULL
);
COMMENT ON TABLE breakglass.policies IS 'A projection: which policy was in force from which entry on.';
CREATE TABLE breakglass.drafts (
  n integer NOT NULL,
  account text NOT NULL,
  content jsonb NOT NULL CHECK (octet_length(content::text) <= 131072),
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (n, account)
);
COMMENT ON TABLE breakglass.drafts IS 'Reviews in progress. Not in the trail: a draft belongs to its writer and is deleted when the review is submitted.';
CREATE TABLE breakglass.home_viewers (
  account text PRIMARY KEY,
  opened_at timestamptz NOT NULL
);
COMMENT ON TABLE breakglass.home_viewers IS 'Who has opened the App Home, so that it is refreshed when something changes. Not in the trail.';
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
  claimed_by text,
  claim_number integer,
  done_at timestamptz,
  failed_code text,
  posted_channel text,
  posted_ts text,
  rendered_version integer
) WITH (fillfactor = 70);
CREATE INDEX outbox_lane ON breakglass.outbox (n, lane, position) WHERE done_at IS NULL;
CREATE INDEX outbox_waiting ON breakglass.outbox (run_at) WHERE done_at IS NULL;
CREATE INDEX outbox_message ON breakglass.outbox (n, message_key);
COMMENT ON TABLE breakglass.outbox IS 'What must happen outside. A row is pending while done_at is null; failed_code on a finished row means that it was given up.';
COMMENT ON COLUMN breakglass.outbox.claim_number IS 'The claim by which claimed_by holds the row, counted by that instance, so that it recognizes its own.';
-- Unlogged, because it only holds for seconds: an idle bot should not keep the disk busy. After a crash of the server it is
-- empty, and everybody has to prove anew that they live before anybody is judged.
CREATE UNLOGGED TABLE breakglass.instances (
  id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 40),
  alive_until timestamptz NOT NULL,
  judges_from timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE breakglass.instances IS 'The running processes. One that has not said in time that it lives is dead, and what it claimed may be taken over.';
COMMENT ON COLUMN breakglass.instances.judges_from IS 'From when on this instance may call another one dead: it has then lived so long without a break that everybody else had time to say so too.';
CREATE TYPE breakglass.outbox_draft AS (id uuid, n integer, lane text, effect jsonb, message_key text);
COMMENT ON TYPE breakglass.outbox_draft IS 'A row of the outbox that is not written yet.';
-- The triggers need it before functions/refuse_change.sql replaces it, in the same transaction.
CREATE FUNCTION breakglass.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not installed yet'; END $$;
CREATE TRIGGER trail_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON breakglass.trail
FOR EACH STATEMENT EXECUTE FUNCTION breakglass.refuse_change();
-- ALWAYS: it fires in a session that poses as a replica, too.
ALTER TABLE breakglass.trail ENABLE ALWAYS TRIGGER trail_is_never_changed;
CREATE TRIGGER texts_are_never_removed BEFORE DELETE OR TRUNCATE ON breakglass.trail_text
FOR EACH STATEMENT EXECUTE FUNCTION breakglass.refuse_change();
ALTER TABLE breakglass.trail_text ENABLE ALWAYS TRIGGER texts_are_never_removed;
CREATE TRIGGER texts_are_only_redacted BEFORE UPDATE ON breakglass.trail_text FOR EACH ROW
WHEN (NOT (OLD.text IS NOT NULL AND NEW.text IS NULL AND NEW.nonce IS NULL AND NEW.seq = OLD.seq AND NEW.field = OLD.field))
EXECUTE FUNCTION breakglass.refuse_change();
ALTER TABLE breakglass.trail_text ENABLE ALWAYS TRIGGER texts_are_only_redacted;
