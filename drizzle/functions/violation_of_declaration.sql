-- A declaration must hold the values that later decisions depend on, and nothing longer than a policy can name: the bounds of
-- src/domain/events/bounds.ts.
CREATE FUNCTION breakglass.violation_of_declaration(event jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  name_max constant integer := 63;
  gates_max constant integer := 100;
  incident_max constant integer := 100;
  channel_max constant integer := 81;
BEGIN
  RETURN CASE
    WHEN (event -> 'accounts' ? (event #>> '{actor,user}') AND jsonb_typeof(event -> 'accounts') = 'array'
      AND (event ->> 'durationSeconds')::integer > 0 AND (event #>> '{ack,needed}')::integer >= 0
      AND (event #>> '{ack,giveUpAfterSeconds}')::integer > 0 AND (event #>> '{ack,remindEverySeconds}')::integer > 0)
      IS NOT TRUE THEN 'the declaration lacks required fields'
    WHEN (jsonb_array_length(event -> 'gates') <= gates_max AND length(event ->> 'path') <= name_max
      AND coalesce(length(event ->> 'incident'), 0) <= incident_max AND length(event ->> 'channel') <= channel_max
      AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(event -> 'gates') gate WHERE length(gate) > name_max))
      IS NOT TRUE THEN 'the declaration names more gates, or longer names, than a policy can'
  END;
END $$;
