import { and, asc, count, eq, gt, inArray, lte, max, type SQLWrapper, sql } from "drizzle-orm";
import { alias, QueryBuilder } from "drizzle-orm/pg-core";
import { OF_NO_BYPASS } from "../../domain/notices/effects.js";
import type { GateTables } from "../../domain/verify/gate-projections.js";
import type { Projected } from "../../domain/verify/projections.js";
import { COMPARED_KINDS, type StoredEffect } from "../../domain/verify/promises.js";
import type { StoredRow } from "../../domain/verify/rows.js";
import { LONGEST } from "../../domain/verify/stored.js";
import type { Database } from "../connection/database.js";
import { type BuildRead, listOf, type ParamOf, prepareRead } from "../connection/query-runner.js";
import {
  actions,
  approvals,
  bypasses,
  commands,
  gateItems,
  gateMarks,
  grantUses,
  outbox,
  policies,
  trail,
} from "../schema.js";
import { beginning, GREATEST, NAME_LENGTH, shortJson } from "./verify-bounds.js";

/** What a verification reads of the tables that follow from the trail. */
export interface VerifyTables {
  /** Returns the bypasses with a number above `after` that any projection knows, in order. */
  projections(after: number, limit: number): Promise<readonly Projected[]>;
  /** Returns the projections of gates, with the seq up to which they were read. */
  gates(): Promise<GateTables>;
  /** Returns the policies on record, oldest first. */
  policies(): Promise<readonly { seq: number; hash: string }[]>;
  /** Returns which entries the table of commands has for each of these ids. */
  commands(ids: readonly string[]): Promise<readonly CommandRow[]>;
  /** Returns the uses of grants at these positions. */
  uses(positions: readonly number[]): Promise<readonly StoredRow[]>;
  /** Returns how many uses of grants are on record up to this position. */
  countUses(upTo: number): Promise<number>;
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

type Page = ParamOf<{ after: number; limit: number }>;

const query = new QueryBuilder();

/** Selects a row as JSON with the database's column names, by which it is compared. */
const row = (of: SQLWrapper, more?: SQLWrapper) => shortJson<StoredRow>(sql`to_jsonb(${of})`, more);

const b = alias(bypasses, "b");
const a = alias(actions, "a");
const items = alias(gateItems, "i");
const marks = alias(gateMarks, "m");
const used = alias(grantUses, "u");

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
          .select({
            line: sql`concat_ws(' ', ${beginning(approvals.person, NAME_LENGTH)}, ${beginning(approvals.account, NAME_LENGTH)}, ${approvals.version})`,
          })
          .from(approvals)
          .where(eq(approvals.n, bypass.n)),
      ),
      outbox: listOf<StoredEffect>(
        query
          .select({
            row: sql`json_build_object('effect', ${shortJson(outbox.effect)}, 'createdAt', ${outbox.createdAt}, 'doneAt', ${outbox.doneAt},
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

/** Creates the reads of these tables. */
export function createVerifyTables(database: Database, deadlineMs: number): VerifyTables {
  const prepare = <Params extends object, Row>(label: string, build: BuildRead<Params, Row>) =>
    prepareRead(database, { label, deadlineMs }, build);

  const readProjections = prepare("verify projections", projections);
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
  const readCommands = prepare("verify commands", (db, param: ParamOf<{ ids: readonly string[] }>) =>
    db
      .select({
        id: commands.id,
        firstSeq: sql<unknown>`${shortJson(commands.result)} -> 'firstSeq'`,
        lastSeq: sql<unknown>`${shortJson(commands.result)} -> 'lastSeq'`,
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
  const readUses = prepare("verify uses", (db, param: ParamOf<{ positions: readonly number[] }>) =>
    db
      .select({ row: row(used) })
      .from(used)
      .where(sql`${used.seq} = ANY (${param("positions")}::bigint[])`),
  );
  const countUses = prepare("verify count of uses", (db, param: ParamOf<{ upTo: number }>) =>
    db
      .select({ count: count() })
      .from(grantUses)
      .where(sql`(${grantUses.seq} > ${param("upTo")}::bigint) IS NOT TRUE`),
  );
  const readNotices = prepare("verify notices", (db, param: Page) =>
    db
      .select({
        position: outbox.position,
        effect: shortJson<StoredEffect["effect"]>(outbox.effect),
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
          lte(outbox.position, GREATEST),
        ),
      )
      .orderBy(asc(outbox.position))
      .limit(param("limit")),
  );

  return {
    projections: (after, limit) => readProjections({ after, limit }),
    gates: async () => {
      const [tables] = await readGates({});
      if (tables === undefined) throw new Error("An aggregate without a row.");
      return tables;
    },
    policies: () => readPolicies({}),
    commands: (ids) => readCommands({ ids }),
    uses: async (positions) => (await readUses({ positions })).map((found) => found.row),
    countUses: async (upTo) => (await countUses({ upTo }))[0]?.count ?? 0,
    countCommands: async (upTo) => (await countCommands({ upTo }))[0]?.count ?? 0,
    notices: (after, limit) => readNotices({ after, limit }),
  };
}
