import postgres from "postgres";
import { MigrationRefused } from "./files.js";

/** The key of the advisory lock that migrations hold: "migrate" as bytes. */
const KEY = "30797754043856997";

/** How long a start waits for the lock. */
export interface LockPatience {
  /** After this time it tells who holds the lock, in milliseconds. */
  readonly sayAfterMs: number;
  /** After this further time it is refused, in milliseconds. */
  readonly refuseAfterMs: number;
}

const PATIENCE: LockPatience = { sayAfterMs: 5_000, refuseAfterMs: 115_000 };

/**
 * Takes the lock, so that one process at a time migrates. It is held until the transaction ends. Anybody who may connect
 * can take and keep it as well, so a start that has to wait says whose session to end.
 * @throws MigrationRefused `locked`
 */
export async function takeLock(
  tx: postgres.TransactionSql,
  log: (line: string) => void,
  { sayAfterMs, refuseAfterMs }: LockPatience = PATIENCE,
): Promise<void> {
  // A short timeout that the role has for its own work must not end a migration.
  await tx`SELECT set_config('statement_timeout', '0', true)`;
  if (await isTaken(tx, sayAfterMs)) return;
  log(`Waiting for the lock of the migrations, which ${await holderOf(tx)} holds.`);
  if (await isTaken(tx, refuseAfterMs)) return;
  const seconds = Math.round((sayAfterMs + refuseAfterMs) / 1_000);
  throw new MigrationRefused(
    "locked",
    `The lock of the migrations was not free within ${seconds} s: ${await holderOf(tx)} holds it. If that is no start of Breakglass, end its session.`,
  );
}

async function isTaken(tx: postgres.TransactionSql, withinMs: number): Promise<boolean> {
  try {
    // A savepoint, because the timeout would end the transaction.
    await tx.savepoint(async (attempt) => {
      await attempt`SELECT set_config('lock_timeout', ${`${withinMs}ms`}, true)`;
      await attempt`SELECT pg_advisory_xact_lock(${KEY}::bigint)`;
    });
    return true;
  } catch (fault) {
    if (fault instanceof postgres.PostgresError && fault.code === "55P03") return false;
    throw fault;
  }
}

/** What the server tells of the session; a role without `pg_read_all_stats` learns little about those of others. */
async function holderOf(tx: postgres.ISql): Promise<string> {
  const [holder] = await tx<{ pid: number; role: string | null; program: string | null; address: string | null }[]>`
    SELECT l.pid, a.usename AS role, a.application_name AS program, host(a.client_addr) AS address
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND (l.classid::bigint << 32) | l.objid::bigint = ${KEY}::bigint
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  if (holder === undefined) return "a session that has just ended";
  const { pid, role, program, address } = holder;
  const known = [`role ${role ?? "unknown"}`, ...(program ? [program] : []), ...(address === null ? [] : [address])];
  return `process ${pid} of the server (${known.join(", ")})`;
}
