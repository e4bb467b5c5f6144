import type { PagerAction } from "../events/catalogue/delivery.js";
import type { Entry } from "../events/entries.js";
import type { Policy } from "../policy/policy.js";
import type { Effect } from "./effects.js";
import type { Bypass } from "./state.js";

/** The pagers that a bypass may notify: a rehearsal notifies none, unless its path says that it does (`drill_pages: as_real`). */
export function pagersFor(
  policy: Policy,
  state: Pick<Bypass, "kind" | "path">,
  pagers: readonly string[],
): readonly string[] {
  return state.kind === "drill" && policy.paths[state.path]?.drillPages !== "as_real" ? [] : pagers;
}

/**
 * What each pager outside of Slack is told because of an entry: of every step that is raised, and of what ends the
 * ringing. A pager that was not step for this bypass is not told of its end.
 */
export function notificationsOf(state: Bypass, { event }: Entry, pagers: readonly string[]): readonly Effect[] {
  if (pagers.length === 0) return [];
  const notify = (action: PagerAction, step: number | null = null, role: string | null = null): readonly Effect[] =>
    pagers.map((pager) => ({ kind: "notify", pager, action, step, role }));
  const step = state.steps.some(({ raisedAt }) => raisedAt !== null);
  switch (event.type) {
    case "bypass.declared":
      return state.steps.flatMap((one, index) => (one.raisedAt === null ? [] : notify("trigger", index, one.role)));
    case "ack.escalated":
      return notify("trigger", event.step, event.role);
    case "bypass.activated":
      // Without a second person to wait for, the notification asks for help, and only a human can say that it has come.
      return step && state.ack.needed > 0 ? notify("acknowledge") : [];
    case "bypass.denied":
    case "bypass.withdrawn":
    case "bypass.lapsed":
    case "bypass.expired":
    case "bypass.closed":
    case "bypass.revoked":
      return step ? notify("resolve") : [];
    default:
      // Not exhaustive on purpose: what neither asks for anybody nor ends the asking does not reach a pager.
      return [];
  }
}
