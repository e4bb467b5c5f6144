import postgres from "postgres";
import type { Turn } from "../support/rounds.js";

/** Describes where the time of a commit goes. Runs one more turn with PostgreSQL's function statistics. */
export async function boundOfCommits(adminUrl: string, turn: () => Promise<Turn>): Promise<string> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(`ALTER ROLE CURRENT_USER SET track_functions = 'all'`).catch(() => {});
    await setForAll(sql, "all");
    await sql`SELECT pg_stat_reset()`;
    const [before] = await sql<{ lsn: string }[]>`SELECT pg_current_wal_lsn()::text AS lsn`;
    const cpu = process.cpuUsage();
    const began = performance.now();
    const { rate } = await turn();
    const seconds = (performance.now() - began) / 1000;
    const own = process.cpuUsage(cpu);
    const [after] = await sql<{ bytes: string }[]>`
      SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), ${before?.lsn ?? "0/0"}::pg_lsn)::text AS bytes`;
    // Backends report their statistics when they have been idle for a moment.
    await sql`SELECT pg_sleep(1.2)`;
    const functions = await sql<{ name: string; calls: string; own: number; total: number }[]>`
      SELECT funcname AS name, calls, self_time AS own, total_time AS total FROM pg_stat_user_functions
      WHERE schemaname = 'breakglass' ORDER BY self_time DESC LIMIT 6`;
    const inCommit =
      functions.find(({ name }) => name === "commit")?.total ?? Math.max(0, ...functions.map((one) => one.total));
    const share = (part: number) => `${Math.round((part / 10 / seconds) * 1)} %`;
    const top = functions.map(({ name, own }) => `${name} ${share(own)}`).join(", ");
    return `of the time, PostgreSQL is in the function for ${share(inCommit)} (${top}), Node computes for ${share((own.user + own.system) / 1000)}; ${(Number(after?.bytes ?? 0) / Math.max(1, rate * seconds) / 1024).toFixed(1)} KiB of WAL per commit`;
  } finally {
    await setForAll(sql, "none");
    await sql.end();
  }
}

/** Changes the setting for existing connections too. */
async function setForAll(sql: postgres.Sql, value: "all" | "none"): Promise<void> {
  await sql.unsafe(`ALTER SYSTEM SET track_functions = '${value}'`);
  await sql`SELECT pg_reload_conf()`;
}
