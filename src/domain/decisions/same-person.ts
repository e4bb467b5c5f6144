import type { Actor, Person } from "../events/actor.js";
import type { Policy } from "../policy/policy.js";
import { accountsOf, personOf } from "../policy/roles.js";
import type { Principal } from "./principal.js";
import type { RefusalCode } from "./refusals.js";

/** A person who acted earlier, with the accounts they had then. */
export interface EarlierPerson extends Person {
  readonly accounts: readonly string[];
}

/** The part of a bypass that concerns its requester. */
export interface Requested {
  readonly requester: Person;
  /** The requester's accounts at the declaration. */
  readonly accounts: readonly string[];
}

/**
 * Why this account may do nothing, or `null`. Only full members of this workspace whose account could be read may act.
 */
export function accountRefusal(principal: Principal): RefusalCode | null {
  return principal.accountStatus === "member" ? null : principal.accountStatus;
}

/** Whether this person holds one of these roles. */
export const holdsOne = (principal: Principal, roles: readonly string[]): boolean =>
  "roles" in principal && principal.roles.some((role) => roles.includes(role));

/**
 * Whether the actor uses one of the accounts that the requester had at the declaration. A name in the policy can be
 * given to somebody else later; an account cannot.
 */
export function usesRequestersAccount({ accounts }: Pick<Requested, "accounts">, actor: Actor): boolean {
  return actor.kind === "person" && accounts.includes(actor.user);
}

/**
 * Whether the actor is the requester by the trail alone: uses one of their accounts, or has the name that they had in
 * the policy at the declaration. The policy in force does not matter.
 */
export function isRequestersPerson(bypass: Requested, actor: Actor): boolean {
  return usesRequestersAccount(bypass, actor) || (actor.kind === "person" && actor.person === bypass.requester.person);
}

/** Whether that person, or one of these accounts, approved the bypass, by the trail alone. */
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

/**
 * Whether the principal is the person who acted earlier, by the policy of then or of now. Splitting or merging accounts
 * in the policy after the declaration turns nobody into a second person.
 */
export function isSamePerson(policy: Policy, earlier: EarlierPerson, principal: Acting): boolean {
  const accountsThen = [earlier.user, ...earlier.accounts];
  // By the policy of now, an account of then is the principal's if it is listed with theirs.
  const own = accountsOfPrincipal(policy, principal);
  return principal.person === earlier.person || own.some((account) => accountsThen.includes(account));
}

/** A person who acts, with the other ids that Slack gives their account, where they are known. */
type Acting = Person & { readonly sameAs?: readonly string[] };

/**
 * Every Slack account of the acting person: those that the policy lists with it, and those that Slack says are the same.
 * Where the two disagree, accounts are rather one person than two.
 */
export function accountsOfPrincipal(policy: Policy, { user, sameAs = [] }: Acting): readonly string[] {
  return [...new Set([user, ...sameAs].flatMap((id) => accountsOf(policy, id)))];
}

/**
 * The person behind an account by the policy in force: the account itself, if the policy lists it under none of its ids.
 * @param sameAs the other ids that Slack gives the account
 */
export function personNow(policy: Policy, user: string, sameAs: readonly string[] = []): Person {
  const listed = [user, ...sameAs].find((id) => personOf(policy, id) !== id) ?? user;
  return { kind: "person", user, person: personOf(policy, listed) };
}

/** The requester with their accounts at the declaration, for {@link isSamePerson}. */
export function requesterThen({ requester, accounts }: Requested): EarlierPerson {
  return { ...requester, accounts };
}

/** Why this person may not act as the requester, or `null`. The requester may use any of their accounts. */
export function requesterRefusal(requested: Requested, principal: Principal): RefusalCode | null {
  return accountRefusal(principal) ?? (usesRequestersAccount(requested, principal) ? null : "not_requester");
}
