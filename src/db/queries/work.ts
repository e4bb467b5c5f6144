import { z } from "zod";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/review/facts.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { ActionSummary } from "../../usecases/ports/ports.js";
import type { Asker } from "../asker.js";

const action = z
  .object({
    n: z.int(),
    kind: z.enum(["bypass", "drill"]),
    action: z.int(),
    version: z.int(),
    owner: z.string(),
    dueAt: z.date(),
    snoozedUntil: z.date().nullable(),
    what: z.string().nullable(),
  })
  .transform(
    (row): ActionSummary => ({
      ...row,
      dueAt: row.dueAt.toISOString(),
      snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    }),
  );

/** A draft as it lies in the database: another release may have written it, and then it is as if there were none. */
const form: z.ZodType<ReviewForm> = z.object({
  edition: z.int(),
  verdict: z.enum(VERDICTS).nullable(),
  gatesAtFault: z.array(z.string()),
  forcedBy: z.enum(FORCES).nullable(),
  aftermath: z.enum(AFTERMATHS).nullable(),
  lesson: z.string(),
  actions: z.array(z.object({ what: z.string(), owner: z.string().nullable(), due: z.string().nullable() })),
});
const kept = z.object({ content: z.unknown() });

/** What is to be done: actions from their projection, and drafts of reviews. */
export function createWork({ read, clock }: Asker) {
  return {
    actionsOf: (owners: readonly string[], limit: number): Promise<readonly ActionSummary[]> =>
      read(
        "actions of a person",
        action,
        (sql) => sql`
          SELECT a.n, b.kind, a.action, t.version, a.owner, a.due_at AS "dueAt", a.snoozed_until AS "snoozedUntil", x.text AS what
          FROM breakglass.actions a JOIN breakglass.trail t ON t.seq = a.seq
          JOIN breakglass.bypasses b ON b.n = a.n
          LEFT JOIN breakglass.trail_text x ON x.seq = a.seq AND x.field = 'line'
          WHERE a.status = 'open' AND a.owner = ANY (ARRAY(SELECT jsonb_array_elements_text(${sql.json([...owners])})))
            AND (a.snoozed_until IS NULL OR a.snoozed_until <= ${clock(sql)})
          ORDER BY a.due_at, a.n, a.action LIMIT ${limit}`,
      ),
    overdueActions: (channel: string, limit: number): Promise<readonly ActionSummary[]> =>
      read(
        "overdue actions",
        action,
        (sql) => sql`
          SELECT a.n, b.kind, a.action, t.version, a.owner, a.due_at AS "dueAt", a.snoozed_until AS "snoozedUntil", x.text AS what
          FROM breakglass.actions a JOIN breakglass.trail t ON t.seq = a.seq
          JOIN breakglass.bypasses b ON b.n = a.n AND b.declared_for = ${channel}
          LEFT JOIN breakglass.trail_text x ON x.seq = a.seq AND x.field = 'line'
          WHERE a.status = 'open' AND a.due_at < ${clock(sql)}
            AND (a.snoozed_until IS NULL OR a.snoozed_until <= ${clock(sql)})
          ORDER BY a.due_at, a.n, a.action LIMIT ${limit}`,
      ),
    homeViewers: async (): Promise<readonly string[]> => {
      const rows = await read(
        "viewers of the home",
        z.object({ account: z.string() }),
        (sql) => sql`
          SELECT account FROM breakglass.home_viewers WHERE opened_at > clock_timestamp() - interval '14 days'
          ORDER BY opened_at DESC LIMIT 300`,
      );
      return rows.map(({ account }) => account);
    },
    draft: async (n: number, account: string): Promise<ReviewForm | null> => {
      const [row] = await read(
        "draft of a review",
        kept,
        (sql) => sql`SELECT content FROM breakglass.drafts WHERE n = ${n} AND account = ${account}`,
      );
      return form.safeParse(row?.content).data ?? null;
    },
  };
}
