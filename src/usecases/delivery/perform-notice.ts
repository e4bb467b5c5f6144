import { fold } from "../../domain/bypass/evolve.js";
import { nextOfficeMoment } from "../../domain/calendar/office-hours.js";
import { officeTime } from "../../domain/follow-up/follow-up.js";
import { type Notice, noticeKey, OF_NO_BYPASS, OFFICE_CLOSED } from "../../domain/notices/effects.js";
import type { Core } from "../app-context.js";
import { lookAtGates } from "../commands/flag-gates.js";
import type { ClaimedEffect, Delivery, NoticeContent, PostNotice } from "../ports/ports.js";
import { digestOf } from "../queries/digest.js";
import { gateOf, overdueOf, waitsOf } from "../queries/waiting.js";
import { addressOverdue, addressReminder } from "./address-reminders.js";
import { type Deliverer, fail, finish, insist, retry } from "./outbox-results.js";

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
export async function performNotice(deliverer: Deliverer, claimed: ClaimedEffect, notice: Notice): Promise<void> {
  const { core } = deliverer;
  switch (notice.kind) {
    case "reminder":
      return addressReminder(deliverer, claimed, notice);
    case "overdue":
      return addressOverdue(deliverer, claimed, notice);
    case "reminder.post":
      if (await isNight(core)) return untilMorning(core, claimed);
      return post(deliverer, claimed, notice, await waitsOf(core, notice.to));
    case "overdue.post":
      if (await isNight(core)) return untilMorning(core, claimed);
      return post(deliverer, claimed, notice, await overdueOf(core, notice.channel));
    case "digest.post":
      if (await isNight(core)) return untilMorning(core, claimed);
      return post(deliverer, claimed, notice, await digestOf(core, notice.channel, notice.slot));
    case "gate.post":
      if (await isNight(core)) return untilMorning(core, claimed);
      return post(deliverer, claimed, notice, await gateOf(core, notice));
    case "gate.reply": {
      const content = await gateOf(core, notice);
      // Whoever closed the item by a button is answered at once; that a reading has fallen wakes nobody.
      if (hasRecovered(content) && (await isNight(core))) return untilMorning(core, claimed);
      return post(deliverer, claimed, notice, content);
    }
    case "gate.update":
      return redrawGate(deliverer, claimed, notice);
    case "readings":
      await lookAtGates(core, await gatesOf(core, claimed.n));
      return finish(core, claimed, {}, "done");
    default:
      return notice satisfies never;
  }
}

const hasRecovered = (content: NoticeContent | null): boolean =>
  content?.kind === "gate" && content.item.status === "recovered";

/** The outbox gives a row back for an hour at most. */
const LOOK_AGAIN_MS = 60 * 60_000;

/** What came up outside office hours, or could not be told within them, Slack being away say, is not told in the night. */
async function isNight(core: Core): Promise<boolean> {
  return officeTime((await core.ledger.now()).toISOString(), core.policy.current().policy.officeHours) === null;
}

async function untilMorning(core: Core, claimed: ClaimedEffect): Promise<void> {
  const now = await core.ledger.now();
  const opening = nextOfficeMoment(now, core.policy.current().policy.officeHours);
  const retryAfterMs = Math.min(LOOK_AGAIN_MS, opening.getTime() - now.getTime());
  return retry(core, claimed, { ok: false, kind: "later", retryAfterMs, code: OFFICE_CLOSED });
}

/** `null`: nothing is left to tell. Whoever was told for this slot already is not told again. */
async function post(
  { core, chat }: Deliverer,
  claimed: ClaimedEffect,
  notice: PostNotice,
  content: NoticeContent | null,
): Promise<void> {
  const key = noticeKey(notice);
  const told = key !== null && (await core.outbox.posted(OF_NO_BYPASS, key)) !== null;
  if (told || content === null) return finish(core, claimed, {}, "skipped");
  const thread = notice.kind === "gate.reply" ? await itemMessage(core, notice) : null;
  const { id: outboxId, createdAt, attempt } = claimed;
  const delivery = await chat.notice({ notice, content, thread, outboxId, createdAt, readBack: attempt > 1 });
  if (delivery.ok) return finish(core, claimed, { posted: delivery.posted }, "done");
  return undelivered(core, claimed, delivery);
}

/**
 * The message about a sick gate says how its item stands; without a message there is nothing to draw. The reply that tells how
 * it was closed is drawn again as well: its reason may have been redacted.
 */
async function redrawGate(
  { core, chat }: Deliverer,
  claimed: ClaimedEffect,
  notice: Extract<Notice, { kind: "gate.update" }>,
): Promise<void> {
  const { gate, item } = notice;
  const [at, content] = await Promise.all([itemMessage(core, notice), gateOf(core, notice)]);
  if (at === null || content === null) return finish(core, claimed, {}, "skipped");
  const reply = await core.outbox.posted(OF_NO_BYPASS, `gate-reply:${gate}:${item}`);
  const closed = reply === null ? null : await gateOf(core, { ...notice, kind: "gate.reply" });
  if (reply !== null && closed !== null) {
    const redrawn = await chat.updateNotice({ at: reply, content: closed });
    if (!redrawn.ok) return undelivered(core, claimed, redrawn);
  }
  const delivery = await chat.updateNotice({ at, content });
  return delivery.ok ? finish(core, claimed, {}, "done") : undelivered(core, claimed, delivery);
}

const itemMessage = (core: Core, { gate, item }: { readonly gate: string; readonly item: number }) =>
  core.outbox.posted(OF_NO_BYPASS, `gate:${gate}:${item}`);

function undelivered(core: Core, claimed: ClaimedEffect, delivery: Extract<Delivery, { ok: false }>): Promise<void> {
  const isRefused = delivery.kind === "refused";
  if (MUST_ARRIVE.has(claimed.effect.kind) && !GONE.has(delivery.code)) {
    return isRefused ? insist(core, claimed, delivery.code) : retry(core, claimed, delivery);
  }
  return isRefused || claimed.attempt >= TRIES ? fail(core, claimed, delivery.code) : retry(core, claimed, delivery);
}

async function gatesOf(core: Core, n: number): Promise<readonly string[]> {
  return fold((await core.ledger.load(n)).entries)?.gates ?? [];
}
