import type { Policy } from "./policy.js";

/** Where it stands who holds a role, beside the accounts that the policy lists itself. */
export interface RoleSource {
  /** A Slack user group, or a schedule of PagerDuty. */
  readonly kind: "usergroup" | "schedule";
  readonly id: string;
}

/**
 * Reads who is in a source: Slack accounts of a user group, PagerDuty users who are on call in a schedule. An empty list
 * for one that is not known.
 */
export type MembersOf = (source: RoleSource) => readonly string[];

/**
 * The person behind a Slack account: the name under `people`, or the account's ID where it is not listed. Names start with
 * a small letter or a digit, IDs with `U` or `W`, so the two never meet. Approvals compare persons, never accounts.
 */
export function personOf(policy: Policy, slackUserId: string): string {
  const listed = Object.entries(policy.people).find(([, person]) => person.slack.includes(slackUserId));
  return listed?.[0] ?? slackUserId;
}

/** Every Slack account of the human behind this one, itself included: the policy's `people`, or the account alone. */
export function accountsOf(policy: Policy, slackUserId: string): readonly string[] {
  const known = Object.values(policy.people).find(({ slack }) => slack.includes(slackUserId));
  return known?.slack ?? [slackUserId];
}

/** The sources that have to be read to know who holds any of these roles, each once. */
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

/** Names a source among all: ids of Slack and PagerDuty may be alike. */
export const sourceKey = ({ kind, id }: RoleSource): string => `${kind} ${id}`;

/**
 * Whether an account holds a role. A user group and the policy's own list name accounts: another account of the same
 * person does not hold the role. A schedule names a human, and every Slack account listed for that human holds it.
 * Nobody holds a role that the policy does not know.
 */
export function holdsRole(policy: Policy, role: string, slackUserId: string, membersOf: MembersOf): boolean {
  return accountsOfRole(policy, role, membersOf).includes(slackUserId);
}

/** The accounts that hold a role, each once; listed accounts first. */
export function accountsOfRole(policy: Policy, role: string, membersOf: MembersOf): string[] {
  const found = policy.roles[role];
  if (!found) return [];
  const members = sourcesOf(policy, [role]).flatMap((source) =>
    source.kind === "usergroup" ? membersOf(source) : accountsOnCall(policy, membersOf(source)),
  );
  return [...new Set([...found.slackUsers, ...members])];
}

/** The Slack accounts of these PagerDuty users, as far as the policy binds them; nobody is guessed by name or mail. */
function accountsOnCall(policy: Policy, pagerdutyUsers: readonly string[]): readonly string[] {
  const people = Object.values(policy.people);
  return pagerdutyUsers.flatMap((user) => people.find(({ pagerduty }) => pagerduty === user)?.slack ?? []);
}

/** Those of these PagerDuty users whom the policy binds to no Slack account: they hold nothing by a schedule. */
export function unboundOnCall(policy: Policy, pagerdutyUsers: readonly string[]): readonly string[] {
  return pagerdutyUsers.filter((user) => accountsOnCall(policy, [user]).length === 0);
}

/** Every PagerDuty schedule that the policy names, each once. */
export function schedulesOf(policy: Policy): readonly string[] {
  return sourcesOf(policy, Object.keys(policy.roles)).flatMap(({ kind, id }) => (kind === "schedule" ? [id] : []));
}
