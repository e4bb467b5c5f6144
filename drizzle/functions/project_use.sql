-- Records that a grant was used, if it is active for that gate at this very moment. `changed`: the bypasses that earlier items
-- of the batch change, which the table does not show yet.
CREATE FUNCTION breakglass.project_use(at_seq bigint, event jsonb, now timestamptz, changed breakglass.bypasses[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  at constant timestamptz := event ->> 'at';
  number constant integer := event ->> 'grant';
BEGIN
  INSERT INTO breakglass.grant_uses (seq, n, gate, run, issuer, repository, commit, proven, at)
  SELECT at_seq, b.n, event ->> 'gate', event ->> 'run', coalesce(event ->> 'issuer', ''), event ->> 'repository', event ->> 'commit',
    (event ->> 'commitProven')::boolean, at
  FROM breakglass.bypasses b
  WHERE b.n = number AND b.kind = 'bypass' AND b.status = 'active' AND event ->> 'gate' = ANY (b.gates)
    AND at >= b.settled_at AND greatest(at, now) < b.ends_at
    AND NOT EXISTS (SELECT FROM unnest(changed) c WHERE c.n = number AND c.status <> 'active')
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'the grant is not active for that gate, or the run has used it';
  END IF;
END $$;
