import { holdsOne, isRequester, isSamePerson, requesterThen, standingRefusal } from "../../decisions/persons.js";
import type { Principal } from "../../decisions/principal.js";
import type { RefusalCode } from "../../decisions/refusals.js";
import type { Policy } from "../../policy/policy.js";
import { reviewerRoles } from "../../review/state.js";
import type { Bypass } from "../state.js";

/** Roles that may ack at this moment: those of the declaration, and whoever the ladder has paged since. */
export function ackRoles(state: Bypass): readonly string[] {
  const paged = state.rungs.filter((rung) => rung.raisedAt !== null).map((rung) => rung.role);
  return [...new Set([...state.ack.roles, ...paged])];
}

/** May this person ack? The requester's person may not, whatever roles they hold. */
export function ackRefusal(policy: Policy, state: Bypass, facts: Principal): RefusalCode | null {
  const standing = standingRefusal(facts);
  if (standing !== null) return standing;
  if (isSamePerson(policy, requesterThen(state), facts)) return "self_approval";
  return holdsOne(facts, ackRoles(state)) ? null : "not_entitled";
}

/** May this person deny or revoke? Whoever may ack; the requester has Withdraw and Close instead. */
export function answerRefusal(policy: Policy, state: Bypass, facts: Principal): RefusalCode | null {
  const refusal = ackRefusal(policy, state, facts);
  return refusal === "self_approval" ? "own_request" : refusal;
}

/** May this person remove texts, by the policy in force now? */
export function redactRefusal(policy: Policy, facts: Principal): RefusalCode | null {
  return standingRefusal(facts) ?? (holdsOne(facts, policy.rights.redact) ? null : "not_entitled");
}

/** May this person declare on that path, by the policy in force now? */
export function invokeRefusal(policy: Policy, path: string, facts: Principal): RefusalCode | null {
  const standing = standingRefusal(facts);
  if (standing !== null) return standing;
  return holdsOne(facts, policy.paths[path]?.whoCanInvoke ?? []) ? null : "not_entitled";
}

/** May this person read the free texts of this bypass, by the policy in force now? */
export function maySeeTexts(policy: Policy, state: Bypass, facts: Principal): boolean {
  if (standingRefusal(facts) !== null) return false;
  if (isRequester(state, facts)) return true;
  const reviewer = state.review === null ? [] : reviewerRoles(state.review);
  return holdsOne(facts, [...ackRoles(state), ...reviewer, ...policy.rights.seeAll]);
}

/** The roles of the policy that decide what somebody may do to this bypass. */
export function relevantRoles(policy: Policy, state: Bypass): readonly string[] {
  const path = policy.paths[state.path];
  const reviewer = state.review === null ? [] : reviewerRoles(state.review);
  return [...new Set([...(path?.whoCanInvoke ?? []), ...ackRoles(state), ...reviewer, ...policy.rights.seeAll])];
}

/** Gates of this bypass that the policy in force no longer allows to be bypassed. */
export function forbiddenGates(policy: Policy, gates: readonly string[]): readonly string[] {
  return gates.filter((gate) => policy.gates[gate]?.neverBypass != null);
}
