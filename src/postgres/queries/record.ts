import { and, asc, eq, ne, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { z } from "zod";
import { fold } from "../../domain/bypass/evolve.js";
import { TEXT_FIELDS } from "../../domain/events/catalogue/define.js";
import { shortHead } from "../../domain/events/hash.js";
import { bypassName } from "../../domain/events/names.js";
import { readEntry } from "../../domain/events/read-entry.js";
import type { BypassRecord } from "../../usecases/ports/ports.js";
import { databaseNow, type ParamOf, type QueryRunner } from "../connection/query-runner.js";
import { trail, trailText } from "../schema.js";

const texts = z.partialRecord(z.enum(TEXT_FIELDS), z.string().nullable()).nullable();

/** Reads one bypass in one statement, so that its entries, texts and clock are consistent. */
export function createRecordQuery({ prepare }: QueryRunner): (n: number) => Promise<BypassRecord | null> {
  const read = prepare("record", (db, param: ParamOf<{ stream: string }>) =>
    db
      .select({
        now: databaseNow,
        seq: trail.seq,
        body: trail.body,
        hash: trail.hash,
        texts: sql<unknown>`${new QueryBuilder()
          .select({ texts: sql`json_object_agg(${trailText.field}, ${trailText.text})` })
          .from(trailText)
          // An origin is never shown to anybody, and may be large.
          .where(and(eq(trailText.seq, trail.seq), ne(trailText.field, "origin")))}`,
      })
      .from(trail)
      .where(eq(trail.stream, param("stream")))
      .orderBy(asc(trail.version)),
  );
  return async (n) => {
    const rows = await read({ stream: bypassName(n) });
    const entries = rows.map((row) => ({
      ...readEntry(row.body),
      seq: row.seq,
      head: shortHead(row.hash),
      texts: texts.parse(row.texts) ?? {},
    }));
    const state = fold(entries);
    const now = rows.at(-1)?.now;
    return state === null || now === undefined ? null : { n, state, entries, now };
  };
}
