import { memoisePerOwner } from "../../../lib/memoise.js";
import type { BypassCommand } from "../../bypass/commands.js";
import { decide } from "../../bypass/decide/decide.js";
import type { Bypass } from "../../bypass/state.js";
import type { Decision } from "../../decisions/decision.js";
import type { Principal } from "../../decisions/principal.js";
import type { OpenedBody } from "../../events/body.js";
import type { TrailEvent } from "../../events/catalogue/catalogue.js";
import type { Policy } from "../../policy/policy.js";
import { personOf, rolesByIds } from "../../policy/roles.js";
import { REFUSED } from "./refused.js";

/** By what the entries of one moment are judged. */
export interface RulesInForce {
  /** The policies that may have been in force then, the newest first; at least one. */
  readonly inForce: readonly Policy[];
  /** The policy that an entry of then names; otherwise what is wrong with naming it. */
  readonly named: (hash: string) => Policy | string;
  /** Counts an act that rests on a role whose holders no id tells. */
  readonly untold: () => void;
}

/** The event with type `T`. */
export type EventOf<T extends TrailEvent["type"]> = Extract<TrailEvent, { type: T }>;

/** An entry to judge. */
export type Act = OpenedBody;

/** The violation when an event names other accounts than those of its person. */
export const otherAccounts = (who: "requester" | "approver"): string =>
  `does not name the person and the accounts that its policy gives the ${who}`;

/**
 * What is wrong when the act is decided again on this state. The texts are left out: what was typed was accepted then,
 * and may be redacted since.
 */
export function decidedAgain(
  rules: RulesInForce,
  act: Act,
  before: Bypass,
  command: (by: Principal) => BypassCommand,
  policies: readonly Policy[] = rules.inForce,
): readonly string[] {
  const { event, at } = act;
  return byRoles(rules, act, policies, (policy, by) => {
    const decision = decide(policy, before, command(by), new Date(at));
    return decision.ok ? differenceOf(decision, event) : REFUSED[decision.refusal.code];
  });
}

/** Same as {@link decidedAgain} for what no person did and no policy matters for. */
export function dueAgain(
  rules: RulesInForce,
  { event, at }: Act,
  before: Bypass,
  command: BypassCommand,
): readonly string[] {
  return anyAllows(rules.inForce, (policy) => differenceOf(decide(policy, before, command, new Date(at)), event));
}

/**
 * Asks whether the actor may do it by one of these policies, holding what ids say. A role by a user group or a schedule
 * may be held; an act that rests on one is counted. `ask` returns what is wrong, or `null`.
 */
export function byRoles(
  rules: RulesInForce,
  { event, actor }: Act,
  policies: readonly Policy[],
  ask: (policy: Policy, by: Principal) => string | null,
): readonly string[] {
  if (actor.kind !== "person") return [];
  // Roles are read a moment before the decision, so that a policy that was replaced in between may have given them.
  const known = rules.inForce.map((policy) => rolesOf(policy, actor.user));
  const [only] = known;
  const asOf = "roleAsOf" in event && event.roleAsOf !== null ? { roleAsOf: event.roleAsOf } : {};
  // The ids by which Slack knows the account as well are taken from the entry: only Slack can tell them.
  const ids = "accounts" in event ? { sameAs: event.accounts.filter((id) => id !== actor.user) } : {};
  const askedWith = (which: "listed" | "possible") => {
    const roles =
      known.length === 1 && only !== undefined ? only[which] : [...new Set(known.flatMap((one) => one[which]))];
    const { kind, user, person } = actor;
    const by: Principal = { kind, user, person, accountStatus: "member", roles, ...asOf, ...ids };
    return anyAllows(policies, (policy) => ask(policy, by));
  };
  if (ALSO_WITHOUT_ROLE.has(event.type) && askedWith("listed").length === 0) return [];
  const wrong = askedWith("possible");
  const restsOnNoId = () => known.every(({ listed }) => listed.length === 0) || askedWith("listed").length > 0;
  if (wrong.length === 0 && restsOnNoId()) rules.untold();
  return wrong;
}

/** Acts that some do by what they are to the bypass, and others by a role. */
const ALSO_WITHOUT_ROLE: ReadonlySet<TrailEvent["type"]> = new Set<TrailEvent["type"]>([
  "bypass.logged",
  "review.view_added",
  "action.put_off",
  "action.ended",
]);

/** What is wrong by the first of the policies, unless one of them finds nothing. */
export function anyAllows(policies: readonly Policy[], ask: (policy: Policy) => string | null): readonly string[] {
  let first: string | null = null;
  for (const policy of policies) {
    const wrong = ask(policy);
    if (wrong === null) return [];
    first ??= wrong;
  }
  return first === null ? [] : [first];
}

/**
 * Whether none of the policies in force gives the account that person. An account that the policy does not list may be
 * known to Slack by another id that it lists, so such an account may be any person on the list.
 */
export function namesAnother({ inForce }: RulesInForce, { actor }: Pick<Act, "actor">): boolean {
  if (actor.kind !== "person") return false;
  const { user, person } = actor;
  const gives = (policy: Policy) =>
    personOf(policy, user) === person || (personOf(policy, user) === user && Object.hasOwn(policy.people, person));
  return !inForce.some(gives);
}

type Roles = ReturnType<typeof rolesByIds>;

/** The roles of each account that has acted, by policy: few people act, and often. */
const ROLES = memoisePerOwner<Roles>();

/** See `rolesByIds`. */
export const rolesOf = (policy: Policy, user: string): Roles => ROLES(policy, user, () => rolesByIds(policy, user));

/** How the recorded event differs from what the decision records; `null` when it does not. */
function differenceOf({ entries }: Decision, event: TrailEvent): string | null {
  const ofType = entries.filter((entry) => entry.event.type === event.type);
  const [first] = ofType;
  if (first === undefined) return `records ${event.type}, which the rules do not give at that moment`;
  if (ofType.some((entry) => differentField(entry.event, event) === null)) return null;
  const field = differentField(first.event, event);
  if (field === "accounts") return otherAccounts("approver");
  return `records another ${field} than the policy on record gives`;
}

/** The first field of the event in which the expected one differs; `null` when there is none. */
export function differentField(expected: object, event: object): string | null {
  const values: Readonly<Record<string, unknown>> = { ...expected };
  for (const [field, value] of Object.entries(event)) if (!isSame(values[field], value)) return field;
  return null;
}

/** Whether both hold the same plain data, whatever the order of their keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  return Object.keys(a).length === Object.keys(b).length && differentField(a, b) === null;
}
