import { and, asc, desc, eq, gt, isNull, max, type SQLWrapper, sql } from "drizzle-orm";
import { alias, QueryBuilder } from "drizzle-orm/pg-core";
import type { GateTables } from "../../domain/verify/gate-projections.js";
import type { Projected } from "../../domain/verify/projections.js";
import type { StoredRow } from "../../domain/verify/rows.js";
import type { ChainPoint, StoredEntry, StoredText } from "../../domain/verify/stored.js";
import type { Database } from "../connection/database.js";
import { type BuildRead, listOf, type ParamOf, prepareRead } from "../connection/query-runner.js";
import { actions, approvals, bypasses, gateItems, gateMarks, head, policies, trail, trailText } from "../schema.js";

/** What a verification reads. */
export interface VerifySource {
  /** Returns the entries after the seq `after`, in order. */
  page(after: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Returns the stored head and the last entry, both read at the same time. */
  ends(): Promise<{ kept: ChainPoint; last: ChainPoint | null }>;
  /** Returns the bypasses with a number above `after` that any projection knows, in order. */
  projections(after: number, limit: number): Promise<readonly Projected[]>;
  /** Returns whether the text exists and was redacted. */
  wasRedacted(seq: number, field: string): Promise<boolean>;
  /** Returns the projections of gates, with the seq up to which they were read. */
  gates(): Promise<GateTables>;
  /** Returns the policies on record, oldest first. */
  policies(): Promise<readonly { seq: number; hash: string }[]>;
}

type Page = ParamOf<{ after: number; limit: number }>;

const query = new QueryBuilder();

/** Selects a row as JSON with the database's column names, by which it is compared. */
const row = (of: SQLWrapper, more?: SQLWrapper) =>
  more === undefined ? sql<StoredRow>`to_jsonb(${of})` : sql<StoredRow>`to_jsonb(${of}) || ${more}`;

const b = alias(bypasses, "b");
const a = alias(actions, "a");
const items = alias(gateItems, "i");
const marks = alias(gateMarks, "m");

/** Selects the numbers of a page: those that any projection knows. */
const known = (param: Page) => {
  const numbers = (table: typeof bypasses | typeof approvals) =>
    query
      .select({ n: table.n })
      .from(table)
      .where(gt(table.n, param("after")))
      .orderBy(asc(table.n))
      .limit(param("limit"));
  return query.$with("known").as(numbers(bypasses).union(numbers(approvals)).orderBy(sql`n`).limit(param("limit")));
};

const page: BuildRead<{ after: number; limit: number }, StoredEntry> = (db, param) =>
  db
    .select({
      seq: trail.seq,
      stream: trail.stream,
      version: trail.version,
      body: trail.body,
      prev: trail.prev,
      leaf: trail.leaf,
      hash: trail.hash,
      texts: listOf<StoredText>(
        query
          .select({
            text: sql`json_build_object('field', ${trailText.field}, 'nonce', encode(${trailText.nonce}, 'hex'), 'text', ${trailText.text})`,
          })
          .from(trailText)
          .where(eq(trailText.seq, trail.seq)),
      ),
    })
    .from(trail)
    .where(gt(trail.seq, param("after")))
    .orderBy(asc(trail.seq))
    .limit(param("limit"));

const projections: BuildRead<{ after: number; limit: number }, Projected> = (db, param) => {
  const bypass = known(param);
  const stream = sql`'BG-' || ${bypass.n}`;
  const entries = eq(trail.stream, stream);
  /** Selects the version of the entry at `seq`, if it belongs to this bypass. */
  const version = (seq: SQLWrapper) =>
    query
      .select({ version: trail.version })
      .from(trail)
      .where(and(sql`${trail.seq} = ${seq}`, entries));
  return db
    .with(bypass)
    .select({
      n: bypass.n,
      row: sql<StoredRow | null>`${row(b, sql`jsonb_build_object('declared_seq', ${version(b.declaredSeq)})`)}`,
      bodies: listOf<string>(query.select({ body: trail.body }).from(trail).where(entries).orderBy(asc(trail.version))),
      approvals: listOf<string>(
        query
          .select({ line: sql`concat_ws(' ', ${approvals.person}, ${approvals.account}, ${approvals.version})` })
          .from(approvals)
          .where(eq(approvals.n, bypass.n)),
      ),
      actions: listOf<StoredRow>(
        query
          .select({ row: row(a, sql`jsonb_build_object('seq', ${version(a.seq)})`) })
          .from(a)
          .where(eq(a.n, bypass.n)),
      ),
    })
    .from(bypass)
    .leftJoin(b, eq(b.n, bypass.n))
    .orderBy(asc(bypass.n));
};

/** Creates the reads of a verification. They need only the right to SELECT. */
export function createVerifySource(database: Database, deadlineMs = 60_000): VerifySource {
  const prepare = <Params extends object, Row>(label: string, build: BuildRead<Params, Row>) =>
    prepareRead(database, { label, deadlineMs }, build);

  const readPage = prepare("verify entries", page);
  const readProjections = prepare("verify projections", projections);
  const readEnds = prepare("verify head", (db) => {
    const last = query
      .select({ seq: trail.seq, hash: trail.hash })
      .from(trail)
      .orderBy(desc(trail.seq))
      .limit(1)
      .as("last");
    return db
      .select({ kept: { seq: head.seq, hash: head.hash }, last: { seq: last.seq, hash: last.hash } })
      .from(head)
      .leftJoin(last, sql`true`);
  });
  const readGone = prepare("verify text", (db, param: ParamOf<{ seq: number; field: string }>) =>
    db
      .select({ seq: trailText.seq })
      .from(trailText)
      .where(and(eq(trailText.seq, param("seq")), eq(trailText.field, param("field")), isNull(trailText.text))),
  );
  const readGates = prepare("verify gates", (db) =>
    db
      .select({
        items: listOf<StoredRow>(query.select({ row: row(items) }).from(items)),
        marks: listOf<StoredRow>(query.select({ row: row(marks) }).from(marks)),
        upTo: sql<number>`coalesce(${max(trail.seq)}, 0)`.mapWith(trail.seq),
      })
      .from(trail),
  );
  const readPolicies = prepare("verify policies", (db) => db.select().from(policies).orderBy(asc(policies.seq)));

  return {
    page: (after, limit) => readPage({ after, limit }),
    ends: async () => {
      // Without a row, no head can be right: return one that matches nothing.
      return (await readEnds({}))[0] ?? { kept: { seq: -1, hash: new Uint8Array() }, last: null };
    },
    projections: (after, limit) => readProjections({ after, limit }),
    wasRedacted: async (seq, field) => (await readGone({ seq, field })).length > 0,
    gates: async () => {
      const [tables] = await readGates({});
      if (tables === undefined) throw new Error("An aggregate without a row.");
      return tables;
    },
    policies: () => readPolicies({}),
  };
}
