-- The result of a delivery does not wait for the disk. Its claim did, and counted the attempt: if a crash loses the result, the
-- next attempt knows that it is not the first and looks in Slack for the message of the one before.
CREATE FUNCTION breakglass.commit_asynchronously() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
END $$;
