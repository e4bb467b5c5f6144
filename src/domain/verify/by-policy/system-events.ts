import type { SystemEvent } from "../../events/catalogue/catalogue.js";
import { isGateEvent } from "../../events/catalogue/gate.js";
import type { GateItem } from "../../gate/gate-item.js";
import { gateByPolicy } from "./gates.js";
import { noticeByPolicy } from "./notices.js";
import { redactionViolations } from "./requests.js";
import type { Act, RulesInForce } from "./rules-in-force.js";

/**
 * Judges an event of the system's stream by the policies in force. `null` for one about which no policy says anything.
 * `itemOf` is the newest item of a gate before it.
 */
export function systemByPolicy(
  rules: RulesInForce,
  act: Act,
  event: SystemEvent,
  itemOf: (gate: string) => GateItem | null,
): readonly string[] | null {
  if (isGateEvent(event)) return gateByPolicy(rules, act, event, itemOf(event.gate));
  switch (event.type) {
    case "reminder.addressed":
    case "overdue.queued":
    case "digest.queued":
    case "drill.reminded":
    case "drill.overdue":
      return noticeByPolicy(rules, event);
    case "text.redacted":
      return redactionViolations(rules, act, event);
    case "grant.used": {
      const policy = rules.named(event.policyHash);
      if (typeof policy === "string") return [policy];
      const isNamed = event.issuer === null || policy.ci.issuers.some(({ issuer }) => issuer === event.issuer);
      return isNamed ? [] : ["names an issuer of tokens that the policy on record does not"];
    }
    case "bot.started": {
      const policy = rules.named(event.policyHash);
      return typeof policy === "string" ? [policy] : [];
    }
    // The record of policies itself is checked where a policy is put on it.
    case "policy.changed":
    case "policy.refused":
    case "bot.stopped":
    case "trail.unprotected":
    case "trail.gap":
    case "attempt.refused":
    case "webhook.failed":
    case "webhook.replayed":
      return null;
    default:
      return event satisfies never;
  }
}
