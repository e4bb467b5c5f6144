import { and, asc, desc, eq, gt, isNull, lte, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { ChainPoint, StoredEntry } from "../../domain/verify/stored.js";
import type { Database } from "../connection/database.js";
import { type BuildRead, type ParamOf, prepareRead } from "../connection/query-runner.js";
import { head, trail, trailText } from "../schema.js";
import { storedEntryColumns } from "./stored-entry.js";
import { constant, firstBytes, GREATEST, present } from "./verify-bounds.js";
import { createVerifyTables, type VerifyTables } from "./verify-tables.js";

/** What lets the reads of a verification see less, or something else, than the trail. */
export interface Surroundings {
  /** How many entries have a number that no trail reaches, so that no page holds them. */
  readonly outOfRange: number;
  /** The schemas in which this connection looks for functions before PostgreSQL's own. */
  readonly searchedBefore: readonly string[];
}

/**
 * What a verification reads. Entries come in pages of bounded size, and long values are cut: whoever can write to the tables
 * cannot fill the reader's memory with one of them.
 */
export interface VerifySource extends VerifyTables {
  /** Returns what may stand between the reads and the trail. */
  surroundings(): Promise<Surroundings>;
  /**
   * Returns the entries after the seq `after`, in order: at most `limit`, fewer when they are long. Of a body or text that
   * is too long only the beginning.
   */
  page(after: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Returns the stored head and the last entry, both read at the same time, and whether there is a second head. */
  ends(): Promise<{ kept: ChainPoint; last: ChainPoint | null; isTwice: boolean }>;
  /** Returns whether the text exists and was redacted. */
  wasRedacted(seq: number, field: string): Promise<boolean>;
}

const surroundingsRow = z.object({
  outOfRange: z.string().transform(Number),
  schemas: z.array(z.string()),
});

type Page = ParamOf<{ after: number; limit: number }>;

const query = new QueryBuilder();

/** The most bytes of bodies and texts in a page, but for a single entry. */
const PAGE_BYTES = 16_777_216;
/** The last entry of a page: the one after which it would hold more than {@link PAGE_BYTES}. */
const lastOfPage = (param: Page) => sql`(
  SELECT max(e.seq) FROM (
    SELECT s.seq, sum(s.size) OVER (ORDER BY s.seq) - s.size AS before FROM (
      SELECT t.seq, octet_length(t.body) + coalesce((SELECT sum(octet_length(x.text)) FROM breakglass.trail_text x WHERE x.seq = t.seq), 0)
        + 12 * (SELECT count(*) FROM breakglass.origin_shows o WHERE o.seq = t.seq) AS size
      FROM breakglass.trail t WHERE t.seq > ${param("after")} AND t.seq <= ${GREATEST}
      ORDER BY t.seq LIMIT ${param("limit")}
    ) s
  ) e WHERE e.before < ${constant(PAGE_BYTES)})`;

const page: BuildRead<{ after: number; limit: number }, StoredEntry> = (db, param) =>
  db
    .select(storedEntryColumns)
    .from(trail)
    .where(and(gt(trail.seq, param("after")), lte(trail.seq, lastOfPage(param))))
    .orderBy(asc(trail.seq));

/** Creates the reads of a verification. They need only the right to SELECT. */
export function createVerifySource(database: Database, deadlineMs = 60_000): VerifySource {
  const prepare = <Params extends object, Row>(label: string, build: BuildRead<Params, Row>) =>
    prepareRead(database, { label, deadlineMs }, build);

  const readPage = prepare("verify entries", page);
  const readEnds = prepare("verify head", (db) => {
    const last = query
      .select({ seq: trail.seq, hash: present(firstBytes(trail.hash)).as("last_hash") })
      .from(trail)
      .orderBy(desc(trail.seq))
      .limit(1)
      .as("last");
    return db
      .select({
        kept: { seq: sql`coalesce(${head.seq}, -1)`.mapWith(head.seq), hash: present(firstBytes(head.hash)) },
        last: { seq: last.seq, hash: last.hash },
      })
      .from(head)
      .leftJoin(last, sql`true`)
      .orderBy(desc(head.seq))
      .limit(2);
  });
  const readGone = prepare("verify text", (db, param: ParamOf<{ seq: number; field: string }>) =>
    db
      .select({ seq: trailText.seq })
      .from(trailText)
      .where(and(eq(trailText.seq, param("seq")), eq(trailText.field, param("field")), isNull(trailText.text))),
  );
  const readSurroundings = async () => {
    // Raw: PostgreSQL's catalogue is not in the Drizzle schema.
    const rows = await database.query(
      (tag) => tag`
        SELECT (SELECT pg_catalog.count(*) FROM breakglass.trail WHERE seq IS NULL OR seq < 1 OR seq > 9007199254740991)::pg_catalog.text AS "outOfRange",
          pg_catalog.array_to_json(pg_catalog.current_schemas(true)) AS schemas`,
      { label: "verify surroundings", deadlineMs },
    );
    const { schemas, outOfRange } = surroundingsRow.parse(rows[0]);
    // A session's temporary schema is never searched for functions.
    const searched = schemas.filter((schema) => !schema.startsWith("pg_temp_"));
    return { outOfRange, searchedBefore: searched.slice(0, Math.max(0, searched.indexOf("pg_catalog"))) };
  };

  return {
    ...createVerifyTables(database, deadlineMs),
    surroundings: readSurroundings,
    page: (after, limit) => readPage({ after, limit }),
    ends: async () => {
      // Without a row, no head can be right: return one that matches nothing.
      const [row, second] = await readEnds({});
      return { ...(row ?? { kept: { seq: -1, hash: new Uint8Array() }, last: null }), isTwice: second !== undefined };
    },
    wasRedacted: async (seq, field) => (await readGone({ seq, field })).length > 0,
  };
}
