import { isSamePerson, personNow, requesterThen } from "../../domain/decisions/same-person.js";
import { askAtMost } from "../../domain/policy/policy.js";
import { sourcesOf } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import { chooseMembers } from "../people/choose-whom-to-ask.js";
import { unreadOf } from "../people/unread.js";
import type { BypassRecord } from "../ports/ports.js";

/** The accounts to page, or why they are unknown. */
export type Audience =
  | {
      readonly kind: "addressed";
      readonly users: readonly string[];
      /** Who of them holds the role by name, and is asked in any case. */
      readonly named: readonly string[];
      /** How many more accounts hold the role. */
      readonly others: number;
    }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "later"; readonly retryAfterMs: number; readonly code: string };

/** Retry delay when Slack, or a schedule, could not say who holds the role. */
const RETRY_MS = 1000;

/**
 * The members that a page to this role addresses: as many of its holders as the path asks at once, without the requester.
 * An account that could not be looked up is addressed too, if another one could: it holds the role, its click is checked
 * again, and a late page prolongs the incident. When no account could be looked up, Slack is down.
 */
export async function audienceOf(
  context: Pick<AppContext, "directory" | "policy">,
  role: string,
  { n, state }: Pick<BypassRecord, "n" | "state">,
): Promise<Audience> {
  const { policy } = context.policy.current();
  const choice = await chooseMembers(context, [role], {
    atMost: askAtMost(policy, state.path),
    turn: n,
    without: (user) => isSamePerson(policy, requesterThen(state), personNow(policy, user)),
  });
  if (choice === null) return { kind: "later", retryAfterMs: RETRY_MS, code: await whyUnread(context, role) };
  const { chosen, named, others } = choice;
  if (chosen.length === 0) return { kind: "failed", code: "nobody_holds_role" };
  if (chosen.every(({ account }) => account === null))
    return { kind: "later", retryAfterMs: RETRY_MS, code: "accounts_unread" };
  return { kind: "addressed", users: chosen.map(({ user }) => user), named, others };
}

/** Slack's or PagerDuty's own code when they refuse to say who holds the role. */
async function whyUnread(context: Pick<AppContext, "directory" | "policy">, role: string): Promise<string> {
  const kinds = sourcesOf(context.policy.current().policy, [role]).map(({ kind }) => kind);
  return (await unreadOf(context.directory, kinds))?.refusal?.code ?? "role_unread";
}
