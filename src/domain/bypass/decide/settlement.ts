import { bySystem, type Refused, refuse } from "../../decisions/decision.js";
import type { LapseReason } from "../../events/catalogue/bypass.js";
import type { NewEntry } from "../../events/entries.js";
import type { Policy } from "../../policy/policy.js";
import { hasGivenUp } from "../due.js";
import type { Bypass } from "../state.js";
import { forbiddenGates } from "./who-may.js";

/** The grant begins at `at` and lasts as long as declared. */
export function activation(state: Bypass | { durationSeconds: number }, at: string, approved: boolean) {
  const endsAt = new Date(Date.parse(at) + state.durationSeconds * 1000).toISOString();
  return { type: "bypass.activated", endsAt, approved } as const;
}

/** Waives the review of what never became active. */
export const waived = (at: string): NewEntry => bySystem("policy", at, { type: "review.waived", why: "never_active" });

/** The entries that let a request lapse and waive its review, since nothing was bypassed. */
export function lapse(at: string, why: LapseReason): readonly NewEntry[] {
  const part = why === "no_ack" ? "clock" : why === "gate_never_bypass" ? "policy" : "directory";
  return [bySystem(part, at, { type: "bypass.lapsed", why }), waived(at)];
}

/** The refusal when a request cannot be answered any more; `null` while it waits for an answer. */
export function closedRefusal(policy: Policy, state: Bypass, at: string): Refused | null {
  if (state.status !== "requested") return refuse("not_requested");
  if (hasGivenUp(state, at)) return refuse("gave_up", {}, lapse(at, "no_ack"));
  if (forbiddenGates(policy, state.gates).length > 0)
    return refuse("gate_never_bypass", {}, lapse(at, "gate_never_bypass"));
  return null;
}
