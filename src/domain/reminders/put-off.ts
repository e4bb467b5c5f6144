import { dayIn, nextOfficeMoment, openingOn } from "../calendar/office-hours.js";
import { DAY_MS } from "../calendar/time.js";
import type { OfficeHours } from "../policy/policy.js";

/** The longest put-off, in days: it is a pause, not a way to drop the work. */
const LONGEST_PUT_OFF_DAYS = 30;
/** The limit when the office is closed for long on the chosen day; the database rejects anything later. */
export const LONGEST_WITH_CLOSURE_DAYS = 40;

/**
 * When a put-off until that calendar day ends (ISO): as the office opens on that day, or on the next office day. `null`
 * for a day that does not exist, is not later than today, or is too far away.
 */
export function putOffEnd(day: string, hours: OfficeHours, now: string): string | null {
  const opening = openingOn(day, hours);
  if (opening === null || day <= dayIn(new Date(now), hours)) return null;
  if (opening.getTime() - Date.parse(now) > LONGEST_PUT_OFF_DAYS * DAY_MS) return null;
  const end = nextOfficeMoment(opening, hours);
  return end.getTime() - Date.parse(now) > LONGEST_WITH_CLOSURE_DAYS * DAY_MS ? null : end.toISOString();
}
