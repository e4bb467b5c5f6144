CREATE FUNCTION breakglass.save_draft(of_n integer, of_account text, draft jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$
  INSERT INTO breakglass.drafts AS d (n, account, content, saved_at)
  SELECT b.n, of_account, draft, clock_timestamp() FROM breakglass.bypasses b
  WHERE b.n = of_n AND of_account ~ '^[UW][A-Z0-9]{2,20}$'
  ON CONFLICT (n, account) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at
$$;

COMMENT ON FUNCTION breakglass.save_draft(integer, text, jsonb) IS 'run-time: saves what someone has written of a review so far.';
