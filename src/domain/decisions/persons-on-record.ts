import type { Actor } from "../events/actor.js";
import type { EarlierPerson, Requested } from "./persons.js";

// Persons as the trail alone tells them apart: by the names and accounts on record, never by a policy in force.

/** Does one of the requester's accounts act? An account, unlike a name in the policy, cannot be given to somebody else. */
export function isRequestersAccount(bypass: Requested, actor: Actor): boolean {
  return actor.kind === "person" && bypass.accounts.includes(actor.user);
}

/** As {@link isRequestersAccount}, or somebody under the requester's name. */
export function isRequestersPerson(bypass: Requested, actor: Actor): boolean {
  return isRequestersAccount(bypass, actor) || (actor.kind === "person" && actor.person === bypass.requester.person);
}

/** Did that person, or one of these accounts, approve the bypass? */
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

/** Is it the same person through the same account? */
export function isSameActor(a: Actor, b: Actor): boolean {
  return a.kind === "person" && b.kind === "person" && a.user === b.user && a.person === b.person;
}
