import type { Policy } from "./policy.js";

/** Reads who is in a Slack user group, by the group's ID; an empty list for one that is not known. */
export type MembersOfGroup = (usergroupId: string) => readonly string[];

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

/**
 * Whether an account holds a role. A role is held by accounts: another account of the same person does not hold it.
 * Nobody holds a role that the policy does not know.
 */
export function holdsRole(policy: Policy, role: string, slackUserId: string, membersOfGroup: MembersOfGroup): boolean {
  const found = policy.roles[role];
  if (!found) return false;
  if (found.slackUsers.includes(slackUserId)) return true;
  return found.slackUsergroup !== null && membersOfGroup(found.slackUsergroup).includes(slackUserId);
}

/** The accounts that hold a role, each once; listed accounts first. */
export function accountsOfRole(policy: Policy, role: string, membersOfGroup: MembersOfGroup): string[] {
  const found = policy.roles[role];
  if (!found) return [];
  const members = found.slackUsergroup === null ? [] : membersOfGroup(found.slackUsergroup);
  return [...new Set([...found.slackUsers, ...members])];
}
