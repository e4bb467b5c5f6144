import { askAtMost } from "../../domain/policy/policy.js";
import { accountsOfRole, namedAccountsOfRole } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import type { Account } from "../ports/ports.js";
import { isKnownStranger, readAccounts } from "./read-accounts.js";
import { readMembers } from "./read-roles.js";

/** Whom to address of all who hold some roles. */
export interface Choice {
  /** Members of this workspace, or accounts that could not be looked up: those named first, then others by turn. */
  readonly chosen: readonly { readonly user: string; readonly account: Account | null }[];
  /** Who of them is on call or listed in the policy. They are chosen however many there are. */
  readonly named: readonly string[];
  /** How many more accounts hold a role. They were not looked up. */
  readonly others: number;
}

export interface ChoiceOptions {
  /** The most members of user groups to choose, those who are named included in the count. */
  readonly atMost: number;
  /** Members of user groups are chosen in turns: each turn begins where the one before it ended. */
  readonly turn: number;
  /** Who does not count as a holder, such as the requester. */
  readonly without?: (user: string) => boolean;
}

/** Lookups for each place to fill, where guests, bots and strangers are in the group; then fewer are chosen. */
const LOOKUPS_PER_PLACE = 3;

/**
 * Chooses who is addressed in the name of these roles, by the policy in force. Only the chosen are looked up: a group is
 * read with one call, but each account costs one. `null` when a user group could not be read, or when a schedule could
 * not and no other holder is known.
 */
export async function chooseMembers(
  context: Pick<AppContext, "directory" | "policy">,
  roles: readonly string[],
  { atMost, turn, without = () => false }: ChoiceOptions,
): Promise<Choice | null> {
  const { policy } = context.policy.current();
  const { membersOf, unread } = await readMembers(context, roles);
  const accounts = (of: typeof accountsOfRole) => [...new Set(roles.flatMap((role) => of(policy, role, membersOf)))];
  const holders = accounts(accountsOfRole).sort();
  if (unread.some(({ kind }) => kind === "usergroup") || (unread.length > 0 && holders.length === 0)) return null;

  const named = new Set(accounts(namedAccountsOfRole).filter((user) => !without(user)));
  const rest = holders.filter((user) => !named.has(user) && !without(user));
  const pool = rest.length > atMost ? inTurn(rest, turn * atMost) : rest;
  const members = async (users: readonly string[]) =>
    (await readAccounts(context, users)).filter(
      ({ user, account }) => !isKnownStranger(account) && !(account?.ids ?? [user]).some(without),
    );
  const chosen = await members([...named]);
  const most = atMost * LOOKUPS_PER_PLACE;
  let next = 0;
  for (let room = atMost - chosen.length; room > 0 && next < pool.length; room = atMost - chosen.length) {
    if (next >= most && chosen.length > 0) break;
    chosen.push(...(await members(pool.slice(next, next + room))));
    next += room;
  }
  const others = Math.max(0, pool.length - next);
  return { chosen, named: chosen.flatMap(({ user }) => (named.has(user) ? [user] : [])), others };
}

/**
 * Members of this workspace that hold one of the roles, as many as the policy's paths ask at once: first those who are
 * on call or listed, then members of user groups, others at each turn. An account that could not be looked up is
 * included: it holds the role, and its click is checked again. `null` when Slack, or a schedule, could not say who holds
 * the roles.
 */
export async function membersHolding(
  context: Pick<AppContext, "directory" | "policy">,
  roles: readonly string[],
  turn = 0,
): Promise<readonly string[] | null> {
  const { policy } = context.policy.current();
  const atMost = Math.max(...Object.keys(policy.paths).map((path) => askAtMost(policy, path)));
  const choice = await chooseMembers(context, roles, { atMost, turn });
  return choice === null ? null : choice.chosen.map(({ user }) => user);
}

/** The list from that place on, and round. */
function inTurn(users: readonly string[], from: number): readonly string[] {
  const start = from % users.length;
  return [...users.slice(start), ...users.slice(0, start)];
}
