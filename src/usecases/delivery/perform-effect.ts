import { type Effect, messageKey, type PostEffect } from "../../domain/bypass/effects.js";
import { type Bypass, postedAlert } from "../../domain/bypass/state.js";
import { needsApproval } from "../../domain/events/catalogue/bypass.js";
import { isNotice, type Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import type { BypassRecord, ClaimedEffect, Delivery } from "../ports/ports.js";
import type { EffectContext } from "./effect-context.js";
import { notifyPager } from "./notify-pager.js";
import { fail, finish, retry, retryForever } from "./outbox-results.js";
import { sendPage } from "./page.js";
import { performNotice } from "./perform-notice.js";
import { updateMessage } from "./update-message.js";

/** Attempts at a direct message before its failure is recorded. */
const MAX_MESSAGE_ATTEMPTS = 10;
const RERENDER_RETRY_MS = 1_000;
/** How soon an effect is retried after a fault of Breakglass or of the database. */
const FAULT_RETRY_MS = 1_000;

/**
 * Performs one effect of the outbox if this process can claim it. Safe to call twice, late, or for an obsolete effect,
 * because the state is read first. The result is recorded before the row is finished: after a crash in between, the
 * effect is only checked once more.
 */
export async function performEffect(effectContext: EffectContext, id: string): Promise<void> {
  const { context } = effectContext;
  const claimed = await context.outbox.claim(id);
  if (claimed === null) return;
  try {
    if (isNotice(claimed.effect)) return await performNotice(effectContext, claimed, claimed.effect);
    const record = await context.queries.record(claimed.n);
    if (record === null) throw new Error(`Effect ${id} belongs to no bypass.`);
    await perform(effectContext, claimed, claimed.effect, record);
  } catch (fault) {
    // Released, so that the retry need not wait for the lease to run out; if the release fails too, the lease does.
    await context.outbox.release(id, FAULT_RETRY_MS, "fault").catch(() => {});
    throw fault;
  }
}

async function perform(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  effect: Exclude<Effect, Notice>,
  record: BypassRecord,
): Promise<void> {
  switch (effect.kind) {
    case "alert.post":
    case "thread.post":
    case "dm.post":
      return post(effectContext, claimed, effect, record);
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

async function post(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  effect: PostEffect,
  record: BypassRecord,
): Promise<void> {
  const { context, chat } = effectContext;
  // An earlier attempt, or the original of a restored backup, may have posted it.
  const readBack = claimed.attempt > 1 || effectContext.restored.origin(claimed.createdAt) !== "here";
  const job = {
    effect,
    record,
    alert: postedAlert(record.state),
    outboxId: claimed.id,
    readBack,
    createdAt: claimed.createdAt,
  };
  const obsolete = isObsolete(effect, record.state);
  if (obsolete && !readBack) return finish(context, claimed, {}, "skipped");
  // Slack may have accepted an earlier attempt whose answer was lost, so the message is looked up even if obsolete.
  const delivery = obsolete ? await chat.find(job) : await chat.perform(job);
  if (delivery === null) return finish(context, claimed, {}, "skipped");
  return delivery.ok
    ? delivered(effectContext, claimed, effect, record, delivery)
    : undelivered(context, claimed, effect, record, delivery);
}

async function delivered(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  effect: PostEffect,
  record: BypassRecord,
  { posted, found }: Extract<Delivery, { ok: true }>,
): Promise<void> {
  const { context } = effectContext;
  await recordDelivery(context, claimed, effect, record, null, posted);
  if (found) {
    const updated = await updateMessage(effectContext, messageKey(effect), { ...posted, outboxId: claimed.id }, record);
    if (!updated.ok && updated.kind !== "refused") return retry(context, claimed, updated);
  }
  await finish(context, claimed, { posted, renderedVersion: record.state.version }, "done");
  return measure(context, effect, record);
}

async function undelivered(
  context: AppContext,
  claimed: ClaimedEffect,
  effect: PostEffect,
  record: BypassRecord,
  delivery: Extract<Delivery, { ok: false }>,
): Promise<void> {
  const givesUp = delivery.kind === "refused" || (effect.kind === "dm.post" && claimed.attempt >= MAX_MESSAGE_ATTEMPTS);
  if (!givesUp) return retry(context, claimed, delivery);
  await recordDelivery(context, claimed, effect, record, delivery.code, null);
  if (effect.kind !== "alert.post") return fail(context, claimed, delivery.code);
  // No bypass may stay hidden from its channel: the failure is recorded, and the alert is retried.
  return retryForever(context, claimed, delivery.code);
}

/** Measures from the declaration. Counts pages of the first step only, because later steps are late by design. */
async function measure(context: AppContext, effect: PostEffect, record: BypassRecord): Promise<void> {
  const isFirstPage = effect.kind === "dm.post" && effect.about === "ask" && effect.step === 0;
  if (effect.kind !== "alert.post" && !isFirstPage) return;
  const now = await context.ledger.now().catch(() => null);
  if (now === null) return;
  const seconds = (now.getTime() - Date.parse(record.state.declaredAt)) / 1000;
  if (isFirstPage) context.observer.paged(seconds);
  else context.observer.alerted(seconds);
}

/** True when the request is already answered, or the end that the message warns of has come. */
function isObsolete(effect: PostEffect, state: Bypass): boolean {
  if (state.status === "requested") return false;
  if (effect.kind !== "alert.post" && effect.about === "warning") return state.status !== "active";
  if (effect.kind === "thread.post") return effect.about === "reminder" || effect.about === "escalated";
  if (effect.kind === "alert.post") return false;
  return (effect.about === "ask" && needsApproval(state.ack)) || effect.about === "pending";
}

/** Records the alert and the pages in the trail, delivered or not. Other messages are not events of the bypass. */
async function recordDelivery(
  context: AppContext,
  claimed: ClaimedEffect,
  effect: PostEffect,
  record: BypassRecord,
  failure: string | null,
  posted: { channel: string; ts: string } | null,
): Promise<void> {
  const commandId = failure === null ? `effect:${claimed.id}` : `effect:${claimed.id}:failed`;
  const { n } = record;
  if (effect.kind === "alert.post") {
    await handleCommand(context, {
      n,
      commandId,
      make: () =>
        posted === null
          ? { type: "record_alert_failure", code: failure ?? "unknown" }
          : { type: "record_alert", posted: { channel: posted.channel, ts: posted.ts } },
    });
  }
  if (effect.kind === "dm.post" && effect.about === "ask") {
    const { step, to: user } = effect;
    await handleCommand(context, {
      n,
      commandId,
      make: () => ({ type: "record_page", step, role: null, user, via: "slack", failure }),
    });
  }
}

async function update(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  effect: Extract<Effect, { kind: "message.update" }>,
  record: BypassRecord,
): Promise<void> {
  const { context } = effectContext;
  const at = await context.outbox.posted(record.n, effect.message);
  if (at === null || at.renderedVersion >= record.state.version) return finish(context, claimed, {}, "skipped");
  const delivery = await updateMessage(effectContext, effect.message, at, record);
  if (delivery.ok) return finish(context, claimed, { renderedVersion: record.state.version }, "done");
  return delivery.kind === "refused" ? fail(context, claimed, delivery.code) : retry(context, claimed, delivery);
}

/** Renders every message again after a redaction, so that the text disappears from Slack too. */
async function rerender(effectContext: EffectContext, claimed: ClaimedEffect, record: BypassRecord): Promise<void> {
  const { context } = effectContext;
  // A post under way may have been rendered before the redaction: wait until it has arrived.
  if (await context.outbox.underWayBefore(claimed.id)) {
    return retry(context, claimed, {
      ok: false,
      kind: "later",
      retryAfterMs: RERENDER_RETRY_MS,
      code: "posts_under_way",
    });
  }
  const refused: string[] = [];
  for (const { key, at } of await context.outbox.allPosted(record.n)) {
    const delivery = await updateMessage(effectContext, key, at, record);
    if (delivery.ok) continue;
    if (delivery.kind !== "refused") return retry(context, claimed, delivery);
    refused.push(delivery.code);
  }
  const [code] = refused;
  return code === undefined ? finish(context, claimed, {}, "done") : fail(context, claimed, code);
}
