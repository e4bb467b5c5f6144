-- A declaration must hold the values that later decisions depend on.
CREATE FUNCTION breakglass.violation_of_declaration(event jsonb) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE WHEN (event -> 'accounts' ? (event #>> '{actor,user}') AND jsonb_typeof(event -> 'accounts') = 'array'
    AND (event ->> 'durationSeconds')::integer > 0 AND (event #>> '{ack,needed}')::integer >= 0
    AND (event #>> '{ack,giveUpAfterSeconds}')::integer > 0 AND (event #>> '{ack,remindEverySeconds}')::integer > 0)
    IS NOT TRUE THEN 'the declaration lacks required fields' END;
END $$;
