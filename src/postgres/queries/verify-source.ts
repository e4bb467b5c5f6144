import { and, asc, count, desc, eq, gt, inArray, isNull, lte, max, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias, QueryBuilder } from "drizzle-orm/pg-core";
import { z } from "zod";
import { OF_NO_BYPASS } from "../../domain/notices/effects.js";
import type { GateTables } from "../../domain/verify/gate-projections.js";
import type { Projected } from "../../domain/verify/projections.js";
import { COMPARED_KINDS, type StoredEffect } from "../../domain/verify/promises.js";
import type { StoredRow } from "../../domain/verify/rows.js";
import { type ChainPoint, LONGEST, type StoredEntry, type StoredText } from "../../domain/verify/stored.js";
import type { Database } from "../connection/database.js";
import { type BuildRead, listOf, type ParamOf, prepareRead } from "../connection/query-runner.js";
import {
  actions,
  approvals,
  bypasses,
  commands,
  gateItems,
  gateMarks,
  head,
  originShows,
  outbox,
  policies,
  trail,
  trailText,
} from "../schema.js";

/** What lets the reads of a verification see less, or something else, than the trail. */
export interface Surroundings {
  /** How many entries have a number that no trail reaches, so that no page holds them. */
  readonly outOfRange: number;
  /** The schemas in which this connection looks for functions before PostgreSQL's own. */
  readonly searchedBefore: readonly string[];
}

/** What a verification reads. All of it is bounded: whoever can write to the tables cannot fill the reader's memory. */
export interface VerifySource {
  /** Returns what may stand between the reads and the trail. */
  surroundings(): Promise<Surroundings>;
  /**
   * Returns the entries after the seq `after`, in order: at most `limit`, fewer when they are long. Of a body or text that
   * is too long only the beginning.
   */
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
  /** Returns which entries the table of commands has for each of these ids. */
  commands(ids: readonly string[]): Promise<readonly CommandRow[]>;
  /** Returns how many commands have entries up to this one, or say nothing of theirs. */
  countCommands(upTo: number): Promise<number>;
  /** Returns rows of the outbox that belong to no bypass, after this position. */
  notices(after: number, limit: number): Promise<readonly (StoredEffect & { readonly position: number })[]>;
}

/** A row of the table of commands, as it is stored. */
export interface CommandRow {
  readonly id: string;
  readonly firstSeq: unknown;
  readonly lastSeq: unknown;
}

const surroundingsRow = z.object({
  outOfRange: z.string().transform(Number),
  schemas: z.array(z.string()),
});

type Page = ParamOf<{ after: number; limit: number }>;

const query = new QueryBuilder();

const constant = (value: number): SQL => sql.raw(String(value));

/** The greatest number that JavaScript counts to. What has a greater one is not read, as no page would ever come after it. */
const greatest = constant(Number.MAX_SAFE_INTEGER);

/** The most bytes of bodies and texts in a page, but for a single entry. */
const PAGE_BYTES = 16_777_216;
/** The longest row of a projection as JSON; a longer one is read as empty, so that each of its columns is a finding. */
const ROW_LENGTH = 262_144;
/** Longer than any name or hash that is compared. */
const NAME_LENGTH = 200;
/** The most texts of one entry that are read: far more than any event has. */
const MOST_TEXTS = 50;
/** The most bypasses of one origin that are read: more names than a request has room for. */
const MOST_SHOWN = 65_536;

/** The beginning of a value, with one character more than it may have. */
const beginning = (of: SQLWrapper, longest: number) => sql<string>`pg_catalog.left(${of}, ${constant(longest + 1)})`;
const ownLengths = Object.entries(LONGEST.textOf).map(
  ([field, longest]) => sql`WHEN ${sql.raw(`'${field}'`)} THEN ${beginning(trailText.text, longest)}`,
);
const beginningOfText = sql`CASE ${trailText.field} ${sql.join(ownLengths, sql` `)} ELSE ${beginning(trailText.text, LONGEST.text)} END`;
const firstBytes = (of: SQLWrapper) => sql<Uint8Array>`pg_catalog.substr(${of}, 1, ${constant(NAME_LENGTH)})`;

/** Selects a row as JSON with the database's column names, by which it is compared. */
const row = (of: SQLWrapper, more?: SQLWrapper) => {
  const json = more === undefined ? sql`to_jsonb(${of})` : sql`to_jsonb(${of}) || ${more}`;
  return sql<StoredRow>`CASE WHEN octet_length((to_jsonb(${of}))::text) > ${constant(ROW_LENGTH)} THEN '{}' ELSE ${json} END`;
};

const b = alias(bypasses, "b");
const a = alias(actions, "a");
const items = alias(gateItems, "i");
const marks = alias(gateMarks, "m");

const shortEffect = sql<
  StoredEffect["effect"]
>`CASE WHEN octet_length((${outbox.effect})::text) > ${constant(ROW_LENGTH)} THEN '{}' ELSE ${outbox.effect} END`;
const isCompared = inArray(sql`${outbox.effect} ->> 'kind'`, [...COMPARED_KINDS]).inlineParams();

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

/** The last entry of a page: the one after which it would hold more than {@link PAGE_BYTES}. */
const lastOfPage = (param: Page) => sql`(
  SELECT max(e.seq) FROM (
    SELECT s.seq, sum(s.size) OVER (ORDER BY s.seq) - s.size AS before FROM (
      SELECT t.seq, octet_length(t.body) + coalesce((SELECT sum(octet_length(x.text)) FROM breakglass.trail_text x WHERE x.seq = t.seq), 0)
        + 12 * (SELECT count(*) FROM breakglass.origin_shows o WHERE o.seq = t.seq) AS size
      FROM breakglass.trail t WHERE t.seq > ${param("after")} AND t.seq <= ${greatest}
      ORDER BY t.seq LIMIT ${param("limit")}
    ) s
  ) e WHERE e.before < ${constant(PAGE_BYTES)})`;

const page: BuildRead<{ after: number; limit: number }, StoredEntry> = (db, param) =>
  db
    .select({
      seq: trail.seq,
      stream: beginning(trail.stream, NAME_LENGTH),
      version: trail.version,
      body: beginning(trail.body, LONGEST.body),
      prev: firstBytes(trail.prev),
      leaf: firstBytes(trail.leaf),
      hash: firstBytes(trail.hash),
      texts: listOf<StoredText>(
        query
          .select({
            text: sql`json_build_object('field', ${beginning(trailText.field, NAME_LENGTH)}, 'nonce', encode(${firstBytes(trailText.nonce)}, 'hex'),
              'text', ${beginningOfText})`,
          })
          .from(trailText)
          .where(eq(trailText.seq, trail.seq))
          .limit(MOST_TEXTS),
      ),
      originShows: listOf<number>(
        query.select({ n: originShows.n }).from(originShows).where(eq(originShows.seq, trail.seq)).limit(MOST_SHOWN),
      ),
    })
    .from(trail)
    .where(and(gt(trail.seq, param("after")), lte(trail.seq, lastOfPage(param))))
    .orderBy(asc(trail.seq));

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
      bodies: listOf<string>(
        query
          .select({ body: beginning(trail.body, LONGEST.body) })
          .from(trail)
          .where(entries)
          .orderBy(asc(trail.version)),
      ),
      approvals: listOf<string>(
        query
          .select({ line: sql`concat_ws(' ', ${approvals.person}, ${approvals.account}, ${approvals.version})` })
          .from(approvals)
          .where(eq(approvals.n, bypass.n)),
      ),
      outbox: listOf<StoredEffect>(
        query
          .select({
            row: sql`json_build_object('effect', ${shortEffect}, 'createdAt', ${outbox.createdAt}, 'doneAt', ${outbox.doneAt},
              'posted', ${outbox.postedTs} IS NOT NULL, 'failedCode', ${beginning(outbox.failedCode, NAME_LENGTH)})`,
          })
          .from(outbox)
          .where(and(eq(outbox.n, bypass.n), isCompared)),
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
  const readPolicies = prepare("verify policies", (db) =>
    db
      .select({ seq: policies.seq, hash: beginning(policies.hash, NAME_LENGTH) })
      .from(policies)
      .orderBy(asc(policies.seq)),
  );
  const readSurroundings = async () => {
    // Raw: PostgreSQL's catalogue is not in the Drizzle schema.
    const rows = await database.query(
      (tag) => tag`
        SELECT (SELECT pg_catalog.count(*) FROM breakglass.trail WHERE seq < 1 OR seq > 9007199254740991)::pg_catalog.text AS "outOfRange",
          pg_catalog.array_to_json(pg_catalog.current_schemas(true)) AS schemas`,
      { label: "verify surroundings", deadlineMs },
    );
    const { schemas, outOfRange } = surroundingsRow.parse(rows[0]);
    // A session's temporary schema is never searched for functions.
    const searched = schemas.filter((schema) => !schema.startsWith("pg_temp_"));
    return { outOfRange, searchedBefore: searched.slice(0, Math.max(0, searched.indexOf("pg_catalog"))) };
  };

  /** Of a result that is too long, nothing: it names other entries then. */
  const position = (name: "firstSeq" | "lastSeq") =>
    sql<unknown>`CASE WHEN octet_length((${commands.result})::text) <= ${constant(ROW_LENGTH)} THEN ${commands.result} -> ${sql.raw(`'${name}'`)} END`;
  const readCommands = prepare("verify commands", (db, param: ParamOf<{ ids: readonly string[] }>) =>
    db
      .select({
        id: commands.id,
        firstSeq: position("firstSeq"),
        lastSeq: position("lastSeq"),
      })
      .from(commands)
      .where(sql`${commands.id} = ANY (${param("ids")}::text[])`),
  );
  const countCommands = prepare("verify count of commands", (db, param: ParamOf<{ upTo: number }>) =>
    db
      .select({ count: count() })
      .from(commands)
      .where(sql`(${commands.result} -> 'lastSeq' > to_jsonb(${param("upTo")}::bigint)) IS NOT TRUE`),
  );
  const readNotices = prepare("verify notices", (db, param: Page) =>
    db
      .select({
        position: outbox.position,
        effect: shortEffect,
        createdAt: outbox.createdAt,
        doneAt: outbox.doneAt,
        posted: sql<boolean>`${outbox.postedTs} IS NOT NULL`,
        failedCode: sql<string | null>`${beginning(outbox.failedCode, NAME_LENGTH)}`,
      })
      .from(outbox)
      .where(
        and(
          eq(outbox.n, OF_NO_BYPASS),
          isCompared,
          gt(outbox.position, param("after")),
          lte(outbox.position, greatest),
        ),
      )
      .orderBy(asc(outbox.position))
      .limit(param("limit")),
  );

  return {
    commands: (ids) => readCommands({ ids }),
    countCommands: async (upTo) => (await countCommands({ upTo }))[0]?.count ?? 0,
    notices: (after, limit) => readNotices({ after, limit }),
    surroundings: readSurroundings,
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
