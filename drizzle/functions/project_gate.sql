-- Applies an event of a gate to its latest item. The stream of the system has no versions, so this function ensures that only
-- one of two processes opens or closes an item.
CREATE FUNCTION breakglass.project_gate(at_seq bigint, event jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  kind constant text := event ->> 'type';
  at constant timestamptz := event ->> 'at';
  number constant integer := event ->> 'item';
BEGIN
  IF kind = 'gate.flagged' THEN
    INSERT INTO breakglass.gate_items AS g (gate, item, status, owner, opened_seq, opened_at, due_at, announced, put_offs)
    SELECT event ->> 'gate', number, 'open', event ->> 'owner', at_seq, at, (event ->> 'dueAt')::timestamptz, false, 0
    WHERE number = 1 OR EXISTS (SELECT FROM breakglass.gate_items k WHERE k.gate = event ->> 'gate')
    ON CONFLICT (gate) DO UPDATE SET item = excluded.item, status = excluded.status, owner = excluded.owner,
      opened_seq = excluded.opened_seq, opened_at = excluded.opened_at, due_at = excluded.due_at, announced = false,
      closed_at = NULL, reminded_to = NULL, put_off_until = NULL, put_offs = 0
    WHERE g.status <> 'open' AND excluded.item = g.item + 1;
  ELSE
    UPDATE breakglass.gate_items g SET
      status = CASE kind WHEN 'gate.fixed' THEN 'fixed' WHEN 'gate.recovered' THEN 'recovered' ELSE g.status END,
      closed_at = CASE WHEN kind IN ('gate.fixed', 'gate.recovered') THEN at END,
      fixed_at = CASE kind WHEN 'gate.fixed' THEN at ELSE g.fixed_at END,
      reminded_to = CASE kind WHEN 'gate.reminded' THEN (event ->> 'slot')::timestamptz ELSE g.reminded_to END,
      announced = g.announced OR kind = 'gate.overdue',
      put_off_until = CASE kind WHEN 'gate.put_off' THEN (event ->> 'until')::timestamptz ELSE g.put_off_until END,
      put_offs = g.put_offs + (kind = 'gate.put_off')::integer
    WHERE g.gate = event ->> 'gate' AND g.item = number AND g.status = 'open'
      -- Two owners at once would else both put it off as the first.
      AND (kind <> 'gate.put_off' OR event -> 'count' = to_jsonb(g.put_offs + 1));
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'BG004', MESSAGE = 'the gate has no such open item, or has it already';
  END IF;
  IF kind IN ('gate.flagged', 'gate.put_off', 'gate.fixed', 'gate.recovered') THEN
    INSERT INTO breakglass.gate_marks (seq, gate, item, what, at)
    VALUES (at_seq, event ->> 'gate', number, CASE kind WHEN 'gate.fixed' THEN event ->> 'how' ELSE substr(kind, 6) END, at);
  END IF;
END $$;
