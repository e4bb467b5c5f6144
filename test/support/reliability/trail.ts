import postgres from "postgres";
import { z } from "zod";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import type { Verification } from "../../../src/domain/verify/verify.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { undelivered } from "../undelivered.js";

/** One entry of the database, read without the bot. */
export interface Found {
  readonly seq: number;
  readonly n: number | null;
  readonly type: string;
  /** The account, or `null` for the system. */
  readonly user: string | null;
  readonly body: string;
}

/** Direct access to the database, without the bot. */
export interface Trail {
  readonly sql: postgres.Sql;
  length(): Promise<number>;
  /** Oldest first; of one bypass, or all. */
  entries(n?: number): Promise<readonly Found[]>;
  /** The number of unfinished effects. */
  waiting(): Promise<number>;
  verify(): Promise<Verification>;
  close(): Promise<void>;
}

const body = z.looseObject({
  type: z.string(),
  bypass: z.string().nullish(),
  actor: z.looseObject({ user: z.string().optional() }),
});

export function openTrail(adminUrl: string): Trail {
  const sql = postgres(adminUrl, { max: 2, fetch_types: false, onnotice: () => {} });
  return {
    sql,
    length: async () => Number((await sql`SELECT count(*) AS n FROM breakglass.trail`)[0]?.n),
    entries: async (n) => {
      const rows = await sql<{ seq: string; body: string }[]>`
        SELECT seq, body FROM breakglass.trail
        WHERE ${n === undefined ? sql`true` : sql`stream = ${`BG-${n}`}`} ORDER BY seq`;
      return rows.map((row) => {
        const { type, bypass, actor } = body.parse(JSON.parse(row.body));
        const number = bypass?.startsWith("BG-") ? Number(bypass.slice(3)) : null;
        return { seq: Number(row.seq), n: number, type, user: actor.user ?? null, body: row.body };
      });
    },
    waiting: async () =>
      Number((await sql`SELECT count(*) AS n FROM breakglass.outbox o WHERE ${undelivered(sql)}`)[0]?.n),
    verify: async () => {
      const db = createDatabase({ url: adminUrl, max: 1, deadlineMs: 60_000, applicationName: "test verify" });
      try {
        return await verifyTrail({ source: createVerifySource(db) });
      } finally {
        await db.end();
      }
    },
    close: () => sql.end({ timeout: 1 }),
  };
}

/** Commits that are blocked until `release`. */
export interface Held {
  /** Resolves when a commit waits for the lock. */
  untilBlocked(): Promise<void>;
  release(): Promise<void>;
}

/** Blocks all commits: takes the lock under which the trail is written, that of the row with its head. */
export async function holdCommits(adminUrl: string): Promise<Held> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  await sql`BEGIN`;
  const [mine] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid FROM breakglass.head FOR UPDATE`;
  return {
    untilBlocked: async () => {
      for (let waiting = 0; waiting === 0; ) {
        const rows = await sql`
          SELECT FROM pg_stat_activity a
          WHERE a.datname = current_database() AND ${mine?.pid ?? 0}::integer = ANY (pg_blocking_pids(a.pid))`;
        waiting = rows.length;
      }
    },
    release: () => sql.end({ timeout: 1 }),
  };
}
