import { asc, sql } from "drizzle-orm";
import { z } from "zod";
import type { Queries } from "../../usecases/ports/ports.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { trail } from "../schema.js";
import { storedEntryColumns } from "./stored-entry.js";

const place = z.object({ seq: z.string().transform(Number), goes: z.boolean() });

/** Reads the origins that a redaction removes, and by which entries they can be proven. */
export function createOriginQueries({ read, prepare }: QueryRunner): Pick<Queries, "originsGoing" | "storedEntries"> {
  const entries = prepare("stored entries", (db, param: ParamOf<{ positions: readonly number[] }>) =>
    db
      .select(storedEntryColumns)
      .from(trail)
      .where(sql`${trail.seq} = ANY (${param("positions")}::bigint[])`)
      .orderBy(asc(trail.seq)),
  );

  return {
    originsGoing: async ({ seq, field }) => {
      // Raw: a function that returns rows is no table, and the branches keep the planner from reading the whole trail.
      const places = await read(
        "origins going",
        place,
        (tag) => tag`
          WITH going AS MATERIALIZED (SELECT going AS seq FROM breakglass.origins_going(${seq}::bigint, ${field}) going),
          own AS MATERIALIZED (
            SELECT t.seq, t.version, t.body FROM breakglass.trail t
            WHERE t.stream = ANY (SELECT g.stream FROM breakglass.trail g JOIN going USING (seq) WHERE g.stream <> 'system')
          ),
          named AS (
            SELECT s.n FROM breakglass.origin_shows s JOIN going USING (seq)
            UNION ALL SELECT (o.body::jsonb ->> 'again')::integer FROM own o WHERE o.version = 1
          )
          SELECT r.seq::text AS seq, EXISTS (SELECT FROM going WHERE going.seq = r.seq) AS goes FROM (
            SELECT seq FROM own
            UNION SELECT seq FROM going
            UNION SELECT b.declared_seq FROM breakglass.bypasses b JOIN named USING (n)
            UNION SELECT m.seq FROM breakglass.gate_marks m WHERE m.what = 'flagged'
          ) r ORDER BY r.seq`,
      );
      return { all: places.flatMap(({ seq, goes }) => (goes ? [seq] : [])), record: places.map(({ seq }) => seq) };
    },
    storedEntries: (positions) => entries({ positions }),
  };
}
