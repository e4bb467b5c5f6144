import type { GateItem } from "../../domain/gate/gate-item.js";
import { type Reading, readingOf } from "../../domain/gate/readings.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { AppContext } from "../app-context.js";

/** The readings of these gates (`null`: of every gate that may be bypassed), with all items, at one time. */
export async function readGates(
  context: AppContext,
  gates: readonly string[] | null,
): Promise<{ readonly now: string; readonly readings: readonly Reading[]; readonly items: readonly GateItem[] }> {
  const { policy } = context.policy.current();
  const now = (await context.ledger.now()).toISOString();
  const since = new Date(Date.parse(now) - 2 * policy.thermometer.windowSeconds * 1000).toISOString();
  const [counted, items] = await Promise.all([context.queries.counted(since, gates), context.queries.gateItems()]);
  const known = gates ?? [...new Set([...bypassable(policy), ...items.map(({ gate }) => gate)])];
  const readings = known.map((gate) => {
    const fixedAt = items.find((item) => item.gate === gate)?.fixedAt ?? null;
    return readingOf(gate, counted, policy.thermometer, fixedAt, now);
  });
  return { now, readings, items };
}

const bypassable = (policy: Policy): readonly string[] =>
  Object.values(policy.gates).flatMap(({ id, neverBypass }) => (neverBypass === null ? [id] : []));

/** The channel for messages about gates: that of the digest, else that of the alerts. */
export const channelOfGates = (policy: Policy): string =>
  policy.digest.channel ?? policy.alertChannel ?? Object.values(policy.paths)[0]?.alertChannel ?? "";
