import type { BypassCommand } from "../../domain/bypass/commands.js";
import { type Effect, messageKey, type PostEffect } from "../../domain/bypass/effects.js";
import { fold } from "../../domain/bypass/evolve.js";
import { isUnanswered, postedAlert } from "../../domain/bypass/state.js";
import { isNotice, type Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import type { BypassRecord, ClaimedEffect, Delivery, Posted } from "../ports/ports.js";
import { TAKEN_OVER } from "../ports/taken-over.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { notifyPager } from "./notify-pager.js";
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
import { sendPage } from "./page.js";
import { performNotice } from "./perform-notice.js";
import { removeTwin } from "./remove-twin.js";
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
    if (isNotice(effect)) return await performNotice(effectContext, claimed, effect);
    const record = await context.queries.record(claimed.n);
    if (record === null) return await fail(context, claimed, "no_bypass");
    await perform(effectContext, claimed, effect, record);
  } catch (fault) {
    // Released, so that the retry need not wait for the lease to run out; if the release fails too, the lease does.
    await context.outbox.release(id, faultPause(row.attempt), "fault").catch(() => {});
    throw fault;
  }
}

async function perform(
  effectContext: EffectContext,
  claimed: HeldEffect,
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
  claimed: HeldEffect,
  effect: PostEffect,
  record: BypassRecord,
): Promise<void> {
  const { context, chat } = effectContext;
  const job = {
    effect,
    record,
    alert: postedAlert(record.state),
    outboxId: claimed.id,
    readBack: claimed.attempt > 1,
    createdAt: claimed.createdAt,
    stillMine: claimed.stillMine,
  };
  const obsolete = isObsolete(effect, record);
  if (obsolete && claimed.attempt === 1) return finish(context, claimed, {}, "skipped");
  // Slack may have accepted an earlier attempt whose answer was lost, so the message is looked up even if obsolete.
  const delivery = obsolete ? await chat.find(job) : await chat.perform(job);
  if (delivery === null) return finish(context, claimed, {}, "skipped");
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
    const updated = await updateMessage(effectContext, messageKey(effect), place, record, claimed);
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
  const givesUp = kind === "refused" || (effect.kind === "dm.post" && claimed.attempt >= MAX_ATTEMPTS);
  return givesUp ? fail(context, claimed, code) : retry(context, claimed, delivery);
}

const asksSomebody = (effect: PostEffect): boolean =>
  effect.kind === "dm.post" && (effect.about === "ask" || effect.about === "pending");

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

async function update(
  effectContext: EffectContext,
  claimed: HeldEffect,
  effect: Extract<Effect, { kind: "message.update" }>,
  record: BypassRecord,
): Promise<void> {
  const { context } = effectContext;
  const at = await context.outbox.posted(record.n, effect.message);
  if (at === null || at.renderedVersion >= record.state.version) return finish(context, claimed, {}, "skipped");
  const delivery = await updateMessage(effectContext, effect.message, at, record, claimed);
  if (delivery.ok) return finish(context, claimed, { renderedVersion: record.state.version }, "done");
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
  for (const { key, at } of await context.outbox.allPosted(record.n)) {
    const delivery = await updateMessage(effectContext, key, at, record, claimed);
    if (delivery.ok) continue;
    if (delivery.kind !== "refused") return retry(context, claimed, delivery);
    refused.push(delivery.code);
  }
  const [code] = refused;
  return code === undefined ? finish(context, claimed, {}, "done") : fail(context, claimed, code);
}
