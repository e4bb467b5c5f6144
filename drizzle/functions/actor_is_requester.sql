-- Returns whether the actor declared the bypass, by person or by one of the accounts in the declaration.
CREATE FUNCTION breakglass.actor_is_requester(event jsonb, declared jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN event #>> '{actor,person}' = declared #>> '{actor,person}' OR declared -> 'accounts' ? (event #>> '{actor,user}');
END $$;
