import type { AppContext } from "../app-context.js";
import type { ClaimedEffect, Delivery, Posted } from "../ports/ports.js";

/** Marks the effect as done, or as no longer needed, and wakes the effects that waited behind it in its lane. */
export async function finish(
  context: AppContext,
  claimed: ClaimedEffect,
  result: Parameters<AppContext["outbox"]["finish"]>[1],
  outcome: "done" | "skipped",
): Promise<void> {
  await finishPost(context, claimed, result, outcome);
}

/** Like {@link finish}. Returns where the message is on record: see `Outbox.finish`. */
export async function finishPost(
  context: AppContext,
  claimed: ClaimedEffect,
  result: Parameters<AppContext["outbox"]["finish"]>[1],
  outcome: "done" | "skipped" = "done",
): Promise<Posted | null> {
  const { next, posted } = await context.outbox.finish(claimed.id, result);
  const { channel, ts } = result.posted ?? {};
  const { id, n: bypass, attempt, effect } = claimed;
  context.log.info("effect.done", { id, bypass, kind: effect.kind, outcome, attempt, channel, ts });
  context.observer.delivery(claimed.effect.kind, outcome);
  context.wake.effects(next);
  return posted;
}

/** Gives the effect up for good. Its lane continues. */
export async function fail(context: AppContext, claimed: ClaimedEffect, code: string): Promise<void> {
  context.log.warn("effect.refused", { id: claimed.id, bypass: claimed.n, kind: claimed.effect.kind, code });
  const { next } = await context.outbox.fail(claimed.id, code);
  context.observer.delivery(claimed.effect.kind, "refused");
  context.wake.effects(next);
}

type Unfinished = Extract<Delivery, { ok: false; kind: "later" | "ambiguous" }>;

/**
 * Attempts after which a message that nobody has to answer is given up: two hours at the longest pauses, so that an
 * outage of Slack of an hour loses none.
 */
export const MAX_ATTEMPTS = 250;

/** A message or page that was not delivered by this age counts as failed, which is recorded once. It is retried. */
export const RECORD_FAILURE_AFTER_MS = 15_000;

/** The longest pauses between two attempts: when somebody has to answer, and otherwise. */
const MOST_PAUSE_MS = { urgent: 10_000, other: 30_000 } as const;
const LEAST_PAUSE_MS = 200;

/** Retries after a pause that doubles with each attempt, and never before the time that Slack asked for. */
export async function retry(context: AppContext, claimed: ClaimedEffect, delivery: Unfinished): Promise<void> {
  if (delivery.kind === "later" && delivery.untried) return putOff(context, claimed, delivery);
  const most = isUrgent(claimed) ? MOST_PAUSE_MS.urgent : MOST_PAUSE_MS.other;
  const pause = Math.min(most, 500 * 2 ** Math.min(claimed.attempt, 6));
  return retryAfter(context, claimed, delivery, Math.max(pause, askedFor(delivery)));
}

/** Retries after the time that the result names, however often: for what is not a failure but waits for something. */
export const poll = (context: AppContext, claimed: ClaimedEffect, delivery: Unfinished): Promise<void> =>
  retryAfter(context, claimed, delivery, Math.max(LEAST_PAUSE_MS, askedFor(delivery)));

const askedFor = (delivery: Unfinished): number => (delivery.kind === "later" ? delivery.retryAfterMs : 0);

/** Whether a person has to learn of it now to decide. */
function isUrgent({ effect }: ClaimedEffect): boolean {
  if (effect.kind === "dm.post") return effect.about === "ask" || effect.about === "pending";
  return effect.kind === "alert.post" || effect.kind === "page" || effect.kind === "notify";
}

async function retryAfter(
  context: AppContext,
  claimed: ClaimedEffect,
  delivery: Unfinished,
  delay: number,
): Promise<void> {
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

/** Tries later what there was no call left for. Not logged: the refusal of the method is, once for all its rows. */
async function putOff(
  context: AppContext,
  claimed: ClaimedEffect,
  { code, retryAfterMs }: Extract<Unfinished, { kind: "later" }>,
): Promise<void> {
  const delay = Math.max(retryAfterMs, 200);
  context.observer.delivery(claimed.effect.kind, "later");
  await context.outbox.putOff(claimed.id, delay, code);
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
