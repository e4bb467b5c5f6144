import { type Effect, messageKey, type PostEffect } from "../../domain/bypass/effects.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { isNotice, type Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import type { BypassRecord, ClaimedEffect, Delivery } from "../ports/ports.js";
import { notifyPager } from "./notify-outside.js";
import { type EffectContext, fail, finish, retry, retryForever } from "./outbox-results.js";
import { sendPage } from "./page.js";
import { performNotice } from "./perform-notice.js";
import { drawAgain } from "./update-message.js";

/** How often a direct message is tried before its failure is put on record. */
const MESSAGE_TRIES = 10;
const REDRAW_AGAIN_MS = 1_000;
/** How soon an effect is tried again after a fault of ours or of the database. */
const AFTER_FAULT_MS = 1_000;

/**
 * Performs one effect of the outbox, if it is this process's to perform. May be called twice, late, or when it is
 * obsolete: state is read again first. What came of it goes on record before the row is finished, so that a death in
 * between only means that it is looked up once more.
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
    // Given back, so that nobody waits for the lease; if that fails too, the lease runs out.
    await context.outbox.release(id, AFTER_FAULT_MS, "fault").catch(() => {});
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
    case "redraw":
      return redraw(effectContext, claimed, record);
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
  const { alert } = record.state;
  const job = {
    effect,
    record,
    alert: alert !== null && "ts" in alert ? alert : null,
    outboxId: claimed.id,
    readBack: claimed.attempt > 1,
    createdAt: claimed.createdAt,
  };
  const obsolete = isObsolete(effect, record.state);
  if (obsolete && claimed.attempt === 1) return finish(context, claimed, {}, "skipped");
  // An earlier try may have been accepted although its answer was lost: what stands there has to be known.
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
  await putOnRecord(context, claimed, effect, record, null, posted);
  if (found) {
    const redrawn = await drawAgain(effectContext, messageKey(effect), posted, record);
    if (!redrawn.ok && redrawn.kind !== "refused") return retry(context, claimed, redrawn);
  }
  await finish(context, claimed, { posted, renderedVersion: record.state.version }, "done");
  return observe(context, effect, record);
}

async function undelivered(
  context: AppContext,
  claimed: ClaimedEffect,
  effect: PostEffect,
  record: BypassRecord,
  delivery: Extract<Delivery, { ok: false }>,
): Promise<void> {
  const given = delivery.kind === "refused" || (effect.kind === "dm.post" && claimed.attempt >= MESSAGE_TRIES);
  if (!given) return retry(context, claimed, delivery);
  await putOnRecord(context, claimed, effect, record, delivery.code, null);
  if (effect.kind !== "alert.post") return fail(context, claimed, delivery.code);
  // A bypass that the channel never heard of would be a quiet one: the failure is on record, and it is tried again.
  return retryForever(context, claimed, delivery.code);
}

/** Counted from the declaration; a page of the first step, since later ones are meant to be late. */
async function observe(context: AppContext, effect: PostEffect, record: BypassRecord): Promise<void> {
  const isFirstPage = effect.kind === "dm.post" && effect.about === "ask" && effect.step === 0;
  if (effect.kind !== "alert.post" && !isFirstPage) return;
  const now = await context.ledger.now().catch(() => null);
  if (now === null) return;
  const seconds = (now.getTime() - Date.parse(record.state.declaredAt)) / 1000;
  if (isFirstPage) context.observer.paged(seconds);
  else context.observer.alerted(seconds);
}

/** A question that is answered need not be asked any more, nor anybody be warned of an end that has come. */
function isObsolete(effect: PostEffect, state: Bypass): boolean {
  if (state.status === "requested") return false;
  if (effect.kind !== "alert.post" && effect.about === "warning") return state.status !== "active";
  if (effect.kind === "thread.post") return effect.about === "reminder" || effect.about === "escalated";
  if (effect.kind === "alert.post") return false;
  return (effect.about === "ask" && state.ack.needed > 0) || effect.about === "pending";
}

/** The alert and the pages are in the trail, delivered or not; other messages are not events of the bypass. */
async function putOnRecord(
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
  const delivery = await drawAgain(effectContext, effect.message, at, record);
  if (delivery.ok) return finish(context, claimed, { renderedVersion: record.state.version }, "done");
  return delivery.kind === "refused" ? fail(context, claimed, delivery.code) : retry(context, claimed, delivery);
}

/** After a redaction every message is drawn again, so that the text is gone from Slack as well. */
async function redraw(effectContext: EffectContext, claimed: ClaimedEffect, record: BypassRecord): Promise<void> {
  const { context } = effectContext;
  // What another is drawing at this moment may be drawn from before the redaction: it has to have arrived first.
  if (await context.outbox.underWayBefore(claimed.id)) {
    return retry(context, claimed, {
      ok: false,
      kind: "later",
      retryAfterMs: REDRAW_AGAIN_MS,
      code: "posts_under_way",
    });
  }
  const refused: string[] = [];
  for (const { key, at } of await context.outbox.allPosted(record.n)) {
    const delivery = await drawAgain(effectContext, key, at, record);
    if (delivery.ok) continue;
    if (delivery.kind !== "refused") return retry(context, claimed, delivery);
    refused.push(delivery.code);
  }
  const [code] = refused;
  return code === undefined ? finish(context, claimed, {}, "done") : fail(context, claimed, code);
}
