import { memoisePerOwner } from "../../lib/memoise.js";
import { accountsOnCall } from "./on-call.js";
import type { Policy } from "./policy.js";

/** Where the holders of a role are listed, other than in the policy itself. */
export interface RoleSource {
  /** A Slack user group, or a PagerDuty schedule. */
  readonly kind: "usergroup" | "schedule";
  readonly id: string;
}

/**
 * The members of a source: Slack accounts of a user group, or PagerDuty users on call in a schedule. An empty list for
 * an unknown source.
 */
export type MembersOf = (source: RoleSource) => readonly string[];

interface Listed {
  readonly name: string;
  readonly accounts: readonly string[];
}

/** The person of each listed account, the first that lists it: every act asks for it. */
const PEOPLE = memoisePerOwner<ReadonlyMap<string, Listed>>();

function listedPerson({ people }: Policy, slackUserId: string): Listed | undefined {
  const byAccount = PEOPLE(people, "", () => {
    const persons = Object.entries(people).reverse();
    return new Map(
      persons.flatMap(([name, { slack }]) => slack.map((account) => [account, { name, accounts: slack }] as const)),
    );
  });
  return byAccount.get(slackUserId);
}

/**
 * The person behind a Slack account: the name under `people`, or the account's ID when it is not listed. Names start
 * with a lower-case letter or a digit, IDs with `U` or `W`, so they cannot collide. Approvals compare people, never
 * accounts.
 */
export function personOf(policy: Policy, slackUserId: string): string {
  return listedPerson(policy, slackUserId)?.name ?? slackUserId;
}

/**
 * Every Slack account of the person behind this one, itself included; the account alone when `people` does not list it.
 */
export function accountsOf(policy: Policy, slackUserId: string): readonly string[] {
  return listedPerson(policy, slackUserId)?.accounts ?? [slackUserId];
}

/** The sources to read to learn who holds any of these roles, each once. */
export function sourcesOf(policy: Policy, roles: readonly string[]): readonly RoleSource[] {
  const all = roles.flatMap((role): RoleSource[] => {
    const { slackUsergroup = null, pagerdutySchedule = null } = policy.roles[role] ?? {};
    return [
      ...(slackUsergroup === null ? [] : [{ kind: "usergroup" as const, id: slackUsergroup }]),
      ...(pagerdutySchedule === null ? [] : [{ kind: "schedule" as const, id: pagerdutySchedule }]),
    ];
  });
  return [...new Map(all.map((source) => [sourceKey(source), source])).values()];
}

/** A unique key for a source: an ID of Slack and one of PagerDuty may be equal. */
export const sourceKey = ({ kind, id }: RoleSource): string => `${kind} ${id}`;

/**
 * Whether an account holds a role. A user group and the policy's own list name accounts: another account of the same
 * person does not hold the role. A schedule names a person, and every Slack account listed for that person holds it.
 * Nobody holds a role that the policy does not define.
 */
export function holdsRole(policy: Policy, role: string, slackUserId: string, membersOf: MembersOf): boolean {
  return accountsOfRole(policy, role, membersOf).includes(slackUserId);
}

/**
 * The roles of an account as far as the policy alone tells: those that its lists give, and with them those that a user
 * group or a schedule may give.
 */
export function rolesByIds(
  policy: Policy,
  slackUserId: string,
): { readonly listed: readonly string[]; readonly possible: readonly string[] } {
  const onCall = Object.values(policy.people).flatMap(({ pagerduty }) => pagerduty ?? []);
  const anybody: MembersOf = ({ kind }) => (kind === "usergroup" ? [slackUserId] : onCall);
  const heldBy = (membersOf: MembersOf) =>
    Object.keys(policy.roles).filter((role) => holdsRole(policy, role, slackUserId, membersOf));
  return { listed: heldBy(() => []), possible: heldBy(anybody) };
}

/** The accounts that hold a role, each once; listed accounts first. */
export function accountsOfRole(policy: Policy, role: string, membersOf: MembersOf): string[] {
  const definition = policy.roles[role];
  if (!definition) return [];
  const members = sourcesOf(policy, [role]).flatMap((source) =>
    source.kind === "usergroup" ? membersOf(source) : accountsOnCall(policy, membersOf(source)),
  );
  return [...new Set([...definition.slackUsers, ...members])];
}

/** The accounts that hold a role by name: listed in the policy, or on call now. */
export function namedAccountsOfRole(policy: Policy, role: string, membersOf: MembersOf): string[] {
  const onCall = sourcesOf(policy, [role]).flatMap((source) =>
    source.kind === "schedule" ? accountsOnCall(policy, membersOf(source)) : [],
  );
  return [...new Set([...onCall, ...(policy.roles[role]?.slackUsers ?? [])])];
}

/** Every PagerDuty schedule that the policy names, each once. */
export function schedulesOf(policy: Policy): readonly string[] {
  return sourcesOf(policy, Object.keys(policy.roles)).flatMap(({ kind, id }) => (kind === "schedule" ? [id] : []));
}
