import { type Notice, noticeKey, OF_NO_BYPASS } from "../../domain/notices/effects.js";
import { type Deliverer, fail, finish, retry } from "../outcome.js";
import type { Board, ClaimedEffect } from "../ports.js";
import { overdueOf, waitsOf } from "./boards.js";
import { addressNudge, addressOverdue } from "./nudge.js";

/** How often a notice is tried before it is given up: the next one says it all again. */
const TRIES = 10;

/** Performs an effect of no single bypass. As all effects it may come twice or late: what it tells is read again first. */
export async function performNotice(deliverer: Deliverer, claimed: ClaimedEffect, notice: Notice): Promise<void> {
  const { core } = deliverer;
  switch (notice.kind) {
    case "nudge":
      return addressNudge(deliverer, claimed, notice);
    case "overdue":
      return addressOverdue(deliverer, claimed, notice);
    case "nudge.post": {
      const board = await waitsOf(core, notice.to);
      return post(deliverer, claimed, notice, board.reviews.length + board.actions.length === 0 ? null : board);
    }
    case "overdue.post": {
      const board = await overdueOf(core, notice.channel);
      return post(deliverer, claimed, notice, board.reviews.length + board.actions.length === 0 ? null : board);
    }
    case "digest.post":
    case "gate.post":
    case "gate.reply":
    case "gate.update":
    case "readings":
      return finish(core, claimed, {}, "skipped");
    default:
      return notice satisfies never;
  }
}

/** `null`: nothing is left to tell. Whoever was told for this slot already is not told again. */
async function post(
  { core, chat }: Deliverer,
  claimed: ClaimedEffect,
  notice: Extract<Notice, { kind: "nudge.post" | "overdue.post" }>,
  board: Board | null,
): Promise<void> {
  const key = noticeKey(notice);
  const told = key !== null && (await core.outbox.posted(OF_NO_BYPASS, key)) !== null;
  if (told || board === null) return finish(core, claimed, {}, "skipped");
  const { id: outboxId, createdAt, attempt } = claimed;
  const delivery = await chat.notice({ notice, board, outboxId, createdAt, readBack: attempt > 1 });
  if (delivery.ok) return finish(core, claimed, { posted: delivery.posted }, "done");
  if (delivery.kind === "refused" || attempt >= TRIES) return fail(core, claimed, delivery.code);
  return retry(core, claimed, delivery);
}
