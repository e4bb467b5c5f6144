import type { GateEvent } from "../events/catalogue/gate.js";
import { DEFAULT_REMINDERS } from "../policy/durations.js";
import type { Policy } from "../policy/policy.js";
import { type FollowUp, type FollowUpProgress, followUpDue } from "../reminders/due-now.js";

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

/** The follow-up plan of an open item; `null` once it is closed. */
export function gateFollowUp(policy: Policy, item: GateItem): FollowUp | null {
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
