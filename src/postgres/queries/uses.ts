import { asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { shortHead } from "../../domain/events/hash.js";
import type { UseQueries } from "../../usecases/ports/ports.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { grantUses } from "../schema.js";

/** How many bypasses of one gate are looked at. Active ones come first. */
const MOST_GRANTS = 100;

const row = z.object({
  now: z.date(),
  seq: z.string().transform(Number),
  hash: z.instanceof(Uint8Array),
  grants: z.array(
    z.object({
      n: z.int(),
      kind: z.enum(["bypass", "drill"]),
      status: z.enum(["requested", "active", "denied", "withdrawn", "lapsed", "expired", "closed", "revoked"]),
      targetKey: z.string().nullable(),
      endsAt: z.iso
        .datetime({ offset: true })
        .transform((at) => new Date(at).toISOString())
        .nullable(),
      requester: z.string(),
      approvedBy: z.array(z.string()),
      policyHash: z.string(),
      usedFor: z.string().nullable(),
    }),
  ),
});

/** Creates the reads for gate checks. */
export function createUseQueries({ read, clock, prepare }: QueryRunner): UseQueries {
  const uses = prepare("uses", (db, param: ParamOf<{ n: number; limit: number }>) =>
    db
      .select({
        seq: grantUses.seq,
        gate: grantUses.gate,
        run: grantUses.run,
        issuer: grantUses.issuer,
        repository: grantUses.repository,
        commit: grantUses.commit,
        proven: grantUses.proven,
        at: grantUses.at,
        total: sql<number>`(count(*) OVER ())::integer`,
      })
      .from(grantUses)
      .where(eq(grantUses.n, param("n")))
      .orderBy(asc(grantUses.seq))
      .limit(param("limit")),
  );

  return {
    grantsOf: async ({ gate, issuer, run }) => {
      // Raw: each branch is to use its own index, and everything has to be of one moment.
      const [found] = await read(
        "grants of a gate",
        row,
        (tag) => tag`
          SELECT ${clock(tag)} AS now, h.seq::text AS seq, h.hash, coalesce((
            SELECT json_agg(json_build_object('n', g.n, 'kind', g.kind, 'status', g.status, 'endsAt', g.ends_at,
              'requester', g.requester_user,
              'targetKey', (SELECT x.text FROM breakglass.trail_text x WHERE x.seq = g.declared_seq AND x.field = 'target_key'),
              'policyHash', (SELECT t.body::jsonb ->> 'policyHash' FROM breakglass.trail t WHERE t.seq = g.declared_seq),
              'approvedBy', ARRAY(
                SELECT t.body::jsonb #>> '{actor,user}' FROM breakglass.trail t
                WHERE t.stream = 'BG-' || g.n AND t.version IN (SELECT a.version FROM breakglass.approvals a WHERE a.n = g.n)
                ORDER BY t.version),
              'usedFor', (SELECT u.commit FROM breakglass.grant_uses u WHERE u.n = g.n AND u.gate = ${gate} AND u.issuer = ${issuer} AND u.run = ${run})))
            FROM (
              (SELECT b.n, b.kind, b.status, b.ends_at, b.requester_user, b.declared_seq FROM breakglass.bypasses b
                WHERE b.status IN ('requested', 'active') AND b.status = 'active' AND ${gate} = ANY (b.gates) ORDER BY b.n DESC LIMIT ${MOST_GRANTS})
              UNION ALL
              (SELECT b.n, b.kind, b.status, b.ends_at, b.requester_user, b.declared_seq FROM breakglass.bypasses b
                WHERE b.ends_at IS NOT NULL AND b.kind = 'bypass' AND b.status NOT IN ('requested', 'active') AND ${gate} = ANY (b.gates)
                  AND b.settled_at > ${clock(tag)} - interval '1 day' ORDER BY b.settled_at DESC LIMIT ${MOST_GRANTS})
            ) g), '[]') AS grants
          FROM breakglass.head h`,
      );
      if (found === undefined) throw new Error("The trail has no head.");
      const { now, seq, hash, grants } = found;
      return { now, trail: { seq, head: shortHead(hash) }, grants };
    },
    usesOf: async (n, limit) => {
      const rows = await uses({ n, limit });
      const list = rows.map(({ total: _, issuer, at, ...use }) => ({
        ...use,
        issuer: issuer === "" ? null : issuer,
        at: new Date(at).toISOString(),
      }));
      return { uses: list, total: rows[0]?.total ?? 0 };
    },
  };
}
