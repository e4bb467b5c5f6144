import { daysAfter } from "../calendar/days.js";
import { isOfficeDay, openingOf } from "../calendar/office-hours.js";
import { DAY_MS } from "../calendar/time.js";
import { dayOf } from "../calendar/zones.js";
import type { Refusal } from "../decisions/refusals.js";
import { isMoment } from "../events/invariants.js";
import type { FollowUp, FollowUpProgress } from "./due-now.js";
import { escalationAt } from "./schedule.js";

/** How often one review, action or gate item is put off: every reminder waits meanwhile, for everyone. */
export const MOST_PUT_OFFS = 2;
/** The longest put-off, in days: it is a pause, not a way to drop the work. */
export const MOST_PUT_OFF_DAYS = 30;
/** The limit of the invariants: one day more, because the decision may have been made by a clock that was off. */
const PUT_OFF_LIMIT_DAYS = MOST_PUT_OFF_DAYS + 1;

/** The end of a put-off (ISO), or why it is refused. */
export type PutOff = { readonly until: string } | { readonly refusal: Refusal };

/**
 * When a put-off until that day, such as `2026-12-24`, ends: as the office opens. Refused for any but the days that can be
 * chosen at `now` (ISO), which the refusal names: office days later than today, at most {@link MOST_PUT_OFF_DAYS} days away
 * and not past the escalation.
 */
export function putOffEnd({ plan, progress }: FollowUp, day: string, now: string): PutOff {
  if (progress.putOffs >= MOST_PUT_OFFS) return { refusal: { code: "put_off_used_up" } };
  const { officeHours } = plan;
  const escalation = escalationAt(plan);
  const furthest = Date.parse(now) + MOST_PUT_OFF_DAYS * DAY_MS;
  const latest = escalation === null ? furthest : Math.min(furthest, Date.parse(escalation));
  const today = dayOf(new Date(now), officeHours.timezone);
  const days = Array.from({ length: MOST_PUT_OFF_DAYS }, (_, index) => daysAfter(today, index + 1)).filter(
    (later) => isOfficeDay(later, officeHours) && openingOf(later, officeHours).getTime() <= latest,
  );
  if (progress.escalated || days.length === 0)
    return { refusal: { code: "put_off_escalates", ...(escalation === null ? {} : { at: escalation }) } };
  const chosen = days.find((later) => later.toString() === day);
  return chosen === undefined
    ? { refusal: { code: "date_invalid", days: days.map(String) } }
    : { until: openingOf(chosen, officeHours).toISOString() };
}

/**
 * Invariants of a put-off: work is put off until a later time, not indefinitely, not again and again, and not once it was
 * escalated.
 * @returns each violation as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function putOffViolations(before: FollowUpProgress, until: string, at: string): readonly string[] {
  const violations: string[] = [];
  if (before.putOffs >= MOST_PUT_OFFS) violations.push(`puts off more than ${MOST_PUT_OFFS} times`);
  if (before.escalated) violations.push("puts off what was escalated");
  if (!isMoment(until)) return [...violations, "puts off until no moment"];
  const putOffMs = Date.parse(until) - Date.parse(at);
  if (putOffMs < 0) violations.push("puts off until a moment that has passed");
  if (putOffMs > PUT_OFF_LIMIT_DAYS * DAY_MS) violations.push(`puts off for more than ${PUT_OFF_LIMIT_DAYS} days`);
  return violations;
}
