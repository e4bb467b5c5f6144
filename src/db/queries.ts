import { desc } from "drizzle-orm";
import { z } from "zod";
import { parseBypassName } from "../domain/bypass/number.js";
import type { Queries } from "../usecases/ports/ports.js";
import { type AskerOptions, createAsker } from "./asker.js";
import type { Database } from "./client.js";
import { createDigestQueries } from "./queries/digest.js";
import { createGateQueries } from "./queries/gates.js";
import { createLists } from "./queries/lists.js";
import { readRecord } from "./queries/record.js";
import { createWork } from "./queries/work.js";
import { policies } from "./schema.js";

const denied = z.object({ at: z.date().nullable() });
const installed = z.object({ id: z.string().length(12) });
const stored = z.object({
  stream: z.string(),
  gate: z.string().nullable(),
  item: z.coerce.number(),
  redacted: z.boolean(),
});

/** What is asked of PostgreSQL for showing: one bypass from the trail itself, lists from the projection. */
export function createQueries(db: Database, options: AskerOptions = {}): Queries {
  const asker = createAsker(db, options);
  const { read, readThroughDrizzle } = asker;
  let installation: string | null = null;

  return {
    ...createLists(asker),
    ...createWork(asker),
    ...createGateQueries(asker),
    ...createDigestQueries(asker),
    record: (n) => readRecord(asker, n),
    lastDeny: async ({ gates, targetKey, accounts }, since) => {
      // The key of a target is a text: it lies beside the declaration, and is gone once it was redacted.
      const [row] = await read(
        "last deny",
        denied,
        (sql) => sql`
          SELECT max(b.settled_at) AS at FROM breakglass.bypasses b
          LEFT JOIN breakglass.trail_text x ON x.seq = b.declared_seq AND x.field = 'target_key'
          JOIN breakglass.trail d ON d.seq = b.declared_seq
          WHERE b.status = 'denied' AND b.settled_at >= ${since.toISOString()}::timestamptz
            AND (x.text = ${targetKey} OR d.body::jsonb -> 'accounts' ?| ARRAY(SELECT jsonb_array_elements_text(${sql.json([...accounts])})))
            AND b.gates && ARRAY(SELECT jsonb_array_elements_text(${sql.json([...gates])}))`,
      );
      return row?.at ?? null;
    },
    policyOnRecord: async () => {
      const [row] = await readThroughDrizzle("policy on record", (reads) =>
        reads.select().from(policies).orderBy(desc(policies.seq)).limit(1),
      );
      return row ?? null;
    },
    installation: async () => {
      if (installation !== null) return installation;
      const [row] = await read(
        "installation",
        installed,
        (sql) => sql`SELECT left(encode(hash, 'hex'), 12) AS id FROM breakglass.trail WHERE seq = 1`,
      );
      if (row === undefined) throw new Error("The trail has no entry yet, so the installation has no name.");
      installation = row.id;
      return installation;
    },
    textAt: async (seq, field) => {
      const [row] = await read(
        "text",
        stored,
        (sql) => sql`
          SELECT t.stream, t.body::jsonb ->> 'gate' AS gate, t.body::jsonb ->> 'item' AS item, x.text IS NULL AS redacted FROM breakglass.trail_text x
          JOIN breakglass.trail t ON t.seq = x.seq WHERE x.seq = ${seq}::bigint AND x.field = ${field}`,
      );
      if (row === undefined) return null;
      const { stream, gate, item, redacted } = row;
      return { n: parseBypassName(stream), gate: gate === null ? null : { gate, item }, redacted };
    },
  };
}
