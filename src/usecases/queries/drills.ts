import { type DrillDue, drillsDue } from "../../domain/drill/due.js";
import type { Core } from "../app-context.js";

/** The drills that the policy in force asks for, whether due or not. */
export async function readDrills(core: Core): Promise<readonly DrillDue[]> {
  const { policy } = core.policy.current();
  if (Object.values(policy.paths).every(({ drillEverySeconds }) => drillEverySeconds === null)) return [];
  const [last, begunAt] = await Promise.all([core.queries.lastDrills(), core.queries.begunAt()]);
  return begunAt === null ? [] : drillsDue(policy, last, begunAt);
}
