import postgres from "postgres";
import { MigrationRefused } from "./files.js";

/** The key of the advisory lock by which starts queue: "migrate" as bytes. */
const KEY = "30797754043856997";

/** How long a start waits. */
export interface LockPatience {
  /** How long it queues behind other starts before it tells who holds them up, in milliseconds. */
  readonly sayAfterMs: number;
  /** How long it then waits for any one lock before it is refused, in milliseconds. */
  readonly refuseAfterMs: number;
}

const PATIENCE: LockPatience = { sayAfterMs: 5_000, refuseAfterMs: 115_000 };

/**
 * Queues behind other starts until the transaction ends. Only a courtesy, which lets them migrate a new database one by
 * one and a start without the owner's rights wait for the one that has them: anybody who may connect can keep this lock,
 * so a start that waits too long says whose session it is and goes on without it. {@link lockMigrations} is what protects.
 */
export async function queueForStart(
  tx: postgres.TransactionSql,
  log: (line: string) => void,
  { sayAfterMs, refuseAfterMs }: LockPatience = PATIENCE,
): Promise<void> {
  // A short timeout that the role has for its own work must not end a migration.
  await tx`SELECT set_config('statement_timeout', '0', true)`;
  const isFirst = await isTaken(tx, sayAfterMs, (attempt) => attempt`SELECT pg_advisory_xact_lock(${KEY}::bigint)`);
  if (!isFirst) log(`Waiting for another start, or for whoever poses as one: ${await queueHolder(tx)}.`);
  await tx`SELECT set_config('lock_timeout', ${`${refuseAfterMs}ms`}, true)`;
}

/**
 * Takes the lock under which one process at a time migrates, until the transaction ends. It is that of a table on which
 * the run-time role has no right but to read, so that role can neither take nor block it. `owner` is a transaction of the
 * schema's owner.
 * @throws MigrationRefused `locked`
 */
export async function lockMigrations(
  owner: postgres.TransactionSql,
  { refuseAfterMs }: LockPatience = PATIENCE,
): Promise<void> {
  await owner`
    CREATE TABLE IF NOT EXISTS breakglass_migrations.__drizzle_migrations (
      id serial PRIMARY KEY, hash text NOT NULL, created_at bigint NOT NULL)`;
  const isOurs = await isTaken(
    owner,
    refuseAfterMs,
    (attempt) => attempt`LOCK TABLE breakglass_migrations.__drizzle_migrations IN SHARE ROW EXCLUSIVE MODE`,
  );
  if (isOurs) return;
  const seconds = Math.round(refuseAfterMs / 1_000);
  throw new MigrationRefused(
    "locked",
    `The lock of the migrations was not free within ${seconds} s: ${await lockHolder(owner)} holds it. If that is no start of Breakglass, end its session.`,
  );
}

async function isTaken(
  tx: postgres.TransactionSql,
  withinMs: number,
  take: (attempt: postgres.TransactionSql) => PromiseLike<unknown>,
): Promise<boolean> {
  try {
    // A savepoint, because the timeout would end the transaction.
    await tx.savepoint(async (attempt) => {
      await attempt`SELECT set_config('lock_timeout', ${`${withinMs}ms`}, true)`;
      await take(attempt);
    });
    return true;
  } catch (fault) {
    if (isLockTimeout(fault)) return false;
    throw fault;
  }
}

/** Whether a statement was ended because somebody else held a lock for too long. */
export const isLockTimeout = (fault: unknown): boolean =>
  fault instanceof postgres.PostgresError && fault.code === "55P03";

interface Holder {
  readonly pid: number;
  readonly role: string | null;
  readonly program: string | null;
  readonly address: string | null;
}

async function queueHolder(tx: postgres.ISql): Promise<string> {
  const [holder] = await tx<Holder[]>`
    SELECT l.pid, a.usename AS role, a.application_name AS program, host(a.client_addr) AS address
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND (l.classid::bigint << 32) | l.objid::bigint = ${KEY}::bigint
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return nameOf(holder);
}

async function lockHolder(tx: postgres.ISql): Promise<string> {
  const [holder] = await tx<Holder[]>`
    SELECT l.pid, a.usename AS role, a.application_name AS program, host(a.client_addr) AS address
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.relation = 'breakglass_migrations.__drizzle_migrations'::regclass AND l.granted AND l.mode <> 'AccessShareLock'
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return nameOf(holder);
}

/** What the server tells of the session; a role without `pg_read_all_stats` learns little about those of others. */
function nameOf(holder: Holder | undefined): string {
  if (holder === undefined) return "a session that has just ended";
  const { pid, role, program, address } = holder;
  const known = [`role ${role ?? "unknown"}`, ...(program ? [program] : []), ...(address === null ? [] : [address])];
  return `process ${pid} of the server (${known.join(", ")})`;
}
