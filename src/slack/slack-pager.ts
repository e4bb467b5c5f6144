import type { Policy } from "../domain/policy/policy.js";
import { accountsOfRole, personOf } from "../domain/policy/roles.js";
import type { Audience, Directory, Pager, PolicySource } from "../usecases/ports.js";

export interface SlackPagerSettings {
  readonly directory: Pick<Directory, "account" | "group">;
  readonly policy: PolicySource;
}

/** How soon to try again when Slack could not say who holds the role. */
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
      if (holders === null) return { kind: "later", retryAfterMs: RETRY_MS, code: "group_unread" };
      const others = holders.filter((user) => personOf(inForce, user) !== record.state.requester.person);
      return address(directory, others);
    },
  };
}

/** Accounts that the policy in force gives the role; `null` when its user group cannot be read. */
async function holdersOf(
  directory: Pick<Directory, "group">,
  policy: Policy,
  role: string,
): Promise<readonly string[] | null> {
  const usergroup = policy.roles[role]?.slackUsergroup ?? null;
  const group = usergroup === null ? { users: [] } : await directory.group(usergroup);
  return group === null ? null : accountsOfRole(policy, role, () => group.users).sort();
}

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
