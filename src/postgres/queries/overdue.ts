import { count } from "drizzle-orm";
import type { Queries } from "../../usecases/ports/ports.js";
import type { QueryRunner } from "../connection/query-runner.js";
import { actions, bypasses } from "../schema.js";
import { actionIsOverdue } from "./actions.js";
import { reviewIsOverdue } from "./bypasses.js";

/** Counts what is overdue, for the metrics. */
export function createOverdueQuery({ prepare }: QueryRunner): Queries["overdue"] {
  const reviews = prepare("count overdue reviews", (db) =>
    db.select({ count: count() }).from(bypasses).where(reviewIsOverdue),
  );
  const overdueActions = prepare("count overdue actions", (db) =>
    db.select({ count: count() }).from(actions).where(actionIsOverdue),
  );
  return async () => {
    const [[review], [action]] = await Promise.all([reviews({}), overdueActions({})]);
    return { reviews: review?.count ?? 0, actions: action?.count ?? 0 };
  };
}
