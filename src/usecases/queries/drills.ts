import { type DrillDue, drillsDue } from "../../domain/drill/due.js";
import type { AppContext } from "../app-context.js";

/** The drills that the policy in force requires, due or not. */
export async function readDrills(context: AppContext): Promise<readonly DrillDue[]> {
  const { policy } = context.policy.current();
  if (Object.values(policy.paths).every(({ drillEverySeconds }) => drillEverySeconds === null)) return [];
  const [last, begunAt] = await Promise.all([context.queries.lastDrills(), context.queries.begunAt()]);
  return begunAt === null ? [] : drillsDue(policy, last, begunAt);
}
