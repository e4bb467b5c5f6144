import { readFile } from "node:fs/promises";
import postgres from "postgres";
import type { Running } from "./bots.js";

/** The resources that a program has used so far. Unlike latencies, they do not depend on other load of the machine. */
export interface Costs {
  /** CPU time in milliseconds; NaN where there is no `/proc`. */
  readonly cpuMs: number;
  /** Transactions of its database, including reads. */
  readonly transactions: number;
}

/** The unit of `/proc/<pid>/stat` on most kernels. */
const TICKS_PER_SECOND = 100;

export async function costsOf({ process, database }: Running): Promise<Costs> {
  const sql = postgres(database.adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const [row] = await sql<{ n: string }[]>`
      SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()`;
    return { cpuMs: await cpuOf(process.pid), transactions: Number(row?.n) };
  } finally {
    await sql.end();
  }
}

async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name may contain spaces, so the fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Describes the costs of each of `count` operations between two measurements. */
export function spent(before: Costs, after: Costs, count: number): string {
  const cpu = (after.cpuMs - before.cpuMs) / count;
  const transactions = (after.transactions - before.transactions) / count;
  return `${cpu.toFixed(1)} ms on a core and ${transactions.toFixed(1)} transactions`;
}
