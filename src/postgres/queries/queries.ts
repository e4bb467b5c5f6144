import { and, arrayOverlaps, asc, desc, eq, gte, isNotNull, isNull, max, or, sql } from "drizzle-orm";
import { shortHead } from "../../domain/events/hash.js";
import { bypassName, parseBypassName } from "../../domain/events/names.js";
import type { Queries, RejectionQuery } from "../../usecases/ports/ports.js";
import type { Database } from "../connection/database.js";
import {
  createQueryRunner,
  type ParamOf,
  type QueryRunner,
  type QueryRunnerOptions,
} from "../connection/query-runner.js";
import { bypasses, policies, trail, trailText } from "../schema.js";
import { createActionQueries } from "./actions.js";
import { createBypassQueries, declaredByAny } from "./bypasses.js";
import { createDigestQueries } from "./digest.js";
import { createDraftQuery } from "./drafts.js";
import { createGapQueries } from "./gaps.js";
import { createGateQueries } from "./gates.js";
import { createHomeViewersQuery } from "./home-viewers.js";
import { createOriginQueries } from "./origins.js";
import { createOverdueQuery } from "./overdue.js";
import { createRecordQuery } from "./record.js";
import { createUseQueries } from "./uses.js";
import { createWebhookQueries } from "./webhooks.js";

/** Creates the reads of the use cases: one bypass from the trail itself, lists from the projections. */
export function createQueries(db: Database, options: QueryRunnerOptions = {}): Queries {
  const runner = createQueryRunner(db, options);
  return {
    ...createBypassQueries(runner),
    ...createActionQueries(runner),
    ...createGateQueries(runner),
    ...createDigestQueries(runner),
    ...createGapQueries(runner),
    ...createOriginQueries(runner),
    ...createTrailQueries(runner),
    ...createUseQueries(runner),
    ...createWebhookQueries(runner),
    draft: createDraftQuery(runner),
    homeViewers: createHomeViewersQuery(runner),
    overdue: createOverdueQuery(runner),
    record: createRecordQuery(runner),
  };
}

/** Reads single values that need the trail or its texts. */
function createTrailQueries({ prepare }: QueryRunner) {
  let installation: string | null = null;

  // The key of a target is a text of the declaration, so it is gone once redacted.
  const lastRejection = prepare("last rejection", (db, param: ParamOf<RejectionQuery & { since: Date }>) =>
    db
      .select({ at: max(bypasses.rejectedAt) })
      .from(bypasses)
      .innerJoin(trail, eq(trail.seq, bypasses.declaredSeq))
      .leftJoin(trailText, and(eq(trailText.seq, bypasses.declaredSeq), eq(trailText.field, "target_key")))
      .where(
        and(
          isNotNull(bypasses.rejectedAt),
          gte(bypasses.rejectedAt, param("since")),
          eq(bypasses.kind, param("kind")),
          or(
            sql`${param("targetKey")}::text IS NULL`,
            isNull(trailText.text),
            eq(bypasses.targetKind, "text").inlineParams(),
            eq(trailText.text, param("targetKey")),
            declaredByAny(param("accounts")),
          ),
          arrayOverlaps(bypasses.gates, param("gates")),
        ),
      ),
  );
  const drillsOf = prepare("drills of a person", (db, param: ParamOf<{ accounts: readonly string[]; since: Date }>) =>
    db
      .select({ at: bypasses.declaredAt })
      .from(bypasses)
      .innerJoin(trail, eq(trail.seq, bypasses.declaredSeq))
      .where(
        and(
          eq(bypasses.kind, "drill").inlineParams(),
          gte(bypasses.declaredAt, param("since")),
          declaredByAny(param("accounts")),
        ),
      )
      .orderBy(asc(bypasses.declaredAt)),
  );
  const lastPolicy = prepare("policy on record", (db) =>
    db.select().from(policies).orderBy(desc(policies.seq)).limit(1),
  );
  const firstEntry = prepare("installation", (db) =>
    db.select({ hash: trail.hash }).from(trail).where(eq(trail.seq, 1)),
  );
  const hashAt = prepare("hash of an entry", (db, param: ParamOf<{ stream: string; version: number }>) =>
    db
      .select({ hash: trail.hash })
      .from(trail)
      .where(and(eq(trail.stream, param("stream")), eq(trail.version, param("version")))),
  );
  const textAt = prepare("text", (db, param: ParamOf<{ seq: number; field: string }>) =>
    db
      .select({
        stream: trail.stream,
        gate: sql<string | null>`${trail.body}::jsonb ->> 'gate'`,
        item: sql<unknown>`${trail.body}::jsonb -> 'item'`,
        redacted: sql<boolean>`${trailText.text} IS NULL`,
      })
      .from(trailText)
      .innerJoin(trail, eq(trail.seq, trailText.seq))
      .where(and(eq(trailText.seq, param("seq")), eq(trailText.field, param("field")))),
  );

  return {
    lastRejection: async (of: RejectionQuery, since: Date): Promise<Date | null> => {
      const at = (await lastRejection({ ...of, since }))[0]?.at;
      return at == null ? null : new Date(at);
    },
    drillsOf: async (accounts: readonly string[], since: Date): Promise<readonly string[]> =>
      (await drillsOf({ accounts, since })).map(({ at }) => at),
    policyOnRecord: async () => (await lastPolicy({}))[0] ?? null,
    installation: async (): Promise<string> => {
      if (installation !== null) return installation;
      const [first] = await firstEntry({});
      if (first === undefined) throw new Error("The trail has no entry yet, so the installation has no name.");
      installation = Buffer.from(first.hash).toString("hex").slice(0, 12);
      return installation;
    },
    identityAt: async (n: number, version: number): Promise<string | null> => {
      const [entry] = await hashAt({ stream: bypassName(n), version });
      return entry === undefined ? null : shortHead(entry.hash);
    },
    textAt: async (seq: number, field: string) => {
      const [row] = await textAt({ seq, field });
      if (row === undefined) return null;
      const { stream, gate, item, redacted } = row;
      return {
        n: parseBypassName(stream),
        gate: gate === null || typeof item !== "number" ? null : { gate, item },
        redacted,
      };
    },
  };
}
