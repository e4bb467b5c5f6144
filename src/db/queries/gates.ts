import { z } from "zod";
import { openBody } from "../../domain/audit/body.js";
import { FORCES, VERDICTS } from "../../domain/review/facts.js";
import type { GateItem } from "../../domain/thermometer/gate-item.js";
import type { Counted } from "../../domain/thermometer/readings.js";
import type { GateMark, GateQueries } from "../../usecases/ports/ports.js";
import type { Asker } from "../asker.js";

const moment = z.date().transform((date) => date.toISOString());

const counted: z.ZodType<Counted> = z.object({
  n: z.int(),
  gates: z.array(z.string()),
  activatedAt: moment,
  endsAt: moment,
  endedAt: moment.nullable(),
  // A word that this release does not know costs one bypass its review, and not every gate its reading.
  verdict: z.enum(VERDICTS).nullable().catch(null),
  gatesAtFault: z.array(z.string()),
  forcedBy: z.enum(FORCES).nullable().catch(null),
});

const gateItem = z
  .object({
    gate: z.string(),
    item: z.int(),
    status: z.enum(["open", "mended", "recovered"]),
    owner: z.string(),
    openedSeq: z.coerce.number(),
    openedAt: moment,
    dueAt: moment,
    closedAt: moment.nullable(),
    mendedAt: moment.nullable(),
    remindedTo: moment.nullable(),
    told: z.boolean(),
    snoozedUntil: moment.nullable(),
  })
  .transform(
    ({ remindedTo, told, snoozedUntil, ...item }): GateItem => ({
      ...item,
      chasing: { remindedTo, told, escalated: false, snoozedUntil },
    }),
  );

const mark: z.ZodType<GateMark> = z.object({
  seq: z.coerce.number(),
  item: z.int(),
  what: z.enum(["sickened", "changed", "retired", "recovered"]),
  at: moment,
  reason: z.string().nullable(),
});

/** Readings from the projection of bypasses, gate items from their own. */
export function createGateQueries({ read }: Asker): GateQueries {
  return {
    counted: (since, gates) =>
      read(
        "counted bypasses",
        counted,
        // The conditions are those of the partial index, word for word.
        (sql) => sql`
          SELECT b.n, b.gates, b.settled_at AS "activatedAt", b.ends_at AS "endsAt", b.ended_at AS "endedAt", b.verdict,
            b.gates_at_fault AS "gatesAtFault", b.forced_by AS "forcedBy"
          FROM breakglass.bypasses b
          WHERE b.ends_at IS NOT NULL AND b.kind = 'bypass' AND b.settled_at > ${since}::timestamptz
            AND (${gates === null} OR b.gates && ARRAY(SELECT jsonb_array_elements_text(${sql.json([...(gates ?? [])])})))`,
      ),
    gateItems: () =>
      read(
        "gate items",
        gateItem,
        (sql) => sql`
          SELECT gate, item, status, owner, opened_seq AS "openedSeq", opened_at AS "openedAt", due_at AS "dueAt",
            closed_at AS "closedAt", mended_at AS "mendedAt", reminded_to AS "remindedTo", told,
            snoozed_until AS "snoozedUntil"
          FROM breakglass.gate_items ORDER BY gate`,
      ),
    sickened: async (seq) => {
      const [row] = await read(
        "opening of a gate item",
        z.object({ body: z.string() }),
        (sql) => sql`SELECT body FROM breakglass.trail WHERE seq = ${seq}::bigint`,
      );
      const fact = row === undefined ? null : openBody(row.body).fact;
      return fact?.type === "gate.sickened" ? fact : null;
    },
    gateMarks: (gate) =>
      read(
        "gate marks",
        mark,
        (sql) => sql`
          SELECT m.seq, m.item, m.what, m.at, x.text AS reason FROM breakglass.gate_marks m
          LEFT JOIN breakglass.trail_text x ON x.seq = m.seq AND x.field = 'reason'
          WHERE m.gate = ${gate} ORDER BY m.seq`,
      ),
  };
}
