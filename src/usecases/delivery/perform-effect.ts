import type { Effect } from "../../domain/bypass/effects.js";
import { postedAlert } from "../../domain/bypass/state.js";
import { isNotice, type Notice } from "../../domain/notices/effects.js";
import { isWebhookEffect, type WebhookEffect } from "../../domain/webhooks/effects.js";
import type { BypassRecord } from "../ports/ports.js";
import { type Urgency, withUrgency } from "../ports/urgency.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { awaitsNewAlert, isGone, isLost, NEW_ALERT_AWAITED, recordAlertLost } from "./lost-alert.js";
import { notifyPager } from "./notify-pager.js";
import { fail, finish, poll, retry } from "./outbox-results.js";
import { sendPage } from "./page.js";
import { performNotice } from "./perform-notice.js";
import { postMessage } from "./post-message.js";
import { sendWebhook } from "./send-webhook.js";
import { updateMessage } from "./update-message.js";

const RERENDER_RETRY_MS = 1_000;
/**
 * How soon an effect is retried after a fault of Breakglass or of the database, in milliseconds: at once after the
 * first, but effects that fail every time must not fill each sweep.
 */
const faultPause = (attempt: number): number => Math.min(30_000, 1_000 * 2 ** Math.min(attempt - 1, 5));

/**
 * Performs one effect of the outbox if this process can claim it. Safe to call twice, late, or for an obsolete effect,
 * because the state is read first. The result is recorded before the row is finished: after a crash in between, the
 * effect is only checked once more.
 */
export async function performEffect(effectContext: EffectContext, id: string): Promise<void> {
  const { context } = effectContext;
  // Before the claim: from then on, the others may judge by our heartbeat whether to take it over.
  const stillMine = effectContext.alive.watch();
  // Nobody would respect the claim. Once the heartbeat is back, it names the effects that wait.
  if (!stillMine()) return;
  const row = await context.outbox.claim(id);
  if (row === null) return;
  try {
    const { effect } = row;
    // The commit function checks little of an effect. One that nobody can perform must not block its lane for good.
    if (effect.kind === "unreadable") return await fail(context, row, "unreadable_effect");
    const claimed: HeldEffect = { ...row, effect, stillMine };
    await withUrgency(urgencyOf(effect), () => performClaimed(effectContext, claimed));
  } catch (fault) {
    // Released, so that the retry need not wait for the lease to run out; if the release fails too, the lease does.
    await context.outbox.release(id, faultPause(row.attempt), "fault").catch(() => {});
    throw fault;
  }
}

async function performClaimed(effectContext: EffectContext, claimed: HeldEffect): Promise<void> {
  if (isNotice(claimed.effect)) return performNotice(effectContext, claimed, claimed.effect);
  if (isWebhookEffect(claimed.effect)) return sendWebhook(effectContext, claimed, claimed.effect);
  const { context } = effectContext;
  const record = await context.queries.record(claimed.n);
  if (record === null) return fail(context, claimed, "no_bypass");
  return perform(effectContext, claimed, claimed.effect, record);
}

/** The channel hears first, then whoever is asked to decide, then everybody else. */
function urgencyOf(effect: Effect): Urgency {
  switch (effect.kind) {
    case "alert.post":
    case "rerender":
    case "notify":
      return "channel";
    case "thread.post":
      return effect.about === "logged" ? "direct" : "channel";
    case "message.update":
      return effect.message.startsWith("dm:") ? "direct" : "channel";
    case "page":
      return "page";
    case "dm.post":
      return effect.about === "ask" ? "page" : "direct";
    default:
      return "direct";
  }
}

async function perform(
  effectContext: EffectContext,
  claimed: HeldEffect,
  effect: Exclude<Effect, Notice | WebhookEffect>,
  record: BypassRecord,
): Promise<void> {
  switch (effect.kind) {
    case "alert.post":
    case "thread.post":
    case "dm.post":
      return postMessage(effectContext, claimed, effect, record);
    case "message.update":
      return update(effectContext, claimed, effect, record);
    case "rerender":
      return rerender(effectContext, claimed, record);
    case "page":
      return sendPage(effectContext, claimed, effect, record);
    case "notify":
      return notifyPager(effectContext, claimed, effect, record);
    default:
      return effect satisfies never;
  }
}

async function update(
  effectContext: EffectContext,
  claimed: HeldEffect,
  effect: Extract<Effect, { kind: "message.update" }>,
  record: BypassRecord,
): Promise<void> {
  const { context } = effectContext;
  if (effect.message === "alert" && isLost(record.state)) {
    return awaitsNewAlert(record.state)
      ? retry(context, claimed, NEW_ALERT_AWAITED)
      : finish(context, claimed, {}, "skipped");
  }
  const at = await context.outbox.posted(record.n, effect.message);
  if (at === null || at.renderedVersion >= record.state.version) return finish(context, claimed, {}, "skipped");
  const alert = effect.message === "alert" ? postedAlert(record.state) : null;
  // The alert was posted anew, and the row that posted it, whose id stands in its metadata, is about to be finished.
  if (alert !== null && alert.ts !== at.ts) return retry(context, claimed, NEW_ALERT_AWAITED);
  const delivery = await updateMessage(effectContext, effect.message, at, record, claimed);
  if (delivery.ok) return finish(context, claimed, { renderedVersion: record.state.version }, "done");
  if (effect.message === "alert" && isGone(delivery)) {
    await recordAlertLost(context, record.n, at);
    return retry(context, claimed, NEW_ALERT_AWAITED);
  }
  return delivery.kind === "refused" ? fail(context, claimed, delivery.code) : retry(context, claimed, delivery);
}

/** Renders every message again after a redaction, so that the text disappears from Slack too. */
async function rerender(effectContext: EffectContext, claimed: HeldEffect, record: BypassRecord): Promise<void> {
  const { context } = effectContext;
  // A post under way may have been rendered before the redaction: wait until it has arrived.
  if (await context.outbox.underWayBefore(claimed.id)) {
    return poll(context, claimed, {
      ok: false,
      kind: "later",
      retryAfterMs: RERENDER_RETRY_MS,
      code: "posts_under_way",
    });
  }
  const refused: string[] = [];
  const alert = postedAlert(record.state);
  for (const { key, at } of await context.outbox.allPosted(record.n)) {
    // An alert that was lost is gone from Slack, and its text with it.
    if (key === "alert" && at.ts !== alert?.ts) continue;
    const delivery = await updateMessage(effectContext, key, at, record, claimed);
    if (delivery.ok) continue;
    if (delivery.kind !== "refused") return retry(context, claimed, delivery);
    refused.push(delivery.code);
  }
  const [code] = refused;
  return code === undefined ? finish(context, claimed, {}, "done") : fail(context, claimed, code);
}
