import { dueAt } from "../calendar/deadlines.js";
import type { GateEvent } from "../events/catalogue/gate.js";
import type { Policy } from "../policy/policy.js";
import type { GateItem } from "./gate-item.js";
import type { Reading } from "./readings.js";

/**
 * The event that a reading leads to: a sick gate opens an item for its owner, again at each relapse; an open item whose
 * gate is no longer sick is closed. `null` when nothing changes. A reading never refuses or delays a bypass.
 */
export function judgeGate(policy: Policy, reading: Reading, item: GateItem | null, now: string): GateEvent | null {
  const { gate, because } = reading;
  if (item?.status === "open") {
    if (because !== null) return null;
    return { type: "gate.recovered", gate, item: item.item, count: reading.counting };
  }
  // A gate removed from the policy has no owner, unless an earlier item names one.
  const owner = policy.gates[gate]?.owner ?? item?.owner;
  if (because === null || owner === undefined) return null;
  const { fixWithin, windowSeconds } = policy.thermometer;
  return {
    type: "gate.flagged",
    gate,
    item: (item?.item ?? 0) + 1,
    owner,
    dueAt: dueAt(new Date(now), fixWithin, policy.officeHours).toISOString(),
    because,
    count: reading.counting,
    reviewed: reading.reviewed,
    atFault: reading.atFault,
    windowSeconds,
    bypasses: reading.bypasses.slice(-MOST_EVIDENCE),
  };
}

/** How many bypasses an item lists as evidence, the newest. */
const MOST_EVIDENCE = 50;
