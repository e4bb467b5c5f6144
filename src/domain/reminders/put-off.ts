import { dayIn, nextOfficeMoment, openingOn } from "../calendar/office-hours.js";
import { DAY_MS } from "../calendar/time.js";
import { isMoment } from "../events/invariants.js";
import type { OfficeHours } from "../policy/policy.js";

/** The longest put-off, in days: it is a pause, not a way to drop the work. */
export const MOST_PUT_OFF_DAYS = 30;
/** The limit when the office is closed for long on the chosen day; the database rejects anything later. */
const MOST_WITH_CLOSURE_DAYS = 40;
/** The limit of the invariants: one day more, because the decision may have been made by a clock that was off. */
const PUT_OFF_LIMIT_DAYS = MOST_WITH_CLOSURE_DAYS + 1;

/**
 * When a put-off until that calendar day ends (ISO): as the office opens on that day, or on the next office day. `null`
 * for a day that does not exist, is not later than today, or is too far away.
 */
export function putOffEnd(day: string, hours: OfficeHours, now: string): string | null {
  const opening = openingOn(day, hours);
  if (opening === null || day <= dayIn(new Date(now), hours)) return null;
  if (opening.getTime() - Date.parse(now) > MOST_PUT_OFF_DAYS * DAY_MS) return null;
  const end = nextOfficeMoment(opening, hours);
  return end.getTime() - Date.parse(now) > MOST_WITH_CLOSURE_DAYS * DAY_MS ? null : end.toISOString();
}

/**
 * Invariants of a put-off: work is put off until a later time, and not indefinitely.
 * @returns each violation as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function putOffViolations(until: string, at: string): readonly string[] {
  if (!isMoment(until)) return ["puts off until no moment"];
  const putOffMs = Date.parse(until) - Date.parse(at);
  if (putOffMs < 0) return ["puts off until a moment that has passed"];
  return putOffMs > PUT_OFF_LIMIT_DAYS * DAY_MS ? [`puts off for more than ${PUT_OFF_LIMIT_DAYS} days`] : [];
}
