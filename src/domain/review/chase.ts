import type { OfficeHours } from "../policy/policy.js";
import { isOfficeMoment, nextOfficeMoment } from "./office-hours.js";
import { type Chase, escalationAt, lastReminderBy, overdueAt, type Reminder, reminderAfter } from "./reminders.js";
import type { Chasing } from "./state.js";

/** Work that is chased until it is done: a review, an action, a gate item, a drill. */
export interface Chased {
  readonly plan: Chase;
  readonly chasing: Chasing;
}

/** What chasing asks for at one moment; each part at most once. `slot` is the planned moment, ISO 8601 in UTC. */
export interface ChaseStep {
  readonly reminder: Reminder | null;
  /** It is to be named in the channel. */
  readonly overdue: string | null;
  readonly escalation: string | null;
}

const NOTHING: ChaseStep = { reminder: null, overdue: null, escalation: null };

/**
 * What is to be done now (ISO). Nothing outside office hours or during a snooze; what was missed is one reminder. The end
 * of a snooze is a reminder of its own.
 */
export function chaseStep(chased: Chased, now: string): ChaseStep {
  const { plan, chasing } = chased;
  if (!isOfficeMoment(new Date(now), plan.officeHours) || isSnoozed(chasing, now)) return NOTHING;
  const overdue = overdueAt(plan.dueAt, plan.officeHours);
  const escalation = escalationAt(plan);
  return {
    reminder: reminderBy(chased, now),
    overdue: !chasing.told && overdue <= now ? overdue : null,
    escalation: !chasing.escalated && escalation !== null && escalation <= now ? escalation : null,
  };
}

/** When there will next be something to do (ISO), given that all that is due by `now` was done or waits for office hours. */
export function nextChaseAt(chased: Chased, now: string): string | null {
  const { plan, chasing } = chased;
  const { snoozedUntil, told, escalated } = chasing;
  const after = laterOf(chasing.remindedTo, snoozedUntil);
  const moments = [
    reminderAfter(plan, after)?.at ?? null,
    snoozedUntil !== null && (chasing.remindedTo ?? "") < snoozedUntil ? snoozedUntil : null,
    told ? null : overdueAt(plan.dueAt, plan.officeHours),
    escalated ? null : escalationAt(plan),
  ].filter((at) => at !== null);
  if (moments.length === 0) return null;
  const first = moments.reduce((a, b) => (a < b ? a : b));
  const earliest = isSnoozed(chasing, first) && snoozedUntil !== null ? snoozedUntil : first;
  return earliest >= now ? earliest : inOffice(now, plan.officeHours);
}

/** The newest reminder planned by now that has not gone out and was not slept through. */
function reminderBy({ plan, chasing }: Chased, now: string): Reminder | null {
  const { remindedTo, snoozedUntil } = chasing;
  const planned = lastReminderBy(plan, now);
  const done = laterOf(remindedTo, snoozedUntil) ?? "";
  if (planned !== null && planned.at > done) return planned;
  if (snoozedUntil === null || snoozedUntil <= (remindedTo ?? "") || snoozedUntil > now) return null;
  return { at: snoozedUntil, stage: snoozedUntil < plan.dueAt ? "before" : "after" };
}

const isSnoozed = ({ snoozedUntil }: Chasing, at: string): boolean => snoozedUntil !== null && at < snoozedUntil;

const inOffice = (at: string, hours: OfficeHours): string => nextOfficeMoment(new Date(at), hours).toISOString();

function laterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
