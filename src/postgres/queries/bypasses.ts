import {
  and,
  arrayOverlaps,
  asc,
  desc,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  notExists,
  or,
  type Placeholder,
  type SQL,
  sql,
} from "drizzle-orm";
import { type PgColumn, QueryBuilder } from "drizzle-orm/pg-core";
import { shortHead } from "../../domain/events/hash.js";
import { bypassOf, type CarriedBypass } from "../../usecases/ports/bypass-ref.js";
import type { BypassSummary } from "../../usecases/ports/ports.js";
import { databaseNow, type ParamOf, type QueryRunner } from "../connection/query-runner.js";
import { bypasses, trail } from "../schema.js";

interface Listing {
  readonly now: Date;
  readonly bypasses: readonly BypassSummary[];
  /** How many there are without the limit. */
  readonly total: number;
}

/** Each list of whole rows has one: a row may be as large as a body, and there may be thousands. */
interface Limit {
  readonly limit: number;
}

/** The person who may write reviews. */
interface Writer {
  readonly person: string;
  readonly accounts: readonly string[];
}

const { declaredSeq: _, followUpAt: __, ...summary } = getTableColumns(bypasses);

// Conditions of partial indexes are inline, because the planner must see their literals.
const reviewIsOpen = eq(bypasses.reviewStatus, "open").inlineParams();
const reviewIsPending = and(reviewIsOpen, isNotNull(bypasses.endedAt));

/** Matches a review or an action that is not put off, or no longer. */
export const isNotPutOff = (until: PgColumn) => or(isNull(until), lte(until, databaseNow));

export const reviewIsOverdue = and(
  reviewIsPending,
  lt(bypasses.reviewDueAt, databaseNow),
  isNotPutOff(bypasses.reviewPutOffUntil),
);

/** Matches declarations whose requester had any of these accounts at that time. */
export const declaredByAny = (accounts: Placeholder): SQL =>
  sql`${trail.body}::jsonb -> 'accounts' ?| ${accounts}::text[]`;

/** Reads lists from the projection `bypasses`. */
export function createBypassQueries({ prepare }: QueryRunner) {
  const now = prepare("now", (db) => db.select({ now: databaseNow }).from(sql`(SELECT) AS nothing`));

  /**
   * Builds a list query. Its condition and order match an index, and its result carries the time of its own statement.
   */
  const list = <Params extends object>(
    label: string,
    order: SQL[],
    where: (param: ParamOf<Params & Limit>) => SQL | undefined,
  ) => {
    const read = prepare(label, (db, param: ParamOf<Params & Limit>) =>
      db
        .select({ now: databaseNow, row: summary, hash: trail.hash, total: sql<number>`(count(*) OVER ())::int` })
        .from(bypasses)
        .innerJoin(trail, eq(trail.seq, bypasses.declaredSeq))
        .where(where(param))
        .orderBy(...order)
        .limit(param("limit")),
    );
    return async (params: Params & Limit): Promise<Listing> => {
      const rows = await read(params);
      const [time] = rows.length > 0 ? rows : await now({});
      if (time === undefined) throw new Error("PostgreSQL did not tell the time.");
      return {
        now: time.now,
        bypasses: rows.map(({ row, hash }) => ({ ...row, identity: shortHead(hash) })),
        total: rows[0]?.total ?? 0,
      };
    };
  };

  const numbers = (label: string, where: SQL | undefined, order: SQL[]) => {
    const read = prepare(label, (db, param: ParamOf<Limit>) =>
      db
        .select({ n: bypasses.n })
        .from(bypasses)
        .where(where)
        .orderBy(...order)
        .limit(param("limit")),
    );
    return async (limit: number) => (await read({ limit })).map(({ n }) => n);
  };

  const dueFirst = [asc(bypasses.reviewDueAt), asc(bypasses.n)];
  const isOpen = inArray(bypasses.status, ["requested", "active"]).inlineParams();
  const open = list("open bypasses", [desc(bypasses.n)], () => isOpen);
  const openInBrief = prepare("open bypasses in brief", (db, param: ParamOf<{ forbidden: readonly string[] }>) =>
    db
      .select({
        now: databaseNow,
        row: {
          n: bypasses.n,
          status: bypasses.status,
          requesterUser: bypasses.requesterUser,
          alertTs: bypasses.alertTs,
          declaredAt: bypasses.declaredAt,
          isForbidden: sql<boolean>`${bypasses.gates} && ${param("forbidden")}::text[]`,
        },
      })
      .from(bypasses)
      .where(isOpen)
      .orderBy(desc(bypasses.n)),
  );
  const reviews = list("open reviews", dueFirst, () => reviewIsOpen);
  const reviewsOf = list<{ roles: readonly string[]; person: string; accounts: readonly string[] }>(
    "reviews of roles",
    dueFirst,
    (param) =>
      and(
        reviewIsPending,
        isNotPutOff(bypasses.reviewPutOffUntil),
        arrayOverlaps(bypasses.reviewRoles, param("roles")),
        ne(bypasses.requesterPerson, param("person")),
        notExists(
          new QueryBuilder()
            .select({ seq: trail.seq })
            .from(trail)
            .where(and(eq(trail.seq, bypasses.declaredSeq), declaredByAny(param("accounts")))),
        ),
      ),
  );
  const overdueReviews = list<{ channel: string }>("overdue reviews", dueFirst, (param) =>
    and(reviewIsOverdue, eq(bypasses.declaredFor, param("channel"))),
  );
  const atMessage = prepare("bypass of a message", (db, param: ParamOf<{ channel: string; ts: string }>) =>
    db
      .select({ n: bypasses.n, hash: trail.hash })
      .from(bypasses)
      .innerJoin(trail, eq(trail.seq, bypasses.declaredSeq))
      .where(and(eq(bypasses.alertTs, param("ts")), eq(bypasses.channel, param("channel")))),
  );

  return {
    open: (limit: number) => open({ limit }),
    openInBrief: async (forbidden: readonly string[]) => {
      const rows = await openInBrief({ forbidden });
      const [time] = rows.length > 0 ? rows : await now({});
      if (time === undefined) throw new Error("PostgreSQL did not tell the time.");
      return { now: time.now, bypasses: rows.map(({ row }) => row) };
    },
    reviews: (limit: number) => reviews({ limit }),
    reviewsOf: (roles: readonly string[], { person, accounts }: Writer, limit: number) =>
      reviewsOf({ roles, person, accounts, limit }),
    overdueReviews: (channel: string, limit: number) => overdueReviews({ channel, limit }),
    due: numbers("due bypasses", lte(bypasses.nextDueAt, databaseNow), [asc(bypasses.nextDueAt), asc(bypasses.n)]),
    planned: numbers("planned follow-ups", or(isNotNull(bypasses.followUpAt), reviewIsPending), [asc(bypasses.n)]),
    followUps: numbers("bypasses to follow up", lte(bypasses.followUpAt, databaseNow), [
      asc(bypasses.followUpAt),
      asc(bypasses.n),
    ]),
    atMessage: async (channel: string, ts: string): Promise<CarriedBypass | null> => {
      const [found] = await atMessage({ channel, ts });
      return found === undefined ? null : bypassOf({ n: found.n, identity: shortHead(found.hash) });
    },
  };
}
