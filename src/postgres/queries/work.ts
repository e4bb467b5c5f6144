import { and, asc, desc, eq, gt, lt, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { ActionSummary } from "../../usecases/ports/ports.js";
import { databaseNow, type ParamOf, type QueryRunner } from "../connection/query-runner.js";
import { actions, bypasses, drafts, homeViewers, trail, trailText } from "../schema.js";
import { isNotPutOff } from "./lists.js";

/** A stored draft. One that another release wrote in another shape is treated as missing. */
const form: z.ZodType<ReviewForm> = z.object({
  edition: z.int(),
  verdict: z.enum(VERDICTS).nullable(),
  gatesAtFault: z.array(z.string()),
  forcedBy: z.enum(FORCES).nullable(),
  aftermath: z.enum(AFTERMATHS).nullable(),
  lesson: z.string(),
  actions: z.array(z.object({ what: z.string(), owner: z.string().nullable(), due: z.string().nullable() })),
});

// The condition of the partial index is inline, so that the planner sees its literal.
export const actionIsOpen = eq(actions.status, "open").inlineParams();
const actionIsActive = and(actionIsOpen, isNotPutOff(actions.putOffUntil));
export const actionIsOverdue = and(actionIsActive, lt(actions.dueAt, databaseNow));

/** Reads open actions, viewers of the App Home, and drafts of reviews. */
export function createWork({ prepare }: QueryRunner) {
  /** Builds a list of open actions that are not put off, the earliest due first. */
  const list = <Params extends object>(
    label: string,
    where: (param: ParamOf<Params & { limit: number }>) => SQL | undefined,
  ): ((params: Params & { limit: number }) => Promise<readonly ActionSummary[]>) =>
    prepare(label, (db, param: ParamOf<Params & { limit: number }>) =>
      db
        .select({
          n: actions.n,
          kind: bypasses.kind,
          action: actions.action,
          // Null only in the stream `system`, which opens no actions.
          version: sql<number>`${trail.version}`,
          owner: actions.owner,
          dueAt: actions.dueAt,
          putOffUntil: actions.putOffUntil,
          what: trailText.text,
        })
        .from(actions)
        .innerJoin(trail, eq(trail.seq, actions.seq))
        .innerJoin(bypasses, eq(bypasses.n, actions.n))
        .leftJoin(trailText, and(eq(trailText.seq, actions.seq), eq(trailText.field, "line")))
        .where(and(actionIsActive, where(param)))
        .orderBy(asc(actions.dueAt), asc(actions.n), asc(actions.action))
        .limit(param("limit")),
    );
  const ofOwners = list<{ owners: readonly string[] }>(
    "actions of a person",
    (param) => sql`${actions.owner} = ANY (${param("owners")}::text[])`,
  );
  const overdue = list<{ channel: string }>("overdue actions", (param) =>
    and(actionIsOverdue, eq(bypasses.declaredFor, param("channel"))),
  );
  const viewers = prepare("viewers of the home", (db) =>
    db
      .select({ account: homeViewers.account })
      .from(homeViewers)
      // On the server's real clock, because `home_opened` writes that.
      .where(gt(homeViewers.openedAt, sql`clock_timestamp() - interval '14 days'`))
      .orderBy(desc(homeViewers.openedAt))
      .limit(300),
  );
  const draft = prepare("draft of a review", (db, param: ParamOf<{ n: number; account: string }>) =>
    db
      .select({ content: drafts.content })
      .from(drafts)
      .where(and(eq(drafts.n, param("n")), eq(drafts.account, param("account")))),
  );

  return {
    actionsOf: (owners: readonly string[], limit: number) => ofOwners({ owners, limit }),
    overdueActions: (channel: string, limit: number) => overdue({ channel, limit }),
    homeViewers: async (): Promise<readonly string[]> => (await viewers({})).map(({ account }) => account),
    draft: async (n: number, account: string): Promise<ReviewForm | null> => {
      const [kept] = await draft({ n, account });
      return form.safeParse(kept?.content).data ?? null;
    },
  };
}
