import { ackPlan, reviewOf } from "../../bypass/decide/declare.js";
import { choiceProblems } from "../../bypass/decide/read-declaration.js";
import { invokeRefusal } from "../../bypass/decide/who-may.js";
import type { Bypass } from "../../bypass/state.js";
import { isTaken } from "../../bypass/target.js";
import type { DeclareField } from "../../decisions/refusals.js";
import type { AckPlan } from "../../events/catalogue/bypass.js";
import { formatDuration } from "../../policy/durations.js";
import type { Path, Policy } from "../../policy/policy.js";
import { accountsOf } from "../../policy/roles.js";
import { REFUSED } from "./refused.js";
import {
  type Act,
  byRoles,
  type EventOf,
  isSame,
  namesAnother,
  otherAccounts,
  type RulesInForce,
} from "./rules-in-force.js";

/** The terms of a bypass by its policy, where its declaration says others. Later entries are judged by these. */
export interface LawfulTerms {
  readonly ack: AckPlan;
  readonly durationSeconds: number;
}

/** What is wrong with a declaration, and the terms to judge by if it says others; `null` if it says the policy's. */
export interface DeclarationJudged {
  readonly violations: readonly string[];
  readonly terms: LawfulTerms | null;
}

const PROBLEMS: Readonly<Record<DeclareField, string | null>> = {
  gates: "covers a gate that its path does not open",
  incident: "names no incident of the kind that its path requires",
  duration: "declares a duration that its path does not offer",
  // The path is looked up before, and texts are not read again.
  path: null,
  target: null,
  reason: null,
};

/** Judges a declaration by the policy that it names. */
export function judgeDeclaration(rules: RulesInForce, act: Act, event: EventOf<"bypass.declared">): DeclarationJudged {
  const policy = rules.named(event.policyHash);
  if (typeof policy === "string") return { violations: [policy], terms: null };
  const path = policy.paths[event.path];
  if (path === undefined) return { violations: ["declares by a path that its policy does not have"], terms: null };

  const ack = ackPlan(path);
  const mayInvoke = byRoles(rules, act, rules.inForce, (inForce, by) => {
    const code = invokeRefusal(inForce, event.path, by);
    return code === null ? null : REFUSED[code];
  });
  const areOtherAck = !isSame(ack, event.ack);
  const violations = [
    ...formViolations(policy, path, event),
    ...(areOtherAck ? ["declares other approval rules than its path has"] : []),
    ...(event.channel === path.alertChannel ? [] : ["declares another channel than its path has"]),
    ...(areAccountsOf(policy, act, event) && !namesAnother(rules, act) ? [] : [otherAccounts("requester")]),
    ...mayInvoke,
  ];
  const isLonger = event.durationSeconds > path.expiresAfterSeconds;
  const terms = { ack, durationSeconds: Math.min(event.durationSeconds, path.expiresAfterSeconds) };
  return { violations, terms: areOtherAck || isLonger ? terms : null };
}

function formViolations(policy: Policy, path: Path, event: EventOf<"bypass.declared">): readonly string[] {
  const { gates, incident, durationSeconds } = event;
  const duration = formatDuration(durationSeconds);
  const problems = choiceProblems(policy, path, { gates, incident: incident ?? "", duration });
  return [
    ...problems.flatMap(([field]) => PROBLEMS[field] ?? []),
    ...(isTaken(path.target, event.target.kind) ? [] : ["is for a kind of target that its path does not take"]),
  ];
}

function areAccountsOf(policy: Policy, { actor }: Act, { accounts }: EventOf<"bypass.declared">): boolean {
  if (actor.kind !== "person") return true;
  // Slack may know the account by further ids, which only Slack can tell: each stands with all that the policy lists for it.
  const own = new Set([actor.user, ...accounts]);
  return own.size === accounts.length && [...own].every((id) => accountsOf(policy, id).every((one) => own.has(one)));
}

/** Judges the review that a declaration opens: who writes it, and by when. */
export function openingViolations(
  rules: RulesInForce,
  { at }: Act,
  event: EventOf<"review.opened">,
  before: Bypass,
): readonly string[] {
  const policy = rules.named(before.policyHash);
  const path = typeof policy === "string" ? undefined : policy.paths[before.path];
  // The declaration is reported then.
  if (typeof policy === "string" || path === undefined) return [];
  const expected = reviewOf(policy, path, at);
  return [
    ...(event.reviewer === expected.reviewer ? [] : ["opens the review for another role than its path has"]),
    ...(event.dueAt === expected.dueAt ? [] : ["opens a review that is due at another time than its path says"]),
  ];
}
