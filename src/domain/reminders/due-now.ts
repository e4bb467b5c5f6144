import { closingOf, isOfficeMoment, nextOfficeMoment } from "../calendar/office-hours.js";
import { DAY_MS } from "../calendar/time.js";
import { dayOf } from "../calendar/zones.js";
import { isMoment } from "../events/invariants.js";
import type { OfficeHours } from "../policy/policy.js";
import {
  escalationAt,
  type FollowUpPlan,
  lastReminderBy,
  overdueAt,
  type Reminder,
  reminderAfter,
} from "./schedule.js";

/** What has been sent so far about work that is followed up. Moments are ISO 8601 in UTC. */
export interface FollowUpProgress {
  /** The slot of the newest reminder; `null` before the first. */
  readonly remindedTo: string | null;
  /** The work was named in the channel as overdue. */
  readonly announced: boolean;
  readonly escalated: boolean;
  /** No reminder goes out before this moment. The escalation does, and ends the put-off. */
  readonly putOffUntil: string | null;
  /** How often it was put off. */
  readonly putOffs: number;
}

/** The progress before anything was sent. */
export const NOT_FOLLOWED_UP: FollowUpProgress = {
  remindedTo: null,
  announced: false,
  escalated: false,
  putOffUntil: null,
  putOffs: 0,
};

/** The progress after the work was put off once more. */
export const putOff = (progress: FollowUpProgress, until: string): FollowUpProgress => ({
  ...progress,
  putOffUntil: until,
  putOffs: progress.putOffs + 1,
});

/** Work that is followed up until it is done: a review, an action, a gate item, a drill. */
export interface FollowUp {
  readonly plan: FollowUpPlan;
  readonly progress: FollowUpProgress;
}

/** What a follow-up requires at one moment, each part at most once. Strings are planned moments, ISO 8601 in UTC. */
export interface FollowUpDue {
  readonly reminder: Reminder | null;
  /** The work is to be named as overdue in the channel. */
  readonly overdue: string | null;
  readonly escalation: string | null;
}

const NOTHING: FollowUpDue = { reminder: null, overdue: null, escalation: null };

/**
 * What is to be done now (ISO). Nothing outside office hours or while the work is put off. Several missed reminders
 * become one. The end of a put-off is a reminder of its own.
 */
export function followUpDue(followUp: FollowUp, now: string): FollowUpDue {
  const { plan, progress } = followUp;
  const by = officeTime(now, plan.officeHours);
  if (by === null || isPutOff(followUp, now)) return NOTHING;
  // After a put-off its end is the slot: the planned moment may have been used for another message since.
  const overdue = laterOf(overdueAt(plan.dueAt, plan.officeHours), endOfPutOff(followUp)) ?? by;
  const escalation = escalationAt(plan);
  return {
    reminder: reminderBy(followUp, by),
    overdue: !progress.announced && overdue <= by ? overdue : null,
    escalation: !progress.escalated && escalation !== null && escalation <= by ? escalation : null,
  };
}

/** When there is next something to do (ISO), given that everything due by `now` is done or waits for office hours. */
export function nextFollowUpAt(followUp: FollowUp, now: string): string | null {
  const { plan, progress } = followUp;
  const { announced, escalated } = progress;
  const putOffUntil = endOfPutOff(followUp);
  const after = laterOf(progress.remindedTo, putOffUntil);
  const moments = [
    reminderAfter(plan, after)?.at ?? null,
    putOffUntil !== null && (progress.remindedTo ?? "") < putOffUntil ? putOffUntil : null,
    announced ? null : overdueAt(plan.dueAt, plan.officeHours),
    escalated ? null : escalationAt(plan),
  ].filter((at) => at !== null);
  if (moments.length === 0) return null;
  const first = moments.reduce((a, b) => (a < b ? a : b));
  const earliest = isPutOff(followUp, first) && putOffUntil !== null ? putOffUntil : first;
  if (earliest >= now) return earliest;
  const by = officeTime(now, plan.officeHours);
  return by !== null && earliest <= by ? now : inOffice(now, plan.officeHours);
}

/**
 * How long after closing time planned work is still done. Work planned for the very end of office hours cannot be done
 * earlier, and is hardly ever picked up at that exact moment.
 */
const GRACE_MS = 10 * 60_000;

/**
 * The moment up to which planned work may be done now (ISO): now itself in office hours, closing time shortly after it,
 * otherwise `null`.
 */
export function officeTime(now: string, hours: OfficeHours): string | null {
  const instant = new Date(now);
  if (isOfficeMoment(instant, hours)) return now;
  const before = new Date(instant.getTime() - GRACE_MS);
  return isOfficeMoment(before, hours) ? closingOf(dayOf(before, hours.timezone), hours).toISOString() : null;
}

/**
 * Invariants of the slot of a reminder: it is recorded once its time has come. One recorded for a far future would
 * suppress all reminders before it.
 * @returns each violation as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function slotViolations(slot: string, at: string): readonly string[] {
  if (!isMoment(slot)) return ["reminds at no moment"];
  return Date.parse(slot) > Date.parse(at) + DAY_MS ? ["reminds more than a day before its moment"] : [];
}

/** The newest reminder planned by now that has neither gone out nor fallen into a put-off. */
function reminderBy(followUp: FollowUp, now: string): Reminder | null {
  const { plan, progress } = followUp;
  const { remindedTo } = progress;
  const putOffUntil = endOfPutOff(followUp);
  const planned = lastReminderBy(plan, now);
  const done = laterOf(remindedTo, putOffUntil) ?? "";
  if (planned !== null && planned.at > done) return planned;
  if (putOffUntil === null || putOffUntil <= (remindedTo ?? "") || putOffUntil > now) return null;
  return { at: putOffUntil, stage: putOffUntil < plan.dueAt ? "before" : "after" };
}

/** When the put-off ends: no later than the escalation, even if the policy has brought that forward since. */
function endOfPutOff({ plan, progress: { putOffUntil } }: FollowUp): string | null {
  const escalation = escalationAt(plan);
  return putOffUntil !== null && escalation !== null && escalation < putOffUntil ? escalation : putOffUntil;
}

function isPutOff(followUp: FollowUp, at: string): boolean {
  const until = endOfPutOff(followUp);
  return until !== null && at < until;
}

const inOffice = (at: string, hours: OfficeHours): string => nextOfficeMoment(new Date(at), hours).toISOString();

function laterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
