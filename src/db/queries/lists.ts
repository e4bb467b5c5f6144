import { and, arrayOverlaps, asc, desc, eq, lte, type SQL, sql } from "drizzle-orm";
import type { BypassSummary } from "../../usecases/ports.js";
import type { Asker } from "../asker.js";
import type { Reads } from "../client-reads.js";
import { bypasses } from "../schema.js";

type Row = typeof bypasses.$inferSelect;

interface Listing {
  readonly now: Date;
  readonly bypasses: readonly BypassSummary[];
}

/** Who asks for reviews to write. */
interface Writer {
  readonly person: string;
  readonly accounts: readonly string[];
}

const textArray = (words: readonly string[]): SQL =>
  sql`ARRAY[${sql.join(
    words.map((word) => sql`${word}`),
    sql`, `,
  )}]::text[]`;

const iso = (moment: Date | null) => moment?.toISOString() ?? null;

function summaryOf({ declaredSeq: _, followUpAt: __, ...row }: Row): BypassSummary {
  return {
    ...row,
    declaredAt: row.declaredAt.toISOString(),
    settledAt: iso(row.settledAt),
    endsAt: iso(row.endsAt),
    endedAt: iso(row.endedAt),
    nextDueAt: iso(row.nextDueAt),
    reviewDueAt: row.reviewDueAt.toISOString(),
    reviewedAt: iso(row.reviewedAt),
    reviewSnoozedUntil: iso(row.reviewSnoozedUntil),
  };
}

/** Lists from the projection `bypasses`. */
export function createLists({ readThroughDrizzle }: Asker) {
  const clock = () => sql<Date>`(SELECT breakglass.now())`;

  /** Not put off, or not any longer. */
  const isAwake = () => sql`(${bypasses.reviewSnoozedUntil} IS NULL OR ${bypasses.reviewSnoozedUntil} <= ${clock()})`;

  const now = async (reads: Reads): Promise<Date> => {
    const [row] = await reads.select({ now: clock() }).from(sql`(SELECT) AS nothing`);
    if (row === undefined) throw new Error("PostgreSQL did not tell the time.");
    return row.now;
  };

  const list = (label: string, where: SQL, order: SQL[], limit?: number): Promise<Listing> =>
    readThroughDrizzle(label, async (reads) => {
      const query = reads
        .select({ now: clock(), row: bypasses })
        .from(bypasses)
        .where(where)
        .orderBy(...order);
      const rows = await (limit === undefined ? query : query.limit(limit));
      return { now: rows[0]?.now ?? (await now(reads)), bypasses: rows.map(({ row }) => summaryOf(row)) };
    });

  return {
    // Literals, so that the planner sees that the partial indexes serve.
    open: () => list("open bypasses", sql`${bypasses.status} IN ('requested', 'active')`, [desc(bypasses.n)]),
    reviews: (limit: number) =>
      list("open reviews", sql`${bypasses.reviewStatus} = 'open'`, [asc(bypasses.reviewDueAt), asc(bypasses.n)], limit),
    reviewsOf: (roles: readonly string[], { person, accounts }: Writer, limit: number) =>
      list(
        "reviews of roles",
        sql`${bypasses.reviewStatus} = 'open' AND ${bypasses.endedAt} IS NOT NULL AND ${arrayOverlaps(bypasses.reviewRoles, [...roles, ""])}
          AND ${isAwake()} AND ${bypasses.requesterPerson} <> ${person}
          AND NOT EXISTS (SELECT FROM breakglass.trail t WHERE t.seq = ${bypasses.declaredSeq}
            AND t.body::jsonb -> 'accounts' ?| ${textArray(accounts)})`,
        [asc(bypasses.reviewDueAt), asc(bypasses.n)],
        limit,
      ),
    overdueReviews: (channel: string, limit: number) =>
      list(
        "overdue reviews",
        sql`${bypasses.reviewStatus} = 'open' AND ${bypasses.endedAt} IS NOT NULL AND ${bypasses.reviewDueAt} < ${clock()}
          AND ${isAwake()} AND ${bypasses.declaredFor} = ${channel}`,
        [asc(bypasses.reviewDueAt), asc(bypasses.n)],
        limit,
      ),
    due: async (limit: number): Promise<number[]> => {
      const rows = await readThroughDrizzle("due bypasses", (reads) =>
        reads
          .select({ n: bypasses.n })
          .from(bypasses)
          .where(lte(bypasses.nextDueAt, sql`breakglass.now()`))
          .orderBy(asc(bypasses.nextDueAt), asc(bypasses.n))
          .limit(limit),
      );
      return rows.map(({ n }) => n);
    },
    planned: async (limit: number): Promise<number[]> => {
      const rows = await readThroughDrizzle("planned chases", (reads) =>
        reads
          .select({ n: bypasses.n })
          .from(bypasses)
          .where(
            sql`${bypasses.followUpAt} IS NOT NULL OR ${bypasses.reviewStatus} = 'open' AND ${bypasses.endedAt} IS NOT NULL`,
          )
          .orderBy(asc(bypasses.n))
          .limit(limit),
      );
      return rows.map(({ n }) => n);
    },
    chases: async (limit: number): Promise<number[]> => {
      const rows = await readThroughDrizzle("bypasses to chase", (reads) =>
        reads
          .select({ n: bypasses.n })
          .from(bypasses)
          .where(lte(bypasses.followUpAt, sql`breakglass.now()`))
          .orderBy(asc(bypasses.followUpAt), asc(bypasses.n))
          .limit(limit),
      );
      return rows.map(({ n }) => n);
    },
    atMessage: async (channel: string, ts: string): Promise<number | null> => {
      const [row] = await readThroughDrizzle("bypass of a message", (reads) =>
        reads
          .select({ n: bypasses.n })
          .from(bypasses)
          .where(and(eq(bypasses.alertTs, ts), eq(bypasses.channel, channel))),
      );
      return row?.n ?? null;
    },
  };
}
