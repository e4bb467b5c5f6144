import { and, asc, eq, lt, type SQL, sql } from "drizzle-orm";
import { shortHead } from "../../domain/events/hash.js";
import type { ActionSummary } from "../../usecases/ports/ports.js";
import { databaseNow, type ParamOf, type QueryRunner } from "../connection/query-runner.js";
import { actions, bypasses, trail, trailText } from "../schema.js";
import { isNotPutOff } from "./bypasses.js";

// The condition of the partial index is inline, so that the planner sees its literal.
export const actionIsOpen = eq(actions.status, "open").inlineParams();
const actionIsActive = and(actionIsOpen, isNotPutOff(actions.putOffUntil));
export const actionIsOverdue = and(actionIsActive, lt(actions.dueAt, databaseNow));

/** Reads open actions. */
export function createActionQueries({ prepare }: QueryRunner) {
  /** Builds a list of open actions that are not put off, the earliest due first. */
  const list = <Params extends object>(
    label: string,
    where: (param: ParamOf<Params & { limit: number }>) => SQL | undefined,
  ): ((params: Params & { limit: number }) => Promise<readonly ActionSummary[]>) => {
    const read = prepare(label, (db, param: ParamOf<Params & { limit: number }>) =>
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
          hash: trail.hash,
        })
        .from(actions)
        .innerJoin(trail, eq(trail.seq, actions.seq))
        .innerJoin(bypasses, eq(bypasses.n, actions.n))
        .leftJoin(trailText, and(eq(trailText.seq, actions.seq), eq(trailText.field, "line")))
        .where(and(actionIsActive, where(param)))
        .orderBy(asc(actions.dueAt), asc(actions.n), asc(actions.action))
        .limit(param("limit")),
    );
    return async (params) =>
      (await read(params)).map(({ hash, ...action }) => ({ ...action, identity: shortHead(hash) }));
  };
  const ofOwners = list<{ owners: readonly string[] }>(
    "actions of a person",
    (param) => sql`${actions.owner} = ANY (${param("owners")}::text[])`,
  );
  const overdue = list<{ channel: string }>("overdue actions", (param) =>
    and(actionIsOverdue, eq(bypasses.declaredFor, param("channel"))),
  );

  return {
    actionsOf: (owners: readonly string[], limit: number) => ofOwners({ owners, limit }),
    overdueActions: (channel: string, limit: number) => overdue({ channel, limit }),
  };
}
