import { DAY_MS } from "../../domain/calendar/time.js";
import type { Notice } from "../../domain/notices/effects.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { AppContext } from "../app-context.js";
import { membersHolding } from "../people/choose-whom-to-ask.js";
import { isKnownStranger } from "../people/read-accounts.js";
import type { ClaimedEffect } from "../ports/ports.js";
import { recordNotice } from "../record-system.js";
import type { EffectContext } from "./effect-context.js";
import { finish, MAX_ATTEMPTS, retry } from "./outbox-results.js";

const GROUP_RETRY_MS = 1_000;

type ReminderNotice = Extract<Notice, { kind: "reminder" }>;
type Overdue = Extract<Notice, { kind: "overdue" }>;

/**
 * Resolves the recipients and queues one reminder for each in this slot, however many items they have. Of a large group,
 * as many as a path asks at once.
 */
export async function addressReminder(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  { role, user, slot }: ReminderNotice,
): Promise<void> {
  const users = role === null ? await ownerAsMember(context, user) : await membersHolding(context, [role], dayOf(slot));
  if (users === null && claimed.attempt < MAX_ATTEMPTS) {
    return retry(context, claimed, { ok: false, kind: "later", retryAfterMs: GROUP_RETRY_MS, code: "group_unread" });
  }
  if (users === null || users.length === 0) {
    context.log.warn("reminder.nobody", {
      role,
      slot,
      hint: "Nobody holds the role, or Slack could not say; it comes again.",
    });
    return finish(context, claimed, {}, "skipped");
  }
  const event = { type: "reminder.addressed", slot, role, users } as const;
  await recordNotice(context, { event }, `reminder:${role ?? user}:${slot}`, noticesOf(event));
  return finish(context, claimed, {}, "done");
}

/** Days since 1970: in a large group, each day reminds others. */
const dayOf = (slot: string): number => Math.floor(Date.parse(slot) / DAY_MS);

/** The owner of an action, or nobody when they are known to be no member of this workspace. */
async function ownerAsMember(
  { directory }: Pick<AppContext, "directory">,
  user: string | null,
): Promise<readonly string[]> {
  return user === null || isKnownStranger(await directory.account(user)) ? [] : [user];
}

/** Queues one message for this slot that lists everything overdue in the channel. */
export async function addressOverdue(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  { channel, slot }: Overdue,
): Promise<void> {
  const event = { type: "overdue.queued", slot, channel } as const;
  await recordNotice(context, { event }, `overdue:${channel}:${slot}`, noticesOf(event));
  return finish(context, claimed, {}, "done");
}
