import { z } from "zod";
import { TEXT_FIELDS } from "../../domain/bypass/entries.js";
import { fold } from "../../domain/bypass/evolve.js";
import type { BypassRecord } from "../../usecases/ports.js";
import type { Database } from "../client.js";
import { readEntry } from "../trail/read-entry.js";

const row = z.object({
  now: z.date(),
  seq: z.coerce.number(),
  body: z.string(),
  head: z.string(),
  texts: z.partialRecord(z.enum(TEXT_FIELDS), z.string().nullable()).nullable(),
});

/** One bypass as it stands, from one statement, so that entries, texts and clock belong together. */
export async function readRecord(
  db: Database,
  n: number,
  offsetMs: number,
  deadlineMs: number,
): Promise<BypassRecord | null> {
  const rows = await db.query(
    (sql) => sql`
      SELECT clock_timestamp() + ${offsetMs} * interval '1 millisecond' AS now, t.seq, t.body,
        left(encode(t.hash, 'hex'), 24) AS head,
        (SELECT json_object_agg(x.field, x.text) FROM breakglass.trail_text x WHERE x.seq = t.seq) AS texts
      FROM breakglass.trail t WHERE t.stream = ${`BG-${n}`} ORDER BY t.version`,
    { label: "record", deadlineMs },
  );
  const parsed = z.array(row).parse(rows);
  const entries = parsed.map(({ seq, head, texts, body }) => ({ ...readEntry(body), seq, head, texts: texts ?? {} }));
  const state = fold(entries);
  const now = parsed.at(-1)?.now;
  return state === null || now === undefined ? null : { n, state, entries, now };
}
