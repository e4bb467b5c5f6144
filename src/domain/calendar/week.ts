import { daysAfter, type Weekday, weekdayOf } from "./days.js";
import { atClock, dayOf } from "./zones.js";

/** A moment that comes once a week, on the clocks of some zone. */
interface Weekly {
  readonly day: Weekday;
  /** `HH:MM`. */
  readonly at: string;
}

/** A day more than a week: where clocks skip the moment at midnight, it comes on the day after its own. */
const DAYS_BACK = 9;

/** The newest weekly moment that is not later than `now` (ISO). */
export function lastWeekly(weekly: Weekly, timezone: string, now: string): string {
  const today = dayOf(new Date(now), timezone);
  const moments = Array.from({ length: DAYS_BACK }, (_, back) => daysAfter(today, -back))
    .filter((day) => weekdayOf(day) === weekly.day)
    .map((day) => atClock(day, weekly.at, timezone).toISOString())
    .filter((at) => at <= now);
  return moments[0] ?? now;
}

/**
 * The last whole week at `now` (ISO): from one weekly moment to the next, which is an hour more or less than seven times 24
 * where the clocks are changed in between.
 */
export function weekUntil(
  weekly: Weekly,
  timezone: string,
  now: string,
): { readonly from: string; readonly to: string } {
  const to = lastWeekly(weekly, timezone, now);
  const from = lastWeekly(weekly, timezone, new Date(Date.parse(to) - 1).toISOString());
  return { from, to };
}
