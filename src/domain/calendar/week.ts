import { daysAfter, type Weekday, weekdayOf } from "./days.js";
import { atClock, dayOf } from "./zones.js";

/** A moment that comes once a week, on the clocks of a time zone. */
interface Weekly {
  readonly day: Weekday;
  /** `HH:MM`. */
  readonly at: string;
}

/** A week, today, and one day more: where clocks skip a moment at midnight, it falls on the next day. */
const DAYS_BACK = 9;

/** The latest weekly moment at or before `now` (ISO). */
export function lastWeekly(weekly: Weekly, timezone: string, now: string): string {
  const today = dayOf(new Date(now), timezone);
  const moments = Array.from({ length: DAYS_BACK }, (_, back) => daysAfter(today, -back))
    .filter((day) => weekdayOf(day) === weekly.day)
    .map((day) => atClock(day, weekly.at, timezone).toISOString())
    .filter((at) => at <= now);
  return moments[0] ?? now;
}

/**
 * The last whole week before `now` (ISO), from one weekly moment to the next. It is an hour longer or shorter than
 * seven times 24 hours where the clocks change in between.
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
