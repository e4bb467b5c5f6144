import type { BypassRecord, ClaimedEffect } from "../ports/ports.js";
import type { Origin } from "../restored/watch.js";
import type { EffectContext } from "./effect-context.js";

/** How soon a page asks again whether the trail is a restored backup. */
const ASK_AGAIN_MS = 500;

/** What a page does that must wait until Slack was asked. */
export const NOT_COMPARED = {
  ok: false,
  kind: "later",
  retryAfterMs: ASK_AGAIN_MS,
  code: "trail_not_compared",
} as const;

/**
 * The origin of a page. A step that was due before the backup was restored counts as of the backup, although its effect
 * is new: the original has paged for it.
 */
export function originOfPage(
  { restored }: EffectContext,
  { createdAt }: Pick<ClaimedEffect, "createdAt">,
  step: number | null,
  { state }: BypassRecord,
): Origin {
  const plan = step === null ? undefined : state.steps[step];
  if (plan === undefined) return restored.originOfPage(createdAt);
  const planned = Date.parse(state.declaredAt) + plan.afterSeconds * 1000;
  return restored.originOfPage(new Date(Math.min(createdAt.getTime(), planned)));
}
