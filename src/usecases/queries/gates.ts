import { type Reading, readingsOf } from "../../domain/gate/readings.js";
import type { AppContext } from "../app-context.js";
import type { RecordedGateItem } from "../ports/ports.js";

/**
 * The readings of these gates (`null`: of every gate that may be bypassed or has an item), sickest first, with all
 * items, at one time.
 */
export async function readGates(
  context: AppContext,
  gates: readonly string[] | null,
): Promise<{
  readonly now: string;
  readonly readings: readonly Reading[];
  readonly items: readonly RecordedGateItem[];
}> {
  const { policy } = context.policy.current();
  const now = (await context.ledger.now()).toISOString();
  const since = new Date(Date.parse(now) - 2 * policy.thermometer.windowSeconds * 1000).toISOString();
  const [counted, items] = await Promise.all([context.queries.counted(since, gates), context.queries.gateItems()]);
  const fixedAt = Object.fromEntries(items.map((item) => [item.gate, item.fixedAt]));
  return { now, readings: readingsOf(policy, counted, fixedAt, now, gates ?? undefined), items };
}
