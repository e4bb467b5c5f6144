import { and, asc, count, eq, exists, isNotNull, ne, type SQLWrapper, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import type { DigestQueries } from "../../usecases/ports/ports.js";
import { listOf, type ParamOf, type QueryRunner } from "../connection/query-runner.js";
import { actions, approvals, bypasses, policies, trail } from "../schema.js";
import { actionIsOpen, actionIsOverdue } from "./actions.js";
import { reviewIsOverdue } from "./bypasses.js";

type Week = ParamOf<{ from: string; to: string }>;

const inWeek = (moment: SQLWrapper, param: Week) =>
  and(sql`${moment} > ${param("from")}::timestamptz`, sql`${moment} <= ${param("to")}::timestamptz`);

/** Reads the figures of the digest, from projections only. */
export function createDigestQueries({ prepare }: QueryRunner): DigestQueries {
  const declared = prepare("bypasses of a week", (db, param: Week) =>
    db
      .select({ kind: bypasses.kind, status: bypasses.status, count: count() })
      .from(bypasses)
      .where(inWeek(bypasses.declaredAt, param))
      .groupBy(bypasses.kind, bypasses.status),
  );
  const counts = prepare("reviews and actions of a week", (db, param: Week) =>
    db
      .select({
        reviewsDue: db.$count(bypasses, and(ne(bypasses.reviewStatus, "waived"), inWeek(bypasses.reviewDueAt, param))),
        reviewsSubmitted: db.$count(bypasses, inWeek(bypasses.reviewedAt, param)),
        reviewsOverdue: db.$count(bypasses, reviewIsOverdue),
        actionsOpen: db.$count(actions, actionIsOpen),
        actionsOverdue: db.$count(actions, actionIsOverdue),
      })
      .from(sql`(SELECT) AS nothing`),
  );
  const approvers = new QueryBuilder()
    .selectDistinct({ person: approvals.person })
    .from(approvals)
    .where(eq(approvals.n, bypasses.n));
  const acked = prepare("approvals of a week", (db, param: Week) =>
    db
      .select({
        path: bypasses.path,
        seconds: sql<number>`extract(epoch FROM ${bypasses.settledAt} - ${bypasses.declaredAt})::float8`,
        requester: bypasses.requesterPerson,
        approvers: listOf<string>(approvers),
      })
      .from(bypasses)
      .where(
        and(
          inWeek(bypasses.declaredAt, param),
          eq(bypasses.kind, "bypass"),
          isNotNull(bypasses.endsAt),
          exists(approvers),
        ),
      ),
  );
  const drills = prepare("last drills", (db) =>
    db
      .select({ path: bypasses.path, at: sql<string>`max(${bypasses.declaredAt})`.mapWith(bypasses.declaredAt) })
      .from(bypasses)
      .where(and(eq(bypasses.kind, "drill").inlineParams(), isNotNull(bypasses.endsAt)))
      .groupBy(bypasses.path),
  );
  const firstPolicy = prepare("first policy", (db) =>
    db
      .select({ at: sql<string | null>`${trail.body}::jsonb ->> 'at'` })
      .from(policies)
      .innerJoin(trail, eq(trail.seq, policies.seq))
      .orderBy(asc(policies.seq))
      .limit(1),
  );

  return {
    week: async (from, to) => {
      const rows = await declared({ from, to });
      const [counted] = await counts({ from, to });
      const bypassRows = rows.filter(({ kind }) => kind === "bypass");
      return {
        bypasses: Object.fromEntries(bypassRows.map((row) => [row.status, row.count])),
        drills: rows.filter(({ kind }) => kind === "drill").reduce((sum, row) => sum + row.count, 0),
        ...(counted ?? { reviewsDue: 0, reviewsSubmitted: 0, reviewsOverdue: 0, actionsOpen: 0, actionsOverdue: 0 }),
      };
    },
    acked: (from, to) => acked({ from, to }),
    lastDrills: async () => Object.fromEntries((await drills({})).map(({ path, at }) => [path, at])),
    begunAt: async () => (await firstPolicy({}))[0]?.at ?? null,
  };
}
