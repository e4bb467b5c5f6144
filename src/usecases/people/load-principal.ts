import type { Principal } from "../../domain/decisions/principal.js";
import { personNow } from "../../domain/decisions/same-person.js";
import { holdsRole } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import { readMembers } from "./read-roles.js";
import { type UnreadSource, unreadOf } from "./unread.js";

/**
 * Reads an account and which of these roles it holds, by the policy in force and from Slack and the schedules. A
 * reading is at most 30 s old; when the source cannot be asked, one of at most 15 minutes counts, and the entry names
 * its time as `roleAsOf`. `unverifiable` when the result depends on something that could not be read.
 */
export async function loadPrincipal(context: AppContext, user: string, roles: readonly string[]): Promise<Principal> {
  const { policy } = context.policy.current();
  const [account, members] = await Promise.all([context.directory.account(user), readMembers(context, roles)]);
  const sameAs = (account?.ids ?? []).filter((id) => id !== user);
  const who = personNow(policy, user, sameAs);
  const unverifiable = async (sources: readonly UnreadSource[]): Promise<Principal> => {
    const unread = await unreadOf(context.directory, sources);
    return { ...who, accountStatus: "unverifiable", ...(unread === null ? {} : { unread }) };
  };
  const unreadRoles = members.unread.map(({ kind }) => kind);
  if (account === null) return unverifiable(["account", ...unreadRoles]);

  const held = roles.filter((role) => [user, ...sameAs].some((id) => holdsRole(policy, role, id, members.membersOf)));
  if (account.accountStatus === "member" && unreadRoles.length > 0 && held.length === 0)
    return unverifiable(unreadRoles);

  const stale = [...(account.stale ? [account.asOf] : []), ...members.stale].map((asOf) => asOf.getTime());
  const principal = {
    ...who,
    ...(sameAs.length === 0 ? {} : { sameAs }),
    accountStatus: account.accountStatus,
    roles: held,
  };
  return stale.length === 0 ? principal : { ...principal, roleAsOf: new Date(Math.min(...stale)).toISOString() };
}
