import type { Policy } from "../domain/policy/policy.js";
import { accountsOfRole, personOf, type RoleSource, sourceKey, sourcesOf } from "../domain/policy/roles.js";
import type { Audience, Directory, Members, Pager, PolicySource } from "../usecases/ports.js";

export interface SlackPagerSettings {
  readonly directory: Directory;
  readonly policy: PolicySource;
}

/** How soon to try again when Slack, or a schedule, could not say who holds the role. */
const RETRY_MS = 1000;

/**
 * The pager that is always there: a direct message to each holder of the role. Phones in Do Not Disturb stay silent. It
 * says whom to address; the messages themselves are effects like any other.
 */
export function createSlackPager({ directory, policy }: SlackPagerSettings): Pager {
  return {
    name: "slack",
    audience: async ({ role, record }) => {
      const inForce = policy.current().policy;
      const holders = await holdersOf(directory, inForce, role);
      if (holders === null) return { kind: "later", retryAfterMs: RETRY_MS, code: "role_unread" };
      const others = holders.filter((user) => personOf(inForce, user) !== record.state.requester.person);
      return address(directory, others);
    },
  };
}

/**
 * Accounts that the policy in force gives the role; `null` when that cannot be said now. A user group is waited for. A
 * schedule that cannot be read holds up nobody who is known by other means: there may be no token to read it with.
 */
async function holdersOf(directory: Directory, policy: Policy, role: string): Promise<readonly string[] | null> {
  const sources = sourcesOf(policy, [role]);
  const readings = await Promise.all(sources.map((source) => membersOf(directory, source)));
  if (sources.some(({ kind }, index) => kind === "usergroup" && readings[index] === null)) return null;
  const known = new Map(sources.map((source, index) => [sourceKey(source), readings[index]?.users ?? []]));
  const holders = accountsOfRole(policy, role, (source) => known.get(sourceKey(source)) ?? []).sort();
  return holders.length === 0 && readings.includes(null) ? null : holders;
}

const membersOf = (directory: Directory, { kind, id }: RoleSource): Promise<Members | null> =>
  kind === "usergroup" ? directory.group(id) : directory.schedule(id);

/**
 * Members alone are addressed. An account that could not be looked up is addressed beside those that could: it holds the
 * role, its click is checked again, and a late page costs the incident. When none could be looked up, Slack is down.
 */
async function address(directory: Pick<Directory, "account">, users: readonly string[]): Promise<Audience> {
  const accounts = await Promise.all(users.map(async (user) => ({ user, account: await directory.account(user) })));
  const entitled = accounts.filter(({ account }) => account === null || account.standing === "member");
  if (entitled.length === 0) return { kind: "failed", code: "nobody_holds_role" };
  if (entitled.every(({ account }) => account === null))
    return { kind: "later", retryAfterMs: RETRY_MS, code: "accounts_unread" };
  return { kind: "addressed", users: entitled.map(({ user }) => user) };
}
