import type { AppContext } from "../app-context.js";
import type { ClaimedEffect, Delivery } from "../ports/ports.js";

/** Marks the effect as done, or as no longer needed, and wakes the effects that waited behind it in its lane. */
export async function finish(
  context: AppContext,
  claimed: ClaimedEffect,
  result: Parameters<AppContext["outbox"]["finish"]>[1],
  outcome: "done" | "skipped",
): Promise<void> {
  const { next } = await context.outbox.finish(claimed.id, result);
  const { channel, ts } = result.posted ?? {};
  const { id, n: bypass, attempt, effect } = claimed;
  context.log.info("effect.done", { id, bypass, kind: effect.kind, outcome, attempt, channel, ts });
  context.observer.delivery(claimed.effect.kind, outcome);
  context.wake.effects(next);
}

/** Gives the effect up for good. Its lane continues. */
export async function fail(context: AppContext, claimed: ClaimedEffect, code: string): Promise<void> {
  context.log.warn("effect.refused", { id: claimed.id, bypass: claimed.n, kind: claimed.effect.kind, code });
  const { next } = await context.outbox.fail(claimed.id, code);
  context.observer.delivery(claimed.effect.kind, "refused");
  context.wake.effects(next);
}

type Unfinished = Extract<Delivery, { ok: false; kind: "later" | "ambiguous" }>;

/** Retries after the delay that Slack asked for, or with a delay that doubles up to 30 seconds. */
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

/**
 * Delays before retrying what Slack refused (the bot is not in the channel, say): during the first day, and after it.
 */
const REFUSED_RETRY_MS = 30_000;
const REFUSED_LATER_RETRY_MS = 10 * 60_000;
const ATTEMPTS_PER_DAY = 2_880;

/** Retries until an operator fixes the cause of the refusal. */
export function retryForever(context: AppContext, claimed: ClaimedEffect, code: string): Promise<void> {
  const retryAfterMs = claimed.attempt < ATTEMPTS_PER_DAY ? REFUSED_RETRY_MS : REFUSED_LATER_RETRY_MS;
  return retry(context, claimed, { ok: false, kind: "later", retryAfterMs, code });
}
