import { fold } from "../../domain/bypass/evolve.js";
import { nextOfficeMoment } from "../../domain/calendar/office-hours.js";
import { officeTime } from "../../domain/follow-up/follow-up.js";
import { type Notice, noticeKey, OF_NO_BYPASS, OFFICE_CLOSED } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import { lookAtGates } from "../commands/flag-gates.js";
import type { ClaimedEffect, Delivery, NoticeContent, PostNotice } from "../ports/ports.js";
import { digestOf } from "../queries/digest.js";
import { gateOf, overdueOf, waitsOf } from "../queries/waiting.js";
import { addressOverdue, addressReminder } from "./address-reminders.js";
import { type EffectContext, fail, finish, retry, retryForever } from "./outbox-results.js";

/** How often a reminder or a digest is tried before it is given up: the next one says it all again. */
const TRIES = 10;

/** Said once and by nothing else: that a gate is sick, how its item was closed, that something is overdue. */
const MUST_ARRIVE: ReadonlySet<string> = new Set<Notice["kind"]>([
  "gate.post",
  "gate.reply",
  "gate.update",
  "overdue.post",
]);

/** Somebody has deleted the message, or nobody may change it any more: no later try mends that. */
const GONE: ReadonlySet<string> = new Set([
  "message_not_found",
  "thread_not_found",
  "cant_update_message",
  "edit_window_closed",
]);

/** Performs an effect of no single bypass. As all effects it may come twice or late: what it tells is read again first. */
export async function performNotice(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  notice: Notice,
): Promise<void> {
  const { context } = effectContext;
  switch (notice.kind) {
    case "reminder":
      return addressReminder(effectContext, claimed, notice);
    case "overdue":
      return addressOverdue(effectContext, claimed, notice);
    case "reminder.post":
      if (await isNight(context)) return untilMorning(context, claimed);
      return post(effectContext, claimed, notice, await waitsOf(context, notice.to));
    case "overdue.post":
      if (await isNight(context)) return untilMorning(context, claimed);
      return post(effectContext, claimed, notice, await overdueOf(context, notice.channel));
    case "digest.post":
      if (await isNight(context)) return untilMorning(context, claimed);
      return post(effectContext, claimed, notice, await digestOf(context, notice.channel, notice.slot));
    case "gate.post":
      if (await isNight(context)) return untilMorning(context, claimed);
      return post(effectContext, claimed, notice, await gateOf(context, notice));
    case "gate.reply": {
      const content = await gateOf(context, notice);
      // Whoever closed the item by a button is answered at once; that a reading has fallen wakes nobody.
      if (hasRecovered(content) && (await isNight(context))) return untilMorning(context, claimed);
      return post(effectContext, claimed, notice, content);
    }
    case "gate.update":
      return redrawGate(effectContext, claimed, notice);
    case "readings":
      await lookAtGates(context, await gatesOf(context, claimed.n));
      return finish(context, claimed, {}, "done");
    default:
      return notice satisfies never;
  }
}

const hasRecovered = (content: NoticeContent | null): boolean =>
  content?.kind === "gate" && content.item.status === "recovered";

/** The outbox gives a row back for an hour at most. */
const LOOK_AGAIN_MS = 60 * 60_000;

/** What came up outside office hours, or could not be told within them, Slack being away say, is not told in the night. */
async function isNight(context: AppContext): Promise<boolean> {
  return officeTime((await context.ledger.now()).toISOString(), context.policy.current().policy.officeHours) === null;
}

async function untilMorning(context: AppContext, claimed: ClaimedEffect): Promise<void> {
  const now = await context.ledger.now();
  const opening = nextOfficeMoment(now, context.policy.current().policy.officeHours);
  const retryAfterMs = Math.min(LOOK_AGAIN_MS, opening.getTime() - now.getTime());
  return retry(context, claimed, { ok: false, kind: "later", retryAfterMs, code: OFFICE_CLOSED });
}

/** `null`: nothing is left to tell. Whoever was told for this slot already is not told again. */
async function post(
  { context, chat }: EffectContext,
  claimed: ClaimedEffect,
  notice: PostNotice,
  content: NoticeContent | null,
): Promise<void> {
  const key = noticeKey(notice);
  const told = key !== null && (await context.outbox.posted(OF_NO_BYPASS, key)) !== null;
  if (told || content === null) return finish(context, claimed, {}, "skipped");
  const thread = notice.kind === "gate.reply" ? await itemMessage(context, notice) : null;
  const { id: outboxId, createdAt, attempt } = claimed;
  const delivery = await chat.notice({ notice, content, thread, outboxId, createdAt, readBack: attempt > 1 });
  if (delivery.ok) return finish(context, claimed, { posted: delivery.posted }, "done");
  return undelivered(context, claimed, delivery);
}

/**
 * The message about a sick gate says how its item stands; without a message there is nothing to draw. The reply that tells how
 * it was closed is drawn again as well: its reason may have been redacted.
 */
async function redrawGate(
  { context, chat }: EffectContext,
  claimed: ClaimedEffect,
  notice: Extract<Notice, { kind: "gate.update" }>,
): Promise<void> {
  const { gate, item } = notice;
  const [at, content] = await Promise.all([itemMessage(context, notice), gateOf(context, notice)]);
  if (at === null || content === null) return finish(context, claimed, {}, "skipped");
  const reply = await context.outbox.posted(OF_NO_BYPASS, `gate-reply:${gate}:${item}`);
  const closed = reply === null ? null : await gateOf(context, { ...notice, kind: "gate.reply" });
  if (reply !== null && closed !== null) {
    const redrawn = await chat.updateNotice({ at: reply, content: closed });
    if (!redrawn.ok) return undelivered(context, claimed, redrawn);
  }
  const delivery = await chat.updateNotice({ at, content });
  return delivery.ok ? finish(context, claimed, {}, "done") : undelivered(context, claimed, delivery);
}

const itemMessage = (context: AppContext, { gate, item }: { readonly gate: string; readonly item: number }) =>
  context.outbox.posted(OF_NO_BYPASS, `gate:${gate}:${item}`);

function undelivered(
  context: AppContext,
  claimed: ClaimedEffect,
  delivery: Extract<Delivery, { ok: false }>,
): Promise<void> {
  const isRefused = delivery.kind === "refused";
  if (MUST_ARRIVE.has(claimed.effect.kind) && !GONE.has(delivery.code)) {
    return isRefused ? retryForever(context, claimed, delivery.code) : retry(context, claimed, delivery);
  }
  return isRefused || claimed.attempt >= TRIES
    ? fail(context, claimed, delivery.code)
    : retry(context, claimed, delivery);
}

async function gatesOf(context: AppContext, n: number): Promise<readonly string[]> {
  return fold((await context.ledger.load(n)).entries)?.gates ?? [];
}
