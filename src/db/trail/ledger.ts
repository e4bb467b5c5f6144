import type { Ledger } from "../../usecases/ports.js";
import type { Database } from "../client.js";
import { createBatcher } from "./batcher.js";
import { patiently } from "./patience.js";
import { readEntry } from "./read-entry.js";
import { isStorable, parseResult, parseResults, type WireItem, wireItem } from "./wire.js";

export interface LedgerOptions {
  /** Added to the database's clock, in milliseconds; only demo and tests move time. */
  readonly clockOffsetMs?: () => number;
  /** From the asking to the answer or `NotRecorded`, in milliseconds; retries included. */
  readonly deadlineMs?: number;
}

/** The more travel together, the rarer the wait for the disk; beyond this, one waits too long for all. */
const MAX_BATCH = 32;
/** One try takes this share of the deadline at most, so that a hung connection leaves time for another. */
const SHARE_OF_TRY = 0.6;

type RedactJob = { readonly item: WireItem; readonly seq: number; readonly field: string };

const POISONED = {
  ok: false,
  why: "poisoned",
  detail: "a string holds a character that PostgreSQL cannot store",
} as const;

/** The trail in PostgreSQL. All writing is one statement; see `drizzle/`. */
export function createLedger(
  db: Database,
  { clockOffsetMs = () => 0, deadlineMs = 2_000 }: LedgerOptions = {},
): Ledger {
  const tryMs = Math.ceil(deadlineMs * SHARE_OF_TRY);
  const offset = () => Math.round(clockOffsetMs());
  const read = <T>(ask: () => Promise<T>) => patiently(ask, deadlineMs, "read");

  const commit = createBatcher({
    max: MAX_BATCH,
    deadlineMs,
    send: async (items: readonly WireItem[]) => {
      const [row] = await db.query<{ results: unknown }>(
        (sql) => sql`SELECT breakglass.commit(${sql.json([...items])}, ${offset()}::bigint) AS results`,
        { label: "commit", deadlineMs: tryMs },
      );
      return parseResults(row?.results);
    },
  });

  const redact = createBatcher({
    max: 1,
    deadlineMs,
    send: (jobs: readonly RedactJob[]) =>
      Promise.all(
        jobs.map(async ({ item, seq, field }) => {
          const [row] = await db.query<{ result: unknown }>(
            (sql) => sql`
              SELECT breakglass.redact(${sql.json(item)}, ${seq}::bigint, ${field}, ${offset()}::bigint) AS result`,
            { label: "redact", deadlineMs: tryMs },
          );
          return parseResult(row?.result);
        }),
      ),
  });

  return {
    load: (n) =>
      read(async () => {
        const rows = await db.query<{ body: string | null; now: Date }>(
          (sql) => sql`
            SELECT t.body, c.now FROM (SELECT clock_timestamp() + ${offset()} * interval '1 millisecond' AS now) c
            LEFT JOIN breakglass.trail t ON t.stream = ${`BG-${n}`} ORDER BY t.version`,
          { label: "load", deadlineMs: tryMs },
        );
        return { entries: rows.flatMap(({ body }) => (body === null ? [] : [readEntry(body)])), now: clockOf(rows) };
      }),
    now: () =>
      read(async () =>
        clockOf(
          await db.query<{ now: Date }>(
            (sql) => sql`SELECT clock_timestamp() + ${offset()} * interval '1 millisecond' AS now`,
            { label: "now", deadlineMs: tryMs },
          ),
        ),
      ),
    known: (commandId) =>
      read(async () => {
        const rows = await db.query((sql) => sql`SELECT FROM breakglass.commands WHERE id = ${commandId}`, {
          label: "known",
          deadlineMs: tryMs,
        });
        return rows.length > 0;
      }),
    commit: async (item) => {
      const wire = wireItem(item);
      if (!isStorable(wire)) return POISONED;
      const { result, doubt } = await commit(wire);
      // Whoever asked once has an answer for one change, even if we had to send it twice.
      return result.ok && doubt ? { ...result, duplicate: false } : result;
    },
    redact: async (item, { seq, field }) => {
      const wire = wireItem(item);
      if (!isStorable(wire)) return POISONED;
      const { result, doubt } = await redact({ item: wire, seq, field });
      return result.ok && doubt ? { ...result, duplicate: false } : result;
    },
  };
}

function clockOf(rows: readonly { now: Date }[]): Date {
  const now = rows[0]?.now;
  if (now === undefined) throw new Error("PostgreSQL did not tell the time.");
  return now;
}
