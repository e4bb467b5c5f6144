import { and, arrayOverlaps, asc, eq, gt, isNotNull, or, sql } from "drizzle-orm";
import { z } from "zod";
import { type OpenedBody, openBody } from "../../domain/events/body.js";
import { isGateEvent } from "../../domain/events/catalogue/gate.js";
import { FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import { shortHead } from "../../domain/events/hash.js";
import type { GateQueries } from "../../usecases/ports/ports.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { bypasses, gateItems, gateMarks, trail, trailText } from "../schema.js";

// A word that this release does not know must spoil only the review of its bypass, not the reading of every gate.
const verdict = z.enum(VERDICTS).nullable().catch(null);
const forcedBy = z.enum(FORCES).nullable().catch(null);

/** `null` for an entry that cannot be read: its message is left out, and a verification names it. */
function openedOf(body: string): OpenedBody | null {
  try {
    return openBody(body);
  } catch {
    return null;
  }
}

/** Reads what the readings count from the projection of bypasses, and gate items from their own. */
export function createGateQueries({ prepare }: QueryRunner): GateQueries {
  const counted = prepare(
    "counted bypasses",
    (db, param: ParamOf<{ since: string; gates: readonly string[] | null }>) =>
      db
        .select({
          n: bypasses.n,
          gates: bypasses.gates,
          // Activation sets both.
          activatedAt: sql<string>`${bypasses.settledAt}`.mapWith(bypasses.settledAt),
          endsAt: sql<string>`${bypasses.endsAt}`.mapWith(bypasses.endsAt),
          endedAt: bypasses.endedAt,
          verdict: bypasses.verdict,
          gatesAtFault: bypasses.gatesAtFault,
          forcedBy: bypasses.forcedBy,
        })
        .from(bypasses)
        .where(
          and(
            // The conditions of the partial index. The literal is inline so that the planner can use it.
            isNotNull(bypasses.endsAt),
            eq(bypasses.kind, "bypass").inlineParams(),
            gt(bypasses.settledAt, param("since")),
            or(sql`${param("gates")}::text[] IS NULL`, arrayOverlaps(bypasses.gates, param("gates"))),
          ),
        ),
  );
  const items = prepare("gate items", (db) =>
    db
      .select({ item: gateItems, hash: trail.hash })
      .from(gateItems)
      .innerJoin(trail, eq(trail.seq, gateItems.openedSeq))
      .orderBy(asc(gateItems.gate)),
  );
  const entry = prepare("entry of a gate", (db, param: ParamOf<{ seq: number }>) =>
    db
      .select({ body: trail.body })
      .from(trail)
      .where(eq(trail.seq, param("seq"))),
  );
  const marks = prepare("gate marks", (db, param: ParamOf<{ gate: string }>) =>
    db
      .select({
        seq: gateMarks.seq,
        item: gateMarks.item,
        what: gateMarks.what,
        at: gateMarks.at,
        reason: trailText.text,
        hash: trail.hash,
      })
      .from(gateMarks)
      .innerJoin(trail, eq(trail.seq, gateMarks.seq))
      .leftJoin(trailText, and(eq(trailText.seq, gateMarks.seq), eq(trailText.field, "reason")))
      .where(eq(gateMarks.gate, param("gate")))
      .orderBy(asc(gateMarks.seq)),
  );

  return {
    counted: async (since, gates) =>
      (await counted({ since, gates })).map((row) => ({
        ...row,
        verdict: verdict.parse(row.verdict),
        forcedBy: forcedBy.parse(row.forcedBy),
      })),
    gateItems: async () =>
      (await items({})).map(({ item: { remindedTo, announced, putOffUntil, putOffs, ...item }, hash }) => ({
        ...item,
        identity: shortHead(hash),
        progress: { remindedTo, announced, escalated: false, putOffUntil, putOffs },
      })),
    gateEntry: async (seq) => {
      const [row] = await entry({ seq });
      const opened = row === undefined ? null : openedOf(row.body);
      return opened !== null && isGateEvent(opened.event) ? { event: opened.event, actor: opened.actor } : null;
    },
    gateMarks: async (gate) => (await marks({ gate })).map(({ hash, ...mark }) => ({ ...mark, head: shortHead(hash) })),
  };
}
