import { setTimeout as wait } from "node:timers/promises";
import postgres from "postgres";
import { EmbeddedPostgresError } from "./errors.js";

/** The key of the advisory lock that the only bot of an embedded database holds: "bot lock" as bytes. */
const KEY = "7093838553452241771";
const RETRY_MS = 100;
/** A killed bot seems to hold the lock until the server notices its end, so the lock is retried for this long. */
const PATIENCE_MS = 2_000;

/** The proof that this process is the only bot of its embedded database. */
export interface BotLock {
  release(): Promise<void>;
}

/**
 * Takes the lock that detects a second bot on the same data. The lock belongs to a connection, so it ends with the
 * process, however that ends. `onLost` is called when the connection breaks, which means that the server went down.
 * @throws EmbeddedPostgresError `already_running`
 */
export async function takeBotLock(url: string, dataDir: string, onLost: () => void): Promise<BotLock> {
  let held = false;
  const sql = postgres(url, {
    max: 1,
    fetch_types: false,
    connect_timeout: 10,
    max_lifetime: null,
    onnotice: () => {},
    connection: { application_name: `breakglass bot, process ${process.pid}` },
    onclose: () => {
      if (!held) return;
      held = false;
      onLost();
    },
  });
  const release = async () => {
    held = false;
    await sql.end({ timeout: 1 });
  };
  try {
    for (let waited = 0; waited < PATIENCE_MS; waited += RETRY_MS) {
      const [row] = await sql<{ taken: boolean }[]>`SELECT pg_try_advisory_lock(${KEY}::bigint) AS taken`;
      if (row?.taken) {
        held = true;
        return { release };
      }
      await wait(RETRY_MS);
    }
    const [holder] = await sql<{ name: string }[]>`
      SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = ${KEY}::bigint`;
    throw alreadyRunning(dataDir, holder?.name ?? "another bot");
  } catch (fault) {
    await release();
    throw fault;
  }
}

function alreadyRunning(dataDir: string, holder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "already_running",
    `Another bot uses the data in ${dataDir} (${holder}). This one was not started; the other one is untouched.`,
    "Stop the other bot first, or give this one another BREAKGLASS_DATA. Several bots need DATABASE_URL.",
  );
}
