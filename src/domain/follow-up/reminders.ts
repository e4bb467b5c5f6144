import { daysAfter, isLaterDay } from "../calendar/days.js";
import { dueAt } from "../calendar/deadlines.js";
import { isOfficeDay, nextOfficeMoment, officeDayAfter, officeDayBefore, openingOf } from "../calendar/office-hours.js";
import { dayOf } from "../calendar/zones.js";
import type { STAGES } from "../events/catalogue/review.js";
import type { OfficeHours, ReminderRule, Span } from "../policy/policy.js";

export type Stage = (typeof STAGES)[number];

/** One planned reminder. It follows from policy and state alone, whenever somebody looks. */
export interface Reminder {
  /** ISO 8601 in UTC; an instant of office hours. */
  readonly at: string;
  readonly stage: Stage;
}

/** What reminders are planned by. Times are ISO 8601 in UTC. */
export interface FollowUpPlan {
  /** Reminders at or before it are left out. */
  readonly openedAt: string;
  readonly dueAt: string;
  readonly rules: readonly ReminderRule[];
  /** How long after it was due it is raised with somebody; `null`: never. */
  readonly escalateAfter: Span | null;
  readonly officeHours: OfficeHours;
}

/** The first reminder later than `after` (ISO), or the first of all; `null` when there is none. */
export function reminderAfter(plan: FollowUpPlan, after: string | null): Reminder | null {
  const from = after === null || after < plan.openedAt ? plan.openedAt : after;
  const candidates = [...fixed(plan).filter(({ at }) => at > from), ...dailyAfter(plan, from)];
  return candidates.length === 0 ? null : candidates.reduce(sooner);
}

/** The latest reminder that is not later than `now` (ISO); `null` when there is none. */
export function lastReminderBy(plan: FollowUpPlan, now: string): Reminder | null {
  const candidates = [...fixed(plan).filter(({ at }) => at <= now), ...dailyBy(plan, now)];
  return candidates.length === 0 ? null : candidates.reduce(laterOf);
}

/** The first office moment later than the time at which it was due (both ISO): from then on it is overdue. */
export function overdueAt(due: string, hours: OfficeHours): string {
  return nextOfficeMoment(new Date(Date.parse(due) + 1), hours).toISOString();
}

/** When it is raised with somebody (ISO), in office hours; `null`: never. */
export function escalationAt({ dueAt: due, escalateAfter, officeHours }: FollowUpPlan): string | null {
  if (escalateAfter === null) return null;
  return after(new Date(due), escalateAfter, officeHours).toISOString();
}

const ORDER: readonly Stage[] = ["before", "due", "after"];

/** Two at one instant are one: the one that says more. */
const sooner = (a: Reminder, b: Reminder): Reminder => (a.at === b.at ? further(a, b) : a.at < b.at ? a : b);
const laterOf = (a: Reminder, b: Reminder): Reminder => (a.at === b.at ? further(a, b) : a.at > b.at ? a : b);
const further = (a: Reminder, b: Reminder): Reminder => (ORDER.indexOf(a.stage) >= ORDER.indexOf(b.stage) ? a : b);

/** All but those that come day after day. */
function fixed(plan: FollowUpPlan): readonly Reminder[] {
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

/** No earlier than the due time itself: `0 business days` after something that is due at night ended that day. */
function after(due: Date, span: Span, hours: OfficeHours): Date {
  const ends = dueAt(due, span, hours);
  return nextOfficeMoment(ends < due ? due : ends, hours);
}

/**
 * Business days before are told as the office opens: that leaves the day to do it in. What would be told no sooner than it
 * is due is told at the last opening before that.
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

/** On the same day, if the office is open then and opens sooner. */
function lastOpeningBefore(instant: Date, hours: OfficeHours): Date {
  const day = dayOf(instant, hours.timezone);
  const opening = openingOf(day, hours);
  return isOfficeDay(day, hours) && opening < instant ? opening : openingOf(officeDayBefore(day, hours), hours);
}

const isDaily = ({ rules }: FollowUpPlan): boolean => rules.some((rule) => rule.when === "dailyAfter");

/** As the office opens on each office day after the day on which it was due. */
function dailyAfter(plan: FollowUpPlan, from: string): readonly Reminder[] {
  if (!isDaily(plan)) return [];
  const { officeHours: hours } = plan;
  const dueDay = dayOf(new Date(plan.dueAt), hours.timezone);
  const fromDay = dayOf(new Date(from), hours.timezone);
  // The opening of the day that `from` is in may be still to come.
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
  for (let tries = 0; tries < 2; tries += 1) {
    day = officeDayBefore(day, hours);
    const at = openingOf(day, hours).toISOString();
    if (isLaterDay(day, dueDay) && at <= now) return at > plan.openedAt ? [{ at, stage: "after" }] : [];
  }
  return [];
}
