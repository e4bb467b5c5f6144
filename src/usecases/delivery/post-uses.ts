import { fold } from "../../domain/bypass/evolve.js";
import { postedAlert } from "../../domain/bypass/state.js";
import { type Notice, OF_NO_BYPASS, usesKey } from "../../domain/notices/effects.js";
import type { NoticeContent } from "../ports/ports.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { fail, finish, finishPost, poll, retry, retryForever } from "./outbox-results.js";
import { removeTwin } from "./remove-twin.js";

/** How many uses the message lists. */
const MOST_LISTED = 20;
/** How long a use waits for its alert to be posted, in milliseconds. */
const ALERT_PAUSE_MS = 5_000;

/** Posts the reply that lists the uses of a grant, or brings it up to date. */
export async function postUses(
  effectContext: EffectContext,
  claimed: HeldEffect,
  notice: Extract<Notice, { kind: "use.post" }>,
): Promise<void> {
  const { context, chat, restored } = effectContext;
  const { grant: n } = notice;
  const [posted, { entries }, { uses, total }] = await Promise.all([
    context.outbox.posted(OF_NO_BYPASS, usesKey(n)),
    context.ledger.load(n),
    context.queries.usesOf(n, MOST_LISTED),
  ]);
  const state = fold(entries);
  if (state === null || total === 0) return finish(context, claimed, {}, "skipped");
  const thread = postedAlert(state);
  if (thread === null) {
    const failed = state.alert !== null && "failed" in state.alert;
    if (failed) return finish(context, claimed, {}, "skipped");
    return poll(context, claimed, { ok: false, kind: "later", retryAfterMs: ALERT_PAUSE_MS, code: "no_alert_yet" });
  }
  const content: NoticeContent = { kind: "uses", n, channel: thread.channel, uses, total };
  const { id: outboxId, createdAt, attempt, stillMine } = claimed;
  const readBack = attempt > 1 || restored.origin(createdAt) !== "here";
  const delivery =
    posted === null
      ? await chat.notice({ notice, content, thread, outboxId, createdAt, readBack, stillMine })
      : await chat.updateNotice({ at: posted, content, stillMine });
  if (!delivery.ok) {
    if (delivery.kind !== "refused") return retry(context, claimed, delivery);
    return delivery.message === undefined
      ? retryForever(context, claimed, delivery.code)
      : fail(context, claimed, delivery.code);
  }
  if (posted !== null) return finish(context, claimed, {}, "done");
  return removeTwin(
    effectContext,
    claimed,
    delivery.posted,
    await finishPost(context, claimed, { posted: delivery.posted }),
  );
}
