import type { Bypass } from "../../bypass/state.js";
import type { Policy } from "../../policy/policy.js";
import { type Act, dueAgain, type EventOf, type RulesInForce, rolesOf } from "./rules-in-force.js";

/**
 * Judges whom a page addressed: the role of its step, or one that may approve, and nobody whom the ids keep from holding
 * it. A page without anybody, or to somebody else, would let the requester go alone or the request lapse unseen.
 */
export function pageViolations(
  rules: RulesInForce,
  act: Act,
  event: EventOf<"page.addressed">,
  before: Bypass,
): readonly string[] {
  const { purpose, role, step, users, others } = event;
  const raised = step === null ? undefined : before.steps[step];
  const isPlanned =
    purpose === "page" ? raised?.role === role && raised.raisedAt !== null : before.ack.roles.includes(role);
  const named = users.filter((user) => rules.inForce.some((policy) => isNamed(policy, role, user)));
  return [
    ...(isPlanned ? [] : ["addresses a role that its path neither pages at that moment nor asks"]),
    ...strangerViolations(rules, role, users),
    ...dueAgain(rules, act, before, { type: "address_page", purpose, role, step, users, named, others }),
  ];
}

/** The violation when somebody is addressed in the name of a role that no policy in force can give them. */
export function strangerViolations(
  { inForce }: RulesInForce,
  role: string,
  users: readonly string[],
): readonly string[] {
  const mayHold = (user: string) => inForce.some((policy) => rolesOf(policy, user).possible.includes(role));
  return users.every(mayHold) ? [] : ["addresses somebody to whom the policy on record does not give the role"];
}

/** Whether the account may hold the role by name: listed in the policy, or on call. */
function isNamed(policy: Policy, role: string, user: string): boolean {
  const { slackUsers = [], pagerdutySchedule = null } = policy.roles[role] ?? {};
  return slackUsers.includes(user) || pagerdutySchedule !== null;
}
