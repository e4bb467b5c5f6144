import type { Person } from "../events/actor.js";
import type { Policy } from "../policy/policy.js";
import { accountsOf, personOf } from "../policy/roles.js";
import type { Principal } from "./principal.js";
import type { RefusalCode } from "./refusals.js";

/** Somebody who acted earlier, with the accounts that were theirs then. */
export interface EarlierPerson extends Person {
  readonly accounts: readonly string[];
}

/** Whatever a requester declared: a bypass, as far as its requester is concerned. */
export interface Requested {
  readonly requester: Person;
  /** The requester's accounts at the declaration. */
  readonly accounts: readonly string[];
}

/** Only a member of this workspace whose account could be read may do anything. */
export function accountRefusal(principal: Principal): RefusalCode | null {
  return principal.accountStatus === "member" ? null : principal.accountStatus;
}

/** Does this person hold one of these roles? */
export const holdsOne = (principal: Principal, roles: readonly string[]): boolean =>
  "roles" in principal && principal.roles.some((role) => roles.includes(role));

/**
 * Does the requester act, through any of the accounts that were theirs at the declaration? Names in the policy can be
 * given to somebody else afterwards; accounts cannot.
 */
export function isRequester({ accounts }: Pick<Requested, "accounts">, principal: Person): boolean {
  return accounts.includes(principal.user);
}

/**
 * Is it the person who acted earlier, by what the policy said then or by what it says now? Taking accounts apart, or
 * putting them together, after the declaration makes no second person of anybody.
 */
export function isSamePerson(policy: Policy, earlier: EarlierPerson, principal: Person): boolean {
  const then = [earlier.user, ...earlier.accounts];
  const now = then.flatMap((account) => accountsOf(policy, account));
  const own = [principal.user, ...accountsOf(policy, principal.user)];
  const sameName = principal.person === earlier.person;
  return sameName || own.some((account) => then.includes(account) || now.includes(account));
}

/** Who stands behind an account, by what the policy says now. */
export const personNow = (policy: Policy, user: string): Person => ({
  kind: "person",
  user,
  person: personOf(policy, user),
});

/** The requester as they were at the declaration, to compare with. */
export function requesterThen({ requester, accounts }: Requested): EarlierPerson {
  return { ...requester, accounts };
}

/** Only the requester, as a person: through any of their accounts. */
export function requesterRefusal(requested: Requested, principal: Principal): RefusalCode | null {
  return accountRefusal(principal) ?? (isRequester(requested, principal) ? null : "not_requester");
}
