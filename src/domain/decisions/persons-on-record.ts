import type { Actor } from "../events/actor.js";
import type { EarlierPerson, Requested } from "./persons.js";

// Compares persons by the trail alone: by the names and accounts on record, never by the policy in force.

/**
 * Whether the actor uses one of the requester's accounts. Unlike a name in the policy, an account never changes hands.
 */
export function isRequestersAccount(bypass: Requested, actor: Actor): boolean {
  return actor.kind === "person" && bypass.accounts.includes(actor.user);
}

/** Same as {@link isRequestersAccount}, or the actor has the requester's name in the policy. */
export function isRequestersPerson(bypass: Requested, actor: Actor): boolean {
  return isRequestersAccount(bypass, actor) || (actor.kind === "person" && actor.person === bypass.requester.person);
}

/** Whether that person, or one of these accounts, approved the bypass. */
export function hasApproved(
  { approvals }: { readonly approvals: readonly EarlierPerson[] },
  person: string,
  accounts: readonly string[],
): boolean {
  return approvals.some(
    (earlier) =>
      earlier.person === person ||
      accounts.some((account) => account === earlier.user || earlier.accounts.includes(account)),
  );
}

/** Whether both are the same person, acting through the same account. */
export function isSameActor(a: Actor, b: Actor): boolean {
  return a.kind === "person" && b.kind === "person" && a.user === b.user && a.person === b.person;
}
