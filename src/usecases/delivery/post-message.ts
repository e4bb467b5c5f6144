import type { BypassCommand } from "../../domain/bypass/commands.js";
import { messageKey, type PostEffect } from "../../domain/bypass/effects.js";
import { fold } from "../../domain/bypass/evolve.js";
import { isUnanswered, postedAlert } from "../../domain/bypass/state.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import type { BypassRecord, ClaimedEffect, Delivery, Posted } from "../ports/ports.js";
import { TAKEN_OVER } from "../ports/taken-over.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { isGivenUp, isGone, NEW_ALERT_AWAITED, recordAlertLost } from "./lost-alert.js";
import {
  fail,
  finish,
  finishPost,
  MAX_ATTEMPTS,
  poll,
  RECORD_FAILURE_AFTER_MS,
  retry,
  retryForever,
} from "./outbox-results.js";
import { removeTwin } from "./remove-twin.js";
import { updateMessage } from "./update-message.js";

/** Posts a message about a bypass, unless it is obsolete, and records in the trail what the trail has to know of it. */
export async function postMessage(
  effectContext: EffectContext,
  claimed: HeldEffect,
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
    stillMine: claimed.stillMine,
  };
  const obsolete = isObsolete(effect, record);
  if (obsolete && !readBack) return finish(context, claimed, {}, "skipped");
  if (effect.kind === "thread.post" && isGivenUp(record.state)) return fail(context, claimed, "message_deleted");
  // Slack may have accepted an earlier attempt whose answer was lost, so the message is looked up even if obsolete.
  const delivery = obsolete ? await chat.find(job) : await chat.perform(job);
  if (delivery === null) return finish(context, claimed, {}, "skipped");
  if (effect.kind === "thread.post" && job.alert !== null && isGone(delivery)) {
    await recordAlertLost(context, record.n, job.alert);
    return retry(context, claimed, NEW_ALERT_AWAITED);
  }
  return delivery.ok
    ? delivered(effectContext, claimed, effect, record, delivery)
    : undelivered(context, claimed, effect, record, delivery, obsolete);
}

async function delivered(
  effectContext: EffectContext,
  claimed: HeldEffect,
  effect: PostEffect,
  record: BypassRecord,
  { posted, found }: Extract<Delivery, { ok: true }>,
): Promise<void> {
  const { context } = effectContext;
  const isNew = await recordDelivery(context, claimed, effect, record, null, posted);
  const place = effect.kind === "alert.post" && !isNew ? await alertOnRecord(context, claimed, posted) : posted;
  if (found) {
    const at = { ...place, outboxId: claimed.id };
    const updated = await updateMessage(effectContext, messageKey(effect), at, record, claimed);
    if (!updated.ok && updated.kind !== "refused") return retry(context, claimed, updated);
  }
  const renderedVersion = record.state.version;
  await removeTwin(
    effectContext,
    claimed,
    posted,
    await finishPost(context, claimed, { posted: place, renderedVersion }),
  );
  return measure(context, effect, record);
}

/** The alert that the trail names: another process may have recorded its own first, and replies go to that one. */
async function alertOnRecord({ ledger }: AppContext, { n }: ClaimedEffect, posted: Posted): Promise<Posted> {
  const state = fold((await ledger.load(n)).entries);
  return (state === null ? null : postedAlert(state)) ?? posted;
}

/**
 * What asks somebody to decide is retried until it is decided: its failure is recorded once, so that others reach the
 * person another way, and so is its success after that. No bypass may stay hidden from its channel, so the alert is
 * retried in any case.
 */
async function undelivered(
  context: AppContext,
  claimed: HeldEffect,
  effect: PostEffect,
  record: BypassRecord,
  delivery: Extract<Delivery, { ok: false }>,
  obsolete: boolean,
): Promise<void> {
  const { kind, code } = delivery;
  if (kind !== "refused" && code === TAKEN_OVER) return poll(context, claimed, delivery);
  if (effect.kind === "alert.post") {
    if (kind !== "refused") return retry(context, claimed, delivery);
    await recordDelivery(context, claimed, effect, record, code, null);
    return retryForever(context, claimed, code);
  }
  if (asksSomebody(effect) && !obsolete) {
    const age = record.now.getTime() - claimed.createdAt.getTime();
    if (kind === "refused" || age >= RECORD_FAILURE_AFTER_MS)
      await recordDelivery(context, claimed, effect, record, code, null);
    return kind === "refused" ? retryForever(context, claimed, code) : retry(context, claimed, delivery);
  }
  const isTriedOut = claimed.attempt >= MAX_ATTEMPTS && !("untried" in delivery);
  const givesUp = kind === "refused" || (effect.kind === "dm.post" && isTriedOut);
  return givesUp ? fail(context, claimed, code) : retry(context, claimed, delivery);
}

const asksSomebody = (effect: PostEffect): boolean =>
  effect.kind === "dm.post" && (effect.about === "ask" || effect.about === "pending");

/** Measures from the declaration. Counts pages of the first step only, because later steps are late by design. */
async function measure(context: AppContext, effect: PostEffect, record: BypassRecord): Promise<void> {
  const isFirstPage = effect.kind === "dm.post" && effect.about === "ask" && effect.step === 0;
  if (effect.kind === "alert.post" ? effect.again !== undefined : !isFirstPage) return;
  const now = await context.ledger.now().catch(() => null);
  if (now === null) return;
  const seconds = (now.getTime() - Date.parse(record.state.declaredAt)) / 1000;
  if (isFirstPage) context.observer.paged(seconds);
  else context.observer.alerted(seconds);
}

/**
 * True when the request is already answered, the end that the message warns of has come, or the page that it reports
 * as failed has gone out since.
 */
function isObsolete(effect: PostEffect, record: BypassRecord): boolean {
  const { state } = record;
  if (effect.kind === "alert.post") return false;
  if (effect.about === "page-failed") return !isFailureOpen(record, effect.version);
  if (state.status === "requested") return false;
  if (effect.about === "warning") return state.status !== "active";
  if (effect.kind === "thread.post") return effect.about === "reminder" || effect.about === "escalated";
  return (effect.about === "ask" && !isUnanswered(state)) || effect.about === "pending";
}

function isFailureOpen({ state, entries }: BypassRecord, version: number): boolean {
  const event = entries.find((entry) => entry.version === version)?.event;
  if (event?.type !== "page.failed") return true;
  return state.pageFailures.some(
    ({ step, role, user, via }) =>
      step === event.step && role === event.role && user === event.user && via === event.via,
  );
}

/**
 * Records the alert and the pages in the trail, delivered or not. Other messages are not events of the bypass. Returns
 * whether this call recorded it.
 */
async function recordDelivery(
  context: AppContext,
  claimed: ClaimedEffect,
  effect: PostEffect,
  { n }: BypassRecord,
  failure: string | null,
  posted: Posted | null,
): Promise<boolean> {
  const command = deliveryCommand(effect, failure, posted);
  if (command === null) return false;
  const commandId = failure === null ? `effect:${claimed.id}` : `effect:${claimed.id}:failed`;
  const handled = await handleCommand(context, { n, commandId, make: () => command });
  return handled.ok && !handled.duplicate;
}

function deliveryCommand(effect: PostEffect, failure: string | null, posted: Posted | null): BypassCommand | null {
  if (effect.kind === "alert.post") {
    return posted === null
      ? { type: "record_alert_failure", code: failure ?? "unknown" }
      : { type: "record_alert", posted: { channel: posted.channel, ts: posted.ts } };
  }
  if (effect.kind !== "dm.post" || effect.about !== "ask") return null;
  return { type: "record_page", step: effect.step, role: null, user: effect.to, via: "slack", failure };
}
