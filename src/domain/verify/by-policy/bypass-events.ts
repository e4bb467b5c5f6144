import type { Bypass } from "../../bypass/state.js";
import type { BypassEvent } from "../../events/catalogue/catalogue.js";
import { isReviewEvent } from "../../events/catalogue/review.js";
import { openingViolations } from "./declarations.js";
import { pageViolations } from "./pages.js";
import {
  activationViolations,
  aloneViolations,
  answerViolations,
  approvalViolations,
  blockedViolations,
  lapseViolations,
  redactionViolations,
} from "./requests.js";
import { reviewByPolicy } from "./reviews.js";
import { type Act, dueAgain, type RulesInForce } from "./rules-in-force.js";

/** What the judgement of a bypass's event rests on besides its policies. */
export interface Circumstances {
  /** The state before it, with the terms of its policy. */
  readonly before: Bypass;
  /** See `Rejections`. */
  readonly lastRejectedAt: () => string | null;
}

/**
 * Judges an event of a bypass, its declaration excepted, by the policies in force. `null` for an event about which no
 * policy says anything, so that the invariants alone judge it.
 */
export function bypassByPolicy(
  rules: RulesInForce,
  act: Act,
  event: BypassEvent,
  { before, lastRejectedAt }: Circumstances,
): readonly string[] | null {
  if (isReviewEvent(event)) return reviewByPolicy(rules, act, event, before);
  switch (event.type) {
    case "review.opened":
      return openingViolations(rules, act, event, before);
    case "ack.given":
      return approvalViolations(rules, act, event, before);
    case "bypass.denied":
    case "bypass.revoked":
    case "bypass.rejected_late":
    case "bypass.logged":
      return answerViolations(rules, act, event, before);
    case "bypass.proceeded_alone":
      return aloneViolations(rules, act, before, lastRejectedAt());
    case "bypass.activated":
      return activationViolations(act, event, before);
    case "bypass.lapsed":
      return lapseViolations(rules, act, event, before);
    case "ack.reminded":
    case "ack.escalated":
      return dueAgain(rules, act, before, { type: "tick" });
    case "ack.blocked":
    case "ack.unblocked":
      return blockedViolations(rules, act, event, before);
    case "page.addressed":
      return pageViolations(rules, act, event, before);
    case "text.redacted":
      return redactionViolations(rules, act, event);
    case "bypass.declared":
    case "bypass.withdrawn":
    case "bypass.closed":
    case "bypass.expired":
    case "grant.warned":
    case "review.waived":
    case "alert.posted":
    case "alert.failed":
    case "alert.lost":
    case "page.sent":
    case "page.failed":
    case "pager.notified":
    case "attempt.refused":
      return null;
    default:
      return event satisfies never;
  }
}
