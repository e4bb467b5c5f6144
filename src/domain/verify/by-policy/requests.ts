import { ALONE_WORDS } from "../../bypass/decide/proceed-alone.js";
import { forbiddenGates } from "../../bypass/decide/who-may.js";
import type { Bypass } from "../../bypass/state.js";
import { decideRedaction } from "../../decisions/redaction.js";
import { AS_RECORDED } from "../../decisions/texts.js";
import { type AckPlan, needsApproval } from "../../events/catalogue/bypass.js";
import { REFUSED } from "./refused.js";
import { type Act, byRoles, decidedAgain, dueAgain, type EventOf, type RulesInForce } from "./rules-in-force.js";

type Answer = "bypass.denied" | "bypass.revoked" | "bypass.rejected_late" | "bypass.logged";

/** Judges an approval by the policy that it names. */
export function approvalViolations(
  rules: RulesInForce,
  act: Act,
  { policyHash }: EventOf<"ack.given">,
  before: Bypass,
): readonly string[] {
  const policy = rules.named(policyHash);
  if (typeof policy === "string") return [policy];
  return decidedAgain(rules, act, before, (by) => ({ type: "approve", by, policyHash, requester: null }), [policy]);
}

/** Judges what people answered to a request or did to a grant, apart from its requester. */
export function answerViolations(
  rules: RulesInForce,
  act: Act,
  event: EventOf<Answer>,
  before: Bypass,
): readonly string[] {
  switch (event.type) {
    case "bypass.denied":
      return decidedAgain(rules, act, before, (by) => ({ type: "deny", by, reason: AS_RECORDED }));
    case "bypass.revoked":
      return event.why === "person"
        ? decidedAgain(rules, act, before, (by) => ({ type: "revoke", by, reason: AS_RECORDED }))
        : systemViolations(rules, event, before);
    case "bypass.rejected_late":
      return decidedAgain(rules, act, before, (by) => ({ type: event.answer, by, reason: AS_RECORDED }));
    case "bypass.logged":
      return decidedAgain(rules, act, before, (by) => ({ type: "log", by, line: AS_RECORDED, via: event.via }));
    default:
      return event satisfies never;
  }
}

/** Judges Proceed Alone. `lastRejectedAt` is when the trail says that another person said no to the same gate, see `Rejections`. */
export function aloneViolations(
  rules: RulesInForce,
  act: Act,
  before: Bypass,
  lastRejectedAt: string | null,
): readonly string[] {
  return decidedAgain(rules, act, before, (by) => ({ type: "proceed_alone", by, typed: ALONE_WORDS, lastRejectedAt }));
}

/** Judges the end of a request without an answer. */
export function lapseViolations(
  rules: RulesInForce,
  act: Act,
  event: EventOf<"bypass.lapsed">,
  before: Bypass,
): readonly string[] {
  return event.why === "no_ack"
    ? dueAgain(rules, act, before, { type: "tick" })
    : systemViolations(rules, event, before);
}

/** Judges why the system ended a bypass: whether a gate may still be bypassed, since only Slack knows the accounts. */
function systemViolations(
  { inForce, untold }: RulesInForce,
  { why }: EventOf<"bypass.lapsed"> | EventOf<"bypass.revoked">,
  { gates }: Bypass,
): readonly string[] {
  if (why === "requester_deactivated") untold();
  if (why !== "gate_never_bypass" || inForce.some((policy) => forbiddenGates(policy, gates).length > 0)) return [];
  return ["ends a bypass for a gate that the policy on record allows to be bypassed"];
}

/** Judges the beginning of a grant by the terms of its path. */
export function activationViolations(
  { at }: Act,
  event: EventOf<"bypass.activated">,
  { ack, durationSeconds, approvals }: Pick<Bypass, "durationSeconds" | "approvals"> & { readonly ack: AckPlan },
): readonly string[] {
  const violations: string[] = [];
  if (event.approved && approvals.length < ack.needed)
    violations.push("activates a grant with fewer approvals than the policy on record needs");
  if (!event.approved && needsApproval(ack) && ack.aloneAfterSeconds === null)
    violations.push("activates a grant without the approval that the policy on record needs");
  if (Date.parse(event.endsAt) > Date.parse(at) + durationSeconds * 1000)
    violations.push("activates a longer grant than the policy on record allows");
  return violations;
}

/** Judges whether the policy in force has a role that may approve. */
export function blockedViolations(
  rules: RulesInForce,
  act: Act,
  { policyHash }: EventOf<"ack.blocked" | "ack.unblocked">,
  before: Bypass,
): readonly string[] {
  const policy = rules.named(policyHash);
  if (typeof policy === "string") return [policy];
  return dueAgain({ ...rules, inForce: [policy] }, act, before, { type: "check_approvers", policyHash });
}

/** Judges who removed a text, of a bypass or of a gate's owner. */
export function redactionViolations(
  rules: RulesInForce,
  act: Act,
  { seq, field, provenOrigins }: EventOf<"text.redacted">,
): readonly string[] {
  return byRoles(rules, act, rules.inForce, (policy, by) => {
    const redaction = decideRedaction(policy, by, { seq, field, provenOrigins, why: AS_RECORDED });
    return redaction.ok ? null : REFUSED[redaction.code];
  });
}
