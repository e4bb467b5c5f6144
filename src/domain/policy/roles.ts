import type { Policy, Right } from "./policy.js";

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

/** The person behind a GitHub login, whatever its case; null where nobody under `people` has it. */
export function personOfGithub(policy: Policy, login: string): string | null {
  const wanted = login.toLowerCase();
  return Object.entries(policy.people).find(([, person]) => person.github?.toLowerCase() === wanted)?.[0] ?? null;
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

/** The roles that an account holds, in the order of the policy. */
export function rolesOf(policy: Policy, slackUserId: string, membersOfGroup: MembersOfGroup): string[] {
  return Object.keys(policy.roles).filter((role) => holdsRole(policy, role, slackUserId, membersOfGroup));
}

/** The accounts that hold a role, each once; listed accounts first. */
export function accountsOfRole(policy: Policy, role: string, membersOfGroup: MembersOfGroup): string[] {
  const found = policy.roles[role];
  if (!found) return [];
  const members = found.slackUsergroup === null ? [] : membersOfGroup(found.slackUsergroup);
  return [...new Set([...found.slackUsers, ...members])];
}

/** The roles that hold a right beside the paths; an empty list means that nobody does. */
export function rightHolders(policy: Policy, right: Right): readonly string[] {
  return policy.rights[right];
}

/** Whether an account holds a right beside the paths, through any of its roles. */
export function holdsRight(policy: Policy, right: Right, slackUserId: string, membersOfGroup: MembersOfGroup): boolean {
  return rightHolders(policy, right).some((role) => holdsRole(policy, role, slackUserId, membersOfGroup));
}
