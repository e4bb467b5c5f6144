-- Serializes writers: the lock is held until the commit has reached the disk.
CREATE FUNCTION breakglass.lock_head() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- In any other isolation level, the statements that follow would see the head as it was before the wait for the lock.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = 'the trail is written in READ COMMITTED only';
  END IF;
  IF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- Only the owner can lock this row, while anyone who may connect could take and keep an advisory lock. Not FOR UPDATE: the
  -- update that follows in a subtransaction would then need a multixact, which makes a batch some 15 % slower.
  UPDATE breakglass.head SET seq = seq;
END $$;
