import { daysAfter, isLaterDay } from "../calendar/days.js";
import { dueAt } from "../calendar/deadlines.js";
import { isOfficeDay, nextOfficeMoment, officeDayAfter, officeDayBefore, openingOf } from "../calendar/office-hours.js";
import { dayOf } from "../calendar/zones.js";
import type { STAGES } from "../events/catalogue/fields.js";
import type { OfficeHours, ReminderRule, Span } from "../policy/policy.js";

/** Where a reminder stands to the due time. */
export type Stage = (typeof STAGES)[number];

/** One planned reminder. It follows from policy and state alone, whenever it is computed. */
export interface Reminder {
  /** ISO 8601 in UTC; within office hours. */
  readonly at: string;
  readonly stage: Stage;
}

/** The inputs of the reminder schedule. Times are ISO 8601 in UTC. */
export interface FollowUpPlan {
  /** Reminders at or before this time are left out. */
  readonly openedAt: string;
  readonly dueAt: string;
  readonly rules: readonly ReminderRule[];
  /** How long after the due time the work is escalated; `null`: never. */
  readonly escalateAfter: Span | null;
  readonly officeHours: OfficeHours;
}

/**
 * The first reminder later than `after` (ISO), or the first of the plan when `after` is `null`; `null` if none is left.
 */
export function reminderAfter(plan: FollowUpPlan, after: string | null): Reminder | null {
  const from = after === null || after < plan.openedAt ? plan.openedAt : after;
  const candidates = [...singleReminders(plan).filter(({ at }) => at > from), ...dailyAfter(plan, from)];
  return candidates.length === 0 ? null : candidates.reduce(sooner);
}

/** The latest reminder at or before `now` (ISO); `null` when there is none. */
export function lastReminderBy(plan: FollowUpPlan, now: string): Reminder | null {
  const candidates = [...singleReminders(plan).filter(({ at }) => at <= now), ...dailyBy(plan, now)];
  return candidates.length === 0 ? null : candidates.reduce(laterOf);
}

/** The first office moment after the due time (both ISO): the work is overdue from then on. */
export function overdueAt(due: string, hours: OfficeHours): string {
  return nextOfficeMoment(new Date(Date.parse(due) + 1), hours).toISOString();
}

/** When the work is escalated (ISO), in office hours; `null`: never. */
export function escalationAt({ dueAt: due, escalateAfter, officeHours }: FollowUpPlan): string | null {
  if (escalateAfter === null) return null;
  return after(new Date(due), escalateAfter, officeHours).toISOString();
}

const ORDER: readonly Stage[] = ["before", "due", "after"];

/** Two reminders at the same instant count as one, that of the later stage. */
const sooner = (a: Reminder, b: Reminder): Reminder => (a.at === b.at ? further(a, b) : a.at < b.at ? a : b);
const laterOf = (a: Reminder, b: Reminder): Reminder => (a.at === b.at ? further(a, b) : a.at > b.at ? a : b);
const further = (a: Reminder, b: Reminder): Reminder => (ORDER.indexOf(a.stage) >= ORDER.indexOf(b.stage) ? a : b);

/** All reminders of the plan except the daily ones. */
function singleReminders(plan: FollowUpPlan): readonly Reminder[] {
  const due = new Date(plan.dueAt);
  const { officeHours: hours } = plan;
  return plan.rules
    .flatMap((rule): { at: Date; stage: Stage }[] => {
      switch (rule.when) {
        case "before":
          return [{ at: before(due, rule.span, hours), stage: "before" }];
        case "atDue":
          return [{ at: nextOfficeMoment(due, hours), stage: "due" }];
        case "after":
          return [{ at: after(due, rule.span, hours), stage: "after" }];
        case "dailyAfter":
          return [];
        default:
          return rule satisfies never;
      }
    })
    .map(({ at, stage }) => ({ at: at.toISOString(), stage }))
    .filter(({ at }) => at > plan.openedAt);
}

/** Never earlier than the due time itself: `0 business days` after a due time at night would end earlier that day. */
function after(due: Date, span: Span, hours: OfficeHours): Date {
  const ends = dueAt(due, span, hours);
  return nextOfficeMoment(ends < due ? due : ends, hours);
}

/**
 * A reminder that counts business days goes out as the office opens, which leaves the day to do the work. A reminder
 * that would not come before the due time goes out at the last opening before it.
 */
function before(due: Date, span: Span, hours: OfficeHours): Date {
  if (span.unit === "seconds") {
    const planned = nextOfficeMoment(new Date(due.getTime() - span.count * 1000), hours);
    return planned < due ? planned : lastOpeningBefore(due, hours);
  }
  if (span.count === 0) return lastOpeningBefore(due, hours);
  let day = dayOf(due, hours.timezone);
  for (let counted = 0; counted < span.count; counted += 1) day = officeDayBefore(day, hours);
  return openingOf(day, hours);
}

/** On the same day, if that is an office day and the office opens before the instant. */
function lastOpeningBefore(instant: Date, hours: OfficeHours): Date {
  const day = dayOf(instant, hours.timezone);
  const opening = openingOf(day, hours);
  return isOfficeDay(day, hours) && opening < instant ? opening : openingOf(officeDayBefore(day, hours), hours);
}

const isDaily = ({ rules }: FollowUpPlan): boolean => rules.some((rule) => rule.when === "dailyAfter");

/** At each opening of the office after the day of the due time. */
function dailyAfter(plan: FollowUpPlan, from: string): readonly Reminder[] {
  if (!isDaily(plan)) return [];
  const { officeHours: hours } = plan;
  const dueDay = dayOf(new Date(plan.dueAt), hours.timezone);
  const fromDay = dayOf(new Date(from), hours.timezone);
  // The opening on the day of `from` may still be ahead.
  let day = isLaterDay(fromDay, dueDay) ? daysAfter(fromDay, -1) : dueDay;
  for (;;) {
    day = officeDayAfter(day, hours);
    const at = openingOf(day, hours).toISOString();
    if (at > from) return [{ at, stage: "after" }];
  }
}

function dailyBy(plan: FollowUpPlan, now: string): readonly Reminder[] {
  if (!isDaily(plan)) return [];
  const { officeHours: hours } = plan;
  const dueDay = dayOf(new Date(plan.dueAt), hours.timezone);
  const nowDay = dayOf(new Date(now), hours.timezone);
  let day = daysAfter(nowDay, 1);
  // Today's opening may still be ahead; then the one before it counts.
  for (let tries = 0; tries < 2; tries += 1) {
    day = officeDayBefore(day, hours);
    const at = openingOf(day, hours).toISOString();
    if (isLaterDay(day, dueDay) && at <= now) return at > plan.openedAt ? [{ at, stage: "after" }] : [];
  }
  return [];
}
