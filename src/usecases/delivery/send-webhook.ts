import { cloudEventOf, type SentEntry, type WebhookMessage } from "../../domain/webhooks/cloud-event.js";
import type { WebhookEffect } from "../../domain/webhooks/effects.js";
import { isGivenUp, pauseBefore } from "../../domain/webhooks/schedule.js";
import { TAKEN_OVER } from "../ports/taken-over.js";
import { recordSystem } from "../record-system.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { fail, finish, poll } from "./outbox-results.js";

/**
 * How long a delivery to a webhook that the policy here does not name waits before it is dropped: the instances of a
 * deployment get a new policy one after the other, and one that does not have it yet must not drop what another queued.
 */
const UNKNOWN_FOR_MS = 15 * 60_000;
const UNKNOWN_RETRY_MS = 30_000;

/** Codes of deliveries that never were tried. */
const NOT_IN_POLICY = "not_in_policy";
const NO_ENTRY = "no_entry";

/**
 * Sends one entry to one webhook. What is not accepted is tried again for three days, then recorded as failed. The entry is
 * read anew each time; it never changes, so every attempt sends the same under the same id.
 */
export async function sendWebhook(
  effectContext: EffectContext,
  claimed: HeldEffect,
  effect: WebhookEffect,
): Promise<void> {
  const { context, webhooks } = effectContext;
  const to = context.policy.current().policy.webhooks.find(({ name }) => name === effect.webhook);
  const entry = await context.queries.entryToSend(claimed.n, effect);
  // The commit function does not look into an effect: whoever has the run-time password can queue anything.
  if (entry === null) return fail(context, claimed, NO_ENTRY);
  const now = await context.ledger.now();
  if (to === undefined) {
    if (now.getTime() - claimed.createdAt.getTime() >= UNKNOWN_FOR_MS)
      return giveUp(effectContext, claimed, effect, entry, NOT_IN_POLICY);
    return poll(context, claimed, { ok: false, kind: "later", retryAfterMs: UNKNOWN_RETRY_MS, code: NOT_IN_POLICY });
  }
  const message: WebhookMessage = cloudEventOf(entry, await context.queries.installation());
  if (!claimed.stillMine()) {
    return poll(context, claimed, { ok: false, kind: "later", retryAfterMs: 0, code: TAKEN_OVER });
  }
  const result = await webhooks.send(to, message);
  if (result.ok) {
    context.observer.webhook(to.name, "delivered");
    const posted = { channel: to.name, ts: message.id };
    return finish(context, claimed, { posted }, "done");
  }
  if (result.kind === "untried") return context.outbox.putOff(claimed.id, result.retryAfterMs, "untried");
  const isOver = result.kind === "gone" || isGivenUp(claimed.createdAt, now);
  if (isOver) return giveUp(effectContext, claimed, effect, entry, result.code);
  context.observer.webhook(to.name, "failed");
  const retryAfterMs = pauseBefore(claimed.attempt, result.retryAfterMs, shareOf(claimed.id));
  return poll(context, claimed, { ok: false, kind: "later", retryAfterMs, code: result.code });
}

/** Records that the entry is not delivered, before the row is finished: a crash in between records it once more in vain. */
async function giveUp(
  { context }: EffectContext,
  claimed: HeldEffect,
  { webhook }: WebhookEffect,
  { seq, n, version }: SentEntry,
  code: string,
): Promise<void> {
  const { attempt: attempts } = claimed;
  const event = { type: "webhook.failed", webhook, seq, ofBypass: n, ofVersion: version, attempts, code } as const;
  await recordSystem(context, { event }, { kind: "system", part: "delivery" }, `effect:${claimed.id}:failed`);
  context.observer.webhook(webhook, "given_up");
  context.log.error("webhook.failed", {
    webhook,
    seq,
    code,
    attempts,
    hint: `Entry ${seq} is not sent any more. Once the receiver works: npx breakglass webhooks replay --name ${webhook} --since ${seq}.`,
  });
  return fail(context, claimed, code);
}

/** A number in [0, 1) that is different for each row: ids are random. */
const shareOf = (id: string): number => Number.parseInt(id.slice(0, 8), 16) / 2 ** 32;
