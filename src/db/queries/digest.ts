import { z } from "zod";
import type { Acked } from "../../domain/notices/acks.js";
import type { DigestQueries } from "../../usecases/ports/ports.js";
import type { Asker } from "../asker.js";

const status = z.enum(["requested", "active", "denied", "withdrawn", "lapsed", "expired", "closed", "revoked"]);
const count = z.coerce.number();

const counts = z.object({
  reviewsDue: count,
  reviewsSubmitted: count,
  reviewsOverdue: count,
  actionsOpen: count,
  actionsOverdue: count,
});

const acked: z.ZodType<Acked> = z.object({
  path: z.string(),
  seconds: z.number(),
  requester: z.string(),
  approvers: z.array(z.string()),
});

/** The figures of the digest, from the projections alone. */
export function createDigestQueries({ read, clock }: Asker): DigestQueries {
  return {
    week: async (from, to) => {
      const declared = await read(
        "bypasses of a week",
        z.object({ kind: z.enum(["bypass", "drill"]), status, count }),
        (sql) => sql`
          SELECT b.kind, b.status, count(*) AS count FROM breakglass.bypasses b
          WHERE b.declared_at > ${from}::timestamptz AND b.declared_at <= ${to}::timestamptz GROUP BY b.kind, b.status`,
      );
      const [row] = await read(
        "reviews and actions of a week",
        counts,
        (sql) => sql`
          SELECT
            (SELECT count(*) FROM breakglass.bypasses b WHERE b.review_status <> 'waived'
              AND b.review_due_at > ${from}::timestamptz AND b.review_due_at <= ${to}::timestamptz) AS "reviewsDue",
            (SELECT count(*) FROM breakglass.bypasses b
              WHERE b.reviewed_at > ${from}::timestamptz AND b.reviewed_at <= ${to}::timestamptz) AS "reviewsSubmitted",
            (SELECT count(*) FROM breakglass.bypasses b
              WHERE b.review_status = 'open' AND b.ended_at IS NOT NULL AND b.review_due_at < ${clock(sql)}
                AND (b.review_snoozed_until IS NULL OR b.review_snoozed_until <= ${clock(sql)})) AS "reviewsOverdue",
            (SELECT count(*) FROM breakglass.actions a WHERE a.status = 'open') AS "actionsOpen",
            (SELECT count(*) FROM breakglass.actions a WHERE a.status = 'open' AND a.due_at < ${clock(sql)}
              AND (a.snoozed_until IS NULL OR a.snoozed_until <= ${clock(sql)})) AS "actionsOverdue"`,
      );
      const real = declared.filter(({ kind }) => kind === "bypass");
      return {
        bypasses: Object.fromEntries(real.map((one) => [one.status, one.count])),
        drills: declared.filter(({ kind }) => kind === "drill").reduce((sum, one) => sum + one.count, 0),
        ...(row ?? { reviewsDue: 0, reviewsSubmitted: 0, reviewsOverdue: 0, actionsOpen: 0, actionsOverdue: 0 }),
      };
    },
    acked: (from, to) =>
      read(
        "acks of a week",
        acked,
        (sql) => sql`
          SELECT b.path, extract(epoch FROM b.settled_at - b.declared_at)::float8 AS seconds,
            b.requester_person AS requester, ARRAY(SELECT DISTINCT a.person FROM breakglass.approvals a WHERE a.n = b.n) AS approvers
          FROM breakglass.bypasses b
          WHERE b.declared_at > ${from}::timestamptz AND b.declared_at <= ${to}::timestamptz AND b.kind = 'bypass'
            AND b.ends_at IS NOT NULL AND EXISTS (SELECT FROM breakglass.approvals a WHERE a.n = b.n)`,
      ),
    lastDrills: async () => {
      const rows = await read(
        "last drills",
        z.object({ path: z.string(), at: z.date() }),
        (sql) => sql`
          SELECT b.path, max(b.declared_at) AS at FROM breakglass.bypasses b
          WHERE b.kind = 'drill' AND b.ends_at IS NOT NULL GROUP BY b.path`,
      );
      return Object.fromEntries(rows.map(({ path, at }) => [path, at.toISOString()]));
    },
    begunAt: async () => {
      const [row] = await read(
        "first policy",
        z.object({ at: z.string() }),
        (sql) => sql`
          SELECT t.body::jsonb ->> 'at' AS at FROM breakglass.policies p JOIN breakglass.trail t ON t.seq = p.seq
          ORDER BY p.seq LIMIT 1`,
      );
      return row?.at ?? null;
    },
  };
}
