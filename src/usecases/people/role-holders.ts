import { accountsOfRole } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import { isKnownStranger, readAccounts } from "./members.js";
import { readMembers } from "./role-members.js";

/**
 * The accounts that hold one of the roles by the policy in force, each once, in a fixed order. `null` when a user group
 * could not be read. An unreadable schedule (no token, say) makes the result `null` only when no holder is known
 * otherwise.
 */
export async function accountsHolding(
  context: Pick<AppContext, "directory" | "policy">,
  roles: readonly string[],
): Promise<readonly string[] | null> {
  const { policy } = context.policy.current();
  const { membersOf, unread } = await readMembers(context, roles);
  const users = [...new Set(roles.flatMap((role) => accountsOfRole(policy, role, membersOf)))].sort();
  const isUnknown = unread.some(({ kind }) => kind === "usergroup") || (unread.length > 0 && users.length === 0);
  return isUnknown ? null : users;
}

/**
 * As {@link accountsHolding}, but only members of this workspace. An account that could not be looked up is included:
 * it holds the role, and its click is checked again.
 */
export async function membersHolding(
  context: Pick<AppContext, "directory" | "policy">,
  roles: readonly string[],
): Promise<readonly string[] | null> {
  const users = await accountsHolding(context, roles);
  if (users === null) return null;
  const accounts = await readAccounts(context, users);
  return accounts.filter(({ account }) => !isKnownStranger(account)).map(({ user }) => user);
}
