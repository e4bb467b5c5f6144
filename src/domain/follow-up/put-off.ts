import { dayIn, nextOfficeMoment, openingOn } from "../calendar/office-hours.js";
import { DAY_MS } from "../calendar/time.js";
import type { OfficeHours } from "../policy/policy.js";

/** A put-off is a pause, not a way out: no longer than this many days. */
const LONGEST_PUT_OFF_DAYS = 30;
/** Where the office is closed for long at that day: the database refuses what is later. */
const LONGEST_WITH_CLOSURE_DAYS = 40;

/**
 * When a put-off until that calendar day ends (ISO): as the office opens on it, or on the office day after it. `null` for
 * what is no later day, or is too far away.
 */
export function putOffEnd(day: string, hours: OfficeHours, now: string): string | null {
  const opening = openingOn(day, hours);
  if (opening === null || day <= dayIn(new Date(now), hours)) return null;
  if (opening.getTime() - Date.parse(now) > LONGEST_PUT_OFF_DAYS * DAY_MS) return null;
  const end = nextOfficeMoment(opening, hours);
  return end.getTime() - Date.parse(now) > LONGEST_WITH_CLOSURE_DAYS * DAY_MS ? null : end.toISOString();
}
