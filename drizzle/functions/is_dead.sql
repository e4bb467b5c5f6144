-- True when `judge` has lived long enough to tell, and `holder` has not said for too long that it lives. A time that is too far
-- ahead was told before the clock was set back.
CREATE FUNCTION breakglass.is_dead(holder text, judge text, wall timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT holder IS NOT NULL
    AND EXISTS (SELECT FROM breakglass.instances i WHERE i.id = judge AND i.alive_until >= wall AND i.judges_from <= wall)
    AND NOT EXISTS (
      SELECT FROM breakglass.instances i
      WHERE i.id = holder AND i.alive_until BETWEEN wall AND wall + interval '1 minute'
    )
$$;
