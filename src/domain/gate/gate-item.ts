import { dueAt } from "../calendar/deadlines.js";
import type { GateEvent } from "../events/catalogue/gate.js";
import { DEFAULT_REMINDERS } from "../policy/durations.js";
import type { Policy } from "../policy/policy.js";
import type { FollowUpProgress } from "../reminders/follow-up.js";
import { type FollowUp, followUpDue } from "../reminders/follow-up.js";
import type { Reading } from "./readings.js";

/** The newest item of a gate that has been sick. Times are ISO 8601 in UTC. */
export interface GateItem {
  readonly gate: string;
  /** The item's number, from 1, one more at each relapse. */
  readonly item: number;
  readonly status: "open" | "fixed" | "recovered";
  /** The role that owns the gate. */
  readonly owner: string;
  /** The entry that opened it. */
  readonly openedSeq: number;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly closedAt: string | null;
  readonly fixedAt: string | null;
  readonly progress: FollowUpProgress;
}

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

/** The follow-up plan of an open item; `null` once it is closed. */
function gateFollowUp(policy: Policy, item: GateItem): FollowUp | null {
  if (item.status !== "open") return null;
  const { openedAt, dueAt: due, progress } = item;
  return {
    plan: { openedAt, dueAt: due, rules: DEFAULT_REMINDERS, escalateAfter: null, officeHours: policy.officeHours },
    progress,
  };
}

/** The reminder and the overdue notice that an item needs at `now` (ISO 8601). */
export function followUpGate(policy: Policy, item: GateItem, now: string): readonly GateEvent[] {
  const followUp = gateFollowUp(policy, item);
  if (followUp === null) return [];
  const { reminder, overdue } = followUpDue(followUp, now);
  const { gate, item: number } = item;
  const role = ownerOf(policy, item);
  return [
    ...(reminder === null
      ? []
      : [{ type: "gate.reminded", gate, item: number, slot: reminder.at, stage: reminder.stage, role } as const]),
    ...(overdue === null ? [] : [{ type: "gate.overdue", gate, item: number, slot: overdue } as const]),
  ];
}

/** The role that owns the gate by the policy in force, or by the item if the policy no longer has the gate. */
export const ownerOf = (policy: Policy, item: Pick<GateItem, "gate" | "owner">): string =>
  policy.gates[item.gate]?.owner ?? item.owner;
