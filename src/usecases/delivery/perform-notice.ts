import { fold } from "../../domain/bypass/evolve.js";
import { nextOfficeMoment } from "../../domain/calendar/office-hours.js";
import { gateReplyKey, type Notice, noticeKey, OF_NO_BYPASS, OFFICE_CLOSED } from "../../domain/notices/effects.js";
import { officeTime } from "../../domain/reminders/due-now.js";
import { MOST_PUT_OFFS } from "../../domain/reminders/put-off.js";
import type { AppContext } from "../app-context.js";
import { checkGates } from "../commands/check-gates.js";
import type { ClaimedEffect, Delivery, NoticeContent, PostNotice } from "../ports/ports.js";
import { TAKEN_OVER } from "../ports/taken-over.js";
import { digestOf } from "../queries/digest.js";
import { gateOf, overdueOf, waitsOf } from "../queries/waits-and-overdue.js";
import { addressOverdue, addressReminder } from "./address-reminders.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { fail, finish, finishPost, MAX_ATTEMPTS, poll, retry, retryForever } from "./outbox-results.js";
import { postUses } from "./post-uses.js";
import { removeTwin } from "./remove-twin.js";

/** Notices that no later one repeats: a gate is sick, its item was closed, something is overdue, a backup was restored. */
const MUST_ARRIVE: ReadonlySet<string> = new Set<Notice["kind"]>([
  "gate.post",
  "gate.reply",
  "gate.update",
  "overdue.post",
  "gap.post",
  "use.post",
]);

/** Performs an effect that belongs to no single bypass. It may run twice or late, so its content is read first. */
export async function performNotice(effectContext: EffectContext, claimed: HeldEffect, notice: Notice): Promise<void> {
  const { context } = effectContext;
  switch (notice.kind) {
    case "reminder":
      return addressReminder(effectContext, claimed, notice);
    case "overdue":
      return addressOverdue(effectContext, claimed, notice);
    case "reminder.post":
      if (await isOfficeClosed(context)) return retryAtOpening(context, claimed);
      return post(effectContext, claimed, notice, await waitsOf(context, notice.to));
    case "overdue.post":
      if (await isOfficeClosed(context)) return retryAtOpening(context, claimed);
      return post(effectContext, claimed, notice, await overdueOf(context, notice.channel));
    case "digest.post":
      if (await isOfficeClosed(context)) return retryAtOpening(context, claimed);
      return post(effectContext, claimed, notice, await digestOf(context, notice.channel, notice.slot));
    case "gate.post":
      if (await isOfficeClosed(context)) return retryAtOpening(context, claimed);
      return post(effectContext, claimed, notice, await gateOf(context, notice));
    case "gate.reply": {
      const content = await gateOf(context, notice);
      // A click that closed the item is answered at once; a reading that recovered can wait for the office to open.
      if (hasRecovered(content) && (await isOfficeClosed(context))) return retryAtOpening(context, claimed);
      return post(effectContext, claimed, notice, content);
    }
    case "gate.update":
      return updateGateMessages(effectContext, claimed, notice);
    case "gap.post": {
      const now = (await context.ledger.now()).toISOString();
      return post(effectContext, claimed, notice, { kind: "gap", channel: notice.channel, now });
    }
    case "use.post":
      return postUses(effectContext, claimed, notice);
    case "readings":
      await checkGates(context, await gatesOf(context, claimed.n));
      return finish(context, claimed, {}, "done");
    default:
      return notice satisfies never;
  }
}

const hasRecovered = (content: NoticeContent | null): boolean =>
  content?.kind === "gate" && content.item.status === "recovered";

/** The longest delay for which the outbox releases a row. */
const MAX_DELAY_MS = 60 * 60_000;

/** Notices are not posted outside office hours, whether they arose then or were delayed by an outage of Slack. */
async function isOfficeClosed(context: AppContext): Promise<boolean> {
  return officeTime((await context.ledger.now()).toISOString(), context.policy.current().policy.officeHours) === null;
}

async function retryAtOpening(context: AppContext, claimed: ClaimedEffect): Promise<void> {
  const now = await context.ledger.now();
  const opening = nextOfficeMoment(now, context.policy.current().policy.officeHours);
  const retryAfterMs = Math.min(MAX_DELAY_MS, opening.getTime() - now.getTime());
  return poll(context, claimed, { ok: false, kind: "later", retryAfterMs, code: OFFICE_CLOSED });
}

/** Posts the notice unless there is nothing to report (`content` is `null`) or this slot already has its message. */
async function post(
  effectContext: EffectContext,
  claimed: HeldEffect,
  notice: PostNotice,
  content: NoticeContent | null,
): Promise<void> {
  const { context, chat, restored } = effectContext;
  const key = noticeKey(notice);
  const isPosted = key !== null && (await context.outbox.posted(OF_NO_BYPASS, key)) !== null;
  if (isPosted || content === null) return finish(context, claimed, {}, "skipped");
  const thread = notice.kind === "gate.reply" ? await itemMessage(context, notice) : null;
  const { id: outboxId, createdAt, attempt, stillMine } = claimed;
  const readBack = attempt > 1 || restored.origin(createdAt) !== "here";
  const delivery = await chat.notice({ notice, content, thread, outboxId, createdAt, readBack, stillMine });
  if (!delivery.ok) return undelivered(context, claimed, delivery);
  const { posted } = delivery;
  return removeTwin(effectContext, claimed, posted, await finishPost(context, claimed, { posted }));
}

/**
 * Updates the message about a sick gate to the state of its item, if it was posted. Also updates the replies that report
 * put-offs and how the item was closed, because their reasons may have been redacted.
 */
async function updateGateMessages(
  { context, chat }: EffectContext,
  claimed: HeldEffect,
  notice: Extract<Notice, { kind: "gate.update" }>,
): Promise<void> {
  const { gate, item } = notice;
  const { stillMine } = claimed;
  const [at, content] = await Promise.all([itemMessage(context, notice), gateOf(context, notice)]);
  if (at === null || content === null) return finish(context, claimed, {}, "skipped");
  const times = Array.from({ length: MOST_PUT_OFFS }, (_, index) => ({ putOff: index + 1 }));
  for (const of of [...times, {}]) {
    const reply = { kind: "gate.reply", gate, item, ...of } as const;
    const posted = await context.outbox.posted(OF_NO_BYPASS, gateReplyKey(reply));
    const replied = posted === null ? null : await gateOf(context, reply);
    if (posted === null || replied === null) continue;
    const updated = await chat.updateNotice({ at: posted, content: replied, stillMine });
    if (!updated.ok) return undelivered(context, claimed, updated);
  }
  const delivery = await chat.updateNotice({ at, content, stillMine });
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
  if (!isRefused && delivery.code === TAKEN_OVER) return poll(context, claimed, delivery);
  // A retry cannot bring back what was deleted, nor edit what is locked.
  const isFinal = delivery.kind === "refused" && delivery.message !== undefined;
  if (MUST_ARRIVE.has(claimed.effect.kind) && !isFinal) {
    return isRefused ? retryForever(context, claimed, delivery.code) : retry(context, claimed, delivery);
  }
  return isRefused || (claimed.attempt >= MAX_ATTEMPTS && !("untried" in delivery))
    ? fail(context, claimed, delivery.code)
    : retry(context, claimed, delivery);
}

async function gatesOf(context: AppContext, n: number): Promise<readonly string[]> {
  return fold((await context.ledger.load(n)).entries)?.gates ?? [];
}
