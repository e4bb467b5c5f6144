-- The result of a delivery does not wait for the disk. Its claim did, and counted the attempt: if a crash loses the result, the
-- next attempt knows that there was one before, and looks in Slack for what it posted.
CREATE FUNCTION breakglass.commit_asynchronously() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
END $$;
