-- Not dropped like the others when it changes, because the triggers of the trail call it.
CREATE OR REPLACE FUNCTION breakglass.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, breakglass, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('%s of %s is refused: the trail is never changed', TG_OP, TG_TABLE_NAME);
END $$;
