import type { AppContext } from "../app-context.js";
import type { BypassRecord, Chat, ClaimedEffect, Delivery, OutsidePager, Pager } from "../ports/ports.js";

/** What performing an effect takes beside the app context: the ways out. */
export interface EffectContext {
  readonly context: AppContext;
  readonly chat: Chat;
  readonly pager: Pager;
  readonly outside: readonly OutsidePager[];
  /** The address at which people read of a bypass and answer; `null` while it is not known. Never throws. */
  readonly linkTo: (record: BypassRecord) => Promise<string | null>;
}

/** The effect is done, or is not needed any more; whoever waited behind it in its lane is woken. */
export async function finish(
  context: AppContext,
  claimed: ClaimedEffect,
  result: Parameters<AppContext["outbox"]["finish"]>[1],
  outcome: "done" | "skipped",
): Promise<void> {
  const { next } = await context.outbox.finish(claimed.id, result);
  context.observer.delivery(claimed.effect.kind, outcome);
  context.wake.effects(next);
}

/** Given up for good; the lane goes on. */
export async function fail(context: AppContext, claimed: ClaimedEffect, code: string): Promise<void> {
  context.log.warn("effect.refused", { id: claimed.id, bypass: claimed.n, kind: claimed.effect.kind, code });
  const { next } = await context.outbox.fail(claimed.id, code);
  context.observer.delivery(claimed.effect.kind, "refused");
  context.wake.effects(next);
}

type Unfinished = Extract<Delivery, { ok: false; kind: "later" | "ambiguous" }>;

/** Waits as long as Slack asked, or twice as long each time up to half a minute. */
export async function retry(context: AppContext, claimed: ClaimedEffect, delivery: Unfinished): Promise<void> {
  const backoff = Math.min(30_000, 500 * 2 ** Math.min(claimed.attempt, 6));
  const delay = delivery.kind === "later" ? Math.max(delivery.retryAfterMs, 200) : backoff;
  context.log.info("effect.again", {
    id: claimed.id,
    bypass: claimed.n,
    kind: claimed.effect.kind,
    code: delivery.code,
    delayMs: delay,
  });
  context.observer.delivery(claimed.effect.kind, delivery.kind);
  await context.outbox.release(claimed.id, delay, delivery.code);
  context.wake.later(claimed.id, delay);
}

/** How soon what Slack refused (the bot is not in the channel, say) but must not be lost is tried again: a day long, and after it. */
const REFUSED_AGAIN_MS = 30_000;
const REFUSED_MUCH_LATER_MS = 10 * 60_000;
const TRIES_OF_A_DAY = 2_880;

/** Tries on what was refused, until somebody has fixed what stands in the way. */
export function retryForever(context: AppContext, claimed: ClaimedEffect, code: string): Promise<void> {
  const retryAfterMs = claimed.attempt < TRIES_OF_A_DAY ? REFUSED_AGAIN_MS : REFUSED_MUCH_LATER_MS;
  return retry(context, claimed, { ok: false, kind: "later", retryAfterMs, code });
}
