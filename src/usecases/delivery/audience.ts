import { isSamePerson, personNow, requesterThen } from "../../domain/decisions/persons.js";
import { sourcesOf } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import { isKnownStranger, readAccounts } from "../people/members.js";
import { accountsHolding } from "../people/role-holders.js";
import { unreadOf } from "../people/unread.js";
import type { BypassRecord } from "../ports/ports.js";

/** The accounts to page, or why they are unknown. */
export type Audience =
  | { readonly kind: "addressed"; readonly users: readonly string[] }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "later"; readonly retryAfterMs: number; readonly code: string };

/** Retry delay when Slack, or a schedule, could not say who holds the role. */
const RETRY_MS = 1000;

/**
 * The members that a page to this role addresses: its holders without the requester. An account that could not be
 * looked up is addressed too, if another one could: it holds the role, its click is checked again, and a late page
 * prolongs the incident. When no account could be looked up, Slack is down.
 */
export async function audienceOf(
  context: Pick<AppContext, "directory" | "policy">,
  role: string,
  { state }: Pick<BypassRecord, "state">,
): Promise<Audience> {
  const holders = await accountsHolding(context, [role]);
  if (holders === null) return { kind: "later", retryAfterMs: RETRY_MS, code: await whyUnread(context, role) };
  const { policy } = context.policy.current();
  const others = holders.filter((user) => !isSamePerson(policy, requesterThen(state), personNow(policy, user)));
  const members = (await readAccounts(context, others)).filter(({ account }) => !isKnownStranger(account));
  if (members.length === 0) return { kind: "failed", code: "nobody_holds_role" };
  if (members.every(({ account }) => account === null))
    return { kind: "later", retryAfterMs: RETRY_MS, code: "accounts_unread" };
  return { kind: "addressed", users: members.map(({ user }) => user) };
}

/** Slack's or PagerDuty's own code when they refuse to say who holds the role. */
async function whyUnread(context: Pick<AppContext, "directory" | "policy">, role: string): Promise<string> {
  const kinds = sourcesOf(context.policy.current().policy, [role]).map(({ kind }) => kind);
  return (await unreadOf(context.directory, kinds))?.refusal?.code ?? "role_unread";
}
