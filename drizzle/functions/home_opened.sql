CREATE FUNCTION breakglass.home_opened(of_account text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  INSERT INTO breakglass.home_viewers AS v (account, opened_at) SELECT of_account, clock_timestamp()
  WHERE of_account ~ '^[UW][A-Z0-9]{2,20}$'
  ON CONFLICT (account) DO UPDATE SET opened_at = excluded.opened_at
$$;

COMMENT ON FUNCTION breakglass.home_opened(text) IS 'run-time: someone has opened the App Home.';
