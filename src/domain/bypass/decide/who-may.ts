import type { Principal } from "../../decisions/principal.js";
import type { RefusalCode } from "../../decisions/refusals.js";
import {
  accountRefusal,
  holdsOne,
  isSamePerson,
  requesterThen,
  usesRequestersAccount,
} from "../../decisions/same-person.js";
import { needsApproval } from "../../events/catalogue/bypass.js";
import { isNeverBypassed, type Policy } from "../../policy/policy.js";
import { reviewerRoles } from "../../review/state.js";
import type { Bypass } from "../state.js";

/** Roles that may approve now: those of the declaration, and those the escalation has paged since. */
export function ackRoles(state: Bypass): readonly string[] {
  const paged = state.steps.filter((step) => step.raisedAt !== null).map((step) => step.role);
  return [...new Set([...state.ack.roles, ...paged])];
}

/**
 * The roles that may approve, now or after an escalation, when the policy in force has none of them; else `null`. Who
 * holds a role is not asked: a group can be filled again without a change of the policy.
 */
export function missingApprovers(policy: Policy, state: Bypass): readonly string[] | null {
  if (!needsApproval(state.ack)) return null;
  const roles = [...new Set([...state.ack.roles, ...state.steps.map((step) => step.role)])];
  return roles.some((role) => Object.hasOwn(policy.roles, role)) ? null : roles;
}

/** Why this person may not approve, or `null`. The requester's person may not, whatever roles they hold. */
export function ackRefusal(policy: Policy, state: Bypass, principal: Principal): RefusalCode | null {
  const refused = accountRefusal(principal);
  if (refused !== null) return refused;
  if (isSamePerson(policy, requesterThen(state), principal)) return "self_approval";
  return holdsOne(principal, ackRoles(state)) ? null : "not_entitled";
}

/**
 * Why this person may not deny or revoke, or `null`. Same as approving; the requester has Withdraw and Close instead.
 */
export function answerRefusal(policy: Policy, state: Bypass, principal: Principal): RefusalCode | null {
  const refusal = ackRefusal(policy, state, principal);
  return refusal === "self_approval" ? "own_request" : refusal;
}

/** Why this person may not declare on that path by the policy in force, or `null`. */
export function invokeRefusal(policy: Policy, path: string, principal: Principal): RefusalCode | null {
  const refused = accountRefusal(principal);
  if (refused !== null) return refused;
  return holdsOne(principal, policy.paths[path]?.whoCanInvoke ?? []) ? null : "not_entitled";
}

/** Whether this person may read the free texts of this bypass, by the policy in force. */
export function maySeeTexts(policy: Policy, state: Bypass, principal: Principal): boolean {
  if (accountRefusal(principal) !== null) return false;
  if (usesRequestersAccount(state, principal)) return true;
  const reviewer = state.review === null ? [] : reviewerRoles(state.review);
  return holdsOne(principal, [...ackRoles(state), ...reviewer, ...policy.rights.seeAll]);
}

/** The policy's roles that decide what a person may do with this bypass. */
export function relevantRoles(policy: Policy, state: Bypass): readonly string[] {
  const path = policy.paths[state.path];
  const reviewer = state.review === null ? [] : reviewerRoles(state.review);
  return [...new Set([...(path?.whoCanInvoke ?? []), ...ackRoles(state), ...reviewer, ...policy.rights.seeAll])];
}

/** Those of `gates` that the policy in force no longer allows to be bypassed. */
export function forbiddenGates(policy: Policy, gates: readonly string[]): readonly string[] {
  return gates.filter((gate) => isNeverBypassed(policy, gate));
}
