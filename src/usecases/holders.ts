import { accountsOfRole } from "../domain/policy/roles.js";
import type { Core } from "./core.js";

/**
 * The members of this workspace that hold one of the roles by the policy in force, each once, in a fixed order; `null` when
 * that could not be read. An account that could not be looked up counts: it holds the role, and its click is checked again.
 */
export async function membersHolding(
  core: Pick<Core, "directory" | "policy">,
  roles: readonly string[],
): Promise<readonly string[] | null> {
  const { policy } = core.policy.current();
  const groups = [...new Set(roles.flatMap((role) => policy.roles[role]?.slackUsergroup ?? []))];
  const read = await Promise.all(groups.map(async (id) => [id, await core.directory.group(id)] as const));
  if (read.some(([, group]) => group === null)) return null;
  const members = new Map(read.map(([id, group]) => [id, group?.users ?? []]));
  const users = [...new Set(roles.flatMap((role) => accountsOfRole(policy, role, (id) => members.get(id) ?? [])))];
  const accounts = await Promise.all(
    users.map(async (user) => ({ user, account: await core.directory.account(user) })),
  );
  return accounts
    .filter(({ account }) => account === null || account.standing === "member")
    .map(({ user }) => user)
    .sort();
}
