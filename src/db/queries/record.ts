import { z } from "zod";
import { readEntry } from "../../domain/audit/read-entry.js";
import { TEXT_FIELDS } from "../../domain/bypass/entries.js";
import { fold } from "../../domain/bypass/evolve.js";
import { bypassName } from "../../domain/bypass/number.js";
import type { BypassRecord } from "../../usecases/ports/ports.js";
import type { Asker } from "../asker.js";

const row = z.object({
  now: z.date(),
  seq: z.coerce.number(),
  body: z.string(),
  head: z.string(),
  texts: z.partialRecord(z.enum(TEXT_FIELDS), z.string().nullable()).nullable(),
});

/** One bypass as it stands, from one statement, so that entries, texts and clock belong together. */
export async function readRecord({ read, clock }: Asker, n: number): Promise<BypassRecord | null> {
  const rows = await read(
    "record",
    row,
    (sql) => sql`
      SELECT ${clock(sql)} AS now, t.seq, t.body, left(encode(t.hash, 'hex'), 24) AS head,
        (SELECT json_object_agg(x.field, x.text) FROM breakglass.trail_text x WHERE x.seq = t.seq) AS texts
      FROM breakglass.trail t WHERE t.stream = ${bypassName(n)} ORDER BY t.version`,
  );
  const entries = rows.map(({ seq, head, texts, body }) => ({ ...readEntry(body), seq, head, texts: texts ?? {} }));
  const state = fold(entries);
  const now = rows.at(-1)?.now;
  return state === null || now === undefined ? null : { n, state, entries, now };
}
