import { dueAt } from "../calendar/deadlines.js";
import type { GateEvent } from "../events/catalogue/gate.js";
import { type FollowUp, followUpDue } from "../follow-up/follow-up.js";
import type { FollowUpProgress } from "../follow-up/state.js";
import { DEFAULT_REMINDERS } from "../policy/durations.js";
import type { Policy } from "../policy/policy.js";
import type { Reading } from "./readings.js";

/** The newest item of a gate that was ever sick. Times are ISO 8601 in UTC. */
export interface GateItem {
  readonly gate: string;
  /** From 1, one more at each relapse. */
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
 * What a reading leads to: a sick gate becomes an item of its owner's, again at each relapse; an item whose gate is no longer
 * sick is closed. `null` when nothing changes. Nothing is ever refused or delayed because of a reading.
 */
export function judgeGate(policy: Policy, reading: Reading, item: GateItem | null, now: string): GateEvent | null {
  const { gate, because } = reading;
  if (item?.status === "open") {
    if (because !== null) return null;
    return { type: "gate.recovered", gate, item: item.item, count: reading.counting };
  }
  // A gate that the policy no longer has is nobody's to mend, unless somebody had it before.
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

/** The newest bypasses are evidence enough. */
const MOST_EVIDENCE = 50;

/** An open item, as it is followUp; `null` once it is closed. */
function gateFollowUp(policy: Policy, item: GateItem): FollowUp | null {
  if (item.status !== "open") return null;
  const { openedAt, dueAt: due, progress } = item;
  return {
    plan: { openedAt, dueAt: due, rules: DEFAULT_REMINDERS, escalateAfter: null, officeHours: policy.officeHours },
    progress,
  };
}

/** What progress an item asks for now (ISO). */
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

/** Who answers for the gate now: the policy in force says, or the item where the policy no longer has the gate. */
export const ownerOf = (policy: Policy, item: Pick<GateItem, "gate" | "owner">): string =>
  policy.gates[item.gate]?.owner ?? item.owner;
