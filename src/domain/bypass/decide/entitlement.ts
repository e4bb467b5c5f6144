import type { Policy } from "../../policy/policy.js";
import { accountsOf, personOf } from "../../policy/roles.js";
import type { ReviewState } from "../../review/state.js";
import type { Person, PersonFacts } from "../people.js";
import type { RefusalCode } from "../refusals.js";
import type { Bypass } from "../state.js";

/** Only a member of this workspace whose account could be read may do anything. */
export function standingRefusal(facts: PersonFacts): RefusalCode | null {
  return facts.standing === "member" ? null : facts.standing;
}

const holdsOne = (facts: PersonFacts, roles: readonly string[]): boolean =>
  "roles" in facts && facts.roles.some((role) => roles.includes(role));

/** Roles that may ack at this moment: those of the declaration, and whoever the ladder has paged since. */
export function ackRoles(state: Bypass): readonly string[] {
  const paged = state.rungs.filter((rung) => rung.raisedAt !== null).map((rung) => rung.role);
  return [...new Set([...state.ack.roles, ...paged])];
}

/**
 * Does the requester act, through any of the accounts that were theirs at the declaration? Names in the policy can be
 * given to somebody else afterwards; accounts cannot.
 */
export function isRequester(state: Bypass, facts: Person): boolean {
  return state.accounts.includes(facts.user);
}

/**
 * Is it the person who acted earlier, by what the policy said then or by what it says now? Taking accounts apart, or
 * putting them together, after the declaration makes no second person of anybody.
 */
export function isSamePerson(
  policy: Policy,
  earlier: Person & { readonly accounts: readonly string[] },
  facts: Person,
): boolean {
  const then = [earlier.user, ...earlier.accounts];
  const now = then.flatMap((account) => accountsOf(policy, account));
  const own = [facts.user, ...accountsOf(policy, facts.user)];
  const sameName = facts.person === earlier.person;
  return sameName || own.some((account) => then.includes(account) || now.includes(account));
}

/** Who stands behind an account, by what the policy says now. */
export const personNow = (policy: Policy, user: string): Person => ({
  kind: "person",
  user,
  person: personOf(policy, user),
});

/** The requester as they were at the declaration, to compare with. */
export function requesterThen(state: Bypass): Person & { readonly accounts: readonly string[] } {
  return { ...state.requester, accounts: state.accounts };
}

/** May this person ack? The requester's person may not, whatever roles they hold. */
export function ackRefusal(policy: Policy, state: Bypass, facts: PersonFacts): RefusalCode | null {
  const standing = standingRefusal(facts);
  if (standing !== null) return standing;
  if (isSamePerson(policy, requesterThen(state), facts)) return "self_approval";
  return holdsOne(facts, ackRoles(state)) ? null : "not_entitled";
}

/** May this person deny or revoke? Whoever may ack; the requester has Withdraw and Close instead. */
export function answerRefusal(policy: Policy, state: Bypass, facts: PersonFacts): RefusalCode | null {
  const refusal = ackRefusal(policy, state, facts);
  return refusal === "self_approval" ? "own_request" : refusal;
}

/** May this person remove texts, by the policy in force now? */
export function redactRefusal(policy: Policy, facts: PersonFacts): RefusalCode | null {
  return standingRefusal(facts) ?? (holdsOne(facts, policy.rights.redact) ? null : "not_entitled");
}

/** Roles that may write this review: the reviewer's, and those that it was raised with because it was overdue. */
export const reviewerRoles = (review: ReviewState): readonly string[] => [review.reviewer, ...review.escalatedTo];

/** Only the requester, as a person: through any of their accounts. */
export function requesterRefusal(state: Bypass, facts: PersonFacts): RefusalCode | null {
  return standingRefusal(facts) ?? (isRequester(state, facts) ? null : "not_requester");
}

/** May this person declare on that path, by the policy in force now? */
export function invokeRefusal(policy: Policy, path: string, facts: PersonFacts): RefusalCode | null {
  const standing = standingRefusal(facts);
  if (standing !== null) return standing;
  return holdsOne(facts, policy.paths[path]?.whoCanInvoke ?? []) ? null : "not_entitled";
}

/** May this person read the free texts of this bypass, by the policy in force now? */
export function maySeeTexts(policy: Policy, state: Bypass, facts: PersonFacts): boolean {
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
