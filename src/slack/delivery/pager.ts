import { isSamePerson, personNow, requesterThen } from "../../domain/decisions/persons.js";
import type { Audience, Directory, Pager, PolicySource } from "../../usecases/ports/ports.js";

export interface SlackPagerSettings {
  readonly directory: Directory;
  readonly policy: PolicySource;
  /** Accounts that hold a role under the policy in force; `null` when that is not known at the moment. */
  readonly holders: (role: string) => Promise<readonly string[] | null>;
}

/** Retry delay when Slack, or a schedule, could not say who holds the role. */
const RETRY_MS = 1000;

/**
 * The pager that is always available: a direct message to each holder of the role. Phones in Do Not Disturb stay silent.
 * It only names the recipients; the messages are effects like any others.
 */
export function createSlackPager({ directory, policy, holders }: SlackPagerSettings): Pager {
  return {
    name: "slack",
    audience: async ({ role, record }) => {
      const users = await holders(role);
      if (users === null) return { kind: "later", retryAfterMs: RETRY_MS, code: "role_unread" };
      const inForce = policy.current().policy;
      const requester = requesterThen(record.state);
      const others = users.filter((user) => !isSamePerson(inForce, requester, personNow(inForce, user)));
      return addressMembers(directory, others);
    },
  };
}

/**
 * Addresses members only. An account that could not be looked up is addressed too, if another one could: it holds the
 * role, its click is checked again, and a late page prolongs the incident. When no account could be looked up, Slack is
 * down.
 */
async function addressMembers(directory: Pick<Directory, "account">, users: readonly string[]): Promise<Audience> {
  const accounts = await Promise.all(users.map(async (user) => ({ user, account: await directory.account(user) })));
  const entitled = accounts.filter(({ account }) => account === null || account.accountStatus === "member");
  if (entitled.length === 0) return { kind: "failed", code: "nobody_holds_role" };
  if (entitled.every(({ account }) => account === null))
    return { kind: "later", retryAfterMs: RETRY_MS, code: "accounts_unread" };
  return { kind: "addressed", users: entitled.map(({ user }) => user) };
}
