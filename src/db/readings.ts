import { desc } from "drizzle-orm";
import type { Readings } from "../usecases/ports.js";
import type { Database } from "./client.js";
import { readsFor } from "./client-reads.js";
import { createLists } from "./readings/lists.js";
import { readRecord } from "./readings/record.js";
import { policies } from "./schema.js";
import { patiently } from "./trail/patience.js";

export interface ReadingsOptions {
  /** Added to the database's clock, in milliseconds; only demo and tests move time. */
  readonly clockOffsetMs?: () => number;
  /** From the asking to the answer or `NotRecorded`, in milliseconds; retries included. */
  readonly deadlineMs?: number;
}

/** What is read from PostgreSQL: one bypass from the trail itself, lists from the projection. */
export function createReadings(
  db: Database,
  { clockOffsetMs = () => 0, deadlineMs = 2_000 }: ReadingsOptions = {},
): Readings {
  const tryMs = Math.ceil(deadlineMs * 0.6);
  const offset = () => Math.round(clockOffsetMs());
  const read = <T>(ask: () => Promise<T>) => patiently(ask, deadlineMs, "read");
  const lists = createLists(db, offset);
  const reads = readsFor(db);

  return {
    record: (n) => read(() => readRecord(db, n, offset(), tryMs)),
    open: () => read(lists.open),
    reviews: (limit) => read(() => lists.reviews(limit)),
    due: (limit) => read(() => lists.due(limit)),
    atMessage: (channel, ts) => read(() => lists.atMessage(channel, ts)),
    lastDeny: ({ gates, targetKind, targetKey }, since) =>
      read(async () => {
        // The key of a free-text target is a text: it lies beside the declaration, and is gone once it was redacted.
        const rows = await db.query<{ at: Date | null }>(
          (sql) => sql`
            SELECT max(b.settled_at) AS at FROM breakglass.bypasses b
            LEFT JOIN breakglass.trail_text x ON x.seq = b.declared_seq AND x.field = 'target_key'
            WHERE b.status = 'denied' AND b.settled_at >= ${since.toISOString()}::timestamptz
              AND b.target_kind = ${targetKind} AND coalesce(b.target_key, x.text) = ${targetKey}
              AND b.gates && ARRAY(SELECT jsonb_array_elements_text(${sql.json([...gates])}))`,
          { label: "last deny", deadlineMs: tryMs },
        );
        return rows[0]?.at ?? null;
      }),
    policyOnRecord: () =>
      read(async () => {
        const rows = await reads.select().from(policies).orderBy(desc(policies.seq)).limit(1);
        return rows[0] ?? null;
      }),
    textAt: (seq, field) =>
      read(async () => {
        const rows = await db.query<{ stream: string; redacted: boolean }>(
          (sql) => sql`
            SELECT t.stream, x.text IS NULL AS redacted FROM breakglass.trail_text x
            JOIN breakglass.trail t ON t.seq = x.seq WHERE x.seq = ${seq}::bigint AND x.field = ${field}`,
          { label: "text", deadlineMs: tryMs },
        );
        const [row] = rows;
        if (row === undefined) return null;
        return { n: row.stream === "system" ? null : Number(row.stream.slice("BG-".length)), redacted: row.redacted };
      }),
  };
}
