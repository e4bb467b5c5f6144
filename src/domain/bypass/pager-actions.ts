import { pagesForReal } from "../drill/quiet.js";
import { needsApproval } from "../events/catalogue/bypass.js";
import type { PagerAction } from "../events/catalogue/delivery.js";
import type { Entry } from "../events/entries.js";
import type { Policy } from "../policy/policy.js";
import type { Effect } from "./effects.js";
import type { Bypass } from "./state.js";

/** The pagers that a bypass may notify. A drill notifies none, unless its path sets `drill_pages: as_real`. */
export function pagersFor(
  policy: Policy,
  state: Pick<Bypass, "kind" | "path">,
  pagers: readonly string[],
): readonly string[] {
  return pagesForReal(policy, state) ? pagers : [];
}

/**
 * The notifications that an entry sends to each external pager: `trigger` for each escalation step raised, then
 * `acknowledge` or `resolve`. A bypass that never triggered a pager sends it neither.
 */
export function notificationsOf(state: Bypass, { event }: Entry, pagers: readonly string[]): readonly Effect[] {
  if (pagers.length === 0) return [];
  const notify = (action: PagerAction, step: number | null = null, role: string | null = null): readonly Effect[] =>
    pagers.map((pager) => ({ kind: "notify", pager, action, step, role }));
  const hasTriggered = state.steps.some(({ raisedAt }) => raisedAt !== null);
  switch (event.type) {
    case "bypass.declared":
      return state.steps.flatMap((step, index) => (step.raisedAt === null ? [] : notify("trigger", index, step.role)));
    case "ack.escalated":
      return notify("trigger", event.step, event.role);
    case "bypass.activated":
      // On a path without a second person the page asks for help, and only a human can acknowledge that.
      return hasTriggered && needsApproval(state.ack) ? notify("acknowledge") : [];
    case "bypass.denied":
    case "bypass.withdrawn":
    case "bypass.lapsed":
    case "bypass.expired":
    case "bypass.closed":
    case "bypass.revoked":
      return hasTriggered ? notify("resolve") : [];
    default:
      // Not exhaustive on purpose: other events neither need anybody nor settle that need.
      return [];
  }
}
