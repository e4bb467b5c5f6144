import type { Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import { recordNotice } from "../commands/record-notice.js";
import { membersHolding } from "../people/role-holders.js";
import type { ClaimedEffect } from "../ports/ports.js";
import { type EffectContext, finish, retry } from "./outbox-results.js";

const GROUP_AGAIN_MS = 1_000;
/** How often a role is looked up before it is left to the next reminder; at the longest wait this is some minutes. */
const TRIES = 10;

type ReminderNotice = Extract<Notice, { kind: "reminder" }>;
type Overdue = Extract<Notice, { kind: "overdue" }>;

/** Finds out who is meant, and lets each be told once for this slot, however much waits for them. */
export async function addressReminder(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  { role, user, slot }: ReminderNotice,
): Promise<void> {
  const users = role === null ? await ownerAsMember(context, user) : await membersHolding(context, [role]);
  if (users === null && claimed.attempt < TRIES) {
    return retry(context, claimed, { ok: false, kind: "later", retryAfterMs: GROUP_AGAIN_MS, code: "group_unread" });
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
  const posts = users.map((to): Notice => ({ kind: "reminder.post", to, slot }));
  await recordNotice(context, { event }, `reminder:${role ?? user}:${slot}`, posts);
  return finish(context, claimed, {}, "done");
}

/** The owner of an action, as long as they are a member of this workspace. */
async function ownerAsMember(
  { directory }: Pick<AppContext, "directory">,
  user: string | null,
): Promise<readonly string[]> {
  const account = user === null ? null : await directory.account(user);
  return user === null || (account !== null && account.accountStatus !== "member") ? [] : [user];
}

/** Lets the channel be told once for this slot of all that is overdue in it. */
export async function addressOverdue(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  { channel, slot }: Overdue,
): Promise<void> {
  const event = { type: "overdue.told", slot, channel } as const;
  await recordNotice(context, { event }, `overdue:${channel}:${slot}`, [{ kind: "overdue.post", channel, slot }]);
  return finish(context, claimed, {}, "done");
}
